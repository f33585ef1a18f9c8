"""R0.12, R0.13: what a deal earns is a function of the policy and the circumstances; a back-test may ask it too."""

from datetime import date
from decimal import Decimal

import pytest

from connector.canonical.accounts import BenefitKind
from connector.canonical.money import Money
from connector.policy import load_policy
from connector.policy.model import ConditionFailed
from connector.rules.benefits import Priced, Pricing, price, shared
from tests.support.channel import shipped

DAY = date(2026, 3, 2)


def priced(amount: Money, tier: str = "Platinum", preference: str = "", share: str = "1") -> Pricing:
    policy = shipped("deal_registration")
    assert policy.registrations is not None
    named = {"tier": tier, "amount": amount, "products": ["Edge Gateway"], "on": DAY.isoformat()}
    return price(
        policy.registrations,
        named,
        amount,
        preference=preference,
        share=Decimal(share),
        rates=policy.rates,
        on=DAY,
    )


def of(pricing: Pricing, kind: BenefitKind) -> Priced:
    return next(item for item in pricing.items if item.kind is kind)


def test_a_rebate_is_worked_out_in_the_deals_currency_and_counted_in_the_budgets() -> None:
    rebate = of(priced(Money(amount=Decimal(110_000), currency="USD")), BenefitKind.REBATE)
    assert rebate.amount == Money(amount=Decimal("16500.00"), currency="USD")
    assert rebate.counted == Money(amount=Decimal("15000.00"), currency="EUR")


def test_without_a_rate_nobody_knows_what_the_benefit_takes_out_of_the_budget() -> None:
    policy = shipped("deal_registration")
    assert policy.registrations is not None
    yen = Money(amount=Decimal(9_000_000), currency="JPY")
    named = {"tier": "Gold", "amount": yen, "products": ["Edge Gateway"], "on": DAY.isoformat()}
    found = price(policy.registrations, named, yen, rates=policy.rates, on=DAY)
    assert of(found, BenefitKind.REBATE).counted is None


def test_a_preference_takes_the_place_of_the_row_and_the_row_is_named() -> None:
    found = priced(Money(amount=Decimal(120_000), currency="EUR"), preference="support")
    assert {item.kind for item in found.items} == {BenefitKind.MDF, BenefitKind.PRESALES}
    assert 'tier == "Platinum"' in found.row


def test_a_share_divides_points_of_discount_too() -> None:
    found = priced(Money(amount=Decimal(120_000), currency="EUR"), preference="discount", share="0.5")
    assert of(found, BenefitKind.DISCOUNT).rate == Decimal("0.06")
    assert of(found, BenefitKind.DISCOUNT).amount == Money(amount=Decimal("7200.00"), currency="EUR")


def test_a_share_divides_money_and_no_support() -> None:
    found = priced(Money(amount=Decimal(120_000), currency="EUR"), share="0.5")
    assert of(found, BenefitKind.REBATE).amount == Money(amount=Decimal("9000.00"), currency="EUR")
    assert BenefitKind.PRESALES in {item.kind for item in found.items}


def test_a_share_of_a_capped_benefit_has_its_share_of_the_cap() -> None:
    """Else half a rebate could still come to the whole of what one deal may earn, once the deal grows."""
    most = Money(amount=Decimal(5_000), currency="EUR")
    whole = Priced(kind=BenefitKind.REBATE, rate=Decimal("0.15"), at_most=most, amount=most)
    half = shared(whole, Decimal("0.5"))
    assert (half.rate, str(half.at_most), str(half.amount)) == (Decimal("0.075"), "2500 EUR", "2500 EUR")
    assert shared(whole, Decimal(1)) == whole


ADDING = """\
policy: p
version: 1
in_force: 2026-01-01
benefits:
  - {when: 'tier == "Gold"', rebate: 5%, discount: 10 points, mdf: 1000 EUR, instead: {discount: {discount: 15 points}}}
  - {rebate: 3%}
bonuses:
  - {name: new customer, when: new_customer, rebate: 2.5%, discount: 5 points}
  - {when: 'track == "renewal"', presales: true, mdf: 110 USD, instead: {discount: {discount: 1 points}}}
  - {incentive: 200 EUR}
benefits_at_most: {rebate: 7%, mdf: 1050 EUR}
rates: {base: EUR, from: {2026-01-01: {USD: 1.10}}}
"""


