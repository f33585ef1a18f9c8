"""Each story stands in the org as its requirement tells it, ready to be played on."""

from __future__ import annotations

from typing import Any

import pytest

from connector.practice.clock import instant_of
from connector.practice.seed import Stories
from tests.unit.practice.seed_org import NOW, RowOrg, seeded

REQUIRED = (
    "Customer_Name__c",
    "Customer_City__c",
    "Industry__c",
    "Employees__c",
    "Products__c",
    "Amount__c",
    "Expected_Close__c",
    "Buying_Stage__c",
    "Competitors__c",
    "Origin__c",
    "First_Contact__c",
    "Next_Steps__c",
)


@pytest.fixture(scope="module")
def programme() -> tuple[RowOrg, Stories]:
    return seeded()


@pytest.fixture(scope="module")
def org(programme: tuple[RowOrg, Stories]) -> RowOrg:
    return programme[0]


@pytest.fixture(scope="module")
def stories(programme: tuple[RowOrg, Stories]) -> Stories:
    return programme[1]


def row(org: RowOrg, name: str, record_id: str) -> dict[str, Any]:
    return next(each for each in org.rows[name] if each["Id"] == record_id)


def registration(org: RowOrg, record_id: str) -> dict[str, Any]:
    return row(org, "Deal_Registration__c", record_id)


def complete(org: RowOrg, filing: dict[str, Any]) -> bool:
    """R1.6 to R1.8: every required item is there, with a decision maker and proof."""
    makers = [each for each in org.rows["Decision_Maker__c"] if each["Registration__c"] == filing["Id"]]
    return bool(makers) and all(filing[key] not in (None, "") for key in REQUIRED)


def points(org: RowOrg, record_id: str) -> int:
    """R1.9 by the shipped policy: a confirmed meeting 3, a discovery deliverable 2."""
    proof = [each for each in org.rows["Registration_Evidence__c"] if each["Registration__c"] == record_id]
    return sum(
        3 if each["Kind__c"] == "Meeting" and each["Customer_Confirmed__c"] else 2
        for each in proof
        if each["Kind__c"] in {"Meeting", "Discovery Deliverable"}
    )


def test_every_story_is_told(stories: Stories) -> None:
    assert set(stories) >= {
        "two_partners_one_deal",
        "direct_takes_partner_deal",
        "trigger_happy_claimer",
        "meilaier",
        "fake_contact",
        "late_completion",
        "convertible",
        "poison",
    }


def test_every_id_of_a_story_is_a_record_and_every_username_a_user(org: RowOrg, stories: Stories) -> None:
    ids = {each["Id"] for rows in org.rows.values() for each in rows}
    names = {each["Username"]: each for each in org.rows["User"]}
    for roles in stories.values():
        for role, value in roles.items():
            if role.endswith("username"):
                assert names[value]["IsActive"]
                assert names[value]["LastLoginDate"]
            elif len(value) == 18 and value.isalnum() and value[3:5] == "PS":
                assert value in ids


def test_two_partners_filed_one_deal_minutes_apart(org: RowOrg, stories: Stories) -> None:
    """R1.2: two complete filings for one customer, its name written two ways, undecided."""
    told = stories["two_partners_one_deal"]
    first, second = (registration(org, told[f"{nth}_registration"]) for nth in ("first", "second"))
    assert first["Partner_Account__c"] != second["Partner_Account__c"]
    assert first["Customer_Name__c"] != second["Customer_Name__c"]
    assert first["Customer_Phone__c"] == second["Customer_Phone__c"]
    apart = instant_of(second["Submitted_At__c"]) - instant_of(first["Submitted_At__c"])
    assert apart.total_seconds() == 7 * 60
    for filing in (first, second):
        assert filing["Status__c"] == "Submitted"
        assert filing.get("Ruling__c") is None
        assert complete(org, filing)
        assert points(org, filing["Id"]) >= 3


def test_a_direct_seller_is_about_to_win_a_protected_partner_deal(org: RowOrg, stories: Stories) -> None:
    """R1.1: approved, protected, and a direct opportunity for the same customer."""
    told = stories["direct_takes_partner_deal"]
    filing = registration(org, told["registration"])
    direct = row(org, "Opportunity", told["direct_opportunity"])
    partner = row(org, "Opportunity", told["partner_opportunity"])
    assert (filing["Status__c"], filing["Ruling__c"]) == ("Approved", "Approve")
    assert instant_of(filing["Protected_From__c"]) < NOW < instant_of(filing["Protected_Until__c"])
    assert filing["Opportunity__c"] == partner["Id"]
    assert direct["AccountId"] == partner["AccountId"] == told["customer"]
    assert partner["OwnerId"] == told["partner_user"]
    assert direct["OwnerId"] == told["direct_user"]
    assert not direct["IsClosed"]
    assert direct["CreatedDate"] > filing["CreatedDate"] or direct["CreatedDate"] > partner["CreatedDate"]


