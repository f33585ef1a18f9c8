"""What is shipped is what is tested: the org package's rules and stamps, run by the engine itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.practice.clock import PracticeClock
from connector.practice.org import Org, SaveResult, User
from connector.practice.schema import load_schema
from tests.unit.practice.tiny_project import NOON, queue_id

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    made = Org(load_schema(PROJECT), path=tmp_path / "org.sqlite", clock=PracticeClock(frozen_at=NOON))
    yield made
    made.close()


@pytest.fixture
def connector(org: Org) -> User:
    found = org.user_by_username("connector@practice.example")
    assert found is not None
    return found


def created(result: SaveResult) -> str:
    assert result.success, result.errors
    assert result.id is not None
    return result.id


def leads(org: Org, count: int) -> list[str]:
    rows: list[tuple[str, str | None, dict[str, Any]]] = [
        ("Lead", None, {"LastName": f"L{number}", "Company": "C"}) for number in range(count)
    ]
    return [created(result) for result in org.save_batch("insert", rows, actor=org.admin)]


def test_an_owner_is_changed_only_where_it_is_still_the_expected_one(org: Org, connector: User) -> None:
    """Law 12: 200 owner changes in one call, each refused where a person was faster."""
    ids = leads(org, 200)
    pool = queue_id(org, "Partner_Pool")
    other = queue_id(org, "Partner_Pool_DACH")
    assert org.update("Lead", ids[7], {"OwnerId": other}, actor=org.admin).success
    rows: list[tuple[str, str | None, dict[str, Any]]] = [
        ("Lead", each, {"OwnerId": pool, "Expected_Owner__c": org.admin.id}) for each in ids
    ]
    results = org.save_batch("update", rows, actor=connector)
    refused = [number for number, result in enumerate(results) if not result.success]
    assert refused == [7]
    error = results[7].errors[0]
    assert error.status_code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert error.message.startswith("EXPECTED_OWNER_MISMATCH")
    assert org.read("Lead", ids[7], ["OwnerId"], actor=org.admin) == {"OwnerId": other}


def test_nobody_but_the_connector_meets_the_expected_owner_rule(org: Org) -> None:
    """Law 12: people and other integrations are not touched."""
    lead = leads(org, 1)[0]
    pool = queue_id(org, "Partner_Pool")
    assert org.update("Lead", lead, {"OwnerId": pool}, actor=org.admin).success


def test_the_owner_stamps_name_the_prior_owner_and_the_second(org: Org) -> None:
    """Law 1: the time of a claim is the second the org stamped."""
    lead = leads(org, 1)[0]
    assert org.read("Lead", lead, ["Owner_Before__c"], actor=org.admin) == {"Owner_Before__c": None}
    org.advance(5)
    org.update("Lead", lead, {"OwnerId": queue_id(org, "Partner_Pool")}, actor=org.admin)
    row = org.read("Lead", lead, actor=org.admin)
    assert (row["Owner_Before__c"], row["Owner_Since__c"]) == (org.admin.id, "2026-05-04T12:00:05.000Z")


def test_a_registration_is_stamped_when_it_is_submitted(org: Org) -> None:
    """R1.3: the filing's time is the org's, not the partner's."""
    values = {"Customer_Name__c": "Sol AG", "Submitted_At__c": "2020-01-01T00:00:00Z"}
    filing = created(org.insert("Deal_Registration__c", values, actor=org.admin))
    org.advance(30)
    org.update("Deal_Registration__c", filing, {"Status__c": "Submitted"}, actor=org.admin)
    row = org.read("Deal_Registration__c", filing, actor=org.admin)
    assert row["Submitted_At__c"] == row["Status_Since__c"] == "2026-05-04T12:00:30.000Z"
    assert row["Name"] == "DR-000001"


def test_a_review_is_stamped_with_its_reviewer(org: Org) -> None:
    filing = created(org.insert("Deal_Registration__c", {"Customer_Name__c": "Sol"}, actor=org.admin))
    org.update("Deal_Registration__c", filing, {"Review_Decision__c": "Approve"}, actor=org.admin)
    assert org.read("Deal_Registration__c", filing, actor=org.admin)["Review_Decided_By__c"] == org.admin.id


