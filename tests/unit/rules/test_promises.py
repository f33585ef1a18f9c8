"""R0.12, R1.9: what an approval promises, of the amount and of the products that it has approved."""

from decimal import Decimal
from typing import Any

import pytest

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState
from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.records import Registration
from connector.canonical.time import at
from connector.policy.model import Policies
from connector.policy.outcomes import BenefitFor
from connector.rules import partial, promises
from connector.rules.booking import Before, Booking
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from tests.support.builders import START, euros, filing
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, NORD, acted, world

POLICY = shipped("deal_registration")
THREE = filing(1, ANNA, products=("Cloud Control", "Edge Gateway", "Spare Part"), amount=euros(90_000))


def approved(record: Registration = THREE, **given: Any) -> RegistrationEntry:
    base = {
        "registration": record.id, "firm": NORD.id, "registrant": ANNA.id, "filed": at(START), "complete": at(START),
        "state": RegistrationState.APPROVED, "amount": record.amount, "policy": POLICY.label,
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


@pytest.mark.parametrize(
    ("refused", "products", "amount", "share"),
    [
        ((), THREE.products, 90_000, Decimal(1)),
        (("Cloud",), ("Edge Gateway", "Spare Part"), 60_000, Decimal(2) / 3),
        (
            ("Spare Part",),
            ("Cloud Control", "Edge Gateway"),
            60_000,
            Decimal(2) / 3,
        ),  # of no line: one of its own
        (("Cloud", "Spare Part"), ("Edge Gateway",), 30_000, Decimal(1) / 3),
        (("Cloud", "Edge", "Spare Part"), THREE.products, 90_000, Decimal(1)),  # nothing left: a rejection
    ],
)
def test_a_benefit_counts_the_products_whose_lines_were_approved(
    refused: tuple[str, ...], products: tuple[str, ...], amount: int, share: Decimal
) -> None:
    terms = POLICY.registrations
    assert terms is not None
    left = terms.partial_approval.model_copy(update={"benefit_for": BenefitFor.APPROVED_PRODUCTS})
    parted = terms.model_copy(update={"partial_approval": left})
    counted, part = partial.counted(THREE, approved(refused_lines=refused), POLICY, parted)
    assert (counted.products, part) == (products, share)
    assert counted.amount == euros(amount)
    whole = terms.partial_approval.model_copy(update={"benefit_for": BenefitFor.WHOLE_DEAL})
    parted = terms.model_copy(update={"partial_approval": whole})
    assert partial.counted(THREE, approved(refused_lines=refused), POLICY, parted) == (THREE, Decimal(1))


def promised(entry: RegistrationEntry, record: Registration = THREE) -> dict[BenefitKind, BenefitEntry]:
    """What the approval of a registration promises."""
    fact = acted(FactKind.REVIEWED, Kind.REGISTRATION, record.id)
    docket = OverlayDocket(MemoryDocket())
    before = Before(docket)
    before.put([entry])
    decision = Decision(fact=fact, entries=(entry,))
    booked = promises.kept(
        Booking(
            decision=decision, world=world(record, docket=(entry,), fact=fact), docket=docket, before=before,
            policy=POLICY, policies=Policies(versions=(POLICY,)), group=(decision,),
        )
    )  # fmt: skip
    entries = [each for each in booked.entries if isinstance(each, BenefitEntry)]
    return {each.kind: each for each in entries}


@pytest.mark.parametrize(("approved_for", "base"), [(euros(70_000), 70_000), (None, 90_000)])
def test_a_promise_is_of_the_amount_that_was_approved_though_the_record_says_another_since(
    approved_for: Money | None, base: int
) -> None:
    found = promised(approved(amount=approved_for))
    assert found[BenefitKind.REBATE].base == euros(base)
    assert found[BenefitKind.REBATE].state is BenefitState.RESERVED
    assert found[BenefitKind.REBATE].registration == THREE.id


def test_nothing_is_promised_before_an_approval() -> None:
    for state in (RegistrationState.SUBMITTED, RegistrationState.IN_REVIEW, RegistrationState.REJECTED):
        assert promised(approved(state=state)) == {}
