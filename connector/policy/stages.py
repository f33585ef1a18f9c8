"""A staged sales process as frozen data (R2): what each stage asks for, and what runs beside the stages."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from connector.canonical.model import Model
from connector.policy.choosing import Choice, Requirement, Then

NEEDS: Mapping[str, str] = {
    "account_plan_approved": "a manager signed the territory or account plan",
    "technical_lead_identified": "proof.technical_lead",
    "purchase_process_known": "proof.purchase_process_known",
    "budget_known": "proof.budget_known",
    "plan_written": "the plan that `plans` asks for is written",
    "opportunity_plan_approved": "a manager signed the plan to win this deal",
    "business_owner_identified": "proof.business_owner",
    "project_and_funds_confirmed": "proof.project_confirmed",
    "workshop_supported": "proof.workshop_agreed",
    "shortlisted": "proof.shortlisted",
    "approach_accepted": "proof.approach_accepted",
    "technical_win_confirmed": "proof.technical_win",
    "verbal_yes": "proof.verbal_yes",
    "order_date_promised": "proof.order_promised",
    "payment_date_promised": "proof.payment_promised",
    "agent_benefit_arranged": "proof.agent_benefit_arranged",
    "proposal_and_price_accepted": "proof.proposal_accepted",
    "in_negotiation": "proof.negotiation_started",
    "order_received": "proof.order_received",
    "contract_received": "proof.contract_received",
    "paperwork_done": "proof.paperwork_done",
    "payment_received": "proof.payment_received",
    "goods_shipped": "proof.goods_shipped",
}
"""What a stage may need: the words of the policy file, and where the deal says it."""

SIGNED: Mapping[str, str] = {
    "account_plan_approved": "account_plan",
    "opportunity_plan_approved": "opportunity_plan",
}
"""Needs that only a manager's sign-off fills (R2.2, R2.4)."""

PROMISED = frozenset({"order_date_promised", "payment_date_promised"})
"""Needs whose day lies ahead; any other day that lies ahead proves nothing yet."""

PICTURE: Mapping[str, str] = {
    "technical_lead": "proof.technical_lead",
    "business_owner": "proof.business_owner",
    "customer": "customer",
    "agent": "agent",
    "what": "picture.what",
    "amount": "amount",
    "close_by": "close_by",
    "order_promised": "proof.order_promised",
    "payment_promised": "proof.payment_promised",
    "where": "picture.where",
    "why": "picture.why",
}
"""What the picture of a deal may be made of (R2.19)."""

QUESTIONS_OF_PICTURE = ("who", "what", "when", "where", "why")


class PlanKind(StrEnum):
    """How thorough a plan a deal needs, the least first (R2.10)."""

    NONE = "none"
    TWENTY_QUESTIONS = "twenty_questions"
    THREE_PAGE_PLAN = "three_page_plan"
    WHOLE_PLAN = "whole_plan"

    @property
    def rank(self) -> int:
        return list(PlanKind).index(self)


class Route(StrEnum):
    """Where a qualified lead goes (R2.15)."""

    DIRECT = "direct"
    CHANNEL = "channel"


class Approver(StrEnum):
    """Whose sign-off counts as the manager's: never the owner's own."""

    LINE_MANAGER = "line_manager"  # somebody above the owner in the org's own chain of managers
    ANYONE_ELSE = "anyone_else"  # any of our own people but the owner


class Every(Model):
    """A span of the calendar: `3 months` from the 30th of November is the last of February."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        years, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + years, month + 1
        moved = date(year, month, min(day.day, monthrange(year, month)[1]))
        return moved + timedelta(days=self.days)

    def before(self, day: date) -> date:
        return Every(months=-self.months, days=-self.days).after(day)


class Gate(Model):
    """What a deal needs to stand at a stage (R2.2 to R2.9), and the step of the process it belongs to."""

    needs: tuple[str, ...] = ()
    step: int | None = None
    then: Then = Then.FLAG


class Decided(Model):
    """One go/no-go: wanted before a stage, always or `when` (R2.11)."""

    before: Decimal
    when: Choice[bool] = Choice[bool]()
    then: Then = Then.FLAG


class GoNoGo(Model):
    first: Decided | None = None
    second: Decided | None = None


class Reviews(Model):
    """How often a deal is looked at again (R2.12)."""

    plan: Every | None = None
    revisit: Every | None = None
    experts_ahead: Every | None = None


class Partners(Model):
    """When a partner may enter a deal, and which (R2.14)."""

    from_stage: Decimal | None = None
    until_stage: Decimal | None = None
    then: Then = Then.FLAG
    territory: Requirement = Requirement.IGNORED
    capabilities: Choice[tuple[str, ...]] = Choice[tuple[str, ...]]()
    lacking: Then = Then.REVIEW
    another_partner: Then = Then.REVIEW


class QualifiedLeads(Model):
    """Where a lead goes that is worth pursuing (R2.10, R2.15)."""

    route: Choice[Route] = Choice[Route]()
    queues: Mapping[Route, str] = {}


class Renewals(Model):
    """R2.18: the partner of the last won deal is favoured at a renewal."""

    look_back: Every | None = None
    another_partner: Then = Then.REVIEW


class StagePolicy(Model):
    """How a staged sales process is kept (R2)."""

    stages: Mapping[Decimal, Gate] = {}
    plans: Choice[PlanKind] = Choice[PlanKind]()
    questions: int = 20
    approvals: Approver = Approver.LINE_MANAGER
    go_no_go: GoNoGo = GoNoGo()
    reviews: Reviews = Reviews()
    partners: Partners = Partners()
    qualified_leads: QualifiedLeads | None = None
    renewals: Renewals = Renewals()
    late_payment_after: timedelta = timedelta(0)
    picture: Mapping[str, tuple[str, ...]] = {}

    @property
    def order(self) -> tuple[Decimal, ...]:
        """The stages with a gate, in their order."""
        return tuple(sorted(self.stages))
