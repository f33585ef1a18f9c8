"""R1.2: a filing that comes second: what the policy may say of it, and how many may stand beside the first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.outcomes import Dormant, Outranks, Second, SecondFiling, Silent
from connector.rules.outranking import LETTER, TENDER, Ranking
from connector.rules.rivals import Relation, Rival
from connector.rules.seconds import (
    dormant_first,
    loses_to,
    outranked,
    second_filing,
    settled_elsewhere,
    subsidiary,
    treatment,
)
from tests.unit.rules.cases import filing_case, one, rival

FIRST = rival(Relation.PROTECTED_FIRST)
BY_LETTER = Ranking(letter=Outranks.SUPERSEDES, proof=Outranks.REVIEW, day=date(2026, 3, 2))
EVERY_OTHER = [each for each in Relation if each is not Relation.PROTECTED_FIRST]


def said(rule: str, effect: Effect, message: str, of: Rival, **params: str) -> Finding:
    exhibit = Exhibit(record=of.record, field=of.relation, value="same: name")
    return Finding(rule=rule, effect=effect, message=message, params=params, exhibits=(exhibit,))


def second(then: Second, *rivals: Rival, share: str | None = None, at_most: int = 2) -> list[Finding]:
    part = Decimal(share) if share else None
    terms = SecondFiling(then=then, share=part, partners_at_most=at_most)
    return list(second_filing(filing_case(*rivals, terms={"second_filing": one(terms)})))


@pytest.mark.parametrize(
    ("then", "stated", "share", "message"),
    [
        (Second.TEAM, None, "100%", "conflict.shared_as_team"),
        (Second.SPLIT, None, "50.0%", "conflict.shared_and_split"),
        (Second.REDUCED, "0.125", "12.5%", "conflict.shared_reduced"),
    ],
)
def test_a_second_filing_that_shares_says_what_part_it_earns(
    then: Second, stated: str | None, share: str, message: str
) -> None:
    told = said("second_filing", Effect.NOTE, message, FIRST, share=share, then=then.value)
    assert second(then, FIRST, share=stated) == [told]


@pytest.mark.parametrize(("then", "effect"), [(Second.REVIEW, Effect.ASK), (Second.FLAG, Effect.NOTE)])
def test_a_second_filing_that_shares_nothing_is_looked_at_or_flagged(then: Second, effect: Effect) -> None:
    at = "2026-03-02T09:00:00.000Z"
    told = said("second_filing", effect, "conflict.rival_first", FIRST, at=at, then=then.value)
    assert second(then, FIRST) == [told]


@pytest.mark.parametrize("then", [Second.REJECT, Second.IGNORE])
def test_where_the_policy_shares_nothing_the_rule_of_the_first_holds(then: Second) -> None:
    assert second(then, FIRST) == []


@pytest.mark.parametrize("relation", EVERY_OTHER)
def test_only_a_rival_that_was_first_and_stands_is_shared_with(relation: Relation) -> None:
    assert second(Second.TEAM, rival(relation)) == []


@pytest.mark.parametrize(("at_most", "shared"), [(1, 0), (2, 0), (3, 2)])
def test_no_more_partners_share_a_deal_than_the_policy_allows(at_most: int, shared: int) -> None:
    others = (FIRST, rival(Relation.PROTECTED_FIRST, 3), rival(Relation.PENDING_FIRST, 4))
    assert len(second(Second.TEAM, *others, at_most=at_most)) == shared


@pytest.mark.parametrize("then", [Second.REVIEW, Second.FLAG])
def test_what_only_a_person_looks_at_is_not_counted_among_those_that_share(then: Second) -> None:
    assert len(second(then, FIRST, rival(Relation.PROTECTED_FIRST, 3), at_most=1)) == 2


def test_without_a_row_there_is_no_treatment_and_nothing_is_settled_elsewhere() -> None:
    case = filing_case(FIRST)
    assert treatment(case, FIRST) is None
    assert not settled_elsewhere(case, FIRST)
    shares = filing_case(FIRST, terms={"second_filing": one(SecondFiling(then=Second.TEAM))})
    assert settled_elsewhere(shares, FIRST)


@pytest.mark.parametrize(
    ("relation", "cause", "standing", "effect", "message"),
    [
        (Relation.OUTRANKED, LETTER, True, Effect.NOTE, "conflict.outranks_first"),
        (Relation.OUTRANKED, TENDER, True, Effect.ASK, "conflict.outranks_first"),
        (Relation.OUTRANKS_US, LETTER, True, Effect.REFUSE, "conflict.outranked_by"),
        (Relation.OUTRANKS_US, LETTER, False, Effect.ASK, "conflict.outranked_by"),
        (Relation.EQUAL_EVIDENCE, LETTER, True, Effect.ASK, "conflict.equal_evidence"),
    ],
)
def test_evidence_takes_a_place_by_rule_or_by_a_person(
    *, relation: Relation, cause: str, standing: bool, effect: Effect, message: str
) -> None:
    other = rival(relation, cause=cause, standing=standing)
    found = list(outranked(filing_case(other, rival(Relation.OWN, 3), ranking=BY_LETTER)))
    assert found == [said("outranked", effect, message, other, cause=cause)]


def test_without_a_ranking_evidence_is_a_persons_to_weigh() -> None:
    other = rival(Relation.OUTRANKED, cause=LETTER)
    assert [each.effect for each in outranked(filing_case(other))] == [Effect.ASK]


SLEEPING = rival(Relation.DORMANT_FIRST, standing=True)


@pytest.mark.parametrize(("then", "effect"), [(Silent.YIELDS, Effect.NOTE), (Silent.REVIEW, Effect.ASK)])
def test_a_first_filing_that_sleeps_loses_its_place_by_rule_or_by_a_person(
    then: Silent, effect: Effect
) -> None:
    policy = filing_case().terms.first_filing.model_copy(
        update={"dormant": Dormant(silent_for=timedelta(days=60), then=then)}
    )
    case = filing_case(SLEEPING, FIRST, terms={"first_filing": policy})
    assert list(dormant_first(case)) == [said("dormant_first", effect, "conflict.dormant_first", SLEEPING)]
    assert list(loses_to(case, by_a_person=False)) == ([SLEEPING] if then is Silent.YIELDS else [])
    assert list(loses_to(case, by_a_person=True)) == [SLEEPING]


def test_where_the_policy_lets_nobody_sleep_nobody_loses_a_place_by_it() -> None:
    case = filing_case(SLEEPING)
    assert list(dormant_first(case)) == []
    assert list(loses_to(case, by_a_person=True)) == []


@pytest.mark.parametrize(("cause", "by_rule"), [(LETTER, True), (TENDER, False)])
def test_what_is_outranked_gives_way_by_rule_where_the_policy_says_so_and_else_by_a_persons_word(
    *, cause: str, by_rule: bool
) -> None:
    other = rival(Relation.OUTRANKED, cause=cause)
    case = filing_case(other, FIRST, SLEEPING, ranking=BY_LETTER)
    assert list(loses_to(case, by_a_person=False)) == ([other] if by_rule else [])
    assert list(loses_to(case, by_a_person=True)) == [other]
    assert list(loses_to(filing_case(other), by_a_person=True)) == []


@pytest.mark.parametrize(
    ("relation", "effect"),
    [(Relation.PROTECTED_FIRST, Effect.REFUSE), (Relation.PENDING_FIRST, Effect.ASK)],
)
def test_a_rival_in_the_group_refuses_or_asks(relation: Relation, effect: Effect) -> None:
    other, stranger = rival(relation, relative=True), rival(relation, 3)
    found = list(subsidiary(filing_case(other, stranger, rival(Relation.OWN, 4, relative=True))))
    assert found == [said("subsidiary", effect, "conflict.rival_in_group", other)]


def test_a_rival_in_the_group_that_shares_is_no_refusal_and_the_next_is() -> None:
    first, pending = (
        rival(Relation.PROTECTED_FIRST, relative=True),
        rival(Relation.PENDING_FIRST, 3, relative=True),
    )
    case = filing_case(first, pending, terms={"second_filing": one(SecondFiling(then=Second.TEAM))})
    assert list(subsidiary(case)) == [said("subsidiary", Effect.ASK, "conflict.rival_in_group", pending)]


def test_a_group_too_large_to_look_through_is_for_the_desk() -> None:
    found = list(subsidiary(filing_case(group_too_large=True)))
    assert found == [
        Finding(rule="subsidiary", effect=Effect.ASK, message="conflict.group_too_large", desk=True)
    ]
