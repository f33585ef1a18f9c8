"""Everything about one deal or customer in time order: what was done, ruled, written and logged (R3.3, R4.14)."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from connector.canonical.fact import RANK, Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.time import parse_instant
from connector.flows.explanation import Happening
from connector.flows.family import Family
from connector.flows.teller import Teller
from connector.mapping import CompiledMapping
from connector.messages import Telling
from connector.ports.store import LedgerLine, OutboxItem, SourceVersion

ACTIVITY, WRITTEN = "activity", "written"
"""Kinds of happenings beside those of facts: what people logged, and what we wrote back."""

_OBJECTS = ("Task", "Event")
_LINKS = ("WhatId", "WhoId")
OURS = frozenset({FactKind.TICK, FactKind.ADOPTED, FactKind.POLICY_PUBLISHED})
"""Facts that no person brought about."""

_TOLD = frozenset({
    FactKind.REVIEWED, FactKind.NOTIFIED, FactKind.EXTENSION_RULED, FactKind.BENEFIT_REVIEWED, FactKind.PAID_OUT,
})  # fmt: skip
"""Acts of our own people that a partner is told of on its own records."""

_LAST = max(RANK.values()) + 1

_SAME_WRITE = timedelta(minutes=2)
"""So far apart may the org's clock and ours see one write."""

_Write = tuple[str, str, datetime]
"""A record, the value that we wrote there, and when."""

_Place = tuple[datetime, int, int]
"""Its moment, then its rank among the facts of one second (law 2), then the ledger's number."""


def timeline(teller: Teller, record: RecordId, mapping: CompiledMapping | None) -> tuple[Happening, ...]:
    """Facts, verdicts, conflicts, activities and our own writes on the deal or customer; oldest first.

    A partner reads its own part: what it and its people did on records of its own, and what was ruled of that.
    """
    family = Family(teller.view, record, mapping)
    logged = {row.id: row for each in family.records for row in _logged(teller, each)}
    found = [*_acts(teller, family, frozenset(logged)), *_activities(teller, logged.values())]
    if not teller.eyes.of_a_partner:
        found += _writes(teller, family)
    return tuple(happening for _, happening in sorted(found, key=lambda each: each[0]))


def _acts(teller: Teller, family: Family, logged: frozenset[str]) -> Iterator[tuple[_Place, Happening]]:
    lines = {line.seq: line for each in family.records for line in teller.view.ledger.of_record(each)}
    told = {fact.identity: fact for fact in family.told()}
    beside = {fact.record for fact in told.values()} - family.records.keys()  # the conflicts' own records
    lines |= {line.seq: line for each in sorted(beside) for line in teller.view.ledger.of_record(each)}
    of_fact: dict[str, list[LedgerLine]] = {}
    for line in lines.values():
        of_fact.setdefault(line.fact.identity, []).append(line)
        told.setdefault(line.fact.identity, line.fact)
    moved = frozenset(_moved(teller, family))
    for fact in told.values():
        if fact.kind is FactKind.ACTIVE and fact.value in logged:
            continue  # told as the activity itself
        if fact.identity not in of_fact and _by_us(fact, moved):
            continue  # told as our write
        if _meant(teller, fact):
            own: list[LedgerLine | None] = [*of_fact.get(fact.identity, ())]
            for each in own or [None]:
                yield (fact.instant, fact.rank, each.seq if each else 0), _act(teller, fact, each)


def _moved(teller: Teller, family: Family) -> Iterator[_Write]:
    """Every value that we wrote on the family's records, and when."""
    for record in family.records:
        for item in teller.view.outbox.written(record=record):
            if item.value and item.written_at:
                yield record, item.value, item.written_at


def _by_us(fact: Fact, moved: frozenset[_Write]) -> bool:
    """Whether a lead changed hands by our own write: nobody gave it back, and nobody took it."""
    if fact.kind not in (FactKind.RELEASED, FactKind.CLAIMED):
        return False
    same = (when for record, value, when in moved if (record, value) == (fact.record, fact.value))
    return any(abs(when - fact.instant) <= _SAME_WRITE for when in same)


