"""What `decide` answers: a verdict, what it changes on the docket, and what the org should show."""

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact
from connector.canonical.intent import Creation, Desired
from connector.canonical.model import Model
from connector.canonical.verdict import Verdict


class Decision(Model):
    """All effects of one fact. They commit together or not at all."""

    fact: Fact
    verdict: Verdict | None = None
    entries: tuple[Entry, ...] = ()
    desired: tuple[Desired, ...] = ()
    creations: tuple[Creation, ...] = ()


def joined(one: Decision, other: Decision) -> Decision:
    """Both decisions on one fact as one; the verdict is the first's, where it has one."""
    return one.model_copy(
        update={
            "verdict": one.verdict or other.verdict,
            "entries": (*one.entries, *other.entries),
            "desired": (*one.desired, *other.desired),
            "creations": (*one.creations, *other.creations),
        }
    )
