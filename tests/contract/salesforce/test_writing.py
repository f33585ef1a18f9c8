"""Writing to the practice org: what is written is what is read, and what is refused says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from connector.ports.org import UNKNOWN_OUTCOME, BudgetSpent, ErrorKind, Row
from connector.salesforce import SalesforceOrg
from tests.contract.salesforce.conftest import Practice

MakeOrg = Callable[..., SalesforceOrg]
NAMES = ["NA", "null", "None", "nan", "#N/A", "😀 🇩🇰", 'O\'Hara \\ "x"', "a\tb", "美来尔", "007", "1e5"]


def lead(last: str = "Test", **values: str | None) -> Row:
    return Row(object="Lead", id=None, values={"LastName": last, "Company": "Contract test", **values})


def change(record: str | None, **values: str | None) -> Row:
    return Row(object="Lead", id=record, values=values)


def value(org: SalesforceOrg, record: str | None, field: str) -> str | None:
    return org.retrieve("Lead", [str(record)], [field]).column(field)[0]


@pytest.fixture
def record(desk: SalesforceOrg) -> str:
    [made] = desk.write([lead()])
    assert made.id, made.message
    return made.id


def test_a_name_that_looks_like_nothing_survives_the_round_trip(
    org: SalesforceOrg, desk: SalesforceOrg
) -> None:
    made = desk.write([lead(name) for name in NAMES])
    assert all(result.success and result.created for result in made), made
    ids = [str(result.id) for result in made]
    found = {row["Id"]: row["LastName"] for row in org.retrieve("Lead", ids, ["LastName"]).records()}
    assert [found[one] for one in ids] == NAMES
    bulk = {
        row["Id"]: row["LastName"] for b in org.snapshot("Lead", ["Id", "LastName"]) for row in b.records()
    }
    assert [bulk[one] for one in ids] == NAMES


def test_values_are_read_as_they_were_written(desk: SalesforceOrg, record: str) -> None:
    values = {"AnnualRevenue": "1234567", "NumberOfEmployees": "40", "Email": "a@b.example", "Phone": None}
    [result] = desk.write([change(record, **values)])
    assert result.success, result
    row = next(desk.retrieve("Lead", [record], list(values)).records())
    assert {field: row[field] for field in values} == values


def test_a_null_clears_a_field(desk: SalesforceOrg, record: str) -> None:
    desk.write([change(record, Phone="+45 1")])
    desk.write([change(record, Phone=None)])
    assert value(desk, record, "Phone") is None


def test_a_bad_row_among_good_ones_is_refused_alone(desk: SalesforceOrg) -> None:
    """A bad record stops nobody else (law 14)."""
    bad = Row(object="Lead", id=None, values={"Company": "No last name"})
    results = desk.write([lead("One"), bad, lead("Three")])
    assert [result.success for result in results] == [True, False, True]
    assert results[1].kind is ErrorKind.DEAD
    assert results[1].code == "REQUIRED_FIELD_MISSING"


def test_rows_of_several_objects_keep_their_places(desk: SalesforceOrg) -> None:
    rows = [
        lead("Mixed") if n % 2 else Row(object="Account", id=None, values={"Name": f"Mixed {n}"})
        for n in range(24)
    ]
    results = desk.write(rows)
    assert all(result.success for result in results), results
    assert [str(result.id)[:3] for result in results] == [["001", "00Q"][n % 2] for n in range(24)]


class TestAConditionalWrite:
    def test_is_taken_while_nobody_else_wrote(self, org: SalesforceOrg, record: str) -> None:
        assert org.write_if_unmodified(change(record, Company="Mine"), org.now()).success
        assert value(org, record, "Company") == "Mine"

    def test_is_refused_once_somebody_did(self, org: SalesforceOrg, record: str) -> None:
        result = org.write_if_unmodified(change(record, Company="Mine"), org.now() - timedelta(hours=1))
        assert result.kind is ErrorKind.REFUSED_STALE
        assert value(org, record, "Company") == "Contract test"

    def test_keeps_its_condition_with_a_new_token(
        self, org: SalesforceOrg, practice: Practice, record: str
    ) -> None:
        """The defect of other clients: after a 401 the retry drops the condition (law 12)."""
        practice.fault(expire_tokens=True)
        result = org.write_if_unmodified(change(record, Company="Mine"), org.now() - timedelta(hours=1))
        assert result.kind is ErrorKind.REFUSED_STALE
        assert value(org, record, "Company") == "Contract test"

    def test_keeps_its_condition_through_a_lock(
        self, org: SalesforceOrg, practice: Practice, record: str
    ) -> None:
        practice.fault(method="PATCH", errorCode="UNABLE_TO_LOCK_ROW", times=2)
        result = org.write_if_unmodified(change(record, Company="Mine"), org.now() - timedelta(hours=1))
        assert result.kind is ErrorKind.REFUSED_STALE


def test_a_contested_owner_changes_only_from_the_expected_one(org: SalesforceOrg, record: str) -> None:
    """The org package's validation rule is a compare-and-set that 200 rows a call can use (law 12)."""
    owner = value(org, record, "OwnerId")
    someone = next(
        row["Id"] for row in org.query("SELECT Id FROM User WHERE IsActive = true") if row["Id"] != owner
    )
    wrong = change(record, OwnerId=someone, Expected_Owner__c=someone)
    [refused] = org.write([wrong])
    assert refused.kind is ErrorKind.REFUSED_STALE, refused
    [taken] = org.write([change(record, OwnerId=someone, Expected_Owner__c=owner)])
    assert taken.success, taken


def test_an_upsert_creates_once(org: SalesforceOrg) -> None:
    row = Row(object="Channel_Conflict__c", id=None, values={"External_Key__c": "contract-test"})
    [first] = org.upsert("Channel_Conflict__c", "External_Key__c", [row])
    [second] = org.upsert("Channel_Conflict__c", "External_Key__c", [row])
    assert first.success, first
    assert (first.created, second.created) == (True, False)
    assert first.id == second.id


def test_a_write_whose_answer_was_lost_happened_once(
    org: SalesforceOrg, practice: Practice, record: str
) -> None:
    """After an unknown outcome, read first (law 11)."""
    practice.fault(method="PATCH", drop="after")
    [result] = org.write([change(record, Company="Lost")])
    assert result.code == UNKNOWN_OUTCOME
    assert value(org, record, "Company") == "Lost"


def test_an_expired_token_is_replaced(org: SalesforceOrg, practice: Practice) -> None:
    practice.fault(expire_tokens=True)
    assert org.count("Lead") > 0


def test_a_spent_quota_pauses(org: SalesforceOrg, practice: Practice) -> None:
    org.count("Lead")
    practice.fault(limit_used=org.budget().limit)
    with pytest.raises(BudgetSpent, match="paused: budget"):
        org.count("Lead")
    practice.fault(limit_used=0)
    assert org.count("Lead") > 0


def test_the_meter_reads_what_the_org_counts(org: SalesforceOrg) -> None:
    org.count("Lead")
    before = org.budget().used
    org.count("Lead")
    assert org.budget().used == before + 1
