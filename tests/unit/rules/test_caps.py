"""R0.15: the budgets in which a promise counts, and which cap decides."""

from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState, FirmCap
from connector.canonical.time import at
from connector.policy.benefits import BeyondBudget, FirmBudget, RebateBudget
from connector.policy.model import Policy
from connector.rules import caps
from tests.support.builders import START, after, euros, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import NORD

REBATE, MDF = BenefitKind.REBATE, BenefitKind.MDF


def policy(*rows: FirmBudget, first: int = 1, **given: Any) -> Policy:
    made = filings_policy(rebate_budget=RebateBudget(each_firm=rows, **given))
    return made.model_copy(update={"fiscal_year_starts": first})


def test_a_row_caps_the_kinds_that_it_names_in_each_of_its_periods() -> None:
    rows = (
        FirmBudget(of=(REBATE,), year=euros(9), quarter=euros(4), beyond=BeyondBudget.REDUCE),
        FirmBudget(month=euros(2)),
    )
    found = caps.of_firm(policy(*rows, beyond=BeyondBudget.REFUSE), REBATE, {}, START)
    assert found == (
        FirmCap(period="acme-registration|rebate|2026", at_most=euros(9), beyond="reduce"),
        FirmCap(period="acme-registration|rebate|2026-Q1", at_most=euros(4), beyond="reduce"),
        FirmCap(period="acme-registration|incentive+mdf+rebate|2026-03", at_most=euros(2), beyond="refuse"),
    )
    assert caps.of_firm(policy(*rows), MDF, {}, START) == (
        FirmCap(period="acme-registration|incentive+mdf+rebate|2026-03", at_most=euros(2), beyond="review"),
    )


def test_years_and_quarters_are_the_programmes_own() -> None:
    row = FirmBudget(of=(MDF,), year=euros(9), quarter=euros(4), month=euros(1))
    found = caps.of_firm(policy(row, first=3), MDF, {}, START)
    assert [each.period.rpartition("|")[2] for each in found] == ["2027", "2027-Q1", "2026-03"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ()),
        ({"year": euros(5)}, ("acme-registration|2026",)),
        ({"quarter": euros(5)}, ("acme-registration|2026-Q2",)),
        ({"year": euros(5), "quarter": euros(5)}, ("acme-registration|2026", "acme-registration|2026-Q2")),
    ],
)
def test_a_programme_may_have_a_cap_of_the_year_of_the_quarter_or_none(
    given: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert caps.periods(policy(**given), after(days=35)) == expected


def test_caps_are_compared_in_the_currency_of_the_first_of_them() -> None:
    assert RebateBudget().currency is None
    assert RebateBudget(quarter=euros(1)).currency == "EUR"
    assert RebateBudget(each_firm=(FirmBudget(), FirmBudget(month=euros(1)))).currency == "EUR"


def test_a_firms_budget_is_not_the_programmes_of_the_same_period() -> None:
    both = BenefitEntry(
        registration=ident("a01", 1),
        kind=REBATE,
        firm=NORD.id,
        state=BenefitState.RESERVED,
        since=at(START),
        counted=euros(3),
        periods=("acme|2026",),
        firm_caps=(FirmCap(period="acme|2026", at_most=euros(1), beyond="review"),),
    )
    assert {key: (each.firm, each.held) for key, each in both.budgets.items()} == {
        "acme|2026": (None, Decimal(0)),
        f"acme|2026|{NORD.id}": (NORD.id, Decimal(0)),
    }
