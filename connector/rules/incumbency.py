"""A renewal favours the partner of the last won deal inside the look-back (R2.18, programmes)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.outcomes import Second
from connector.rules.case import FilingCase, finding
from connector.rules.rule import rule

_EFFECT = {
    Second.REJECT: Effect.REFUSE,
    Second.REVIEW: Effect.ASK,
    Second.REDUCED: Effect.NOTE,
    Second.FLAG: Effect.NOTE,
}


@rule("incumbent", "R2.18", "R1.2")
def incumbency(case: FilingCase) -> Iterator[Finding]:
    """Another firm than the incumbent is refused, reviewed, or earns less; the incumbent is told so."""
    terms = case.terms.incumbency.pick(case.circumstances)
    if terms is None:
        return
    won = case.background.incumbent_deal(terms, case.day)
    if won is None:
        return
    exhibit = Exhibit(record=won.deal.id, field="won_on", value=won.on.isoformat())
    if won.firm == case.entry.firm:
        yield finding("incumbent", Effect.PASS, Phrase.INCUMBENT, exhibit, on=won.on.isoformat())
    elif terms.non_incumbent in _EFFECT:
        effect, reduced = _EFFECT[terms.non_incumbent], terms.non_incumbent is Second.REDUCED
        phrase = Phrase.NOT_INCUMBENT_REDUCED if reduced else Phrase.NOT_INCUMBENT
        found = finding("incumbent", effect, phrase, exhibit)
        share = {"share": f"{terms.share * 100:.3g}%"} if reduced else {}
        yield found.model_copy(update={"params": share})
