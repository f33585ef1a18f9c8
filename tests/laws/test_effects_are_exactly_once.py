"""Laws 11 and 12: exactly once in effect, and never over a person's act.

Any interleaving of wishes, turns, kills at any commit or call, lost answers, locks and people ends with each newest
desired value in the org, written once in effect; a contested field is written only over the value that was expected.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.mapping import PersonEdits
from connector.ports.store import AttemptState, Wish
from tests.support.org import PERSON, Fate, MemoryOrg
from tests.support.process import Process, lead, live, mapped, mirrored, small_channel

OWNED = ("Claim_Message__c", "Claim_Verdict__c")
OWNER = "OwnerId"
WORDS = {"Claim_Message__c": ("one", "two", "three"), "Claim_Verdict__c": ("Held", "Returned", "Recycled")}


@dataclass(frozen=True)
class Act:
    """What happens next. `number` says which lead, value, second or kill."""

    what: str
    number: int = 0
    field: str = ""
    value: int = 0
    fate: Fate = Fate.DONE


turns = st.just(Act("turn"))
waits = st.builds(Act, st.just("wait"), st.sampled_from([0, 1, 3, 20]))
kills = st.builds(Act, st.just("kill"), st.integers(0, 16))
fates = st.builds(Act, st.just("fate"), fate=st.sampled_from(Fate))
wishes = st.builds(Act, st.just("wish"), st.integers(0, 1), st.sampled_from(OWNED), st.integers(0, 2))
moves = st.builds(Act, st.just("move"), st.integers(0, 1), value=st.integers(0, 2))
claims = st.builds(
    Act, st.sampled_from(["claim", "claim between"]), st.integers(0, 1), value=st.integers(0, 2)
)
notes = st.builds(Act, st.sampled_from(["note", "note between"]), st.integers(0, 1))


class Stage:
    """Two leads in a small programme, and everything wished for so far."""

    def __init__(self, folder: Path, *, package: bool) -> None:
        self.org = MemoryOrg(mapped(package=package, edits=PersonEdits.ACCEPT), package=package)
        people = small_channel(self.org)
        self.owners = (people.queue, people.users[0], people.users[1])
        self.leads = [lead(self.org, number, PERSON) for number in range(2)]
        self.org.wait(20)
        self.process = Process(self.org, folder)
        self.process.begin()
        self.wished: list[Wish] = []

    def play(self, acts: Sequence[Act]) -> None:
        for number, act in enumerate(acts):
            self._act(act, number)
        self.org.fates.clear()
        self.org.between.clear()
        self.process.fuse.left = None
        self.process.settle_down()

    def _act(self, act: Act, number: int) -> None:  # noqa: C901
        process, org = self.process, self.org
        match act.what:
            case "turn":
                process.turn()
            case "wait":
                org.wait(act.number)
            case "kill":
                process.fuse.left = act.number
                process.killed(process.turn)
                process.fuse.left = None
            case "fate":
                org.fates.append(act.fate)
            case "wish":
                value = WORDS[act.field][act.value]
                self._wish(
                    process.wish("Lead", self.leads[act.number], act.field, value, cause=_cause(number))
                )
            case "move":
                record = self.leads[act.number]
                seen = mirrored(process)["Lead"][record][OWNER]
                asked = {"contested": True, "expected": seen, "cause": _cause(number)}
                self._wish(process.wish("Lead", record, OWNER, self.owners[act.value], **asked))
            case "claim":
                self._claim(act)
            case "claim between":
                org.between.append(lambda: self._claim(act))
            case "note":
                org.save("Lead", self.leads[act.number], LeadSource=str(number))
            case "note between":
                org.between.append(lambda: org.save("Lead", self.leads[act.number], LeadSource=str(number)))

    def _wish(self, wish: Wish) -> None:
        self.wished.append(wish)
        self.process.put(wish)

    def _claim(self, act: Act) -> None:
        self.org.save("Lead", self.leads[act.number], PERSON, OwnerId=self.owners[act.value])

    def slots(self) -> dict[tuple[str, str], list[Wish]]:
        found: dict[tuple[str, str], list[Wish]] = {}
        for wish in self.wished:
            found.setdefault((wish.record or "", wish.field), []).append(wish)
        return found


def _cause(number: int) -> str:
    return f"00Q|test|{number}|20260302T{9 + number // 3600:02}{number // 60 % 60:02}{number % 60:02}"


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def staged(acts: Sequence[Act], *, package: bool) -> Stage:
    with TemporaryDirectory() as name:
        stage = Stage(Path(name), package=package)
        try:
            stage.play(acts)
            assert mirrored(stage.process) == live(stage.org)
            states = {item.state for item in stage.process.outbox()}
            assert states <= {AttemptState.DONE, AttemptState.SUPERSEDED}
        finally:
            stage.process.stop()
        return stage


relaxed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.timeout(300)
@relaxed
@given(st.lists(st.one_of(wishes, turns, waits, kills, fates), max_size=14))
def test_each_newest_value_is_written_once_in_effect_whatever_breaks(acts: list[Act]) -> None:
    """Law 11: wishes, turns, kills, lost answers and locks in any order."""
    stage = staged(acts, package=True)
    for (record, field), asked in stage.slots().items():
        assert stage.org.shown("Lead", record)[field] == asked[-1].value
        written = [wrote.value for wrote in stage.org.wrote if (wrote.record, wrote.field) == (record, field)]
        rest = iter(wish.value for wish in asked)
        assert all(any(value == wanted for wanted in rest) for value in written), (written, asked)


@pytest.mark.timeout(300)
@relaxed
@given(
    st.lists(st.one_of(moves, wishes, claims, notes, turns, waits, kills, fates), max_size=14), st.booleans()
)
def test_an_owner_is_moved_only_away_from_the_owner_that_was_expected(acts: list[Act], package: bool) -> None:  # noqa: FBT001
    """Law 12: compare-and-set, by the org's validation rule or by one conditional PATCH."""
    stage = staged(acts, package=package)
    for wrote in stage.org.wrote:
        if wrote.field == OWNER:
            allowed = [
                wish
                for wish in stage.wished
                if (wish.record, wish.field, wish.value) == (wrote.record, OWNER, wrote.value)
            ]
            assert wrote.before in {wish.expected for wish in allowed}
