"""The duty to work a claimed lead: by when, and how long before that the holder is reminded (R3.8)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connector.canonical.docket import ClaimEntry, ClaimState, DeadlineEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.policy.calendar import before
from connector.policy.model import ClaimPolicy, OfficeHours, Policy
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.protection import deadline, reminder
from connector.rules.world import World

WORK_BY = "work_by"
REMIND = "work_remind"


def deadlines(
    terms: ClaimPolicy, lead: RecordId, due: datetime, decided: datetime, office: OfficeHours
) -> Iterator[DeadlineEntry]:
    """The end of the duty, and the reminders before it. None of these falls due before it was `decided` (law 4)."""
    yield deadline(WORK_BY, Kind.LEAD, lead, due)
    for ahead in terms.remind:
        if (soon := before(due, ahead, office)) > decided:
            yield deadline(reminder(REMIND, ahead), Kind.LEAD, lead, soon)


def done(world: World, lead: RecordId) -> Iterator[DeadlineEntry]:
    """The duty to work a lead is over, and nobody is reminded of it any more."""
    never = datetime.max.replace(tzinfo=UTC)
    yield DeadlineEntry(name=WORK_BY, subject=Kind.LEAD, record=lead, due=never, done=True)
    for due in world.docket.find(DeadlineEntry, f"record:{lead}"):
        if due.name.startswith(REMIND):
            yield due.model_copy(update={"done": True})


def idle(lead: RecordId, world: World) -> list[ClaimEntry]:
    """Claims on a lead that are not worked yet: its owner's own before the others, then the earliest."""
    record = world.lead(lead)
    owner = record.owner if record else None
    found = (c for c in world.docket.find(ClaimEntry, f"lead:{lead}") if c.state is ClaimState.ACTIVE)
    return sorted(found, key=lambda claim: (claim.holder != owner, claim.opened))


def due_soon(fact: Fact, world: World, policy: Policy) -> Decision:
    """A reminder falls due (a tick): whoever holds the lead and has not worked it yet reads by when to."""
    waiting = idle(fact.record, world)
    claim = waiting[0] if waiting else None
    if claim is None or claim.work_by is None or claim.work_by <= fact.instant:
        return Decision(fact=fact)
    said = say(claim.holder, (Phrase.CLAIM_WORK_SOON, {"until": instant_text(claim.work_by)}))
    return Decision(fact=fact, desired=(want(Kind.LEAD, claim.lead, "message", said),))