def test_the_trigger_happy_claimer_is_two_short_of_the_quota(org: RowOrg, stories: Stories) -> None:
    """R3.7: 18 of 20 held by the users of one firm, six leads ready in the pool."""
    told = stories["trigger_happy_claimer"]
    users = {each["Id"] for each in org.rows["User"] if each.get("AccountId") == told["firm"]}
    held = [each for each in org.rows["Lead"] if each["OwnerId"] in users and not each["IsConverted"]]
    assert len(held) == int(told["held"]) == int(told["quota"]) - 2
    for number in range(1, 7):
        assert row(org, "Lead", told[f"lead_{number}"])["OwnerId"] == told["queue"]


def test_meilaier_is_held_by_one_firm_and_another_is_to_enter_it(org: RowOrg, stories: Stories) -> None:
    """R4.8: the name with and without its region."""
    told = stories["meilaier"]
    lead = row(org, "Lead", told["held_lead"])
    assert (lead["Company"], lead["OwnerId"]) == ("美来尔工程技术(北京)有限公司", told["holder_user"])
    assert (lead["City"], lead["Phone"][:6]) == ("北京", "+86 10")
    assert told["company_to_enter"] == "美来尔工程技术有限公司"
    assert told["holder_firm"] != told["rival_firm"]


def test_the_true_numbers_behind_a_fake_contact_are_taken_already(org: RowOrg, stories: Stories) -> None:
    """R4.9: the caller's number is to be filed as landline and fax; the true ones collide later."""
    told = stories["fake_contact"]
    lead = row(org, "Lead", told["held_lead"])
    assert (lead["Phone"], lead["Fax"]) == (told["true_phone"], told["true_fax"])
    assert lead["OwnerId"] == told["holder_user"] != told["user"]
    assert told["caller_id"] not in {each["Phone"] for each in org.rows["Lead"]}


def test_the_first_to_file_left_things_out_and_a_complete_rival_came_later(
    org: RowOrg, stories: Stories
) -> None:
    """R1.3: an incomplete filing holds no place; more than a day lies between the rival and now."""
    told = stories["late_completion"]
    first = registration(org, told["incomplete_registration"])
    rival = registration(org, told["complete_registration"])
    assert first["Submitted_At__c"] < rival["Submitted_At__c"]
    assert (NOW - instant_of(rival["Submitted_At__c"])).total_seconds() > 24 * 3600
    assert first["Customer_Phone__c"] == rival["Customer_Phone__c"]
    assert not complete(org, first)
    assert complete(org, rival)
    for name in told["missing"].split(","):
        assert name == "Decision_Maker__c" or first[name] is None


def test_a_convertible_lead_is_held_and_worked(org: RowOrg, stories: Stories) -> None:
    """R3.10: progressed far enough to be converted."""
    told = stories["convertible"]
    lead = row(org, "Lead", told["lead"])
    assert (lead["Status"], lead["OwnerId"], lead["IsConverted"]) == ("Working", told["user"], False)
    assert any(task.get("WhoId") == lead["Id"] for task in org.rows["Task"])


def test_the_poison_lies_still_until_somebody_acts_on_it(org: RowOrg, stories: Stories) -> None:
    told = stories["poison"]
    filing, lead = registration(org, told["registration"]), row(org, "Lead", told["lead"])
    assert (filing["Status__c"], filing["Legal_Hold__c"]) == ("Draft", True)
    assert complete(org, filing)
    assert lead["Legal_Hold__c"] is True
    assert lead["OwnerId"].startswith("00G")
    for name in ("Deal_Registration__c", "Lead"):
        held = [each for each in org.rows[name] if each.get("Legal_Hold__c")]
        assert len(held) == 1


def test_without_the_customers_own_rule_there_is_no_poison() -> None:
    assert "poison" not in seeded(leads=0, customer=False)[1]


def test_past_rulings_carry_windows_that_run_or_have_run_out(org: RowOrg) -> None:
    """R1.4: a window from the ruling on, in force for what is approved and over for what lapsed."""
    for filing in org.rows["Deal_Registration__c"]:
        if filing["Status__c"] in {"Approved", "Lapsed"}:
            assert filing["Submitted_At__c"] < filing["Protected_From__c"] < filing["Protected_Until__c"]
            runs = instant_of(filing["Protected_Until__c"]) > NOW
            assert runs is (filing["Status__c"] == "Approved")


def test_registrations_of_every_state_are_there_with_their_history(org: RowOrg) -> None:
    """Law 1: the filing's time stands in the stamp and in the history."""
    states = {filing["Status__c"] for filing in org.rows["Deal_Registration__c"]}
    assert states == {
        "Draft",
        "Submitted",
        "Incomplete",
        "In Review",
        "Approved",
        "Rejected",
        "Withdrawn",
        "Lapsed",
        "Won",
        "Lost",
    }
    filed = {
        change["ParentId"]: change["CreatedDate"]
        for change in org.rows["Deal_Registration__History"]
        if change["NewValue"] == "Submitted"
    }
    for filing in org.rows["Deal_Registration__c"]:
        assert filed.get(filing["Id"]) == filing["Submitted_At__c"]


def test_a_file_is_evidence_for_one_customer_only(org: RowOrg) -> None:
    """R1.9: the same file under two customers would prove neither."""
    hashes = [
        each["File_Hash__c"] for each in org.rows["Registration_Evidence__c"] if each.get("File_Hash__c")
    ]
    assert len(hashes) == len(set(hashes))
