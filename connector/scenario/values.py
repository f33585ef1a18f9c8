"""A story's words as canonical values: each read by the type of the attribute that it stands for.

Nothing here knows any one kind: whatever the canonical models hold can be told in a story.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.own import OWN, PREFIX, SORTS, OwnFields
from connector.canonical.records import KIND_OF, Record
from connector.canonical.shape import Reading, listed, unknown
from connector.policy.words import decimal, money, truth
from connector.scenario.picklists import Picks, strange
from connector.scenario.times import DAY, MOMENT, Clock

MISSING: Any = object()
"""What reading answers after a fault; `None` is a legitimate value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """How a story's words are to be understood: its clock, the records it names, the programme's own fields."""

    clock: Clock
    names: Mapping[str, RecordId]
    own: OwnFields = field(default_factory=dict)
    picks: Picks = field(default_factory=dict)


@lru_cache(maxsize=256)
def attributes(model: type[BaseModel]) -> Mapping[str, Any]:
    """Every attribute by dotted name with its annotation: nested models both whole and by their parts."""
    out: dict[str, Any] = {}
    for name, each in model.model_fields.items():
        if issubclass(model, Record) and name in ("id", OWN):
            continue
        out[name] = each.annotation
        inner = _part(each.annotation)
        if inner is not None:
            out |= {f"{name}.{part}": nested for part, nested in attributes(inner).items()}
    return out


def _part(annotation: Any) -> type[BaseModel] | None:
    """The model of an attribute that has words of its own, such as a customer's identity."""
    plain = _plain(annotation)
    inner = isinstance(plain, type) and issubclass(plain, BaseModel) and plain is not Money
    return plain if inner else None


def known(model: type[BaseModel], own: OwnFields) -> Mapping[str, Any]:
    """Every attribute as `attributes` gives them, with the programme's own fields as `own.NAME`."""
    declared = own.get(KIND_OF[model], {}) if issubclass(model, Record) else {}
    return {**attributes(model), **{f"{PREFIX}{name}": SORTS[sort][0] for name, sort in declared.items()}}


def read(annotation: Any, node: Node, words: Words, reading: Reading) -> Any:
    """The value at a node as the annotation asks for it; MISSING after recording the fault."""
    plain, nullable = _plain(annotation), type(None) in get_args(annotation)
    if isinstance(node, Scalar) and node.null:
        return None if nullable or get_origin(plain) is tuple else _blank(plain, node, reading)
    if get_origin(plain) is tuple:
        return _several(get_args(plain)[0], node, words, reading)
    if isinstance(plain, type) and issubclass(plain, BaseModel) and plain is not Money:
        return _row(plain, node, words, reading)
    if not isinstance(node, Scalar):
        reading.fault(node, expected=_expected(plain))
        return MISSING
    if plain is RecordId:
        return named(node, words, reading)
    if isinstance(plain, type) and issubclass(plain, Enum):
        choices = {str(each.value): each for each in plain}
        if node.text in choices:
            return choices[node.text]
        near = nearest(node.text, choices)
        reading.fault(node, expected=listed(choices, near), near=near)
        return MISSING
    try:
        return _scalar(plain, node.text, words.clock)
    except (ValueError, ArithmeticError) as error:
        reading.fault(node, expected=_expected(plain), fix=str(error) if error.args else "")
        return MISSING


def named(node: Scalar, words: Words, reading: Reading) -> Any:
    """The id of a record that the story names."""
    if node.text in words.names:
        return words.names[node.text]
    near = nearest(node.text, words.names)
    reading.fault(node, expected="a record of this story: " + listed(words.names, near), near=near)
    return MISSING


def table(
    model: type[BaseModel], node: Node, words: Words, reading: Reading, apart: Sequence[str] = ()
) -> dict[str, Any]:
    """Attributes by dotted name as they stand in a table; those with a fault are left out.

    Keys that stand `apart` are none of the record's own words, and read elsewhere.
    """
    if not isinstance(node, Table):
        if not (isinstance(node, Scalar) and node.null):
            reading.fault(node, expected="a table: `word: value`")
        return {}
    there = known(model, words.own)
    out: dict[str, Any] = {}
    for key, each in node.entries:
        if key.text in apart:
            continue
        if key.text not in there:
            unknown(key, (*there, *apart), reading)
            continue
        part = _part(there[key.text])
        if part is not None and isinstance(each, Table):  # a table for a part says what its dotted words say
            inner = table(part, each, words, reading)
            out |= {f"{key.text}.{name}": value for name, value in inner.items()}
            continue
        value = read(there[key.text], each, words, reading)
        if value is MISSING:
            continue
        if expected := _picked(model, key, value, words):
            reading.fault(each, expected=expected)
        else:
            out[key.text] = value
    return out


