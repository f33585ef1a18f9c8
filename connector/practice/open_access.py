"""A permission set that opens every object and field, for the login a client gets first.

The shipped permission set lets the connector write verdicts and nothing else. Clients that come to practise
want to create and delete too, so the integration user has this set on top, unless the org is served with
least privilege.
"""

from __future__ import annotations

from connector.practice.org.user import ALL
from connector.practice.schema import PermissionSet, Schema

NAME = "Practice_Open_Access"


def add_open_access(schema: Schema) -> Schema:
    """Add the permission set to the schema and return it."""
    fields = {
        f"{definition.name}.{name}": (True, True)
        for definition in schema
        for name, field in definition.fields.items()
        if field.permissionable
    }
    opened = PermissionSet(
        name=NAME,
        label="Practice Open Access",
        objects=dict.fromkeys(schema.objects, ALL),
        fields=fields,
    )
    schema.permission_sets = {**schema.permission_sets, NAME: opened}
    return schema
