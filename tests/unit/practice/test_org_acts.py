"""Acts of other people and of the platform: bin, merge, conversion, holds, approvals, activities, replication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.practice.org import Org, SaveOptions, SaveResult, User
from connector.practice.org.results import ApiError
from tests.unit.practice.tiny_project import NOON, queue_id, tiny_org

T0 = "2026-05-04T12:00:00.000Z"
T1 = "2026-05-04T12:01:00.000Z"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Org]:
    made = tiny_org(tmp_path)
    yield made
    made.close()


def created(result: SaveResult) -> str:
    assert result.success, result.errors
    assert result.id is not None
    return result.id


def make(org: Org, name: str, **values: Any) -> str:
    return created(org.insert(name, values, actor=org.admin))


def a_lead(org: Org, **more: Any) -> str:
    return make(org, "Lead", **{"LastName": "Sol", "Company": "Sol AG", **more})


def code(result: SaveResult) -> str:
    assert not result.success
    return result.errors[0].status_code


def stored(org: Org, name: str, record_id: str) -> dict[str, Any]:
    cursor = org.reader().execute(f'SELECT * FROM "{name}" WHERE Id = ?', (record_id,))
    names = [each[0] for each in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def partner_user(org: Org) -> tuple[str, str]:
    """(firm, user) of a partner."""
    firm = make(org, "Account", Name="Nord Partner", IsPartner=True)
    contact = make(org, "Contact", LastName="Nielsen", AccountId=firm)
    profile = org.reader().execute("SELECT Id FROM Profile WHERE UserType = 'PowerPartner'").fetchone()[0]
    user = make(
        org,
        "User",
        Username="n@nord.example",
        LastName="Nielsen",
        Email="n@nord.example",
        Alias="nn",
        CommunityNickname="nn",
        ProfileId=profile,
        ContactId=contact,
    )
    return firm, user


# the bin
def test_a_deleted_row_is_hidden_kept_and_comes_back_with_its_details(org: Org) -> None:
    deal = make(org, "Deal__c")
    note = make(org, "Deal_Note__c", Name="n", Deal__c=deal)
    org.advance(60)
    assert org.delete("Deal__c", deal, actor=org.admin).success
    assert (stored(org, "Deal__c", deal)["IsDeleted"], stored(org, "Deal_Note__c", note)["IsDeleted"]) == (
        1,
        1,
    )
    assert stored(org, "Deal__c", deal)["SystemModstamp"] == T1
    with pytest.raises(ApiError) as gone:
        org.read("Deal__c", deal, actor=org.admin)
    assert (gone.value.http_status, gone.value.error_code) == (404, "ENTITY_IS_DELETED")
    assert code(org.update("Deal__c", deal, {}, actor=org.admin)) == "ENTITY_IS_DELETED"
    assert code(org.delete("Deal__c", deal, actor=org.admin)) == "ENTITY_IS_DELETED"
    assert org.undelete("Deal__c", deal, actor=org.admin).success
    assert (stored(org, "Deal__c", deal)["IsDeleted"], stored(org, "Deal_Note__c", note)["IsDeleted"]) == (
        0,
        0,
    )
    assert code(org.undelete("Deal__c", deal, actor=org.admin)) == "UNDELETE_FAILED"


def test_an_emptied_bin_leaves_only_the_log(org: Org) -> None:
    firm = make(org, "Account", Name="Nord")
    deal = make(org, "Deal__c", Firm__c=firm)
    org.delete("Account", firm, actor=org.admin)
    assert org.empty_bin() >= 1
    with pytest.raises(ApiError) as gone:
        org.read("Account", firm, actor=org.admin)
    assert gone.value.error_code == "NOT_FOUND"
    assert stored(org, "Deal__c", deal)["Firm__c"] is None
    org.advance(120)
    rows, _, _ = org.deleted("Account", NOON - timedelta(days=1), NOON + timedelta(minutes=1))
    assert rows == [(firm, T0)]


def test_a_hard_delete_leaves_no_row_in_the_bin(org: Org) -> None:
    lead = a_lead(org)
    org.delete("Lead", lead, actor=org.admin, options=SaveOptions(hard_delete=True))
    assert org.reader().execute("SELECT COUNT(*) FROM Lead").fetchone() == (0,)
    assert org.empty_bin() == 0


def test_a_parent_with_restricting_children_stays(org: Org) -> None:
    firm = make(org, "Account", Name="Nord")
    make(org, "Order", AccountId=firm, EffectiveDate="2026-05-04", Status="Draft")
    assert code(org.delete("Account", firm, actor=org.admin)) == "DELETE_FAILED"


# merge
def test_a_merge_bins_the_losers_and_moves_their_children_without_history(org: Org) -> None:
    master, loser = a_lead(org), a_lead(org)
    task = make(org, "Task", WhoId=loser, Subject="Call", Status="Not Started", Priority="Normal")
    before = org.reader().execute("SELECT COUNT(*) FROM LeadHistory").fetchone()
    org.advance(60)
    answer = org.merge("Lead", master, [loser], actor=org.admin)
    assert answer["mergedRecordIds"] == [loser]
    assert answer["updatedRelatedIds"] == [task]
    gone = stored(org, "Lead", loser)
    assert (gone["IsDeleted"], gone["MasterRecordId"], gone["SystemModstamp"]) == (1, master, T1)
    moved = stored(org, "Task", task)
    assert (moved["WhoId"], moved["SystemModstamp"]) == (master, T1)
    assert stored(org, "Lead", master)["SystemModstamp"] == T1
    assert org.reader().execute("SELECT COUNT(*) FROM LeadHistory").fetchone() == before


def test_only_objects_that_merge_can_be_merged(org: Org) -> None:
    with pytest.raises(ApiError) as refused:
        org.merge("Deal__c", make(org, "Deal__c"), [make(org, "Deal__c")], actor=org.admin)
    assert refused.value.error_code == "INVALID_TYPE_FOR_OPERATION"


# conversion
def test_conversion_makes_three_records_and_closes_the_lead(org: Org) -> None:
    lead = a_lead(org, FirstName="Ana", City="Bonn", Phone="123", LeadSource="Web")
    task = make(org, "Task", WhoId=lead, Subject="Call", Status="Not Started", Priority="Normal")
    answer = org.convert(lead, actor=org.admin, opportunity_name="Big one")
    row = stored(org, "Lead", lead)
    assert (row["IsConverted"], row["Status"], row["ConvertedDate"]) == (1, "Qualified", "2026-05-04")
    assert row["ConvertedAccountId"] == answer["accountId"]
    firm = stored(org, "Account", str(answer["accountId"]))
    assert (firm["Name"], firm["BillingCity"], firm["Phone"]) == ("Sol AG", "Bonn", "123")
    person = stored(org, "Contact", str(answer["contactId"]))
    assert (person["Name"], person["AccountId"]) == ("Ana Sol", answer["accountId"])
    deal = stored(org, "Opportunity", str(answer["opportunityId"]))
    assert (deal["Name"], deal["StageName"], deal["CloseDate"], deal["LeadSource"]) == (
        "Big one",
        "Prospecting",
        "2026-06-30",
        "Web",
    )
    assert stored(org, "Task", task)["WhoId"] == answer["contactId"]
    last = org.reader().execute("SELECT Field FROM LeadHistory ORDER BY Id DESC LIMIT 1").fetchone()
    assert last == ("leadConverted",)


def test_a_converted_lead_is_read_only_and_cannot_be_referenced(org: Org) -> None:
    lead = a_lead(org)
    answer = org.convert(lead, actor=org.admin, do_not_create_opportunity=True)
    assert answer["opportunityId"] is None
    assert code(org.update("Lead", lead, {"City": "x"}, actor=org.admin)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    task = {"WhoId": lead, "Subject": "x", "Status": "Not Started", "Priority": "Normal"}
    assert code(org.insert("Task", task, actor=org.admin)) == "CANNOT_UPDATE_CONVERTED_LEAD"
    with pytest.raises(ApiError) as refused:
        org.convert(lead, actor=org.admin)
    assert refused.value.error_code == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_a_lead_owned_by_a_queue_needs_an_owner_to_convert(org: Org) -> None:
    lead = a_lead(org, OwnerId=queue_id(org))
    with pytest.raises(ApiError):
        org.convert(lead, actor=org.admin)
    assert org.reader().execute("SELECT COUNT(*) FROM Account").fetchone() == (0,)
    assert org.convert(lead, actor=org.admin, owner_id=org.admin.id)["accountId"]


# holds
def test_a_held_transaction_is_unseen_locks_its_rows_and_appears_with_earlier_stamps(org: Org) -> None:
    lead = a_lead(org, City="Alt")
    ops: list[Any] = [
        ("update", "Lead", lead, {"City": "Neu"}),
        ("insert", "Lead", None, {"LastName": "H", "Company": "H"}),
    ]
    held = org.hold("slow", ops, actor=org.admin)
    assert org.read("Lead", lead, actor=org.admin)["City"] == "Alt"
    assert org.reader().execute("SELECT COUNT(*) FROM Lead").fetchone() == (1,)
    org.advance(600)
    error = org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin).errors[0]
    assert error.status_code == "UNABLE_TO_LOCK_ROW"
    assert lead in error.message
    later = a_lead(org)
    org.commit("slow")
    assert org.read("Lead", lead, actor=org.admin)["City"] == "Neu"
    appeared = org.read("Lead", created(held[1]), actor=org.admin)
    assert appeared["SystemModstamp"] == T0
    assert appeared["SystemModstamp"] < org.read("Lead", later, actor=org.admin)["SystemModstamp"]
    assert org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin).success


def test_a_rolled_back_hold_never_happened(org: Org) -> None:
    lead = a_lead(org, City="Alt")
    org.hold("slow", [("update", "Lead", lead, {"City": "Neu"})], actor=org.admin)
    org.rollback("slow")
    assert org.read("Lead", lead, actor=org.admin)["City"] == "Alt"
    assert org.update("Lead", lead, {"City": "Bonn"}, actor=org.admin).success
    with pytest.raises(ApiError):
        org.commit("slow")


def test_a_hold_with_a_refused_row_is_not_opened(org: Org) -> None:
    with pytest.raises(ApiError) as refused:
        org.hold("slow", [("insert", "Lead", None, {})], actor=org.admin)
    assert refused.value.error_code == "REQUIRED_FIELD_MISSING"
    with pytest.raises(ApiError):
        org.rollback("slow")


# replication
def test_get_updated_reads_whole_minutes_and_leaves_out_the_end(org: Org) -> None:
    lead = a_lead(org)
    org.advance(90)
    late = a_lead(org)
    ids, covered = org.updated("Lead", NOON - timedelta(hours=1), NOON + timedelta(seconds=119))
    assert ids == [lead]
    assert covered == NOON + timedelta(minutes=1)
    org.advance(60)
    ids, _ = org.updated("Lead", NOON + timedelta(seconds=59), NOON + timedelta(minutes=2))
    assert ids == [lead, late]


def test_latest_date_covered_falls_back_to_an_open_transaction(org: Org) -> None:
    org.advance(61)
    org.hold("slow", [("insert", "Lead", None, {"LastName": "H", "Company": "H"})], actor=org.admin)
    org.advance(600)
    start, end = NOON - timedelta(hours=1), NOON + timedelta(minutes=10)
    ids, covered = org.updated("Lead", start, end)
    assert (ids, covered) == ([], NOON + timedelta(seconds=61))
    org.commit("slow")
    ids, covered = org.updated("Lead", covered, end)
    assert len(ids) == 1
    assert covered == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(0), timedelta(seconds=59)),
        (timedelta(minutes=5), timedelta(0)),
        (timedelta(days=-31), timedelta(0)),
    ],
)
def test_a_span_that_is_not_allowed_is_an_invalid_replication_date(
    org: Org, start: timedelta, end: timedelta
) -> None:
    with pytest.raises(ApiError) as refused:
        org.updated("Lead", NOON + start, NOON + end)
    assert (refused.value.http_status, refused.value.error_code) == (400, "INVALID_REPLICATION_DATE")


def test_an_undeleted_row_leaves_the_deleted_log(org: Org) -> None:
    lead = a_lead(org)
    org.delete("Lead", lead, actor=org.admin)
    org.undelete("Lead", lead, actor=org.admin)
    org.advance(120)
    rows, _, covered = org.deleted("Lead", NOON - timedelta(hours=1), NOON + timedelta(minutes=2))
    assert rows == []
    assert covered == NOON + timedelta(minutes=2)


# approvals
def test_a_submitted_record_is_locked_until_it_is_decided(org: Org) -> None:
    org.define_approval("Deal__c", "Deal approval")
    deal = make(org, "Deal__c")
    robot = org.user_by_username("connector@practice.example")
    assert robot is not None
    sent = org.submit(deal, actor=robot, comments="please", approvers=[org.admin.id])
    assert sent["instanceStatus"] == "Pending"
    assert code(org.update("Deal__c", deal, {"Stage__c": "Open"}, actor=robot)) == "ENTITY_IS_LOCKED"
    assert org.update("Deal__c", deal, {"Value__c": 1}, actor=org.admin).success
    with pytest.raises(ApiError) as twice:
        org.submit(deal, actor=robot, approvers=[org.admin.id])
    assert twice.value.error_code == "ALREADY_IN_PROCESS"
    done = org.approve(sent["newWorkitemIds"][0], "Reject", actor=org.admin, comments="no")
    assert done["instanceStatus"] == "Rejected"
    assert org.update("Deal__c", deal, {"Stage__c": "Open"}, actor=robot).success
    steps = org.reader().execute("SELECT StepStatus, ActorId, Comments FROM ProcessInstanceStep ORDER BY Id")
    assert list(steps) == [("Started", robot.id, "please"), ("Rejected", org.admin.id, "no")]
    assert org.reader().execute("SELECT COUNT(*) FROM ProcessInstanceWorkitem").fetchone() == (0,)


def test_only_the_approver_decides(org: Org) -> None:
    org.define_approval("Deal__c", "Deal approval")
    sent = org.submit(make(org, "Deal__c"), actor=org.admin, approvers=[org.admin.id])
    robot = org.user_by_username("connector@practice.example")
    assert robot is not None
    with pytest.raises(ApiError) as refused:
        org.approve(sent["newWorkitemIds"][0], "Approve", actor=robot)
    assert refused.value.error_code == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_an_object_without_a_process_cannot_be_submitted(org: Org) -> None:
    with pytest.raises(ApiError) as refused:
        org.submit(a_lead(org), actor=org.admin)
    assert refused.value.error_code == "NO_APPLICABLE_PROCESS"


# what the platform derives
def test_a_partner_owner_lends_the_lead_its_firm(org: Org) -> None:
    firm, user = partner_user(org)
    lead = a_lead(org, OwnerId=user)
    assert stored(org, "Lead", lead)["PartnerAccountId"] == firm
    org.update("Lead", lead, {"OwnerId": queue_id(org)}, actor=org.admin)
    assert stored(org, "Lead", lead)["PartnerAccountId"] is None
    found = org.user(user)
    assert found is not None
    assert (found.user_type, found.account_id, found.is_partner) == ("PowerPartner", firm, True)


def test_a_closed_task_moves_the_last_activity_and_the_stamp_but_not_the_modification(org: Org) -> None:
    lead = a_lead(org)
    org.advance(60)
    task = {"WhoId": lead, "Subject": "Call", "Priority": "Normal", "ActivityDate": "2026-05-03"}
    created(org.insert("Task", {**task, "Status": "Not Started"}, actor=org.admin))
    assert stored(org, "Lead", lead)["LastActivityDate"] is None
    created(org.insert("Task", {**task, "Status": "Completed"}, actor=org.admin))
    row = stored(org, "Lead", lead)
    assert (row["LastActivityDate"], row["SystemModstamp"], row["LastModifiedDate"]) == ("2026-05-03", T1, T0)


def test_a_stage_implies_probability_category_and_outcome(org: Org) -> None:
    deal = make(org, "Opportunity", Name="D", StageName="Qualification", CloseDate="2026-05-30", Amount=1000)
    row = stored(org, "Opportunity", deal)
    assert (row["Probability"], row["ExpectedRevenue"], row["ForecastCategory"]) == (10.0, 100.0, "Pipeline")
    assert (row["Fiscal"], row["FiscalQuarter"], row["LastStageChangeDate"]) == ("2026 2", 2, None)
    org.advance(60)
    org.update("Opportunity", deal, {"StageName": "Closed Won"}, actor=org.admin)
    row = stored(org, "Opportunity", deal)
    assert (row["IsClosed"], row["IsWon"], row["Probability"], row["LastStageChangeDate"]) == (
        1,
        1,
        100.0,
        T1,
    )


def test_lines_add_up_to_the_amount(org: Org) -> None:
    deal = make(org, "Opportunity", Name="D", StageName="Qualification", CloseDate="2026-05-30", Amount=1)
    product = make(org, "Product2", Name="Gate", IsActive=True)
    book = org.reader().execute("SELECT Id FROM Pricebook2").fetchone()[0]
    entry = make(org, "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice=20, IsActive=True)
    make(org, "OpportunityLineItem", OpportunityId=deal, PricebookEntryId=entry, Quantity=2)
    line = make(
        org, "OpportunityLineItem", OpportunityId=deal, PricebookEntryId=entry, Quantity=1, UnitPrice=15
    )
    row = stored(org, "Opportunity", deal)
    assert (row["HasOpportunityLineItem"], row["Amount"]) == (1, 55.0)
    org.delete("OpportunityLineItem", line, actor=org.admin)
    assert stored(org, "Opportunity", deal)["Amount"] == 40.0


def test_a_roll_up_follows_its_details_without_a_stamp(org: Org) -> None:
    deal = make(org, "Deal__c")
    org.advance(60)
    make(org, "Deal_Note__c", Name="a", Deal__c=deal, Weight__c=1.5)
    note = make(org, "Deal_Note__c", Name="b", Deal__c=deal, Weight__c=2)
    assert stored(org, "Deal__c", deal)["Notes_Weight__c"] == 3.5
    org.update("Deal_Note__c", note, {"Weight__c": 3}, actor=org.admin)
    assert stored(org, "Deal__c", deal)["Notes_Weight__c"] == 4.5
    org.delete("Deal_Note__c", note, actor=org.admin)
    row = stored(org, "Deal__c", deal)
    assert (row["Notes_Weight__c"], row["SystemModstamp"]) == (1.5, T0)
    org.undelete("Deal_Note__c", note, actor=org.admin)
    assert stored(org, "Deal__c", deal)["Notes_Weight__c"] == 4.5
    refused = org.update("Deal__c", deal, {"Notes_Weight__c": 1}, actor=org.admin)
    assert code(refused) == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_firm_that_stops_being_a_partner_loses_its_users_roles(org: Org) -> None:
    firm, user = partner_user(org)
    assert stored(org, "User", user)["PortalRole"] is None
    with org.transaction():
        org.reader().execute("UPDATE User SET PortalRole = 'Manager' WHERE Id = ?", (user,))
    org.update("Account", firm, {"IsPartner": False}, actor=org.admin)
    org.update("Account", firm, {"IsPartner": True}, actor=org.admin)
    assert stored(org, "User", user)["PortalRole"] is None


def test_a_master_row_in_an_open_transaction_locks_its_new_details_out(org: Org) -> None:
    deal = make(org, "Deal__c")
    org.hold("slow", [("update", "Deal__c", deal, {"Value__c": 1})], actor=org.admin)
    refused = org.insert("Deal_Note__c", {"Name": "n", "Deal__c": deal}, actor=org.admin)
    assert code(refused) == "UNABLE_TO_LOCK_ROW"
    org.commit("slow")
    make(org, "Deal_Note__c", Name="n", Deal__c=deal)


def test_autonumbers_count_up_and_past_what_a_seed_gave(org: Org) -> None:
    assert stored(org, "Deal__c", make(org, "Deal__c"))["Name"] == "D-0001"
    org.bulk_insert("Deal__c", [{"Name": "D-0040"}])
    assert stored(org, "Deal__c", make(org, "Deal__c"))["Name"] == "D-0041"


# seeding
def test_bulk_rows_are_complete_and_found_by_index(org: Org) -> None:
    firm, user = partner_user(org)
    pool = queue_id(org)
    rows = (
        {
            "LastName": f"L{number}",
            "Company": f"C{number}",
            "OwnerId": user if number % 2 else pool,
            "CreatedDate": "2024-01-01T00:00:00.000Z",
            "LastModifiedDate": "2024-02-01T00:00:00.000Z",
        }
        for number in range(10_001)
    )
    assert org.bulk_insert("Lead", rows) == 10_001
    reader = org.reader()
    assert reader.execute("SELECT COUNT(*) FROM Lead WHERE PartnerAccountId = ?", (firm,)).fetchone() == (
        5000,
    )
    row = stored(org, "Lead", reader.execute("SELECT MAX(Id) FROM Lead").fetchone()[0])
    assert (row["Name"], row["Status"], row["SystemModstamp"]) == (
        "L10000",
        "New",
        "2024-02-01T00:00:00.000Z",
    )
    assert row["CreatedById"] == row["LastModifiedById"] == org.admin.id
    plan = reader.execute(
        "EXPLAIN QUERY PLAN SELECT Id FROM Lead WHERE SystemModstamp > ? ORDER BY SystemModstamp, Id LIMIT 9",
        ("x",),
    ).fetchall()
    assert "Lead_SystemModstamp_Id" in plan[0][3]


# logins
def test_a_token_names_the_org_and_ends_when_revoked_or_expired(org: Org) -> None:
    token = org.issue_token(org.admin)
    assert token.startswith(f"{org.organization_id[:15]}!")
    assert org.user_by_token(token) == org.admin
    assert org.revoke(token)
    assert org.user_by_token(token) is None
    brief = org.issue_token(org.admin, lifetime=60)
    org.advance(61)
    assert org.user_by_token(brief) is None
    other = org.issue_token(org.admin)
    assert org.expire(other)
    assert org.user_by_token(other) is None
    assert org.user_by_token("nonsense") is None


def test_a_deactivated_user_has_no_session_and_owns_nothing_new(org: Org) -> None:
    _, user = partner_user(org)
    found = org.user(user)
    assert found is not None
    token = org.issue_token(found)
    assert org.update("User", user, {"IsActive": False}, actor=org.admin).success
    assert org.user_by_token(token) is None
    refused = org.insert("Lead", {"LastName": "x", "Company": "x", "OwnerId": user}, actor=org.admin)
    assert code(refused) == "INACTIVE_OWNER_OR_USER"


def test_assigning_a_permission_set_changes_the_login(org: Org) -> None:
    _, user = partner_user(org)

    def login() -> User:
        found = org.user(user)
        assert found is not None
        return found

    assert login().custom_permissions == frozenset()
    org.assign(user, "Robot")
    assert login().custom_permissions == {"Robot_Writes"}
    with pytest.raises(ValueError, match="the project ships: Robot"):
        org.assign(user, "Nothing")
