"""Law 5: under the policy in force a back-test finds the ledger's own verdicts, whatever happened, and however late.

One thing may tell them apart and is left out here: what a record looked like at a past moment is known better once a
long transaction was committed, and a merge asks for its survivor's owner at that moment.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.support.org import Held, MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel
from tests.support.replay import backtested, claims_in_force, differing, with_quota

LEADS = 4
LONG = 1500
"""Seconds after which the daemon has sealed what it saw."""


@dataclass(frozen=True)
class Act:
    """Something happens to a lead; `seconds` pass after it."""

    what: str
    lead: int
    user: int
    seconds: int


ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(
            ["claim"] * 5
            + ["release", "work", "long claim", "long claim", "commit", "turn", "fortnight", "merge"]
        ),
        lead=st.integers(0, LEADS - 1),
        user=st.integers(0, 1),
        seconds=st.sampled_from([0, 0, 1, 40, LONG, LONG]),
    ),
    min_size=3,
    max_size=14,
)


class Stage:
    """A small channel; long transactions show what was done in them only when they are committed."""

    def __init__(self, folder: Path) -> None:
        self.org = MemoryOrg(mapped())
        self.people = small_channel(self.org)
        self.leads = [lead(self.org, number, self.people.queue) for number in range(LEADS)]
        self.org.wait(60)
        self.process = Process(self.org, folder)
        self.process.begin()
        self.held: list[tuple[Held, str]] = []

    def play(self, acts: list[Act]) -> None:
        for act in acts:
            ident = self.leads[act.lead]
            if act.what == "commit" and self.held:
                self.org.commit(*self.held.pop())
            elif act.what == "fortnight":
                self.org.wait(14 * 86_400)
            elif self._there(ident):
                self._act(act, ident, self.people.users[act.user])
            self.org.wait(act.seconds)
            if act.seconds >= LONG:
                self.process.turn()
        while self.held:
            self.org.commit(*self.held.pop())
        self.process.settle_down()

    def _there(self, ident: str) -> bool:
        locked = any(held.id == ident for held, _ in self.held)
        return not locked and self.org.shown("Lead", ident)["IsDeleted"] != "true"

    def _act(self, act: Act, ident: str, user: str) -> None:
        match act.what:
            case "claim":
                self.org.save("Lead", ident, user, OwnerId=user)
            case "long claim":
                self.held.append((self.org.hold("Lead", ident, OwnerId=user), user))
            case "release":
                self.org.save("Lead", ident, user, OwnerId=self.people.queue)
            case "work":
                self.org.save("Lead", ident, user, Status="Working")
            case _:
                pass


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS, st.integers(1, 3))
def test_the_policy_in_force_would_have_said_what_the_ledger_says(acts: list[Act], quota: int) -> None:
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        stage.play(acts)
        process = stage.process
        with process.store.reading() as view:
            lines = list(view.ledger.scan())
        event("late" if any(line.fact.late for line in lines) else "nothing late")
        found = backtested(process, claims_in_force(process))
        other = backtested(process, with_quota(process, quota))
        process.stop()
    assert not differing(found)
    assert not found.left_out
    event("another quota differs" if other.differences else "another quota makes no difference")
