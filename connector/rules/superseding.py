"""A standing registration gives way to another: superseded by an entry that names its cause and its mode (law 7)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from connector.canonical.docket import CreditEntry, DeadlineEntry, Entry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.policy.model import Policy
from connector.rules import outranking, protection, windows
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.rivals import Relation, Rival
from connector.rules.rule import rule
from connector.rules.showing import window_taken_down
from connector.rules.world import World

SUPERSEDED = "superseded"
DORMANT = "dormant"
_PHRASE = {
    outranking.LETTER: Phrase.SUPERSEDED_BY_LETTER,
    outranking.TENDER: Phrase.SUPERSEDED_BY_PROOF,
    DORMANT: Phrase.SUPERSEDED_AS_DORMANT,
}


def give_way(
    rivals: Iterable[Rival], winner: RegistrationEntry, moment: datetime, mode: str
) -> Iterator[DeadlineEntry]:
    """A tick of this very instant for each loser, which then gets a verdict of its own."""
    for rival in rivals:
        if rival.kind is Kind.REGISTRATION:
            cause = DORMANT if rival.relation is Relation.DORMANT_FIRST else rival.cause
            name = f"{SUPERSEDED}|{cause}|{mode}|{winner.registration}"
            yield protection.deadline(name, Kind.REGISTRATION, rival.record, moment)


def superseded(fact: Fact, world: World, policy: Policy) -> Decision:
    """The loser's own verdict. What has ended by itself in the meantime needs none."""
    entry = world.docket.get(RegistrationEntry, fact.record)
    _, cause, mode, winner = fact.value.split("|", 3)
    if entry is None or not entry.open:
        return Decision(fact=fact)
    findings = tuple(gives_way(cause, RecordId(winner)))
    if not findings:
        return Decision(fact=fact)
    verdict = Verdict(
        subject=Kind.REGISTRATION,
        record=entry.registration,
        outcome=Outcome.REJECT,
        findings=findings,
        policy=policy.label,
        supersedes=entry.state.value,
        cause=f"{cause}, {mode}",
    )
    filing = world.registration(entry.registration)
    ended = entry.model_copy(update={"state": RegistrationState.REJECTED})
    said = say(entry.registrant, (Phrase.FILING_REJECTED, {}), (_PHRASE[cause], {}))
    desired = (
        want(
            Kind.REGISTRATION,
            entry.registration,
            "status",
            FilingStatus.REJECTED.value,
            contested=True,
            expected=filing.status.value if filing else None,
        ),
        want(Kind.REGISTRATION, entry.registration, "ruling", Outcome.REJECT.value),
        want(Kind.REGISTRATION, entry.registration, "message", said),
        *window_taken_down(entry, world),
    )
    entries: tuple[Entry, ...] = (ended, *windows.deadlines_done(world, entry), *_credit_frozen(entry, world))
    return Decision(fact=fact, verdict=verdict, entries=entries, desired=desired)


@rule("superseded", "R1.2")
def gives_way(cause: str, winner: RecordId) -> Iterator[Finding]:
    """Another filing takes the place of a standing one."""
    exhibit = Exhibit(record=winner, field=cause)
    yield finding("superseded", Effect.REFUSE, _PHRASE[cause], exhibit)


def _credit_frozen(entry: RegistrationEntry, world: World) -> Iterator[Entry]:
    """The sourcing credit is never overwritten (R0.1): it waits, frozen, for a person."""
    credit = world.docket.get(CreditEntry, entry.opportunity) if entry.opportunity else None
    if credit is not None and credit.through == entry.registration and not credit.frozen:
        yield credit.model_copy(update={"frozen": True})
