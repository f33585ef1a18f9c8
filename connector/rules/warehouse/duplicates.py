"""The same customer somewhere else: in another warehouse, or in a public pool (R4.7, R4.10)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.canonical.docket import ClaimEntry
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome
from connector.policy.warehouse import Follows
from connector.rules.case import ClaimCase, finding
from connector.rules.holder import Place, placed
from connector.rules.rule import rule
from connector.rules.warehouse import holding
from connector.rules.warehouse.zones import zone_of, zone_of_pool
from connector.rules.world import Match

INCOMPLETE = "entry.incomplete"
"""The reason on a holding that is on hold until it is complete: it stands in nobody's way."""

_EFFECT = {Follows.REJECT: Effect.REFUSE, Follows.REVIEW: Effect.ASK, Follows.FLAG: Effect.NOTE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """A holding of what is, or may be, the same customer, in another warehouse."""

    match: Match
    claim: ClaimEntry

    @property
    def sure(self) -> bool:
        return self.match.comparison.outcome is Outcome.SAME


def elsewhere(case: ClaimCase) -> Iterator[Elsewhere]:
    """R4.7: "逐一搜索公司名,固定电话,传真": whoever else holds this customer, earlier or in the same second."""
    terms, world = case.policy.warehouse, case.world
    if terms is None:
        return
    found = world.matches(case.lead.identity, (Kind.LEAD,), case.policy.same_customer, besides=case.lead.id)
    for match in found:
        for claim in world.docket.find(ClaimEntry, f"lead:{match.record}"):
            away = not holding.same_warehouse(claim, case.entry, terms, world)
            first = placed(claim, case.entry) is not Place.AFTER
            if away and first and claim.reason != INCOMPLETE:
                yield Elsewhere(match=match, claim=claim)


@rule("hand_over", "R4.7", "R4.8")
def hand_over(case: ClaimCase) -> Iterator[Finding]:
    """R4.7: a customer that somebody else holds is handed over to them. The enterer never reads who that is."""
    terms = case.policy.warehouse
    if terms is None or case.entry.came not in (holding.ENTERED, holding.TRANSFERRED_IN):
        return
    found = list(elsewhere(case))
    for other in found:
        follows = terms.duplicates.in_a_warehouse if other.sure else terms.duplicates.perhaps
        if follows is Follows.IGNORE:
            continue
        together = placed(other.claim, case.entry) is Place.TOGETHER
        effect = Effect.ASK if together and follows is Follows.REJECT else _EFFECT[follows]
        phrase = Phrase.DUPLICATE_HAND_OVER if other.sure else Phrase.DUPLICATE_PERHAPS
        since = instant_text(other.claim.opened.latest)
        evidence = other.match.comparison.explain()
        exhibits = (
            Exhibit(record=other.claim.lead, field="holds_lead", value=evidence),
            Exhibit(record=other.claim.lead, field="held_since", value=since),
        )
        yield finding("hand_over", effect, phrase, *exhibits)
        yield finding(
            "hand_over", Effect.NOTE, Phrase.DUPLICATE_HELD_BY, desk=True, **_holder(case, other.claim)
        )
    if not found:
        yield finding("hand_over", Effect.PASS, Phrase.DUPLICATE_NONE)


def _holder(case: ClaimCase, claim: ClaimEntry) -> dict[str, object]:
    """Who it is, for the desk alone."""
    person, firm = case.world.person(claim.holder), case.world.partner(claim.firm)
    since = instant_text(claim.opened.latest)
    return {
        "holder": person.name if person else claim.holder,
        "firm": firm.name if firm else "",
        "since": since,
    }


def lost_to(findings: Iterable[Finding]) -> RecordId | None:
    """The lead of the holder to whom a refused entry has to be handed over."""
    refused = (found for found in findings if found.rule == "hand_over" and found.effect is Effect.REFUSE)
    return next((found.exhibits[0].record for found in refused if found.exhibits), None)


@rule("public_pool", "R4.10")
def in_a_public_pool(case: ClaimCase) -> Iterator[Finding]:
    """R4.10: "公海存在区域错误的重复资源,则无法录入": a duplicate in a public pool is asked for, not entered anew."""
    terms = case.policy.warehouse
    if terms is None or case.entry.came != holding.ENTERED:
        return
    mine = zone_of(case.lead, terms)
    found = case.world.matches(
        case.lead.identity, (Kind.LEAD,), case.policy.same_customer, besides=case.lead.id
    )
    for match in found:
        if match.comparison.outcome is not Outcome.SAME:
            continue
        pool = _pool_of(case, match.record)
        zone = zone_of_pool(case.world.pool(pool), terms)
        if not zone:
            continue
        wrong = bool(mine) and mine != zone
        follows = terms.duplicates.in_the_wrong_pool if wrong else terms.duplicates.in_its_own_pool
        if follows is Follows.IGNORE:
            continue
        phrase = Phrase.DUPLICATE_WRONG_POOL if wrong else Phrase.DUPLICATE_OWN_POOL
        exhibit = Exhibit(record=match.record, field="pool", value=match.comparison.explain())
        yield finding("public_pool", _EFFECT[follows], phrase, exhibit, zone=zone)


def _pool_of(case: ClaimCase, lead: RecordId) -> RecordId | None:
    record = case.world.lead(lead)
    return record.owner if record and record.owner and is_queue(record.owner) else None


RULES = (hand_over, in_a_public_pool)
