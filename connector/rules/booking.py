"""What a decision means for credit, the ledger of deals, payouts and lead quality, whoever took the decision.

The books follow the docket: they read which entries a group of decisions moved, from what to what, so that every
way in which a registration comes to protect, or ends, promises and releases its benefits alike.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from connector.canonical.docket import E, Entry
from connector.canonical.fact import Fact
from connector.canonical.intent import Creation, Desired
from connector.canonical.verdict import Finding
from connector.policy.model import Policies, Policy
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from connector.rules.verdict import verdict_on
from connector.rules.world import World


class Before:
    """The docket as it was before a group of facts of one second, for what the group has touched."""

    def __init__(self, docket: OverlayDocket) -> None:
        self._docket = docket
        self._known: dict[tuple[str, str], Entry | None] = {}

    def put(self, entries: Iterable[Entry]) -> None:
        """Put entries on the docket, remembering what stood there before the first of them."""
        for entry in entries:
            place = (entry.table, entry.key)
            if place not in self._known:
                self._known[place] = self._docket.get(type(entry), entry.key)
            self._docket.put([entry])

    def of(self, entry: E) -> E | None:
        """What stood in the entry's place."""
        found = self._known.get((entry.table, entry.key))
        return found if isinstance(found, type(entry)) else None


@dataclass(kw_only=True, slots=True)
class Booking:
    """One decision to be booked: the world and the docket are those after the whole group of its second.

    It goes from book to book; `decision` and `group` are then what the books before left of them.
    """

    decision: Decision
    world: World
    docket: OverlayDocket
    before: Before
    policy: Policy
    policies: Policies
    group: Sequence[Decision]

    @property
    def fact(self) -> Fact:
        return self.decision.fact

    def moved(self, entry: type[E]) -> Iterator[tuple[E | None, E]]:
        """The entries of one type that the decision touched: before the group, and after this decision."""
        if not self.decision.entries:
            return iter(())
        last = {each.key: each for each in self.decision.entries if isinstance(each, entry)}
        return ((self.before.of(each), each) for each in last.values())


@dataclass(kw_only=True)
class Booked:
    """What the books add to a decision."""

    entries: list[Entry] = field(default_factory=list)
    desired: list[Desired] = field(default_factory=list)
    creations: list[Creation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    asides: list[Finding] = field(default_factory=list)  # said beside what was ruled, never on their own

    @property
    def nothing(self) -> bool:
        return not (self.entries or self.desired or self.creations or self.findings or self.asides)

    def __add__(self, other: "Booked") -> "Booked":
        return Booked(
            entries=self.entries + other.entries,
            desired=self.desired + other.desired,
            creations=self.creations + other.creations,
            findings=self.findings + other.findings,
            asides=self.asides + other.asides,
        )


Book = Callable[[Booking], Booked]


def kept(decisions: Sequence[Decision], books: Iterable[Book], frame: Callable[[Decision], Booking | None],
         before: Before) -> list[Decision]:  # fmt: skip
    """Each book in turn over all decisions of the second, on the docket that the book before it left.

    A decision is framed once: no book changes by which policy it goes.
    """
    done = list(decisions)
    framed = [(place, booking) for place, each in enumerate(done) if (booking := frame(each)) is not None]
    for book in books:
        for place, booking in framed:
            booking.decision, booking.group = done[place], done
            booked = book(booking)
            before.put(booked.entries)
            done[place] = _with(done[place], booked, booking.policy)
    return done


def _with(decision: Decision, booked: Booked, policy: Policy) -> Decision:
    if booked.nothing:
        return decision
    verdict = decision.verdict
    if verdict is not None:  # the books say what they did; what was ruled stays ruled
        said = (*verdict.findings, *booked.findings, *booked.asides)
        verdict = verdict.model_copy(update={"findings": said}) if said != verdict.findings else verdict
    elif booked.findings:
        found = tuple(booked.findings)
        fact = decision.fact
        verdict = verdict_on(fact.subject, fact.record, found, policy)
    return decision.model_copy(
        update={
            "verdict": verdict,
            "entries": (*decision.entries, *booked.entries),
            "desired": (*decision.desired, *booked.desired),
            "creations": (*decision.creations, *booked.creations),
        }
    )
