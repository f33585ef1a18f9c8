"""What was written before the seal, until the sealed judgement confirms or replaces it (law 3).

A provisional wish that sealed judgement does not repeat must not stay on the record: the value from before goes
back, unless somebody has set the field meanwhile.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from connector.ports.store import AttemptState, Transaction, Wish

NOTE = "provisional"
_ON_ITS_WAY = (
    AttemptState.AVAILABLE,
    AttemptState.RETRYABLE,
    AttemptState.RUNNING,
    AttemptState.UNKNOWN,
    AttemptState.WRITTEN,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One field wished for provisionally, and what the org showed before the first such wish."""

    object: str
    record: str
    field: str
    value: str | None
    before: str | None

    @property
    def slot(self) -> tuple[str, str, str]:
        return (self.object, self.record, self.field)


class Provisional:
    """The standing wishes by the identity of the fact behind them, inside one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        text = tx.notes.get(NOTE)
        kept: Mapping[str, Sequence[dict[str, str]]] = json.loads(text) if text else {}
        self._by_cause = {cause: [Standing(**row) for row in rows] for cause, rows in kept.items()}
        self._loaded = dict(self._by_cause)

    def keep(self, wishes: Iterable[Wish]) -> None:
        """Remember what these wishes will cover; a slot wished for before keeps what it covered first."""
        covered = {row.slot: row.before for rows in self._by_cause.values() for row in rows}
        for wish in wishes:
            slot = (wish.object, wish.record or "", wish.field)
            if slot not in covered:
                covered[slot] = self._meant(*slot)
            row = Standing(
                object=slot[0], record=slot[1], field=slot[2], value=wish.value, before=covered[slot]
            )
            rows = [old for old in self._by_cause.get(wish.cause, []) if old.slot != slot]
            self._by_cause[wish.cause] = [*rows, row]

    def _meant(self, object_name: str, record: str, field: str) -> str | None:
        """The sealed value that is still on its way to the field, else what the field shows."""
        for item in reversed(self._tx.outbox.current(object_name, [record]).get(record, ())):
            if item.field == field and item.state in _ON_ITS_WAY and not item.provisional:
                return item.value
        shown = self._tx.mirror.get(object_name, [record]).get(record)
        return shown.values.get(field) if shown else None

    def sealed(self, until: datetime, wishes: Iterable[Wish]) -> Iterator[Wish]:
        """All up to `until` is judged for good, with these wishes: what stood unconfirmed goes back."""
        confirmed = {(wish.object, wish.record or "", wish.field) for wish in wishes}
        judged = [cause for cause in self._by_cause if _instant(cause) <= until]
        rows = [(cause, row) for cause in judged for row in self._by_cause.pop(cause)]
        confirmed |= {row.slot for left in self._by_cause.values() for row in left}
        for cause, row in reversed(rows):
            if row.slot not in confirmed:
                confirmed.add(row.slot)
                yield _back(row, cause)

    def save(self) -> None:
        if self._by_cause != self._loaded:
            body = {cause: [asdict(row) for row in rows] for cause, rows in self._by_cause.items()}
            self._tx.notes.put(NOTE, json.dumps(body, ensure_ascii=False))
            self._loaded = dict(self._by_cause)


def _back(row: Standing, cause: str) -> Wish:
    """`expected` is our provisional value: should the org show a third one, a person acted and it stays."""
    return Wish(
        object=row.object,
        record=row.record,
        key=None,
        field=row.field,
        value=row.before,
        contested=False,
        expected=row.value,
        provisional=False,
        cause=f"{cause}|withdrawn",
        caused_at=_instant(cause),
        ledger_seq=None,
    )


def _instant(cause: str) -> datetime:
    """A fact's identity ends in the second at which it settles."""
    return datetime.strptime(cause.rsplit("|", 1)[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
