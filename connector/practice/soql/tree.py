"""The syntax tree of a SOQL query. Every node that an error may point at knows its offset in the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """A field, perhaps over parent relationships: `Owner.Profile.Name`."""

    names: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True)
class Literal:
    """A value as written: kind is string, number, boolean, null, date, datetime or word (`LAST_N_DAYS:3`)."""

    kind: str
    value: str
    at: int


@dataclass(frozen=True)
class Call:
    """A function: `COUNT(Id)`, `CALENDAR_YEAR(convertTimezone(CreatedDate))`."""

    name: str
    arguments: tuple[Path | Call | Literal, ...]
    at: int


Operand = Path | Call


@dataclass(frozen=True)
class TypeOfCase:
    """`WHEN type THEN paths`."""

    type: str
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class TypeOf:
    """`TYPEOF What WHEN Account THEN Phone ELSE Name END`."""

    path: Path
    cases: tuple[TypeOfCase, ...]
    otherwise: tuple[Path, ...]

    @property
    def at(self) -> int:
        return self.path.at


@dataclass(frozen=True)
class Item:
    """One entry of the SELECT list."""

    expression: Path | Call | TypeOf | Query
    alias: str | None = None


@dataclass(frozen=True)
class Compare:
    """`operand operator value`; IN, NOT IN, INCLUDES and EXCLUDES hold a tuple of literals or a semi-join."""

    operand: Operand
    operator: str
    value: Literal | tuple[Literal, ...] | Query


@dataclass(frozen=True)
class Not:
    term: Condition


@dataclass(frozen=True)
class Logic:
    """`terms` joined by `word`, which is AND or OR; mixing them needs brackets."""

    word: str
    terms: tuple[Condition, ...]


Condition = Compare | Not | Logic


@dataclass(frozen=True)
class Order:
    expression: Operand
    descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """A whole query or sub-query. `at` is where its FROM names the object; `subtotals` is ROLLUP or CUBE."""

    items: tuple[Item, ...]
    object: str
    at: int
    alias: str | None = None
    scope: str | None = None
    where: Condition | None = None
    with_words: tuple[str, ...] = ()
    group: tuple[Operand, ...] = ()
    subtotals: str = ""
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    purpose: str = ""  # FOR VIEW, FOR REFERENCE, FOR UPDATE
