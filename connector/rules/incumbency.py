"""A renewal favours the partner of the last won deal inside the look-back (R2.18, programmes)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.outcomes import Second
from connector.rules.background import Purchase
from connector.rules.case import FilingCase, finding
from connector.rules.left_out import left_out
from connector.rules.rule import rule

_EFFECT = {
    Second.REJECT: Effect.REFUSE,
    Second.REVIEW: Effect.ASK,
    Second.REDUCED: Effect.NOTE,
    Second.FLAG: Effect.NOTE,
}


@rule("incumbent", "R2.18", "R1.2")
def incumbency(case: FilingCase) -> Iterator[Finding]:
    """Another firm than the incumbent is refused, reviewed, or earns less; the incumbent is told so.

    Per product line, where the policy says so: the other lines of a filing stand.
    """
    terms = case.terms.incumbency.pick(case.circumstances)
    if terms is None:
        return
    apart = case.background.judged_apart(terms.per)
    known = [(lines, case.background.incumbent_deal(terms, case.day, lines)) for lines in apart]
    own = [each for _, each in known if each is not None and each.firm == case.entry.firm]
    others = [(lines, each) for lines, each in known if each is not None and each.firm != case.entry.firm]
    if own:
        yield finding("incumbent", Effect.PASS, Phrase.INCUMBENT, _deal(own[0]), on=own[0].on.isoformat())
    if not others or terms.non_incumbent not in _EFFECT:
        return
    effect, won = _EFFECT[terms.non_incumbent], others[0][1]
    if terms.non_incumbent is Second.REDUCED:
        part = (len(known) - len(others) + len(others) * terms.share) / len(known)
        share = f"{part * 100:.3g}%"
        yield finding("incumbent", effect, Phrase.NOT_INCUMBENT_REDUCED, _deal(won), share=share)
    elif len(others) == len(known) or effect is Effect.NOTE:
        yield finding("incumbent", effect, Phrase.NOT_INCUMBENT, _deal(won))
    else:
        theirs = tuple(line for lines, _ in others for line in lines)
        yield left_out("incumbent", effect, case, theirs)


def _deal(won: Purchase) -> Exhibit:
    return Exhibit(record=won.deal.id, field="won_on", value=won.on.isoformat())
