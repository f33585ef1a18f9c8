"""R0.12, R0.13: what a deal earns is a function of the policy and the circumstances; a back-test may ask it too."""

from datetime import date
from decimal import Decimal

from connector.canonical.accounts import BenefitKind
from connector.canonical.money import Money
from connector.rules.benefits import Priced, Pricing, price
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


def test_a_share_divides_money_and_nothing_else() -> None:
    found = priced(Money(amount=Decimal(120_000), currency="EUR"), share="0.5")
    assert of(found, BenefitKind.REBATE).amount == Money(amount=Decimal("9000.00"), currency="EUR")
    assert BenefitKind.PRESALES in {item.kind for item in found.items}
