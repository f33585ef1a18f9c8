"""How the store writes text and instants, so that SQLite and PostgreSQL sort and compare them alike."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in byte order on both databases; PostgreSQL would otherwise sort by the language of the server."""

_UNCERTAIN = "an instant without a time zone cannot be stored: pass an aware datetime"


class Instant(TypeDecorator[datetime]):
    """A UTC instant as text of one width (`2026-01-02T03:04:05.000000`): text order is time order."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else instant_to_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def instant_to_text(moment: datetime) -> str:
    """UTC with microseconds, 26 characters."""
    if moment.tzinfo is None:
        raise ValueError(_UNCERTAIN)
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def second_to_text(moment: datetime) -> str:
    """UTC to the second, 19 characters: how the mirror keeps stamps and intervals."""
    if moment.tzinfo is None:
        raise ValueError(_UNCERTAIN)
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


@lru_cache(maxsize=4096)  # records of one page share their stamps
def second_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
