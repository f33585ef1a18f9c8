"""A programme's own fields: what a record says beyond the canonical words, for conditions and complete filings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from connector.canonical.kind import Kind
from connector.canonical.money import Money

OWN = "own"
PREFIX = f"{OWN}."
"""Before the name of such a field wherever it stands beside canonical words: `own.vertical`."""

OwnValue = str | bool | Decimal | date | Money | tuple[str, ...] | None
OwnPairs = tuple[tuple[str, OwnValue], ...]
"""A record's own fields, name and value: pairs, because a record is frozen through and through."""


class OwnSort(StrEnum):
    """What such a field holds, as the mapping declares it."""

    TEXT = "text"
    LIST = "list"
    NUMBER = "number"
    TRUTH = "truth"
    DATE = "date"
    MONEY = "money"


SORTS: Mapping[OwnSort, tuple[Any, OwnValue]] = MappingProxyType(
    {
        OwnSort.TEXT: (str, ""),
        OwnSort.LIST: (tuple[str, ...], ()),
        OwnSort.NUMBER: (Decimal | None, None),
        OwnSort.TRUTH: (bool, False),
        OwnSort.DATE: (date | None, None),
        OwnSort.MONEY: (Money | None, None),
    }
)
"""Of each sort, the type of its values, and the one that says nothing."""

KINDS = (Kind.REGISTRATION, Kind.PARTNER, Kind.PERSON, Kind.CUSTOMER, Kind.OPPORTUNITY, Kind.LEAD)
"""The kinds whose own fields a condition can ask for."""

OwnFields = Mapping[Kind, Mapping[str, OwnSort]]
"""The declared fields by kind and name."""
