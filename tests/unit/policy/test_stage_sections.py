"""The sections of a staged sales process: what may stand there, with a fault at its place for anything else (R2)."""

from datetime import date
from decimal import Decimal

import pytest

from connector.policy import load_policy
from connector.policy.stage_sections import every
from connector.policy.stages import Every, Gate, PlanKind, StagePolicy
from tests.support.channel import shipped

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"


def stages(body: str) -> StagePolicy:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is not None, [str(fault) for fault in faults]
    assert policy.stages is not None
    return policy.stages


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "stages: {11: {}}\n",
            "policy.yaml:4:10: stages.11: found '11', expected a canonical stage: 1, 2 … 9, 9.5, 10",
        ),
        ("stages: {2: {needs: [budget]}}\n", "policy.yaml:4:22: stages.2.needs[1]: found 'budget'"),
        ("stages: {2: {needs: [budget_know]}}\n", "nearest is 'budget_known'"),
        ("stages: {2: {step: 9}}\n", "policy.yaml:4:20: stages.2.step: found '9', expected a step, 1 to 8"),
        ("stages: {2: {then: reject}}\n", "expected one of flag, review, hold"),
        ("plans: [{when: 'amont > 3', is: whole_plan}]\n", "found the unknown name 'amont'"),
        ("plans: [{is: long_plan}]\n", "policy.yaml:4:14: plans[1].is: found 'long_plan'"),
        ("go_no_go: {first: {}}\n", "policy.yaml:4:19: go_no_go.first: found no 'before'"),
        ("go_no_go: {third: {before: 3}}\n", "found the unknown key 'third', expected one of first, second"),
        (
            "reviews: {plan: often}\n",
            "policy.yaml:4:17: reviews.plan: found 'often', expected a span such as `3 months`",
        ),
        ("partners: {may_enter: {from: 9.7}}\n", "policy.yaml:4:30: partners.may_enter.from: found '9.7'"),
        ("partners: {then: hold}\n", "expected one of flag, review, ignore"),
        ("qualified_leads: {queues: {direct: A}}\n", "found no 'route'"),
        ("qualified_leads: {route: direct, queues: {drect: A}}\n", "nearest is 'direct'"),
        ("renewals: {look_back: 2 yaers}\n", "policy.yaml:4:23: renewals.look_back: found '2 yaers'"),
        ("picture: {whom: [customer]}\n", "nearest is 'who'"),
        ("picture: {who: [budget]}\n", "policy.yaml:4:17: picture.who[1]: found 'budget'"),
        ("approvals: manager\n", "expected one of line_manager, anyone_else"),
    ],
)
def test_a_fault_names_its_place_what_was_expected_and_the_nearest_word(body: str, fault: str) -> None:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is None
    assert any(fault in str(each) for each in faults), [str(each) for each in faults]


def test_a_policy_without_stages_has_no_staged_process() -> None:
    policy, _ = load_policy(HEAD + "latest_stage: 4\n", "policy.yaml")
    assert policy is not None
    assert policy.stages is None


def test_a_gate_reads_as_a_sales_manager_would_say_it() -> None:
    read = stages("stages: {9.5: {needs: [contract_received], step: 7, then: hold}, 2: {}}\n")
    assert read.order == (Decimal(2), Decimal("9.5"))
    assert read.stages[Decimal(2)] == Gate()
    assert read.stages[Decimal("9.5")].needs == ("contract_received",)


@pytest.mark.parametrize(
    ("text", "day", "due"),
    [
        ("1 quarter", date(2026, 11, 30), date(2027, 2, 28)),
        ("2 months", date(2026, 12, 31), date(2027, 2, 28)),
        ("3 months", date(2026, 1, 31), date(2026, 4, 30)),
        ("2 weeks", date(2026, 2, 20), date(2026, 3, 6)),
        ("1 year", date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_span_runs_on_the_calendar(text: str, day: date, due: date) -> None:
    assert every(text).after(day) == due


def test_two_weeks_before_a_day() -> None:
    assert Every(days=14).before(date(2026, 3, 10)) == date(2026, 2, 24)


def test_the_shipped_policy_holds_back_for_approvals_alone() -> None:
    """Where the source guides, the default warns; where it requires an approval, it gates."""
    terms = shipped("staged_sales").stages
    assert terms is not None
    assert {stage for stage, gate in terms.stages.items() if gate.then == "hold"} == {Decimal(1), Decimal(3)}
    assert {str(stage): gate.step for stage, gate in terms.stages.items() if gate.step == 7} == {
        "8": 7,
        "9": 7,
        "9.5": 7,
        "10": 7,
    }
    assert 8 not in {gate.step for gate in terms.stages.values()}


def test_a_more_thorough_plan_ranks_above_a_lesser_one() -> None:
    ranks = [kind.rank for kind in PlanKind]
    assert ranks == sorted(ranks)
    assert PlanKind.WHOLE_PLAN.rank > PlanKind.THREE_PAGE_PLAN.rank > PlanKind.TWENTY_QUESTIONS.rank
