"""Histories of a channel for property tests: on a coarse clock, so that ties, stale acts and repeats are common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hypothesis import event
from hypothesis import strategies as st

from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.records import Lead, Person, Pool
from connector.policy.model import Choice, Option, Policy, SameSecond
from connector.policy.outcomes import QuotaOf
from tests.support.builders import START, deal, firm, lead, pool, seller
from tests.support.channel import Channel, claims_policy

LEADS, USERS, FIRMS = 5, 5, 2
WORK_WITHIN, RECLAIM_AFTER = timedelta(seconds=40), timedelta(seconds=15)
END = START + timedelta(seconds=400)


@dataclass(frozen=True)
class Act:
    """Somebody does something to a lead, `second` seconds into the story."""

    second: int
    what: str
    lead: int
    user: int
    other: int = 0


ACTS = st.lists(
    st.builds(
        Act,
        second=st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(0, 60)),
        what=st.sampled_from(
            ["claim"] * 8 + ["release", "pass", "work", "work", "take_back", "convert", "merge", "merge"]
        ),
        lead=st.integers(0, LEADS - 1),
        user=st.integers(0, USERS - 1),
        other=st.integers(0, LEADS - 1),
    ),
    min_size=4,
    max_size=22,
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    quota: int
    same_second: SameSecond
    quota_of: QuotaOf = QuotaOf.HELD

    def policy(self) -> Policy:
        options = Choice[int](options=(Option[int](value=self.quota),))
        return claims_policy(
            quota=options,
            quota_per_person=Choice[int](),
            same_second=self.same_second,
            quota_of=self.quota_of,
            work_within=WORK_WITHIN,
            reclaim_after=RECLAIM_AFTER,
        )


TERMS = st.builds(
    Terms,
    quota=st.integers(1, 3),
    same_second=st.sampled_from(SameSecond),
    quota_of=st.sampled_from(QuotaOf),
)


@dataclass(frozen=True)
class Cast:
    """Who plays, under ids that a test may deal out differently: no ruling may depend on them."""

    users: Sequence[Person]
    leads: Sequence[Lead]
    pool: Pool
    manager: Person

    def name(self, ident: str) -> str:
        """What a record is in the story, whatever its id."""
        for kind, records in (("user", self.users), ("lead", self.leads)):
            for number, record in enumerate(records):
                if record.id == ident:
                    return f"{kind}{number}"
        return "pool" if ident == self.pool.id else "manager" if ident == self.manager.id else ident


class HasPolicy(Protocol):
    """Whatever says under which policy a history is played."""

    def policy(self) -> Policy: ...


def told(
    acts: Sequence[Act],
    terms: HasPolicy,
    deal_out: Callable[[int], int] = lambda n: n,
    tiers: Sequence[str] = ("Gold",) * FIRMS,
) -> tuple[Channel, Cast]:
    """Play the acts that make sense when they come; the facts follow from the saves. One firm for each tier."""
    story = Channel(terms.policy())
    firms = [firm(1 + n, tier=tier) for n, tier in enumerate(tiers)]
    queue, manager = pool(), seller(90)
    users = [seller(10 + deal_out(n), firms[n % len(firms)]) for n in range(USERS)]
    leads = [lead(10 + deal_out(n), queue) for n in range(LEADS)]
    story.add(*firms, *users, queue, manager, *leads)
    cast = Cast(users, leads, queue, manager)
    for act in sorted(acts, key=lambda act: act.second):
        _play(story, cast, act)
    return story, cast


def _play(story: Channel, cast: Cast, act: Act) -> None:
    now = START + timedelta(seconds=act.second)
    user, wanted = cast.users[act.user], cast.leads[act.lead]
    current = story.records.newest(Kind.LEAD, wanted.id)
    if not isinstance(current, Lead) or current.converted:
        return
    holder = next((each for each in cast.users if each.id == current.owner), None)
    match act.what:
        case "claim" if holder is not user:
            story.claim(wanted, user, now)
        case "pass" if holder is not user:
            story.claim(wanted, user, now, actor=cast.manager)
        case "release" if holder is not None:
            story.release(wanted, cast.pool, holder, now)
        case "take_back" if holder is not None:
            story.release(wanted, cast.pool, cast.manager, now)
        case "work" if not current.worked:
            story.work(wanted, user, now)
        case "convert" if holder is not None:
            story.save(wanted, now, holder, converted=True, converted_opportunity=deal(act.lead, holder).id)
        case "merge" if act.lead != act.other:
            master = story.records.newest(Kind.LEAD, cast.leads[act.other].id)
            if isinstance(master, Lead) and not master.converted:
                story.merge(wanted, cast.leads[act.other], now)
        case _:
            pass


def unique(facts: Sequence[Fact]) -> list[Fact]:
    """One fact per identity, in settling order: what a store would hand to the rules."""
    return sorted({fact.identity: fact for fact in reversed(facts)}.values(), key=lambda fact: fact.order)


def report(facts: Sequence[Fact]) -> None:
    """Which shapes a history holds: shown by `pytest --hypothesis-show-statistics`."""
    seconds = [fact.instant for fact in facts]
    event(f"facts: {len(facts) // 5 * 5}+")
    event("ties" if len(set(seconds)) < len(seconds) else "no ties")
    for kind in ("merged", "converted", "released", "worked"):
        if any(fact.kind == kind for fact in facts):
            event(f"with {kind}")


def later(second: int) -> datetime:
    return START + timedelta(seconds=second)
