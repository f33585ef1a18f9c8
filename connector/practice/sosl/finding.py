"""Which rows of one object a search finds: its text fields, read as words."""

# ruff: noqa: S608 - every name in the SQL is the schema's own and every value a parameter

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from connector.practice.org.user import User
from connector.practice.schema.definition import FieldDef, ObjectDef
from connector.practice.sosl.terms import Term, matches, narrowed, words_of

_TEXT = frozenset({"string", "textarea", "email", "phone", "url"})
_NAMES = frozenset({"FirstName", "LastName", "Name", "Company"})


def found_ids(
    connection: sqlite3.Connection, definition: ObjectDef, term: Term, group: str, user: User
) -> Iterator[str]:
    """Yield the ids of the rows that match, in the order of the table.

    `group` is ALL, NAME, EMAIL, PHONE or SIDEBAR; fields that the login may not read are not searched.
    """
    columns = [
        f'"{each.name}"' for each in definition.fields.values() if _searched(definition, each, group, user)
    ]
    if not columns:
        return
    sql, values = narrowed(term, columns)
    alive = ' AND "IsDeleted" = 0' if definition.field("IsDeleted") else ""
    rows = connection.execute(
        f'SELECT "Id", {", ".join(columns)} FROM "{definition.name}" WHERE {sql}{alive}', values
    )
    for record_id, *texts in rows:
        if matches(term, [words_of(text) for text in texts if text]):
            yield record_id


def _searched(definition: ObjectDef, field: FieldDef, group: str, user: User) -> bool:
    if not field.stored or field.type not in _TEXT or not user.access.reads(definition, field):
        return False
    if group == "EMAIL":
        return field.type == "email"
    if group == "PHONE":
        return field.type == "phone"
    if group in {"NAME", "SIDEBAR"}:
        return field.name_field or (field.name in _NAMES and not field.custom)
    return True
