"""What a back-test needs beside the store: a docket of its own, and what the ledger said, off memory (laws 5, 21)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.canonical.kind import Kind
from connector.matching import Comparison
from connector.ports.store import DocketTable


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One finding that decided: its rule, and its message with what fills it."""

    rule: str
    message: str
    params: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruled:
    """What one decision said, in the form in which two of them are compared.

    `states` are the docket's lines as the decision left them, without the deadlines: `claim|<key>|<state>`.
    """

    identity: str
    record: str
    subject: str
    kind: str
    instant: datetime
    outcome: str = ""  # empty: nothing was ruled, though the docket may have changed
    firm: str = ""
    states: tuple[str, ...] = ()
    filings: tuple[tuple[str, str, str], ...] = ()  # (registration, firm, state) that it wrote on the docket
    reasons: tuple[Reason, ...] = ()
    money: tuple[tuple[str, str], ...] = ()  # (measure, figure): what it promises, lets earn or opens
    unpriced: int = 0  # benefits whose amount nobody can tell: no amount, or no rate
    others: tuple[str, ...] = ()  # records among its findings' exhibits
    recorded: datetime | None = None  # when the ledger said it of a registration


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A ledger line as a back-test compares with it.

    `place` is the moment up to which the ledger had come when the line was written: its fact's own instant, or
    for a fact that came late the newest one judged before it.
    """

    seq: int
    place: datetime
    late: bool
    ruled: Ruled


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """Another record that is, or may be, the same customer, and when it was made."""

    kind: Kind
    record: str
    made: datetime
    comparison: Comparison


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Who else one customer is, best first; `otherwise` are spans in which a candidate said something else."""

    found: tuple[Likeness, ...]
    otherwise: tuple[tuple[datetime, datetime], ...] = ()
    doubtful: bool = False


class Notes(Protocol):
    """Short texts by name; a `dict` is one too."""

    def get(self, name: str, /) -> str | None: ...
    def __setitem__(self, name: str, text: str, /) -> None: ...


class Scratch(Protocol):
    """Temporary tables of one back-test; gone when it ends."""

    @property
    def notes(self) -> Notes: ...

    @property
    def docket(self) -> DocketTable: ...
    def remember(self, said: Iterable[Said]) -> None:
        """Keep what the ledger said."""
        ...

    def said(self, after: datetime | None, until: datetime | None) -> Sequence[Said]:
        """Lines with `after < place <= until` (no bound where None), in the ledger's order."""
        ...

    def answer(self, question: bytes) -> Answer | None:
        """What was answered to this question; None when it was not asked yet."""
        ...

    def keep(self, question: bytes, answer: Answer) -> None:
        """Remember an answer for the whole back-test."""
        ...

    def diverge(self, records: Iterable[str], at: datetime) -> None:
        """From `at` on these records are no longer what they were in the ledger; the first time stands."""
        ...

    def diverged(self, records: Iterable[str]) -> frozenset[str]:
        """Which of these records have diverged."""
        ...

    def divergences(self) -> int:
        """How many records have."""
        ...
