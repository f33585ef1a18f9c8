"""A standing registration gives way to another: superseded by an entry that names its cause and its mode (law 7)."""

from collections.abc import Iterable, Iterator, Sequence
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
    if entry is not None and entry.goes_on:  # its deal stays won; only its window is over
        return Decision(fact=fact, entries=(entry.model_copy(update={"goes_on": False}),))
    if entry is None or not entry.open:
        return Decision(fact=fact)
    findings = tuple(gives_way(cause, RecordId(winner)))
    if not findings:
        return Decision(fact=fact)
    moved = tuple(_moved(entry, RecordId(winner), cause, world))
    passed = tuple(credit_passes(entry, moved, world))
    verdict = Verdict(
        subject=Kind.REGISTRATION,
        record=entry.registration,
        outcome=Outcome.REJECT,
        findings=(*findings, *passed),
        policy=policy.label,
        supersedes=entry.state.value,
        cause=f"{cause}, {mode}",
    )
    filing = world.registration(entry.registration)
    ended = entry.model_copy(update={"state": RegistrationState.REJECTED, "refused_as_filed": True})
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
        *(want(each.subject, each.record, "sourcing_partner", each.firm) for each in moved if passed),
    )
    kept = moved if passed else ()
    entries: tuple[Entry, ...] = (ended, *windows.deadlines_done(world, entry), *kept)
    return Decision(fact=fact, verdict=verdict, entries=entries, desired=desired)


@rule("superseded", "R1.2")
def gives_way(cause: str, winner: RecordId) -> Iterator[Finding]:
    """Another filing takes the place of a standing one."""
    exhibit = Exhibit(record=winner, field=cause)
    yield finding("superseded", Effect.REFUSE, _PHRASE[cause], exhibit)


def _moved(entry: RegistrationEntry, winner: RecordId, cause: str, world: World) -> Iterator[CreditEntry]:
    """The credit that the filing brought, on the deal and on the winner, as the winner's.

    Rule or person has settled whose deal it is, so that nobody is asked again; a credit that another record brought
    stays. Where the winner has a deal of its own beside it, the two are one project: both are the winner's, of two
    that are won one counts (R0.9), and a close by the loser is a poach, so that a person looks when it matters.
    """
    other = world.docket.get(RegistrationEntry, winner)
    if other is None:
        return
    for record in filter(None, (entry.opportunity, winner)):
        credit = world.docket.get(CreditEntry, record)
        if credit is None or credit.through != entry.registration:
            continue
        update = {"firm": other.firm, "since": other.filed.latest, "through": other.registration}
        yield credit.model_copy(update={**update, "moved_by": other.registration, "moved_for": cause})


@rule("credit_passes", "R0.1", "R1.2")
def credit_passes(entry: RegistrationEntry, moved: Sequence[CreditEntry], world: World) -> Iterator[Finding]:
    """R0.1: the ledger keeps whose the credit was, whose it is, and what moved it."""
    shown = [Exhibit(record=each.record, field="sourcing_partner", value=each.firm) for each in moved]
    if shown:
        names = {"winner": _name(moved[0].firm, world), "loser": _name(entry.firm, world)}
        yield finding("credit_passes", Effect.NOTE, Phrase.CREDIT_PASSED, *shown, desk=True, **names)


def _name(firm: RecordId, world: World) -> str:
    partner = world.partner(firm)
    return partner.name if partner else firm
