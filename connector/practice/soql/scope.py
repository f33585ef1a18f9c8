"""Where a query's names lead: field paths become columns of the table and of the parents joined to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from connector.practice.org.results import ApiError
from connector.practice.org.user import User
from connector.practice.schema.definition import FieldDef, ObjectDef, Schema
from connector.practice.soql.faults import malformed, no_such_column, no_such_object, no_such_parent
from connector.practice.soql.tree import Path

_DEEPEST = 5
# What may be asked of a parent that can be of several objects: the fields of the documented Name object.
_NAME_FIELDS = frozenset(
    [
        "alias",
        "email",
        "firstname",
        "id",
        "isactive",
        "lastname",
        "name",
        "phone",
        "profileid",
        "title",
        "type",
        "userroleid",
        "username",
    ]
)
_TYPE = FieldDef(name="Type", label="Type", type="string", length=40)


@dataclass(frozen=True)
class Target:
    """One object that a place may hold, under its alias in the SQL."""

    object: ObjectDef
    alias: str

    def column(self, name: str) -> str:
        return f'{self.alias}."{name}"'


@dataclass(frozen=True)
class Place:
    """The queried table itself, or a parent reached over relationships. Several targets: polymorphic."""

    names: tuple[str, ...]
    targets: tuple[Target, ...]
    key: str = ""

    @property
    def entity(self) -> str:
        """The entity's name in errors and `attributes`: a polymorphic parent is a `Name`."""
        return self.targets[0].object.name if len(self.targets) == 1 else "Name"

    @property
    def id_sql(self) -> str:
        return _first(target.column("Id") for target in self.targets)


@dataclass(frozen=True)
class Column:
    """A field found: its SQL, its definition, where it stands and its path in the org's own spelling."""

    sql: str
    field: FieldDef
    place: Place
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass
class Scope:
    """The tables of one query or sub-query, joined as paths ask for them."""

    schema: Schema
    user: User
    text: str
    object: ObjectDef
    prefix: str
    alias: str | None = None
    joins: list[str] = field(default_factory=list)
    _places: dict[tuple[str, ...], Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places[()] = Place((), (Target(self.object, f"{self.prefix}0"),))

    @property
    def base(self) -> Target:
        return self._places[()].targets[0]

    def column(self, path: Path) -> Column:
        """Return the column of a path; INVALID_FIELD when a name is unknown to this login."""
        names = self.within(path.names)
        return self.column_at(self.place(names[:-1], path.at), names[-1], path.at)

    def within(self, names: Sequence[str]) -> tuple[str, ...]:
        """Drop the table's own alias or name from the front of a path."""
        if len(names) > 1 and names[0].lower() not in self.object.relationships:
            own = {self.object.name.lower(), (self.alias or "").lower()}
            if names[0].lower() in own:
                return tuple(names[1:])
        return tuple(names)

    def place(self, names: Sequence[str], at: int) -> Place:
        """Return the place that a chain of relationship names leads to, joining what is needed."""
        if len(names) > _DEEPEST:
            raise malformed(f"Only {_DEEPEST} levels of parent relationships are allowed in a field path.")
        found = self._places[()]
        for depth, name in enumerate(names):
            known = self._places.get(tuple(each.lower() for each in names[: depth + 1]))
            found = known or self._join(found, name, tuple(names[: depth + 1]), at)
        return found

    def column_at(self, place: Place, name: str, at: int) -> Column:
        """Return the column `name` of a place."""
        if len(place.targets) > 1:
            return self._shared_column(place, name, at)
        target = place.targets[0]
        found = target.object.field(name)
        if found is None or not self.user.access.reads(target.object, found):
            raise no_such_column(self.text, at, name, target.object.name)
        return Column(target.column(found.name), found, place, (*place.names, found.name))

    def _shared_column(self, place: Place, name: str, at: int) -> Column:
        lower = name.lower()
        if lower == "type":
            cases = " ".join(
                f"WHEN '{target.object.key_prefix}' THEN '{_type_name(target.object)}'"
                for target in place.targets
            )
            return Column(f"CASE substr({place.key},1,3) {cases} END", _TYPE, place, (*place.names, "Type"))
        found = [
            (target, definition)
            for target in place.targets
            if (definition := target.object.name_field if lower == "name" else target.object.field(name))
        ]
        if lower not in _NAME_FIELDS or not found:
            raise no_such_column(self.text, at, name, "Name")
        spelt = "Name" if lower == "name" else found[0][1].name
        sql = _first(target.column(definition.name) for target, definition in found)
        return Column(sql, found[0][1], place, (*place.names, spelt))

    def _join(self, place: Place, name: str, names: tuple[str, ...], at: int) -> Place:
        for target in place.targets:
            reference = target.object.relationships.get(name.lower())
            if reference is None or not self.user.access.reads(target.object, reference):
                continue
            parents = [
                self.schema.object(each)
                for each in reference.reference_to
                if self.schema.has(each) and self.user.access.object(self.schema.object(each)).read
            ]
            if parents:
                return self._joined(target.column(reference.name), reference, parents, place, names)
        raise no_such_parent(self.text, at, name)

    def _joined(
        self, key: str, reference: FieldDef, parents: list[ObjectDef], place: Place, names: tuple[str, ...]
    ) -> Place:
        targets = []
        for parent in parents:
            alias = f"{self.prefix}{len(self.joins) + 1}"
            self.joins.append(f'LEFT JOIN "{parent.name}" AS {alias} ON {alias}."Id" = {key}')
            targets.append(Target(parent, alias))
        spelt = (*place.names, reference.relationship_name or names[-1])
        joined = Place(spelt, tuple(targets), key)
        self._places[tuple(each.lower() for each in names)] = joined
        return joined


def find_object(schema: Schema, user: User, text: str, name: str, at: int) -> ObjectDef:
    """Return the object a FROM names; INVALID_TYPE when this login knows none of that name."""
    if schema.has(name):
        found = schema.object(name)
        if user.access.object(found).read:
            if not found.queryable:
                raise ApiError(
                    400, "INVALID_TYPE_FOR_OPERATION", f"entity type {found.name} does not support query"
                )
            return found
    raise no_such_object(text, at, name)


def _first(columns: Iterable[str]) -> str:
    listed = list(columns)
    return listed[0] if len(listed) == 1 else f"COALESCE({', '.join(listed)})"


def _type_name(definition: ObjectDef) -> str:
    return "Queue" if definition.name == "Group" else definition.name
