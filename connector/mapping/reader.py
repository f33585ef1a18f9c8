"""Reading a record: closures built once per section, so that a record costs look-ups and no decisions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connector.canonical.ids import BadRecordId
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.own import OWN, PREFIX
from connector.canonical.records import Record
from connector.mapping.attributes import Attribute, Sort, any_id, moment
from connector.mapping.compiled import BadValue, Children, Reader, Values
from connector.mapping.where import Test

Fill = Callable[[Values, Children], Any]


class Unread(Exception):
    """A value that does not fit: caught per record, so that one bad record stops nobody."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(field)
        self.field, self.found, self.expected = field, found, expected


def plain(field: str, attribute: Attribute) -> Fill:
    """One field read by its sort."""
    read, empty, expected = attribute.read, attribute.empty, str(attribute.sort)
    if read is str:
        return lambda values, _: values.get(field) or empty

    def fill(values: Values, _: Children) -> Any:
        text = values.get(field)
        if text is None:
            return empty
        try:
            return read(text)
        except (ValueError, BadRecordId):
            raise Unread(field, text, expected) from None

    return fill


def first_of(one: Fill, other: Fill) -> Fill:
    """What one says; where it says nothing, what the other says."""

    def fill(values: Values, children: Children) -> Any:
        found = one(values, children)
        return other(values, children) if found is None or found == "" else found

    return fill


def valued(field: str, attribute: Attribute, values: Mapping[str, str | None]) -> Fill:
    """A field whose org values stand for canonical ones.

    A value without a canonical one: None where the attribute allows it, the org's own text for a text, and
    unreadable for anything else.
    """
    table = {
        org: attribute.empty if canonical is None else attribute.read(canonical)
        for org, canonical in values.items()
    }
    empty, expected = attribute.empty, "one of " + ", ".join(values)
    keeps_text = attribute.sort is Sort.TEXT

    def fill(given: Values, _: Children) -> Any:
        text = given.get(field)
        if text is None:
            return empty
        if text in table:
            return table[text]
        if keeps_text:
            return text
        if attribute.nullable:
            return None
        raise Unread(field, text, expected)

    return fill


def listed(field: str, split: str, values: Mapping[str, str | None] | None) -> Fill:
    """A multi-select field as a tuple of texts, in the org's order."""
    table = {org: canonical or "" for org, canonical in (values or {}).items()}

    def fill(given: Values, _: Children) -> Any:
        text = given.get(field)
        if text is None:
            return ()
        members = (part.strip() for part in text.split(split))
        return tuple(table.get(member, member) for member in members if member)

    return fill


def money(field: str, attribute: Attribute, currency_field: str, code: str) -> Fill:
    """An amount with the currency of a field, or of the whole org."""
    read = attribute.read

    def fill(values: Values, _: Children) -> Any:
        text = values.get(field)
        if text is None:
            return None
        currency = code or values.get(currency_field)
        if not currency:
            raise Unread(currency_field, "nothing", "the amount's currency")
        try:
            return built(Money, {"amount": read(text), "currency": currency})
        except ValueError:
            raise Unread(field, text, str(attribute.sort)) from None

    return fill


def cases(attribute: Attribute, rows: Sequence[tuple[Test | None, str]]) -> Fill:
    """The first row whose condition holds."""
    ready = tuple((test, attribute.read(value)) for test, value in rows)

    def fill(values: Values, _: Children) -> Any:
        for test, value in ready:
            if test is None or test(values):
                return value
        return attribute.empty

    return fill


def first_entry(history: str, link: str, field: str, to: str) -> Fill:
    """The moment at which a field first took a value, by the org's own field history."""

    def fill(values: Values, children: Children) -> Any:
        stamps = [
            row["CreatedDate"] or ""
            for row in _rows_of(values, children.get(history, ()), link)
            if row.get("Field") == field and row.get("NewValue") == to and row.get("CreatedDate")
        ]
        return moment(min(stamps)) if stamps else None

    return fill


def child_rows(child: str, link: str, read_row: Callable[[Values], Any]) -> Fill:
    """Rows of a child object, oldest first."""

    def fill(values: Values, children: Children) -> Any:
        rows = list(_rows_of(values, children.get(child, ()), link))
        if len(rows) > 1:
            rows.sort(key=lambda row: (row.get("CreatedDate") or "", row.get("Id") or ""))
        return tuple(read_row(row) for row in rows)

    return fill


def _rows_of(values: Values, rows: Iterable[Values], link: str) -> Iterable[Values]:
    parent = values.get("Id")
    return (row for row in rows if row.get("IsDeleted") != "true" and row.get(link, parent) == parent)


