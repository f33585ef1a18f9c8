"""Laws 3, 4, 5, 6: two horizons, ticks of replay, a docket of decisions, and the same ledger however it came."""

import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.policy.model import SameSecond
from connector.rules.docket import MemoryDocket
from tests.support import filing_histories as papers
from tests.support.builders import START
from tests.support.channel import Channel
from tests.support.histories import ACTS, END, TERMS, Act, Terms, report, told, unique
from tests.support.settling import Settling, entries_of

EXAMPLES = settings(max_examples=120, deadline=None)


def claims(acts: list[Act], terms: Terms) -> Channel:
    return told(acts, terms)[0]


CHANNELS = st.one_of(
    st.builds(claims, ACTS, TERMS),
    papers.filings(plain=False).map(lambda stories: papers.told(stories)[0]),
)


def at_once(story: Channel) -> Settling:
    settling = Settling(story)
    settling.arrive(unique(story.facts))
    settling.seal(END)
    return settling


@EXAMPLES
@given(CHANNELS, st.randoms(use_true_random=False), st.lists(st.integers(1, 90), max_size=6))
def test_the_sealed_ledger_is_the_same_however_the_facts_came(
    story: Channel, dice: random.Random, horizons: list[int]
) -> None:
    """Law 6: batched, duplicated, interleaved, split and interrupted; law 3: looked at provisionally between.

    A horizon promises that everything older has arrived; all else comes in any order, and some of it twice.
    """
    facts = unique(story.facts)
    report(facts)
    expected = at_once(story)
    settling = Settling(story)
    waiting = list(facts)
    shapes = set()
    for second in sorted(horizons):
        horizon = START + timedelta(seconds=second)
        due = [fact for fact in waiting if fact.instant < horizon]
        early = [fact for fact in waiting if fact.instant >= horizon and dice.random() < 0.3]
        again = [fact for fact in facts if dice.random() < 0.2 and fact not in waiting]
        arriving = due + early + again
        dice.shuffle(arriving)
        shapes |= {"duplicated"} if again else set()
        shapes |= {"ahead of the horizon"} if early else set()
        for part in (arriving[::2], arriving[1::2]):
            settling.arrive(part)
            if dice.random() < 0.5:
                settling.look()
                shapes.add("provisional")
        waiting = [fact for fact in waiting if fact not in arriving]
        if dice.random() < 0.4:
            settling.seal(horizon, batch=dice.randint(1, 4), crash_after=dice.randint(0, 2))
            shapes.add("interrupted")
        settling.seal(horizon, batch=dice.randint(1, 5))
        shapes.add("split")
    settling.arrive(reversed(waiting))
    settling.seal(END)
    for shape in shapes or {"at once"}:
        event(shape)
    assert settling.ledger() == expected.ledger()
    assert settling.docket.all() == expected.docket.all()


@EXAMPLES
@given(CHANNELS)
def test_what_is_judged_provisionally_is_judged_the_same_when_it_is_sealed(story: Channel) -> None:
    """Law 3: with everything known, the early word is the last word."""
    facts = unique(story.facts)
    settling = Settling(story)
    settling.arrive(facts)
    settling.look()
    before = dict(settling.provisional)
    settling.seal(END)
    sealed = {decision.fact.identity: decision for decision in settling.sealed}
    event(f"provisional decisions: {len(before) // 5 * 5}+")
    assert bool(before) == bool(facts)
    assert all(sealed[identity] == decision for identity, decision in before.items())


@EXAMPLES
@given(CHANNELS, st.integers(0, 100))
def test_no_decision_knows_what_comes_after_it(story: Channel, second: int) -> None:
    """Law 4: now is the fact's time, and replay makes its own ticks: stopping earlier changes nothing before."""
    facts = unique(story.facts)
    moment = START + timedelta(seconds=second)
    whole, part = story.tell(END, facts).decisions, story.tell(moment, facts).decisions
    ticks = [decision for decision in whole if decision.fact.kind is FactKind.TICK]
    event("with ticks" if ticks else "without ticks")
    assert part == whole[: len(part)]
    assert all(decision.fact.instant > moment for decision in whole[len(part) :])
    instants = [decision.fact.instant for decision in whole]
    assert instants == sorted(instants)


@EXAMPLES
@given(CHANNELS)
def test_the_docket_is_folded_from_decisions_alone(story: Channel) -> None:
    """Law 5: the entries of the ledger, put down in order, are the docket; a replay beside it gives the same."""
    facts = unique(story.facts)
    first = story.tell(END, facts)
    rebuilt = MemoryDocket(entries_of(first.decisions))
    event(f"entries: {len(rebuilt.all()) // 5 * 5}+")
    assert rebuilt.all() == first.docket.changes()
    scratch = story.tell(END, facts)
    assert scratch.decisions == first.decisions
    assert scratch.docket.changes() == first.docket.changes()


@EXAMPLES
@given(CHANNELS, st.data())
def test_a_late_fact_never_flips_what_others_were_told(story: Channel, data: st.DataObject) -> None:
    """Laws 3 and 7: a claim or filing that comes after the seal changes its own line, and at most asks."""
    facts = unique(story.facts)
    chosen = [fact for fact in facts if fact.kind in (FactKind.CLAIMED, FactKind.FILED) and _by_itself(fact)]
    if not chosen:
        event("nothing to be late")
        return
    late = data.draw(st.sampled_from(chosen))
    settling = Settling(story)
    settling.arrive(fact for fact in facts if fact.record != late.record)
    settling.seal(END)
    lines = len(settling.sealed)
    before = {entry.key: entry for entry in _lines(settling)}
    settling.arrive([late])
    settling.seal(END + timedelta(seconds=1))
    judged = [decision for decision in settling.sealed[lines:] if decision.fact.kind is late.kind]
    assert all(decision.fact.late for decision in judged)
    after = {entry.key: entry for entry in _lines(settling)}
    event("rivals on the docket" if before else "alone")
    assert {key: after[key] for key in before} == before


def _by_itself(fact: Fact) -> bool:
    return fact.kind is FactKind.FILED or fact.actor == fact.value


def _lines(settling: Settling) -> Sequence[ClaimEntry | RegistrationEntry]:
    return [entry for entry in settling.docket.all() if isinstance(entry, ClaimEntry | RegistrationEntry)]


def test_facts_that_contradict_the_watermark_are_marked_late() -> None:
    """Law 3: the harness itself tells a late fact from a new one."""
    story, _ = told(
        [Act(1, "claim", 0, 0), Act(5, "claim", 1, 1)], Terms(quota=1, same_second=SameSecond.PERSON)
    )
    first, second = unique(story.facts)
    settling = Settling(story)
    settling.arrive([second])
    settling.seal(START + timedelta(seconds=9))
    settling.arrive([first])
    settling.seal(START + timedelta(seconds=19))
    assert [decision.fact.late for decision in settling.sealed] == [False, True]
