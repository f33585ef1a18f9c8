"""What must hold once all has settled: proved from the org itself, the ledger and the outbox.

Each proof yields one sentence per thing that is wrong; nothing yielded is a proof that held.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.canonical.docket import ENTRY_TYPES, ClaimEntry, ConflictEntry, Entry
from connector.canonical.fact import FactKind
from connector.canonical.time import parse_instant
from connector.canonical.verdict import Effect
from connector.demo.people import Record
from connector.demo.proof import compared, plain
from connector.flows.echo import CREATION
from connector.mapping import CompiledMapping
from connector.ports.store import AttemptState, OutboxItem, Transaction
from connector.rules.docket import MemoryDocket
from connector.store import SqlStore
from tests.kill.player import Player

FINISHED = (AttemptState.DONE, AttemptState.SUPERSEDED, AttemptState.DEAD)
CONTESTED = (
    ("Lead", "OwnerId", "LeadHistory", "LeadId", "Owner"),
    ("Deal_Registration__c", "Status__c", "Deal_Registration__History", "ParentId", "Status__c"),
)
"""Contested fields, and where the org keeps what became of each."""

AT_THE_SAME_TIME = timedelta(seconds=5)
"""Given back and taken again between our last look and the org's own check, a field is as expected: compare-and-set
by value cannot tell. The new act is a fact of its own, and judged. Counted without the leaps of the org's clock."""


@dataclass(kw_only=True)
class Proven:
    """What was looked at, and what was wrong."""

    checked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def prove(player: Player, store: SqlStore, mapping: CompiledMapping, ours: str) -> Proven:
    """Every proof."""
    proven = Proven()
    for difference in compared(player.people, store, mapping.objects):
        proven.wrong.append(f"mirror: {difference}")
    with store.reading() as view:
        proven.checked["mirrored rows"] += sum(row.live for row in view.mirror.count())
        items = view.outbox.list(limit=10_000_000)
        proven.wrong += _ledger(view, proven)
        proven.wrong += _docket(view, proven)
        proven.wrong += _outbox(view, items, player, proven)
        proven.wrong += _conflicts(view, items, player, proven)
        proven.wrong += _holders(view, items, player, proven)
        for names in CONTESTED:
            proven.wrong += _contested(items, player, ours, names, proven)
    return proven


def _ledger(view: Transaction, proven: Proven) -> Iterator[str]:
    """The chain is whole; no fact was judged twice; none waits."""
    broken = view.ledger.verify()
    if broken is not None:
        yield f"ledger: line {broken} does not verify"
    seen: Counter[str] = Counter()
    for line in view.ledger.scan():
        proven.checked["ledger lines"] += 1
        seen[line.fact.identity] += 1
        if line.fact.kind is FactKind.ADOPTED:
            seen[f"adopted {line.fact.value}"] += 1
    for identity, times in seen.items():
        if times > 1:
            yield f"ledger: {identity} was judged {times} times"
    for fact in view.facts.pending(None, 10):
        yield f"facts: {fact.identity} was never judged"


def _docket(view: Transaction, proven: Proven) -> Iterator[str]:
    """Folding the ledger from its first line gives the docket."""
    folded = MemoryDocket()
    for line in view.ledger.scan():
        folded.put(line.entries)
    there = {(entry.table, entry.key): entry for entry in folded.all()}
    here: dict[tuple[str, str], Entry] = {}
    for kind in ENTRY_TYPES.values():
        here |= {(kind.table, entry.key): entry for entry in view.docket.all(kind)}
    proven.checked["docket entries"] += len(here)
    for name in sorted(there.keys() | here.keys()):
        if there.get(name) != here.get(name):
            yield f"docket: {name} is {here.get(name)!r}, the ledger says {there.get(name)!r}"


def _outbox(view: Transaction, items: Sequence[OutboxItem], player: Player, proven: Proven) -> Iterator[str]:
    """Everything desired is on the record, or given up for a reason that a person can check."""
    newest: dict[tuple[str, str, str], OutboxItem] = {}
    for item in items:
        proven.checked[f"outbox {item.state.value}"] += 1
        newest[item.object, item.record or item.key or "", item.field] = item
        if item.state not in FINISHED:
            yield f"outbox: {_told(item)} is still {item.state.value}"
        elif item.state is AttemptState.SUPERSEDED and not item.reason:
            yield f"outbox: {_told(item)} was superseded without a reason"
        elif item.state is AttemptState.DEAD and not _expected(view, item):
            yield f"outbox: {_told(item)} is dead: {item.code} {item.reason}"
    for (sobject, ident, name), item in newest.items():
        if item.state is not AttemptState.DONE or name == CREATION:
            continue
        version = view.mirror.get(sobject, [ident]).get(ident)
        if version is None or version.deleted or (sobject, ident, name) in player.edited:
            continue
        proven.checked["effects on record"] += 1
        if version.values.get(name) != item.value and not item.contested:
            yield f"effect: {_told(item)} is done, but the org shows {version.values.get(name)!r}"


def _expected(view: Transaction, item: OutboxItem) -> bool:
    """A dead letter that nobody could have delivered: the record is gone, closed to writes, or fought over."""
    if item.code == "PAUSED":
        return True
    version = (
        view.mirror.get(item.object, [item.record or ""]).get(item.record or "") if item.record else None
    )
    if version is None:
        return False
    legal_hold = "FIELD_CUSTOM_VALIDATION_EXCEPTION" in (item.code or "")
    return version.deleted or version.values.get("IsConverted") == "true" or legal_hold


