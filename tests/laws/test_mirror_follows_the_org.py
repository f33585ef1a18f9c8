"""Law 6 for capture: the mirror equals the org whatever people do, however pages are cut, whenever it is killed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.org import Held, MemoryOrg
from tests.support.process import Process, lead, live, mapped, mirrored, small_channel

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEADS = 6


@dataclass(frozen=True)
class Act:
    what: str
    number: int = 0


acts = st.lists(
    st.one_of(
        st.builds(
            Act,
            st.sampled_from(
                ["save", "save", "delete", "undelete", "erase", "merge", "create", "hold", "commit", "burst"]
            ),
            st.integers(0, LEADS - 1),
        ),
        st.builds(Act, st.just("wait"), st.sampled_from([0, 1, 2, 7, 61])),
        st.builds(Act, st.sampled_from(["poll", "confirm"])),
        st.builds(Act, st.just("kill"), st.integers(0, 12)),
    ),
    max_size=20,
)


class Stage:
    """A few leads and whoever acts on them; late transactions are open until they are committed."""

    def __init__(self, folder: Path) -> None:
        self.org = MemoryOrg(mapped())
        self.people = small_channel(self.org)
        self.leads = [lead(self.org, number, self.people.queue) for number in range(LEADS)]
        self.held: list[Held] = []
        self.process = Process(self.org, folder)

    def begin(self) -> None:
        self.process.begin()

    def play(self, played: Sequence[Act]) -> None:
        for number, act in enumerate(played):
            self._act(act, str(number))
        self.process.fuse.left = None
        for held in list(self.held):
            self._commit(held)
        self.org.wait(61)
        self.process.loop.confirm()
        self.org.wait(61)
        self.process.turn(watermark=True)

    def _act(self, act: Act, text: str) -> None:  # noqa: C901, PLR0912
        org, ident = self.org, self.leads[act.number % len(self.leads)]
        row = org.rows["Lead"].get(ident)
        alive = row is not None and row["IsDeleted"] == "false"
        match act.what:
            case "save" if alive:
                org.save("Lead", ident, LeadSource=text)
            case "burst":
                for each in self.leads:
                    if org.rows["Lead"].get(each, {}).get("IsDeleted") == "false":
                        org.save("Lead", each, LeadSource=text)
            case "delete" if alive:
                org.delete("Lead", ident)
            case "undelete" if row is not None and not alive:
                org.undelete("Lead", ident)
            case "erase" if row is not None and not any(held.id == ident for held in self.held):
                org.erase("Lead", ident)
            case "merge" if alive and act.number:
                org.delete("Lead", ident, master=self.leads[0])
            case "create":
                self.leads.append(lead(org, len(self.leads), self.people.queue))
            case "hold" if alive and not any(held.id == ident for held in self.held):
                self.held.append(org.hold("Lead", ident, LeadSource=f"late {text}"))
            case "commit" if self.held:
                self._commit(self.held[0])
            case "wait":
                org.wait(act.number)
            case "poll":
                self.process.turn()
            case "confirm":
                self.process.turn(watermark=True)
            case "kill":
                self.process.fuse.left = act.number
                self.process.killed(lambda: self.process.turn(watermark=True))
                self.process.fuse.left = None

    def _commit(self, held: Held) -> None:
        self.held.remove(held)
        self.org.commit(held)


@pytest.mark.timeout(300)
@relaxed
@given(acts)
@example(
    [
        Act("save"),
        Act("wait", 2),
        Act("hold", 0),
        Act("wait", 61),
        Act("save", 1),
        Act("poll"),
        Act("confirm"),
    ]
)
@example([Act("hold", 0), Act("save", 1), Act("wait", 61), Act("confirm"), Act("commit"), Act("wait", 61)])
def test_the_mirror_equals_the_org_after_anything(played: list[Act]) -> None:
    """Late commits below the cursor, equal stamps across pages, deletes soft and hard, merges, kills."""
    with TemporaryDirectory() as name:
        stage = Stage(Path(name))
        stage.begin()
        try:
            stage.play(played)
            assert mirrored(stage.process) == live(stage.org)
            with stage.process.store.reading() as view:
                for ident, row in stage.org.rows["Lead"].items():
                    version = view.mirror.get("Lead", [ident]).get(ident)
                    if row["IsDeleted"] == "true" and version is not None:
                        assert version.deleted
                        assert version.master == row["MasterRecordId"]
        finally:
            stage.process.stop()


@relaxed
@given(acts, st.integers(0, 120))
def test_a_snapshot_killed_anywhere_while_people_act_is_whole_in_the_end(
    played: list[Act], kill: int
) -> None:
    """What changed between the first page and the last try is neither lost nor old."""
    with TemporaryDirectory() as name:
        stage = Stage(Path(name))
        stage.process.fuse.left = kill
        stage.process.killed(stage.begin)
        stage.process.fuse.left = None
        for act in played:
            if act.what not in ("poll", "confirm", "kill"):
                stage._act(act, "meanwhile")
        try:
            stage.begin()
            stage.play([])
            assert mirrored(stage.process) == live(stage.org)
        finally:
            stage.process.stop()
