"""Whatever a back-test can count or compare has words, in every language."""

import re
from enum import StrEnum
from itertools import product

import pytest

from connector.canonical.accounts import BenefitKind, BenefitState, DealState
from connector.canonical.docket import ClaimState, ConflictState, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.orders import OrderState, SlipState
from connector.canonical.transfer_in import TransferInState
from connector.canonical.verdict import Outcome
from connector.flows.backtest_filings import came_to
from connector.flows.backtest_report import FIRST, about, measure
from connector.messages import LANGUAGES, Heading, Telling, parse
from connector.messages.naming import Naming
from connector.policy.warehouse import Cause
from connector.rules.decide import HANDLERS
from connector.rules.orders.dispatch import HANDLERS as ORDERS
from tests.unit.messages.shipped import speaker, texts

STATES: tuple[type[StrEnum], ...] = (
    ClaimState, RegistrationState, ConflictState, DealState, BenefitState, OrderState, SlipState, TransferInState,
)  # fmt: skip


RULES_NOTHING = {"registration", "allotment"}
"""Filings are counted by what became of them; handing out forms is no ruling."""


def subjects() -> set[str]:
    """What decisions are on."""
    return {
        about(kind, fact) for kinds in (HANDLERS, ORDERS) for kind, acts in kinds.items() for fact in acts
    }


def test_everything_that_is_counted_has_words() -> None:
    verdicts = {
        measure(subject, outcome) for subject, outcome in product(subjects() - RULES_NOTHING, Outcome)
    }
    filings = {came_to(state) for state in RegistrationState}
    counted = verdicts | filings | {*FIRST}
    assert {name for name in counted if f"measure.{name}" not in {*Heading}} == set()


@pytest.mark.parametrize("enum", STATES, ids=lambda enum: enum.__name__)
def test_everything_that_a_decision_can_come_to_has_words(enum: type[StrEnum]) -> None:
    assert {state for state in enum if f"came.{state}" not in {*Heading}} == set()


def test_every_subject_and_every_benefit_paid_in_money_has_a_name() -> None:
    names = {*Heading, *Naming}
    assert {each for each in {*Kind} | subjects() if f"subject.{each}" not in names} == set()
    assert {each for each in BenefitKind if each.money and f"word.{each}" not in names} == set()


def test_whatever_settles_a_conflict_by_rule_has_words() -> None:
    """A filing's end, what both came to share, a ruling on a holding, somebody with the right who did it again."""
    ends = {f"came.{state}" for state in RegistrationState if not state.open}
    causes = {f"conflict_kind.{cause}" for cause in Cause}
    keys = {*Heading, *Telling, *Naming}
    assert (
        ends | causes | {"ended.shared", "ended.merged", "word.account_closed", "word.zone_set"}
    ) - keys == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_can_be_told_without_its_values(language: str) -> None:
    said = {kind: speaker().sentence(f"happened.{kind}", {}, language) for kind in FactKind}
    assert {kind: text for kind, text in said.items() if re.search(r"–|[.。:：]$|\s$|^\s", text)} == {}


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_no_heading_was_left_in_english(language: str) -> None:
    english, said = parse(texts()["en"], "en"), parse(texts()[language], language)
    shared = {"backtest.difference", "subject.lead", "subject.pool"}
    assert [key for key in Heading if said[key] == english[key] and key not in shared] == []
