"""Folding facts into the docket, one instant after another (laws 2, 4, 6).

Facts of one second and one rank are admitted together and then judged against that same docket, so that no
order among them can matter. Deadlines that fall due become ticks between the facts, at their own instant.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from connector.canonical.docket import ClaimEntry, DeadlineEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.model import ConditionFailed, Policies, Policy
from connector.rules import books, circumstances, quota, scores
from connector.rules.booking import Before
from connector.rules.days import days_of
from connector.rules.decide import admit, decide, policy_for
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from connector.rules.world import World

WorldOf = Callable[[Fact, OverlayDocket], World]


def fold(
    facts: Iterable[Fact], docket: OverlayDocket, world_of: WorldOf, policies: Policies, until: datetime
) -> Iterator[Decision]:
    """Decisions on `facts` (in settling order) and on deadlines due by `until`, each applied to `docket`."""
    for instant, group in groupby(facts, key=lambda fact: fact.instant):
        yield from _ticks(docket, world_of, policies, instant, before=True)
        for _, rivals in groupby(group, key=lambda fact: fact.rank):
            yield from _together(tuple(rivals), docket, world_of, policies)
        yield from _ticks(docket, world_of, policies, instant, before=False)
    yield from _ticks(docket, world_of, policies, until, before=False)


def _ticks(
    docket: OverlayDocket, world_of: WorldOf, policies: Policies, until: datetime, *, before: bool
) -> Iterator[Decision]:
    """A due deadline is a fact of its own instant, after the facts of that instant (law 4)."""
    while True:
        due = [entry for entry in docket.due(until) if not before or entry.due < until]
        if not due:
            return
        for entry in (entry for entry in due if entry.due == due[0].due):
            done = entry.model_copy(update={"done": True})
            docket.put([done])
            for decision in _together((_tick(entry),), docket, world_of, policies):
                yield decision.model_copy(update={"entries": (done, *decision.entries)})


def _tick(entry: DeadlineEntry) -> Fact:
    return Fact(
        kind=FactKind.TICK, subject=entry.subject, record=entry.record, when=at(entry.due), value=entry.name
    )


def _together(
    facts: Sequence[Fact], docket: OverlayDocket, world_of: WorldOf, policies: Policies
) -> Iterator[Decision]:
    rivals, before = chained(facts), Before(docket)
    for fact in rivals:
        before.put(admit(fact, world_of(fact, docket), policies))
    decisions = _first_endings(decide(fact, world_of(fact, docket), policies) for fact in rivals)
    for decision in decisions:
        before.put(decision.entries)

    def world(decision: Decision) -> World:
        return world_of(decision.fact, docket)

    def policy(decision: Decision, world: World) -> Policy | None:
        own = policy_for(decision.fact, world, policies)
        moment = decision.fact.instant
        return own or policies.for_claims(moment) or policies.for_stages(moment)

    for decision in books.kept(decisions, before, docket, world, policies, policy):
        yield decision.model_copy(
            update={"desired": decision.desired + _counts(decision, docket, world_of, policies)}
        )


def _first_endings(decisions: Iterable[Decision]) -> list[Decision]:
    """A claim that ended by one link of a chain does not end once more by the next: the refusal stays."""
    ended: set[str] = set()
    kept: list[Decision] = []
    for decision in decisions:
        entries = tuple(
            entry
            for entry in decision.entries
            if not isinstance(entry, ClaimEntry) or entry.open or entry.key not in ended
        )
        ended |= {entry.key for entry in entries if isinstance(entry, ClaimEntry) and not entry.open}
        kept.append(decision.model_copy(update={"entries": entries}))
    return kept


def chained(facts: Sequence[Fact]) -> Sequence[Fact]:
    """Facts of one instant and rank, a link of a chain after the link before it; else in settling order.

    Owner changes chain by old and new value, merges by survivor (law 2). Nothing else depends on this order.
    """
    links: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        links.setdefault(_gives(fact), []).append(fact)

    def depth(fact: Fact, seen: frozenset[str] = frozenset()) -> int:
        if fact.identity in seen:
            return 0
        before = links.get(_takes(fact), ())
        return max((1 + depth(one, seen | {fact.identity}) for one in before if one is not fact), default=0)

    return sorted(facts, key=lambda fact: (depth(fact), fact.order))


def _gives(fact: Fact) -> tuple[str, str]:
    return ("", fact.value) if fact.kind is FactKind.MERGED else (fact.record, fact.value)


def _takes(fact: Fact) -> tuple[str, str]:
    return ("", fact.record) if fact.kind is FactKind.MERGED else (fact.record, fact.prior)


def _counts(
    decision: Decision, docket: OverlayDocket, world_of: WorldOf, policies: Policies
) -> tuple[Desired, ...]:
    """What each touched firm holds and may still claim, counted after the whole group (R3.7)."""
    firms = {entry.firm for entry in decision.entries if isinstance(entry, ClaimEntry)}
    if decision.fact.kind is FactKind.STANDING_CHANGED and decision.fact.subject is Kind.PARTNER:
        firms.add(decision.fact.record)
    policy = policies.for_claims(decision.fact.instant)
    if not firms or policy is None or policy.claims is None:
        return ()
    world = world_of(decision.fact, docket)
    shown: list[Desired] = []
    for firm in sorted(firms):
        shown += _count(firm, world, docket, policies, decision.fact.instant)
    return tuple(shown)


def _count(
    firm: RecordId, world: World, docket: OverlayDocket, policies: Policies, moment: datetime
) -> list[Desired]:
    policy, partner = policies.for_claims(moment), world.partner(firm)
    if policy is None or policy.claims is None or partner is None:
        return []
    held, taken = quota.held_by(docket, firm), quota.taken_by(docket, firm, policy.claims)
    try:
        named = {
            **circumstances.of_firm(partner, days_of(moment, policy)),
            **scores.known(docket, policy, firm, moment),
        }
        cap = policy.claims.quota.pick(named)
    except ConditionFailed:  # a quota that depends on the queue or the lead: no one number is the firm's
        cap = None
    return [
        Desired(subject=Kind.PARTNER, record=firm, slot="claims_held", value=str(held)),
        Desired(
            subject=Kind.PARTNER,
            record=firm,
            slot="claims_remaining",
            value=str(max(cap - taken, 0)) if cap is not None else None,
        ),
    ]
