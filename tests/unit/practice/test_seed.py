"""The seeded programme is whole: rows fit their fields, point at rows that exist and agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from connector.practice.formula import case_safe_id
from connector.practice.seed import Stories, seed
from tests.unit.practice.seed_org import ADMIN, NOW, RowOrg, seeded

QUOTAS = {"Registered": 10, "Silver": 20, "Gold": 40, "Platinum": 80}
STAMP = NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture(scope="module")
def programme() -> tuple[RowOrg, Stories]:
    return seeded()


@pytest.fixture(scope="module")
def org(programme: tuple[RowOrg, Stories]) -> RowOrg:
    return programme[0]


def by_id(org: RowOrg, name: str) -> dict[str, dict[str, Any]]:
    return {row["Id"]: row for row in org.rows[name]}


def test_the_same_seed_gives_the_same_rows(org: RowOrg) -> None:
    again, _ = seeded()
    assert again.rows == org.rows


def test_another_seed_gives_other_leads(org: RowOrg) -> None:
    other, _ = seeded(number=8)
    names = {row["Company"] for row in org.rows["Lead"]}
    assert len(names & {row["Company"] for row in other.rows["Lead"]}) < len(names) / 2


@pytest.mark.parametrize("leads", [150, 600, 1500])
def test_as_many_leads_are_seeded_as_were_asked_for(leads: int) -> None:
    assert len(seeded(leads=leads)[0].rows["Lead"]) == leads


def test_a_small_org_still_holds_the_stories() -> None:
    small, stories = seeded(leads=0)
    assert stories["convertible"]["lead"] in by_id(small, "Lead")


def test_a_profile_that_is_not_shipped_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown profile 'acme'; shipped are partner_leads"):
        seed(None, seed=7, leads=1, profile="acme")  # type: ignore[arg-type]


def test_ids_are_unique_well_formed_and_carry_their_objects_prefix(org: RowOrg) -> None:
    ids = [row["Id"] for rows in org.rows.values() for row in rows]
    assert len(ids) == len(set(ids))
    for name, rows in org.rows.items():
        prefix = org.schema.object(name).key_prefix
        for row in rows:
            assert row["Id"].startswith(prefix)
            assert case_safe_id(row["Id"][:15]) == row["Id"]


def test_every_reference_points_at_a_row_of_an_allowed_object(org: RowOrg) -> None:
    kinds = {row["Id"]: name for name, rows in org.rows.items() for row in rows} | {ADMIN.id: "User"}
    for name, rows in org.rows.items():
        fields = org.schema.object(name).fields
        for row in rows:
            for key, value in row.items():
                if fields[key].reference_to and value is not None:
                    assert kinds[value] in fields[key].reference_to, f"{name}.{key} = {value}"


def test_every_value_fits_its_field(org: RowOrg) -> None:
    for name, rows in org.rows.items():
        for key, field in org.schema.object(name).fields.items():
            if not field.stored:
                continue
            values: set[Any] = {row.get(key) for row in rows} - {None}
            if field.length and field.type not in {"id", "reference"}:
                assert max((len(str(v)) for v in values), default=0) <= field.length, f"{name}.{key}"
            if field.restricted_picklist and field.values:
                parts = {part for value in values for part in str(value).split(";")}
                assert {part.casefold() for part in parts} <= set(field.values), f"{name}.{key}"
            if field.type in {"date", "datetime"}:
                assert {len(value) for value in values} <= {10 if field.type == "date" else 24}


def test_required_fields_are_filled(org: RowOrg) -> None:
    computed = {"IsDeleted", "Name"}  # given by the org where they are autonumbers or false
    for name, rows in org.rows.items():
        for key, field in org.schema.object(name).fields.items():
            if field.stored and not field.nillable and field.type != "boolean" and key not in computed:
                empty = [row["Id"] for row in rows if row.get(key) in (None, "")]
                if field.createable and not field.defaulted_on_create:
                    assert not empty, f"{name}.{key} is empty in {empty[:3]}"


def test_stamps_lie_in_the_past_and_in_order(org: RowOrg) -> None:
    """Law 1: the org's own stamps carry the time of the act."""
    for name, rows in org.rows.items():
        for row in rows:
            if "LastModifiedDate" in row:
                assert row["CreatedDate"] <= row["LastModifiedDate"] == row["SystemModstamp"] <= STAMP, name
            elif "CreatedDate" in row:
                assert row["CreatedDate"] <= STAMP, name


