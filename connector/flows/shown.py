"""What the mirror shows of a record that is about to be written, and whether a wish still has its object there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.canonical.time import parse_instant
from connector.flows.fields import before_of, closed_off, key_field_of, since_of
from connector.mapping import CompiledMapping
from connector.ports.store import OutboxItem, SourceVersion, Transaction

Values = Mapping[str, str | None]

_OUR_STAMP = timedelta(seconds=10)
"""The org stamps our own write at most so long before we wish for it, or after the time that we note for it."""

_OUR_SECOND = timedelta(seconds=2)
"""The same where another's save in that second hides whose it was."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The mirror inside one transaction; `ours` is the connector's own login."""

    tx: Transaction
    mapping: CompiledMapping
    ours: str

    def version(self, item: OutboxItem) -> SourceVersion | None:
        return self.tx.mirror.get(item.object, [str(item.record)]).get(str(item.record))

    def still_wanted(self, item: OutboxItem) -> bool:
        """Whether the item would be written now: the org shows something else, and nobody has moved on from it."""
        shown = self.version(item)
        if shown is None or shown.deleted or self.closed_off(item, shown.values):
            return False
        return not (shows(shown.values, item) or self.moved_on(item, shown.values))

    def closed_off(self, item: OutboxItem, values: Values) -> bool:
        return closed_off(self.mapping, item.object, item.field, values)

    def moved_on(self, item: OutboxItem, values: Values) -> bool:
        """A contested field must still be as expected; so must one whose wish says what it replaces."""
        told = item.contested or item.expected is not None
        return (told and values.get(item.field) != item.expected) or self.acted_since(item, values)

    def acted_since(self, item: OutboxItem, values: Values) -> bool:
        """Whether a contested field shows what we expect again, but was changed after the act that we ruled on.

        Given back and taken again, it is another claim: its own fact decides. A change that we made ourselves is none.
        """
        stamp = since_of(self.mapping, item.object, item.field) if item.contested else None
        text = values.get(stamp) if stamp else None
        if stamp is None or text is None or (since := parse_instant(text)) <= item.caused_at:
            return False
        made = self.tx.mirror.as_of(item.object, str(item.record), since)
        known = made is not None and made.values.get(stamp) == text
        theirs = known and made is not None and made.values.get("LastModifiedById") != self.ours
        if theirs and self._stood(item, since - _SECOND):
            return True
        before = before_of(self.mapping, item.object, item.field)
        same_step = (
            other
            for other in self.tx.outbox.of_records(item.object, [str(item.record)]).get(str(item.record), ())
            if other.field == item.field and other.id != item.id and other.value == item.expected
            if before is None or values.get(before) == other.expected
        )
        return not any(_wrote(other, since, hidden=theirs) for other in same_step)

    def _stood(self, item: OutboxItem, moment: datetime) -> bool:
        """Whether the field had what we expect before the second of its last change: it was away in between."""
        before = self.tx.mirror.as_of(item.object, str(item.record), moment)
        return before is not None and before.values.get(item.field) == item.expected

    def with_key(self, item: OutboxItem) -> SourceVersion | None:
        """The org's record with the key of a creation."""
        key_field = key_field_of(self.mapping, item.object)
        if not key_field or not item.key:
            return None
        return next(iter(self.tx.mirror.where(item.object, key_field, item.key)), None)

    def news(self, item: OutboxItem) -> bool:
        """Whether a creation says something new: there is no such record, or ours differs from what we want.

        What a person made, or saved since the act behind it, is theirs.
        """
        there = self.with_key(item)
        if there is None:
            return True
        values = there.values
        if values.get("CreatedById") != self.ours:
            return False
        saved = values.get("LastModifiedDate")
        theirs = values.get("LastModifiedById") != self.ours
        if theirs and (saved is None or parse_instant(saved) > item.caused_at):
            return False
        wanted: dict[str, str | None] = json.loads(item.value or "{}")
        return any(name in values and values[name] != value for name, value in wanted.items())


def shows(values: Values, item: OutboxItem) -> bool:
    """Whether the field has the value that we want there."""
    return item.field in values and values[item.field] == item.value


def _wrote(other: OutboxItem, since: datetime, *, hidden: bool) -> bool:
    """Whether the change at `since` can be the one that this item made.

    A process that died between the write and its note has noted it late, or only by the echo. `hidden`: the version of
    that second was saved by somebody else, who may have changed the field himself or another one after us.
    """
    noted = other.written_at or (None if other.reason else other.confirmed_at)
    if not other.attempts or noted is None:
        return False
    return other.created_at - _OUR_STAMP <= since <= noted + (_OUR_SECOND if hidden else _OUR_STAMP)
