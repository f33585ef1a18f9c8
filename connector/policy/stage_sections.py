"""The sections of a policy file about a staged sales process: which keys there are, and what may stand there (R2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.canonical.document import Node, Table
from connector.canonical.shape import Key, ListOf, OneOf, Reading, Schema, Section, TableOf, Word, unknown
from connector.canonical.staged import STAGES
from connector.policy import words
from connector.policy.choice import ChoiceOf
from connector.policy.choosing import Choice, Option, Requirement, Then
from connector.policy.condition import ConditionShape, Terms
from connector.policy.stages import (
    NEEDS,
    PICTURE,
    QUESTIONS_OF_PICTURE,
    Approver,
    Decided,
    Every,
    Gate,
    GoNoGo,
    Partners,
    PlanKind,
    QualifiedLeads,
    Renewals,
    Reviews,
    Route,
    StagePolicy,
)

CIRCUMSTANCES: Mapping[str, str] = {
    "amount": "the deal's amount, or what a lead may be worth: usd(amount) >= 50000",
    "currency": 'the amount\'s currency, such as "USD"',
    "account_class": '"strategic", "named", "general" or ""',
    "stage": "canonical stage, 1 to 10; 0 for a lead",
    "competitive_pressure": "true where the pressure of competitors is high",
    "track": '"new" or "renewal"',
    "country": "the customer's country",
    "industry": "the customer's industry",
    "origin": "where a lead came from",
    "firm": 'the partner\'s name; "" where none is engaged or holds the lead',
    "tier": "the partner's tier",
    "territory": "list of the partner's territories",
    "capabilities": "list of what the partner can do",
    "age_days": "whole days since the record was created",
    "on": 'the day of the act, as "2027-01-31"',
    "opportunity.own": "the programme's own fields of the deal: opportunity.own.NAME, empty for a lead",
    "lead.own": "those of the lead, empty for a deal",
    "customer.own": "those of the deal's customer",
    "partner.own": "those of the partner",
}
"""The names that a `when:` of these sections may use."""

_EVERY = re.compile(r"(\d{1,3}) (day|week|month|quarter|year)s?")


def every(text: str) -> Every:
    """`3 months`, `2 weeks`, `1 quarter`."""
    found = _EVERY.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError("write a number and a unit")
    count, unit = int(found[1]), found[2]
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit, 0) * count
    return Every(months=months, days={"day": 1, "week": 7}.get(unit, 0) * count)


def stage(text: str) -> Decimal:
    if words.decimal(text) not in STAGES:
        raise ValueError("the stages are 1, 2 … 9, 9.5 and 10")
    return words.decimal(text)


def step(text: str) -> int:
    if text not in {str(number) for number in range(1, 9)}:
        raise ValueError("the steps are 1 to 8")
    return int(text)


def _chosen(*thens: Then) -> OneOf[Then]:
    return OneOf({each.value: each for each in thens})


EVERY = Word(every, "a span such as `3 months`, `2 weeks` or `1 quarter`")
STAGE = Word(stage, "a canonical stage: 1, 2 … 9, 9.5, 10", {"type": "number"})
STEP = Word(step, "a step, 1 to 8", {"type": "integer"})
GATE_THEN = _chosen(Then.FLAG, Then.REVIEW, Then.HOLD)
ASIDE_THEN = _chosen(Then.FLAG, Then.REVIEW, Then.IGNORE)
REQUIREMENT = OneOf({each.value: each for each in Requirement})

GATE = Section(
    {
        "needs": Key(ListOf(OneOf({name: name for name in NEEDS})), "what a deal needs to stand here"),
        "step": Key(STEP, "the step of the process that the stage belongs to"),
        "then": Key(
            GATE_THEN, "where something is missing: flag it, send it to a person, or put the deal back"
        ),
    },
    Gate,
)

REVIEWS = Section(
    {
        "plan": Key(EVERY, "how often the plan is reviewed"),
        "revisit": Key(EVERY, "how often the customer is seen again"),
        "experts_ahead": Key(EVERY, "how long ahead strategic experts are asked for"),
    },
    Reviews,
)

PICTURE_PARTS = TableOf(ListOf(OneOf({name: name for name in PICTURE})), names=QUESTIONS_OF_PICTURE)


@dataclass(frozen=True)
class Gates:
    """`stages:` a table by canonical stage."""

    def read(self, node: Node, reading: Reading) -> dict[Decimal, Gate] | None:
        read = TableOf(GATE, key=STAGE).read(node, reading)
        if read is None or not isinstance(node, Table):
            return None
        return {Decimal(name): gate for name, gate in read.items()}

    def schema(self) -> Schema:
        names = [str(each) for each in STAGES]
        return {
            "type": "object",
            "properties": dict.fromkeys(names, GATE.schema()),
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Queues:
    """`queues:` the queue of each route."""

    def read(self, node: Node, reading: Reading) -> dict[Route, str] | None:
        known = [each.value for each in Route]
        read = TableOf(words.TEXT).read(node, reading)
        if read is None or not isinstance(node, Table):
            return None
        strangers = [key for key, _ in node.entries if key.text not in known]
        for key in strangers:
            unknown(key, known, reading)
        return None if strangers else {Route(name): queue for name, queue in read.items()}

    def schema(self) -> Schema:
        return TableOf(words.TEXT, names=[each.value for each in Route]).schema()


def stage_keys(terms: Terms) -> Mapping[str, Key[Any]]:
    """The keys of a staged sales process; conditions share the file's rates."""
    when = ConditionShape(CIRCUMSTANCES, terms)
    plans = ChoiceOf(OneOf({each.value: each for each in PlanKind}), when, Choice[PlanKind], Option[PlanKind])
    routes = ChoiceOf(OneOf({each.value: each for each in Route}), when, Choice[Route], Option[Route])
    able = ChoiceOf(ListOf(words.TEXT), when, Choice[tuple[str, ...]], Option[tuple[str, ...]])
    return {
        "stages": Key(Gates(), "what each canonical stage asks for"),
        "plans": Key(plans, "which plan a deal needs"),
        "questions": Key(words.WHOLE, "how many assessment questions there are to answer"),
        "approvals": Key(
            OneOf({each.value: each for each in Approver}), "whose sign-off counts as the manager's"
        ),
        "go_no_go": Key(_go_no_go(when), "the decisions to go on, or not"),
        "reviews": Key(REVIEWS, "how often a deal is looked at again"),
        "partners": Key(_partners(able), "when a partner may enter a deal, and which"),
        "qualified_leads": Key(
            Section(
                {
                    "route": Key(routes, "to direct sales or to the channel", required=True),
                    "queues": Key(Queues(), "developer name of each route's queue"),
                },
                QualifiedLeads,
            ),
            "where a lead goes that is worth pursuing",
        ),
        "renewals": Key(
            Section(
                {
                    "look_back": Key(EVERY, "how long the partner of the last won deal is favoured"),
                    "another_partner": Key(ASIDE_THEN, "another partner comes into the renewal"),
                },
                Renewals,
            ),
            "expansion and maintenance renewal",
        ),
        "late_payment_after": Key(words.SPAN, "how long after the promised day a payment is late"),
        "picture": Key(PICTURE_PARTS, "what answers who, what, when, where and why"),
    }


