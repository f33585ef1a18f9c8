"""What people did on a record, oldest first: the activity behind a deal, for the channel manager (R3.3)."""

from collections.abc import Iterator
from contextlib import suppress

from connector.canonical.time import parse_instant
from connector.flows.explanation import Line
from connector.flows.teller import Teller
from connector.ports.store import SourceVersion

_OBJECTS = ("Task", "Event")
_LINKS = ("WhatId", "WhoId")


def timeline(teller: Teller, record: str) -> tuple[Line, ...]:
    """Calls, meetings and tasks about the record, as the mirror has them: when, who, and what about."""
    rows = {row.id: row for row in _rows(teller, record)}
    return tuple(_line(teller, row) for row in sorted(rows.values(), key=_order))


def _rows(teller: Teller, record: str) -> Iterator[SourceVersion]:
    known = {row.object for row in teller.view.mirror.count()}
    for name in _OBJECTS:
        for link in _LINKS if name in known else ():
            with suppress(LookupError):  # the profile does not read this link
                yield from [row for row in teller.view.mirror.where(name, link, record) if not row.deleted]


def _order(row: SourceVersion) -> tuple[str, str]:
    return (row.values.get("CreatedDate") or "", row.id)


def _line(teller: Teller, row: SourceVersion) -> Line:
    made = row.values.get("CreatedDate")
    when = teller.when(parse_instant(made)) if made else ""
    who = teller.name(row.values.get("OwnerId"))
    return Line(
        record=row.id,
        name=row.values.get("Subject") or row.object,
        link=teller.link(row.id),
        text="  ".join(part for part in (when, who) if part),
    )
