"""`search` (SOSL) and `parameterizedSearch`: the records that hold the words looked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Route
from connector.practice.schema import ObjectDef
from connector.practice.soql import compile_query
from connector.practice.soql.scope import find_object
from connector.practice.sosl import Returning, Search, found_ids, parse
from connector.practice.sosl.parsing import checked_term, refused

# Documented: a search returns at most 2,000 records from API version 28 on.
_MOST = 2000


def _search(call: Call) -> Answer:
    return _answer(call, parse(call.query.get("q", "")), call.query.get("q", ""))


def _parameterized(call: Call) -> Answer:
    """Search with parameters in the address: `q`, `sobject`, `fields`, `in`, `X.fields`, `X.limit`, `X.where`."""
    asked = call.query
    listed = [each.strip() for each in asked.get("sobject", "").split(",") if each.strip()]
    objects = [
        {
            "name": name,
            "fields": _names(asked.get(f"{name}.fields", "")),
            "limit": asked.get(f"{name}.limit"),
            "where": asked.get(f"{name}.where"),
        }
        for name in listed
    ]
    return _by_parameters(call, {**asked, "fields": _names(asked.get("fields", "")), "sobjects": objects})


def _parameterized_by_body(call: Call) -> Answer:
    """Search with the same parameters as JSON, where `sobjects` is a list of objects (documented)."""
    return _by_parameters(call, call.json_object())


def _by_parameters(call: Call, asked: Mapping[str, Any]) -> Answer:
    words = str(asked.get("q") or "")
    if not words.strip():
        raise refused("No search term found. The search term must be enclosed in braces.")
    common = tuple(asked.get("fields") or ())
    returning = tuple(
        Returning(
            object=str(each.get("name", "")),
            fields=tuple(each.get("fields") or common),
            where=str(each.get("where") or ""),
            tail=_tail(each, asked.get("defaultLimit")),
        )
        for each in asked.get("sobjects") or ()
    )
    limit = asked.get("overallLimit")
    search = Search(
        term=checked_term(words),
        group=str(asked.get("in") or "ALL").upper(),
        returning=returning,
        limit=_whole(limit) if limit is not None else None,
    )
    return _answer(call, search, words)


def _tail(asked: Mapping[str, Any], default: Any) -> str:
    order = f" ORDER BY {asked['orderBy']}" if asked.get("orderBy") else ""
    limit = asked.get("limit") or default
    return order + (f" LIMIT {_whole(limit)}" if limit is not None else "")


def _whole(value: Any) -> int:
    if not str(value).isdigit():
        raise refused(f"unexpected token: {value}")
    return int(value)


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _answer(call: Call, search: Search, text: str) -> Answer:
    schema = call.service.org.schema
    returning: Sequence[Returning] = search.returning or [
        Returning(object=each.name)
        for each in schema
        if each.searchable and each.queryable and call.user.access.object(each).read
    ]
    objects = [
        find_object(schema, call.user, text, each.object, _place(text, each.object)) for each in returning
    ]
    found: Iterator[Any] = itertools.chain.from_iterable(
        _records(call, definition, each, search) for definition, each in zip(objects, returning, strict=True)
    )
    most = _MOST if search.limit is None else min(search.limit, _MOST)
    return Answer(body={"searchRecords": list(itertools.islice(found, most))})


def _place(text: str, name: str) -> int:
    """Return where an error points: at the object's name in the statement."""
    return max(text.rfind(name), 0)


def _records(call: Call, definition: ObjectDef, asked: Returning, search: Search) -> Iterator[Any]:
    org = call.service.org
    ids = list(
        itertools.islice(found_ids(org.reader(), definition, search.term, search.group, call.user), _MOST)
    )
    # A clause that the query would refuse is refused even when nothing was found.
    listed = ", ".join(f"'{each}'" for each in ids) or "null"
    where = f" AND ({asked.where})" if asked.where else ""
    soql = (
        f"SELECT {', '.join(asked.fields) or 'Id'} FROM {definition.name} "  # noqa: S608 - a query like any
        f"WHERE Id IN ({listed}){where}{asked.tail}"
    )
    yield from compile_query(org.schema, soql, call.user, org.now()).records(org.reader(), call.base)


routes = [
    Route("/services/data/v{version}/search", {"GET": _search}),
    Route(
        "/services/data/v{version}/parameterizedSearch",
        {"GET": _parameterized, "POST": _parameterized_by_body},
    ),
]
