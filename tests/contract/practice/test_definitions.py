"""The org's objects and fields as rows: EntityDefinition, FieldDefinition, EntityParticle."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.contract.practice.client import Client


def asked(client: Client, soql: str, resource: str = "query") -> requests.Response:
    return client.get(resource, params={"q": soql})


def rows(client: Client, soql: str, resource: str = "query") -> list[dict[str, Any]]:
    answer = asked(client, soql, resource)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["records"]
    return found


def refusal(client: Client, soql: str) -> tuple[int, str, str]:
    answer = asked(client, soql)
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


def test_an_object_is_found_by_its_name(client: Client) -> None:
    """The shape is one recorded by others, as is the address that ends in the durable id."""
    answer = asked(client, "SELECT DurableId FROM EntityDefinition WHERE QualifiedApiName = 'lead'")
    assert answer.json() == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {
                    "type": "EntityDefinition",
                    "url": f"/services/data/v{client.version}/sobjects/EntityDefinition/Lead",
                },
                "DurableId": "Lead",
            }
        ],
    }


def test_the_tooling_api_says_more_about_the_same_answer(client: Client) -> None:
    soql = (
        "SELECT DurableId, QualifiedApiName, RecordTypesSupported FROM EntityDefinition "
        "WHERE QualifiedApiName = 'Opportunity'"
    )
    told = asked(client, soql, "tooling/query/").json()
    (record,) = told.pop("records")
    assert told == {
        "size": 1,
        "totalSize": 1,
        "done": True,
        "queryLocator": None,
        "entityTypeName": "EntityDefinition",
    }
    assert record["attributes"]["url"].endswith("/tooling/sobjects/EntityDefinition/Opportunity")
    (master,) = record["RecordTypesSupported"]["recordTypeInfos"]
    assert (master["master"], master["recordTypeId"]) == (True, "012000000000000AAA")
    organization = asked(client, "SELECT Id FROM organization", "tooling/query").json()
    assert (organization["entityTypeName"], organization["size"]) == ("Organization", 1)


def test_a_custom_object_goes_by_an_id_of_its_own(client: Client) -> None:
    (found,) = rows(
        client,
        "SELECT Id, DurableId, DeveloperName, QualifiedApiName, KeyPrefix, IsCustomizable, IsQueryable, "
        "PublisherId FROM EntityDefinition WHERE QualifiedApiName LIKE 'Channel_Conflict\\_\\_c'",
    )
    described = client.get("sobjects/Channel_Conflict__c/describe").json()
    assert found["Id"] == "000000000000000AAA"
    assert found["DurableId"].startswith("01I")
    assert len(found["DurableId"]) == 15
    assert (found["DeveloperName"], found["KeyPrefix"]) == ("Channel_Conflict", described["keyPrefix"])
    assert (found["IsCustomizable"], found["IsQueryable"], found["PublisherId"]) == (True, True, "<local>")
    fields = rows(
        client,
        f"SELECT DurableId, QualifiedApiName FROM FieldDefinition WHERE EntityDefinitionId = '{found['DurableId']}'",
    )
    assert [each["QualifiedApiName"] for each in fields] == [each["name"] for each in described["fields"]]
    assert all(each["DurableId"].startswith(found["DurableId"] + ".") for each in fields)


def test_the_fields_of_an_object_are_those_of_its_describe(client: Client) -> None:
    described = {each["name"]: each for each in client.get("sobjects/Lead/describe").json()["fields"]}
    found = rows(
        client,
        "SELECT QualifiedApiName, Label, Length, IsNillable, IsCalculated, RelationshipName, ReferenceTo, "
        "EntityDefinition.QualifiedApiName FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'Lead' ORDER BY QualifiedApiName",
    )
    assert [each["QualifiedApiName"] for each in found] == sorted(described, key=str.lower)
    for each in found:
        told = described[each["QualifiedApiName"]]
        assert (each["Label"], each["Length"], each["IsNillable"]) == (
            told["label"],
            told["length"],
            told["nillable"],
        )
        assert each["RelationshipName"] == told["relationshipName"]
        assert each["ReferenceTo"] == {"referenceTo": told["referenceTo"] or None}
        assert each["EntityDefinition"]["QualifiedApiName"] == "Lead"


@pytest.mark.parametrize(
    ("name", "durable", "kind"),
    [
        ("Id", "Lead.Id", "Lookup()"),
        ("IsDeleted", "Lead.IsDeleted", "Checkbox"),
        ("OwnerId", "Lead.Owner", "Lookup(Group,User)"),
        ("Name", "Lead.Name", "Name"),
        ("Company", "Lead.Company", "Text(255)"),
        ("Status", "Lead.Status", "Picklist"),
        ("AnnualRevenue", "Lead.AnnualRevenue", "Currency(18, 0)"),
        ("CreatedDate", "Lead.CreatedDate", "Date/Time"),
        ("Description", "Lead.Description", "Long Text Area(32000)"),
        ("Address", "Lead.Address", "Address"),
        ("Fax", "Lead.Fax", "Fax"),
    ],
)
def test_a_type_is_worded_as_on_the_screens(client: Client, name: str, durable: str, kind: str) -> None:
    (found,) = rows(
        client,
        "SELECT DurableId, DataType FROM FieldDefinition "
        f"WHERE EntityDefinition.QualifiedApiName = 'Lead' AND QualifiedApiName = '{name}'",
    )
    assert (found["DurableId"], found["DataType"]) == (durable, kind)


def test_fields_hang_under_their_object_and_particles_point_at_fields(client: Client) -> None:
    (lead,) = rows(
        client,
        "SELECT QualifiedApiName, (SELECT Id, QualifiedApiName FROM Fields WHERE IsNillable = false LIMIT 3) "
        "FROM EntityDefinition WHERE DurableId = 'Lead'",
    )
    assert lead["Fields"]["totalSize"] == 3
    assert lead["Fields"]["records"][0]["QualifiedApiName"] == "Id"
    assert lead["Fields"]["records"][0]["Id"] == "000000000000000AAA"
    particles = rows(
        client,
        "SELECT DataType, IsCreatable, FieldDefinition.QualifiedApiName FROM EntityParticle "
        "WHERE EntityDefinition.QualifiedApiName = 'Account' AND QualifiedApiName = 'Id'",
        "tooling/query",
    )
    assert [(each["DataType"], each["IsCreatable"]) for each in particles] == [("id", False)]
    assert particles[0]["FieldDefinition"]["attributes"]["url"].endswith("FieldDefinition/Account.Id")


def test_counts_limits_and_offsets_are_obeyed(client: Client) -> None:
    total = asked(client, "SELECT COUNT() FROM EntityDefinition").json()
    names = rows(client, "SELECT QualifiedApiName FROM EntityDefinition ORDER BY QualifiedApiName")
    assert (total["totalSize"], total["records"]) == (len(names), [])
    paged = rows(
        client, "SELECT QualifiedApiName FROM EntityDefinition ORDER BY QualifiedApiName LIMIT 2 OFFSET 1"
    )
    assert [each["QualifiedApiName"] for each in paged] == [each["QualifiedApiName"] for each in names[1:3]]


def test_a_query_of_fields_must_say_of_which_object(client: Client) -> None:
    """Recorded."""
    assert refusal(client, "SELECT QualifiedApiName FROM FieldDefinition WHERE IsIndexed = true") == (
        400,
        "MALFORMED_QUERY",
        "FieldDefinition: a filter on a reified column is required [EntityDefinitionId,DurableId]",
    )
    assert refusal(client, "SELECT Id FROM EntityParticle")[2] == (
        "EntityParticle: a filter on a reified column is required "
        "[EntityDefinitionId,FieldDefinitionId,DurableId]"
    )


@pytest.mark.parametrize(
    ("soql", "words"),
    [
        (
            "SELECT COUNT(QualifiedApiName), IsFeedEnabled FROM EntityDefinition GROUP BY IsFeedEnabled",
            "The requested operation is not yet supported by this SObject storage type",
        ),
        (
            "SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName != 'Account'",
            "Only equals comparisons permitted",
        ),
        (
            (
                "SELECT KeyPrefix FROM EntityDefinition "
                "WHERE IsEverDeletable = true OR (IsFeedEnabled = false AND KeyPrefix = '01j')"
            ),
            "Disjunctions not supported",
        ),
        (
            (
                "SELECT ComplianceGroup FROM FieldDefinition "
                "WHERE EntityDefinitionId = 'Account' AND ComplianceGroup INCLUDES ('GDPR')"
            ),
            "Unsupported filter type",
        ),
    ],
)
def test_what_the_reference_calls_unsupported_is_refused_in_its_words(
    client: Client, soql: str, words: str
) -> None:
    status, _code, message = refusal(client, soql)
    assert (status, message.partition(",")[0]) == (400, words)


def test_an_unknown_column_is_refused_as_of_any_object(client: Client) -> None:
    assert refusal(client, "SELECT Nope FROM EntityDefinition")[1] == "INVALID_FIELD"


def test_the_rows_follow_the_schema(client: Client) -> None:
    soql = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Contract'"
    assert rows(client, soql) == []
    fields = {"Count__c": {"type": "Number", "precision": 3, "scale": 0}}
    objects = {"Definition_Drift__c": {"label": "Drift", "plural": "Drifts", "fields": fields}}
    client.act("declare", objects=objects)
    drifted = soql.replace("Contract", "Definition_Drift__c")
    assert "Count__c" in {each["QualifiedApiName"] for each in rows(client, drifted)}


def test_these_objects_describe_themselves(client: Client) -> None:
    for root in ("sobjects", "tooling/sobjects"):
        described = client.get(f"{root}/FieldDefinition/describe").json()
        fields = {each["name"]: each for each in described["fields"]}
        assert (described["name"], described["createable"]) == ("FieldDefinition", False)
        assert fields["ReferenceTo"]["filterable"] is False
        assert fields["EntityDefinitionId"]["relationshipName"] == "EntityDefinition"
        one = client.get(f"{root}/EntityDefinition/Lead", params={"fields": "Label,KeyPrefix"}).json()
        assert (one["Label"], one["KeyPrefix"]) == ("Lead", "00Q")
        assert client.get(f"{root}/EntityDefinition/Nope").status_code == 404
    listed = [each["name"] for each in client.get("tooling/sobjects").json()["sobjects"]]
    assert {"EntityDefinition", "FieldDefinition", "EntityParticle"} <= set(listed)


def test_the_sf_command_line_gets_the_columns_it_asks_for(client: Client) -> None:
    soql = "SELECT QualifiedApiName, DataType FROM FieldDefinition WHERE EntityDefinitionId = 'Lead'"
    told = client.get("query", params={"q": soql, "columns": "true"}).json()
    assert [each["columnName"] for each in told["columnMetadata"]] == ["QualifiedApiName", "DataType"]
    assert told["entityName"] == "FieldDefinition"
