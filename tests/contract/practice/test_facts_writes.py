"""What a save does on the real platform, one fact a test, against the running server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from connector.practice.server import Running, ServeOptions, start_in_thread
from tests.contract.practice.client import Client


@pytest.fixture(scope="module")
def own_org() -> Iterator[Running]:
    """An org whose rules and clock these tests may change."""
    running = start_in_thread(ServeOptions(empty=True))
    yield running
    running.stop()


@pytest.fixture
def own(own_org: Running) -> Iterator[Client]:
    made = Client(own_org)
    yield made
    made.delete("/practice/faults")
    made.session.close()


def code(answer: Any) -> str:
    return str(answer.json()[0]["errorCode"])


def me(client: Client) -> str:
    return str(client.get("/services/oauth2/userinfo").json()["user_id"])


def admin(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/practice/users").json()[0]
    return found


def queue(client: Client, name: str = "Partner_Pool") -> str:
    return str(client.query(f"SELECT Id FROM Group WHERE DeveloperName = '{name}'")[0]["Id"])


def test_a_lead_saved_over_the_api_meets_the_assignment_rule_unless_told_not_to(own: Client) -> None:
    """Documented: a lead returned to its queue may move again, unless `Sforce-Auto-Assign: FALSE`."""
    entry = {"when": "ISPICKVAL(LeadSource, 'Web')", "to": "Partner_Pool_Iberia"}
    own.act("declare", objects={"Lead": {"assignment": [entry]}})
    moved, left = own.lead(), own.lead()
    assert own.patch(f"sobjects/Lead/{moved}", {"LeadSource": "Web"}).status_code == 204
    quiet = {"Sforce-Auto-Assign": "FALSE"}
    assert own.patch(f"sobjects/Lead/{left}", {"LeadSource": "Web"}, headers=quiet).status_code == 204
    owners = [own.read("Lead", each)["OwnerId"] for each in (moved, left)]
    assert owners == [queue(own, "Partner_Pool_Iberia"), me(own)]


def test_a_record_in_approval_is_locked_for_writes(own: Client) -> None:
    own.act("define_approval", object="Opportunity")
    deal = own.create("Opportunity", Name="Sperre", StageName="Prospecting", CloseDate="2030-01-01")
    asked = {"actionType": "Submit", "contextId": deal, "nextApproverIds": [me(own)]}
    (submitted,) = own.post("process/approvals", {"requests": [asked]}).json()
    refused = own.patch(f"sobjects/Opportunity/{deal}", {"NextStep": "x"})
    assert (refused.status_code, code(refused)) == (400, "ENTITY_IS_LOCKED")
    row = {"attributes": {"type": "Opportunity"}, "Id": deal, "NextStep": "x"}
    (told,) = own.patch("composite/sobjects", {"records": [row]}).json()
    assert told["errors"][0]["statusCode"] == "ENTITY_IS_LOCKED"
    token = own.post("/practice/login", {"username": admin(own)["username"]}).json()["access_token"]
    may_edit_locked = Client(own.running, token=token)
    assert may_edit_locked.patch(f"sobjects/Opportunity/{deal}", {"NextStep": "y"}).status_code == 204
    decided = {"actionType": "Approve", "contextId": submitted["newWorkitemIds"][0]}
    own.post("process/approvals", {"requests": [decided]})
    assert own.patch(f"sobjects/Opportunity/{deal}", {"NextStep": "z"}).status_code == 204
    steps = own.query(
        f"SELECT Status, (SELECT StepStatus FROM Steps) FROM ProcessInstance WHERE TargetObjectId = '{deal}'"
    )
    assert steps[0]["Status"] == "Approved"
    assert {each["StepStatus"] for each in steps[0]["Steps"]["records"]} == {"Started", "Approved"}


def test_validation_rules_run_on_api_changes_and_compare_with_the_prior_owner(own: Client) -> None:
    lead, pool = own.lead(), queue(own)
    values = {"OwnerId": pool, "Expected_Owner__c": pool}
    refused = own.patch(f"sobjects/Lead/{lead}", values, headers={"Sforce-Auto-Assign": "FALSE"})
    assert code(refused) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert own.patch(f"sobjects/Lead/{lead}", values | {"Expected_Owner__c": me(own)}).status_code == 204


def test_accept_and_mass_transfer_bypass_validation_rules(own: Client) -> None:
    rule = {"formula": "ISCHANGED(OwnerId) && City = 'Fest'", "message": "The owner is fixed."}
    own.act("declare", objects={"Lead": {"rules": {"Fixed_Owner": rule}}})
    pool, username = queue(own), own.running.greeting["username"]
    lead = own.lead(City="Fest", OwnerId=pool)
    wanted = {"OwnerId": me(own), "Expected_Owner__c": pool}
    refused = own.patch(f"sobjects/Lead/{lead}", wanted)
    assert refused.json()[0]["message"] == "The owner is fixed."
    assert own.act("accept", id=lead, actor=username) == {"ids": [lead]}
    taken = own.read("Lead", lead)
    assert (taken["OwnerId"], taken["LastModifiedById"]) == (me(own), me(own))
    assert taken["Owner_Before__c"] == pool
    own.act("transfer", ids=[lead], ownerId=admin(own)["id"])
    assert own.read("Lead", lead)["OwnerId"] == admin(own)["id"]
    again = own.post("/practice/acts/accept", {"id": lead, "actor": username})
    assert "waits in no queue" in again.json()[0]["message"]
    history = own.query(f"SELECT NewValue FROM LeadHistory WHERE LeadId = '{lead}' AND Field = 'Owner'")
    assert len(history) == 4


def test_audit_fields_are_set_on_create_only_by_who_was_granted_it(own: Client) -> None:
    values = {
        "LastName": "Alt",
        "Company": "Alt AG",
        "CreatedDate": "2001-02-03T04:05:06.000+0000",
        "LastModifiedDate": "2002-02-03T04:05:06.000+0000",
    }
    assert code(own.post("sobjects/Lead", values)) == "INVALID_FIELD_FOR_INSERT_UPDATE"
    own.act("grant", username=own.running.greeting["username"], permission="CreateAuditFields")
    found = own.read("Lead", own.create("Lead", **values))
    assert found["CreatedDate"] == "2001-02-03T04:05:06.000+0000"
    assert found["LastModifiedDate"] == "2002-02-03T04:05:06.000+0000"
    assert found["SystemModstamp"] > "2026"


def test_the_modstamp_moves_for_an_activity_and_the_modified_date_does_not(own: Client) -> None:
    lead = own.lead()
    before = own.read("Lead", lead)
    own.act("advance", seconds=60)
    own.create("Task", WhoId=lead, Subject="Call", Status="Completed", ActivityDate="2026-01-02")
    after = own.read("Lead", lead)
    assert after["LastActivityDate"] == "2026-01-02"
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert after["LastModifiedDate"] == before["LastModifiedDate"]


def test_the_modstamp_moves_when_a_picklist_value_is_replaced_and_the_modified_date_does_not(
    own: Client,
) -> None:
    lead, other = own.lead(Industry="Chemicals"), own.lead(Industry="Machinery")
    before = own.read("Lead", lead)
    own.act("advance", seconds=60)
    done = own.act("replace_value", object="Lead", field="Industry", old="Chemicals", new="Utilities")
    after = own.read("Lead", lead)
    assert done == {"ids": [lead]}
    assert (after["Industry"], own.read("Lead", other)["Industry"]) == ("Utilities", "Machinery")
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert after["LastModifiedDate"] == before["LastModifiedDate"]


def test_a_formula_changes_without_a_stamp(own: Client) -> None:
    """Seen by others: formula fields change and SystemModstamp stays."""
    formula = {"type": "Text", "formula": "Account.Phone"}
    own.act("declare", objects={"Opportunity": {"fields": {"Firm_Phone__c": formula}}})
    account = own.create("Account", Name="Formel AG", Phone="1")
    values = {"Name": "F", "StageName": "Prospecting", "CloseDate": "2030-01-01", "AccountId": account}
    deal = own.create("Opportunity", **values)
    before = own.read("Opportunity", deal)
    own.act("advance", seconds=60)
    own.patch(f"sobjects/Account/{account}", {"Phone": "2"})
    after = own.read("Opportunity", deal)
    assert (before["Firm_Phone__c"], after["Firm_Phone__c"]) == ("1", "2")
    assert after["SystemModstamp"] == before["SystemModstamp"]


def test_a_partner_owner_gives_the_lead_its_partner_account(seeded: Client) -> None:
    """PartnerAccountId is read-only and derived: null for queues and for our own people."""
    rows = seeded.query("SELECT OwnerId, Owner.Type, PartnerAccountId FROM Lead")
    firms = {row["Id"]: row["AccountId"] for row in seeded.query("SELECT Id, AccountId FROM User")}
    assert {row["PartnerAccountId"] for row in rows} - {None}
    for row in rows:
        assert row["PartnerAccountId"] == firms.get(row["OwnerId"])
    described = seeded.get("sobjects/Lead/describe").json()["fields"]
    field = next(each for each in described if each["name"] == "PartnerAccountId")
    assert (field["createable"], field["updateable"]) == (False, False)


def test_rest_null_clears_and_an_absent_field_stays(own: Client) -> None:
    lead = own.lead(City="Ulm", Title="Chef")
    own.patch(f"sobjects/Lead/{lead}", {"City": None})
    found = own.read("Lead", lead)
    assert (found["City"], found["Title"]) == (None, "Chef")


def test_a_change_within_the_second_passes_if_unmodified_since(own: Client) -> None:
    """Recorded: it compares whole seconds."""
    lead = own.lead()
    stamp = datetime.fromisoformat(own.read("Lead", lead)["SystemModstamp"])
    header = {"If-Unmodified-Since": stamp.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    assert own.patch(f"sobjects/Lead/{lead}", {"City": "A"}, headers=header).status_code in {204, 412}
    same_second = datetime.fromisoformat(own.read("Lead", lead)["SystemModstamp"]) == stamp
    answer = own.patch(f"sobjects/Lead/{lead}", {"City": "B"}, headers=header)
    assert answer.status_code == (204 if same_second else 412)
    own.act("advance", seconds=2)
    own.patch(f"sobjects/Lead/{lead}", {"City": "C"})
    refused = own.patch(f"sobjects/Lead/{lead}", {"City": "D"}, headers=header)
    assert refused.status_code == 412
    assert own.delete(f"sobjects/Lead/{lead}", headers=header).status_code == 204


def test_a_locked_row_is_unable_to_lock_row_and_others_of_the_call_pass(own: Client) -> None:
    held, free = own.lead(), own.lead()
    op = {"op": "update", "object": "Lead", "id": held, "values": {"City": "Lang"}}
    own.act("hold", name="row-lock", ops=[op])
    rows = [{"attributes": {"type": "Lead"}, "Id": each, "City": "Kurz"} for each in (held, free)]
    first, second = own.patch("composite/sobjects", {"records": rows}).json()
    own.act("rollback", name="row-lock")
    assert first["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert second["success"] is True


def test_a_converted_lead_is_read_only_to_most(own: Client) -> None:
    lead = own.lead()
    made = own.act("convert", leadId=lead)
    found = own.read("Lead", lead)
    assert (found["IsConverted"], found["ConvertedAccountId"]) == (True, made["accountId"])
    assert code(own.patch(f"sobjects/Lead/{lead}", {"City": "x"})) == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_a_merge_leaves_losers_that_name_their_master_and_moves_their_children(own: Client) -> None:
    master, loser = own.create("Account", Name="Eins"), own.create("Account", Name="Zwei")
    contact = own.create("Contact", LastName="Kind", AccountId=loser)
    own.act("merge", object="Account", masterId=master, loserIds=[loser])
    soql = f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'"
    (found,) = own.query(soql, everything=True)
    assert (found["IsDeleted"], found["MasterRecordId"]) == (True, master)
    assert own.read("Contact", contact)["AccountId"] == master


def test_ids_past_the_bin_show_in_deleted_alone(own: Client) -> None:
    lead = own.lead()
    own.delete(f"sobjects/Lead/{lead}")
    own.act("empty_bin")
    assert own.query(f"SELECT Id FROM Lead WHERE Id = '{lead}'", everything=True) == []
    now = datetime.fromisoformat(own.get("/practice/clock").json()["now"]).timestamp()
    span = {
        name: datetime.fromtimestamp(now + shift).astimezone().isoformat()
        for name, shift in (("start", -600), ("end", 120))
    }
    deleted = own.get("sobjects/Lead/deleted", params=span).json()["deletedRecords"]
    assert lead in {each["id"] for each in deleted}
    assert set(deleted[0]) == {"id", "deletedDate"}
