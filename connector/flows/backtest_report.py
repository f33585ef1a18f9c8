"""What a back-test found: the ledger's verdicts and the candidate's, side by side, per firm and tier."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.flows.backtest_filings import LAPSED, Tiers, counted
from connector.ports.scratch import Notes, Reason, Ruled

EXAMPLES = 25
"""So many examples are kept of each sort of difference: those that hang on no earlier one first."""

_OVER_QUOTA = "claim.over"
_STATES = {("claim", "recycled"): "claims_recycled"}
_REQUESTS = {
    FactKind.EXTENSION_ASKED: "extension", FactKind.EXTENSION_RULED: "extension", FactKind.APPEALED: "appeal",
}  # fmt: skip
"""Acts on a registration whose verdict is about the request, not about the filing."""

_WORDS = {
    "lead": "claims", "extension": "extensions", "appeal": "appeals", "opportunity": "deals", "order": "orders",
    "slip": "payment_slips", "payment": "payments", "customer": "customers", "transfer_in": "transfer_ins",
    "conflict": "conflict_rulings",
}  # fmt: skip
_OUTCOMES = {"approve": "approved", "reject": "rejected", "defer": "deferred"}

_MONEY = ("_promised_", "_earned_", "_clawed_back_")

FIRST = (
    "claims_approved", "claims_rejected", "claims_deferred", "claims_over_quota", "claims_recycled",
    "registrations_approved", "registrations_rejected", "registrations_deferred", LAPSED,
    "extensions_approved", "extensions_rejected", "extensions_deferred", "appeals_deferred", "appeals_rejected",
    "conflicts",
)  # fmt: skip
"""The measures in the order of the report; others follow by name."""


@dataclass(kw_only=True, slots=True)
class Pair:
    """One figure on both sides."""

    ledger: Decimal = Decimal(0)
    candidate: Decimal = Decimal(0)

    @property
    def change(self) -> Decimal:
        return self.candidate - self.ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One decision that would have come out otherwise."""

    record: str
    subject: str
    kind: str
    at: datetime
    firm: str
    tier: str
    said: str
    would: str
    reasons: tuple[Reason, ...]
    dropped: bool  # the reasons are the ledger's, and would not have been
    conditional: bool


@dataclass(kw_only=True, slots=True)
class Difference:
    """One sort of difference: what the ledger said, what the candidate would have said, and how often."""

    subject: str
    said: str
    would: str
    count: int = 0
    conditional: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        """Count it, and keep it while there is room; one that hangs on nothing earlier takes another's place."""
        self.count += 1
        self.conditional += example.conditional
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)
        elif not example.conditional:
            place = next((n for n, kept in enumerate(self.examples) if kept.conditional), None)
            if place is not None:
                del self.examples[place]
                self.examples.append(example)


@dataclass(kw_only=True)
class Backtested:
    """The whole comparison. `unpriced` benefits had no amount, or no rate, under the candidate."""

    policy: str
    since: datetime
    until: datetime
    decisions: int = 0
    left_out: int = 0  # traces of our own writes that the candidate would not have made
    failed: int = 0  # decisions that raised, and were deferred
    unpriced: int = 0
    diverged: int = 0  # records whose history would have gone another way
    totals: defaultdict[str, Pair] = field(default_factory=lambda: defaultdict(Pair))
    firms: defaultdict[tuple[str, str], defaultdict[str, Pair]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Pair))
    )
    differences: dict[tuple[str, str, str], Difference] = field(default_factory=dict)
    stood: Notes = field(default_factory=dict[str, str])  # how each registration stood last, on either side

    def measures(self) -> Sequence[str]:
        """The measures that have a figure on either side, in the report's order."""
        some = {name for name, pair in self.totals.items() if pair.ledger or pair.candidate}
        known = [name for name in FIRST if name in some]
        return [*known, *sorted(some - set(known))]

    def changed_firms(self) -> Sequence[tuple[tuple[str, str], Mapping[str, Pair]]]:
        """Firms with a figure that would have been another, by (firm, tier), the most changed first."""
        rows = [(who, pairs) for who, pairs in self.firms.items() if any(p.change for p in pairs.values())]
        return sorted(
            rows,
            key=lambda row: (
                -sum(abs(pair.change) for name, pair in row[1].items() if not is_money(name)),
                row[0],
            ),
        )

    def ledger(self, one: Ruled, tier_of: Tiers) -> None:
        """Count what the ledger said."""
        for name, firm, tier, number in self._figures("ledger", one, tier_of):
            self.totals[name].ledger += number
            self.firms[firm, tier][name].ledger += number

    def candidate(self, one: Ruled, tier_of: Tiers) -> None:
        """Count what the candidate says."""
        self.unpriced += one.unpriced
        for name, firm, tier, number in self._figures("candidate", one, tier_of):
            self.totals[name].candidate += number
            self.firms[firm, tier][name].candidate += number

    def _figures(
        self, side: str, one: Ruled, tier_of: Tiers
    ) -> Iterator[tuple[str, str, str, Decimal | int]]:
        for name, number in _figures(one):
            yield name, one.firm, tier_of(one.firm), number
        for each in counted(self.stood, side, one, tier_of):
            yield each.measure, each.firm, each.tier, each.change

    def differs(self, example: Example) -> None:
        key = (example.subject, example.said, example.would)
        if key not in self.differences:
            self.differences[key] = Difference(subject=key[0], said=key[1], would=key[2])
        self.differences[key].add(example)


def measure(subject: str, outcome: str) -> str:
    """The name under which verdicts on a subject are counted: `claims_approved`."""
    return f"{_WORDS.get(subject, subject)}_{_OUTCOMES[outcome]}"


def about(subject: str, kind: str) -> str:
    """What a decision was on: the record's kind, else the request that was made on it."""
    return _REQUESTS.get(FactKind(kind), subject) if subject == Kind.REGISTRATION else subject


def came_to(one: Ruled | None) -> str:
    """A decision in a word: its outcome, else the state in which it left its record."""
    if one is None:
        return "nothing"
    if one.outcome:
        return _OUTCOMES[one.outcome]
    states = [state for state in one.states if one.record in state]
    return (states or list(one.states) or ["|nothing"])[0].rpartition("|")[2]


def is_money(name: str) -> bool:
    """Whether a measure is an amount, in the currency that its name ends in: `rebate_promised_EUR`."""
    return any(mark in name for mark in _MONEY)


def _figures(one: Ruled) -> Iterator[tuple[str, Decimal | int]]:
    yield from ((name, Decimal(amount)) for name, amount in one.money)
    subject = about(one.subject, one.kind)
    if one.outcome and subject != Kind.REGISTRATION:  # filings are counted by what became of them
        yield measure(subject, one.outcome), 1
    if any(reason.message.startswith(_OVER_QUOTA) for reason in one.reasons):
        yield "claims_over_quota", 1
    for table, state in _table_states(one.states):
        if name := _STATES.get((table, state)):
            yield name, 1


def _table_states(states: Iterable[str]) -> Iterator[tuple[str, str]]:
    counted = Counter((state.partition("|")[0], state.rpartition("|")[2]) for state in states)
    return counted.elements()
