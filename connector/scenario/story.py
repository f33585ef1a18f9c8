"""A story as data: what there was, what people did and when, and what ought to stand afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connector.canonical.document import Node
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.mapping import ProfileMapping
from connector.policy.model import Policies
from connector.scenario.times import Clock


class Deed(StrEnum):
    """What an act comes down to. Every verb of a story is one of these."""

    SAVE = "save"
    CREATE = "create"
    ADD = "add"  # child rows: the parent is not saved
    DELETE = "delete"
    UNDELETE = "undelete"
    MERGE = "merge"
    CONVERT = "convert"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A record that was there before the story begins. `values` by dotted name, as the story gives them."""

    kind: Kind
    name: str
    ident: RecordId
    values: Mapping[str, Any]
    place: Node
    may: tuple[str, ...] = ()
    """What an administrator gave a person beyond the package: custom permissions, `Object.Field` to edit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One person's act at one second.

    `other` is the record that another is merged into; `makes` the records that a conversion makes, by kind. `seen`
    is when the connector learns of it, where that is later than the next look: a long transaction of the org.
    """

    at: datetime
    who: RecordId | None
    deed: Deed
    kind: Kind
    ident: RecordId
    values: Mapping[str, Any] = field(default_factory=dict)
    other: RecordId | None = None
    makes: Mapping[Kind, RecordId] = field(default_factory=dict)
    seen: datetime | None = None
    place: Node

    @property
    def known_at(self) -> datetime:
        return self.seen or self.at


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """One word of a `then`: of a record, or (without one) of the whole docket."""

    subject: RecordId | None
    word: str
    wanted: Any
    place: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What ought to stand at a moment, once everything decided by then is written back."""

    at: datetime
    expectations: tuple[Expectation, ...]

    @property
    def known_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, kw_only=True, slots=True)
class Exempt:
    """Why a story cannot end on another shape as it says."""

    reason: str
    place: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One scenario file, read."""

    file: str
    title: str
    proves: tuple[str, ...]
    profiles: tuple[str, ...]
    mapping: ProfileMapping
    policies: Policies
    clock: Clock
    until: datetime
    given: tuple[Item, ...]
    steps: tuple[Act | Check, ...]
    names: Mapping[str, RecordId]
    kinds: Mapping[RecordId, Kind]
    not_on: Mapping[str, Exempt] = field(default_factory=dict)
    """Shapes on which the story cannot end so, by profile."""

    def name_of(self, ident: object) -> str:
        """What the story calls a record; the id itself for one that it does not name."""
        return next((name for name, each in self.names.items() if each == ident), str(ident))
