"""List views over REST: which there are, what they ask and what they find (shapes recorded by others)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import named_object, not_found
from connector.practice.http.recents import Recents
from connector.practice.http.route import Route
from connector.practice.org import ApiError
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.org.list_views import (
    ListColumn,
    ListView,
    columns_of,
    has_list_views,
    list_views_of,
)
from connector.practice.schema import ObjectDef
from connector.practice.soql import compile_query

# Documented: how many rows `results` gives when not told, and at most.
_ROWS, _MOST = 25, 2000
_SORTED = {
    "phone": ("9-0", "0-9"),
    "picklist": ("Low to High", "High to Low"),
    "date": ("New to Old", "Old to New"),
    "datetime": ("New to Old", "Old to New"),
}
_NUMBERS = frozenset({"int", "double", "currency", "percent"})


class ViewsUsed:
    """By login, the list views whose results were asked for, the latest first."""

    def __init__(self) -> None:
        self._used: dict[str, dict[str, None]] = {}
        self._lock = threading.Lock()

    def note(self, user_id: str, view: ListView) -> None:
        """Remember a view as the latest used."""
        with self._lock:
            earlier = self._used.get(user_id, {})
            self._used[user_id] = {view.id: None, **{key: None for key in earlier if key != view.id}}

    def of(self, user_id: str) -> list[str]:
        """Return the ids."""
        with self._lock:
            return list(self._used.get(user_id, {}))


def _object(call: Call) -> ObjectDef:
    found = named_object(call)
    if not has_list_views(found):
        raise not_found()
    return found


def _view(call: Call) -> ListView:
    found = view_with_id([_object(call)], call.places["view"])
    if found is None:
        raise not_found()
    return found


def view_with_id(objects: Iterable[ObjectDef], view_id: str) -> ListView | None:
    """Return the list view of these objects that has this id, in either form."""
    if not view_id.startswith("00B") or not is_well_formed(view_id):
        return None
    wanted = to18(view_id)
    views = (view for each in objects for view in list_views_of(each))
    return next((view for view in views if view.id == wanted), None)


def soql_of(call: Call, view: ListView) -> str:
    """Return the query of a view as it runs for the login of the call."""
    columns = _columns(call, view.object)
    if view.scope != "mru":
        return _soql(view, columns, view.scope)
    seen = call.service.keep(Recents, Recents).of(call.user.id, view.object.name)
    listed = ", ".join(f"'{record_id}'" for record_id, _ in seen) or "null"
    return _soql(view, columns, "everything", f"Id IN ({listed})")


def _brief(call: Call, view: ListView) -> dict[str, Any]:
    url = f"{call.base}/sobjects/{view.object.name}/listviews/{view.id}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": view.name,
        "id": view.id,
        "label": view.label,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def _listed(call: Call, definition: ObjectDef, views: list[ListView]) -> Answer:
    return Answer(
        body={
            "done": True,
            "listviews": [_brief(call, each) for each in views],
            "nextRecordsUrl": None,
            "size": len(views),
            "sobjectType": definition.name,
        }
    )


def _all_views(call: Call) -> Answer:
    definition = _object(call)
    return _listed(call, definition, list(list_views_of(definition)))


def _recent_views(call: Call) -> Answer:
    definition = _object(call)
    used = call.service.keep(ViewsUsed, ViewsUsed).of(call.user.id)
    known = {each.id: each for each in list_views_of(definition)}
    return _listed(call, definition, [known[each] for each in used if each in known])


def _one_view(call: Call) -> Answer:
    return Answer(body=_brief(call, _view(call)))


def _describe(call: Call) -> Answer:
    view = _view(call)
    columns = _columns(call, view.object)
    where: dict[str, Any] = {"conditions": [], "conjunction": "and"}
    if view.where is not None:
        where = {"field": view.where[0], "operator": "equals", "values": [view.where[1]]}
    return Answer(
        body={
            "columns": [_column(each, view.object) for each in columns],
            "id": view.id[:15],
            "orderBy": [
                {"fieldNameOrPath": path, "nullsPosition": "first", "sortDirection": "ascending"}
                for path in _order(view.object)
            ],
            "query": _soql(view, columns, view.scope),
            "scope": view.scope,
            "sobjectType": view.object.name,
            "whereCondition": where,
        }
    )


def _columns(call: Call, definition: ObjectDef) -> tuple[ListColumn, ...]:
    """Return the columns that the login may read."""
    hidden = {
        name for name, field in definition.fields.items() if not call.user.access.reads(definition, field)
    }
    return tuple(each for each in columns_of(definition) if each.path not in hidden)


def _column(column: ListColumn, definition: ObjectDef) -> dict[str, Any]:
    first = column.path == _order(definition)[0]
    rising, falling = _SORTED.get(column.type, ("Low to High", "High to Low"))
    if column.type not in _SORTED and column.type not in _NUMBERS:
        rising, falling = "Z-A", "A-Z"
    return {
        "ascendingLabel": None if column.hidden else rising,
        "descendingLabel": None if column.hidden else falling,
        "fieldNameOrPath": column.path,
        "hidden": column.hidden,
        "label": column.label,
        "selectListItem": column.selected,
        "sortDirection": "ascending" if first else None,
        "sortIndex": 0 if first else None,
        "sortable": not column.hidden,
        "type": column.type,
    }


def _order(definition: ObjectDef) -> tuple[str, ...]:
    named = definition.name_field
    return (named.name, "Id") if named else ("Id",)


def _soql(view: ListView, columns: tuple[ListColumn, ...], scope: str, *more: str) -> str:
    """Return the query of a view, as a describe shows it; `more` are further conditions."""
    conditions = [f"{view.where[0]} = {view.where[1]}"] if view.where else []
    where = " AND ".join([*conditions, *more])
    order = ", ".join(f"{path} ASC NULLS FIRST" for path in _order(view.object))
    return (
        f"SELECT {', '.join(each.selected for each in columns)} FROM {view.object.name}"  # noqa: S608 - SOQL
        f"{'' if scope == 'everything' else f' USING SCOPE {scope}'}"
        f"{f' WHERE {where}' if where else ''} ORDER BY {order}"
    )


def _results(call: Call) -> Answer:
    view = _view(call)
    limit, offset = _whole(call, "limit", _ROWS, 1), _whole(call, "offset", 0, 0)
    call.service.keep(ViewsUsed, ViewsUsed).note(call.user.id, view)
    columns, org = _columns(call, view.object), call.service.org
    compiled = compile_query(
        org.schema, f"{soql_of(call, view)} LIMIT {limit + 1} OFFSET {offset}", call.user, org.now()
    )
    rows = list(compiled.records(org.reader(), call.base))
    return Answer(
        body={
            "columns": [_column(each, view.object) for each in columns],
            "developerName": view.name,
            "done": len(rows) <= limit,
            "id": view.id[:15],
            "label": view.label,
            "records": [
                {"columns": [{"fieldNameOrPath": each.path, "value": _text(row, each)} for each in columns]}
                for row in rows[:limit]
            ],
            "size": min(len(rows), limit),
        }
    )


def _whole(call: Call, name: str, default: int, least: int) -> int:
    asked = call.query.get(name, str(default))
    if not asked.isdigit() or not least <= int(asked) <= _MOST:
        message = f"{name} must be between {least} and {_MOST}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
    return int(asked)


def _text(row: dict[str, Any], column: ListColumn) -> str | None:
    """Return the value at a column's path as text, times as a Java client would print them (documented)."""
    value: Any = row
    for name in column.path.split("."):
        value = None if value is None else value[name]
    if value is None:
        return None
    if column.type in {"datetime", "date"}:
        return datetime.fromisoformat(str(value)).strftime("%a %b %d %H:%M:%S GMT %Y")
    return str(value).lower() if isinstance(value, bool) else str(value)


_ROOT = "/services/data/v{version}/sobjects/{object}/listviews"
routes = [
    Route(_ROOT, {"GET": _all_views}),
    Route(f"{_ROOT}/recent", {"GET": _recent_views}),
    Route(f"{_ROOT}/{{view}}", {"GET": _one_view}),
    Route(f"{_ROOT}/{{view}}/describe", {"GET": _describe}),
    Route(f"{_ROOT}/{{view}}/results", {"GET": _results}),
]
