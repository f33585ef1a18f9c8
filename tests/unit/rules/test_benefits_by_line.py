"""R0.12: where conditions ask about product lines, each line earns of its own amount."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.accounts import BenefitKind, LineRate
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.own import OwnSort
from connector.canonical.records import Registration
from connector.policy import load_policy
from connector.policy.model import ConditionFailed, Policy
from connector.rules.benefits import Priced, Pricing, price
from connector.rules.line_amounts import amounts
from tests.support.builders import euros, filing, firm, seller

DAY = date(2026, 3, 2)
OWN = {Kind.REGISTRATION: {"cloud": OwnSort.MONEY, "edge": OwnSort.MONEY, "seats": OwnSort.NUMBER}}
HEAD = """\
policy: p
version: 1
in_force: 2026-01-01
product_lines: {Cloud: [Control, Analytics], Edge: [Gateway]}
rates: {base: EUR, from: {2026-01-01: {USD: 1.25}}}
"""
BENEFITS = """\
line_amounts: {Cloud: own.cloud}
benefits:
  - {when: 'line == "Cloud"', rebate: 10%, mdf: 100 EUR}
  - {rebate: 4%, presales: true}
bonuses:
  - {rebate: 2%}
  - {name: large, when: 'eur(line_amount) >= 30000', rebate: 5%, incentive: 50 EUR}
benefits_at_most: {rebate: 15%}
"""


def policy(body: str = BENEFITS) -> Policy:
    found, faults = load_policy(HEAD + body, "policy.yaml", own=OWN)
    assert found is not None, faults
    return found


def filed(*products: str, amount: Money | None = None, **own: object) -> Registration:
    given: dict[str, Any] = {
        "products": products,
        "amount": amount or euros(90_000),
        "own": tuple(own.items()),
    }
    return filing(1, seller(1, firm(1)), **given)


def priced(of: Registration, body: str = BENEFITS, share: str = "1") -> Pricing:
    rules = policy(body)
    assert rules.registrations is not None
    named = {"on": DAY.isoformat(), "products": list(of.products)}
    worth = amounts(of, rules, DAY)
    return price(
        rules.registrations, named, of.amount, share=Decimal(share), worth=worth, rates=rules.rates, on=DAY
    )


def rebate(found: Pricing) -> Priced:
    return next(item for item in found.items if item.kind is BenefitKind.REBATE)


def test_a_line_is_worth_what_its_own_field_says_and_the_others_share_the_rest_product_by_product() -> None:
    of = filed("Control", "Analytics", "Gateway", "Probe", cloud=euros(30_000))
    assert amounts(of, policy(), DAY) == {
        "Cloud": euros(30_000),
        "Edge": euros(30_000),
        "Probe": euros(30_000),
    }


def test_without_such_fields_each_product_is_an_equal_part() -> None:
    of = filed("Control", "Analytics", "Gateway")
    assert amounts(of, policy("minimum_amount: 5 EUR\n"), DAY) == {
        "Cloud": euros(60_000),
        "Edge": euros(30_000),
    }


def test_an_amount_in_another_currency_is_taken_at_the_days_rate() -> None:
    dollars = Money(amount=Decimal(50_000), currency="USD")
    assert amounts(filed("Control", "Gateway", cloud=dollars), policy(), DAY)["Cloud"] == euros(40_000)
    yen = Money(amount=Decimal(50_000), currency="JPY")
    assert amounts(filed("Control", "Gateway", cloud=yen), policy(), DAY) == {"Cloud": None, "Edge": None}


def test_a_line_whose_field_is_empty_leaves_all_in_doubt_and_lines_beyond_the_deal_leave_nothing() -> None:
    assert amounts(filed("Control", "Gateway"), policy(), DAY) == {"Cloud": None, "Edge": None}
    beyond = amounts(filed("Control", "Gateway", cloud=euros(95_000)), policy(), DAY)
    assert beyond == {"Cloud": euros(95_000), "Edge": euros(0)}


def test_each_line_earns_at_its_own_rate_with_the_bonuses_of_the_deal_and_of_the_line() -> None:
    found = priced(filed("Control", "Gateway", cloud=euros(60_000)))
    assert rebate(found).by_line == (
        LineRate(line="Cloud", rate=Decimal("0.15")),  # 10 + 2 + 5, at most 15
        LineRate(line="Edge", rate=Decimal("0.11")),
    )
    assert rebate(found).amount == euros(9_000 + 3_300)
    assert {each.kind: each.amount for each in found.items if each.rate is None} == {
        BenefitKind.MDF: euros(100),
        BenefitKind.INCENTIVE: euros(100),  # of each of the two lines
        BenefitKind.PRESALES: None,
    }


def test_what_the_lines_come_to_is_the_rate_of_the_whole_deal() -> None:
    found = rebate(priced(filed("Control", "Gateway", cloud=euros(60_000))))
    assert found.base == euros(90_000)
    assert found.rate is not None
    assert abs(found.rate * 90_000 - 12_300) < Decimal("0.0001")


def test_lines_of_one_rate_need_no_amounts() -> None:
    body = BENEFITS.replace("eur(line_amount) >= 30000", 'line in ["Cloud"]').replace("4%", "9%")
    with pytest.raises(ConditionFailed, match="nobody can say what each line is worth"):
        priced(filed("Control", "Gateway"), body)
    same = body.replace("9%", "10%").replace("rebate: 5%, ", "")
    assert rebate(priced(filed("Control", "Gateway"), same)).rate == Decimal("0.12")
    assert rebate(priced(filed("Control", "Gateway"), same)).by_line == ()


def test_a_filing_that_names_no_products_cannot_be_priced_by_line() -> None:
    with pytest.raises(ConditionFailed, match="names no products"):
        priced(filed())


def test_a_share_of_the_benefit_is_a_share_of_each_line() -> None:
    found = rebate(priced(filed("Control", "Gateway", cloud=euros(60_000)), share="0.5"))
    assert found.amount == euros(6_150)
    assert [each.rate for each in found.by_line] == [Decimal("0.075"), Decimal("0.055")]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "line_amounts: {Clowd: own.cloud}\n",
            "policy.yaml:6:16: line_amounts.Clowd: found the unknown key 'Clowd'",
        ),
        (
            "line_amounts: {Cloud: own.clod}\n",
            "line_amounts.Cloud: found 'own.clod', expected one of own.cloud,",
        ),
        ("line_amounts: {Cloud: own.seats}\n", "expected one of own.cloud, own.edge"),
        ("line_amounts: own.cloud\n", "expected a table: `product line: own.NAME`"),
        ("benefits: [{when: 'line_amount > 5', rebate: 5%}]\n", "write eur(line_amount)"),
        ("minimum_amount: [{when: 'line == \"Cloud\"', is: 5 EUR}]\n", "the unknown name 'line'"),
    ],
)
def test_what_names_no_line_or_no_amount_is_a_fault_at_its_place(body: str, fault: str) -> None:
    _, faults = load_policy(HEAD + body, "policy.yaml", own=OWN)
    assert fault in str(faults[0])
