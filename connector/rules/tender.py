"""A deal put out to tender: filed before it, on proof from before it (programmes)."""

from collections.abc import Iterator
from datetime import date

from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import FilingCase, finding, local_day
from connector.rules.consequence import after, short_of
from connector.rules.rivals import Relation
from connector.rules.rule import rule


@rule("tender", "R1.14")
def tender(case: FilingCase) -> Iterator[Finding]:
    """The filing's place is older than the tender, and so is some proof of the relationship."""
    terms, on = case.terms.tender.pick(case.circumstances), case.background.tender_on
    if terms is None:
        return
    if on is None:
        yield from _kept_back(case)
        return
    exhibit = Exhibit(record=case.filing.id, field="tender_on", value=on.isoformat())
    late = after(terms.filed_late)
    if late is not None and local_day(case.place.latest, case.policy) >= on:
        yield finding("tender", late, Phrase.TENDER_FILED_LATE, exhibit, tender=on.isoformat())
    unproved = short_of(terms.proof_before)
    if unproved is not None and proof_before(case.filing, on) is None:
        yield finding("tender", unproved, Phrase.TENDER_NO_PROOF, exhibit, tender=on.isoformat())


def _kept_back(case: FilingCase) -> Iterator[Finding]:
    """Others say that there is a tender, and this filing does not: a person looks."""
    for rival in case.rivals:
        other = case.world.registration(rival.record)
        if rival.relation is not Relation.UNSURE and other is not None and other.tender_on is not None:
            exhibit = Exhibit(record=other.id, field="tender_on", value=other.tender_on.isoformat())
            yield finding("tender", Effect.ASK, Phrase.TENDER_NOT_SAID, exhibit)
            return


def proof_before(filing: Registration, on: date) -> date | None:
    """The day of the oldest proof in which the customer agreed, from before the tender."""
    days = [p.happened_on for p in filing.evidence if p.customer_confirmed and p.happened_on]
    return min((day for day in days if day < on), default=None)
