"""EntityDefinition, FieldDefinition, EntityParticle and ListView: what the org holds, as rows that SOQL asks for.

They are made from the schema, for the eyes of one login, and kept until either changes. Refused is what is
documented and recorded as refused; LIMIT and OFFSET, which the reference calls ignored, are obeyed, as
clients that page by them found.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import not_found
from connector.practice.http.route import Route
from connector.practice.org import Access, ApiError, User
from connector.practice.org.definition_rows import entity_row, field_row, list_view_row, particle_row
from connector.practice.org.list_views import list_views_of
from connector.practice.org.storage import insert_statement, table
from connector.practice.schema import Schema, describe
from connector.practice.schema.loading import complete
from connector.practice.schema.tables import definition_objects
from connector.practice.soql import CompiledQuery, compile_query, tree
from connector.practice.soql.operands import aggregates
from connector.practice.soql.parsing import parse

ENTITY, FIELD, PARTICLE, VIEW = "EntityDefinition", "FieldDefinition", "EntityParticle", "ListView"
# Rows that no table holds have an id that is nobody's; a list view has its own.
_NO_ID = "000000000000000AAA"
_LARGEST = 2000
# A query that names none of these is refused, in this order.
_FILTERS = {
    ENTITY: (),
    FIELD: ("EntityDefinitionId", "DurableId"),
    PARTICLE: ("EntityDefinitionId", "FieldDefinitionId", "DurableId"),
}
_COMPLEX = frozenset({"RecordTypesSupported", "ReferenceTo"})
_SCHEMA = Schema(complete(definition_objects()))
DEFINITIONS = tuple(_FILTERS)
_NAMES = {name.lower(): name for name in (*_FILTERS, VIEW)}


class Definitions:
    """The rows by login; remade where the schema or the login's rights are others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, tuple[Schema, Access, sqlite3.Connection]] = {}

    def records(self, call: Call, compiled: CompiledQuery, base: str) -> list[dict[str, Any]]:
        """Return the records of a query; `base` begins their addresses."""
        with self._lock:
            found = [*compiled.records(self._connection(call.service.org.schema, call.user), base)]
        return [_shown(each) for each in found]

    def total(self, call: Call, compiled: CompiledQuery) -> int:
        """Return how many rows a query finds."""
        with self._lock:
            return compiled.total(self._connection(call.service.org.schema, call.user))

    def _connection(self, schema: Schema, user: User) -> sqlite3.Connection:
        kept = self._made.get(user.id)
        if kept is not None and kept[0] is schema and kept[1] == user.access:
            return kept[2]
        made = _filled(schema, user.access)
        self._made[user.id] = (schema, user.access, made)
        return made


def _filled(schema: Schema, access: Access) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    for each in _SCHEMA:
        connection.execute(table(each))
    seen = sorted((each for each in schema if access.object(each).read), key=lambda each: each.name)
    _fill(connection, ENTITY, map(entity_row, seen))
    pairs = [(each, field) for each in seen for field in each.fields.values() if access.reads(each, field)]
    _fill(connection, FIELD, (field_row(each, field) for each, field in pairs))
    _fill(connection, PARTICLE, (particle_row(each, field) for each, field in pairs))
    views = [view for each in seen for view in list_views_of(each)]
    _fill(connection, VIEW, map(list_view_row, views))
    return connection


def _fill(connection: sqlite3.Connection, name: str, rows: Iterable[dict[str, Any]]) -> None:
    definition = _SCHEMA.object(name)
    columns = definition.columns
    no = {key: False for key, field in definition.fields.items() if field.type == "boolean"}
    connection.executemany(
        insert_statement(definition, columns),
        ([(no | row).get(column) for column in columns] for row in rows),
    )


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with nobody's id, and with its complex values read."""
    shown: dict[str, Any] = {}
    nameless = record.get("attributes", {}).get("type") in _FILTERS
    for key, value in record.items():
        if key == "Id" and nameless:
            shown[key] = _NO_ID
        elif key in _COMPLEX:
            shown[key] = json.loads(value)
        elif isinstance(value, dict) and "records" in value:
            shown[key] = value | {"records": [_shown(each) for each in value["records"]]}
        else:
            shown[key] = _shown(value) if isinstance(value, dict) and key != "attributes" else value
    return shown


def is_definition(name: str) -> bool:
    """Whether a FROM names one of these objects."""
    return name.lower() in _NAMES


