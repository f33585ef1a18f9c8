"""The sources' stories, each asserted through the org's own REST answers after the daemon has judged them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from simple_salesforce.api import Salesforce

from connector.bootstrap import compiled
from connector.canonical.ids import OrgId
from connector.demo.proof import compared, plain
from connector.profiles import read_profiles
from connector.salesforce import OrgSettings, connect
from connector.store import open_store
from tests.acceptance.conftest import Day

pytestmark = pytest.mark.timeout(240)


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_trigger_happy_firm_keeps_what_its_quota_allows_and_the_rest_goes_back(played: Day) -> None:
    """R3.6, R3.7: users of one firm share its quota; over it, the lead returns to its queue with the reason."""
    story, people = played.people.stories["trigger_happy_claimer"], played.people
    rows = [people.read("Lead", story[f"lead_{number}"]) for number in range(1, 7)]
    assert [row["OwnerId"] for row in rows[2:]] == [story["queue"]] * 4
    assert {row["Claim_Verdict__c"] for row in rows[2:]} == {"Returned"}
    assert all("20" in row["Claim_Message__c"] for row in rows[2:])


def test_unworked_leads_return_to_their_pool_and_the_firm_shows_its_free_places(played: Day) -> None:
    """R3.8: a claimed lead is worked within ten days, or goes back."""
    story, people = played.people.stories["trigger_happy_claimer"], played.people
    row = people.read("Lead", story["lead_1"])
    firm = people.read("Account", story["firm"])
    held = people.rows(
        "SELECT Id FROM Lead WHERE IsConverted = false AND OwnerId IN "
        f"(SELECT Id FROM User WHERE AccountId = '{story['firm']}')"
    )
    assert (row["OwnerId"], row["Claim_Verdict__c"]) == (story["queue"], "Recycled")
    assert firm["Claims_Held__c"] == len(held)
    assert firm["Claims_Remaining__c"] == 20 - len(held)


def test_the_first_complete_filing_wins_over_the_earlier_incomplete_one(played: Day) -> None:
    """R1.3: an incomplete filing holds no place; R1.13: everything missing had been said at once."""
    story, people = played.people.stories["late_completion"], played.people
    late = people.read("Deal_Registration__c", story["incomplete_registration"])
    first = people.read("Deal_Registration__c", story["complete_registration"])
    said = next(scene for scene in played.scenes if scene.shown.get("Missing_Items__c")).shown[
        "Missing_Items__c"
    ]
    assert (late["Status__c"], first["Status__c"]) == ("Rejected", "Approved")
    assert when(late["Submitted_At__c"]) < when(first["Submitted_At__c"])
    assert len(said.splitlines()) >= 6
    assert late["Missing_Items__c"] is None


def test_two_partners_on_one_deal_are_ruled_by_a_person_and_both_records_show_the_conflict(
    played: Day,
) -> None:
    """R1.2: two complete filings minutes apart; the person's ruling stands on the record."""
    story, people = played.people.stories["two_partners_one_deal"], played.people
    rows = [
        people.read("Deal_Registration__c", story[f"{name}_registration"]) for name in ("first", "second")
    ]
    earlier, later = sorted(rows, key=lambda row: when(row["Submitted_At__c"]))
    pairs = people.rows("SELECT Left__c, Right__c, Kind__c, Evidence__c, Status__c FROM Channel_Conflict__c")
    pair = next(row for row in pairs if {row["Left__c"], row["Right__c"]} == {earlier["Id"], later["Id"]})
    assert (earlier["Status__c"], later["Status__c"]) == ("Approved", "Rejected")
    assert (pair["Status__c"], earlier["In_Conflict__c"], later["In_Conflict__c"]) == (
        "Resolved",
        False,
        False,
    )
    assert later["Review_Decision__c"] == "Reject"
    assert pair["Kind__c"] == "partner_partner"
    assert "name" in pair["Evidence__c"]


def test_no_partner_reads_a_rivals_name_on_any_registration_or_lead(played: Day) -> None:
    """Law 17: nothing written where a partner reads names a rival firm."""
    people = played.people
    firms = [row["Name"] for row in people.rows("SELECT Name FROM Account WHERE IsPartner = true")]
    texts = [
        *(
            row["Ruling_Message__c"]
            for row in people.rows("SELECT Ruling_Message__c FROM Deal_Registration__c")
        ),
        *(row["Claim_Message__c"] for row in people.rows("SELECT Claim_Message__c FROM Lead")),
    ]
    said = [text for text in texts if text]
    assert len(said) > 20
    assert not [text for text in said for firm in firms if firm in text]


def test_a_direct_close_of_a_protected_deal_is_flagged_on_both_records(played: Day) -> None:
    """R0.5, R1.1: direct sales takes a partner's deal late in the game."""
    story, people = played.people.stories["direct_takes_partner_deal"], played.people
    deal = people.read("Opportunity", story["direct_opportunity"])
    registration = people.read("Deal_Registration__c", story["registration"])
    pairs = people.rows("SELECT Left__c, Right__c FROM Channel_Conflict__c WHERE Kind__c = 'poach'")
    assert deal["IsWon"]
    assert deal["Conflict_Flag__c"] == "Poached"
    assert registration["In_Conflict__c"]
    assert {deal["Id"], registration["Id"]} in [{row["Left__c"], row["Right__c"]} for row in pairs]


