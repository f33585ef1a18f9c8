"""Facts of conflicts: a person settled one, opened it again, or took it, on the org's own record."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Conflict
from connector.canonical.time import instant_text
from connector.facts.change import Seen


def of_conflict(seen: Seen[Conflict]) -> Iterator[Fact]:
    """What a person did between two versions; what we wrote ourselves is none of it."""
    before, after = seen.before, seen.after
    if before is None or after is None or not after.key or seen.actor == seen.ours:
        return
    if before.status != after.status:
        yield _fact(seen, after, FactKind.REVIEWED, after.status)
    if before.owner != after.owner and after.owner:
        yield _fact(seen, after, FactKind.REASSIGNED, after.owner, before.owner or "")


def _fact(seen: Seen[Conflict], after: Conflict, kind: FactKind, value: str, prior: str = "") -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.CONFLICT,
        record=after.id,
        when=seen.when(after.changed_at),
        value=value,
        prior=prior,
        actor=seen.actor,
        detail={
            "version": instant_text(after.stamp),
            "key": after.key,
            "resolution": after.resolution,
        },
    )
