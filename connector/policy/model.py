"""A policy as frozen data: plain parameters, and `when` conditions where circumstances select.

The names are those of the YAML file (a policy reads as the admin would say it). Each attribute says what it
means and which requirement it serves. Parsing, faults and the JSON Schema live beside this module.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from connector.canonical.model import Model
from connector.canonical.money import Money, Rates
from connector.canonical.time import day_in
from connector.matching import MatchPolicy
from connector.policy import outcomes
from connector.policy.benefits import Benefit, BenefitsAtMost, Bonus, RebateBudget, UsualRebates
from connector.policy.choosing import Choice, Condition, ConditionFailed, Option, Requirement, Then
from connector.policy.claiming import Help, Pace, ReadyToConvert, Unclaimed
from connector.policy.credit import SourcingCredit
from connector.policy.disputes import Disputes
from connector.policy.duration import Duration
from connector.policy.masks import Hidden, Masks
from connector.policy.orders import OrderPolicy
from connector.policy.quality import PartnerQuality
from connector.policy.rulings import Rulings
from connector.policy.stages import StagePolicy
from connector.policy.varied import Terms
from connector.policy.warehouse import WarehousePolicy
from connector.policy.windows import (
    Appeal,
    Earlier,
    Escalation,
    Extension,
    Protection,
    Silence,
    StaleDeals,
)

__all__ = [
    "Appeal",
    "Choice",
    "Condition",
    "ConditionFailed",
    "Escalation",
    "Extension",
    "Option",
    "Protection",
    "Requirement",
    "Then",
]


class OfficeHours(Model):
    """The programme's business calendar; `closed` are its public holidays, expanded by the loader."""

    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)
    closed: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})  # Monday is 0


class Tiers(Model):
    """Preferred tiers pass; others follow `others` (R0.11: certification is a must, tier a preference)."""

    prefer: tuple[str, ...] = ()
    others: Requirement = Requirement.IGNORED


class Fitness(Model):
    """Who may file or claim (R0.6, R0.11, R3.9), judged as of the fact."""

    certified: Requirement = Requirement.IGNORED
    trained: Requirement = Requirement.IGNORED
    territory: Requirement = Requirement.IGNORED
    tiers: Tiers = Tiers()


class CompleteFiling(Model):
    """What a complete filing needs (R1.3, R1.6 to R1.8, R1.13): names of the mapping's `read:`."""

    needs: tuple[str, ...] = ()
    may_say_none: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """What may not be left empty: what is under both may."""
        return tuple(item for item in self.needs if item not in self.may_say_none)


class Proofs(Model):
    """What counts as proof of one thing: how many of which kinds, and how fresh (R1.8 to R1.10)."""

    name: str
    of: tuple[str, ...]
    at_least: int = 1
    within: Duration | None = None
    then: Then = Then.HOLD


class EvidenceRule(Model):
    """Proof of relationship (R1.8 to R1.10)."""

    first_contact_within: Duration | None = None
    silence_at_most: Duration | None = None
    needs: int = 0
    points: Mapping[str, int] = {}
    then: Then = Then.HOLD
    proofs: tuple[Proofs, ...] = ()


class FirstFiling(Model):
    """Who was first (R1.3). `same_time_within`: closer than that, a person rules."""

    counts_from: str = "complete"
    same_time_within: Duration = Duration()
    dormant: outcomes.Dormant | None = None


class DirectSales(Model):
    """Partner against direct (R0.5, R1.1)."""

    activity_within: Duration = Duration(length=timedelta(days=180))
    already_working: Then = Then.REVIEW
    closes_protected_deal: Then = Then.FLAG_AND_FREEZE_CREDIT


class Beyond(StrEnum):
    """What a breaker does when it trips (law 15)."""

    PAUSE_AND_ALERT = "pause_and_alert"
    ALERT = "alert"


