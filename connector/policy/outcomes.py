"""What follows when several parties are on one customer, and what makes a customer or a deal eligible (R1.2).

Each attribute of the registration policy that uses these is a choice: rows with `when`, tried from the top.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.policy.choosing import Choice, Requirement, Then
from connector.policy.duration import Duration
from connector.policy.period import Period


class Second(StrEnum):
    """What becomes of a filing that comes second to one that stands."""

    REJECT = "reject"
    REVIEW = "review"
    TEAM = "team"  # both stand, and both earn in full
    SPLIT = "split"  # both stand and divide what one would have earned
    REDUCED = "reduced"  # both stand; the second earns less
    FLAG = "flag"  # it stands; the desk sees it
    IGNORE = "ignore"


class SecondFiling(Model):
    """`share`: what the later filing earns of the benefit; when it is not said, see `part`."""

    then: Second = Second.REJECT
    share: Decimal | None = None
    partners_at_most: int = 2

    @property
    def part(self) -> Decimal:
        """A team earns in full; a split is even."""
        if self.share is not None:
            return self.share
        return Decimal(1) if self.then is Second.TEAM else Decimal("0.5")


class Silent(StrEnum):
    """What becomes of a first filing that nobody works."""

    REVIEW = "review"
    YIELDS = "yields"  # the second takes its place, by rule


class Dormant(Model):
    """A first filing without a sign of life for `silent_for` is dormant when another comes."""

    silent_for: Duration
    then: Silent = Silent.REVIEW


class Outranks(StrEnum):
    """How evidence that outranks the first filing takes its place (law 7)."""

    REVIEW = "review"  # a person says so
    SUPERSEDES = "supersedes"  # by rule: the policy lists it as automatic
    IGNORE = "ignore"


class Tender(Model):
    """A registration counts only if filed before the tender, and rests on proof from before it."""

    filed_late: Then = Then.REJECT
    proof_before: Requirement = Requirement.IGNORED
    proof_outranks: Outranks = Outranks.IGNORE


class Per(StrEnum):
    """Of what a customer's earlier purchase has to be: of anything, or of a product line that is filed now."""

    CUSTOMER = "customer"
    PRODUCT_LINE = "product_line"


class NewCustomer(Model):
    """Net-new: no purchase within the look-back; without one, no purchase ever."""

    no_purchase_within: Period | None = None
    per: Per = Per.CUSTOMER
    then: Then = Then.REJECT


class VendorContact(Model):
    """Our own people's contact with the customer in the look-back disqualifies."""

    within: Period
    then: Then = Then.REJECT


class Incumbency(Model):
    """The partner on the last won deal inside the look-back is the incumbent (R2.18)."""

    look_back: Period | None = None
    minimum_amount: Money | None = None
    per: Per = Per.CUSTOMER
    non_incumbent: Second = Second.REVIEW
    share: Decimal = Decimal("0.5")  # what a non-incumbent earns when `reduced`


class InvolvedEarly(Model):
    """R0.3: somebody of the firm has to have worked the deal before it reached this stage."""

    activity_before_stage: Decimal
    then: Then = Then.REVIEW


class BenefitFor(StrEnum):
    """What the benefits of a partly approved registration are worked out from."""

    APPROVED_PRODUCTS = "approved_products"  # each product of the deal counts alike
    WHOLE_DEAL = "whole_deal"


class PartialApproval(Model):
    """Product line by product line: which are refused, and how long each is protected."""

    on_conflict: bool = False  # lines that another partner protects are refused, the others stand
    lines: Choice[Then] = Choice[Then]()
    lasts: Choice[timedelta] = Choice[timedelta]()
    benefit_for: BenefitFor = BenefitFor.APPROVED_PRODUCTS

    model_config = Model.model_config | {"arbitrary_types_allowed": True}


class CustomerContact(Model):
    """Contact data that cannot be the customer's own, and what follows."""

    one_number: Then = Then.IGNORE  # landline and fax are one
    own_number: Then = Then.REVIEW  # the filing firm's own
    reused: Then = Then.REVIEW  # given for a clearly different customer too


class Condition(Model):
    """One row of `conditions`: where its `when` holds, `then` follows, and `name` is what the partner reads."""

    name: str
    when: object
    then: Then = Then.REJECT

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    def holds(self, circumstances: Mapping[str, object]) -> bool:
        return bool(self.when.holds(circumstances))  # type: ignore[attr-defined]


class CountsFor(StrEnum):
    """For whom a quota or a wait counts: the firm, or its whole group of affiliated firms."""

    FIRM = "firm"
    GROUP = "group"


class QuotaOf(StrEnum):
    """Which leads take a place of a quota of claims: all that are held, or only those not worked yet."""

    HELD = "held"
    UNWORKED = "unworked"
