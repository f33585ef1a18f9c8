"""A describe as the mapper needs it: fields, picklists, child relationships. Hidden fields are absent."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SYSTEM_FIELDS = (
    "Id",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
    "IsDeleted",
    "MasterRecordId",
    "CurrencyIsoCode",
)


@dataclass(frozen=True)
class Described:
    """One object of the org, from its REST describe."""

    raw: Mapping[str, Any]

    @cached_property
    def name(self) -> str:
        return str(self.raw["name"])

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        return {str(field["name"]): field for field in self.raw["fields"]}

    @cached_property
    def _lower(self) -> Mapping[str, str]:
        return {name.lower(): name for name in self.fields}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, str]]:
        """Child object and its link field, by relationship name."""
        return {
            str(each["relationshipName"]): (str(each["childSObject"]), str(each["field"]))
            for each in self.raw.get("childRelationships", ())
            if each.get("relationshipName")
        }

    def real(self, name: str) -> str:
        """The org's own spelling; empty when there is no such field (API names ignore case)."""
        return self._lower.get(name.lower(), "")

    def type_of(self, name: str) -> str:
        return str(self.fields[name]["type"])

    def picklist(self, name: str) -> tuple[str, ...]:
        """Active values of a picklist; empty for other fields."""
        if self.type_of(name) not in ("picklist", "multipicklist"):
            return ()
        values = self.fields[name].get("picklistValues") or ()
        return tuple(str(each["value"]) for each in values if each.get("active", True))

    def allows(self, name: str, act: str) -> bool:
        """`updateable`, `createable`, … of a field, or of the object for an empty name."""
        flags = self.fields[name] if name else self.raw
        return bool(flags.get(act, True))

    @property
    def system_fields(self) -> tuple[str, ...]:
        return tuple(name for name in SYSTEM_FIELDS if name in self.fields)

    @property
    def history(self) -> tuple[str, str]:
        """The object that keeps this one's field history, and its link field (documented names)."""
        if self.name.endswith("__c"):
            return f"{self.name.removesuffix('__c')}__History", "ParentId"
        plain = "OpportunityFieldHistory" if self.name == "Opportunity" else f"{self.name}History"
        return plain, f"{self.name}Id"