def test_the_name_without_its_region_is_recognised_as_the_lead_another_firm_holds(played: Day) -> None:
    """R4.8: 美来尔工程技术有限公司 against 美来尔工程技术(北京)有限公司, as a name-variant conflict."""
    story, people = played.people.stories["meilaier"], played.people
    entered = people.rows(
        f"SELECT Id, Claim_Verdict__c FROM Lead WHERE Company = '{story['company_to_enter']}'"
    )[0]
    pairs = people.rows("SELECT Left__c, Right__c FROM Channel_Conflict__c WHERE Kind__c = 'name_variant'")
    shown = next(scene for scene in played.scenes if scene.record == entered["Id"]).shown
    assert shown["Claim_Verdict__c"] == "Conflict"
    assert {entered["Id"], story["held_lead"]} in [{row["Left__c"], row["Right__c"]} for row in pairs]


def test_the_callers_number_as_landline_and_fax_is_held_as_a_suspected_fake_contact(played: Day) -> None:
    """R4.9, here as a suspected fake contact: landline = fax = caller id."""
    shown = next(scene for scene in played.scenes if scene.title == "The caller's number").shown
    pairs = played.people.rows("SELECT Left__c FROM Channel_Conflict__c WHERE Kind__c = 'fake_contact'")
    assert shown["Claim_Verdict__c"] == "On Hold"
    assert shown["Id"] in [row["Left__c"] for row in pairs]


def test_conversion_keeps_who_brought_the_deal(played: Day) -> None:
    """R0.1, R3.10: the claim carries through conversion, and the credit with it."""
    story, people = played.people.stories["convertible"], played.people
    lead = people.read("Lead", story["lead"])
    deal = people.read("Opportunity", lead["ConvertedOpportunityId"])
    assert deal["Sourcing_Partner__c"] == story["firm"]


def test_a_complete_filing_is_protected_from_the_moment_its_ruling_stood_on_the_record(played: Day) -> None:
    """R0.5, R1.4: the window runs from the partner's notification and lasts 90 days."""
    shown = next(scene for scene in played.scenes if scene.title == "A complete filing").shown
    assert when(shown["Protected_From__c"]) == when(shown["Status_Since__c"])
    assert when(shown["Protected_Until__c"]) - when(shown["Protected_From__c"]) == timedelta(days=90)


def test_the_record_on_legal_hold_is_the_only_dead_letter_and_says_why(played: Day) -> None:
    """Law 14: a refused record stops nobody else."""
    dead = [item for item in played.undelivered if item["state"] == "dead"]
    assert {item["record"] for item in dead} == {played.people.stories["poison"]["registration"]}
    assert {item["code"] for item in dead} == {"FIELD_CUSTOM_VALIDATION_EXCEPTION"}
    assert all("legal hold" in item["reason"] for item in dead)


def test_every_row_and_field_of_the_mirror_equals_the_org_as_another_client_reads_it(played: Day) -> None:
    """Law 6: the mirror is the org. Read with simple-salesforce, field by field."""
    url, token = played.hello["instance_url"], played.hello["access_token"]
    org = connect(OrgSettings(instance_url=url, access_token=token))
    mapping = compiled(org, read_profiles(("partner_leads", "deal_registration")))
    store = open_store(f"sqlite:///{played.config.parent}/day.db", OrgId(org.identity().organization_id))
    assert compared(played.people, store, mapping.objects) == []
    other = Salesforce(instance_url=url.replace("http://", "https://"), session_id=token, version="60.0")
    other.base_url = f"{url}/services/data/v60.0/"
    with store.reading() as view:
        for name in mapping.objects:
            mine = {version.id: dict(version.values) for version in view.mirror.scan(name)}
            rows: list[dict[str, Any]] = list(
                other.query_all_iter(f"SELECT {', '.join(mapping.objects[name])} FROM {name}")
            )
            theirs = {row["Id"]: {key: plain(row[key]) for key in mapping.objects[name]} for row in rows}
            assert mine == theirs
    store.close()


def test_explain_names_the_rule_the_rival_record_and_the_clock(played: Day) -> None:
    """R4.14: why did it go elsewhere, in plain words with the records that decided it."""
    story = played.people.stories["late_completion"]
    found = played.answer("explain", story["incomplete_registration"][:15])
    last = [step for step in found["steps"] if step["outcome"]][-1]
    reason = next(reason for reason in last["reasons"] if reason["effect"] == "refuse")
    assert last["outcome"] == "reject"
    assert reason["rule"] == "partner_partner"
    assert story["complete_registration"] in [party["record"] for party in reason["parties"]]
    assert found["steps"][0]["certain"]


def test_the_daemon_stops_cleanly_when_asked(played: Day) -> None:
    assert played.exit_code == 0


def test_the_log_of_the_day_holds_no_secret(played: Day) -> None:
    log = played.log.read_text()
    assert "snapshot taken" in log
    assert played.hello["client_secret"] not in log
    assert played.hello["access_token"] not in log


def test_status_counts_what_the_day_left_behind(played: Day) -> None:
    found = played.answer("status")
    assert found["claims"]["revoked"] == 4
    assert found["outbox"].keys() <= {"done", "dead", "superseded"}
    assert all(stream["snapshot_done"] for stream in found["streams"])


def test_a_dead_letter_is_delivered_once_its_cause_is_mended_and_retried(played: Day) -> None:
    """A replayable dead letter: the hold is lifted, ops retry, the ruling arrives."""
    story, people = played.people.stories["poison"], played.people
    people.save(story["username"], "Deal_Registration__c", story["registration"], Legal_Hold__c=False)
    dead = [item for item in played.undelivered if item["state"] == "dead"]
    retried = played.answer("outbox", "retry", *(str(item["id"]) for item in dead))
    done = played.answer("sync", "--once")
    row = people.read("Deal_Registration__c", story["registration"])
    assert retried == {"retry": len(dead)}
    assert done["written"] >= len(dead)
    assert row["Status__c"] == "Approved"
    assert Decimal(str(row["Amount__c"])) >= 20000
