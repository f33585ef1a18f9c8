"""Facts of leads: entered, claimed, released, worked, converted (R3.5 to R3.10)."""

from collections.abc import Iterator

from connector.canonical.fact import FOLLOWS, Fact, FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.records import Lead
from connector.canonical.time import When, between, instant_text
from connector.facts.change import Seen


def of_lead(seen: Seen[Lead]) -> Iterator[Fact]:
    """What happened to a lead between two versions. Owner changes chain by old and new value (law 2)."""
    before, after = seen.before, seen.after
    if after is None:
        return
    if before is None or before.owner != after.owner or _taken_again(before, after):
        yield from _unseen_release(seen, after)
        yield from _owner(seen, after)
    if before is not None and _entered(before) != _entered(after):
        when = seen.when(after.changed_at)
        yield _fact(seen, after, FactKind.ENTERED, when, instant_text(when.latest))
    if before is not None and _asked(before) != _asked(after):
        yield _fact(seen, after, FactKind.SUPPLIED, seen.sometime, "answers")
    if after.worked and not (before.worked if before else False) and not after.converted:
        yield _fact(seen, after, FactKind.WORKED, seen.when(after.status_since), after.status)
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
        yield Fact(
            kind=FactKind.RELEASED,
            subject=Kind.LEAD,
            record=after.id,
            when=between(min(known.stamp, since), since),
            value=passed,
            prior=known.owner,
            actor=None if is_queue(passed) else passed,
            detail={"version": instant_text(after.stamp)},
        )


def _owner(seen: Seen[Lead], after: Lead) -> Iterator[Fact]:
    prior = (seen.before.owner if seen.before else None) or after.owner_before
    when = seen.when(after.owner_since) if after.owner_since or seen.before else seen.created
    if after.owner_before and seen.before is not None:
        prior = after.owner_before
    holder = seen.party_of(after.owner)
    if holder is not None and after.owner is not None:
        claimed = _fact(seen, after, FactKind.CLAIMED, when, after.owner, prior or "")
        yield _following(claimed, FactKind.RELEASED) if _released_in(seen, after, when) else claimed
    elif seen.before is not None and (seen.party_of(seen.before.owner) or seen.party_of(prior)):
        released = _fact(seen, after, FactKind.RELEASED, when, after.owner or "", prior or "")
        yield _following(released, FactKind.CLAIMED) if _claimed_in(seen, when) else released
    elif seen.before is None:
        yield _fact(seen, after, FactKind.ENTERED, seen.created, instant_text(after.created_at))


def _claimed_in(seen: Seen[Lead], when: When) -> bool:
    """Whether the holder whom the mirror knew had taken the lead in the very second of this change."""
    known = seen.before
    return known is not None and known.owner_since == when.latest and seen.party_of(known.owner) is not None


def _released_in(seen: Seen[Lead], after: Lead, when: When) -> bool:
    """Whether whoever takes the lead had given it back in that very second."""
    known = seen.before
    return (
        known is not None
        and known.owner_since == when.latest
        and known.owner_before == after.owner
        and seen.party_of(known.owner) is None
    )


def _following(fact: Fact, earlier: FactKind) -> Fact:
    """Releases of a second come before its claims; not so one that takes back such a claim, nor the claim after it."""
    return fact.model_copy(update={"detail": {**fact.detail, FOLLOWS: earlier.value}})


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
