"""R0.12: an amount for each unit that the registration names."""

from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.kind import Kind
from connector.canonical.own import OwnSort
from connector.policy import load_policy
from connector.policy.benefits import Benefit
from connector.policy.model import ConditionFailed, RegistrationPolicy
from connector.rules.benefit_rows import taken
from tests.support.builders import euros
from tests.unit.rules.cases import one

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"
FIELDS = {Kind.REGISTRATION: {"seats": OwnSort.NUMBER, "vertical": OwnSort.TEXT}}
ROW = Benefit(mdf=euros("0.125"), incentive=euros(50), rebate=Decimal("0.1"), per="seats")


def gives(own: dict[str, Any], row: Benefit = ROW) -> Benefit:
    (found,) = taken(RegistrationPolicy(benefits=one(row)), {"registration.own": own}, "support", {})
    return found.gives


def test_amounts_are_for_each_unit_to_the_cent_and_rates_are_not() -> None:
    found = gives({"seats": Decimal(3)})
    assert (found.mdf, found.incentive, found.rebate) == (euros("0.38"), euros("150.00"), Decimal("0.1"))


def test_what_a_firm_prefers_has_units_of_its_own() -> None:
    row = Benefit(incentive=euros(50), per="seats", instead={"support": Benefit(mdf=euros(5))})
    assert gives({}, row).mdf == euros(5)


@pytest.mark.parametrize("units", [Decimal(0), Decimal(-2)])
def test_no_units_earn_nothing(units: Decimal) -> None:
    found = gives({"seats": units})
    assert (found.mdf, found.incentive) == (None, None)


@pytest.mark.parametrize("own", [{}, {"seats": None}])
def test_a_registration_that_does_not_say_how_many_is_not_guessed(own: dict[str, Any]) -> None:
    with pytest.raises(ConditionFailed, match=r"own\.seats"):
        gives(own)


@pytest.mark.parametrize(
    "key", ["benefits: [{{incentive: 5 EUR, per: {}}}]", "bonuses: [{{mdf: 5 EUR, per: {}}}]"]
)
def test_a_field_that_is_no_number_is_a_fault_at_its_place(key: str) -> None:
    policy, faults = load_policy(HEAD + key.format("own.seats") + "\n", "policy.yaml", own=FIELDS)
    assert policy is not None, faults
    for wrong in ("own.vertical", "own.seat", "seats"):
        policy, faults = load_policy(HEAD + key.format(wrong) + "\n", "policy.yaml", own=FIELDS)
        assert policy is None
        assert f"[1].per: found '{wrong}', expected one of own.seats" in str(faults[0])
    _, faults = load_policy(HEAD + key.format("own.seats") + "\n", "policy.yaml")
    assert "own.NAME, a number (`type: number`) that the mapping's `registration` declares" in str(faults[0])