def answer_definitions(call: Call, soql: str) -> Answer:
    """Answer a query of these objects; the Tooling API says more about the answer than the data API."""
    query, tooling = parse(soql), _tooling(call)
    if _NAMES[query.object.lower()] in _FILTERS:
        _refuse(query)
    compiled = compile_query(_SCHEMA, soql, call.user, call.service.org.now())
    name = compiled.object.name
    if call.query.get("columns", "").lower() == "true":
        return Answer(
            body={
                "columnMetadata": list(compiled.metadata),
                "entityName": name,
                "groupBy": False,
                "idSelected": compiled.id_selected,
                "keyPrefix": compiled.object.key_prefix,
            }
        )
    definitions = call.service.keep(Definitions, Definitions)
    base = f"{call.base}/tooling" if tooling else call.base
    if compiled.kind == "count":
        records, total = [], definitions.total(call, compiled)
    else:
        records = definitions.records(call, compiled, base)
        total = len(records)
    if len(records) > _LARGEST:
        message = f"{name} does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    if not tooling:
        return Answer(body={"totalSize": total, "done": True, "records": records})
    return Answer(
        body={
            "size": total,
            "totalSize": total,
            "done": True,
            "queryLocator": None,
            "entityTypeName": name,
            "records": records,
        }
    )


def _tooling(call: Call) -> bool:
    return call.path.startswith(f"{call.base}/tooling/")


def _refuse(query: tree.Query) -> None:
    """Raise what the service answers to a query that these objects do not support (documented)."""
    counts = [item.expression for item in query.items if not isinstance(item.expression, tree.Query)]
    counting = any(isinstance(each, tree.Call) and aggregates(each) and each.arguments for each in counts)
    if query.group or counting:
        message = (
            "The requested operation is not yet supported by this SObject storage type, contact "
            "salesforce.com support for more information."
        )
        raise ApiError(400, "INVALID_OPERATION", message)
    compares = [*_compares(query.where)]
    name = _NAMES[query.object.lower()]
    wanted = _FILTERS[name]
    if wanted and not any(_names_one(each, wanted) for each in compares):
        message = f"{name}: a filter on a reified column is required [{','.join(wanted)}]"
        raise ApiError(400, "MALFORMED_QUERY", message)


def _names_one(compare: tree.Compare, wanted: Sequence[str]) -> bool:
    """Whether a comparison is with one of these columns, or with anything of the parent behind it."""
    if not isinstance(compare.operand, tree.Path) or compare.operator not in {"=", "IN"}:
        return False
    first = compare.operand.names[0].lower()
    return any(first == each.lower() or f"{first}id" == each.lower() for each in wanted)


def _compares(condition: tree.Condition | None) -> Iterator[tree.Compare]:
    """Yield the comparisons of a WHERE; OR over several fields and every NOT are refused."""
    if condition is None:
        return
    if isinstance(condition, tree.Logic):
        inner = [each for term in condition.terms for each in _compares(term)]
        named = {each.operand.text.lower() for each in inner if isinstance(each.operand, tree.Path)}
        if condition.word == "OR" and len(named) > 1:
            raise ApiError(400, "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION", "Disjunctions not supported")
        yield from inner
        return
    if isinstance(condition, tree.Not) or condition.operator in {"!=", "NOT IN"}:
        raise ApiError(400, "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION", "Only equals comparisons permitted")
    if condition.operator in {"INCLUDES", "EXCLUDES"}:
        raise ApiError(400, "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION", "Unsupported filter type")
    yield condition


def _describe(name: str, call: Call) -> Answer:
    return Answer(body=describe(_SCHEMA, name, call.version))


def _read(name: str, call: Call) -> Answer:
    """Answer one row by its durable id, a list view by its own."""
    definition, key = _SCHEMA.object(name), "Id" if name == VIEW else "DurableId"
    fields = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    durable = call.places["durable"].replace("\\", "\\\\").replace("'", "\\'")
    soql = (
        f"SELECT {', '.join(fields or definition.columns)} FROM {definition.name} "  # noqa: S608 - no SQL
        f"WHERE {key} = '{durable}'"
    )
    compiled = compile_query(_SCHEMA, soql, call.user, call.service.org.now())
    base = f"{call.base}/tooling" if _tooling(call) else call.base
    found = call.service.keep(Definitions, Definitions).records(call, compiled, base)
    if not found:
        raise not_found()
    return Answer(body=found[0])


_BASE = "/services/data/v{version}/"
routes = [
    Route(f"{_BASE}{below}sobjects/{name}/{place}", {"GET": partial(endpoint, name)})
    for below in ("", "tooling/")
    for name in (*_FILTERS, VIEW)
    for place, endpoint in (("describe", _describe), ("{durable}", _read))
]
