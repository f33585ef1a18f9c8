"""A holding that was wrong from the start, found out later: even a closed deal does not heal it (R4.8, R4.9).

The earlier holder keeps the customer and gets the credit. A cause that the policy lists is ruled without asking;
for any other a person decides (law 7). Both parties are told, neither of them about the other (law 17).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.canonical.docket import ClaimEntry, ClaimState, ConflictEntry, CreditEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Identity
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome
from connector.policy.model import Policy
from connector.policy.warehouse import Cause
from connector.rules.case import finding
from connector.rules.conflict import pair
from connector.rules.rule import rule
from connector.rules.warehouse import holding
from connector.rules.warehouse.duplicates import INCOMPLETE
from connector.rules.world import World

_STANDING = (ClaimState.ACTIVE, ClaimState.WORKED, ClaimState.CONVERTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Collision:
    """Two holdings of one customer in two warehouses, the later one begun while the earlier one stood."""

    fact: Fact
    world: World
    policy: Policy
    earlier: ClaimEntry
    later: ClaimEntry
    evidence: str

    @property
    def cause(self) -> Cause:
        """What was wrong: how the later holding came, and whether its numbers were known to be somebody else's."""
        if self.later.came == holding.TRANSFERRED_IN:
            return Cause.ILLEGAL_TRANSFER_IN
        lead = (self.later.lead, Kind.LEAD)
        suspected = pair("fake_contact", lead, lead, self.fact.instant, "")
        known = self.world.docket.get(ConflictEntry, suspected.key)
        return Cause.FAKE_CONTACT if known is not None else Cause.ILLEGAL_ENTRY

    @property
    def automatic(self) -> bool:
        terms = self.policy.warehouse
        return terms is not None and self.cause in terms.automatic

    @property
    def deal(self) -> RecordId | None:
        """The opportunity that the later holding became."""
        lead = self.world.lead(self.later.lead)
        return lead.converted_opportunity if lead else None

    @property
    def credit(self) -> CreditEntry | None:
        """The credit that the later holding has brought; None when there is none, or it is the earlier firm's."""
        credit = self.world.docket.get(CreditEntry, self.deal) if self.deal else None
        return credit if credit and credit.firm != self.earlier.firm else None


def collisions(
    fact: Fact, world: World, policy: Policy, lead: RecordId, identity: Identity
) -> Iterator[Collision]:
    """Every collision of one lead's holdings, by what is known of its customer now; surely the same only."""
    terms = policy.warehouse
    mine = [claim for claim in _holdings(lead, world) if claim.state in _STANDING]
    if terms is None or not mine:
        return
    for match in world.matches(identity, (Kind.LEAD,), policy.same_customer, besides=lead):
        if match.comparison.outcome is not Outcome.SAME:
            continue
        for own in mine:
            for other in _holdings(match.record, world):
                earlier, later = (other, own) if other.opened < own.opened else (own, other)
                apart = not holding.same_warehouse(own, other, terms, world)
                if apart and later.state in _STANDING and not later.adopted and _stood(earlier, later):
                    yield Collision(
                        fact=fact,
                        world=world,
                        policy=policy,
                        earlier=earlier,
                        later=later,
                        evidence=match.comparison.explain(),
                    )


def _holdings(lead: RecordId, world: World) -> list[ClaimEntry]:
    found = world.docket.find(ClaimEntry, f"lead:{lead}", open_only=False)
    brought = (
        holding.ENTERED,
        holding.TRANSFERRED_IN,
        "",
    )  # what was passed on is wrong only where it came in
    return [claim for claim in found if claim.state is not ClaimState.REVOKED and claim.came in brought]


def _stood(earlier: ClaimEntry, later: ClaimEntry) -> bool:
    """Whether the earlier one was held, and complete, in the moment in which the later one began."""
    if earlier.opened.overlaps(later.opened) or earlier.reason == INCOMPLETE:
        return False
    return earlier.held_at(later.opened.latest)


@rule("illegal_entry", "R4.8")
def illegal_entry(case: Collision) -> Iterator[Finding]:
    """R4.8: entered without a search while the customer lay in another warehouse."""
    yield from _ruled(case, Cause.ILLEGAL_ENTRY, Phrase.RULED_ILLEGAL_ENTRY)


@rule("illegal_transfer_in", "R4.9")
def illegal_transfer_in(case: Collision) -> Iterator[Finding]:
    """R4.9: transferred in on numbers that hid whose customer it was; the true ones have come since."""
    yield from _ruled(case, Cause.ILLEGAL_TRANSFER_IN, Phrase.RULED_ILLEGAL_TRANSFER_IN)


@rule("fake_entry", "R4.9")
def fake_entry(case: Collision) -> Iterator[Finding]:
    """R4.9: entered with the caller's own number as landline and fax; the true ones have come since."""
    yield from _ruled(case, Cause.FAKE_CONTACT, Phrase.RULED_FAKE_CONTACT)


def _ruled(case: Collision, cause: Cause, phrase: Phrase) -> Iterator[Finding]:
    if case.cause is not cause:
        return
    name = "fake_entry" if cause is Cause.FAKE_CONTACT else cause.value
    since, came = instant_text(case.earlier.opened.latest), instant_text(case.later.opened.latest)
    exhibits = (
        Exhibit(record=case.earlier.lead, field="holds_lead", value=case.evidence),
        Exhibit(record=case.earlier.lead, field="held_since", value=since),
        Exhibit(record=case.later.lead, field="entered_at", value=came),
    )
    if case.automatic:
        yield finding(name, Effect.REFUSE, phrase, *exhibits)
    else:
        yield finding(name, Effect.ASK, Phrase.RULING_NEEDS_PERSON, *exhibits, desk=True)


@rule("credit_move", "R4.8", "R4.14")
def credit_move(case: Collision) -> Iterator[Finding]:
    """R4.8, R4.14: why the credit went elsewhere, in one sentence with the records and times that decided it."""
    credit = case.credit
    if credit is None or not case.automatic:
        return
    winner, loser = case.world.partner(case.earlier.firm), case.world.partner(credit.firm)
    yield finding(
        "credit_move",
        Effect.NOTE,
        Phrase.CREDIT_MOVED,
        Exhibit(record=case.earlier.lead, field="held_since", value=instant_text(case.earlier.opened.latest)),
        Exhibit(record=case.later.lead, field="entered_at", value=instant_text(case.later.opened.latest)),
        Exhibit(record=credit.record, field="credit", value=case.earlier.firm),
        desk=True,
        winner=winner.name if winner else case.earlier.firm,
        loser=loser.name if loser else credit.firm,
        since=instant_text(case.earlier.opened.latest),
        at=instant_text(case.later.opened.latest),
    )


RULES = (illegal_entry, illegal_transfer_in, fake_entry, credit_move)