def added(tier: str, *, new: bool, track: str = "new", preference: str = "", text: str = ADDING) -> Pricing:
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is not None, faults
    assert policy.registrations is not None
    amount = Money(amount=Decimal(100_000), currency="EUR")
    named = {"tier": tier, "new_customer": new, "track": track, "on": DAY.isoformat()}
    return price(policy.registrations, named, amount, preference=preference, rates=policy.rates, on=DAY)


def test_every_bonus_that_holds_is_added_to_the_first_row_that_does() -> None:
    found = added("Silver", new=True)
    assert {each.kind: each.rate or each.amount for each in found.items} == {
        BenefitKind.REBATE: Decimal("0.055"),
        BenefitKind.DISCOUNT: Decimal("0.05"),
        BenefitKind.INCENTIVE: Money(amount=Decimal(200), currency="EUR"),
    }
    assert of(found, BenefitKind.REBATE).amount == Money(amount=Decimal(5500), currency="EUR")
    assert found.row == "new customer"


def test_what_adds_up_goes_no_further_than_the_most() -> None:
    found = added("Gold", new=True, track="renewal")
    assert of(found, BenefitKind.REBATE).rate == Decimal("0.07")
    assert of(found, BenefitKind.DISCOUNT).rate == Decimal("0.15")
    assert of(found, BenefitKind.MDF).amount == Money(amount=Decimal(1050), currency="EUR")
    assert BenefitKind.PRESALES in {each.kind for each in found.items}
    assert found.row == 'tier == "Gold" + new customer + track == "renewal"'


def test_a_row_alone_goes_no_further_than_the_most_either() -> None:
    found = added("Gold", new=False, text=ADDING.replace("rebate: 7%", "rebate: 4%"))
    assert of(found, BenefitKind.REBATE).rate == Decimal("0.04")


def test_amounts_of_two_currencies_are_added_at_the_days_rate() -> None:
    found = added("Gold", new=False, track="renewal", text=ADDING.replace("1050 EUR", "2200 USD"))
    assert of(found, BenefitKind.MDF).amount == Money(amount=Decimal(1100), currency="EUR")


def test_a_firm_with_a_preference_takes_each_row_and_each_bonus_as_it_prefers() -> None:
    found = added("Gold", new=True, track="renewal", preference="discount")
    assert of(found, BenefitKind.DISCOUNT).rate == Decimal("0.21")
    assert of(found, BenefitKind.REBATE).rate == Decimal("0.025")
    assert BenefitKind.MDF not in {each.kind for each in found.items}


CAPPED = """\
policy: p
version: 1
in_force: 2026-01-01
benefits: {rebate: 10%, discount: 20 points}
benefits_at_most:
  - {when: 'tier == "Gold"', rebate_amount: 8800 USD, discount_amount: 15000 EUR}
  - {rebate: 5%}
rates: {base: EUR, from: {2026-01-01: {USD: 1.10}}}
"""


def test_what_a_rate_comes_to_goes_no_further_than_an_amount_by_circumstances() -> None:
    gold = added("Gold", new=False, text=CAPPED)
    assert of(gold, BenefitKind.REBATE).amount == Money(amount=Decimal(8000), currency="EUR")
    assert of(gold, BenefitKind.REBATE).rate == Decimal("0.1")
    assert of(gold, BenefitKind.DISCOUNT).amount == Money(amount=Decimal(15_000), currency="EUR")
    silver = added("Silver", new=False, text=CAPPED)
    assert of(silver, BenefitKind.REBATE).amount == Money(amount=Decimal(5000), currency="EUR")
    assert of(silver, BenefitKind.REBATE).at_most is None


def test_an_amount_that_nobody_can_compare_with_the_deals_leaves_the_benefit_in_doubt() -> None:
    with pytest.raises(ConditionFailed, match="no rate for 8800 USD"):
        added("Gold", new=False, text=CAPPED.replace("2026-01-01: {USD", "2026-06-01: {USD"))


def test_bonuses_need_no_table_beneath_them() -> None:
    text = "policy: p\nversion: 1\nin_force: 2026-01-01\nbonuses: [{when: new_customer, rebate: 2%}]\n"
    assert of(added("Gold", new=True, text=text), BenefitKind.REBATE).rate == Decimal("0.02")
    assert added("Gold", new=False, text=text).items == ()


def test_a_bonus_of_which_nobody_knows_the_rate_leaves_the_whole_in_doubt() -> None:
    later = ADDING.replace("2026-01-01: {USD", "2026-06-01: {USD")
    with pytest.raises(ConditionFailed, match="no rate from USD to EUR"):
        added("Gold", new=False, track="renewal", text=later)