def _picked(model: type[BaseModel], key: Scalar, value: Any, words: Words) -> str:
    """What is expected there, where an org of this profile cannot hold the value; "" where its picklist can."""
    kind = KIND_OF[model] if issubclass(model, Record) else None
    wrong = strange(words.picks, kind, key.text, value) if kind is not None else None
    if kind is None or wrong is None:
        return ""
    there = sorted(words.picks[kind, key.text])
    return f"a word for which the mapping has a value of the org: {listed(there, nearest(wrong, there))}"


def changed(record: Any, values: Mapping[str, Any]) -> Any:
    """A model's copy with values by dotted name; None blanks what may not be None."""
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        name, _, rest = path.partition(".")
        if rest:
            inner.setdefault(name, {})[rest] = value
        else:
            own[name] = blank(type(record), name) if value is None else value
    for name, parts in inner.items():
        if name == OWN:
            own[name] = tuple({**dict(record.own), **parts}.items())
            continue
        base = own.get(name, getattr(record, name))
        own[name] = changed(base if base is not None else _empty(type(record), name), parts)
    return record.model_copy(update=own)


def blank(model: type[BaseModel], name: str) -> Any:
    """The value of an attribute about which nothing is said."""
    default = model.model_fields[name].get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def of(record: Any, path: str) -> Any:
    """The value at a dotted name."""
    if path.startswith(PREFIX):
        return dict(record.own).get(path.removeprefix(PREFIX))
    for part in path.split("."):
        record = getattr(record, part, None)
    return record


def _plain(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return next(each for each in get_args(annotation) if each is not type(None))
    return annotation


def _empty(model: type[BaseModel], name: str) -> Any:
    return _plain(model.model_fields[name].annotation)()


def _blank(plain: Any, node: Scalar, reading: Reading) -> Any:
    if plain in (str, bool) or (isinstance(plain, type) and issubclass(plain, (Enum, BaseModel))):
        return None
    reading.fault(node, found="nothing", expected=_expected(plain))
    return MISSING


def _several(item: Any, node: Node, words: Words, reading: Reading) -> Any:
    nodes = node.items if isinstance(node, Listing) else (node,)
    found = [read(item, each, words, reading) for each in nodes]
    return MISSING if any(each is MISSING for each in found) else tuple(found)


def _row(model: type[BaseModel], node: Node, words: Words, reading: Reading) -> Any:
    """One child row; its id and its times are the org's, given when it is saved."""
    if not isinstance(node, Table):
        reading.fault(node, expected="a table with " + ", ".join(model.model_fields))
        return MISSING
    before = len(reading.faults)
    values = table(model, node, words, reading)
    for name, each in model.model_fields.items():
        if each.is_required() and name not in values:
            if name == "id":
                values[name] = RecordId("")
            elif each.annotation is datetime:
                values[name] = words.clock.starts
            else:
                reading.fault(node, found=f"no {name!r}", expected=_expected(_plain(each.annotation)))
    return model(**values) if len(reading.faults) == before else MISSING


def _scalar(plain: Any, text: str, clock: Clock) -> Any:
    if plain is Money:
        return money(text)
    if plain is datetime:
        return clock.moment(text)
    if plain is date:
        return clock.day(text)
    if plain is timedelta:
        return clock.moment(f"+{text}") - clock.starts
    if plain is bool:
        return truth(text)
    if plain is Decimal:
        return decimal(text)
    if plain is int:
        return int(text)
    return text


def _expected(plain: Any) -> str:
    sorts = {
        Money: "an amount with its currency, such as `20000 EUR`",
        datetime: MOMENT,
        date: DAY,
        timedelta: "a span such as `90 days`",
        bool: "true or false",
        Decimal: "a number",
        int: "a whole number",
        RecordId: "the name of a record of this story",
    }
    return sorts.get(plain, "a text")
