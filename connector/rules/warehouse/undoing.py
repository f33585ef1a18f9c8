"""What follows when a holding is ruled wrong from the start: it is void, the credit moves, both are told (R4.8)."""

from collections.abc import Iterable, Iterator

from connector.canonical.docket import ClaimState, ConflictEntry, ConflictState, CreditEntry, Entry
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding
from connector.rules import duty, tenure
from connector.rules.conflict import pair
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, sentences, want
from connector.rules.verdict import verdict_on
from connector.rules.warehouse.illegal import RULES, Collision
from connector.rules.warehouse.places import desk, home

_PEOPLE = "005"


def ruled(cases: Iterable[Collision]) -> Decision | None:
    """The decision on the collisions that one fact has shown; None when it has shown none."""
    found = [(case, tuple(each for rule in RULES for each in rule(case))) for case in _each_once(cases)]
    found = [(case, findings) for case, findings in found if findings]
    if not found:
        return None
    first = found[0][0]
    said = tuple(each for _, findings in found for each in findings)
    entries: list[Entry] = []
    desired: list[Desired] = []
    for case, findings in found:
        entries += _conflicts(case)
        if any(each.effect is Effect.REFUSE for each in findings):
            entries += _void(case)
            desired += _told(case, findings)
        else:
            desired.append(want(Kind.LEAD, case.later.lead, "verdict", "conflict"))
    verdict = verdict_on(
        Kind.LEAD, first.later.lead, said, first.policy, supersedes=first.later.key, cause=first.cause.value
    )
    return Decision(
        fact=first.fact,
        verdict=verdict,
        entries=tuple(entries),
        desired=tuple(desired),
        creations=tuple(conflict_record(each) for each in entries if isinstance(each, ConflictEntry)),
    )


def _each_once(cases: Iterable[Collision]) -> list[Collision]:
    """Of one later holding only its collision with the first of the earlier ones: that one gets the credit."""
    first: dict[str, Collision] = {}
    for case in cases:
        known = first.get(case.later.key)
        if known is None or case.earlier.opened < known.earlier.opened:
            first[case.later.key] = case
    return list(first.values())


def _void(case: Collision) -> Iterator[Entry]:
    """The later holding ends as if it had never been; the credit that it brought is the earlier holder's."""
    update = {"reason": case.cause.value, "lost_to": case.earlier.lead, "because": case.fact.record}
    gone = case.later.model_copy(update=update)
    yield tenure.closed(gone, ClaimState.REVOKED, case.fact.instant)
    if case.later.open:
        yield from duty.done(case.world, case.later.lead)
    credit = case.credit
    if credit is not None:
        yield _moved(case, credit)


def _moved(case: Collision, credit: CreditEntry) -> CreditEntry:
    update = {
        "firm": case.earlier.firm,
        "since": case.earlier.opened.latest,
        "through": case.earlier.lead,
        "frozen": False,
        "moved_by": case.fact.record,
        "moved_for": case.cause.value,
    }
    return credit.model_copy(update=update)


def _told(case: Collision, findings: tuple[Finding, ...]) -> Iterator[Desired]:
    """Each reads of the own part alone (law 17): what is void, and what stays or has come to them."""
    lost = sentences(findings, Effect.REFUSE)
    yield want(Kind.LEAD, case.later.lead, "verdict", "voided")
    yield want(Kind.LEAD, case.later.lead, "message", say(case.later.holder, *lost))
    if case.later.open:
        yield want(Kind.LEAD, case.later.lead, "work_by", None)
        back = desk(case.later, case.world, case.policy)
        back = back or home(case.later, case.world, case.policy)
        yield from tenure.move(case.later.lead, back, case.later.holder)
    since = {"since": instant_text(case.earlier.opened.latest)}
    kept: list[tuple[str, dict[str, str]]] = [(Phrase.RULING_STAYS_YOURS, since)]
    if case.credit is not None:
        kept.append((Phrase.RULING_CREDIT_YOURS, since))
    yield want(Kind.LEAD, case.earlier.lead, "message", say(case.earlier.holder, *kept))
    yield from _deal_told(case, lost)


def _deal_told(case: Collision, lost: tuple[tuple[str, dict[str, str]], ...]) -> Iterator[Desired]:
    deal, credit = case.world.opportunity(case.deal), case.credit
    if deal is None or credit is None:
        return
    yield want(Kind.OPPORTUNITY, deal.id, "sourcing_partner", account(case.earlier.firm))
    yield want(Kind.OPPORTUNITY, deal.id, "conflict_message", say(deal.owner, *lost))


def account(party: RecordId) -> RecordId | None:
    """The firm to show as the source of a deal; none for one of our own people, who has no account."""
    return None if party.startswith(_PEOPLE) else party


def _conflicts(case: Collision) -> Iterator[ConflictEntry]:
    """Every conflict between the two is settled by an automatic ruling; one for the desk is opened otherwise."""
    left, right = (case.later.lead, Kind.LEAD), (case.earlier.lead, Kind.LEAD)
    own = pair(case.cause.value, left, right, case.fact.instant, case.evidence)
    if not case.automatic:
        if case.world.docket.get(ConflictEntry, own.key) is None:
            yield own
        return
    between = {own.left, own.right}
    known = case.world.docket.find(ConflictEntry, f"record:{case.later.lead}")
    for entry in [*(each for each in known if {each.left, each.right} <= between), own]:
        yield entry.model_copy(
            update={"state": ConflictState.RESOLVED, "resolution": f"automatic: {case.cause.value}"}
        )
