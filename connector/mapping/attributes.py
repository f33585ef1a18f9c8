"""What a canonical attribute is, and how an org's text becomes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, get_args, get_origin

from connector.canonical.ids import RecordId, record_id
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.own import OWN, SORTS, OwnSort

Read = Callable[[str], Any]
_ID_LENGTH = 18


class Sort(StrEnum):
    """The sorts of attribute, and what is said where something else stands."""

    TEXT = "a text"
    ID = "a record id"
    MOMENT = "a date and time"
    DAY = "a date"
    TRUTH = "true or false"
    WHOLE = "a whole number"
    NUMBER = "a number"
    MONEY = "an amount with a currency"
    WORDS = "a list of texts"
    WORD = "one of a few words"
    ROWS = "rows of a child object"


FITS: Mapping[Sort, frozenset[str] | None] = {
    Sort.TEXT: None,
    Sort.ID: frozenset({"reference", "id", "string"}),
    Sort.MOMENT: frozenset({"datetime"}),
    Sort.DAY: frozenset({"date"}),
    Sort.TRUTH: frozenset({"boolean"}),
    Sort.WHOLE: frozenset({"int", "double", "currency", "percent"}),
    Sort.NUMBER: frozenset({"int", "double", "currency", "percent"}),
    Sort.MONEY: frozenset({"currency", "double", "int"}),
    Sort.WORDS: frozenset({"multipicklist", "picklist", "string", "textarea"}),
    Sort.WORD: None,
    Sort.ROWS: frozenset(),
}
"""Describe types that an attribute can be read from without `values:`; None: any that holds text."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of a canonical model. `empty` is its value where the org says nothing.

    `words`: canonical words of an enum; `rows`: the model of a child row; `needed`: there is no empty value.
    """

    name: str
    sort: Sort
    read: Read
    empty: Any = None
    nullable: bool = False
    words: tuple[str, ...] = ()
    rows: type[Model] | None = None
    needed: bool = False


@lru_cache(maxsize=64)
def attributes_of(model: type[Model]) -> Mapping[str, Attribute]:
    """Attributes by dotted name (`customer.name`)."""
    out: dict[str, Attribute] = {}
    for name, field in model.model_fields.items():
        if name == OWN:  # a programme's own: the mapping says which there are
            continue
        annotation: Any = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, Model) and annotation is not Money:
            out |= {f"{name}.{inner}": attribute for inner, attribute in attributes_of(annotation).items()}
            continue
        default = None if field.is_required() else field.default
        out[name] = _attribute(name, annotation, default, needed=field.is_required())
    return out


def own_attribute(name: str, sort: OwnSort) -> Attribute:
    """One of the programme's own fields, by the sort that its mapping declares."""
    annotation, empty = SORTS[sort]
    return _attribute(name, annotation, empty, needed=False)


def _attribute(name: str, annotation: Any, default: Any, *, needed: bool) -> Attribute:
    arguments = get_args(annotation)
    nullable = type(None) in arguments
    if get_origin(annotation) is tuple:
        inner = arguments[0]
        if inner is str:
            return Attribute(name=name, sort=Sort.WORDS, read=str, empty=())
        return Attribute(name=name, sort=Sort.ROWS, read=str, empty=(), rows=inner)
    plain = (
        next((each for each in arguments if each is not type(None)), annotation) if nullable else annotation
    )
    if plain is RecordId:
        return Attribute(
            name=name, sort=Sort.ID, read=any_id, nullable=nullable, empty=default, needed=needed
        )
    sort, read = _SORTS.get(plain, (Sort.WORD, plain))
    words = tuple(each.value for each in plain) if sort is Sort.WORD else ()
    return Attribute(
        name=name, sort=sort, read=read, empty=default, nullable=nullable, words=words, needed=needed
    )


def any_id(text: str) -> RecordId:
    """An id of 15 or 18 characters, as text fields and formulas hold them."""
    return RecordId(text) if len(text) == _ID_LENGTH else record_id(text)


def moment(text: str) -> datetime:
    """Canonical datetime text, to the whole second."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def truth(text: str) -> bool:
    if text == "true":
        return True
    if text == "false":
        return False
    raise ValueError(text)


def number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def whole(text: str) -> int:
    value = number(text)
    if value != value.to_integral_value():
        raise ValueError(text)
    return int(value)


_SORTS: Mapping[Any, tuple[Sort, Read]] = {
    str: (Sort.TEXT, str),
    datetime: (Sort.MOMENT, moment),
    date: (Sort.DAY, date.fromisoformat),
    bool: (Sort.TRUTH, truth),
    int: (Sort.WHOLE, whole),
    Decimal: (Sort.NUMBER, number),
    Money: (Sort.MONEY, number),
}
