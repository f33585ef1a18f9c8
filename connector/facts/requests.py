"""What people ask of a ruled filing, and what an approval process said: appeal, extension, approval (R1.4, R1.14)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Approval, Registration
from connector.canonical.time import When, at, instant_text
from connector.facts.change import Seen

_NOT_ASKED = ("", "false")
"""What the field of a request holds while nothing is asked: a text, a date or a checkbox may stand for it."""

_RULED = {"approved": "approve", "rejected": "reject"}

SOURCE = "source"
"""The detail that says where a person's ruling was read: `approval`, `review_fields`, `second_review` or `status`."""

SECOND_REVIEW, APPROVAL = "second_review", "approval"


def of_requests(seen: Seen[Registration]) -> Iterator[Fact]:
    """An appeal, a request for a longer window, and a person's word on the latter. Each new text is a new request."""
    before, after = seen.before, seen.after
    if before is None or after is None:
        return
    if _asked(before.appeal, after.appeal) or _stamped_anew(before.appealed_at, after.appealed_at):
        yield _fact(seen, after, FactKind.APPEALED, seen.when(after.appealed_at), after.appealed_by)
    newly = _stamped_anew(before.extension_requested_at, after.extension_requested_at)
    if _asked(before.extension_request, after.extension_request) or newly:
        when = seen.when(after.extension_requested_at)
        yield _fact(seen, after, FactKind.EXTENSION_ASKED, when, after.extension_requested_by)
    if after.extension_review and after.extension_review != before.extension_review:
        when = seen.when(after.changed_at)
        yield _fact(seen, after, FactKind.EXTENSION_RULED, when, None, after.extension_review)


def _asked(before: str, after: str) -> bool:
    return after not in _NOT_ASKED and after != before


def _stamped_anew(before: datetime | None, after: datetime | None) -> bool:
    return after is not None and after != before


def of_approval(seen: Seen[Approval]) -> Iterator[Fact]:
    """The word that ended an approval process is a person's ruling on the record that it is about."""
    before, after = seen.before, seen.after
    if after is None or after.about is None:
        return
    said = _RULED.get(after.status.casefold())
    if said is None or (before is not None and before.status == after.status):
        return
    yield Fact(
        kind=FactKind.REVIEWED,
        subject=Kind.REGISTRATION,
        record=after.about,
        when=at(after.at or after.changed_at),
        value=said,
        actor=after.by or after.changed_by,
        detail={SOURCE: APPROVAL},
    )


def _fact(  # noqa: PLR0917
    seen: Seen[Registration],
    after: Registration,
    kind: FactKind,
    when: When,
    by: RecordId | None,
    value: str = "asked",
) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.REGISTRATION,
        record=after.id,
        when=when,
        value=value,
        actor=by or seen.person,
        detail={"version": instant_text(after.stamp)},
    )
