"""Whether somebody of the firm was there at the start of the sale (R0.3: "bistået sælgeren ved starten")."""

from collections.abc import Iterator
from decimal import Decimal

from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Exhibit, Finding
from connector.rules.case import FilingCase, finding
from connector.rules.consequence import after
from connector.rules.rule import rule


@rule("involved_early", "R0.3")
def involved_early(case: FilingCase) -> Iterator[Finding]:
    """A deal that is past the stage has to show activity of the firm from before it got there."""
    terms = case.terms.involved_early.pick(case.circumstances)
    deal = case.background.deal
    if terms is None or deal is None or deal.stage is None or deal.stage < terms.activity_before_stage:
        return
    if not _was_there(case, deal, terms.activity_before_stage):
        exhibit = Exhibit(record=deal.id, field="stage", value=str(deal.stage))
        effect = after(terms.then)
        if effect is not None:
            stage = terms.activity_before_stage
            yield finding("involved_early", effect, Phrase.NOT_INVOLVED_EARLY, exhibit, stage=stage)


def _was_there(case: FilingCase, deal: Opportunity, stage: Decimal) -> bool:
    """Whether an activity of the firm's people is older than the deal's step over the stage.

    The deal is looked at as it was at the activity; what the mirror does not know from then proves nothing.
    """
    for activity in case.background.by_the_firm():
        then = case.world.was(Kind.OPPORTUNITY, deal.id, activity.created_at)
        if isinstance(then, Opportunity):
            if then.stage is not None and then.stage < stage:
                return True
        elif activity.created_at < deal.created_at:
            return True
    return False
