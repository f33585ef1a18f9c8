"""The shipped sf project is what the metadata API accepts, and what the two profiles need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from tests.unit.practice.metadata_schema import METADATA, metadata_schema

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"
SOURCE = PROJECT / "force-app" / "main" / "default"
FILES = sorted([*SOURCE.rglob("*-meta.xml"), *(PROJECT / "staged-sales").rglob("*-meta.xml")])
NS = {"m": METADATA}


def parse(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes())


def texts(root: etree._Element, path: str) -> list[str]:
    return [node.text or "" for node in root.iterfind(path, NS)]


def field(obj: str, name: str) -> etree._Element:
    return parse(SOURCE / "objects" / obj / "fields" / f"{name}.field-meta.xml")


def custom_fields() -> set[str]:
    return {
        f"{p.parents[1].name}.{p.name.removesuffix('.field-meta.xml')}" for p in FILES if ".field-" in p.name
    }


def permissions(name: str) -> dict[str, tuple[bool, bool]]:
    """Field to (readable, editable)."""
    root = parse(SOURCE / "permissionsets" / f"{name}.permissionset-meta.xml")
    return {
        texts(node, "m:field")[0]: (
            texts(node, "m:readable") == ["true"],
            texts(node, "m:editable") == ["true"],
        )
        for node in root.iterfind("m:fieldPermissions", NS)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_shipped_file_is_valid_metadata(path: Path) -> None:
    schema = metadata_schema()
    assert schema.validate(parse(path)), schema.error_log


@pytest.mark.parametrize("path", [p for p in FILES if "permissionset" not in p.name], ids=lambda p: p.name)
def test_a_full_name_is_the_file_name(path: Path) -> None:
    stated = texts(parse(path), "m:fullName")
    assert stated in ([], [path.name.split(".")[0]])


def broken(path: str, old: str, new: str) -> str:
    text = (SOURCE / path).read_text(encoding="utf-8")
    assert old in text, f"{path} no longer holds {old}"
    return text.replace(old, new)


FIELD = "objects/Deal_Registration__c/fields/Status__c.field-meta.xml"
FLOW = "flows/Lead_Owner_Stamp.flow-meta.xml"
RULE = "objects/Lead/validationRules/Expected_Owner_Must_Match.validationRule-meta.xml"
QUEUE = "queues/Channel_Desk.queue-meta.xml"
SET = "permissionsets/Channel_Connector.permissionset-meta.xml"


@pytest.mark.parametrize(
    ("path", "old", "new", "complaint"),
    [
        (FIELD, "trackHistory>", "trackHistroy>", "trackHistroy"),
        (FLOW, "filterFormula>", "filterformula>", "filterformula"),
        (QUEUE, "queueSobject>", "queueSObject>", "queueSObject"),
        (FIELD, "<type>Picklist<", "<type>PickList<", "PickList"),
        (FLOW, ">RecordBeforeSave<", ">BeforeSave<", "BeforeSave"),
        (FLOW, "<operator>Assign<", "<operator>Set<", "'Set'"),
        (FIELD, "<restricted>true<", "<restricted>yes<", "'yes'"),
        (RULE, "<active>true<", "<active>True<", "'True'"),
        (SET, "<readable>true<", "<readable>TRUE<", "'TRUE'"),
        (RULE, "<errorMessage>", "<errorMessage/><errorMessage>", "errorMessage"),
    ],
)
def test_the_schema_refuses_a_misspelt_tag_a_bad_enum_and_a_bad_boolean(
    path: str, old: str, new: str, complaint: str
) -> None:
    schema = metadata_schema()
    assert not schema.validate(etree.fromstring(broken(path, old, new).encode()))
    assert complaint in str(schema.error_log)


def test_the_schema_refuses_elements_out_of_order() -> None:
    root = parse(SOURCE / FIELD)
    root.append(root[0])
    assert not metadata_schema().validate(root)


def test_the_schema_refuses_another_namespace() -> None:
    text = (SOURCE / FIELD).read_text(encoding="utf-8").replace(METADATA, METADATA + "x")
    assert not metadata_schema().validate(etree.fromstring(text.encode()))


def test_the_project_file_names_the_package_folder_and_the_api_version() -> None:
    project = json.loads((PROJECT / "sfdx-project.json").read_text())
    assert [d["path"] for d in project["packageDirectories"]] == [
        "force-app",
        "staged-sales",
        "registration-on-lead",
        "registration-on-opportunity",
    ]
    assert {texts(parse(p), "m:apiVersion")[0] for p in FILES if p.parent.name == "flows"} == {
        project["sourceApiVersion"]
    }


def test_permission_sets_name_every_custom_field_that_may_be_named_and_no_other() -> None:
    """A permission set that names a field which is not there, or a master-detail field, does not deploy."""
    nameable = {f for f in custom_fields() if texts(field(*f.split(".")), "m:type") != ["MasterDetail"]}
    connector = {f for f in permissions("Channel_Connector") if f.endswith("__c")}
    assert connector == nameable
    assert {f for f in permissions("Channel_Partner") if f.endswith("__c")} <= nameable


def test_what_is_editable_is_readable() -> None:
    for name in ("Channel_Connector", "Channel_Partner"):
        assert all(readable for readable, _ in permissions(name).values())


STAMPS_AND_RULINGS = {
    "Lead": ["Owner_Since__c", "Status_Since__c", "Claim_Verdict__c", "Claim_Message__c", "Work_By__c"],
    "Opportunity": ["Stage_Since__c", "Owner_Since__c", "Conflict_Flag__c", "Protected_Until__c"],
    "Deal_Registration__c": [
        "Submitted_At__c",
        "Status_Since__c",
        "Ruling__c",
        "Ruling_Message__c",
        "Missing_Items__c",
        "Protected_From__c",
        "Protected_Until__c",
        "Appeal_Until__c",
        "Review_Decision__c",
        "Review_Decided_At__c",
    ],
}


def test_partner_users_read_stamps_and_rulings_and_edit_none() -> None:
    """R1.3, law 1: dates of filing come from stamps that a partner cannot set."""
    partner = permissions("Channel_Partner")
    for obj, names in STAMPS_AND_RULINGS.items():
        for name in names:
            assert partner[f"{obj}.{name}"] == (True, False)


def test_partner_users_cannot_see_channel_conflicts_or_who_else_held_a_record() -> None:
    """Law 17: nothing where a partner reads names a rival."""
    root = parse(SOURCE / "permissionsets" / "Channel_Partner.permissionset-meta.xml")
    assert "Channel_Conflict__c" not in texts(root, "m:objectPermissions/m:object")
    partner = permissions("Channel_Partner")
    assert not [f for f in partner if f.startswith("Channel_Conflict__c.") or f.endswith("Owner_Before__c")]


def test_only_the_connector_holds_the_permission_that_the_rules_ask_for() -> None:
    root = parse(SOURCE / SET)
    assert texts(root, "m:customPermissions/m:name") == ["Channel_Connector_Writes"]
    partner = parse(SOURCE / "permissionsets" / "Channel_Partner.permissionset-meta.xml")
    assert texts(partner, "m:customPermissions/m:name") == []
    rules = [p for p in FILES if p.name.startswith("Expected_") and "validationRule" in p.name]
    assert {p.parents[1].name for p in rules} == {
        "Deal_Registration__c",
        "Lead",
        "Opportunity",
        "Transfer_In__c",
    }
    for path in rules:
        assert "$Permission.Channel_Connector_Writes" in texts(parse(path), "m:errorConditionFormula")[0]


def test_every_stamp_field_is_set_by_one_before_save_flow() -> None:
    stamped = []
    for path in FILES:
        if path.parent.name == "flows":
            root = parse(path)
            obj = texts(root, "m:start/m:object")[0]
            assert texts(root, "m:start/m:triggerType") == ["RecordBeforeSave"]
            targets = texts(root, "m:assignments/m:assignmentItems/m:assignToReference")
            stamped += [f"{obj}.{t.removeprefix('$Record.')}" for t in targets]
    assert len(stamped) == len(set(stamped))
    assert set(stamped) <= custom_fields()
    assert {f for f in custom_fields() if f.endswith(("_Since__c", "_Before__c", "_At__c", "_By__c"))} - {
        "Lead.Work_By__c",
        "Deal_Registration__c.Decide_By__c",
        "Opportunity.Stale_Since__c",
        "Order.Signed_By__c",
        "Order.Effective_At__c",
        "Channel_Payment__c.Arrived_At__c",
    } == set(stamped)


def test_long_text_multi_select_and_lookup_fields_hold_what_a_deployment_demands() -> None:
    demanded = {
        "LongTextArea": ("length", "visibleLines"),
        "MultiselectPicklist": ("valueSet", "visibleLines"),
        "Lookup": ("referenceTo", "relationshipName"),
        "MasterDetail": ("referenceTo", "relationshipName", "relationshipOrder"),
        "Checkbox": ("defaultValue",),
        "Text": ("length",),
        "Number": ("precision", "scale"),
        "Currency": ("precision", "scale"),
        "Picklist": ("valueSet",),
    }
    for name in custom_fields():
        root = field(*name.split("."))
        for key in demanded.get(texts(root, "m:type")[0], ()):
            assert root.find(f"m:{key}", NS) is not None, f"{name} lacks {key}"
