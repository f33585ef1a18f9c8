"""Facts of applications for transfer-in: filed, amended, withdrawn, ruled on by a person (R4.10)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import When, instant_text
from connector.canonical.transfer_in import TransferIn, TransferInStatus
from connector.facts.change import Seen

Status = TransferInStatus

OURS = frozenset(
    {"status", "status_since", "ruling", "message", "filed_at", "review", "reviewed_by", "reviewed_at"}
    | {"stamp", "changed_at", "changed_by"}
)
"""What is not part of the application itself: a change of these alone amends nothing."""

_FILED_ANEW = (Status.DRAFT, Status.REJECTED, Status.WITHDRAWN)
_PENDING = (Status.SUBMITTED, Status.INCOMPLETE, Status.IN_REVIEW)


def of_transfer_in(seen: Seen[TransferIn]) -> Iterator[Fact]:
    """What happened to an application between two versions."""
    before, after = seen.before, seen.after
    if after is None:
        return
    was = before.status if before else Status.DRAFT
    refiled = before is not None and after.filed_at is not None and before.filed_at != after.filed_at
    if after.status in _PENDING and (was in _FILED_ANEW or (was not in _PENDING and refiled)):
        yield _fact(seen, after, FactKind.FILED, seen.when(after.filed_at), Status.SUBMITTED)
    elif before is not None and after.status in _PENDING and (refiled or _content(before) != _content(after)):
        when = seen.when(after.filed_at) if refiled else seen.sometime
        yield _fact(seen, after, FactKind.AMENDED, when, instant_text(when.latest))
    elif after.status == Status.WITHDRAWN and before is not None and was != Status.WITHDRAWN:
        yield _fact(seen, after, FactKind.WITHDRAWN, seen.when(after.status_since), Status.WITHDRAWN)
    if after.review and after.review != (before.review if before else ""):
        when = seen.when(after.reviewed_at)
        yield _fact(seen, after, FactKind.REVIEWED, when, after.review, after.reviewed_by)


def _content(application: TransferIn) -> dict[str, object]:
    return application.model_dump(exclude=set(OURS))


def _fact(  # noqa: PLR0917
    seen: Seen[TransferIn],
    after: TransferIn,
    kind: FactKind,
    when: When,
    value: str,
    actor: RecordId | None = None,
) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.TRANSFER_IN,
        record=after.id,
        when=when,
        value=value,
        actor=actor or seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
