"""What becomes of a filing that comes second: refused, reviewed, or let stand beside the first (R1.2)."""

from collections.abc import Iterator, Mapping

from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.outcomes import Second, SecondFiling
from connector.rules.case import FilingCase, finding
from connector.rules.circumstances import also
from connector.rules.first import asked, of_first
from connector.rules.partial import only_some_lines
from connector.rules.rivals import Relation, Rival
from connector.rules.rule import rule

SHARING = "second_filing"
STANDING_BESIDE = (Second.TEAM, Second.SPLIT, Second.REDUCED)
_PHRASE = {
    Second.TEAM: Phrase.SHARED_AS_TEAM,
    Second.SPLIT: Phrase.SHARED_AND_SPLIT,
    Second.REDUCED: Phrase.SHARED_REDUCED,
}


def treatment(case: FilingCase, rival: Rival) -> SecondFiling | None:
    """How the policy treats this filing beside a rival that was first and stands; None: the rule of the first holds."""
    if rival.relation is not Relation.PROTECTED_FIRST or only_some_lines(case, rival):
        return None
    rows = case.terms.second_filing
    terms = rows.pick(_names(case, rival) if asked(rows) else case.circumstances)
    if terms is None or terms.then in (Second.REJECT, Second.IGNORE):
        return None
    standing = sum(each.relation is Relation.PROTECTED_FIRST for each in case.rivals)
    if terms.then in STANDING_BESIDE and standing >= terms.partners_at_most:
        return None
    return terms


def _names(case: FilingCase, rival: Rival) -> Mapping[str, object]:
    """The circumstances of the filing, with those of the one that was first."""
    return also(case.circumstances, first=of_first(rival.record, case.world, case.policy))


def settled_elsewhere(case: FilingCase, rival: Rival) -> bool:
    """Whether another rule says what this rival means: then the first filing alone does not decide."""
    return treatment(case, rival) is not None or only_some_lines(case, rival)


@rule(SHARING, "R1.2")
def second_filing(case: FilingCase) -> Iterator[Finding]:
    """By policy both stand, and share the customer; neither is told the other's name (law 17)."""
    for rival in case.rivals:
        terms = treatment(case, rival)
        if terms is None:
            continue
        shown, at = _exhibit(rival), instant_text(rival.since)
        if terms.then in _PHRASE:
            share = f"{terms.part * 100:.3g}%"
            yield finding(
                SHARING, Effect.NOTE, _PHRASE[terms.then], shown, share=share, then=terms.then.value
            )
        else:
            effect = Effect.NOTE if terms.then is Second.FLAG else Effect.ASK
            yield finding(SHARING, effect, Phrase.RIVAL_FIRST, shown, at=at, then=terms.then.value)


@rule("outranked", "R1.2")
def outranked(case: FilingCase) -> Iterator[Finding]:
    """Evidence outranks the first filing: a customer's letter, or proof from before the tender."""
    for rival in case.rivals:
        if rival.relation is Relation.OUTRANKED:
            automatic = case.ranking is not None and case.ranking.by_rule(rival.cause)
            effect = Effect.NOTE if automatic else Effect.ASK
            yield finding("outranked", effect, Phrase.OUTRANKS_FIRST, _exhibit(rival), cause=rival.cause)
        elif rival.relation is Relation.OUTRANKS_US:
            refused = rival.standing
            effect = Effect.REFUSE if refused else Effect.ASK
            yield finding("outranked", effect, Phrase.OUTRANKED_BY, _exhibit(rival), cause=rival.cause)
        elif rival.relation is Relation.EQUAL_EVIDENCE:
            yield finding("outranked", Effect.ASK, Phrase.EQUAL_EVIDENCE, _exhibit(rival), cause=rival.cause)


@rule("dormant_first", "R1.2", "R1.10")
def dormant_first(case: FilingCase) -> Iterator[Finding]:
    """A first filing that nobody works loses its place, by rule or by a person."""
    dormant = case.terms.first_filing.dormant
    for rival in case.rivals:
        if rival.relation is Relation.DORMANT_FIRST and dormant is not None:
            effect = Effect.NOTE if dormant.then == "yields" else Effect.ASK
            yield finding("dormant_first", effect, Phrase.DORMANT_FIRST, _exhibit(rival))


@rule("subsidiary", "R1.2")
def subsidiary(case: FilingCase) -> Iterator[Finding]:
    """Another firm is after a company of the same group, and the policy covers the group."""
    for rival in case.rivals:
        if rival.relative and rival.relation in (Relation.PROTECTED_FIRST, Relation.PENDING_FIRST):
            if settled_elsewhere(case, rival):
                continue
            effect = Effect.REFUSE if rival.relation is Relation.PROTECTED_FIRST else Effect.ASK
            yield finding("subsidiary", effect, Phrase.RIVAL_IN_GROUP, _exhibit(rival))
    if case.group_too_large:
        yield finding("subsidiary", Effect.ASK, Phrase.GROUP_TOO_LARGE, desk=True)


def loses_to(case: FilingCase, *, by_a_person: bool) -> Iterator[Rival]:
    """Rivals that give way once this filing is approved, by rule or by a person's word (law 7)."""
    dormant = case.terms.first_filing.dormant
    for rival in case.rivals:
        if not rival.standing and rival.relation is not Relation.OUTRANKED:
            continue
        ranked = rival.relation is Relation.OUTRANKED and case.ranking is not None
        automatic = ranked and case.ranking is not None and case.ranking.by_rule(rival.cause)
        asleep = rival.relation is Relation.DORMANT_FIRST and dormant is not None
        yields = asleep and dormant is not None and dormant.then == "yields"
        if automatic or yields or (by_a_person and (ranked or asleep)):
            yield rival


def _exhibit(rival: Rival) -> Exhibit:
    return Exhibit(record=rival.record, field=rival.relation, value=rival.evidence)
