"""Facts of firms and people: their standing changed (R0.6, R0.11, R3.4)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Partner, Person
from connector.canonical.time import instant_text
from connector.facts.change import Seen
from connector.facts.upkeep import of_account


def of_partner(seen: Seen[Partner]) -> Iterator[Fact]:
    """A firm's tier, certification, territory or group changed."""
    if seen.after is not None and _standing(seen.before) != _standing(seen.after):
        yield _fact(seen, seen.after, Kind.PARTNER, seen.after.tier)


def of_person(seen: Seen[Person]) -> Iterator[Fact]:
    """A person's firm, role or provisioning state changed; or somebody saw to the account of one with a role."""
    yield from of_account(seen)
    before, after = seen.before, seen.after
    if after is None or (
        before and (before.firm, before.role, before.state) == (after.firm, after.role, after.state)
    ):
        return
    yield _fact(seen, after, Kind.PERSON, after.state)


def _standing(partner: Partner | None) -> tuple[object, ...]:
    if partner is None:
        return ()
    return (partner.tier, partner.certified_until, partner.trained_until, partner.territory, partner.group)


def _fact(seen: Seen[Partner] | Seen[Person], after: Partner | Person, kind: Kind, value: str) -> Fact:
    return Fact(
        kind=FactKind.STANDING_CHANGED,
        subject=kind,
        record=after.id,
        when=seen.when(after.changed_at),
        value=value,
        actor=seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
