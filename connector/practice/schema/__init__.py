"""The org's schema: standard objects as data, custom ones from the sf project, and the describes made of them."""

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
    Schema,
    UnknownObjectError,
    ValidationRule,
)
from connector.practice.schema.describe import describe, describe_global
from connector.practice.schema.loading import load_schema

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
    "Schema",
    "UnknownObjectError",
    "ValidationRule",
    "describe",
    "describe_global",
    "load_schema",
]
