"""The SELECT list as SQL columns and the shape of the record they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.practice.org.results import ApiError
from connector.practice.schema.definition import FieldDef, ObjectDef
from connector.practice.soql import tree
from connector.practice.soql.compiled import OutputColumn
from connector.practice.soql.faults import malformed, pointed
from connector.practice.soql.functions import DRESSING
from connector.practice.soql.metadata import Entry
from connector.practice.soql.scope import Column, Place, Scope
from connector.practice.soql.shapes import Choice, Compound, Leaf, Record
from connector.practice.soql.values import ADDRESS_PARTS, Render, formatted, label_of, render_of


@dataclass
class Selection:
    """Collects the columns of a record query: the shown ones first, then those that only shapes need."""

    scope: Scope
    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    columns: list[OutputColumn] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    unfit: str | None = None
    wide: bool = False
    _records: dict[tuple[str, ...], Record] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        base = self.scope.place((), 0)
        self.root = Record("", self.scope.object.name, self._hide(base.id_sql), self.scope.schema, [])
        self._records[()] = self.root

    # Hidden columns are numbered from -1 downwards until the number of shown ones is known.
    def _hide(self, sql: str) -> int:
        if sql not in self.hidden:
            self.hidden.append(sql)
        return -1 - self.hidden.index(sql)

    def add_path(self, path: tree.Path, alias: str | None) -> None:
        """Select a field, perhaps of a parent."""
        if alias is not None:
            raise pointed(
                self.scope.text,
                path.at,
                "MALFORMED_QUERY",
                "only aggregate expressions use field aliasing",
            )
        self._add_column(self.scope.column(path), path.at)

    def add_dressed(self, call: tree.Call, alias: str | None) -> None:
        """Select `toLabel(field)`, `FORMAT(field)` or `convertCurrency(field)`."""
        inner: tree.Path | tree.Call | tree.Literal = call
        names = []
        while isinstance(inner, tree.Call) and inner.name.upper() in DRESSING and len(inner.arguments) == 1:
            names.append(inner.name.upper())
            inner = inner.arguments[0]
        if not isinstance(inner, tree.Path):
            raise malformed(f"Invalid use of function {call.name}")
        column = self.scope.column(inner)
        render = render_of(column.field)
        if "FORMAT" in names:
            render = formatted(column.field)
        elif "TOLABEL" in names:
            render = label_of(column.field)
        if alias is None:
            self._add_column(column, inner.at, render=render)
        else:
            self.unfit = self.unfit or "aliases are not supported"
            self._show(column, self.root, alias, render, alias)

    def add_fields(self, call: tree.Call, limit: int | None) -> None:
        """Select `FIELDS(ALL)`, `FIELDS(STANDARD)` or `FIELDS(CUSTOM)`."""
        argument = call.arguments[0] if len(call.arguments) == 1 else None
        word = argument.text.upper() if isinstance(argument, tree.Path) else ""
        if word not in {"ALL", "STANDARD", "CUSTOM"}:
            raise malformed("The SOQL FIELDS function must have one argument: ALL, STANDARD, or CUSTOM")
        if word != "STANDARD" and (limit is None or limit > 200):
            raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
        for definition in readable(self.scope, self.scope.object):
            if word == "ALL" or definition.custom == (word == "CUSTOM"):
                self._add_column(
                    self.scope.column_at(self.scope.place((), 0), definition.name, call.at), call.at
                )

    def add_typeof(self, choice: tree.TypeOf) -> None:
        """Select different fields by the kind of a polymorphic parent."""
        self.unfit = self.unfit or "TYPEOF is not supported"
        names = self.scope.within(choice.path.names)
        place = self.scope.place(names, choice.at)
        by_name = {target.object.name.lower(): target for target in place.targets}
        cases: dict[str, Record] = {}
        for case in choice.cases:
            target = by_name.get(case.type.lower())
            if target is None:
                raise pointed(
                    self.scope.text,
                    choice.at,
                    "INVALID_TYPE",
                    f"sObject type '{case.type}' is not supported in the TYPEOF expression on "
                    f"'{choice.path.text}'.",
                )
            one = Place(place.names, (target,), place.key)
            cases[target.object.name] = self._case(one, case.paths)
        otherwise = self._case(place, choice.otherwise) if choice.otherwise else None
        parent = self._record(place.names[:-1], choice.at)
        shape = Choice(place.names[-1], self._hide(place.id_sql), self.scope.schema, cases, otherwise)
        parent.shapes.append(shape)
        self.entries.append(Entry(place.names, None))

    def _case(self, place: Place, paths: tuple[tree.Path, ...]) -> Record:
        record = Record(place.names[-1], place.entity, self._hide(place.id_sql), self.scope.schema, [])
        for path in paths:
            if len(path.names) > 1:
                raise malformed("Relationship paths are not supported in a TYPEOF clause")
            column = self.scope.column_at(place, path.names[0], path.at)
            record.shapes.append(Leaf(column.path[-1], self._hide(column.sql), render_of(column.field)))
        return record

    def _add_column(self, column: Column, at: int, render: Render | None = None) -> None:
        if column.name.lower() in self._seen:
            raise ApiError(400, "INVALID_FIELD", f"duplicate field selected: {column.name}")
        self._seen.add(column.name.lower())
        parent = self._record(column.path[:-1], at)
        if not column.field.stored:
            self._compound(column, parent)
            return
        if column.field.type == "base64":
            self.unfit = self.unfit or "Binary fields not supported"
        self.wide = self.wide or (column.field.type == "textarea" and column.field.length > 4000)
        self._show(column, parent, column.path[-1], render or render_of(column.field), column.name)

    def _show(self, column: Column, parent: Record, key: str, render: Render | None, name: str) -> None:
        leaf = Leaf(key, len(self.shown), render)
        self.shown.append(column.sql)
        self.columns.append(OutputColumn(name=name, field=column.field))
        self.entries.append(Entry((*column.path[:-1], key), column.field))
        parent.shapes.append(leaf)

    def _compound(self, column: Column, parent: Record) -> None:
        self.unfit = self.unfit or "Selecting compound data not supported in Bulk Query"
        target = column.place.targets[0]
        parts: dict[str, int] = {}
        for definition in target.object.fields.values():
            if (definition.compound_field_name or "") == column.field.name and definition.stored:
                ending = next(
                    (
                        end
                        for end in sorted(ADDRESS_PARTS, key=len, reverse=True)
                        if definition.name.endswith(end)
                    ),
                    None,
                )
                if ending:
                    parts[ADDRESS_PARTS[ending]] = self._hide(target.column(definition.name))
        shape = Compound(column.path[-1], dict(sorted(parts.items())))
        parent.shapes.append(shape)
        self.entries.append(Entry(column.path, column.field))

    def _record(self, names: tuple[str, ...], at: int) -> Record:
        """Return the shape that fields of the place at `names` go into, nested where first asked for."""
        known = self._records.get(names)
        if known is not None:
            return known
        place = self.scope.place(names, at)
        parent = self._record(names[:-1], at)
        record = Record(names[-1], place.entity, self._hide(place.id_sql), self.scope.schema, [])
        parent.shapes.append(record)
        self._records[names] = record
        return record

    def settle(self, extra: int = 0) -> Record:
        """Give hidden columns their final numbers, after the shown ones and `extra` leading columns."""
        settle_shape(self.root, extra, extra + len(self.shown))
        return self.root


def settle_shape(record: Record, shift: int, hidden_from: int) -> None:
    """Replace provisional column numbers: shown ones move by `shift`, hidden ones follow `hidden_from`."""

    def final(index: int) -> int:
        return index + shift if index >= 0 else hidden_from - 1 - index

    record.id_index = final(record.id_index)
    for number, shape in enumerate(record.shapes):
        if isinstance(shape, Leaf):
            record.shapes[number] = Leaf(shape.key, final(shape.index), shape.render)
        elif isinstance(shape, Compound):
            record.shapes[number] = Compound(
                shape.key, {name: final(index) for name, index in shape.parts.items()}
            )
        elif isinstance(shape, Record):
            settle_shape(shape, shift, hidden_from)
        elif isinstance(shape, Choice):
            for case in (*shape.cases.values(), *((shape.otherwise,) if shape.otherwise else ())):
                settle_shape(case, shift, hidden_from)
            record.shapes[number] = Choice(
                shape.key, final(shape.id_index), shape.schema, shape.cases, shape.otherwise
            )


def readable(scope: Scope, definition: ObjectDef) -> Iterator[FieldDef]:
    """Yield the fields of an object that the login may read."""
    for each in definition.fields.values():
        if scope.user.access.reads(definition, each):
            yield each