def built(model: type[BaseModel], values: dict[str, Any]) -> Any:
    """A frozen model from values of the right types: validation is the readers' work, done already."""
    instance = model.__new__(model)
    object.__setattr__(instance, "__dict__", values)
    object.__setattr__(instance, "__pydantic_fields_set__", set(values))
    object.__setattr__(instance, "__pydantic_extra__", None)
    object.__setattr__(instance, "__pydantic_private__", None)
    return instance


@dataclass(frozen=True)
class Plan:
    """Attributes of a model and how each is filled; the others keep their defaults."""

    model: type[Model]
    fills: Mapping[str, Fill]

    def row(self) -> Callable[[Values], Any]:
        """A reader of one child row: its id and creation date are its own."""
        fills, model = tuple(self.fills.items()), self.model
        defaults = _defaults(model)
        own_id, own_date = "id" in model.model_fields, "created_at" in model.model_fields
        none: Children = {}

        def read(values: Values) -> Any:
            out = dict(defaults)
            if own_id:
                out["id"] = any_id(values.get("Id") or "")
            if own_date:
                out["created_at"] = moment(values.get("CreatedDate") or values.get("SystemModstamp") or "")
            for name, fill in fills:
                out[name] = fill(values, none)
            return built(model, out)

        return read


def record_reader(
    *, object_name: str, model: type[Record], inside: Test | None, fills: Mapping[str, Fill]
) -> Reader:
    """The reader of one section. `fills` go by dotted attribute name."""
    own = tuple((name, fill) for name, fill in fills.items() if "." not in name)
    programme = tuple((name.removeprefix(PREFIX), fill) for name, fill in fills.items() if _programmes(name))
    parts: dict[str, list[tuple[str, Fill]]] = {}
    for name, fill in fills.items():
        head, _, tail = name.partition(".")
        if tail and not _programmes(name):
            parts.setdefault(head, []).append((tail, fill))
    nested = tuple(
        (head, type(model.model_fields[head].default), tuple(inner)) for head, inner in parts.items()
    )
    nested_defaults = {head: _defaults(part) for head, part, _ in nested}
    defaults = _defaults(model)

    def read(values: Values, children: Children) -> Record | BadValue | None:
        if inside is not None and not inside(values):
            return None
        out = dict(defaults)
        try:
            _common(values, out)
            for name, fill in own:
                out[name] = fill(values, children)
            for head, part, inner in nested:
                piece = dict(nested_defaults[head])
                for name, fill in inner:
                    piece[name] = fill(values, children)
                out[head] = built(part, piece)
            if programme:
                out[OWN] = tuple((name, fill(values, children)) for name, fill in programme)
        except Unread as bad:
            record = values.get("Id") or ""
            return BadValue(
                object=object_name, record=record, field=bad.field, found=bad.found, expected=bad.expected
            )
        record_: Record = built(model, out)
        return record_

    return read


def _programmes(name: str) -> bool:
    """Whether a dotted name is that of one of the programme's own fields."""
    return name.startswith(PREFIX)


def _common(values: Values, out: dict[str, Any]) -> None:
    """What every record carries; an object without one of the stamps is read by the next best."""
    stamp = _stamp(values, "SystemModstamp", "LastModifiedDate", "CreatedDate")
    out["id"] = _ident(values, "Id", required=True)
    out["stamp"] = stamp
    out["created_at"] = _stamp(values, "CreatedDate", "SystemModstamp")
    out["changed_at"] = _stamp(values, "LastModifiedDate", "SystemModstamp", "CreatedDate")
    out["created_by"] = _ident(values, "CreatedById")
    out["changed_by"] = _ident(values, "LastModifiedById")


def _stamp(values: Values, *fields: str) -> Any:
    for field in fields:
        text = values.get(field)
        if text is not None:
            try:
                return moment(text)
            except ValueError:
                raise Unread(field, text, "a date and time") from None
    raise Unread(fields[0], "nothing", "a date and time")


def _ident(values: Values, field: str, *, required: bool = False) -> Any:
    text = values.get(field)
    if text is None and not required:
        return None
    try:
        return any_id(text or "")
    except BadRecordId:
        raise Unread(field, text or "nothing", "a record id") from None


def _defaults(model: type[Model]) -> dict[str, Any]:
    """Every attribute, in the model's order; a required one is filled by its reader."""
    return {
        name: None if field.is_required() else field.default for name, field in model.model_fields.items()
    }
