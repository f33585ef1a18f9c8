"""Custom objects, fields, rules, flows and permission sets come from an sf project's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.practice.schema import Schema, describe, extend, load_schema, without_field
from tests.unit.practice.tiny_project import XML, tiny_schema, write_project


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    return tiny_schema(tmp_path)


def test_a_custom_object_has_its_system_fields_and_its_own(schema: Schema) -> None:
    deal = schema.object("Deal__c")
    assert deal.custom
    assert deal.key_prefix.startswith("a")
    assert {"Id", "OwnerId", "Name", "SystemModstamp", "Stage__c", "Firm__c"} <= set(deal.fields)
    assert deal.fields["Name"].auto_number == "D-{0000}"
    assert deal.fields["Name"].createable is False


def test_a_detail_object_has_no_owner_and_goes_with_its_master(schema: Schema) -> None:
    note = schema.object("Deal_Note__c")
    assert "OwnerId" not in note.fields
    master = note.fields["Deal__c"]
    assert (master.nillable, master.updateable, master.cascade_delete) == (False, False, True)
    child = schema.child("Deal__c", "Notes__r")
    assert child is not None
    assert (child.child, child.cascade_delete) == ("Deal_Note__c", True)


def test_a_tracked_custom_object_gets_its_history_object(schema: Schema) -> None:
    deal = schema.object("Deal__c")
    assert deal.history_object == "Deal__History"
    assert deal.history_tracked == {"Stage__c", "Firm__c"}
    assert schema.object("Deal__History").fields["ParentId"].reference_to == ("Deal__c",)


def test_a_restricted_picklist_keeps_its_values_and_default(schema: Schema) -> None:
    stage = schema.object("Deal__c").fields["Stage__c"]
    assert stage.restricted_picklist
    assert [value.value for value in stage.picklist_values] == ["Open", "Won"]
    assert stage.default_value == "Open"
    assert schema.object("Lead").fields["Heat__c"].restricted_picklist is False


def test_a_custom_lookup_makes_a_relationship_ending_in_r(schema: Schema) -> None:
    firm = schema.object("Deal__c").fields["Firm__c"]
    assert (firm.relationship_name, firm.reference_to) == ("Firm__r", ("Account",))
    fields = {field["name"]: field for field in describe(schema, "Deal__c", "60.0")["fields"]}
    assert fields["Firm__c"]["custom"] is True
    assert fields["Firm__c"]["soapType"] == "tns:ID"


def test_an_external_id_is_unique_and_can_be_looked_up(schema: Schema) -> None:
    key = schema.object("Deal__c").fields["Key__c"]
    assert (key.external_id, key.unique, key.id_lookup, key.length) == (True, True, True, 40)


def test_a_formula_field_is_calculated_and_never_written(schema: Schema) -> None:
    twice = schema.object("Deal__c").fields["Double_Value__c"]
    assert (twice.calculated, twice.createable, twice.updateable) == (True, False, False)
    assert (twice.type, twice.formula, twice.formula_null_as_zero) == ("double", "Value__c * 2", True)


def test_only_active_validation_rules_are_read(schema: Schema) -> None:
    assert [rule.name for rule in schema.object("Deal__c").validation_rules] == ["Won_Needs_Value"]


def test_a_flow_keeps_its_entry_and_its_branches(schema: Schema) -> None:
    lead = schema.object("Lead").flows[0]
    assert (lead.entry, lead.start) == ("OR(ISNEW(), ISCHANGED($Record.OwnerId))", "Set")
    deal = schema.object("Deal__c").flows[0]
    assert deal.start == "Moved"
    assert deal.nodes["Moved"][0].condition == "OR((ISNEW()), ISCHANGED($Record.Stage__c))"
    assert deal.nodes["Moved"][1].next is None


def test_permission_sets_and_queues_are_read(schema: Schema) -> None:
    robot = schema.permission_sets["Robot"]
    assert robot.custom_permissions == {"Robot_Writes"}
    assert robot.fields["Deal__c.Since__c"] == (True, False)
    assert robot.objects["Deal__c"].delete is False
    assert [(queue.name, queue.objects) for queue in schema.queues] == [("Pool", ("Lead",))]


def test_activities_point_at_custom_objects_too(schema: Schema) -> None:
    assert "Deal__c" in schema.object("Task").fields["WhatId"].reference_to
    shown = {field["name"]: field for field in describe(schema, "Task", "60.0")["fields"]}["WhatId"]
    assert "Deal__c" in shown["referenceTo"]


def test_a_field_type_not_built_is_named_with_its_file(tmp_path: Path) -> None:
    write_project(tmp_path)
    bad = tmp_path / "force-app/main/default/objects/Deal__c/fields/Odd__c.field-meta.xml"
    bad.write_text(
        f"{XML}<CustomField><fullName>Odd__c</fullName><type>Hologram</type></CustomField>", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"Odd__c.*Hologram.*does not build"):
        load_schema(tmp_path)


def test_a_file_that_is_not_xml_is_named(tmp_path: Path) -> None:
    write_project(tmp_path)
    bad = tmp_path / "force-app/main/default/objects/Deal__c/Deal__c.object-meta.xml"
    bad.write_text("<CustomObject>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"Deal__c\.object-meta\.xml: not well-formed XML"):
        load_schema(tmp_path)


def test_a_declared_file_adds_objects_and_fields(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "extra.yaml"
    path.write_text(
        "objects:\n"
        "  Lead:\n    fields:\n      Score__c: {type: Number, precision: 3, scale: 0}\n"
        "  Visit__c:\n    label: Visit\n    name: 'V-{000}'\n    history: [Mood__c]\n    fields:\n"
        "      Mood__c: {type: Picklist, values: [Good, Bad], restricted: true}\n"
        "      Lead__c: {type: Lookup, to: Lead, child: Visits}\n",
        encoding="utf-8",
    )
    wider = extend(schema, path)
    assert wider.object("Lead").fields["Score__c"].precision == 3
    assert wider.object("Visit__c").history_object == "Visit__History"
    assert wider.child("Lead", "Visits__r") is not None
    assert "Score__c" not in schema.object("Lead").fields


def test_a_declared_fault_names_file_place_and_remedy(tmp_path: Path, schema: Schema) -> None:
    path = tmp_path / "extra.yaml"
    path.write_text("objects:\n  Lead:\n    fields:\n      Score__c: {type: Numbr}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"extra\.yaml: Lead\.Score__c: type 'Numbr'; use one of"):
        extend(schema, path)
    path.write_text("objects:\n  Lead:\n    fields:\n      Score: {type: Number}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="ends in __c"):
        extend(schema, path)


def test_a_field_can_go_as_an_admin_deletes_one(schema: Schema) -> None:
    narrower = without_field(schema, "Deal__c", "Value__c")
    assert "Value__c" not in narrower.object("Deal__c").fields


def test_duplicate_rules_and_convert_settings_are_read(tmp_path: Path) -> None:
    base = write_project(tmp_path) / "force-app/main/default"
    texts = {
        "duplicateRules/Lead.Same_Email.duplicateRule-meta.xml": (
            "<DuplicateRule><actionOnInsert>Block</actionOnInsert><alertText>Taken</alertText>"
            "<duplicateRuleMatchRules><matchingRule>By_Email</matchingRule></duplicateRuleMatchRules>"
            "<isActive>true</isActive></DuplicateRule>"
        ),
        "matchingRules/Lead.matchingRule-meta.xml": (
            "<MatchingRules><matchingRules><fullName>By_Email</fullName>"
            "<matchingRuleItems><fieldName>Email</fieldName></matchingRuleItems></matchingRules>"
            "</MatchingRules>"
        ),
        "LeadConvertSettings/LeadConvertSettings.LeadConvertSetting-meta.xml": (
            "<LeadConvertSettings><objectMapping><inputObject>Lead</inputObject>"
            "<mappingFields><inputField>Verdict__c</inputField><outputField>NextStep</outputField>"
            "</mappingFields><outputObject>Opportunity</outputObject></objectMapping></LeadConvertSettings>"
        ),
    }
    for name, text in texts.items():
        (base / name).parent.mkdir(exist_ok=True)
        (base / name).write_text(XML + text, encoding="utf-8")
    schema = load_schema(tmp_path)
    rule = schema.duplicate_rules[0]
    assert (rule.name, rule.object, rule.fields, rule.blocks, rule.message) == (
        "Same_Email",
        "Lead",
        ("Email",),
        True,
        "Taken",
    )
    assert schema.convert_mapping["Opportunity"] == {"Verdict__c": "NextStep"}
