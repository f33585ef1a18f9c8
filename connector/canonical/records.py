"""Canonical records: what the mirror says of one org record at one time, in the programme's words."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.orders import Allotment, Order, Payment, Slip
from connector.canonical.record import Identity, Record
from connector.canonical.staged import SignOff, StagedDeal
from connector.canonical.transfer_in import TransferIn

__all__ = [
    "KIND_OF",
    "MODELS",
    "Activity",
    "Conflict",
    "Customer",
    "DecisionMaker",
    "Evidence",
    "FilingStatus",
    "Identity",
    "Lead",
    "Opportunity",
    "Partner",
    "Person",
    "PersonState",
    "Pool",
    "Record",
    "Registration",
    "SignOff",
]


class Partner(Record):
    """A partner firm (R0.6, R0.11): tier and certification hold as of a time, never as of today."""

    name: str = ""
    group: RecordId | None = None
    territory: tuple[str, ...] = ()
    country: str = ""
    tier: str = ""
    certified_until: date | None = None
    identity: Identity = Identity()  # its own numbers and address: no customer's (R4.6)
    trained_until: date | None = None
    claims_held: int | None = None
    claims_remaining: int | None = None
    benefit_preference: str = ""
    quality: int | None = None
    quality_basis: str = ""
    capabilities: tuple[str, ...] = ()  # what the firm can do: commercial, technical (R2.14)


class PersonState(StrEnum):
    """A person's provisioning (R3.4), moved by the org's administrators."""

    INVITED = "invited"  # the welcome mail is out, nobody has logged in yet
    ACTIVE = "active"  # has logged in
    INACTIVE = "inactive"  # an administrator switched the user off


class Person(Record):
    """A partner user (with a firm) or one of our own people (without)."""

    name: str = ""
    firm: RecordId | None = None
    role: str = ""
    manager: RecordId | None = None
    zone: str = ""
    locale: str = "en_US"
    state: PersonState = PersonState.ACTIVE


class Pool(Record):
    """A queue from which leads are claimed, or a desk to which records are sent (R3.5)."""

    name: str = ""
    label: str = ""


class Customer(Record):
    """A customer account: identity evidence, and the group it belongs to by the org's own link."""

    identity: Identity = Identity()
    group: RecordId | None = None
    owner: RecordId | None = None
    account_class: str = ""  # strategic, named or general (R2.10)
    authenticated: str = ""  # how the company's identity was verified (R4.17); empty: it was not
    authenticated_at: datetime | None = None
    authenticated_by: RecordId | None = None


class Lead(Record):
    """A lead: in a pool, held by a partner user (a claim), or held by our own people."""

    identity: Identity = Identity()
    owner: RecordId | None = None
    owner_since: datetime | None = None
    owner_before: RecordId | None = None
    status: str = ""
    status_since: datetime | None = None
    worked: bool = False
    source: str = ""
    caller_id: str = ""
    track: str = ""  # new or renewal (R4.4); empty: new
    region: str = ""  # the customer's province or city
    licence_name: str = ""  # the company's name as its business licence has it (R4.6)
    confirm: bool = False  # ticked by whoever confirmed it with the customer
    confirmed_by: RecordId | None = None
    confirmed_at: datetime | None = None
    last_activity: date | None = None
    converted: bool = False
    converted_account: RecordId | None = None
    converted_opportunity: RecordId | None = None
    claim_verdict: str = ""
    claim_message: str = ""
    work_by: datetime | None = None
    sourcing_partner: RecordId | None = None
    value: Money | None = None  # what the deal may be worth
    account_class: str = ""
    answers: int | None = None  # of the assessment questions (R2.10)
    route: str = ""  # direct or channel (R2.15)
    pursuit: str = ""  # pursue, drop or questions_wanted


class Opportunity(StagedDeal):
    """A deal. `stage` is canonical (1, 2 … 9, 9.5, 10); None where the org's stage has no mapping."""

    name: str = ""
    customer: RecordId | None = None
    owner: RecordId | None = None
    owner_since: datetime | None = None
    owner_before: RecordId | None = None
    partner: RecordId | None = None
    amount: Money | None = None
    stage: Decimal | None = None
    stage_since: datetime | None = None
    won: bool = False
    closed: bool = False
    close_by: date | None = None
    paid_on: date | None = None
    last_activity: date | None = None
    sourcing_partner: RecordId | None = None
    conflict_flag: str = ""
    conflict_message: str = ""
    protected_until: datetime | None = None
    protected_for: RecordId | None = None
    stale_since: datetime | None = None
    tender_on: date | None = None
    products: tuple[str, ...] = ()  # what the deal sells, where the org says it on the deal
    readiness_message: str = ""
    help_wanted: str = ""  # what a partner asks for on this deal (R3.3)
    help_wanted_since: datetime | None = None
    help_answer: str = ""
    help_answer_since: datetime | None = None
    help_flag: str = ""


class DecisionMaker(Model):
    name: str
    title: str = ""


