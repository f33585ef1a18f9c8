"""Acts of other people and of time, asked for under `/practice/`."""

from __future__ import annotations

from datetime import datetime

import pytest

from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.practice.client import Client


def test_acts_cost_no_api_call_and_need_no_login(client: Client) -> None:
    before = client.get("limits").headers["Sforce-Limit-Info"]
    anonymous = Client(client.running, token="nobody")
    assert anonymous.get("/practice/clock").status_code == 200
    assert "Sforce-Limit-Info" not in anonymous.get("/practice/clock").headers
    after = client.get("limits").headers["Sforce-Limit-Info"]
    used = [int(each.split("=")[1].split("/")[0]) for each in (before, after)]
    assert used[1] - used[0] == 1


def test_a_converted_lead_points_at_what_it_became(client: Client) -> None:
    lead = client.lead()
    made = client.act("convert", leadId=lead)
    found = client.read("Lead", lead)
    assert found["IsConverted"] is True
    assert found["ConvertedAccountId"] == made["accountId"]
    assert found["ConvertedContactId"] == made["contactId"]
    assert found["ConvertedOpportunityId"] == made["opportunityId"]


def test_merged_losers_are_deleted_and_name_their_master(client: Client) -> None:
    master, loser = client.lead(), client.lead()
    client.act("merge", object="Lead", masterId=master, loserIds=[loser])
    soql = f"SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '{loser}'"
    (found,) = client.query(soql, everything=True)
    assert (found["IsDeleted"], found["MasterRecordId"]) == (True, master)


def test_a_deleted_row_comes_back_until_the_bin_is_emptied(client: Client) -> None:
    lead, lost = client.lead(), client.lead()
    client.delete(f"sobjects/Lead/{lead}")
    client.act("undelete", object="Lead", id=lead)
    assert client.read("Lead", lead)["IsDeleted"] is False
    client.delete(f"sobjects/Lead/{lost}")
    client.act("empty_bin")
    assert client.query(f"SELECT Id FROM Lead WHERE Id = '{lost}'", everything=True) == []


def test_held_rows_are_unseen_locked_and_appear_with_earlier_stamps(client: Client) -> None:
    lead = client.lead(City="Alt")
    ops = [
        {"op": "update", "object": "Lead", "id": lead, "values": {"City": "Neu"}},
        {"op": "insert", "object": "Lead", "values": {"LastName": "Gehalten", "Company": "Halten AG"}},
    ]
    held = client.act("hold", name="slow", ops=ops)
    assert [each["success"] for each in held["results"]] == [True, True]
    assert client.read("Lead", lead)["City"] == "Alt"
    refused = client.patch(f"sobjects/Lead/{lead}", {"City": "Anders"})
    assert refused.json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    client.act("advance", seconds=120)
    client.act("commit", name="slow")
    found = client.read("Lead", lead)
    assert found["City"] == "Neu"
    now = datetime.fromisoformat(client.get("/practice/clock").json()["now"])
    assert (now - datetime.fromisoformat(found["SystemModstamp"])).total_seconds() >= 120
    assert len(client.query("SELECT Id FROM Lead WHERE Company = 'Halten AG'")) == 1


def test_a_hold_rolled_back_leaves_nothing(client: Client) -> None:
    op = {"op": "insert", "object": "Lead", "values": {"LastName": "Weg", "Company": "Verworfen AG"}}
    client.act("hold", name="gone", ops=[op])
    client.act("rollback", name="gone")
    assert client.query("SELECT Id FROM Lead WHERE Company = 'Verworfen AG'") == []


def test_the_clock_moves_the_date_header_and_the_stamps(client: Client) -> None:
    before = datetime.fromisoformat(client.get("/practice/clock").json()["now"])
    client.act("advance", seconds=86400)
    after = datetime.fromisoformat(client.get("/practice/clock").json()["now"])
    assert 86400 <= (after - before).total_seconds() < 86500
    stamp = client.read("Lead", client.lead())["CreatedDate"]
    assert datetime.fromisoformat(stamp) >= after


def test_a_clock_that_should_go_back_is_refused(client: Client) -> None:
    answer = client.post("/practice/acts/advance", {"seconds": -1})
    assert answer.status_code == 400
    assert "seconds must be a number" in answer.json()[0]["message"]


@pytest.mark.parametrize("name", ["convert", "merge", "undelete", "hold", "commit"])
def test_an_act_without_its_arguments_names_the_missing_one(client: Client, name: str) -> None:
    answer = client.post(f"/practice/acts/{name}", {})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "MISSING_ARGUMENT"


def test_users_are_listed_and_log_in_by_name(seeded: Client) -> None:
    users = seeded.get("/practice/users").json()
    partner = next(each for each in users if each["userType"] == "PowerPartner" and each["isActive"])
    token = seeded.post("/practice/login", {"username": partner["username"]}).json()["access_token"]
    acting = Client(seeded.running, token=token)
    assert acting.get("/services/oauth2/userinfo").json()["user_id"] == partner["id"]
    assert acting.get("sobjects/Channel_Conflict__c/describe").status_code == 404


def test_an_unknown_user_cannot_log_in(client: Client) -> None:
    answer = client.post("/practice/login", {"username": "nobody@practice.example"})
    assert answer.status_code == 404


def test_stories_name_records_that_exist(seeded: Client) -> None:
    stories = seeded.get("/practice/stories").json()
    assert stories
    ids = {
        value
        for roles in stories.values()
        for value in roles.values()
        if isinstance(value, str) and value.startswith("00Q")
    }
    assert ids
    named = ", ".join(f"'{each}'" for each in ids)
    found = {row["Id"] for row in seeded.query(f"SELECT Id FROM Lead WHERE Id IN ({named})", everything=True)}
    assert found == ids


def test_an_act_may_be_another_users(client: Client) -> None:
    lead = client.lead()
    username = client.running.greeting["username"]
    client.act("convert", leadId=lead, actor=username)
    me = client.get("/services/oauth2/userinfo").json()["user_id"]
    assert client.read("Lead", lead)["LastModifiedById"] == me


def test_the_same_seed_gives_the_same_programme() -> None:
    answers = []
    for _ in range(2):
        running = start_in_thread(ServeOptions(leads=50, seed=3))
        try:
            rows = Client(running).query("SELECT Name, Company, City FROM Lead ORDER BY Name, Company, City")
            answers.append([(row["Name"], row["Company"], row["City"]) for row in rows])
        finally:
            running.stop()
    assert len(answers[0]) >= 50
    assert answers[0] == answers[1]
