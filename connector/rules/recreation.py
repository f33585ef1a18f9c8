"""A record created anew for the customer of a deleted one: found by the customer's keys, sure only by the matcher."""

from dataclasses import dataclass
from datetime import datetime

from connector.canonical.credit import CreditEntry, lost_by
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.matching import Comparison
from connector.matching import Outcome as MatchOutcome
from connector.rules.booking import Booking
from connector.rules.identity import identity_behind, keys_of

CREDIT = "sourcing_credit"
"""The kind of conflict in which a person decides to whom a credit belongs."""

_BORN = {
    Kind.LEAD: (FactKind.ENTERED, FactKind.CLAIMED),
    Kind.OPPORTUNITY: (FactKind.OPENED,),
    Kind.REGISTRATION: (FactKind.FILED,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """A lost credit that may belong to a new record."""

    lost: CreditEntry
    sure: bool
    evidence: str


def known_again(booking: Booking) -> Again | None:
    """The lost credit whose customer the new record names; the earliest of equals. None when there is none."""
    fact, terms = booking.fact, booking.policy.sourcing_credit
    if terms.carried_within is None or fact.kind not in _BORN.get(fact.subject, ()):
        return None
    made, who = _created_at(booking), identity_behind(booking.world, fact.subject, fact.record)
    if made is None or who is None:
        return None
    since = fact.instant - terms.carried_within
    found: list[tuple[Comparison, CreditEntry]] = []
    seen: set[str] = set()
    for key in keys_of(who):
        for lost in booking.docket.find(CreditEntry, lost_by(fact.subject, key)):
            if lost.key in seen or not lost.gone_at or not since <= lost.gone_at <= made:
                continue
            seen.add(lost.key)
            found.append((booking.world.compared(lost.customer, who, booking.policy.same_customer), lost))
    return _best(booking, found)


def _best(booking: Booking, found: list[tuple[Comparison, CreditEntry]]) -> Again | None:
    alike = [each for each in found if each[0].outcome is not MatchOutcome.DIFFERENT]
    sure = [lost for answer, lost in alike if answer.outcome is MatchOutcome.SAME]
    firm = _filing_firm(booking)
    if (
        firm is not None
    ):  # a filing carries its own firm's credit only: another firm's is a rival, not a lost one
        sure, alike = [lost for lost in sure if lost.firm == firm], []
    if sure:
        first = min(sure, key=lambda lost: (lost.since, lost.key))
        one_firm = len({lost.firm for lost in sure}) == 1
        return Again(lost=first, sure=one_firm, evidence="same customer")
    if not alike or booking.policy.sourcing_credit.unsure != "review":
        return None
    answer, lost = max(alike, key=lambda each: (each[0].score, each[1].key))
    return Again(lost=lost, sure=False, evidence=f"customer alike by {answer.score:.2f}")


def _filing_firm(booking: Booking) -> str | None:
    filing = booking.world.registration(booking.fact.record)
    return filing.partner if filing and booking.fact.subject is Kind.REGISTRATION else None


def _created_at(booking: Booking) -> datetime | None:
    world, ident = booking.world, booking.fact.record
    record = world.lead(ident) or world.registration(ident) or world.opportunity(ident)
    return record.created_at if record else None
