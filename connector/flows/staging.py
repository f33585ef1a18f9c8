"""Live writing widens in stages: messages only, one tier, all (law 15).

What a stage holds back stays in the outbox under a code of its own, is counted by `connector status`, and is written
once the setting is widened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from connector.canonical.docket import ClaimEntry, CreditEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Partner
from connector.flows.records import RecordReader
from connector.flows.undo import is_undo
from connector.mapping import CompiledMapping
from connector.ports.store import AttemptState, OutboxItem, Store, Transaction

HELD = "HELD"
"""Code of an item that the present stage holds back."""

NOTE = "live"
"""The note of the stage under which the last run wrote."""

REASON = "live writing is limited to {stage}: widen `live` in the settings' [sync] and restart"
_LOOK_AGAIN = timedelta(days=1)  # a firm's tier may have risen meanwhile
_MESSAGES = ("message", "missing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What may be written: everything, or messages only and for the firms of `tiers` everything."""

    everything: bool = True
    tiers: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.everything:
            return "all"
        return f"messages and the tiers {', '.join(self.tiers)}" if self.tiers else "messages only"


class Wording(Protocol):
    """The settings' words on live writing: `messages_only`, `tiers` (those in `live_tiers`) or `all`."""

    @property
    def live(self) -> str: ...
    @property
    def live_tiers(self) -> tuple[str, ...]: ...


def stage(said: Wording) -> Stage:
    """The stage that the settings name."""
    return Stage(everything=said.live == "all", tiers=said.live_tiers if said.live == "tiers" else ())


class Staging:
    """Sorts what may go now from what the stage holds back, inside one transaction."""

    def __init__(self, tx: Transaction, mapping: CompiledMapping, stage: Stage, now: datetime) -> None:
        self._tx, self._mapping, self._stage, self._now = tx, mapping, stage, now
        self._records = RecordReader(tx, mapping)

    def held(self, items: tuple[OutboxItem, ...]) -> tuple[OutboxItem, ...]:
        """Those of one record's items that must wait; they are put back with the reason."""
        if self._stage.everything:
            return ()
        waits = tuple(item for item in items if not self._may_go(item))
        if waits:
            self._tx.outbox.settle(
                [item.id for item in waits],
                AttemptState.RETRYABLE,
                now=self._now,
                next_try=self._now + _LOOK_AGAIN,
                code=HELD,
                reason=REASON.format(stage=self._stage),
                answered=False,
            )
        return waits

    def _may_go(self, item: OutboxItem) -> bool:
        """A message always; a value taken back too; else what is about a firm of the named tiers."""
        if is_undo(item) or self._says(item):
            return True
        return any(self._tier(firm) in self._stage.tiers for firm in self._firms(item))

    def _says(self, item: OutboxItem) -> bool:
        slot = self._mapping.slots_of(item.object).get(item.field)
        return slot is not None and slot[1].endswith(_MESSAGES)

    def _firms(self, item: OutboxItem) -> Iterator[RecordId]:
        """The firm that a record is about, by the docket; a record to be created is about none."""
        if item.record is None:
            return
        record, docket = RecordId(item.record), self._tx.docket
        filing = docket.get(RegistrationEntry, record)
        if filing is not None:
            yield filing.firm
        claims = sorted(
            docket.find(ClaimEntry, f"lead:{record}", open_only=False), key=lambda claim: claim.opened
        )
        if claims:
            yield claims[-1].firm
        credit = docket.get(CreditEntry, record)
        if credit is not None:
            yield credit.firm
        yield record  # a firm's own record

    def _tier(self, firm: RecordId) -> str:
        found = self._records.record(Kind.PARTNER, firm, self._now)
        return found.tier if isinstance(found, Partner) else ""


def widened(store: Store, stage: Stage, now: datetime) -> int:
    """At the start of a run: what another stage held back is tried anew. Items let go."""
    with store.reading() as view:
        if view.notes.get(NOTE) == str(stage):
            return 0
    with store.transaction() as tx:
        tx.notes.put(NOTE, str(stage))
        return tx.outbox.release(HELD, now)
