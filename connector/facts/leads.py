"""Facts of leads: entered, claimed, released, worked, converted (R3.5 to R3.10)."""

from collections.abc import Iterator, Sequence

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.records import Lead
from connector.canonical.time import When, between, instant_text
from connector.facts.change import Seen
from connector.facts.steps import in_its_place

_ON_HOLD = "on_hold"
_RULED = {"held": "approve", "returned": "reject"}
"""What a person sets in place of our *on hold*, and what it rules (law 7)."""


def of_lead(seen: Seen[Lead]) -> Iterator[Fact]:
    """What happened to a lead between two versions. Owner changes chain by old and new value (law 2)."""
    before, after = seen.before, seen.after
    if after is None:
        return
    if before is None or before.owner != after.owner or _taken_again(before, after):
        unseen = tuple(_unseen_release(seen, after))
        yield from unseen
        yield from _owner(seen, after, unseen)
    if before is not None and _entered(before) != _entered(after):
        when = seen.when(after.changed_at)
        yield _fact(seen, after, FactKind.ENTERED, when, instant_text(when.latest))
    if before is not None and _asked(before) != _asked(after):
        yield _fact(seen, after, FactKind.SUPPLIED, seen.sometime, "answers")
    if after.worked and not (before.worked if before else False) and not after.converted:
        yield _fact(seen, after, FactKind.WORKED, seen.when(after.status_since), after.status)
    ruled = _RULED.get(after.claim_verdict)
    if ruled and before is not None and before.claim_verdict == _ON_HOLD and seen.actor != seen.ours:
        yield _fact(seen, after, FactKind.REVIEWED, seen.when(after.changed_at), ruled)
    if after.converted and not (before.converted if before else False):
        target = after.converted_opportunity or after.converted_account or after.id
        yield _fact(seen, after, FactKind.CONVERTED, seen.when(after.changed_at), target)


def _asked(lead: Lead) -> tuple[object, ...]:
    """R2.10, R2.15: what decides whether a lead is pursued, and where it goes."""
    return (lead.answers, lead.value, lead.account_class)


def _entered(lead: Lead) -> tuple[object, ...]:
    """What was entered of the customer, and its confirmation (R4.6)."""
    return (
        lead.identity, lead.licence_name, lead.caller_id, lead.region, lead.track, lead.confirm, lead.confirmed_at
    )  # fmt: skip


def _taken_again(before: Lead, after: Lead) -> bool:
    """The same owner, but since a later moment: the lead was away between two looks."""
    return before.owner_since is not None and (after.owner_since or before.owner_since) > before.owner_since


def _unseen_release(seen: Seen[Lead], after: Lead) -> Iterator[Fact]:
    """The present owner took it from a pool or from our own people: the holder we knew had it no more by then."""
    known, passed, since = seen.before, after.owner_before, after.owner_since
    if known is None or known.owner is None or passed is None or since is None or passed == known.owner:
        return
    if seen.party_of(known.owner) is not None and seen.party_of(passed) is None:
        released = Fact(
            kind=FactKind.RELEASED,
            subject=Kind.LEAD,
            record=after.id,
            when=between(min(known.stamp, since), since),
            value=passed,
            prior=known.owner,
            actor=None if is_queue(passed) else passed,
            detail={"version": instant_text(after.stamp)},
        )
        yield in_its_place(released, seen)


def _owner(seen: Seen[Lead], after: Lead, unseen: Sequence[Fact]) -> Iterator[Fact]:
    """`unseen`: what came between the owner whom the mirror knew and this one."""
    prior = (seen.before.owner if seen.before else None) or after.owner_before
    when = seen.when(after.owner_since) if after.owner_since or seen.before else seen.created
    if after.owner_before and seen.before is not None:
        prior = after.owner_before
    holder = seen.party_of(after.owner)
    if holder is not None and after.owner is not None:
        claimed = _fact(seen, after, FactKind.CLAIMED, when, after.owner, prior or "")
        yield in_its_place(claimed, seen, unseen)
    elif seen.before is not None and (seen.party_of(seen.before.owner) or seen.party_of(prior)):
        released = _fact(seen, after, FactKind.RELEASED, when, after.owner or "", prior or "")
        yield in_its_place(released, seen, unseen)
    elif seen.before is None:
        yield _fact(seen, after, FactKind.ENTERED, seen.created, instant_text(after.created_at))


def _fact(  # noqa: PLR0917 - one line per thing a fact says
    seen: Seen[Lead], after: Lead, kind: FactKind, when: When, value: str, prior: RecordId | str = ""
) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.LEAD,
        record=after.id,
        when=when,
        value=value,
        prior=prior,
        actor=seen.person,
        detail={"version": instant_text(after.stamp)},
    )
