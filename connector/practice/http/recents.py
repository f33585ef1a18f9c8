"""What a login looked at last: `recent`, and `recentItems` of an object.

Reading over the API leaves no trace; a query that says FOR VIEW or FOR REFERENCE does (documented).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Route
from connector.practice.org import ApiError
from connector.practice.soql import compile_query

# Documented: the service keeps the last 200 per login.
_KEPT = 200


class Recents:
    """By login, the ids of the rows looked at, each with its object, the latest first."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def note(self, user_id: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Remember the records of one answer, the first of them as the latest."""
        rows = [record["attributes"] for record in records]
        with self._lock:
            latest = {each["url"].rpartition("/")[2]: each["type"] for each in rows}
            earlier = self._seen.get(user_id, {})
            merged = latest | {key: name for key, name in earlier.items() if key not in latest}
            self._seen[user_id] = dict(list(merged.items())[:_KEPT])

    def of(self, user_id: str, name: str | None = None) -> list[tuple[str, str]]:
        """Return (id, object) pairs, those of one object where `name` is given."""
        with self._lock:
            seen = list(self._seen.get(user_id, {}).items())
        return [pair for pair in seen if name in {None, pair[1]}]


def rows_seen(call: Call, seen: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the rows that are still there, each with its id and name."""
    found: list[dict[str, Any]] = []
    org = call.service.org
    for record_id, name in seen:
        definition = org.schema.object(name) if org.schema.has(name) else None
        if definition is None:
            continue
        named = f", {definition.name_field.name}" if definition.name_field else ""
        soql = f"SELECT Id{named} FROM {name} WHERE Id = '{record_id}'"  # noqa: S608 - all from the schema
        compiled = compile_query(org.schema, soql, call.user, org.now())
        found += compiled.records(org.reader(), call.base)
    return found


def _recent(call: Call) -> Answer:
    asked = call.query.get("limit", str(_KEPT))
    if not asked.isdigit():
        raise ApiError(400, "INVALID_INPUT", f"Invalid limit: {asked}")
    seen = call.service.keep(Recents, Recents).of(call.user.id)
    return Answer(body=rows_seen(call, seen[: int(asked)]))


routes = [Route("/services/data/v{version}/recent", {"GET": _recent})]
