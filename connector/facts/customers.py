"""Facts of customers: what the account says of the customer changed, or that it was verified (R4.8, R4.9, R4.17)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Customer
from connector.canonical.time import instant_text
from connector.facts.change import Seen
from connector.facts.orders import of_customer as of_authentication


def of_customer(seen: Seen[Customer]) -> Iterator[Fact]:
    """The identity of a known customer changed, so that the true numbers may have arrived; or it was verified."""
    yield from of_authentication(seen)
    before, after = seen.before, seen.after
    if before is None or after is None or before.identity == after.identity:
        return
    when = seen.when(after.changed_at)
    yield Fact(
        kind=FactKind.ENTERED,
        subject=Kind.CUSTOMER,
        record=after.id,
        when=when,
        value=instant_text(when.latest),
        actor=seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