def _go_no_go(when: ConditionShape) -> Section[GoNoGo]:
    def decided(before: Decimal, when: Any = None, then: Then = Then.FLAG) -> Decided:
        rows = (Option[bool](when=when, value=True),)
        return Decided(before=before, when=Choice[bool](options=rows), then=then)

    one = Section(
        {
            "before": Key(STAGE, "the stage that it comes before", required=True),
            "when": Key(when, "only then; without it always"),
            "then": Key(GATE_THEN, "where it was not made"),
        },
        decided,
    )
    return Section({"first": Key(one, "the first"), "second": Key(one, "the second")}, GoNoGo)


def _partners(able: ChoiceOf[tuple[str, ...]]) -> Section[Partners]:
    def made(may_enter: Mapping[str, Decimal] | None = None, **rest: Any) -> Partners:
        given = may_enter or {}
        return Partners(from_stage=given.get("from"), until_stage=given.get("until"), **rest)

    window: Section[dict[str, Any]] = Section(
        {"from": Key(STAGE, "the first stage"), "until": Key(STAGE, "the last stage")}, dict
    )
    return Section(
        {
            "may_enter": Key(window, "the stages at which a partner may come in"),
            "then": Key(ASIDE_THEN, "a partner came in too early or too late"),
            "territory": Key(REQUIREMENT, "the customer's country among the firm's territories"),
            "capabilities": Key(able, "what the firm has to be able to do"),
            "lacking": Key(ASIDE_THEN, "the firm lacks one of them"),
            "another_partner": Key(ASIDE_THEN, "another partner is in the deal already"),
        },
        made,
    )


def staged(**given: Any) -> StagePolicy:
    """The policy of a staged process out of the values that stood under its keys."""
    return StagePolicy(**given)
