"""A mapping compiled against an org: what to mirror, how to read a record, how to write a slot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime
from decimal import Decimal

from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import instant_text
from connector.mapping.attributes import Sort
from connector.mapping.model import PersonEdits, ProfileMapping

Text = str | None
Values = Mapping[str, Text]
Children = Mapping[str, Sequence[Values]]


@dataclass(frozen=True, kw_only=True, slots=True)
class BadValue:
    """A value of the org that its canonical attribute cannot hold: a dead letter, not an error (law 14)."""

    object: str
    record: str
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.object} {self.record}: {self.field} holds {self.found!r}, expected {self.expected}"


Reader = Callable[[Values, Children], "Record | BadValue | None"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Where one slot is written.

    Attributes:
        expected_field: takes the value before, for compare-and-set; empty without our package.
        values: canonical value to org value; empty when the slot is written as it is.
        language: canonical attribute naming the person whose language a text is in; empty: the programme's.
        queue: developer name of the queue that becomes owner; empty otherwise.
        length: the most characters that a long text may have; 0 where nothing is cut.
    """

    object: str
    field: str
    sort: Sort
    contested: bool = False
    expected_field: str = ""
    values: Mapping[str, str] = attribute(default_factory=dict)
    language: str = ""
    queue: str = ""
    length: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One section, compiled: an org object read as one kind."""

    kind: Kind
    object: str
    prefix: str  # the object's key prefix, first three characters of its ids
    fields: tuple[str, ...]
    read: Reader
    children: tuple[tuple[str, str], ...]
    edits: PersonEdits


@dataclass(frozen=True, kw_only=True)
class CompiledMapping:
    """What flows ask of a mapping. Nothing here raises for a bad value.

    Attributes:
        mapping: the mapping it was compiled from.
        objects: every org object to mirror, with the sorted source fields of all sections that read it.
        links: reference fields by which records of an object are looked up.
        stamps: the field that orders an object's changes: SystemModstamp, or CreatedDate of a history.
    """

    mapping: ProfileMapping
    objects: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    stamps: Mapping[str, str]
    sources: tuple[Source, ...]
    targets: Mapping[tuple[Kind, str], Target]
    _of_object: Mapping[str, tuple[Source, ...]] = attribute(init=False, repr=False)
    _of_kind: Mapping[Kind, tuple[Source, ...]] = attribute(init=False, repr=False)

    def __post_init__(self) -> None:
        by_object: dict[str, tuple[Source, ...]] = {}
        by_kind: dict[Kind, tuple[Source, ...]] = {}
        for source in self.sources:
            by_object[source.object] = (*by_object.get(source.object, ()), source)
            by_kind[source.kind] = (*by_kind.get(source.kind, ()), source)
        object.__setattr__(self, "_of_object", by_object)
        object.__setattr__(self, "_of_kind", by_kind)

    def kinds_of(self, object_name: str) -> tuple[Kind, ...]:
        """The kinds read from an org object; none for a child or history object."""
        return tuple(source.kind for source in self._of_object.get(object_name, ()))

    def sources_of(self, kind: Kind) -> tuple[Source, ...]:
        """The sections that make a kind, the profile's first first."""
        return self._of_kind.get(kind, ())

    def objects_of(self, kind: Kind) -> tuple[str, ...]:
        """The org objects that make a kind, the profile's first first."""
        return tuple(source.object for source in self._of_kind.get(kind, ()))

    def object_of(self, kind: Kind) -> str:
        """The first org object of a kind. Raises KeyError for a kind that no profile maps."""
        return self._of_kind[kind][0].object

    def parent_of(self, child_object: str) -> tuple[Kind, str] | None:
        """The kind whose records gather rows of a child object, and the field that links to them."""
        for source in self.sources:
            for child, link in source.children:
                if child == child_object:
                    return source.kind, link
        return None

    def children_of(self, kind: Kind) -> tuple[tuple[str, str], ...]:
        """(child object, link field) pairs whose rows `read` wants for a kind."""
        return tuple(pair for source in self._of_kind.get(kind, ()) for pair in source.children)

    def read(self, kind: Kind, values: Values, children: Children) -> Record | BadValue | None:
        """The canonical record; None outside the filter; BadValue where a value cannot be read.

        Args:
            kind: the kind to read it as.
            values: canonical text by org field name (see `connector.ports.org`).
            children: rows of each child object of `children_of(kind)`, deleted ones included or not.
        """
        sources = self._of_kind.get(kind, ())
        if len(sources) > 1:
            prefix = (values.get("Id") or "")[:3]
            sources = tuple(each for each in sources if each.prefix == prefix)
        return sources[0].read(values, children) if sources else None

    def write(self, kind: Kind, slot: str) -> Target | None:
        """Where a slot is written; None when no profile writes it."""
        return self.targets.get((kind, slot))

    def slots_of(self, object_name: str) -> Mapping[str, tuple[Kind, str]]:
        """The fields of an object that we own, with the slot each belongs to."""
        return {target.field: key for key, target in self.targets.items() if target.object == object_name}

    def edits_of(self, kind: Kind) -> PersonEdits:
        """What follows a person's edit of a field that we own."""
        sources = self._of_kind.get(kind, ())
        return sources[0].edits if sources else PersonEdits.FLAG

    def encode(self, kind: Kind, slot: str, value: object) -> Text | BadValue:
        """A canonical value as the org's canonical text (`in_review` becomes `In Review`); None clears."""
        target = self.targets.get((kind, slot))
        if value is None or target is None:
            return None
        text = _text(value)
        if not target.values:
            return _cut(text, target.length) or None
        if text in target.values:
            return target.values[text]
        if text in target.values.values():
            return text
        return BadValue(
            object=target.object,
            record="",
            field=target.field,
            found=text,
            expected="one of " + ", ".join(target.values),
        )

    def decode(self, kind: Kind, slot: str, text: Text) -> Text:
        """The org's text of a slot as its canonical value; a text without one stays as it is."""
        target = self.targets.get((kind, slot))
        if text is None or target is None:
            return text
        return next((canonical for canonical, org in target.values.items() if org == text), text)


def _cut(text: str, length: int) -> str:
    """A long text that the field can hold: the org refuses a longer one altogether."""
    return text if not length or len(text) <= length else f"{text[: length - 1]}…"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
