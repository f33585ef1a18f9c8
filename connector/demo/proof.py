"""Proof: every row and field of the mirror against the org, read by an independent client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.demo.people import People
from connector.ports.store import Store


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One value in which mirror and org differ."""

    sobject: str
    record: str
    field: str
    mirror: str | None
    org: str | None


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
