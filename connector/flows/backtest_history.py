"""What the ledger holds, read once for a back-test: the docket as of its first day, and what was said after it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from connector.canonical.accounts import BenefitEntry, BenefitState, BudgetEntry, QualityEntry
from connector.canonical.docket import ConflictEntry, CreditEntry, DeadlineEntry, Entry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import parse_instant
from connector.canonical.verdict import Effect, Finding, Verdict
from connector.flows.backtest_filings import note_before
from connector.flows.settle import JUDGED_AFTER
from connector.ports.scratch import Reason, Ruled, Said, Scratch
from connector.ports.store import LedgerLine, Store

_PAGE = 500
_BESIDE = (FactKind.POLICY_PUBLISHED, FactKind.ADOPTED, FactKind.UNDONE)
"""Kinds of entry that no fact of the org is behind: they say nothing of how far judging had come."""

_SUMS = (DeadlineEntry, BudgetEntry, QualityEntry)
"""Lines that follow from the others: when something is due, what a policy's promises come to, how a firm fared.

A sum is kept under its policy's name, and from go-live on: where only that differs, nobody is ruled on otherwise.
"""

_DECIDES = (Effect.REFUSE, Effect.ASK, Effect.LACK)


def load(store: Store, scratch: Scratch, since: datetime, until: datetime) -> int:
    """Fold into the scratch docket what was adopted, and what was decided on acts before `since` (law 5).

    What the ledger said of acts from then until `until` is remembered, to be compared. Returns the number of
    lines remembered.
    """
    remembered = 0
    with store.reading() as view:
        lines = _placed(view.ledger.scan())
        while page := list(islice(lines, _PAGE)):
            before = [entry for line, _ in page if _settled_before(line, since) for entry in line.entries]
            scratch.docket.put(before)
            note_before(scratch.notes, before)
            said = [
                Said(seq=line.seq, place=place, late=line.fact.late, ruled=_of_line(line))
                for line, place in page
                if line.fact.kind not in _BESIDE and since <= line.fact.instant <= until
            ]
            scratch.remember(said)
            remembered += len(said)
    return remembered


def ruled(fact: Fact, verdict: Verdict | None, entries: Iterable[Entry]) -> Ruled:
    """A decision in the form in which two of them are compared; how a reason is worded makes no difference."""
    changed = tuple(entries)
    findings = verdict.findings if verdict else ()
    return Ruled(
        identity=fact.identity,
        record=fact.record,
        subject=fact.subject.value,
        kind=fact.kind.value,
        instant=fact.instant,
        outcome=verdict.outcome.value if verdict else "",
        firm=next((firm for entry in changed if (firm := getattr(entry, "firm", None))), ""),
        states=tuple(sorted({_state(entry) for entry in changed if not isinstance(entry, _SUMS)})),
        filings=_filings(changed),
        reasons=tuple(
            Reason(rule=found.rule, message=found.message, params=found.params)
            for found in findings
            if found.effect in _DECIDES
        ),
        money=(*_money(fact, changed), *_taken_back(findings), *_opened(fact, changed)),
        unpriced=sum(
            isinstance(each, BenefitEntry) and each.kind.money and each.counted is None for each in changed
        ),
        others=tuple(sorted({each.record for found in findings for each in found.exhibits} - {fact.record})),
    )


def _money(fact: Fact, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """What this decision newly promises, and newly lets earn, in the budget's currency (R0.14, R0.15)."""
    last = {
        entry.key: entry for entry in entries if isinstance(entry, BenefitEntry)
    }  # written twice, it stands once
    for entry in last.values():
        if not entry.kind.money or entry.counted is None:
            continue
        amount, currency = str(entry.counted.amount), entry.counted.currency
        if entry.state is BenefitState.RESERVED and entry.since.latest == fact.instant:
            yield f"{entry.kind}_promised_{currency}", amount
        elif entry.state is BenefitState.EARNED and entry.earned_at == fact.instant:
            yield f"{entry.kind}_earned_{currency}", amount


def _taken_back(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """What was paid and is owed back by this decision, in the budget's currency; it is no cost any more (R0.14)."""
    for found in findings:
        amount, _, currency = found.params.get("counted", "").partition(" ")
        if found.message == Phrase.PAYOUT_CLAWED_BACK and currency:
            yield f"{found.exhibits[0].field}_clawed_back_{currency}", amount


def _opened(fact: Fact, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """The conflicts that this decision opens, whether or not the policy hands them to a desk at once."""
    fresh = {
        entry.key
        for entry in entries
        if isinstance(entry, ConflictEntry) and entry.opened_at == fact.instant and not entry.reopened
    }
    if fresh:
        yield "conflicts", str(len(fresh))


def _filings(entries: Iterable[Entry]) -> tuple[tuple[str, str, str], ...]:
    """How the decision left each registration that it wrote; written twice, the last word stands."""
    last = {entry.key: entry for entry in entries if isinstance(entry, RegistrationEntry)}
    return tuple((entry.registration, entry.firm, entry.state.value) for entry in last.values())


def same(one: Ruled, other: Ruled) -> bool:
    """Whether two decisions on one fact come to the same: outcome, and what it changes on the docket."""
    return one.outcome == other.outcome and one.states == other.states


def changes_nothing(one: Ruled) -> bool:
    return not one.outcome and not one.states


def touched(one: Ruled, other: Ruled) -> Sequence[str]:
    """The records whose later history hangs on the difference of two decisions."""
    moved = {record for state in {*one.states} ^ {*other.states} for record in _records(state)}
    return sorted(
        {one.record, *moved} - {one.firm, other.firm}
    )  # what is kept of a firm moves with every act of it


def _records(state: str) -> Sequence[str]:
    """The records that one line of the docket is about: both sides of a conflict, else the first of its key."""
    table, first, *rest = state.split("|")
    return rest[:2] if table == ConflictEntry.table else [first]


def judged_after(fact: Fact) -> datetime | None:
    """Up to when judging had come when this fact came late; None for one that did not, or whose detail is erased."""
    text = fact.detail.get(JUDGED_AFTER) if fact.late else None
    return parse_instant(text) if text else None


def _settled_before(line: LedgerLine, since: datetime) -> bool:
    return line.fact.kind is FactKind.ADOPTED or line.fact.instant < since


def _placed(lines: Iterable[LedgerLine]) -> Iterator[tuple[LedgerLine, datetime]]:
    """Each line with the moment up to which judging had come when it was written."""
    newest: datetime | None = None
    for line in lines:
        if line.fact.kind not in _BESIDE:
            come = judged_after(line.fact) or line.fact.instant
            newest = max(newest or come, come)
        yield line, newest or line.fact.instant


def _of_line(line: LedgerLine) -> Ruled:
    said = ruled(line.fact, line.verdict, line.entries)
    return replace(said, recorded=line.recorded_at) if line.fact.subject is Kind.REGISTRATION else said


def _state(entry: Entry) -> str:
    if isinstance(entry, CreditEntry):
        return f"credit|{entry.record}|{entry.firm}|{'frozen' if entry.frozen else 'stands'}"
    return f"{entry.table}|{entry.key}|{getattr(entry, 'state', '')}"