def _conflicts(
    view: Transaction, items: Sequence[OutboxItem], player: Player, proven: Proven
) -> Iterator[str]:
    """One conflict record for one key, and one for each that the docket has opened."""
    rows = player.people.rows("SELECT Id, External_Key__c FROM Channel_Conflict__c")
    keys = Counter(row["External_Key__c"] for row in rows)
    proven.checked["conflict records"] += len(rows)
    for key, times in keys.items():
        if times > 1:
            yield f"conflict: {key} exists {times} times"
    wanted = {item.key for item in items if item.field == CREATION}
    opened = {entry.key for entry in view.docket.all(ConflictEntry)}
    for key in sorted(opened & {key for key in wanted if key}):
        if key not in keys:
            yield f"conflict: {key} is open in the docket, and has no record"


def _holders(view: Transaction, items: Sequence[OutboxItem], player: Player, proven: Proven) -> Iterator[str]:
    """Open claims are the leads that partner users own, lead by lead and holder by holder."""
    soql = "SELECT Id, OwnerId FROM Lead WHERE IsConverted = false"
    firms = {row["Id"]: row["AccountId"] for row in player.people.rows("SELECT Id, AccountId FROM User")}
    held = {row["Id"]: row["OwnerId"] for row in player.people.rows(soql) if firms.get(row["OwnerId"])}
    claims: dict[str, list[ClaimEntry]] = defaultdict(list)
    for claim in view.docket.all(ClaimEntry):
        if claim.open:
            claims[claim.lead].append(claim)
    undeliverable = {
        item.record for item in items if item.field == "OwnerId" and item.state is AttemptState.DEAD
    }
    proven.checked["leads held"] += len(held)
    for lead in sorted(held.keys() | claims.keys()):
        holders, owner = [claim.holder for claim in claims.get(lead, [])], held.get(lead)
        if lead in undeliverable or holders == ([owner] if owner else []):
            continue
        if owner in holders and _asked(view, lead):
            proven.checked["leads held that wait for a person"] += 1
        elif _carried(view, lead, claims.get(lead, [])):
            proven.checked["leads whose claim came by a merge into another's record"] += 1
        else:
            yield f"claims: lead {lead} is owned by {owner}, the docket says {holders}"


def _asked(view: Transaction, lead: str) -> bool:
    """Whether a person is asked who holds it: until then each of the claims stands (law 8)."""
    return any(
        found.rule == "first_holder" and found.effect is Effect.ASK
        for line in view.ledger.of_record(lead)
        if line.verdict
        for found in line.verdict.findings
    )


def _carried(view: Transaction, lead: str, claims: Sequence[ClaimEntry]) -> bool:
    """Whether these claims were on records merged into this one: a merge keeps them, whoever owns the survivor."""
    keys = {claim.key for claim in claims}
    merges = (
        line for line in view.ledger.scan() if line.fact.kind is FactKind.MERGED and line.fact.value == lead
    )
    return bool(keys) and keys <= {entry.key for line in merges for entry in line.entries}


def _contested(
    items: Sequence[OutboxItem],
    player: Player,
    ours: str,
    names: tuple[str, str, str, str, str],
    proven: Proven,
) -> Iterator[str]:
    """Every change by our login is one that was decided, from the value it expected, and was made once.

    And nobody set the field between the act that we judged and our change of it.
    """
    sobject, name, history, parent, label = names
    soql = (
        f"SELECT Id, {parent}, CreatedById, CreatedDate, OldValue, NewValue, DataType FROM {history} "
        f"WHERE Field = '{label}' ORDER BY CreatedDate, Id"
    )
    changes: dict[str, list[Record]] = defaultdict(list)
    for row in player.people.rows(soql, all_rows=True):
        if label != "Owner" or row["DataType"] == "EntityId":
            changes[row[parent]].append(row)
    decided: dict[tuple[str, str | None, str | None], list[OutboxItem]] = defaultdict(list)
    for item in items:
        if item.object == sobject and item.field == name and item.attempts:
            decided[item.record or "", item.expected, item.value].append(item)
    for record, rows in changes.items():
        before: Record | None = None
        for row in rows:
            if row["CreatedById"] == ours:
                proven.checked[f"{sobject}.{name} changed by us"] += 1
                these = decided[record, row["OldValue"], row["NewValue"]]
                yield from _made(player, record, row, before, these, proven)
            else:
                proven.checked[f"{sobject}.{name} changed by people"] += 1
                before = row


def _made(  # noqa: PLR0917
    player: Player,
    record: str,
    row: Record,
    before: Record | None,
    decided: list[OutboxItem],
    proven: Proven,
) -> Iterator[str]:
    shown, made = (
        f"{record} {row['OldValue']} → {row['NewValue']} at {row['CreatedDate']}",
        _moment(row["CreatedDate"]),
    )
    known = [item for item in decided if item.caused_at <= made]
    if not known:
        yield f"twice or never decided: {shown}"
        return
    item = max(known, key=lambda each: (each.caused_at, each.written_at is not None))
    decided.remove(item)
    acted = _moment(before["CreatedDate"]) if before is not None else item.caused_at
    looked = min(item.written_at or item.created_at, made)
    if acted > item.caused_at and player.lived(acted, looked) <= AT_THE_SAME_TIME:
        proven.checked["changed and changed back by people while we wrote"] += 1
    elif acted > item.caused_at:
        lived = player.lived(acted, looked).total_seconds()
        yield f"overwritten: {shown} was decided on {item.cause}, but somebody acted at {acted}, {lived:.0f} s earlier"


def _moment(text: str) -> datetime:
    return parse_instant(str(plain(text)))


def _told(item: OutboxItem) -> str:
    value = json.dumps(item.value, ensure_ascii=False)[:60]
    return f"{item.object} {item.record or item.key} {item.field} = {value} ({item.cause})"
