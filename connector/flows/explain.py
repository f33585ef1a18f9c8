"""Explain: why a record stands as it does, from the ledger alone (R4.14, law 18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ConflictEntry, CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.verdict import Effect, Outcome
from connector.messages import Speaker
from connector.ports.store import LedgerLine, Store, Transaction

_NAMES = ("Name", "Company", "Customer_Name__c")


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A record that decided something, as a person would name it."""

    record: str
    name: str
    link: str
    field: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One rule's word."""

    rule: str
    effect: Effect
    text: str
    parties: tuple[Party, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One entry of the ledger about the record."""

    number: int
    happened: str
    at: datetime
    certain: str
    outcome: Outcome | None
    policy: str
    reasons: tuple[Reason, ...]
    docket: tuple[str, ...]
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Everything the ledger holds about one record, oldest first."""

    record: str
    name: str
    link: str
    steps: tuple[Step, ...]
    waiting: tuple[str, ...]


_HAPPENED: Mapping[FactKind, str] = {
    FactKind.CLAIMED: "claimed by {value}",
    FactKind.RELEASED: "given back by {prior}",
    FactKind.WORKED: "worked",
    FactKind.CONVERTED: "converted into {value}",
    FactKind.ENTERED: "entered or its identity changed",
    FactKind.FILED: "filed",
    FactKind.AMENDED: "amended",
    FactKind.REVIEWED: "ruled on by a person: {value}",
    FactKind.NOTIFIED: "the partner was notified",
    FactKind.WITHDRAWN: "withdrawn by the registrant",
    FactKind.OPENED: "opened",
    FactKind.REASSIGNED: "moved from {prior} to {value}",
    FactKind.STAGE_MOVED: "moved from stage {prior} to {value}",
    FactKind.CLOSED: "closed as {value}",
    FactKind.TICK: "deadline reached: {value}",
    FactKind.MERGED: "merged into {value}",
    FactKind.DELETED: "deleted",
    FactKind.ADOPTED: "adopted as it stood at go-live",
    FactKind.STANDING_CHANGED: "standing changed to {value}",
    FactKind.AFFIRMED: "a person saved the same value in {value}",
    FactKind.EDITED: "a person changed {value} after our write",
}


def explain(
    store: Store, speaker: Speaker, record: str, instance_url: str, language: str = "en"
) -> Explanation:
    """What was decided about `record`, by which rule, from which records, and by which clock."""
    with store.reading() as view:
        lines = view.ledger.of_record(record)
        steps = tuple(_step(view, speaker, line, instance_url, language) for line in lines)
        waiting = tuple(
            f"{item.field}: {item.state.value}" + (f" ({item.reason})" if item.reason else "")
            for item in view.outbox.list()
            if item.record == record and item.state.value not in ("done", "superseded")
        )
        name = _name(view, record)
    return Explanation(
        record=record, name=name, link=_link(instance_url, record), steps=steps, waiting=waiting
    )


def _step(view: Transaction, speaker: Speaker, line: LedgerLine, url: str, language: str) -> Step:
    verdict, fact = line.verdict, line.fact
    reasons = tuple(
        Reason(
            rule=found.rule,
            effect=found.effect,
            text=speaker.sentence(found.message, found.params, language),
            parties=tuple(
                Party(
                    record=shown.record,
                    name=_name(view, shown.record),
                    link=_link(url, shown.record),
                    field=shown.field,
                    value=shown.value,
                )
                for shown in found.exhibits
            ),
        )
        for found in (verdict.findings if verdict else ())
    )
    named = {"value": _named(view, fact.value), "prior": _named(view, fact.prior)}
    return Step(
        number=line.seq,
        happened=_HAPPENED.get(fact.kind, fact.kind.value).format(**named),
        at=fact.instant,
        certain=_certain(fact),
        outcome=verdict.outcome if verdict else None,
        policy=verdict.policy if verdict else "",
        reasons=reasons,
        docket=tuple(_entries(line.entries)),
        recorded_at=line.recorded_at,
    )


def _certain(fact: Fact) -> str:
    """Where the time comes from, and how sure it is (law 1)."""
    source = {
        "stamped": "stamped by the org on the save itself",
        "history": "from the field history",
        "event": "from the change event",
        "between": "known only to the interval",
    }[fact.when.source.value]
    late = "; it reached us late" if fact.late else ""
    if fact.when.exact:
        return source + late
    return f"{source} {fact.when.earliest:%Y-%m-%d %H:%M:%S} to {fact.when.latest:%H:%M:%S} UTC{late}"


def _entries(entries: Sequence[Entry]) -> list[str]:
    said: list[str] = []
    for entry in entries:
        if isinstance(entry, ClaimEntry):
            said.append(f"claim {entry.state.value}")
        elif isinstance(entry, RegistrationEntry):
            window = f", protected until {entry.protected_until:%Y-%m-%d}" if entry.protected_until else ""
            said.append(f"registration {entry.state.value}{window}")
        elif isinstance(entry, ConflictEntry):
            said.append(f"conflict {entry.kind} {entry.state.value}")
        elif isinstance(entry, CreditEntry):
            said.append("sourcing credit frozen" if entry.frozen else "sourcing credit recorded")
    return list(dict.fromkeys(said))


def _named(view: Transaction, value: str) -> str:
    return _name(view, value) if len(value) == 18 and value.isalnum() else value


def _name(view: Transaction, record: str) -> str:
    """What people call the record; its id when the mirror does not know it."""
    for row in view.mirror.count():
        version = view.mirror.get(row.object, [record]).get(record)
        if version is not None:
            names = (version.values.get(field) for field in _NAMES)
            return next((name for name in names if name), record)
    return record


def _link(url: str, record: str) -> str:
    return f"{url}/{record}" if url else record