class Safety(Model):
    """Breakers (law 15): beyond these per hour, pause and alert."""

    owner_changes_per_hour: int | None = None
    rejects_per_hour: int | None = None
    beyond: Beyond = Beyond.PAUSE_AND_ALERT


class RegistrationPolicy(Terms):
    """How deal registrations are ruled (R0, R1)."""

    who_may_file: Fitness = Fitness()
    minimum_amount: Choice[Money] = Choice[Money]()
    latest_stage: Decimal | None = None
    complete_filing: CompleteFiling = CompleteFiling()
    evidence: EvidenceRule = EvidenceRule()
    first_filing: FirstFiling = FirstFiling()
    direct_sales: DirectSales = DirectSales()
    review: Choice[bool] = Choice[bool]()  # rows that hold send an otherwise clean filing to a person
    rulings: Rulings | None = None
    by_silence: Choice[Silence] = Choice[Silence]()
    decide_within: Choice[Duration] = Choice[Duration]()
    escalate: tuple[Escalation, ...] = ()
    protection: Protection = Protection()
    refile_after: Duration | None = None
    refile_after_rejection: Duration | None = None
    refile_after_withdrawal: Duration | None = None
    appeal: Appeal = Appeal()
    earlier_filings: Earlier = Earlier.KEEP
    open_registrations: Choice[int] = Choice[int]()
    filing_pace: tuple[Pace, ...] = ()
    benefits: Choice[Benefit] = Choice[Benefit]()
    bonuses: tuple[Bonus, ...] = ()
    benefits_at_most: Choice[BenefitsAtMost] = Choice[BenefitsAtMost]()
    usual_rebates: UsualRebates | None = None
    rebate_budget: RebateBudget | None = None
    who_may_file_for_another: Tiers = Tiers()
    open_registrations_count: outcomes.CountsFor = outcomes.CountsFor.FIRM
    second_filing: Choice[outcomes.SecondFiling] = Choice[outcomes.SecondFiling]()
    customer_letter: Choice[outcomes.Outranks] = Choice[outcomes.Outranks]()
    tender: Choice[outcomes.Tender] = Choice[outcomes.Tender]()
    new_customer: Choice[outcomes.NewCustomer] = Choice[outcomes.NewCustomer]()
    vendor_contact: Choice[outcomes.VendorContact] = Choice[outcomes.VendorContact]()
    incumbency: Choice[outcomes.Incumbency] = Choice[outcomes.Incumbency]()
    involved_early: Choice[outcomes.InvolvedEarly] = Choice[outcomes.InvolvedEarly]()
    customer_contact: Choice[outcomes.CustomerContact] = Choice[outcomes.CustomerContact]()
    partial_approval: outcomes.PartialApproval = outcomes.PartialApproval()
    conditions: tuple[outcomes.Condition, ...] = ()
    share: Choice[Decimal] = Choice[Decimal]()


class SameSecond(StrEnum):
    """Who decides when claims of one second share the last free places (R3.6: never the record id)."""

    PERSON = "person"
    NOBODY = "nobody"


class ClaimPolicy(Terms):
    """How leads are claimed, worked and given back (R3.6 to R3.10)."""

    who_may_claim: Fitness = Fitness()
    quota: Choice[int] = Choice[int]()  # open claims per firm
    quota_per_person: Choice[int] = Choice[int]()
    quota_counts: outcomes.CountsFor = outcomes.CountsFor.FIRM
    quota_of: outcomes.QuotaOf = outcomes.QuotaOf.HELD
    same_second: SameSecond = SameSecond.NOBODY
    work_within: Duration | None = None
    remind: tuple[Duration, ...] = ()
    reclaim_after: Duration | None = None
    claim_pace: tuple[Pace, ...] = ()
    claim_conditions: tuple[outcomes.Condition, ...] = ()
    returns_to: str = (
        ""  # developer name of the queue for leads that nobody worked; else where they came from
    )
    unclaimed_lead: tuple[Unclaimed, ...] = ()
    ready_to_convert: ReadyToConvert | None = None
    help: Help | None = None
    same_customer_held: Then = Then.FLAG  # another firm already holds this customer
    suspicious_contact: Then = Then.HOLD  # landline = fax = caller id (R4.9)
    return_to: str = ""  # pool's developer name when the lead's own pool is unknown


