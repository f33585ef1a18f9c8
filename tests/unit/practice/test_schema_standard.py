"""The standard objects answer a describe as real orgs do."""

from __future__ import annotations

from typing import Any

import pytest

from connector.practice.schema import Schema, UnknownObjectError, describe, describe_global, load_schema

OBJECTS = [
    "Organization",
    "User",
    "Profile",
    "RecordType",
    "Group",
    "GroupMember",
    "QueueSobject",
    "Account",
    "Contact",
    "Lead",
    "LeadHistory",
    "Opportunity",
    "OpportunityFieldHistory",
    "OpportunityContactRole",
    "OpportunityPartner",
    "OpportunityLineItem",
    "Product2",
    "PricebookEntry",
    "Pricebook2",
    "Task",
    "Event",
    "Order",
    "ProcessInstance",
    "ProcessInstanceStep",
    "ProcessInstanceWorkitem",
    "ChannelProgram",
    "ChannelProgramLevel",
    "ChannelProgramMember",
]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load_schema()


def fields_of(schema: Schema, name: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in describe(schema, name, "60.0")["fields"]}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_standard_object_can_be_described(schema: Schema, name: str) -> None:
    answer = describe(schema, name, "60.0")
    assert answer["name"] == name
    assert len(answer["keyPrefix"]) == 3
    assert answer["fields"][0]["name"] == "Id"


def test_a_text_field_has_three_bytes_a_character(schema: Schema) -> None:
    company = fields_of(schema, "Lead")["Company"]
    assert (company["length"], company["byteLength"], company["soapType"]) == (255, 765, "xsd:string")
    assert (company["nillable"], company["createable"], company["permissionable"]) == (False, True, False)


def test_a_long_text_cannot_be_filtered_sorted_or_grouped(schema: Schema) -> None:
    text = fields_of(schema, "Lead")["Description"]
    assert [text[key] for key in ("filterable", "sortable", "groupable", "aggregatable")] == [False] * 4
    assert text["extraTypeInfo"] == "plaintextarea"


def test_a_currency_has_precision_and_scale_and_does_not_group(schema: Schema) -> None:
    amount = fields_of(schema, "Opportunity")["Amount"]
    assert (amount["precision"], amount["scale"], amount["groupable"]) == (18, 2, False)
    assert amount["soapType"] == "xsd:double"


def test_a_lead_owner_is_polymorphic_and_an_opportunity_owner_is_not(schema: Schema) -> None:
    lead, deal = fields_of(schema, "Lead")["OwnerId"], fields_of(schema, "Opportunity")["OwnerId"]
    assert (lead["referenceTo"], lead["polymorphicForeignKey"], lead["namePointing"]) == (
        ["Group", "User"],
        True,
        True,
    )
    assert (deal["referenceTo"], deal["polymorphicForeignKey"]) == (["User"], False)


def test_the_address_is_a_compound_of_its_parts(schema: Schema) -> None:
    fields = fields_of(schema, "Account")
    assert fields["BillingAddress"]["type"] == "address"
    assert fields["BillingAddress"]["queryByDistance"] is True
    assert fields["BillingCity"]["compoundFieldName"] == "BillingAddress"
    assert "BillingAddress" not in schema.object("Account").columns


def test_partner_fields_are_read_only(schema: Schema) -> None:
    for name in ("Lead", "Opportunity"):
        partner = fields_of(schema, name)["PartnerAccountId"]
        assert (partner["createable"], partner["updateable"]) == (False, False)


def test_picklist_values_carry_all_five_attributes(schema: Schema) -> None:
    values = fields_of(schema, "Lead")["Status"]["picklistValues"]
    assert values[0] == {
        "active": True,
        "defaultValue": True,
        "label": "New",
        "validFor": None,
        "value": "New",
    }
    assert fields_of(schema, "Lead")["Status"]["defaultValue"] == "New"


def test_child_relationships_name_the_child_and_its_field(schema: Schema) -> None:
    children = {
        (child["childSObject"], child["field"]): child
        for child in describe(schema, "Lead", "60.0")["childRelationships"]
    }
    history = children["LeadHistory", "LeadId"]
    assert (history["relationshipName"], history["cascadeDelete"]) == ("Histories", True)
    assert children["Task", "WhoId"]["relationshipName"] == "Tasks"


def test_the_address_of_a_describe_names_the_version(schema: Schema) -> None:
    urls = describe(schema, "Lead", "61.0", base_url="https://x.example")["urls"]
    assert urls["describe"] == "/services/data/v61.0/sobjects/Lead/describe"
    assert urls["uiNewRecord"] == "https://x.example/00Q/e"


def test_hidden_fields_are_absent_and_read_only_ones_not_updateable(schema: Schema) -> None:
    answer = describe(schema, "Lead", "60.0", sight=lambda _, field: (field.name != "Phone", False))
    fields = {field["name"]: field for field in answer["fields"]}
    assert "Phone" not in fields
    assert fields["Company"]["updateable"] is False


def test_the_global_describe_lists_every_object_once(schema: Schema) -> None:
    answer = describe_global(schema, "60.0")
    names = [each["name"] for each in answer["sobjects"]]
    assert (answer["encoding"], answer["maxBatchSize"]) == ("UTF-8", 200)
    assert sorted(set(names)) == sorted(names)
    assert set(OBJECTS) <= set(names)
    assert all("fields" not in each for each in answer["sobjects"])


def test_objects_and_fields_are_found_whatever_the_case(schema: Schema) -> None:
    lead = schema.object("lEAD")
    assert lead.name == "Lead"
    field = lead.field("leadsource")
    assert field is not None
    assert field.name == "LeadSource"
    assert schema.of_id("00Q000000000000AAA") is lead


def test_an_unknown_object_says_so_as_the_service_does(schema: Schema) -> None:
    with pytest.raises(UnknownObjectError, match="sObject type 'Nope' is not supported"):
        schema.object("Nope")


def test_relationships_lead_up_and_down(schema: Schema) -> None:
    up = schema.parent("Contact", "account")
    assert up is not None
    assert (up[0].name, up[1][0].name) == ("AccountId", "Account")
    down = schema.child("Account", "contacts")
    assert down is not None
    assert (down.child, down.field) == ("Contact", "AccountId")
    assert schema.parent("Contact", "nothing") is None
