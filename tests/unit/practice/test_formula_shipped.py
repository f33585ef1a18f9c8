"""The rules and flows of the shipped package do what they promise, formula by formula."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from connector.practice.formula import Context, FormulaUser, compile_formula, evaluate
from tests.unit.practice.metadata_schema import METADATA

SOURCE = Path(__file__).parents[3] / "deploy" / "salesforce" / "force-app" / "main" / "default"
POOL, ANA, BO = "00G000000000001AAA", "005000000000001AAA", "005000000000002AAA"


def formula(path: str, tag: str) -> str:
    found = etree.fromstring((SOURCE / path).read_bytes()).find(f".//{{{METADATA}}}{tag}")
    assert found is not None
    assert found.text is not None
    return found.text


def holds(
    text: str, record: dict[str, object], prior: dict[str, object] | None, *, ours: bool = False
) -> object:
    permissions = frozenset({"Channel_Connector_Writes"} if ours else ())
    context = Context(now=datetime(2026, 11, 21, tzinfo=UTC), user=FormulaUser(permissions=permissions))
    return evaluate(compile_formula(text), record=record, prior=prior, is_new=prior is None, context=context)


@pytest.mark.parametrize("name", ["Lead", "Opportunity"])
@pytest.mark.parametrize(
    ("before", "after", "expected", "ours", "refused"),
    [
        (ANA, POOL, ANA, True, False),
        (ANA, POOL, ANA[:15], True, False),
        (BO, POOL, ANA, True, True),
        (BO, POOL, None, True, True),
        (BO, BO, ANA, True, False),
        (BO, POOL, ANA, False, False),
    ],
)
def test_our_owner_change_is_refused_unless_the_prior_owner_is_the_expected_one(
    *, name: str, before: str, after: str, expected: str | None, ours: bool, refused: bool
) -> None:
    """Law 12, R3.6: a contested owner is written by compare-and-set; nobody else is touched."""
    rule = formula(
        f"objects/{name}/validationRules/Expected_Owner_Must_Match.validationRule-meta.xml",
        "errorConditionFormula",
    )
    record: dict[str, object] = {"OwnerId": after, "Expected_Owner__c": expected}
    assert holds(rule, record, {"OwnerId": before, "Expected_Owner__c": None}, ours=ours) is refused
    assert holds(rule, record, None, ours=ours) is False


@pytest.mark.parametrize(
    ("before", "expected", "ours", "refused"),
    [
        ("Submitted", "Submitted", True, False),
        ("Withdrawn", "Submitted", True, True),
        ("Withdrawn", "Submitted", False, False),
    ],
)
def test_our_status_change_is_refused_unless_the_prior_status_is_the_expected_one(
    *, before: str, expected: str, ours: bool, refused: bool
) -> None:
    """Law 12: a contested status is written by compare-and-set."""
    rule = formula(
        "objects/Deal_Registration__c/validationRules/Expected_Status_Must_Match.validationRule-meta.xml",
        "errorConditionFormula",
    )
    record: dict[str, object] = {"Status__c": "Approved", "Expected_Status__c": expected}
    assert holds(rule, record, {"Status__c": before}, ours=ours) is refused


def test_an_owner_stamp_falls_due_on_create_and_on_every_owner_change() -> None:
    entry = formula("flows/Lead_Owner_Stamp.flow-meta.xml", "filterFormula")
    assert holds(entry, {"OwnerId": POOL}, None) is True
    assert holds(entry, {"OwnerId": ANA}, {"OwnerId": POOL}) is True
    assert holds(entry, {"OwnerId": ANA}, {"OwnerId": ANA}) is False


def test_the_filing_stamp_falls_due_whenever_the_status_becomes_submitted() -> None:
    """R1.3: an incomplete filing that is completed later is filed then."""
    entry = formula("flows/Deal_Registration_Submitted_Stamp.flow-meta.xml", "filterFormula")
    assert holds(entry, {"Status__c": "Submitted"}, None) is True
    assert holds(entry, {"Status__c": "Draft"}, None) is False
    assert holds(entry, {"Status__c": "Submitted"}, {"Status__c": "Incomplete"}) is True
    assert holds(entry, {"Status__c": "Submitted"}, {"Status__c": "Submitted"}) is False
    assert holds(entry, {"Status__c": "Approved"}, {"Status__c": "Submitted"}) is False


def test_the_review_stamp_falls_due_when_a_person_rules_and_not_before() -> None:
    entry = formula("flows/Deal_Registration_Review_Stamp.flow-meta.xml", "filterFormula")
    assert holds(entry, {"Review_Decision__c": None}, None) is False
    assert holds(entry, {"Review_Decision__c": "Approve"}, None) is True
    assert holds(entry, {"Review_Decision__c": "Approve"}, {"Review_Decision__c": None}) is True
    assert holds(entry, {"Review_Decision__c": "Approve"}, {"Review_Decision__c": "Approve"}) is False


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.flow-meta.xml")), ids=lambda p: p.name)
def test_every_shipped_flow_formula_compiles(path: Path) -> None:
    assert compile_formula(formula(str(path.relative_to(SOURCE)), "filterFormula")).fields
