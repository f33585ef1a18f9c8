"""Describes for the tests: the practice org's own, and a tiny one by hand for odd shapes."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from connector.mapping import (
    CompiledMapping,
    ProfileMapping,
    compile_mapping,
    load_mapping,
    merge,
    needed_children,
    needed_objects,
)
from connector.practice.schema.definition import Schema
from connector.practice.schema.describe import describe
from connector.practice.schema.loading import load_schema

ROOT = Path(__file__).parents[3]
MAPPINGS = ROOT / "mappings"
Describe = dict[str, Any]


@cache
def schema() -> Schema:
    return load_schema(ROOT / "deploy" / "salesforce")


@cache
def _described(name: str) -> Describe:
    return dict(describe(schema(), name, "60.0"))


def described(*names: str) -> dict[str, Describe]:
    """Describes of the practice org that a test may bend."""
    return {name: copy.deepcopy(_described(name)) for name in names}


def shipped(profile: str) -> ProfileMapping:
    file = MAPPINGS / profile / "mapping.yaml"
    mapping, faults = load_mapping(file.read_text(encoding="utf-8"), f"{profile}/mapping.yaml")
    assert faults == ()
    assert mapping is not None
    return mapping


def both() -> ProfileMapping:
    mapping, faults = merge([shipped("partner_leads"), shipped("deal_registration")])
    assert faults == ()
    return mapping


def describes_for(mapping: ProfileMapping) -> dict[str, Describe]:
    found = described(*needed_objects(mapping))
    return found | described(*needed_children(mapping, found))


@cache
def compiled() -> CompiledMapping:
    mapping = both()
    ready, faults = compile_mapping(mapping, describes_for(mapping))
    assert faults == ()
    assert ready is not None
    return ready


def mapping_of(body: str) -> ProfileMapping:
    mapping, faults = load_mapping("profile: test/1\n" + body, "mapping.yaml")
    assert mapping is not None, [str(fault) for fault in faults]
    return mapping


def field(name: str, sort: str, **more: Any) -> Describe:
    return {"name": name, "type": sort, "updateable": True, "createable": True, **more}


def object_of(name: str, *fields: Describe, **more: Any) -> Describe:
    stamps = [field(each, "datetime") for each in ("CreatedDate", "LastModifiedDate", "SystemModstamp")]
    return {"name": name, "keyPrefix": "a00", "fields": [field("Id", "id"), *stamps, *fields], **more}


STAMP = "2026-01-02T03:04:05.000Z"


def row(ident: str, **values: str | None) -> dict[str, str | None]:
    """A record's canonical text with its system fields."""
    return {
        "Id": ident,
        "CreatedDate": STAMP,
        "CreatedById": "005000000000001AAA",
        "LastModifiedDate": STAMP,
        "LastModifiedById": "005000000000001AAA",
        "SystemModstamp": STAMP,
        "IsDeleted": "false",
        **values,
    }
