"""Training as a second filter beside certification (R0.6: "Træning og partner certificering … filtrere")."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Exhibit, Finding
from connector.rules.case import ClaimCase, FilingCase, finding
from connector.rules.consequence import short_of
from connector.rules.rule import rule


@rule("training", "R0.6")
def trained(case: FilingCase | ClaimCase) -> Iterator[Finding]:
    """The firm's training holds on the day of the act."""
    fitness = case.terms.who_may_file if isinstance(case, FilingCase) else case.terms.who_may_claim
    effect, partner = short_of(fitness.trained), case.partner
    if effect is None or partner is None:
        return
    until = partner.trained_until
    exhibit = Exhibit(record=partner.id, field="trained_until", value=str(until or ""))
    if until is None:
        yield finding("training", effect, Phrase.NOT_TRAINED, exhibit)
    elif until < case.day:
        yield finding("training", effect, Phrase.TRAINING_LAPSED, exhibit, until=until.isoformat())
