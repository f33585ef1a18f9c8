"""Status: what ops look at first."""

from dataclasses import dataclass
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ConflictEntry, RegistrationEntry
from connector.flows.adopt import GO_LIVE
from connector.flows.adopted_pairs import AdoptedPair, adopted_pairs
from connector.flows.breaker import tripped
from connector.flows.faults import RecordFault, beyond, faults
from connector.flows.settle import SEALED
from connector.flows.staging import HELD
from connector.flows.staging import NOTE as LIVE
from connector.ports.store import MirrorCount, Store

PAUSES = "pauses"
"""The note of why the daemon pauses: its sort, then the reason; empty while it works."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamStatus:
    object: str
    live: int
    deleted: int
    watermark: datetime | None
    snapshot_done: bool
    stopped: str = ""  # why the stream cannot go on until a person acts


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """One org, as the store knows it; nothing is asked of the org."""

    go_live: str | None
    sealed_until: str | None
    streams: tuple[StreamStatus, ...]
    facts: int
    ledger: int
    ledger_head: str
    outbox: dict[str, int]
    claims: dict[str, int]
    registrations: dict[str, int]
    conflicts: dict[str, int]
    faults: tuple[RecordFault, ...] = ()
    faults_beyond: int = 0  # how often a fault found no room among them
    paused: str = ""  # why contested writes wait (the breaker of law 15)
    adopted_pairs: tuple[AdoptedPair, ...] = ()  # two parties on one customer at go-live (law 16)
    live: str = ""  # how far live writing had widened in the last run
    held: int = 0  # desired values that this stage holds back
    pauses: str = ""  # why the daemon pauses: budget, retry or database, with the reason


def status(store: Store) -> Status:
    """Counts and positions."""
    with store.reading() as view:
        states = {state.stream: state for state in view.streams.all()}
        counts = {row.object: row for row in view.mirror.count()}
        none = MirrorCount(object="", live=0, deleted=0)
        streams = tuple(
            StreamStatus(
                object=name,
                live=counts.get(name, none).live,
                deleted=counts.get(name, none).deleted,
                watermark=states[name].watermark if name in states else None,
                snapshot_done=states[name].snapshot_done if name in states else False,
                stopped=states[name].note if name in states else "",
            )
            for name in sorted({*counts, *states})
        )
        number, digest = view.ledger.head()
        return Status(
            go_live=view.notes.get(GO_LIVE),
            sealed_until=view.notes.get(SEALED),
            streams=streams,
            facts=view.facts.count(),
            ledger=number,
            ledger_head=digest,
            outbox={state.value: count for state, count in view.outbox.counts().items() if count},
            claims=_tally(entry.state.value for entry in view.docket.all(ClaimEntry)),
            registrations=_tally(entry.state.value for entry in view.docket.all(RegistrationEntry)),
            conflicts=_tally(entry.kind for entry in view.docket.all(ConflictEntry) if entry.open),
            faults=faults(view),
            faults_beyond=beyond(view),
            paused=tripped(view),
            adopted_pairs=adopted_pairs(view),
            live=view.notes.get(LIVE) or "",
            held=view.outbox.count_of(HELD),
            pauses=view.notes.get(PAUSES) or "",
        )


def _tally(words: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:  # type: ignore[attr-defined]
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))
