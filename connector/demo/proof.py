"""Proof: every row and field of the mirror against the org, read by an independent client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.demo.people import People
from connector.ports.store import AttemptState, Store

_ALL = 1_000_000
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value in which ours (in the mirror, or written by us) and the org's differ."""

    sobject: str
    record: str
    field: str
    mirror: str | None
    org: str | None

    def __str__(self) -> str:
        return f"{self.sobject} {self.record} {self.field}: ours {self.mirror!r}, the org's {self.org!r}"


def unproven(people: People, store: Store, objects: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What keeps the day from being proven, a line each; empty when all of it holds.

    Mirror and org are equal; each write came back as an echo; the newest value delivered to each field is
    what the org shows; and the one record that the org was made to refuse is the one dead letter (law 14).
    """
    said = _listed("mirror and org differ", compared(people, store, objects))
    said += _listed("the org does not show what was written", overwritten(people, store))
    with store.reading() as view:
        items = view.outbox.list(limit=_ALL)
    written = [item for item in items if item.written_at is not None]
    unconfirmed = sum(item.state is not AttemptState.DONE for item in written)
    if unconfirmed:
        said.append(f"{unconfirmed} of {len(written)} written values never came back as an echo")
    dead = {item.record or item.key or "" for item in items if item.state is AttemptState.DEAD}
    planted = people.stories["poison"]["registration"]
    if dead != {planted}:
        shown = ", ".join(sorted(dead)) or "none"
        said.append(f"dead letters are {shown}; expected {planted}, the record on legal hold, alone")
    return said


def _listed(what: str, found: list[Difference]) -> list[str]:
    if not found:
        return []
    return [f"{what} in {len(found)} values: " + "; ".join(str(each) for each in found[:_SHOWN])]


def compared(people: People, store: Store, objects: Mapping[str, tuple[str, ...]]) -> list[Difference]:
    """Every difference between mirror and org, over all mapped objects and fields."""
    found: list[Difference] = []
    for name, fields in objects.items():
        soql = f"SELECT {', '.join(fields)} FROM {name}"  # noqa: S608 - names of the compiled mapping
        rows = {row["Id"]: row for row in people.rows(soql)}
        with store.reading() as view:
            mine = {version.id: version.values for version in view.mirror.scan(name)}
        for ident in sorted(rows.keys() | mine.keys()):
            row, values = rows.get(ident), mine.get(ident)
            if row is None or values is None:
                where = "absent" if values is None else "present"
                there = "absent" if row is None else "present"
                found.append(Difference(sobject=name, record=ident, field="Id", mirror=where, org=there))
                continue
            for field in fields:
                theirs = plain(row[field])
                if values.get(field) != theirs:
                    found.append(
                        Difference(
                            sobject=name, record=ident, field=field, mirror=values.get(field), org=theirs
                        )
                    )
    return found


def overwritten(people: People, store: Store) -> list[Difference]:
    """The newest delivered value of each record and field that the org, asked independently, does not show."""
    with store.reading() as view:
        items = view.outbox.list((AttemptState.DONE,), limit=_ALL)
    newest: dict[str, dict[tuple[str, str], str | None]] = {}
    for item in sorted(items, key=lambda item: item.id):
        if item.record is not None and item.written_at is not None:
            newest.setdefault(item.object, {})[item.record, item.field] = item.value
    found: list[Difference] = []
    for name, values in newest.items():
        fields = sorted({"Id", *(field for _, field in values)})
        soql = f"SELECT {', '.join(fields)} FROM {name}"  # noqa: S608 - names of the compiled mapping
        rows = {row["Id"]: row for row in people.rows(soql)}
        for (record, field), value in values.items():
            theirs = plain(rows[record][field]) if record in rows else None
            if theirs != value:
                found.append(Difference(sobject=name, record=record, field=field, mirror=value, org=theirs))
    return found


def plain(value: Any) -> str | None:
    """A REST value as the mirror keeps it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    text = str(value)
    if text.endswith("+0000") and len(text) == len("2026-01-02T03:04:05.000+0000"):
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + text[20:23] + "Z"
    return text
