"""The packages of an org that keeps registrations on Lead or on Opportunity: the same fields, stamps and guards."""

from pathlib import Path

import pytest
from lxml import etree

from connector.practice.schema.loading import load_schema
from tests.unit.practice.metadata_schema import METADATA, metadata_schema

PROJECT = Path(__file__).parents[3] / "deploy" / "salesforce"
SHAPES = {"registration-on-lead": "Lead", "registration-on-opportunity": "Opportunity"}
FILES = sorted(path for name in SHAPES for path in (PROJECT / name).rglob("*-meta.xml"))
ELSEWHERE = {
    "Lead": {"Customer_", "Industry", "Employees"},  # the lead's own fields say who the customer is
    "Opportunity": {"Opportunity__c", "Sourcing_Partner__c"},  # a registration is its own deal
}


def texts(path: Path, name: str) -> list[str]:
    root = etree.fromstring(path.read_bytes())
    return [node.text or "" for node in root.iter(f"{{{METADATA}}}{name}")]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_a_file_of_a_shape_is_valid_metadata(path: Path) -> None:
    schema = metadata_schema()
    assert schema.validate(etree.fromstring(path.read_bytes())), schema.error_log


@pytest.mark.parametrize(("package", "name"), SHAPES.items())
def test_a_shape_has_every_field_of_the_custom_object(package: str, name: str) -> None:
    schema = load_schema(PROJECT, packages=(package,))
    known = schema.object(name).fields
    own = schema.object("Deal_Registration__c").fields.values()
    wanted = [field for field in own if field.custom and not field.name.startswith(tuple(ELSEWHERE[name]))]
    assert len(wanted) > 50
    for field in wanted:
        there = known[f"Registration_{field.name}"]
        assert (there.type, there.length) == (field.type, field.length), field.name


@pytest.mark.parametrize(("package", "name"), SHAPES.items())
def test_only_the_org_that_uses_a_shape_has_its_fields(package: str, name: str) -> None:
    assert "Registration_Status__c" not in load_schema(PROJECT).object(name).fields
    schema = load_schema(PROJECT, packages=(package,))
    there = schema.object(name)
    assert there.fields["Registration_Status__c"].default_value is None, "blank: an ordinary record"
    assert {"Expected_Registration_Status_Must_Match"} <= {rule.name for rule in there.validation_rules}
    assert sum("Registration" in flow.name for flow in there.flows) == 7


@pytest.mark.parametrize(("package", "name"), SHAPES.items())
def test_the_permission_sets_of_a_shape_name_its_fields_and_partners_set_no_stamp(
    package: str, name: str
) -> None:
    schema = load_schema(PROJECT, packages=(package,))
    ours = schema.permission_sets[f"Channel_Connector_Registration_On_{name}"]
    theirs = schema.permission_sets[f"Channel_Partner_Registration_On_{name}"]
    fields = {f"{name}.{each}" for each in schema.object(name).fields if each.startswith("Registration_")}
    assert fields <= set(ours.fields)
    for field in {*ours.fields, *theirs.fields}:
        target, _, short = field.partition(".")
        assert short in schema.object(target).fields, field
    for stamp in ("Filed_By__c", "Submitted_At__c", "Status_Since__c", "Review_Decided_At__c"):
        assert theirs.fields.get(f"{name}.Registration_{stamp}", (True, False))[1] is False
