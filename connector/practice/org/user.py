"""Who acts, and what the profile and permission sets let them see and change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.practice.schema.definition import FieldDef, ObjectDef, ObjectPermission

ALL = ObjectPermission(create=True, read=True, edit=True, delete=True, view_all=True, modify_all=True)
NONE = ObjectPermission()


@dataclass(frozen=True, kw_only=True)
class Access:
    """Object and field permissions, added up over the profile and the permission sets."""

    everything: bool = False
    objects: Mapping[str, ObjectPermission] = field(default_factory=dict)
    fields: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    governed: frozenset[str] = (
        frozenset()
    )  # custom objects and "Object.Field" names some permission set speaks of

    def object(self, definition: ObjectDef) -> ObjectPermission:
        """What may be done with rows of that object."""
        if self.everything:
            return ALL
        granted = self.objects.get(definition.name)
        if granted is not None:
            return granted
        return NONE if definition.name in self.governed else ALL

    def reads(self, definition: ObjectDef, field_def: FieldDef) -> bool:
        """Whether the field shows at all: a hidden field is absent from describe and query."""
        return self.field(definition, field_def)[0]

    def edits(self, definition: ObjectDef, field_def: FieldDef) -> bool:
        """Whether the field may be written."""
        return self.field(definition, field_def)[1]

    def field(self, definition: ObjectDef, field_def: FieldDef) -> tuple[bool, bool]:
        """(reads, edits) of one field, in the shape `describe` takes as its `sight`."""
        if self.everything or not field_def.permissionable:
            return True, True
        name = f"{definition.name}.{field_def.name}"
        granted = self.fields.get(name)
        if granted is not None:
            return granted
        return (False, False) if name in self.governed else (True, True)


@dataclass(frozen=True, kw_only=True)
class User:
    """An acting login."""

    id: str
    username: str
    name: str
    email: str = ""
    profile_id: str = ""
    user_type: str = "Standard"
    account_id: str | None = None
    contact_id: str | None = None
    language: str = "en_US"
    locale: str = "en_US"
    time_zone: str = "Europe/Copenhagen"
    is_active: bool = True
    custom_permissions: frozenset[str] = frozenset()
    user_permissions: frozenset[str] = frozenset()
    edits_locked: bool = False  # may edit records locked by an approval
    access: Access = field(default_factory=lambda: Access(everything=True))

    @property
    def is_partner(self) -> bool:
        return self.user_type == "PowerPartner"
