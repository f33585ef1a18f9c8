"""A mapping file as frozen data: per canonical kind, which org fields are read and which are written."""

from collections.abc import Mapping
from enum import StrEnum

from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.own import PREFIX, OwnFields, OwnSort
from connector.mapping.where import Where


class Place(Model):
    """Where something stands in a mapping file, for faults found later (against an org, or another file)."""

    file: str
    line: int
    column: int
    where: str

    def fault(
        self, *, found: str, expected: str = "", near: str = "", fix: str = "", note: bool = False
    ) -> Fault:
        return Fault(
            file=self.file,
            line=self.line,
            column=self.column,
            where=self.where,
            found=found,
            expected=expected,
            nearest=near,
            fix=fix,
            note=note,
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Placed(Model):
    """Equal by what is said, wherever it stands."""

    place: Place

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Placed) or type(self) is not type(other):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name) for name in type(self).model_fields if name != "place"
        )

    __hash__ = None  # type: ignore[assignment]  # compared, never a key


class CaseRow(Placed):
    """One row of `cases:`; without `when` it always holds."""

    when: Where | None = None
    value: str


class ReadEntry(Placed):
    """How one canonical attribute is read. Exactly one of `field`, `history`, `children`, `cases` is set.

    `values` turns the org's values into canonical ones (None: known, but without a canonical value).
    `otherwise` is the field read where `field` is empty. `own`: what one of the programme's own fields holds.
    """

    name: str
    field: str = ""
    values: Mapping[str, str | None] | None = None
    split: str = ""
    currency: str = ""
    optional: bool = False
    otherwise: str = ""
    history: str = ""
    to: str = ""
    children: str = ""
    columns: Mapping[str, "ReadEntry"] = {}
    cases: tuple[CaseRow, ...] = ()
    own: OwnSort | None = None


class WriteEntry(Placed):
    """Where one slot is written. `queue` is set for an owner by a queue's developer name."""

    slot: str
    field: str
    contested: bool = False
    expected: str = ""
    values: Mapping[str, str | None] | None = None
    language: str = ""
    queue: str = ""


class PersonEdits(StrEnum):
    """What follows a person's edit of a field that we own (law 13)."""

    RESTORE = "restore"
    ACCEPT = "accept"
    FLAG = "flag"


class SectionMap(Placed):
    """One kind read from one org object.

    `apart` tells, on an object that holds two kinds, the records that are of this kind alone. Without an `object` it
    adds the programme's own fields to the sections of the profile that the file is based on.
    """

    kind: Kind
    object: str
    where: Where | None = None
    apart: Where | None = None
    read: Mapping[str, ReadEntry]
    write: Mapping[str, WriteEntry] = {}
    when_a_person_edits: PersonEdits = PersonEdits.FLAG


class ProfileMapping(Model):
    """One mapping file, or several united. `based_on` names the profile whose other sections hold too."""

    profiles: tuple[str, ...]
    time_zone: str = "UTC"
    rulings_by_people: str = "auto"
    based_on: str = ""
    sections: tuple[SectionMap, ...]
    places: Mapping[str, Place] = {}  # where the file's own settings stand

    def of(self, kind: Kind) -> tuple[SectionMap, ...]:
        return tuple(section for section in self.sections if section.kind is kind)

    @property
    def own(self) -> OwnFields:
        """The programme's own fields that these sections read, by kind and name."""
        found: dict[Kind, dict[str, OwnSort]] = {}
        for section in self.sections:
            for name, entry in section.read.items():
                if entry.own is not None:
                    found.setdefault(section.kind, {})[name.removeprefix(PREFIX)] = entry.own
        return found
