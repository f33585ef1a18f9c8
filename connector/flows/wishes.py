"""From desired slots to org fields: encoded by the mapping, spoken in the reader's language."""

import json
from collections.abc import Iterator, Mapping

from connector.canonical.ids import RecordId
from connector.canonical.intent import Creation, Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.flows.echo import CREATION
from connector.flows.records import RecordReader
from connector.flows.world import pool_named
from connector.mapping import BadValue, CompiledMapping
from connector.messages import Speaker
from connector.policy.model import Policies
from connector.ports.store import Transaction, Wish
from connector.rules.decision import Decision


class WishMaker:
    """Turns decisions into outbox wishes. A slot that the profile does not map is not written at all."""

    def __init__(self, mapping: CompiledMapping, speaker: Speaker, policies: Policies) -> None:
        self._mapping = mapping
        self._speaker = speaker
        self._policies = policies
        self._desks: dict[str, str | None] = {}

    def of(
        self, tx: Transaction, decision: Decision, *, provisional: bool, seq: int | None
    ) -> Iterator[Wish]:
        """The wishes of one decision. Provisional ones leave contested fields and creations out (law 3)."""
        records = RecordReader(tx, self._mapping)
        for desired in decision.desired:
            if provisional and desired.contested:
                continue
            wish = self._field(records, decision, desired, provisional=provisional, seq=seq)
            if wish is not None:
                yield wish
        for creation in () if provisional else decision.creations:
            wish = self._creation(records, decision, creation, seq)
            if wish is not None:
                yield wish

    def _field(
        self,
        records: RecordReader,
        decision: Decision,
        desired: Desired,
        *,
        provisional: bool,
        seq: int | None,
    ) -> Wish | None:
        target = self._mapping.write(desired.subject, desired.slot)
        if target is None:
            return None
        value = self._text(records, decision, desired.subject, desired.slot, desired.value)
        expected = None
        if desired.contested and desired.expected is not None:
            expected = _encoded(self._mapping.encode(desired.subject, desired.slot, desired.expected))
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

    def _creation(
        self, records: RecordReader, decision: Decision, creation: Creation, seq: int | None
    ) -> Wish | None:
        key = self._mapping.write(creation.subject, "key")
        if key is None:
            return None
        values: dict[str, str | None] = {}
        for slot, value in {"key": creation.key, **creation.values}.items():
            target = self._mapping.write(creation.subject, slot)
            if target is not None:
                values[target.field] = self._text(records, decision, creation.subject, slot, value)
        desk = self._mapping.write(creation.subject, "desk")
        if desk is not None and desk.queue:
            values[desk.field] = self._desk(records, desk.queue)
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
    ) -> str | None:
        if value is None:
            return None
        if isinstance(value, Say):
            spoken = self._speaker.say(value, self._locale(records, decision, value.reader))
            return _encoded(self._mapping.encode(subject, slot, spoken))
        return _encoded(self._mapping.encode(subject, slot, value))

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


def _encoded(text: str | BadValue | None) -> str | None:
    """A value that the profile has no word for is left out: `check` reports it before it can happen."""
    return None if isinstance(text, BadValue) else text
