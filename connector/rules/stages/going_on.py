"""Go or no-go: the recorded decisions to go on with a deal (R2.11)."""

from collections.abc import Iterator
from decimal import Decimal

from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.stages import Decided
from connector.rules.case import finding
from connector.rules.rule import rule
from connector.rules.stages.case import EFFECT, DealCase


@rule("go_no_go", "R2.11")
def go_no_go(case: DealCase) -> Iterator[Finding]:
    """R2.11: two decisions, the second only where the policy's condition holds; each by one of our own people."""
    if case.deal.closed:
        return
    asked = (("go_no_go", case.terms.go_no_go.first), ("second_go_no_go", case.terms.go_no_go.second))
    for what, terms in asked:
        if terms is not None and near(case, terms) and terms.when.pick(case.circumstances):
            yield from _decided(case, what, terms)


def near(case: DealCase, terms: Decided) -> bool:
    """The deal stands right before the stage, or has come to it."""
    below = [stage for stage in case.terms.order if stage < terms.before]
    return case.stage >= (below[-1] if below else Decimal(0))


def _decided(case: DealCase, what: str, terms: Decided) -> Iterator[Finding]:
    rows = [row for row in case.signed if row.what == what and _own(case, row.created_by)]
    if not rows:
        come = case.stage >= terms.before
        passing = case.before is not None and 0 < case.before < terms.before
        effect = (
            EFFECT[terms.then]
            if come and (passing or EFFECT[terms.then] is not Effect.REFUSE)
            else Effect.NOTE
        )
        phrase = Phrase.GO_WANTED if what == "go_no_go" else Phrase.SECOND_GO_WANTED
        yield finding(
            "go_no_go", effect, phrase, Exhibit(record=case.deal.id, field=what), stage=terms.before
        )
        return
    exhibit = Exhibit(record=rows[-1].id, field=what, value=rows[-1].word)
    if rows[-1].word == "yes":
        yield finding("go_no_go", Effect.PASS, Phrase.GO_DECIDED, exhibit)
    else:
        yield finding("go_no_go", Effect.NOTE, Phrase.NO_GO_DECIDED, exhibit)


def _own(case: DealCase, by: RecordId | None) -> bool:
    person = case.world.person(by)
    return person is None or person.firm is None