def test_lead_stamps_agree_with_each_other_and_with_the_history(org: RowOrg) -> None:
    queues = by_id(org, "Group")
    owners = defaultdict(set)
    for change in org.rows["LeadHistory"]:
        if change["Field"] == "Owner" and change["DataType"] == "EntityId":
            owners[change["LeadId"]].add((change["CreatedDate"], change["OldValue"], change["NewValue"]))
    partners = {row["Id"] for row in org.rows["User"] if row["UserType"] == "PowerPartner"}
    for lead in org.rows["Lead"]:
        assert lead["CreatedDate"] <= lead["Owner_Since__c"] <= lead["LastModifiedDate"]
        assert lead["CreatedDate"] <= lead["Status_Since__c"] <= lead["LastModifiedDate"]
        if lead["OwnerId"] in queues:
            assert (lead["Owner_Before__c"], lead["Status"]) == (None, "New")
        elif lead["OwnerId"] in partners and not lead["IsConverted"]:
            taken = (lead["Owner_Since__c"], lead["Owner_Before__c"], lead["OwnerId"])
            assert owners[lead["Id"]] == {taken}


def test_no_firm_but_the_adopted_one_holds_more_than_its_quota(org: RowOrg) -> None:
    """R3.7: quota per firm; one firm was over it before the connector came."""
    firm_of = {row["Id"]: row.get("AccountId") for row in org.rows["User"]}
    held = Counter(firm_of.get(row["OwnerId"]) for row in org.rows["Lead"] if not row["IsConverted"])
    firms = {row["Name"]: row for row in org.rows["Account"] if row["IsPartner"]}
    over = [name for name, row in firms.items() if held[row["Id"]] > QUOTAS[row["Tier__c"]]]
    assert over == ["Fjordkant Teknik ApS"]
    assert held[firms["Fjordkant Teknik ApS"]["Id"]] == 13
    assert held[firms["Levante Integración S.A."]["Id"]] == 18
    assert all(held[row["Id"]] > 0 for row in firms.values())


def test_quotas_hold_in_a_large_org_too() -> None:
    large, _ = seeded(leads=5000)
    firm_of = {row["Id"]: row.get("AccountId") for row in large.rows["User"]}
    held = Counter(firm_of.get(row["OwnerId"]) for row in large.rows["Lead"] if not row["IsConverted"])
    tiers = {row["Id"]: row["Tier__c"] for row in large.rows["Account"] if row["IsPartner"]}
    assert sum(held[firm] > QUOTAS[tier] for firm, tier in tiers.items()) == 1


def test_partner_firms_differ_in_tier_certification_and_family(org: RowOrg) -> None:
    firms = [row for row in org.rows["Account"] if row["IsPartner"]]
    today = NOW.date().isoformat()
    assert len(firms) == 14
    assert {row["Tier__c"] for row in firms} == set(QUOTAS)
    assert 1 < sum(row["Certified_Until__c"] < today for row in firms) < 5
    assert max(Counter(row["ParentId"] for row in firms if row["ParentId"]).values()) == 2


def test_partner_users_differ_in_state_role_and_language(org: RowOrg) -> None:
    """R3.4: invited, active and inactive users are told apart by login and activity."""
    users = [row for row in org.rows["User"] if row["UserType"] == "PowerPartner"]
    contacts = by_id(org, "Contact")
    states = Counter(
        "inactive" if not row["IsActive"] else "active" if row["LastLoginDate"] else "invited"
        for row in users
    )
    assert min(states["invited"], states["active"], states["inactive"]) >= 3
    assert {row["LanguageLocaleKey"] for row in users} == {"en_US", "de", "es", "da", "zh_CN"}
    assert {row["PortalRole"] for row in users} == {"Executive", "Manager", "Worker"}
    assert all(contacts[row["ContactId"]]["AccountId"] == row["AccountId"] for row in users)
    assert len({row["Username"] for row in org.rows["User"]}) == len(org.rows["User"])
    assert all(2 <= n <= 4 for n in Counter(row["AccountId"] for row in users).values())


