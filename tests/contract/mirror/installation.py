"""An installation with profiles of its own, whose daemon is turned by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

from connector.bootstrap import Connector, build
from connector.daemon.loop import Loop
from connector.demo.proof import Difference, compared
from connector.flows.status import status
from connector.places import profile
from connector.settings import OrgSection, Settings, SyncSection
from tests.contract.mirror.ground import Org


class Installation:
    """Profiles of its own, a database, and the connector started on them again and again."""

    def __init__(self, org: Org, folder: Path) -> None:
        self.org = org
        self.folder = folder
        self.profile = folder / "partner_leads"
        shutil.copytree(profile("partner_leads"), self.profile)
        self.open: list[Connector] = []

    def start(self) -> Loop:
        self.stop()
        settings = Settings(
            database=f"sqlite:///{self.folder}/drift.db",
            profiles=(str(self.profile),),
            org=OrgSection(instance_url=self.org.url, access_token=self.org.running.access_token),
            sync=SyncSection(shadow=True),
        )
        self.open.append(build(settings))
        loop = Loop(self.open[-1])
        loop.start()
        loop.turn(watermark=True)
        return loop

    def stop(self) -> None:
        while self.open:
            connector = self.open.pop()
            connector.store.release_lease(connector.settings.worker)
            connector.store.close()

    @property
    def connector(self) -> Connector:
        return self.open[-1]

    def differences(self, but: str = "") -> list[Difference]:
        objects = {name: fields for name, fields in self.connector.mapping.objects.items() if name != but}
        return compared(self.org.people, self.connector.store, objects)

    def stopped(self) -> dict[str, str]:
        return {each.object: each.stopped for each in status(self.connector.store).streams if each.stopped}

    def edit(self, old: str, new: str) -> None:
        path = self.profile / "mapping.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line_of(self, text: str) -> int:
        lines = (self.profile / "mapping.yaml").read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)
