"""After an unknown outcome, read first: our value, the one before, or a third that somebody else saved (law 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.flows.echo import CREATION
from connector.flows.fields import before_of, edits_of, key_field_of, since_of
from connector.flows.shown import Shown, shows
from connector.mapping import CompiledMapping, PersonEdits
from connector.ports.org import DaemonStopped, OrgFault, OrgPort, RetryLater
from connector.ports.store import AttemptState, OutboxItem, Store, Transaction

ECHO_WITHIN = timedelta(minutes=5)
"""A written value whose echo has not come by then is read: it must not keep the record busy for ever."""

LOOK_AGAIN = timedelta(seconds=2)
"""Until a record that is no longer there is tried again, by which time the mirror knows why."""

AT_ONCE = 1000


@dataclass(kw_only=True)
class Read:
    """What became of the items in doubt."""

    written: int = 0
    retried: int = 0
    superseded: int = 0


class Unknown:
    """Settles the items of which nobody knows whether the org took them."""

    def __init__(self, org: OrgPort, store: Store, mapping: CompiledMapping) -> None:
        self._org = org
        self._store = store
        self._mapping = mapping

    def read(self, now: datetime) -> Read:
        """Look at every record in doubt; an object that cannot be read leaves its own items in doubt."""
        found = Read()
        doubtful = self._doubtful(now)
        for object_name in sorted({item.object for item in doubtful}):
            items = [item for item in doubtful if item.object == object_name]
            try:
                self._updates(object_name, [item for item in items if item.field != CREATION], now, found)
                self._creations(object_name, [item for item in items if item.field == CREATION], now, found)
            except (RetryLater, DaemonStopped):
                raise
            except OrgFault:  # capture says why; these items wait
                continue
        return found

    def _doubtful(self, now: datetime) -> list[OutboxItem]:
        with self._store.reading() as view:
            unknown = view.outbox.list([AttemptState.UNKNOWN, AttemptState.RUNNING], AT_ONCE)
            written = view.outbox.list([AttemptState.WRITTEN], AT_ONCE)
        late = [item for item in written if item.written_at and now - item.written_at > ECHO_WITHIN]
        return [*unknown, *late]

    def _updates(self, object_name: str, items: Sequence[OutboxItem], now: datetime, found: Read) -> None:
        if not items:
            return
        names = {item.field for item in items}
        beside = {of(self._mapping, object_name, name) for name in names for of in (since_of, before_of)}
        fields = sorted({*names, *(stamp for stamp in beside if stamp)})
        batch = self._org.retrieve(object_name, sorted({str(item.record) for item in items}), fields)
        rows = {row["Id"]: row for row in batch.records()}
        with self._store.transaction() as tx:
            for item in items:
                self._update(tx, item, rows.get(item.record), now, found)

    def _update(
        self,
        tx: Transaction,
        item: OutboxItem,
        row: Mapping[str, str | None] | None,
        now: datetime,
        found: Read,
    ) -> None:
        shown = row.get(item.field) if row else None
        if row is None:
            self._gone(tx, item, now, found)
        elif shown == item.value:
            state = AttemptState.DONE if item.state is AttemptState.WRITTEN else AttemptState.WRITTEN
            if state is AttemptState.WRITTEN and self._mirrored(tx, item):
                tx.outbox.settle([item.id], AttemptState.WRITTEN, now=now)
                state = AttemptState.DONE  # the echo was read before the outcome was known
            tx.outbox.settle([item.id], state, now=now)
            found.written += item.state is not AttemptState.WRITTEN
        elif item.state is AttemptState.WRITTEN:
            self._over(tx, item, "somebody saved another value after our write", now, found)
        elif self._shown(tx).acted_since(item, row):
            self._over(tx, item, "after an unanswered write somebody changed it back", now, found)
        elif shown == (item.expected if item.contested else item.previous) or self._restores(item):
            tx.outbox.settle([item.id], AttemptState.RETRYABLE, now=now, next_try=now, answered=False)
            found.retried += 1
        else:
            reason = "after an unanswered write the record shows a third value: a person acted"
            self._over(tx, item, reason, now, found)

    def _shown(self, tx: Transaction) -> Shown:
        return Shown(tx=tx, mapping=self._mapping, ours=self._org.identity().user_id)

    def _gone(self, tx: Transaction, item: OutboxItem, now: datetime, found: Read) -> None:
        """A record deleted a moment ago may be brought back before the mirror has seen it go: dispatch looks again."""
        version = self._shown(tx).version(item)
        if version is None or version.deleted or not item.contested or item.state is AttemptState.WRITTEN:
            self._over(tx, item, "the record is gone", now, found)
            return
        tx.outbox.settle([item.id], AttemptState.RETRYABLE, now=now, next_try=now + LOOK_AGAIN)
        found.retried += 1

    def _mirrored(self, tx: Transaction, item: OutboxItem) -> bool:
        version = self._shown(tx).version(item)
        return version is not None and shows(version.values, item)

    def _restores(self, item: OutboxItem) -> bool:
        return not item.contested and edits_of(self._mapping, item.object, item.field) is PersonEdits.RESTORE

    @staticmethod
    def _over(tx: Transaction, item: OutboxItem, reason: str, now: datetime, found: Read) -> None:
        tx.outbox.settle([item.id], AttemptState.SUPERSEDED, now=now, reason=reason)
        found.superseded += 1

    def _creations(self, object_name: str, items: Sequence[OutboxItem], now: datetime, found: Read) -> None:
        """Look before repeating: an upsert done twice would undo what people did to the record meanwhile."""
        key_field = key_field_of(self._mapping, object_name)
        if not items or key_field is None:
            return
        there = self._org.known(object_name, key_field, [item.key or "" for item in items])
        with self._store.transaction() as tx:
            for item in items:
                if item.key in there:
                    tx.outbox.settle([item.id], AttemptState.WRITTEN, now=now)
                    if any(tx.mirror.where(object_name, key_field, item.key or "")):
                        tx.outbox.settle([item.id], AttemptState.DONE, now=now)
                    found.written += item.state is not AttemptState.WRITTEN
                else:
                    tx.outbox.settle([item.id], AttemptState.RETRYABLE, now=now, next_try=now, answered=False)
                    found.retried += 1