def test_held_leads_lie_in_the_territory_of_their_firm(org: RowOrg) -> None:
    """R3.9: the partner who fits."""
    firms = by_id(org, "Account")
    users = by_id(org, "User")
    for lead in org.rows["Lead"]:
        firm = users.get(lead["OwnerId"], {}).get("AccountId")
        if firm and not lead["IsConverted"]:
            assert lead["Country"] in firms[firm]["Territory__c"].split(";")


def test_pools_hold_leads_and_have_members(org: RowOrg) -> None:
    """R3.5: a lead's owner is a user or a queue."""
    pools = {row["Id"]: row["DeveloperName"] for row in org.rows["Group"]}
    waiting = Counter(pools.get(row["OwnerId"]) for row in org.rows["Lead"])
    members = Counter(pools[row["GroupId"]] for row in org.rows["GroupMember"])
    for name in pools.values():
        assert members[name] > 0
        assert waiting[name] > 0 or not name.startswith("Partner_Pool")


def test_opportunities_stand_in_every_stage_direct_and_partner_owned(org: RowOrg) -> None:
    users = by_id(org, "User")
    shown = {
        (row["StageName"], bool(users[row["OwnerId"]].get("AccountId"))) for row in org.rows["Opportunity"]
    }
    assert len(shown) == 20


def test_an_opportunitys_amount_is_the_sum_of_its_lines(org: RowOrg) -> None:
    total: Counter[str] = Counter()
    for line in org.rows["OpportunityLineItem"]:
        assert line["TotalPrice"] == line["UnitPrice"] * line["Quantity"]
        total[line["OpportunityId"]] += line["TotalPrice"]
    for row in org.rows["Opportunity"]:
        assert row["Amount"] == total[row["Id"]]
        assert row["IsClosed"] == row["StageName"].startswith("Closed")


def test_a_converted_lead_names_the_customer_it_became(org: RowOrg) -> None:
    """R3.10: conversion leaves a customer, a contact and an opportunity."""
    accounts, deals = by_id(org, "Account"), by_id(org, "Opportunity")
    converted = [row for row in org.rows["Lead"] if row["IsConverted"]]
    assert len(converted) > 10
    for lead in converted:
        deal = deals[lead["ConvertedOpportunityId"]]
        assert deal["AccountId"] == lead["ConvertedAccountId"]
        assert accounts[deal["AccountId"]]["Name"] == lead["Company"]
        assert (lead["Status"], deal["OwnerId"]) == ("Qualified", lead["OwnerId"])
    assert len({lead["ConvertedOpportunityId"] for lead in converted}) == len(converted)


def test_an_activity_shows_as_the_last_activity_of_its_record(org: RowOrg) -> None:
    about = {row["Id"]: row for name in ("Lead", "Opportunity") for row in org.rows[name]}
    for task in org.rows["Task"]:
        row = about[task.get("WhatId") or task["WhoId"]]
        assert row["LastActivityDate"] == task["ActivityDate"]


def test_companies_share_neither_telephone_nor_domain(org: RowOrg) -> None:
    """Otherwise the seeded leads would conflict with each other by accident."""
    leads = [row for row in org.rows["Lead"] if not row["IsConverted"]]
    rows = [row["Phone"] for row in leads] + [row["Phone"] for row in org.rows["Account"]]
    assert len(rows) == len(set(rows))
    sites = [row["Website"] for row in leads if row["Website"]]
    assert len(sites) == len(set(sites))


@pytest.mark.parametrize("name", ["NA", "null", "None", "nan", "#N/A", "True", "O'Brien", 'D"Arcy', "𠮷田"])
def test_last_names_that_look_like_nothing_are_there(org: RowOrg, name: str) -> None:
    assert name in {row["LastName"] for row in org.rows["Lead"]}


@pytest.mark.parametrize(
    "part", ["\n", '"', ",", ";", "🚀", "\u200d", "   ", "\\", "\t", "㈱", "\u0308", "\u2028"]
)
def test_characters_that_trap_parsers_are_there(org: RowOrg, part: str) -> None:
    texts = [str(row.get(key)) for row in org.rows["Lead"] for key in ("Company", "LastName", "Description")]
    assert any(part in text for text in texts)


def test_the_bulk_of_the_rows_is_streamed_and_never_held(org: RowOrg) -> None:
    assert {"Lead", "Task", "LeadHistory", "Account", "Contact", "Opportunity"} <= org.streamed
