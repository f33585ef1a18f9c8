"""R3.10: whether a lead had come far enough when it was converted: thing by thing, and at the edges of each."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.records import Lead
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.policy.choosing import Then
from connector.policy.claiming import ReadyToConvert
from connector.rules.readiness import looked_at, ready_to_convert
from tests.support.builders import START, after, firm, ident, lead, pool, seller
from tests.support.channel import claims_policy

NORD = firm(1)
ANNA = seller(1, NORD)
DEAL = ident("006", 1)


def converted(**given: Any) -> Lead:
    return lead(1, ANNA, **given)


def claim(state: ClaimState = ClaimState.ACTIVE, opened: datetime = START) -> ClaimEntry:
    return ClaimEntry(
        lead=converted().id, holder=ANNA.id, firm=NORD.id, pool=pool().id, opened=at(opened), state=state
    )


def conversion(moment: datetime | None = None) -> Fact:
    when = at(moment or after(days=2))
    return Fact(kind=FactKind.CONVERTED, subject=Kind.LEAD, record=converted().id, when=when)


def found(terms: ReadyToConvert, of: Lead, held: ClaimEntry | None = None, **of_fact: Any) -> list[Finding]:
    return list(ready_to_convert(terms, of, held or claim(), conversion(**of_fact)))


def said(effect: Effect, message: str, field: str, value: str = "", **params: str) -> Finding:
    exhibit = Exhibit(record=converted().id, field=field, value=value)
    return Finding(
        rule="ready_to_convert", effect=effect, message=message, params=params, exhibits=(exhibit,)
    )


@pytest.mark.parametrize(
    ("worked", "since", "state", "enough"),
    [
        (True, after(days=2, seconds=-1), ClaimState.ACTIVE, True),
        (True, after(days=2), ClaimState.ACTIVE, False),  # the conversion itself set the status
        (True, None, ClaimState.ACTIVE, False),
        (False, after(days=1), ClaimState.ACTIVE, False),
        (False, None, ClaimState.WORKED, True),
    ],
)
def test_only_a_status_that_stood_before_the_conversion_counts_as_work(
    *, worked: bool, since: datetime | None, state: ClaimState, enough: bool
) -> None:
    one = converted(worked=worked, status_since=since)
    lacking = found(ReadyToConvert(worked=True, then=Then.REVIEW), one, claim(state))
    assert lacking == ([] if enough else [said(Effect.ASK, "convert.unworked", "worked", "false")])


def test_a_lead_held_for_as_long_as_asked_is_ready_and_a_second_less_is_early() -> None:
    terms = ReadyToConvert(held_for=timedelta(days=2), then=Then.REVIEW)
    assert found(terms, converted()) == []
    early = said(Effect.ASK, "convert.early", "owner_since", "2026-03-02T09:00:00.000Z", days="2")
    assert found(terms, converted(), moment=after(days=2, seconds=-1)) == [early]


@pytest.mark.parametrize(
    ("item", "called", "given"),
    [
        ("identity.phone", "customer.phone", {"identity": {"phone": "+49 821 123456"}}),
        ("identity.employees", "customer.employees", {"identity": {"employees": 40}}),
        ("answers", "answers", {"answers": 12}),
        ("source", "source", {"source": "fair"}),
        ("own", "own", {"own": (("segment", "public"),)}),
    ],
)
def test_what_a_deal_needs_is_named_as_the_catalogues_name_it(
    item: str, called: str, given: dict[str, Any]
) -> None:
    terms, empty = ReadyToConvert(needs=(item,), then=Then.REVIEW), converted()
    assert found(terms, empty) == [said(Effect.ASK, "convert.without", item, item=called)]
    told = given.pop("identity", {})
    whole = empty.model_copy(update={"identity": empty.identity.model_copy(update=told), **given})
    assert found(terms, whole) == []


def test_a_need_that_no_lead_has_is_never_given() -> None:
    unknown = said(Effect.ASK, "convert.without", "identity.none.such", item="customer.none.such")
    assert found(ReadyToConvert(needs=("identity.none.such",), then=Then.REVIEW), converted()) == [unknown]


def test_no_answers_are_no_answers() -> None:
    terms = ReadyToConvert(needs=("answers",), then=Then.REVIEW)
    assert [each.message for each in found(terms, converted(answers=0))] == ["convert.without"]


def shown(terms: ReadyToConvert | None, **given: Any) -> tuple[Verdict | None, tuple[Desired, ...]]:
    policy = claims_policy(ready_to_convert=terms)
    return looked_at(conversion(), policy, converted(**given), claim(), DEAL)


@pytest.mark.parametrize("then", [Then.FLAG, Then.REVIEW])
def test_what_is_missing_is_said_on_the_deal_to_the_holder(then: Then) -> None:
    terms = ReadyToConvert(worked=True, needs=("source",), then=then)
    verdict, wanted = shown(terms)
    assert verdict is not None
    assert verdict.outcome is (Outcome.APPROVE if then is Then.FLAG else Outcome.DEFER)
    assert (verdict.subject, verdict.record) == (Kind.LEAD, converted().id)
    assert verdict.policy == claims_policy().label
    text = Say(
        sentences=(("convert.unworked", {}), ("convert.without", {"item": "source"})), reader=ANNA.id
    )  # fmt: skip
    told = Desired(subject=Kind.OPPORTUNITY, record=DEAL, slot="readiness_message", value=text)
    assert wanted == (told,)


def test_a_ready_lead_is_looked_at_and_nothing_is_said() -> None:
    verdict, wanted = shown(ReadyToConvert(needs=("source",)), source="fair")
    assert verdict is not None
    assert [each.message for each in verdict.findings] == ["convert.looked_at"]
    assert wanted == ()
    assert shown(ReadyToConvert(needs=("source",), then=Then.REVIEW), source="fair") == (None, ())


def test_a_lead_converted_without_a_deal_has_nowhere_to_say_it() -> None:
    policy = claims_policy(ready_to_convert=ReadyToConvert(worked=True))
    verdict, wanted = looked_at(conversion(), policy, converted(), claim(), None)
    assert verdict is not None
    assert wanted == ()


def test_where_the_policy_asks_nothing_nobody_looks() -> None:
    assert shown(None) == (None, ())
    assert shown(ReadyToConvert(worked=True, then=Then.IGNORE)) == (None, ())
    policy = claims_policy().model_copy(update={"claims": None})
    assert looked_at(conversion(), policy, converted(), claim(), DEAL) == (None, ())
