"""Facts of a staged sales process: evidence supplied to a deal, and what people sign (R2)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity, SignOff
from connector.facts.change import Seen

WATCHED = ("proof", "plan", "picture", "agent", "track", "customer", "amount", "close_by")
"""What the stages ask of a deal. A change of these, without a move to another stage, is evidence supplied."""


def changed(before: Opportunity, after: Opportunity) -> str:
    """The names of what the stages ask for and that changed, one by one: `proof.technical_lead, agent`."""
    names: list[str] = []
    for name in WATCHED:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        fields = getattr(type(now), "model_fields", {}) if name in ("proof", "plan", "picture") else {}
        parts = [part for part in fields if getattr(was, part) != getattr(now, part)]
        names += [f"{name}.{part}" for part in parts] or [name]
    return ", ".join(names)


def of_sign_off(seen: Seen[SignOff]) -> Iterator[Fact]:
    """R2.2, R2.11: a person signed. Who and when are the row's own stamps; a later edit of it says nothing."""
    row = seen.after
    if row is None or seen.before is not None or not row.what:
        return
    about: tuple[tuple[Kind, RecordId | None], ...] = (
        (Kind.OPPORTUNITY, row.deal),
        (Kind.LEAD, row.lead),
        (Kind.CUSTOMER, row.customer),
    )
    for kind, record in about:
        if record is not None:
            yield Fact(
                kind=FactKind.SIGNED,
                subject=kind,
                record=record,
                when=seen.created,
                value=f"{row.what}:{row.word}",
                actor=row.created_by,
            )
