"""A deliberately naive second opinion: everything again from scratch, with plain lists and its own few rules.

It calls none of the rules that it checks. Claims know: quota per firm, first come, chains inside one second,
cooldown, the duty to work, hand-over, merge. Filings know: first complete, too near to tell, own duplicates.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.canonical.fact import Fact, FactKind

APPROVE, REJECT, DEFER = "approve", "reject", "defer"


@dataclass
class Hold:
    """One holding of one lead by one user."""

    lead: str
    user: str
    firm: str
    at: datetime
    prior: str
    state: str = "active"
    closed: datetime | None = None
    until: datetime | None = None
    adopted: bool = False
    round: int = 1  # of the acts of one second on one lead
    waits: bool = False  # for a person to say which claim of its second has the last place
    worked: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in ("active", "worked")

    @property
    def standing(self) -> str:
        """Its state, and whether it waits."""
        return f"{self.state}, waits" if self.open and self.waits else self.state

    def end(self, state: str, moment: datetime) -> None:
        self.state, self.closed = state, moment


@dataclass(kw_only=True)
class Claims:
    """Judges the facts of leads, second by second."""

    firms: Mapping[str, str]
    quota: int | Mapping[str, int | None]  # of every firm, or by firm; None: as many as it likes
    person_breaks_ties: bool
    work_within: timedelta | None
    reclaim_after: timedelta | None
    own_quota: int | None = None  # of every user
    only_unworked: bool = False  # worked leads take no place of a quota
    owners: Mapping[str, str] = field(default_factory=dict)  # of a surviving lead, in the end
    holds: list[Hold] = field(default_factory=list)
    verdicts: list[tuple[str, str, datetime, str]] = field(default_factory=list)
    dues: dict[str, datetime] = field(default_factory=dict)
    owned: dict[str, str] = field(default_factory=dict)  # by lead, before the second that is judged
    round: int = 1
    over: dict[str, str] = field(
        default_factory=dict
    )  # leads that are no more, and what ends a claim on them

    def judge(self, facts: Iterable[Fact], until: datetime) -> "Claims":
        waiting = [fact for fact in facts if fact.instant <= until]
        while True:
            moments = [fact.instant for fact in waiting]
            moments += [due for due in self.dues.values() if due <= until]
            if not moments:
                return self
            now = min(moments)
            self._second(now, [fact for fact in waiting if fact.instant == now])
            waiting = [fact for fact in waiting if fact.instant != now]
            for lead in [lead for lead, due in self.dues.items() if due == now]:
                del self.dues[lead]
                for hold in self._on(lead):
                    if hold.state == "active":
                        hold.end("recycled", now)
            self._set_free(now)

    def _set_free(self, now: datetime) -> None:
        """Whoever waits with others of one second for the last place is asked again when one of these ends."""
        ended = [h for h in self.holds if h.closed == now or (self.only_unworked and h.worked == now)]
        for mine in [hold for hold in self.holds if hold.open and hold.waits]:
            beside = [each for each in ended if (each.firm, each.at) == (mine.firm, mine.at)]
            if beside or any(each.lead == mine.lead for each in ended):
                mine.waits = self._places(mine.at, mine) == DEFER

    def _second(self, now: datetime, facts: list[Fact]) -> None:
        def of(kind: FactKind) -> list[Fact]:
            return [fact for fact in facts if fact.kind is kind]

        for fact in of(FactKind.MERGED):
            self._merge(now, fact)
        for fact in of(FactKind.CONVERTED):
            self.over[fact.record] = "converted"
            self._end(fact, "converted", now)
        moves = [place for lead in {f.record for f in facts} for place in self._chain(lead, facts)]
        for round_ in range(1, max((place[1] for place in moves), default=1) + 1):
            these = [fact for fact, number in moves if number == round_]
            claims = [fact for fact in these if fact.kind is FactKind.CLAIMED]
            for fact in [fact for fact in these if fact.kind is FactKind.RELEASED]:
                self._release(now, fact)
            self.round = round_
            if round_ > 1:  # the claim of this second once more, if there was one
                same = {(fact.record, fact.value, now) for fact in claims}
                self.holds = [
                    hold for hold in self.holds if hold.open or (hold.lead, hold.user, hold.at) not in same
                ]
            self._claims(now, claims)
            for fact in of(FactKind.WORKED) if round_ == 1 else ():
                for hold in self._on(fact.record):
                    mine = fact.actor is None or self.firms.get(fact.actor) == hold.firm
                    if mine and hold.state == "active":
                        hold.state, hold.worked = "worked", now
                        self.dues.pop(hold.lead, None)

    def _chain(self, lead: str, facts: list[Fact]) -> list[tuple[Fact, int]]:
        """A lead's owner changes of one second as they followed each other, by old and new value.

        With each, its round: one round is releases and then claims, and nobody claims twice in it. Where a change
        was not seen in time the values do not say what followed what: only the mirror's own numbers do then.
        """
        moves = [f for f in facts if f.record == lead and f.kind in (FactKind.CLAIMED, FactKind.RELEASED)]
        chain = self._followed(self.owned.get(lead), moves)
        if len(chain) < len(moves):
            released_first = sorted(moves, key=lambda fact: (fact.step, fact.kind is FactKind.CLAIMED))
            chain = [(fact, fact.step) for fact in released_first]
        for fact, _ in chain:
            self.owned[lead] = fact.value
        return chain

    def _followed(self, owner: str | None, moves: list[Fact]) -> list[tuple[Fact, int]]:
        """As far as each change goes on from the owner that the one before it made."""
        rest, number = list(moves), 1
        chain: list[tuple[Fact, int]] = []
        while step := next((fact for fact in rest if self._goes_on(fact, owner)), None):
            taken = [f.value for f, at in chain if at == number and f.kind is FactKind.CLAIMED]
            number += bool(taken) if step.kind is FactKind.RELEASED else step.value in taken
            chain.append((step, number))
            rest.remove(step)
            owner = step.value
        return chain

    def _goes_on(self, fact: Fact, owner: str | None) -> bool:
        """From the owner of before; a lead of which nothing is known yet lies in a pool."""
        return fact.prior == owner if owner else fact.prior not in self.firms

    def _on(self, lead: str) -> list[Hold]:
        return [hold for hold in self.holds if hold.lead == lead and hold.open]

    def _end(self, fact: Fact, state: str, now: datetime) -> None:
        for hold in self._on(fact.record):
            hold.end(state, now)
        self.dues.pop(fact.record, None)

    def _release(self, now: datetime, fact: Fact) -> None:
        for hold in self._on(fact.record):
            own = fact.actor is None or self.firms.get(fact.actor) == hold.firm
            hold.end("released" if own else "transferred", now)
            self.dues.pop(fact.record, None)

    def _merge(self, now: datetime, fact: Fact) -> None:
        self.over[fact.record] = "transferred"
        moved = self._on(fact.record)
        if not moved:
            return
        self.dues.pop(fact.record, None)
        for hold in moved:
            same = [h for h in self._on(fact.value) if (h.user, h.at) == (hold.user, hold.at)]
            if same:  # taken both in one second, and held once from now on
                if hold.state == "worked":
                    same[0].state, same[0].worked = hold.state, hold.worked
                hold.end("transferred", now)
                continue
            self.holds.append(
                Hold(
                    fact.value,
                    hold.user,
                    hold.firm,
                    hold.at,
                    hold.prior,
                    hold.state,
                    None,
                    hold.until,
                    waits=hold.waits,
                )
            )
            hold.end("transferred", now)
        met = self._on(fact.value)
        among = [hold for hold in met if hold.user == self.owners.get(fact.value)] or met
        first = min(hold.at for hold in among)
        for hold in met:
            if hold not in among or hold.at != first:
                hold.end("transferred", now)
            elif hold.state == "active" and hold.until:
                self.dues[hold.lead] = hold.until

    def _claims(self, now: datetime, facts: list[Fact]) -> None:
        gone: list[Hold] = []  # they end once all of this round are ruled on
        fresh = [pair for fact in facts if (pair := self._taken(now, fact, gone))]
        self.holds += [hold for _, hold in fresh if not any(hold is known for known in self.holds)]
        ruled = [(hold, *self._rule(now, fact, hold)) for fact, hold in fresh if hold.lead not in self.over]
        for _, hold in fresh:
            if hold.lead in self.over:
                hold.end(self.over[hold.lead], now)
        for hold, outcome, doubted in ruled:
            self.verdicts.append((hold.lead, hold.user, now, outcome))
            if outcome == REJECT:
                hold.end("revoked", now)
                continue
            if self.work_within is not None:
                self.dues[hold.lead] = hold.until = now + self.work_within
            if not doubted:
                gone += [h for h in self._on(hold.lead) if h is not hold and self._before(h, hold)]
        for hold in gone:
            if hold.open:
                hold.end("transferred", now)

    def _taken(self, now: datetime, fact: Fact, gone: list[Hold]) -> tuple[Fact, Hold] | None:
        """A new holding, or that of an earlier round once more; None where the lead only came back to its holder."""
        once_more = [hold for hold in self._on(fact.record) if (hold.user, hold.at) == (fact.value, now)]
        if once_more:
            return fact, once_more[0]
        standing = [hold for hold in self._on(fact.record) if hold.user == fact.value and hold.at < now]
        if not standing:
            return fact, Hold(
                fact.record, fact.value, self.firms[fact.value], now, fact.prior, round=self.round
            )
        gone += [hold for hold in self._on(fact.record) if hold not in standing and hold.at < now]
        return None

    def _before(self, one: Hold, other: Hold) -> bool:
        if one.at == other.at and one.round != other.round:
            return one.round < other.round
        chained = one.at == other.at and other.prior == one.user and one.prior != other.user
        return one.at < other.at or chained

    def _rule(self, now: datetime, fact: Fact, mine: Hold) -> tuple[str, bool]:
        refused = asked = doubted = False
        for other in self._on(mine.lead):
            if other is mine or other.firm == mine.firm or self._before(mine, other):
                continue
            if not self._before(other, mine):
                asked = doubted = True
            elif fact.actor == mine.user:
                refused = True
        given_up = [
            hold.closed
            for hold in self.holds
            if hold.lead == mine.lead and hold.firm == mine.firm and hold.state in ("released", "recycled")
        ]
        wait = self.reclaim_after or timedelta(0)
        refused |= any(closed is not None and now < closed + wait for closed in given_up)
        places = self._places(now, mine)
        mine.waits = places == DEFER
        refused |= places == REJECT
        return (REJECT if refused else DEFER if asked or mine.waits else APPROVE), doubted

    def _places(self, now: datetime, mine: Hold) -> str:
        """Whether there is a place for it beside what was held before, and what was claimed in its own second."""
        counted = ("active",) if self.only_unworked else ("active", "worked")
        if mine.state not in counted:
            return APPROVE
        others = [
            hold
            for hold in self.holds
            if hold.state in counted and hold.firm == mine.firm and hold.lead != mine.lead
        ]
        refused = asked = False
        cap = self.quota if isinstance(self.quota, int) else self.quota[mine.firm]
        for most, held in ((cap, others), (self.own_quota, [h for h in others if h.user == mine.user])):
            if most is None:
                continue
            free = most - sum(hold.at < now or hold.adopted for hold in held)
            together = 1 + sum(hold.at == now and not hold.adopted for hold in held)
            if free <= 0 or (together > free and not self.person_breaks_ties):
                refused = True
            elif together > free:
                asked = True
        return REJECT if refused else DEFER if asked else APPROVE


@dataclass(frozen=True)
class Paper:
    """One filing as the oracle sees it: when it was filed, when it became whole, when it was taken back."""

    record: str
    firm: str
    filed: datetime
    whole: datetime | None
    back: datetime | None = None


def first_complete(papers: Sequence[Paper], near: timedelta) -> dict[str, str]:
    """The last outcome of each filing for one customer: `incomplete` until whole, then the first one wins."""
    last = {paper.record: "incomplete" for paper in papers}
    state: dict[str, str] = {}
    steps = [(paper.back, 0, paper) for paper in papers if paper.back]
    steps += [(p.whole, 2 if p.whole == p.filed else 1, p) for p in papers if p.whole]
    for now, step in sorted({(moment, step) for moment, step, _ in steps}):
        group = [paper for moment, at, paper in steps if (moment, at) == (now, step)]
        if step == 0:
            for paper in group:
                state.pop(paper.record, None)
            continue
        group = [
            paper for paper in group if paper.back is None or paper.back > now or paper.back < paper.filed
        ]
        seen = {**state, **dict.fromkeys((paper.record for paper in group), "pending")}
        for paper in group:
            outcome = _ruled(paper, [p for p in papers if p.record in seen], seen, near, now)
            last[paper.record] = outcome
            state.pop(paper.record, None)
            if outcome != REJECT:
                state[paper.record] = "approved" if outcome == APPROVE else "pending"
    return last


def _ruled(
    mine: Paper, rivals: Sequence[Paper], state: Mapping[str, str], near: timedelta, now: datetime
) -> str:
    found = set()
    for other in rivals:
        if other.record == mine.record or other.whole is None:
            continue
        gap = now - other.whole
        if other.firm == mine.firm:
            found.add(DEFER if not gap else REJECT)
        elif not gap or gap < near:
            found.add(DEFER)
        else:
            found.add(REJECT if state[other.record] == "approved" else DEFER)
    return REJECT if REJECT in found else DEFER if DEFER in found else APPROVE


def chain_faults(org: str, rows: Sequence[Mapping[str, object]]) -> list[int]:
    """Numbers of ledger rows that do not follow from the row before, or whose evidence is not what they commit to.

    A row has `seq`, `recorded_at` (as it is hashed), `commitment`, `body`, `previous`, `digest`, `salt`, `whole`.
    """
    found, before, expected = [], "0" * 64, 1
    for row in rows:
        line = {
            "commitment": row["commitment"],
            "entry": row["body"],
            "org": org,
            "recorded_at": row["recorded_at"],
            "seq": row["seq"],
        }
        text = before + json.dumps(line, sort_keys=True, separators=(",", ":"))
        right = hashlib.sha256(text.encode()).hexdigest()
        opened = hashlib.sha256(f"{row['salt']}{row['whole']}".encode()).hexdigest()
        chained = (row["seq"], row["previous"], row["digest"]) == (expected, before, right)
        if not chained or (row["whole"] is not None and opened != row["commitment"]):
            found.append(expected)
        before, expected = str(row["digest"]), expected + 1
    return found
