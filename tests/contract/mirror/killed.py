"""A process that begins a snapshot and is killed in the middle of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from connector.bootstrap import compiled
from connector.canonical.ids import OrgId, RecordId
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.profiles import read_profiles
from connector.salesforce import OrgSettings, connect
from connector.store import open_store
from tests.contract.mirror.ground import PROFILES


def snapshot_and_die(url: str, token: str, folder: str, batches: str) -> None:
    """SIGKILL right after so many batches are committed."""
    gateway = connect(
        OrgSettings(
            instance_url=url, access_token=token, api_version="57.0", bulk_page_rows=50, batch_rows=20
        )
    )
    mapping = compiled(gateway, read_profiles(PROFILES))
    store = open_store(f"sqlite:///{Path(folder)}/mirror.db", OrgId(gateway.identity().organization_id))
    ours = RecordId(gateway.identity().user_id)
    capture = Capture(gateway, store, mapping, ChangeReader(mapping, lambda: ours))
    capture.declare()
    capture.snapshot("User")
    seen: list[int] = []

    def progress(_name: str, rows: int, _expected: int) -> None:
        seen.append(rows)
        if len(seen) == int(batches):
            os.kill(os.getpid(), signal.SIGKILL)

    capture.snapshot("Lead", progress)