class Policy(Model):
    """One policy file. Either half may be absent; a decision uses the version in force at its fact."""

    policy: str
    version: int
    in_force: date
    claims: ClaimPolicy | None = None
    registrations: RegistrationPolicy | None = None
    warehouse: WarehousePolicy | None = None
    stages: StagePolicy | None = None
    orders: OrderPolicy | None = None
    same_customer: MatchPolicy = MatchPolicy()
    office_hours: OfficeHours = OfficeHours()
    rates: Rates = Rates()
    product_lines: Mapping[str, tuple[str, ...]] = {}  # line → the products that belong to it
    line_amounts: Mapping[str, str] = {}  # line → the registration's own field that says what it is worth
    regions: Mapping[
        str, tuple[str, ...]
    ] = {}  # region → its countries, as the customers' addresses say them
    lists: Mapping[str, tuple[str, ...]] = {}  # name → texts, for conditions
    fiscal_year_starts: int = 1  # month of the first day of the business year
    conflicts: Disputes = Disputes()
    safety: Safety = Safety()
    sourcing_credit: SourcingCredit = SourcingCredit()
    partner_quality: PartnerQuality | None = None
    forecast: Mapping[str, Decimal] = {}  # canonical stage → the share of the amount that is expected
    language: str = "en"
    stale_deals: StaleDeals | None = None
    masks: Masks = Masks()
    effective: datetime | None = None  # published later than its day: it judges no earlier fact (law 18)
    digest: str = ""  # of the file's text: two texts under one label are two policies
    profile: str = ""  # the profile whose mapping serves a programme that has none of its own

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    @property
    def label(self) -> str:
        return f"{self.policy}/{self.version}"

    def begun(self, moment: datetime) -> bool:
        """In force at `moment`: from its day on in the programme's zone, and not before it was published."""
        if self.effective is not None and moment < self.effective:
            return False
        return self.in_force <= day_in(self.office_hours.zone, moment)


class Policies(Model):
    """Every version of every loaded policy file."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    versions: tuple[Policy, ...] = ()

    def for_claims(self, moment: datetime) -> Policy | None:
        return _in_force([p for p in self.versions if p.claims is not None], moment)

    def for_registrations(self, moment: datetime) -> Policy | None:
        return _in_force([p for p in self.versions if p.registrations is not None], moment)

    def for_stale_deals(self, moment: datetime) -> Policy | None:
        """The version that says which deals are stale; one in force that says nothing of them ends the older one's."""
        names = sorted({policy.policy for policy in self.versions if policy.stale_deals is not None})
        current = (_in_force([p for p in self.versions if p.policy == name], moment) for name in names)
        return next((policy for policy in current if policy and policy.stale_deals is not None), None)

    def for_stages(self, moment: datetime) -> Policy | None:
        return _in_force([p for p in self.versions if p.stages is not None], moment)

    def hidden_from_managers(self, moment: datetime | None) -> frozenset[Hidden]:
        """What a channel manager does not read: whatever any policy in force says; without a moment, any at all."""
        names = sorted({policy.policy for policy in self.versions}) if moment else ()
        current = (
            _in_force([p for p in self.versions if p.policy == name], moment) for name in names if moment
        )
        asked = current if moment else self.versions
        return frozenset(each for policy in asked if policy for each in policy.masks.channel_manager)

    def for_orders(self, moment: datetime) -> Policy | None:
        return _in_force([p for p in self.versions if p.orders is not None], moment)


def _in_force(versions: Sequence[Policy], moment: datetime) -> Policy | None:
    started = [policy for policy in versions if policy.begun(moment)]
    return max(started, key=lambda policy: (policy.in_force, policy.version)) if started else None
