"""The demo's figures: the one JSON object that `connector demo --json` prints."""

from collections import Counter
from typing import Any

from connector.bootstrap import Connector
from connector.canonical.docket import ClaimEntry, ConflictEntry
from connector.canonical.verdict import Outcome
from connector.demo.people import People
from connector.ports.store import AttemptState


def tally(connector: Connector, people: People, url: str) -> dict[str, Any]:
    """Counts from the ledger, the docket and the outbox, beside the org's own counts."""
    with connector.store.reading() as view:
        verdicts = Counter(line.verdict.outcome for line in view.ledger.scan() if line.verdict)
        claims = Counter(entry.state.value for entry in view.docket.all(ClaimEntry))
        conflicts = Counter(entry.kind for entry in view.docket.all(ConflictEntry))
        items = view.outbox.list(limit=1_000_000)
        facts = view.facts.count()
        mirrored = {row.object: row.live for row in view.mirror.count()}
    waits = sorted(people.waits)
    written = [item for item in items if item.written_at is not None]
    dead = {(item.object, item.record or item.key) for item in items if item.state is AttemptState.DEAD}
    return {
        "mirrored": mirrored,
        "org": {name: people.count(name) for name in mirrored},
        "facts": facts,
        "verdicts": {outcome.value: verdicts[outcome] for outcome in Outcome},
        "conflicts": dict(sorted(conflicts.items())),
        "claims": {
            "active": claims["active"] + claims["worked"],
            "revoked": claims["revoked"],
            "recycled": claims["recycled"],
        },
        "written": len(written),
        "echoes_confirmed": sum(1 for item in written if item.state is AttemptState.DONE),
        "dead_letters": len(dead),
        "verdict_latency_s": {"p50": percentile(waits, 50), "p99": percentile(waits, 99)},
        "api_calls": connector.org.budget().own_calls,
        "instance_url": url,
    }


def percentile(ordered: list[float], share: int) -> float | None:
    """The nearest-rank percentile of an ordered list, in seconds."""
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 3)
