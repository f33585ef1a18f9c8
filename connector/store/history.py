"""How one record's mirror moves when a row of it arrives. Pure: rows in, rows out."""

from collections.abc import Callable
from typing import NamedTuple

from connector.store.shapes import Body


class Held(NamedTuple):
    """A mirrored version as the tables keep it; instants are text to the second."""

    id: str
    stamp: str
    valid_from: str
    deleted: int
    master: str | None
    shape: int
    body: Body


class Past(NamedTuple):
    """A version that has ended: what was held, and the second from which it was no longer so."""

    held: Held
    valid_to: str


class Step(NamedTuple):
    """What one arriving row does: the version now held, and the one that it ended, if any."""

    after: Held
    past: Past | None


SameValues = Callable[[Held, Held], bool]


def arrive(before: Held | None, row: Held, same_values: SameValues, *, repair: bool = False) -> Step | None:
    """The step that `row` causes, or None when it says nothing new.

    `row.valid_from` is what holds if the record is new to the mirror (its creation, else its stamp). The
    mirror never goes back: an older stamp is refused. Other values under the same stamp are drift (a formula
    field moved without the record being saved): the version is corrected in place, as nobody knows since
    when.

    `repair`: the org was just asked for this very record, so a tombstone of ours with a newer stamp was wrong (we
    could not see the record for a while); the version since then is corrected in place.
    """
    if before is None:
        return Step(row, None)
    if row.stamp < before.stamp:
        if repair and before.deleted and not row.deleted:
            return Step(row._replace(valid_from=before.valid_from), None)
        return None
    if row.stamp == before.stamp:
        if (row.deleted, row.master) == (before.deleted, before.master) and same_values(before, row):
            return None
        return Step(row._replace(valid_from=before.valid_from), None)
    return _next(before, row._replace(valid_from=row.stamp))


def vanish(before: Held | None, moment: str) -> Step | None:
    """A hard delete at `moment`: a tombstone that keeps the values.

    Late news of a record that lives on is none.
    """
    if before is None or before.deleted or moment < before.stamp:
        return None
    return _next(before, before._replace(stamp=moment, valid_from=moment, deleted=1))


def _next(before: Held, after: Held) -> Step:
    if after.valid_from <= before.valid_from:  # two versions in one second: the earlier was never valid
        return Step(after._replace(valid_from=before.valid_from), None)
    return Step(after, Past(before, after.valid_from))