class Evidence(Model):
    """One proof of relationship (R1.8, R1.9)."""

    id: RecordId
    kind: str
    customer_confirmed: bool = False
    happened_on: date | None = None
    file: str = ""
    names: RecordId | None = None  # the firm that a customer's letter chooses
    created_at: datetime


class FilingStatus(StrEnum):
    """A registration's state as the org's record shows it. Who moves it is said per member."""

    DRAFT = "draft"  # the registrant is still writing; no filing yet
    SUBMITTED = "submitted"  # the registrant filed
    INCOMPLETE = "incomplete"  # the connector: something required is missing
    IN_REVIEW = "in_review"  # the connector: a person has to rule
    APPROVED = "approved"  # the connector, or a person
    PARTLY_APPROVED = "partly_approved"  # the connector: some product lines only
    REJECTED = "rejected"  # the connector, or a person
    WITHDRAWN = "withdrawn"  # the registrant took it back
    LAPSED = "lapsed"  # the connector: the protection window ended
    WON = "won"  # the deal closed won
    LOST = "lost"  # the deal closed lost

    @property
    def approves(self) -> bool:
        """Whether a reader of the record finds the filing approved, wholly or for some lines."""
        return self in {FilingStatus.APPROVED, FilingStatus.PARTLY_APPROVED}


class Registration(Record):
    """A deal registration as filed (R1.6 to R1.8), with what has been ruled so far."""

    number: str = ""
    partner: RecordId | None = None
    filed_by: RecordId | None = None
    filed_at: datetime | None = None
    status: FilingStatus = FilingStatus.DRAFT
    status_since: datetime | None = None
    customer: Identity = Identity()
    decision_makers: tuple[DecisionMaker, ...] = ()
    current_vendor: str = ""
    products: tuple[str, ...] = ()
    amount: Money | None = None
    close_by: date | None = None
    buying_stage: Decimal | None = None
    competitors: str = ""
    origin: str = ""
    first_contact: date | None = None
    next_steps: str = ""
    evidence: tuple[Evidence, ...] = ()
    opportunity: RecordId | None = None
    filed_for: RecordId | None = None  # a distributor files for this firm
    tender_on: date | None = None
    track: str = ""  # new | renewal
    review: str = ""
    reviewed_at: datetime | None = None
    reviewed_by: RecordId | None = None
    second_review: str = ""  # a second person's word, where the policy asks for two
    second_reviewed_at: datetime | None = None
    second_reviewed_by: RecordId | None = None
    ruling: str = ""
    message: str = ""
    missing: str = ""
    in_conflict: bool = False
    protected_from: datetime | None = None
    protected_until: datetime | None = None
    appeal_until: datetime | None = None
    appeal: str = ""
    appealed_at: datetime | None = None
    appealed_by: RecordId | None = None
    extension_request: str = ""
    extension_requested_at: datetime | None = None
    extension_requested_by: RecordId | None = None
    extension_review: str = ""
    extension: str = ""
    do_not_extend: bool = False
    decide_by: datetime | None = None
    escalated_to: str = ""
    sourcing_partner: RecordId | None = None
    rebate: Decimal | None = None
    discount: Decimal | None = None
    mdf: Decimal | None = None
    incentive: Decimal | None = None
    presales: bool = False
    payout: Decimal | None = None
    payout_state: str = ""
    payout_basis: str = ""
    payout_paid_on: date | None = None
    benefit_review: str = ""
    approved_lines: str = ""
    refused_lines: str = ""
    shared: bool = False
    share: Decimal | None = None


class Activity(Record):
    """A task or an event on a record (R3.3)."""

    about: RecordId | None = None
    who: RecordId | None = None
    owner: RecordId | None = None
    subject: str = ""
    on: date | None = None
    done: bool = False


class Approval(Record):
    """One run of the org's own approval process about a record, with the word that ended it."""

    about: RecordId | None = None
    status: str = ""
    by: RecordId | None = None
    at: datetime | None = None


class Conflict(Record):
    """The org's own record of a conflict that the connector opened."""

    key: str = ""
    status: str = ""
    resolution: str = ""
    owner: RecordId | None = None


MODELS: dict[Kind, type[Record]] = {
    Kind.PARTNER: Partner,
    Kind.PERSON: Person,
    Kind.POOL: Pool,
    Kind.CUSTOMER: Customer,
    Kind.LEAD: Lead,
    Kind.OPPORTUNITY: Opportunity,
    Kind.REGISTRATION: Registration,
    Kind.ACTIVITY: Activity,
    Kind.CONFLICT: Conflict,
    Kind.APPROVAL: Approval,
    Kind.SIGN_OFF: SignOff,
    Kind.ORDER: Order,
    Kind.PAYMENT: Payment,
    Kind.SLIP: Slip,
    Kind.ALLOTMENT: Allotment,
    Kind.TRANSFER_IN: TransferIn,
}

KIND_OF: dict[type[Record], Kind] = {model: kind for kind, model in MODELS.items()}