def test_the_connector_may_write_what_it_owns_and_not_the_stamps(org: Org, connector: User) -> None:
    lead = leads(org, 1)[0]
    assert org.update("Lead", lead, {"Claim_Verdict__c": "Held"}, actor=connector).success
    refused = org.update("Lead", lead, {"Owner_Since__c": "2020-01-01T00:00:00Z"}, actor=connector)
    assert refused.errors[0].status_code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def _partner_user(org: Org, name: str) -> tuple[str, str]:
    """(firm, user) of a partner."""
    firm = created(org.insert("Account", {"Name": name, "IsPartner": True}, actor=org.admin))
    contact = created(org.insert("Contact", {"LastName": name, "AccountId": firm}, actor=org.admin))
    profile = org.reader().execute("SELECT Id FROM Profile WHERE UserType = 'PowerPartner'").fetchone()[0]
    values = {
        "Username": f"{name}@partner.example",
        "LastName": name,
        "Email": f"{name}@partner.example",
        "Alias": name,
        "CommunityNickname": name,
        "ProfileId": profile,
        "ContactId": contact,
    }
    return firm, created(org.insert("User", values, actor=org.admin))


def test_a_partner_sees_no_conflict(org: Org) -> None:
    """Law 17: what names a rival is not a partner's to read."""
    _, user_id = _partner_user(org, "nord")
    org.assign(user_id, "Channel_Partner")
    partner = org.user(user_id)
    assert partner is not None
    conflicts = org.schema.object("Channel_Conflict__c")
    assert partner.access.object(conflicts).read is False
    stamps = org.schema.object("Lead")
    assert partner.access.field(stamps, stamps.fields["Owner_Since__c"])[1] is False


INSIDE, OVER = "2026-06-04T12:00:00.000Z", "2026-05-04T11:00:00.000Z"


@pytest.mark.parametrize(
    ("until", "names", "stage", "passes"),
    [
        (INSIDE, "nobody", "Closed Won", False),
        (INSIDE, "other", "Closed Won", False),
        (INSIDE, "firm", "Closed Won", True),
        (INSIDE, "nobody", "Closed Lost", True),
        (INSIDE, "nobody", "Needs Analysis", True),
        (OVER, "nobody", "Closed Won", True),
    ],
)
def test_a_protected_deal_is_closed_as_won_for_its_partner_only(
    org: Org, until: str, names: str, stage: str, *, passes: bool
) -> None:
    """R0.5: inside the window nobody else, our own sales team included, may close the deal as won."""
    firm, user = _partner_user(org, "nord")
    owners = {"nobody": org.admin.id, "firm": user, "other": _partner_user(org, "sued")[1]}
    values = {
        "Name": "Grid",
        "StageName": "Qualification",
        "CloseDate": "2026-12-01",
        "OwnerId": owners[names],
        "Protected_For__c": firm,
        "Protected_Until__c": until,
    }
    deal = created(org.insert("Opportunity", values, actor=org.admin))
    result = org.update("Opportunity", deal, {"StageName": stage}, actor=org.admin)
    assert result.success is passes
    if not passes:
        assert result.errors[0].message.startswith("PROTECTED_DEAL")


@pytest.mark.parametrize(
    ("field", "at", "by"),
    [
        ("Appeal__c", "Appealed_At__c", "Appealed_By__c"),
        ("Extension_Request__c", "Extension_Requested_At__c", "Extension_Requested_By__c"),
    ],
)
def test_a_request_is_stamped_with_who_made_it_and_when(org: Org, field: str, at: str, by: str) -> None:
    """R1.4, R1.14: each new text is a new request; taking it away is none."""
    filing = created(org.insert("Deal_Registration__c", {"Customer_Name__c": "Sol AG"}, actor=org.admin))
    assert org.read("Deal_Registration__c", filing, [at], actor=org.admin) == {at: None}
    org.advance(30)
    org.update("Deal_Registration__c", filing, {field: "Please"}, actor=org.admin)
    row = org.read("Deal_Registration__c", filing, actor=org.admin)
    assert (row[at], row[by]) == ("2026-05-04T12:00:30.000Z", org.admin.id)
    org.advance(30)
    org.update("Deal_Registration__c", filing, {field: None}, actor=org.admin)
    assert org.read("Deal_Registration__c", filing, [at], actor=org.admin)[at] == "2026-05-04T12:00:30.000Z"
