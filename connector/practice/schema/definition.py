"""What an org knows about its objects and fields: the words of a describe, frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property


class UnknownObjectError(KeyError):
    """No object of that name in this org."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"sObject type '{self.name}' is not supported."


@dataclass(frozen=True, kw_only=True)
class PicklistValue:
    value: str
    label: str
    active: bool = True
    default: bool = False
    closed: bool = False  # Opportunity.StageName: the deal is over
    won: bool = False
    converted: bool = False  # Lead.Status: set by a conversion
    probability: int | None = None
    forecast: str | None = None  # Opportunity.StageName: ForecastCategoryName it implies


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A roll-up of detail rows: `operation` is count, sum, min or max of `field` (None for count)."""

    child: str
    link: str
    operation: str
    field: str | None


@dataclass(frozen=True, kw_only=True)
class FieldDef:
    """One field. `type` is the describe's word (id, string, textarea, picklist, reference, …)."""

    name: str
    label: str
    type: str
    length: int = 0
    byte_length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    calculated: bool = False
    formula: str | None = None
    formula_null_as_zero: bool = False
    summary: Summary | None = None
    default_value: str | bool | float | None = None
    default_formula: str | None = None
    auto_number: str | None = None  # display format, such as DR-{000000}
    restricted_picklist: bool = False
    picklist_values: tuple[PicklistValue, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    relationship_order: int | None = None
    child_relationship_name: str | None = None
    cascade_delete: bool = False  # what the field's describe says: true for custom master-detail alone
    deletes_with_parent: bool = False  # what happens, and what the parent's child relationship says
    restricted_delete: bool = False
    any_custom: bool = False  # also points at every custom object (Task.WhatId)
    compound_field_name: str | None = None
    name_field: bool = False
    name_pointing: bool = False
    custom: bool = False
    defaulted_on_create: bool = False
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    aggregatable: bool = True
    permissionable: bool = False
    search_prefilterable: bool = False
    query_by_distance: bool = False
    html_formatted: bool = False
    extra_type_info: str | None = None
    controller_name: str | None = None
    inline_help: str | None = None
    write_requires_master_read: bool = False

    @property
    def stored(self) -> bool:
        """Compound fields (addresses) are answers made of their parts; every other field is a column."""
        return self.type not in {"address", "location"}

    @property
    def binary(self) -> bool:
        """Whether comparison minds case: ids, stamps and fields declared case sensitive."""
        return self.case_sensitive or self.type in {"id", "reference", "date", "datetime", "time"}

    @cached_property
    def values(self) -> Mapping[str, PicklistValue]:
        """Active picklist values by their lower-case API name."""
        return {value.value.casefold(): value for value in self.picklist_values if value.active}

    def __hash__(self) -> int:
        return hash((self.name, self.type))


@dataclass(frozen=True, kw_only=True)
class ChildRelationship:
    child: str
    field: str
    name: str | None
    cascade_delete: bool
    restricted_delete: bool


@dataclass(frozen=True, kw_only=True)
class ValidationRule:
    name: str
    formula: str
    message: str
    display_field: str | None = None


@dataclass(frozen=True, kw_only=True)
class FlowAssignment:
    """`field` of the record takes `value`, a formula text with the flow's own names resolved."""

    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class FlowBranch:
    """A way out of a node: if the formula holds (None: always), the assignments happen, then `next`."""

    condition: str | None
    assignments: tuple[FlowAssignment, ...] = ()
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A before-save record-triggered flow: at each node from `start` the first branch that holds is taken."""

    name: str
    object: str
    on_create: bool
    on_update: bool
    entry: str | None
    start: str | None
    nodes: Mapping[str, tuple[FlowBranch, ...]]


@dataclass(frozen=True, kw_only=True)
class AssignmentEntry:
    """One entry of an active assignment rule: when the formula holds (None: always), that owner."""

    condition: str | None
    owner: str  # developer name of a queue, or a username


@dataclass(frozen=True, kw_only=True)
class DuplicateRule:
    """Rows whose listed fields all agree (blank never agrees) are duplicates; `blocks` or only alerts."""

    name: str
    object: str
    fields: tuple[str, ...]
    blocks: bool = False
    message: str = "You're creating a duplicate record. We recommend you use an existing record instead."


@dataclass(frozen=True, kw_only=True)
class ObjectPermission:
    create: bool = False
    read: bool = False
    edit: bool = False
    delete: bool = False
    view_all: bool = False
    modify_all: bool = False


@dataclass(frozen=True, kw_only=True)
class PermissionSet:
    name: str
    label: str
    objects: Mapping[str, ObjectPermission] = field(default_factory=dict)
    fields: Mapping[str, tuple[bool, bool]] = field(
        default_factory=dict
    )  # "Obj.Field" -> (readable, editable)
    custom_permissions: frozenset[str] = frozenset()
    user_permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class QueueDef:
    """A queue the project ships: developer name, label and the objects it may own."""

    name: str
    label: str
    objects: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ObjectDef:
    """One object, its fields in describe order."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    fields: Mapping[str, FieldDef]
    child_relationships: tuple[ChildRelationship, ...] = ()
    validation_rules: tuple[ValidationRule, ...] = ()
    flows: tuple[Flow, ...] = ()
    assignment: tuple[AssignmentEntry, ...] = ()
    history_tracked: frozenset[str] = frozenset()
    history_object: str | None = None
    custom: bool = False
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    undeletable: bool = True
    queryable: bool = True
    retrieveable: bool = True
    replicateable: bool = True
    searchable: bool = True
    layoutable: bool = True
    triggerable: bool = True
    mergeable: bool = False
    feed_enabled: bool = False
    scopes: tuple[tuple[str, str], ...] = ()  # list view scopes: name, label
    private: bool = False  # sharing: only owners and those who view all
    flags: Mapping[str, bool] = field(default_factory=dict)  # describe flags that differ from the rule

    @cached_property
    def by_lower(self) -> Mapping[str, FieldDef]:
        return {name.lower(): definition for name, definition in self.fields.items()}

    def with_fields(self, fields: Mapping[str, FieldDef]) -> ObjectDef:
        """A copy with other fields."""
        return dataclasses.replace(self, fields=fields)

    def field(self, name: str) -> FieldDef | None:
        """The field of that API name, whatever its case; None when there is none."""
        return self.fields.get(name) or self.by_lower.get(name.lower())

    @cached_property
    def name_field(self) -> FieldDef | None:
        return next((definition for definition in self.fields.values() if definition.name_field), None)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The stored fields, which are the table's columns, in order."""
        return tuple(name for name, definition in self.fields.items() if definition.stored)

    @cached_property
    def summaries(self) -> tuple[FieldDef, ...]:
        return tuple(definition for definition in self.fields.values() if definition.summary)

    @cached_property
    def auto_numbers(self) -> tuple[str, ...]:
        return tuple(name for name, definition in self.fields.items() if definition.auto_number)

    @cached_property
    def boolean_columns(self) -> tuple[str, ...]:
        return tuple(name for name, definition in self.fields.items() if definition.type == "boolean")

    @cached_property
    def relationships(self) -> Mapping[str, FieldDef]:
        """Reference fields by lower-case relationship name (`owner`, `partner_account__r`)."""
        return {
            definition.relationship_name.lower(): definition
            for definition in self.fields.values()
            if definition.relationship_name and definition.reference_to
        }

    @cached_property
    def children(self) -> Mapping[str, ChildRelationship]:
        """Child relationships by lower-case name."""
        return {child.name.lower(): child for child in self.child_relationships if child.name}

    def __hash__(self) -> int:
        return hash(self.name)


class Schema:
    """Every object of an org, looked up whatever the case. Change makes a new Schema."""

    def __init__(
        self,
        objects: Iterable[ObjectDef],
        *,
        permission_sets: Iterable[PermissionSet] = (),
        convert_mapping: Mapping[str, Mapping[str, str]] | None = None,
        shipped: frozenset[str] = frozenset(),
        duplicate_rules: Iterable[DuplicateRule] = (),
        queues: Iterable[QueueDef] = (),
    ) -> None:
        self.objects: Mapping[str, ObjectDef] = {definition.name: definition for definition in objects}
        self._lower = {name.lower(): definition for name, definition in self.objects.items()}
        self._prefixes: dict[str, ObjectDef] = {}
        for definition in self.objects.values():  # history objects share a prefix: the first answers for it
            self._prefixes.setdefault(definition.key_prefix, definition)
        self.permission_sets: Mapping[str, PermissionSet] = {each.name: each for each in permission_sets}
        self.convert_mapping: Mapping[str, Mapping[str, str]] = convert_mapping or {}
        self.shipped = shipped  # "Object" and "Object.Field" names of the project: seen only where granted
        self.duplicate_rules = tuple(duplicate_rules)
        self.queues = tuple(queues)

    def with_objects(self, objects: Iterable[ObjectDef]) -> Schema:
        """A copy with these objects added or replaced."""
        merged = {**self.objects, **{definition.name: definition for definition in objects}}
        return self._copy(merged.values(), self.duplicate_rules)

    def with_duplicate_rule(self, rule: DuplicateRule) -> Schema:
        """A copy with one more active duplicate rule."""
        return self._copy(self.objects.values(), (*self.duplicate_rules, rule))

    def _copy(self, objects: Iterable[ObjectDef], duplicate_rules: Iterable[DuplicateRule]) -> Schema:
        return Schema(
            objects,
            permission_sets=self.permission_sets.values(),
            convert_mapping=self.convert_mapping,
            shipped=self.shipped,
            duplicate_rules=duplicate_rules,
            queues=self.queues,
        )

    def __iter__(self) -> Iterator[ObjectDef]:
        return iter(self.objects.values())

    def object(self, name: str) -> ObjectDef:
        """The object of that API name; UnknownObjectError when there is none."""
        found = self.objects.get(name) or self._lower.get(name.lower())
        if found is None:
            raise UnknownObjectError(name)
        return found

    def has(self, name: str) -> bool:
        return name.lower() in self._lower

    def of_id(self, record_id: str) -> ObjectDef | None:
        """The object an id belongs to, by its first three characters."""
        return self._prefixes.get(record_id[:3])

    def parent(self, name: str, relationship_name: str) -> tuple[FieldDef, tuple[ObjectDef, ...]] | None:
        """The reference field a relationship name stands for and the objects it may point to."""
        definition = self.object(name).relationships.get(relationship_name.lower())
        if definition is None:
            return None
        return definition, tuple(
            self.object(target) for target in definition.reference_to if self.has(target)
        )

    def child(self, name: str, child_relationship_name: str) -> ChildRelationship | None:
        """The child relationship of that name."""
        return self.object(name).children.get(child_relationship_name.lower())
