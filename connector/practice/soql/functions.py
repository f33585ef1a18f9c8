"""SOQL's functions over one row: date parts and the few that only dress a value."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from connector.practice.org.folding import FOLD, add_fold
from connector.practice.schema.definition import FieldDef

# The part of a date that each function takes, as SQLite writes it; {} is the date or datetime.
DATE_PARTS: Final[Mapping[str, str]] = {
    "CALENDAR_YEAR": "CAST(strftime('%Y', {}) AS INTEGER)",
    "CALENDAR_QUARTER": "(CAST(strftime('%m', {}) AS INTEGER) + 2) / 3",
    "CALENDAR_MONTH": "CAST(strftime('%m', {}) AS INTEGER)",
    "FISCAL_YEAR": "CAST(strftime('%Y', {}) AS INTEGER)",
    "FISCAL_QUARTER": "(CAST(strftime('%m', {}) AS INTEGER) + 2) / 3",
    "FISCAL_MONTH": "CAST(strftime('%m', {}) AS INTEGER)",
    "DAY_IN_MONTH": "CAST(strftime('%d', {}) AS INTEGER)",
    "DAY_IN_WEEK": "CAST(strftime('%w', {}) AS INTEGER) + 1",
    "DAY_IN_YEAR": "CAST(strftime('%j', {}) AS INTEGER)",
    "DAY_ONLY": "strftime('%Y-%m-%d', {})",
    "HOUR_IN_DAY": "CAST(strftime('%H', {}) AS INTEGER)",
    "WEEK_IN_MONTH": "(CAST(strftime('%d', {}) AS INTEGER) - 1) / 7 + 1",
    "WEEK_IN_YEAR": "(CAST(strftime('%j', {}) AS INTEGER) - 1) / 7 + 1",
}
AGGREGATES: Final[Mapping[str, str]] = {
    "COUNT": "COUNT({})",
    "COUNT_DISTINCT": "COUNT(DISTINCT {})",
    "SUM": "SUM({})",
    "AVG": "AVG({})",
    "MIN": "MIN({})",
    "MAX": "MAX({})",
}
DRESSING: Final = frozenset({"TOLABEL", "FORMAT", "CONVERTCURRENCY"})
LOCAL_TIME: Final = "soql_local_time"
DISTANCE: Final = "soql_distance"
# The mean radius of the earth, by the unit that DISTANCE is asked for.
RADII: Final[Mapping[str, float]] = {"mi": 3958.761, "km": 6371.009}

WHOLE: Final = FieldDef(name="expr", label="expr", type="int")
DECIMAL: Final = FieldDef(name="expr", label="expr", type="double")
DAY: Final = FieldDef(name="expr", label="expr", type="date")


def local_time(moment: str | None, zone: str) -> str | None:
    """Return an instant's storage text as the wall clock of `zone` shows it (`convertTimezone`)."""
    if moment is None:
        return None
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%dT%H:%M:%S")


def distance(
    latitude: float | None, longitude: float | None, to_latitude: float, to_longitude: float, radius: float
) -> float | None:
    """Return the length of the great circle between two points in degrees, in the unit of `radius`."""
    if latitude is None or longitude is None:
        return None
    here, there = math.radians(latitude), math.radians(to_latitude)
    across = math.radians(to_longitude - longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * radius * math.asin(min(1.0, math.sqrt(half)))


def add_functions(connection: sqlite3.Connection, sql: str) -> None:
    """Let the connection run the statement: register the functions of ours that it calls."""
    if LOCAL_TIME in sql:
        connection.create_function(LOCAL_TIME, 2, local_time, deterministic=True)
    if DISTANCE in sql:
        connection.create_function(DISTANCE, 5, distance, deterministic=True)
    if FOLD in sql:
        add_fold(connection)
