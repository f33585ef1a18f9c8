"""Facts of registrations: filed, amended, completed, withdrawn, reviewed by a person, notified (R1)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Evidence, FilingStatus, Registration
from connector.canonical.time import When, at, instant_text
from connector.facts.accounts import of_accounts
from connector.facts.change import Seen
from connector.facts.requests import SECOND_REVIEW, SOURCE, of_requests

Status = FilingStatus

OURS = frozenset(
    {
        "status",
        "status_since",
        "ruling",
        "message",
        "missing",
        "in_conflict",
        "protected_from",
        "protected_until",
        "appeal_until",
        "appeal",
        "appealed_at",
        "appealed_by",
        "extension_request",
        "extension_requested_at",
        "extension_requested_by",
        "extension_review",
        "extension",
        "do_not_extend",
        "decide_by",
        "escalated_to",
        "approved_lines",
        "refused_lines",
        "shared",
        "share",
        "review",
        "reviewed_at",
        "reviewed_by",
        "second_review",
        "second_reviewed_at",
        "second_reviewed_by",
        "stamp",
        "changed_at",
        "changed_by",
        "filed_at",
        "sourcing_partner",
        "rebate",
        "discount",
        "mdf",
        "incentive",
        "presales",
        "payout",
        "payout_state",
        "payout_basis",
        "payout_paid_on",
        "benefit_review",
    }
)
"""What is not part of the filing itself: a change of these alone amends nothing."""

CUSTOMER = "customer"
"""The value of an *entered*: the customer of a registration that stands approved was edited."""

_FILED_ANEW = (Status.REJECTED, Status.WITHDRAWN, Status.LAPSED, Status.DRAFT)
_PENDING = (Status.SUBMITTED, Status.INCOMPLETE, Status.IN_REVIEW)


def of_registration(seen: Seen[Registration]) -> Iterator[Fact]:
    """What happened to a registration between two versions."""
    before, after = seen.before, seen.after
    if after is None:
        return
    was = before.status if before else Status.DRAFT
    refiled = before is not None and after.filed_at is not None and before.filed_at != after.filed_at
    if after.status in _PENDING and (_submitted_anew(seen, after, was) or (was not in _PENDING and refiled)):
        yield _fact(seen, after, FactKind.FILED, seen.when(after.filed_at), Status.SUBMITTED)
    elif before is not None and after.status in _PENDING and (refiled or _content(before) != _content(after)):
        when = seen.when(after.filed_at) if refiled else seen.sometime
        yield _fact(seen, after, FactKind.AMENDED, when, instant_text(when.latest))
    elif before is not None and was.approves and after.status.approves and before.customer != after.customer:
        yield _fact(seen, after, FactKind.ENTERED, seen.sometime, CUSTOMER)
    if before is not None and was.approves and after.status.approves and before.close_by != after.close_by:
        day = after.close_by.isoformat() if after.close_by else ""
        yield _fact(seen, after, FactKind.CLOSE_MOVED, seen.sometime, day)
    if after.status is Status.WITHDRAWN and was is not Status.WITHDRAWN and before is not None:
        yield _fact(seen, after, FactKind.WITHDRAWN, seen.when(after.status_since), Status.WITHDRAWN)
    yield from _rulings(seen, after, was)
    yield from of_requests(seen)
    yield from of_accounts(seen)


def _submitted_anew(seen: Seen[Registration], after: Registration, was: FilingStatus) -> bool:
    """Our own word that a rejected filing is looked at once more, after an appeal, files nothing."""
    reopened = was is Status.REJECTED and after.status is Status.IN_REVIEW
    return was in _FILED_ANEW and not (reopened and seen.actor == seen.ours)


def _rulings(seen: Seen[Registration], after: Registration, was: FilingStatus) -> Iterator[Fact]:
    """A person's ruling is a fact; our own, once it stands on the record, is the partner's notification.

    Behind a later save the org no longer tells who set the status: that is *reviewed*, at the time at which the
    status was set, and the rules, who know what we had decided, take it for the notification (R0.5).
    """
    before = seen.before
    review = before.review if before else ""
    ruled = bool(after.review) and after.review != review
    if ruled:
        when = seen.when(after.reviewed_at)
        yield _fact(seen, after, FactKind.REVIEWED, when, after.review, after.reviewed_by, "review_fields")
    if _ruled_second(before, after) and not (ruled and after.second_reviewed_at == after.reviewed_at):
        ruled, when = True, seen.when(after.second_reviewed_at)  # both in one save are one person's one word
        by = after.second_reviewed_by
        yield _fact(seen, after, FactKind.REVIEWED, when, after.second_review, by, SECOND_REVIEW)
    approves = after.status.approves
    if after.status is was or before is None or not (approves or after.status is Status.REJECTED):
        return
    if seen.actor == seen.ours or _came_so(seen, after):
        if approves:
            yield _fact(seen, after, FactKind.NOTIFIED, seen.when(after.status_since), after.status)
    elif not ruled:
        value = "approve" if approves else "reject"
        yield _fact(seen, after, FactKind.REVIEWED, seen.when(after.status_since), value, source="status")


def _came_so(seen: Seen[Registration], after: Registration) -> bool:
    """It came back with a status that it bore already when it left: whoever fetched it did not set that."""
    return seen.gone_at is not None and after.status_since is not None and after.status_since <= seen.gone_at


def _ruled_second(before: Registration | None, after: Registration) -> bool:
    return bool(after.second_review) and after.second_review != (before.second_review if before else "")


def of_proof(filing: Registration, row: RecordId, made: datetime, actor: RecordId | None) -> Fact:
    """A decision maker or a proof was added: the filing changed at the moment the org made the row."""
    return Fact(
        kind=FactKind.AMENDED,
        subject=Kind.REGISTRATION,
        record=filing.id,
        when=at(made),
        value=row,
        actor=actor,
        detail={"version": instant_text(filing.stamp)},
    )


def proofs_after(filing: Registration) -> tuple[Evidence, ...]:
    """Proofs added after the filing was filed."""
    return tuple(proof for proof in filing.evidence if filing.filed_at and proof.created_at > filing.filed_at)


def _content(filing: Registration) -> dict[str, object]:
    return filing.model_dump(exclude=set(OURS) | {"evidence", "decision_makers"})


def _fact(  # noqa: PLR0917
    seen: Seen[Registration],
    after: Registration,
    kind: FactKind,
    when: When,
    value: str,
    actor: RecordId | None = None,
    source: str = "",
) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.REGISTRATION,
        record=after.id,
        when=when,
        value=value,
        actor=actor or seen.actor,
        detail={"version": instant_text(after.stamp)} | ({SOURCE: source} if source else {}),
    )