def _meant(teller: Teller, fact: Fact) -> bool:
    """Whether this reader reads of it: a partner of what its people did, and what was ruled, on its own records."""
    if not teller.eyes.of_a_partner:
        return fact.kind is not FactKind.ADOPTED
    known = fact.actor is not None and teller.eyes.see(fact.actor)
    told = fact.kind in _TOLD or (fact.kind is FactKind.TICK and not desks_own(fact))
    return teller.eyes.see(fact.record) and (known or told)


def desks_own(fact: Fact) -> bool:
    """Whether it is a deadline of our desk's: of a conflict, or for somebody higher up to decide."""
    return fact.kind is FactKind.TICK and ("|" in fact.value or fact.value.startswith("escalate"))


def _act(teller: Teller, fact: Fact, line: LedgerLine | None) -> Happening:
    judged = line if line and teller.eyes.judged(line) else None
    verdict = judged.verdict if judged else None
    return Happening(
        at=fact.instant,
        when=teller.when(fact.instant),
        kind=fact.kind.value,
        record=fact.record,
        name=teller.name(fact.record),
        link=teller.link(fact.record),
        who=_who(teller, fact),
        text=teller.happened(fact),
        ruled=teller.word("outcome", verdict.outcome.value) if verdict else "",
        docket=teller.entries(judged.entries, fact, fact.record)
        if judged and fact.kind is not FactKind.ADOPTED
        else (),
        number=line.seq if line else None,
    )


def _who(teller: Teller, fact: Fact) -> str:
    """Who did it; of our own people a partner reads no name."""
    if fact.kind in OURS:
        return teller.tell(Telling.PAGE_CONNECTOR)
    return teller.name(_actor(fact)) if teller.eyes.see(_actor(fact)) or not teller.eyes.of_a_partner else ""


def _actor(fact: Fact) -> str | None:
    """Who did it: a lead that changes hands is the new holder's act where nobody else is named."""
    return fact.actor or (fact.value if fact.kind is FactKind.CLAIMED else None)


def _logged(teller: Teller, record: str) -> Iterator[SourceVersion]:
    """Calls, meetings and tasks about the record, as the mirror has them."""
    known = {row.object for row in teller.view.mirror.count()}
    for name in _OBJECTS:
        for link in _LINKS if name in known else ():
            with suppress(LookupError):  # the profile does not read this link
                yield from [row for row in teller.view.mirror.where(name, link, record) if not row.deleted]


def _activities(teller: Teller, rows: Iterable[SourceVersion]) -> Iterator[tuple[_Place, Happening]]:
    for row in rows:
        made, who = row.values.get("CreatedDate"), row.values.get("OwnerId")
        if teller.eyes.of_a_partner and not (who and teller.eyes.see(who)):
            continue
        moment = parse_instant(made) if made else row.stamp
        happening = Happening(
            at=moment,
            when=teller.when(moment),
            kind=ACTIVITY,
            record=row.id,
            name=row.values.get("Subject") or row.object,
            link=teller.address(row.id),
            who=teller.name(who),
            text=teller.tell(Telling.PAGE_LOGGED),
        )
        yield (moment, RANK[FactKind.ACTIVE], 0), happening


def _writes(teller: Teller, family: Family) -> Iterator[tuple[_Place, Happening]]:
    """What we wrote on each record in one go."""
    for record in family.records:
        found = [item for item in teller.view.outbox.written(record=record) if item.written_at is not None]
        for moment, items in groupby(sorted(found, key=_written_at), key=_written_at):
            fields = ", ".join(dict.fromkeys(item.field for item in items))
            happening = Happening(
                at=moment,
                when=teller.when(moment),
                kind=WRITTEN,
                record=record,
                name=teller.name(record),
                link=teller.link(record),
                who=teller.tell(Telling.PAGE_CONNECTOR),
                text=teller.tell(Telling.PAGE_WRITTEN, fields=fields),
            )
            yield (moment, _LAST, 0), happening


def _written_at(item: OutboxItem) -> datetime:
    return (item.written_at or item.created_at).replace(microsecond=0)
