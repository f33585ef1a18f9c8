"""How orders are reviewed and when they take effect (R4.11 to R4.17)."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from connector.canonical.model import Model
from connector.policy.choosing import Requirement
from connector.policy.rulings import TwoSteps


class Need(StrEnum):
    """What an order's effect may depend on (R4.13)."""

    FORM = "form"  # on a form that was allotted to its partner, and to no other order
    SCAN = "scan"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    ORIGINALS = "originals"
    STAMP = "stamp"
    SIGNATURE = "signature"
    AUTHENTICATION = "customer_authenticated"
    SLIP = "payment_slip"
    PAYMENT = "payment_complete"


class Party(StrEnum):
    """Who must not be the same person on one order (R4.11)."""

    FIRST = "first_reviewer"
    SECOND = "second_reviewer"
    SELLER = "seller"


class OrderReviews(TwoSteps):
    """The ordered two-step review. Without roles anybody who is not the same as another party may review."""

    apart: tuple[Party, ...] = tuple(Party)


class OrderForms(Model):
    """The paper form: how many originals, and whose roles may not sign it (R4.12)."""

    copies: int = 2
    may_not_sign: tuple[str, ...] = ()


class Authentication(Model):
    """How a buying company's identity may be verified, and how long that holds (R4.17)."""

    accepts: tuple[str, ...] = ()  # none named: any way will do
    holds_for: timedelta | None = None


class OrderPayment(Model):
    """When a payment is complete: `tolerance` is the share that may lack (R4.13, R4.15)."""

    tolerance: Decimal = Decimal(0)
    short_after: timedelta | None = None  # since the first arrival; then too little is an exception


class SlipChase(Model):
    """By when a payment's slip has to be there, counted from the payment's record (R4.16)."""

    within: timedelta | None = None
    remind: tuple[timedelta, ...] = ()
    again_every: timedelta | None = None


class OrdersFor(Model):
    """Whose people may order for another firm, under its registration: firms of these tiers, such as distributors."""

    prefer: tuple[str, ...] = ()
    others: Requirement = Requirement.IGNORED


class OrderPolicy(Model):
    """How orders are ruled."""

    reviews: OrderReviews = OrderReviews()
    forms: OrderForms = OrderForms()
    authentication: Authentication = Authentication()
    payment: OrderPayment = OrderPayment()
    slips: SlipChase = SlipChase()
    registration_number: Requirement = Requirement.IGNORED
    for_another: OrdersFor = OrdersFor()
    needs: tuple[Need, ...] = tuple(Need)
