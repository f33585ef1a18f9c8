"""Facts of user accounts: who opened or closed one, and who said in which zone it works (R4.3)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Person, PersonState
from connector.canonical.time import When, instant_text
from connector.facts.change import Seen

OPENED, CLOSED, ZONE_SET = "account_opened", "account_closed", "zone_set"


def of_account(seen: Seen[Person]) -> Iterator[Fact]:
    """What was done to the account of somebody with a role; others are no matter of the role table."""
    before, after = seen.before, seen.after
    if after is None or not (after.role or (before and before.role)):
        return
    known = before is not None
    made = None if known else after.created_by
    when = seen.when(after.changed_at) if known else seen.created
    was = before.state is not PersonState.INACTIVE if before else False
    runs = after.state is not PersonState.INACTIVE
    if runs and not was:
        yield _fact(seen, after, OPENED, when, made or seen.actor)
    if was and not runs:
        yield _fact(seen, after, CLOSED, when, seen.actor)
    if after.zone != (before.zone if before else ""):
        yield _fact(seen, after, ZONE_SET, when, made or seen.actor)


def _fact(seen: Seen[Person], after: Person, done: str, when: When, actor: RecordId | None) -> Fact:
    detail = {"version": instant_text(after.stamp)}
    if done == ZONE_SET:
        detail |= {"zone": after.zone, "zone_before": seen.before.zone if seen.before else ""}
    return Fact(
        kind=FactKind.ACCOUNT_KEPT,
        subject=Kind.PERSON,
        record=after.id,
        when=when,
        value=done,
        actor=actor,
        detail=detail,
    )
