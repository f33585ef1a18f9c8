"""What a staged sales process asks of a deal (R2): its evidence, its plan, its picture, and what people signed."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.model import Model
from connector.canonical.record import Record

STAGES = tuple(Decimal(text) for text in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "9.5", "10"])
"""The canonical stages, in the order of a deal's life (R2.1)."""


class Proof(Model):
    """The evidence of the stages: days on which something was said or came in, people, and plain yes or no."""

    technical_lead: str = ""  # name and title
    purchase_process_known: bool = False
    budget_known: bool = False
    business_owner: str = ""
    project_confirmed: date | None = None  # by the business owner: the project, and the funds for it
    workshop_agreed: date | None = None
    shortlisted: date | None = None  # by the technical head
    approach_accepted: date | None = None
    technical_win: date | None = None
    verbal_yes: date | None = None  # to configuration and price
    order_promised: date | None = None  # the day for which the customer promised the order
    payment_promised: date | None = None
    agent_benefit_arranged: bool = False
    proposal_accepted: date | None = None  # by the business owner: proposal and price
    negotiation_started: date | None = None  # between agent and customer
    order_received: date | None = None
    contract_received: date | None = None
    paperwork_done: bool = False
    payment_received: date | None = None
    goods_shipped: date | None = None
    trouble: str = ""  # what went wrong after the order: order, collection, shipping or credit


class Plan(Model):
    """How the deal is to be won: the plan that was written, and what it has to reckon with (R2.10 to R2.12)."""

    kind: str = ""  # twenty_questions, three_page_plan or whole_plan
    answers: int | None = None  # of the assessment questions
    pressure: bool = False  # competitive pressure is high
    experts_needed: date | None = None  # the day on which strategic experts are needed
    experts_asked: date | None = None


class Picture(Model):
    """What is told of the deal in plain words, beside its people and dates (R2.19)."""

    what: str = ""
    where: str = ""
    why: str = ""


class StagedDeal(Record):
    """What a deal says of its stages, and what the connector shows there."""

    agent: RecordId | None = None  # the partner engaged in the deal (R2.14)
    track: str = ""  # new or renewal (R2.18)
    proof: Proof = Proof()
    plan: Plan = Plan()
    picture: Picture = Picture()
    # written by the connector
    stage_flag: str = ""  # clear, missing, skipped, review or held
    stage_step: int | None = None
    skipped_stages: str = ""
    stage_missing: str = ""
    stage_message: str = ""
    manager_message: str = ""
    plan_wanted: str = ""
    go_no_go_wanted: str = ""
    next_review: date | None = None
    review_flag: str = ""
    completeness: int | None = None
    counts_as_revenue: bool = False
    exception_flag: str = ""
    partner_flag: str = ""
    incumbent: RecordId | None = None


class SignOff(Record):
    """A person's word on a deal, a lead or a customer; who and when are the org's own stamps (R2.2, R2.11).

    `what` is one of `SIGN_OFFS`, `word` is yes or no. A sign-off is never changed: a new one follows it.
    """

    deal: RecordId | None = None
    lead: RecordId | None = None
    customer: RecordId | None = None
    what: str = ""
    word: str = ""


class StageEntry(Entry):
    """A deal as its stages have been judged (R2.13): what was skipped stays until its evidence arrives."""

    table: ClassVar[str] = "stage"
    deal: RecordId
    customer: RecordId | None = None
    stage: Decimal | None = None  # the newest stage that stands
    skipped: tuple[Decimal, ...] = ()  # stages passed over whose evidence is still wanting
    put_back: Decimal | None = None  # the stage to which the connector is returning the deal
    agent: RecordId | None = None  # the partner engaged when last judged
    agent_at: Decimal | None = None  # the stage at which that partner came in
    agents: tuple[RecordId, ...] = ()  # every partner engaged so far, in order
    adopted_at: datetime | None = None  # loaded at go-live: its reviews count from there (law 16)
    ended: bool = False

    @property
    def key(self) -> str:
        return self.deal

    @property
    def open(self) -> bool:
        return not self.ended

    @property
    def indexes(self) -> tuple[str, ...]:
        return (f"customer:{self.customer}",) if self.customer else ()


SIGN_OFFS = (
    "account_plan",
    "opportunity_plan",
    "go_no_go",
    "second_go_no_go",
    "pursue",
    "plan_review",
    "revisit",
)
"""What a person signs: yes or no to a plan, to going on, to pursuing; or that a review was held."""
