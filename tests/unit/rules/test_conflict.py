"""R1.1 to R1.3: what each relation of a rival means for a filing, and when a conflict is opened, or opened again."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import ConflictEntry, ConflictState, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.disputes import Disputes
from connector.policy.model import DirectSales, Policy, Then
from connector.rules import disputes
from connector.rules.conflict import (
    anew,
    kind_of,
    name_variant,
    opened_by,
    own_duplicate,
    pair,
    partner_direct,
    partner_partner,
)
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket
from connector.rules.rivals import Relation, Rival
from tests.support.builders import START, after, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import acted, filing_case, rival, world

MINE = ident("a01", 1)
SINCE = "2026-03-02T09:00:00.000Z"


def said(
    rule: str, effect: Effect, phrase: Phrase, of: Rival, *, desk: bool = False, **params: str
) -> Finding:
    exhibits = (
        Exhibit(record=of.record, field=of.relation, value="same: name"),
        Exhibit(record=of.record, field="since", value=SINCE),
    )
    return Finding(rule=rule, effect=effect, message=phrase, params=params, exhibits=exhibits, desk=desk)


AMONG_PARTNERS = {
    Relation.PROTECTED_FIRST: (Effect.REFUSE, Phrase.RIVAL_FIRST),
    Relation.PENDING_FIRST: (Effect.ASK, Phrase.RIVAL_PENDING),
    Relation.SAME_TIME: (Effect.ASK, Phrase.RIVAL_SAME_TIME),
    Relation.APPROVED_LATER: (Effect.ASK, Phrase.RIVAL_LATER_APPROVED),
    Relation.HOLDS_LEAD: (Effect.ASK, Phrase.RIVAL_CLAIM),
}
ALONE = Finding(rule="partner_partner", effect=Effect.PASS, message=Phrase.NO_RIVAL)


@pytest.mark.parametrize("relation", Relation)
def test_the_first_complete_filing_wins_and_what_is_too_close_to_tell_is_a_persons(
    relation: Relation,
) -> None:
    other = rival(relation)
    found = list(partner_partner(filing_case(other)))
    if relation in AMONG_PARTNERS:
        effect, phrase = AMONG_PARTNERS[relation]
        assert found == [said("partner_partner", effect, phrase, other, at=SINCE)]
    elif relation is Relation.PENDING_LATER:
        note = said("partner_partner", Effect.NOTE, Phrase.NO_RIVAL, other, desk=True, at=SINCE)
        assert found == [note, ALONE]
    else:
        ended = relation in (Relation.OWN_LAPSED, Relation.OWN_ENDED)
        assert found == ([ALONE] if ended else [])


def test_nobody_else_is_a_pass_unless_somebody_may_be_missing() -> None:
    assert list(partner_partner(filing_case())) == [ALONE]
    assert list(partner_partner(filing_case(doubtful=True))) == []


@pytest.mark.parametrize("relation", [Relation.PROTECTED_FIRST, Relation.PENDING_FIRST])
def test_a_rival_of_the_group_is_told_by_the_rule_on_subsidiaries(relation: Relation) -> None:
    assert list(partner_partner(filing_case(rival(relation, relative=True)))) == []


@pytest.mark.parametrize(
    ("then", "effect"),
    [
        (Then.REJECT, Effect.REFUSE),
        (Then.REVIEW, Effect.ASK),
        (Then.HOLD, Effect.ASK),
        (Then.FLAG, Effect.NOTE),
        (Then.FLAG_AND_FREEZE_CREDIT, Effect.NOTE),
        (Then.IGNORE, None),
    ],
)
def test_direct_sales_that_work_the_customer_weigh_as_the_policy_says(
    then: Then, effect: Effect | None
) -> None:
    direct = rival(Relation.DIRECT)
    case = filing_case(
        rival(Relation.UNSURE, 3), direct, terms={"direct_sales": DirectSales(already_working=then)}
    )
    told = said("partner_direct", effect or Effect.NOTE, Phrase.DIRECT_WORKING, direct, since=SINCE)
    assert list(partner_direct(case)) == ([told] if effect else [])


@pytest.mark.parametrize("relation", Relation)
def test_the_firms_own_earlier_filing_refuses_and_an_unclear_one_asks(relation: Relation) -> None:
    other = rival(relation)
    effect = {Relation.OWN: Effect.REFUSE, Relation.OWN_UNCLEAR: Effect.ASK}.get(relation)
    told = [said("own_duplicate", effect, Phrase.OWN_DUPLICATE, other, at=SINCE)] if effect else []
    assert list(own_duplicate(filing_case(other))) == told


@pytest.mark.parametrize("relation", Relation)
def test_who_may_be_the_same_customer_is_for_a_person(relation: Relation) -> None:
    other = rival(relation)
    told = [said("name_variant", Effect.ASK, Phrase.RIVAL_UNSURE, other, at=SINCE)]
    assert list(name_variant(filing_case(other))) == (told if relation is Relation.UNSURE else [])


def test_where_somebody_may_be_missing_a_person_looks() -> None:
    asked = Finding(rule="name_variant", effect=Effect.ASK, message=Phrase.RIVAL_UNSURE)
    assert list(name_variant(filing_case(doubtful=True))) == [asked]


def conflict(state: ConflictState = ConflictState.OPEN, **given: Any) -> ConflictEntry:
    base = {
        "kind": "partner_partner", "left": MINE, "right": ident("a01", 2), "left_kind": Kind.REGISTRATION,
        "right_kind": Kind.REGISTRATION, "opened_at": START, "state": state, "evidence": "same: name",
    }  # fmt: skip
    return ConflictEntry(**(base | given))


@pytest.mark.parametrize("state", ConflictState)
def test_a_closed_conflict_is_opened_again_by_new_evidence_alone(state: ConflictState) -> None:
    known, changed = conflict(state, reopened=1), conflict(evidence="same: address")
    docket = MemoryDocket([known])
    assert anew(docket, conflict()) is None
    closed = state in (ConflictState.RESOLVED, ConflictState.DISMISSED)
    again = {"state": ConflictState.REOPENED, "evidence": "same: address", "reopened": 2}
    assert anew(docket, changed) == (known.model_copy(update=again) if closed else None)


def test_a_conflict_that_nobody_knows_is_opened_as_it_is() -> None:
    assert anew(MemoryDocket(), conflict()) == conflict()


def found(rule: str, effect: Effect, *records: RecordId) -> Finding:
    exhibits = tuple(Exhibit(record=each, field="firm", value="Nord") for each in records)
    return Finding(rule=rule, effect=effect, message=Phrase.RIVAL_FIRST, exhibits=exhibits)


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("partner_partner", "partner_partner"),
        ("partner_direct", "partner_direct"),
        ("name_variant", "name_variant"),
        ("second_filing", "partner_partner"),
        ("outranked", "outranked"),
        ("dormant_first", "dormant"),
        ("subsidiary", "subsidiary"),
        ("incumbent", "renewal"),
        ("affiliated", "quota_gaming"),
        ("customer_contact", "fake_contact"),
    ],
)
@pytest.mark.parametrize("effect", [Effect.REFUSE, Effect.ASK, Effect.NOTE])
def test_a_rival_that_a_rule_names_opens_a_conflict_of_the_rules_kind(
    rule: str, kind: str, effect: Effect
) -> None:
    other = rival(Relation.PROTECTED_FIRST)
    (opened,) = opened_by(filing_case(other), (found(rule, effect, other.record),))
    assert opened == conflict(kind=kind)


@pytest.mark.parametrize(
    ("rule", "effect", "opens"),
    [
        ("incumbent", Effect.ASK, True),
        ("incumbent", Effect.REFUSE, True),
        ("incumbent", Effect.NOTE, False),
        ("affiliated", Effect.NOTE, True),
        ("incumbent", Effect.PASS, False),
        ("quota", Effect.REFUSE, False),
    ],
)
def test_what_is_no_rival_opens_a_conflict_where_it_asks_or_refuses(
    rule: str, effect: Effect, *, opens: bool
) -> None:
    deal = ident("006", 3)
    opened = list(opened_by(filing_case(), (found(rule, effect, deal), found(rule, effect))))
    assert [(each.left, each.right, each.left_kind, each.evidence) for each in opened] == (
        [(deal, MINE, Kind.OPPORTUNITY, "firm Nord")] if opens else []
    )


def test_a_fake_contact_is_a_conflict_of_the_record_with_itself() -> None:
    fields = {"fields": "landline_is_fax"}
    suspicious = found("fake_contact", Effect.ASK, MINE).model_copy(update={"params": fields})
    (opened,) = opened_by(filing_case(), (suspicious,))
    assert (opened.left, opened.right, opened.evidence) == (MINE, MINE, "landline_is_fax")


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (ident("00Q", 1), Kind.LEAD),
        (ident("006", 1), Kind.OPPORTUNITY),
        (ident("001", 1), Kind.CUSTOMER),
        (ident("a01", 1), Kind.REGISTRATION),
    ],
)
def test_a_record_is_what_the_docket_knows_it_for_else_what_its_id_begins_with(
    record: RecordId, kind: Kind
) -> None:
    assert kind_of(record, MemoryDocket()) is kind
    entry = RegistrationEntry(registration=record, firm=ident("001", 2), filed=at(START))
    assert kind_of(record, MemoryDocket([entry])) is Kind.REGISTRATION


def test_a_pair_is_the_same_whichever_record_is_named_first() -> None:
    one, other = (ident("a01", 1), Kind.REGISTRATION), (ident("006", 1), Kind.OPPORTUNITY)
    there = pair("renewal", one, other, START, "said")
    assert there == pair("renewal", other, one, START, "said")
    assert (there.left, there.left_kind, there.right, there.right_kind) == (*other, *one)


# the life of a conflict

PERSON = ident("005", 8)


def with_desk(desk: str = "") -> Policy:
    return shipped("deal_registration").model_copy(update={"conflicts": Disputes(assign_to=desk)})


@pytest.mark.parametrize("state", ConflictState)
def test_whoever_takes_an_open_conflict_owns_it(state: ConflictState) -> None:
    known = conflict(state)
    fact = acted(FactKind.REASSIGNED, Kind.CONFLICT, ident("a05", 1), value=PERSON, detail={"key": known.key})
    told = disputes.taken(fact, world(docket=(known,), fact=fact), with_desk())
    assigned = ConflictState.ASSIGNED if state is ConflictState.OPEN else state
    owned = known.model_copy(update={"owner": PERSON, "state": assigned})
    assert told == Decision(fact=fact, entries=(owned,) if known.open else ())


def test_a_conflict_that_nobody_knows_is_taken_by_nobody() -> None:
    fact = acted(FactKind.REASSIGNED, Kind.CONFLICT, ident("a05", 1), value=PERSON)
    assert disputes.taken(fact, world(fact=fact), with_desk()) == Decision(fact=fact)


@pytest.mark.parametrize(
    ("desk", "state"), [("", ConflictState.OPEN), ("Channel_Desk", ConflictState.ASSIGNED)]
)
@pytest.mark.parametrize("was", [ConflictState.ASSIGNED, ConflictState.ESCALATED, ConflictState.REOPENED])
def test_a_conflict_that_goes_on_under_the_survivor_of_a_merge_begins_anew(
    desk: str, state: ConflictState, was: ConflictState
) -> None:
    gone, survivor, other = ident("00Q", 1), ident("00Q", 3), ident("00Q", 2)
    kinds: dict[str, Any] = {"left_kind": Kind.LEAD, "right_kind": Kind.LEAD}
    known = conflict(was, left=gone, right=other, **kinds)
    fact = acted(FactKind.MERGED, Kind.LEAD, gone, value=survivor, when=at(after(days=1)))
    seen = world(docket=(known,), fact=fact)
    told = disputes.looked_after(Decision(fact=fact), seen, with_desk(desk))
    going_on = conflict(state, left=other, right=survivor, desk=desk, **kinds)
    ended = known.model_copy(update={"state": ConflictState.MERGED, "into": going_on.key})
    assert told.entries == (ended, going_on)


def test_two_records_merged_into_one_contest_nothing_any_more() -> None:
    gone, survivor = ident("00Q", 1), ident("00Q", 2)
    known = conflict(left=gone, right=survivor, left_kind=Kind.LEAD, right_kind=Kind.LEAD)
    fact = acted(FactKind.MERGED, Kind.LEAD, gone, value=survivor)
    told = disputes.looked_after(Decision(fact=fact), world(docket=(known,), fact=fact), with_desk())
    ended = {"state": ConflictState.RESOLVED, "resolution": "by rule: merged into one record"}
    assert told.entries == (known.model_copy(update=ended),)


def test_a_survivor_that_has_the_conflict_already_gets_no_second_one() -> None:
    gone, survivor, other = ident("00Q", 1), ident("00Q", 3), ident("00Q", 2)
    kinds: dict[str, Any] = {"left_kind": Kind.LEAD, "right_kind": Kind.LEAD}
    known = conflict(left=gone, right=other, **kinds)
    there = conflict(ConflictState.DISMISSED, left=other, right=survivor, **kinds)
    fact = acted(FactKind.MERGED, Kind.LEAD, gone, value=survivor, when=at(START + timedelta(days=1)))
    told = disputes.looked_after(Decision(fact=fact), world(docket=(known, there), fact=fact), with_desk())
    assert told.entries == (known.model_copy(update={"state": ConflictState.MERGED, "into": there.key}),)
