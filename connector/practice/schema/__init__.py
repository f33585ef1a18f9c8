"""The org's schema: standard objects as data, custom ones from the sf project, describes made of them."""

from connector.practice.schema.definition import (
    AssignmentEntry,
    ChildRelationship,
    DuplicateRule,
    FieldDef,
    Flow,
    FlowAssignment,
    FlowBranch,
    ObjectDef,
    ObjectPermission,
    PermissionSet,
    PicklistValue,
    QueueDef,
    Schema,
    UnknownObjectError,
    ValidationRule,
)
from connector.practice.schema.describe import describe, describe_global
from connector.practice.schema.loading import extend, load_schema, without_field

__all__ = [
    "AssignmentEntry",
    "ChildRelationship",
    "DuplicateRule",
    "FieldDef",
    "Flow",
    "FlowAssignment",
    "FlowBranch",
    "ObjectDef",
    "ObjectPermission",
    "PermissionSet",
    "PicklistValue",
    "QueueDef",
    "Schema",
    "UnknownObjectError",
    "ValidationRule",
    "describe",
    "describe_global",
    "extend",
    "load_schema",
    "without_field",
]
