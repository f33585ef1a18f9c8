"""From desired slots to org fields: encoded by the mapping, spoken in the reader's language.

A value that the profile has no word for is not written, and is a fault (law 14): clearing the field instead would
say something that nobody ruled.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from connector.canonical.ids import RecordId
from connector.canonical.intent import Creation, Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.flows.echo import CREATION
from connector.flows.faults import Faults, FaultSort
from connector.flows.fields import meaning
from connector.flows.records import RecordReader
from connector.flows.world import pool_named
from connector.mapping import BadValue, CompiledMapping
from connector.messages import Speaker
from connector.policy.model import Policies
from connector.ports.store import Wish
from connector.rules.decision import Decision

_SECOND = timedelta(seconds=1)


class WishMaker:
    """Turns decisions into outbox wishes. A slot that the profile does not map is not written at all."""

    def __init__(self, mapping: CompiledMapping, speaker: Speaker, policies: Policies) -> None:
        self._mapping = mapping
        self._speaker = speaker
        self._policies = policies
        self._desks: dict[str, str | None] = {}

    def of(
        self, records: RecordReader, faults: Faults, decision: Decision, *, now: datetime, seq: int | None
    ) -> Iterator[Wish]:
        """The wishes of one decision; without a ledger entry (`seq`) those of a record's own fields all the same."""
        yield from self._of(records, faults, decision, provisional=False, now=now, seq=seq)

    def provisional(
        self, records: RecordReader, faults: Faults, decision: Decision, *, now: datetime
    ) -> Iterator[Wish]:
        """Wishes before the seal: contested fields and creations are left out (law 3)."""
        yield from self._of(records, faults, decision, provisional=True, now=now, seq=None)

    def _of(
        self,
        records: RecordReader,
        faults: Faults,
        decision: Decision,
        *,
        provisional: bool,
        now: datetime,
        seq: int | None,
    ) -> Iterator[Wish]:
        for desired in decision.desired:
            if provisional and desired.contested:
                continue
            wish = self._field(records, decision, desired, provisional=provisional, seq=seq)
            if isinstance(wish, BadValue):
                _unwritable(faults, wish, desired.record, now)
            elif wish is not None:
                yield wish
        for creation in () if provisional else decision.creations:
            wish = self._creation(records, decision, creation, seq)
            if isinstance(wish, BadValue):
                _unwritable(faults, wish, creation.key, now)
            elif wish is not None:
                yield wish

    def _field(
        self,
        records: RecordReader,
        decision: Decision,
        desired: Desired,
        *,
        provisional: bool,
        seq: int | None,
    ) -> Wish | BadValue | None:
        target = self._mapping.write(desired.subject, desired.slot)
        if target is None:
            return None
        value = self._text(records, decision, desired.subject, desired.slot, desired.value)
        expected: str | BadValue | None = None
        if desired.contested and not isinstance(desired.value, Say):
            now = decision.fact.instant
            expected = self._as_it_stood(records, desired, desired.expected, now)
            before = self._as_it_stood(records, desired, desired.value, now - _SECOND)
            value = expected if desired.value == desired.expected else before
        if isinstance(value, BadValue):
            return value
        if isinstance(expected, BadValue):
            return expected
        return Wish(
            object=target.object,
            record=desired.record,
            key=None,
            field=target.field,
            value=value,
            contested=desired.contested,
            expected=expected,
            provisional=provisional,
            cause=decision.fact.identity,
            caused_at=decision.fact.instant,
            ledger_seq=seq,
        )

    def _as_it_stood(
        self, records: RecordReader, desired: Desired, canonical: str | None, moment: datetime
    ) -> str | BadValue | None:
        """The org's word for a canonical value: the one that the field held then, where several mean the same."""
        target = self._mapping.write(desired.subject, desired.slot)
        version = records.version(target.object, desired.record, moment) if target else None
        held = version.values.get(target.field) if target and version else None
        if target and held and meaning(self._mapping, desired.subject, target.field, held) == canonical:
            return held
        return self._mapping.encode(desired.subject, desired.slot, canonical)

    def _creation(
        self, records: RecordReader, decision: Decision, creation: Creation, seq: int | None
    ) -> Wish | BadValue | None:
        key = self._mapping.write(creation.subject, "key")
        if key is None:
            return None
        values: dict[str, str | None] = {}
        for slot, value in {"key": creation.key, **creation.values}.items():
            target = self._mapping.write(creation.subject, slot)
            if target is None:
                continue
            text = self._text(records, decision, creation.subject, slot, value)
            if isinstance(text, BadValue):
                return text
            values[target.field] = text
        desk = self._mapping.write(creation.subject, "desk")
        if desk is not None:
            values.pop(desk.field, None)
            name = creation.values.get("desk", desk.queue)  # the policy's desk; "": whoever has it keeps it
            if isinstance(name, str) and name:
                values[desk.field] = self._desk(records, name)
        return Wish(
            object=key.object,
            record=None,
            key=creation.key,
            field=CREATION,
            value=json.dumps(values, ensure_ascii=False, sort_keys=True),
            contested=False,
            expected=None,
            provisional=False,
            cause=decision.fact.identity,
            caused_at=decision.fact.instant,
            ledger_seq=seq,
        )

    def _text(
        self, records: RecordReader, decision: Decision, subject: Kind, slot: str, value: str | Say | None
    ) -> str | BadValue | None:
        if value is None:
            return None
        if isinstance(value, Say):
            spoken = self._speaker.say(value, self._locale(records, decision, value.reader))
            return self._mapping.encode(subject, slot, spoken)
        return self._mapping.encode(subject, slot, value)

    def _locale(self, records: RecordReader, decision: Decision, reader: RecordId | None) -> str:
        person = records.record(Kind.PERSON, reader, decision.fact.instant)
        if isinstance(person, Person) and person.locale:
            return person.locale
        versions: Mapping[str, str] = {policy.policy: policy.language for policy in self._policies.versions}
        return next(iter(versions.values()), "en")

    def _desk(self, records: RecordReader, name: str) -> str | None:
        if name not in self._desks:
            pool = pool_named(records, name)
            self._desks[name] = pool.id if pool else None
        return self._desks[name]


def _unwritable(faults: Faults, bad: BadValue, record: str, now: datetime) -> None:
    reason = f"{bad.found!r} was not written: expected {bad.expected}; give the slot its value in the profile"
    faults.add(FaultSort.UNWRITABLE, bad.object, record, bad.field, reason, now)
