"""Conditions on the second filing that ask for the first one: what they may name, and what a wrong name is told."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from connector.canonical.document import Scalar
from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.own import OwnSort
from connector.canonical.shape import Reading
from connector.policy import load_policy
from connector.policy.circumstances import FILING, FIRST, SECOND
from connector.policy.condition import CelCondition, ConditionShape, Terms
from connector.policy.mentions import Named, mentions
from connector.policy.model import ConditionFailed

OWN = {Kind.REGISTRATION: {"vertical": OwnSort.TEXT, "budget": OwnSort.MONEY, "ends_on": OwnSort.DATE}}
HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"
EUROS = Money(amount=Decimal(20000), currency="EUR")


def read(source: str, names: Mapping[str, str] = SECOND) -> tuple[CelCondition | None, list[Fault]]:
    reading = Reading(file="policy.yaml")
    node = Scalar(where="when", line=7, column=10, text=source, plain=False)
    return ConditionShape(names, Terms(own=OWN)).read(node, reading), reading.faults


def fault(source: str, names: Mapping[str, str] = SECOND) -> Fault:
    condition, (found,) = read(source, names)
    assert condition is None
    return found


def holds(source: str, first: Mapping[str, object] | None, **mine: object) -> bool:
    condition, faults = read(source)
    assert condition is not None, [str(each) for each in faults]
    return condition.holds({**mine, **({} if first is None else {"first": first})})


def test_every_plain_name_of_a_filing_may_be_asked_of_the_first_too() -> None:
    assert {f"first.{name}" for name in FILING if "." not in name} < FIRST.keys()
    assert not any(name.endswith(".own") and name != "first.own" for name in FIRST)


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ('first.tier == "Silver" && tier == "Gold"', {"tier": "Silver"}),
        ("eur(first.amount) < eur(amount)", {"amount": EUROS}),
        ("eur(first.amount) == 20000", {"amount": EUROS}),
        ('first.amount.currency == "EUR"', {"amount": EUROS}),
        ('"Cloud" in first.lines', {"lines": ["Cloud"]}),
        ('first.product.line == "Cloud"', {"product": {"line": "Cloud", "name": ""}}),
        ("first.age_days > 30 || first.days_left < 5", {"age_days": 31, "days_left": 9}),
        ('first.own.vertical == "Public"', {"registration.own": {"vertical": "Public"}}),
        ('first.own.vertical == ""', {"registration.own": {}}),
        ("money(first.own.budget) >= 20000", {"registration.own": {"budget": EUROS}}),
        ('first.own.ends_on < "2026-06-01"', {"registration.own": {"ends_on": date(2026, 5, 1)}}),
        ('listed(first.customer, ["Acme"])', {"customer": "Acme Ltd"}),
    ],
)
def test_a_condition_on_the_second_reads_the_first(source: str, first: Mapping[str, object]) -> None:
    larger = Money(amount=Decimal("20000.01"), currency="EUR")
    assert holds(source, first, tier="Gold", amount=larger, on="2026-03-02")


def test_only_what_the_condition_names_of_the_first_is_looked_up() -> None:
    class Watched(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            asked.append(name)
            return super().__getitem__(name)

    asked: list[str] = []
    assert holds('first.tier == "Gold"', Watched(tier="Gold", rivals=3))
    assert asked == ["tier"]


@pytest.mark.parametrize("first", [None, {}, {"amount": EUROS}])
def test_where_nobody_knows_it_the_rule_defers(first: Mapping[str, object] | None) -> None:
    with pytest.raises(ConditionFailed, match="known for this act"):
        holds('first.tier == "Gold"', first)


@pytest.mark.parametrize(
    ("source", "column", "near"),
    [
        ('tier == "Gold" && first.teir == "Gold"', 29, "first.tier"),
        ("first.own.verticl == 1", 11, "first.own.vertical"),
        ("first.product.lines == 1", 11, "first.product.line"),
        ("first == 1", 11, None),
        ("first.partner.own.x == 1", 11, None),
    ],
)
def test_a_name_that_the_first_has_not_is_said_with_those_that_exist(
    source: str, column: int, near: str | None
) -> None:
    found = fault(source)
    assert (found.line, found.column) == (7, column)
    assert "first." in found.expected
    if near:
        assert found.nearest == near


@pytest.mark.parametrize("source", ["first.amount > 5", "first.own.budget > 5"])
def test_an_amount_of_the_first_is_compared_through_a_money_function(source: str) -> None:
    name = source.split(maxsplit=1)[0]
    assert fault(source).fix == f"write eur({name}), money({name}) or {name}.currency"


def test_a_first_filing_is_refused_where_none_is_known() -> None:
    assert "second_filing" in (fault('first.tier == "Gold"', FILING).fix or "")
    text = """review: [{when: 'first.tier == "Gold"', is: true}]\n"""
    policy, (found,) = load_policy(HEAD + text, "policy.yaml")
    assert policy is None
    assert (found.line, found.column, found.where) == (4, 18, "review[1].when")


def test_a_name_that_a_macro_binds_stays_its_own() -> None:
    condition, faults = read('products.exists(first, first == "Analytics")', FILING)
    assert condition is not None, faults
    assert condition.holds({"products": ["Analytics"]})


def test_a_tier_of_the_first_is_one_that_the_org_has_to_know() -> None:
    text = """second_filing: [{when: 'first.tier == "Gould"', then: team}, {then: reject}]\n"""
    assert [(each.sort, each.name) for each in mentions(HEAD + text, "p.yaml")] == [(Named.TIER, "Gould")]
