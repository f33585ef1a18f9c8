"""Laws 1, 2 and 4: the first complete filing, ties, and windows `[start, end)`: against a naive second opinion."""

from datetime import datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from connector.canonical.docket import RegistrationState
from connector.canonical.records import FilingStatus
from connector.policy.windows import Extension, Protection
from tests.support.builders import START, activity, filing, firm, seller
from tests.support.channel import Channel, filings_policy
from tests.support.filing_histories import CITY, Story, filings, told
from tests.support.histories import unique
from tests.support.oracle import Paper, first_complete

EXAMPLES = settings(max_examples=150, deadline=None)


@EXAMPLES
@given(filings(plain=True), st.sampled_from([0, 1, 5]))
def test_the_first_complete_filing_wins_as_a_naive_reader_would_rule(stories: list[Story], near: int) -> None:
    """Laws 1, 2; R1.2, R1.3."""
    stories = [
        story for story in stories if story.withdrawn is None or story.withdrawn > (story.completed or 0)
    ]
    channel, drafts = told(stories, timedelta(seconds=near))
    papers = [
        Paper(
            record=draft.id,
            firm=draft.partner or "",
            filed=_at(story.filed),
            whole=None if story.completed is None else _at(story.filed + story.completed),
            back=None if story.withdrawn is None else _at(story.filed + story.withdrawn),
        )
        for draft, story in zip(drafts, stories, strict=True)
    ]
    said = channel.tell(_at(200), unique(channel.facts))
    ruled = {}
    for draft in drafts:
        verdict = said.verdict(draft)
        lacking = any(found.effect == "lack" for found in verdict.findings)
        ruled[draft.id] = "incomplete" if lacking else verdict.outcome.value
    wholes = [paper.whole for paper in papers if paper.whole]
    event("ties" if len(set(wholes)) < len(wholes) else "no ties")
    for outcome in set(ruled.values()):
        event(f"some {outcome}")
    assert ruled == first_complete(papers, timedelta(seconds=near))


@EXAMPLES
@given(filings(plain=True))
def test_no_filing_is_ruled_by_its_record_id(stories: list[Story]) -> None:
    """Law 1: the same filings in the other order of their ids."""
    straight, drafts = told(stories)
    crossed, others = told(stories[::-1])
    event("several" if len(stories) > 1 else "one")
    one = straight.tell(_at(200), unique(straight.facts))
    other = crossed.tell(_at(200), unique(crossed.facts))
    for here, there in zip(drafts, others[::-1], strict=True):
        assert one.outcome(here) == other.outcome(there)
        assert one.registration(here).state == other.registration(there).state


LASTS, EXTENDS, RECENT = timedelta(seconds=60), timedelta(seconds=30), timedelta(seconds=20)


@EXAMPLES
@given(
    st.integers(1, 30),
    st.lists(st.integers(0, 200), max_size=4),
    st.one_of(st.none(), st.integers(1, 160)),
    st.integers(0, 2),
    st.data(),
)
def test_a_window_is_what_arithmetic_says_at_every_second(
    notice: int, acts: list[int], withdrawn: int | None, times: int, data: st.DataObject
) -> None:
    """Law 4, R1.4: start at the notice, end exclusive, extended by recent activity so and so often."""
    shipped = filings_policy().registrations
    assert shipped is not None
    extend = Extension(times=times, by=EXTENDS, activity_within=RECENT)
    window = Protection(
        starts=shipped.protection.starts, lasts=LASTS, extend=extend, remind=(timedelta(seconds=9),)
    )
    channel = Channel(filings_policy(protection=window))
    house = firm(1)
    user = seller(1, house)
    draft = filing(1, user, CITY)
    channel.add(house, user, *(activity(n, draft.id, user, _at(second)) for n, second in enumerate(acts, 1)))
    channel.file(draft, _at(0))
    channel.show(draft, FilingStatus.APPROVED, _at(notice))
    if withdrawn is not None:
        channel.withdraw(draft, _at(withdrawn))
    end, left = notice + 60, times
    ends = [end]
    while left and any(end - 20 <= act <= end for act in acts) and not (withdrawn and withdrawn <= end):
        end, left = end + 30, left - 1
        ends.append(end)
    probe = data.draw(st.sampled_from([s + d for s in (notice, *ends, withdrawn or 5) for d in (-1, 0, 1)]))
    probe = max(probe, 0)
    entry = channel.tell(_at(probe)).registration(draft)
    event(f"{len(ends) - 1} extensions")
    if withdrawn is not None and withdrawn <= probe and withdrawn <= end:
        assert entry.state is RegistrationState.WITHDRAWN
    elif probe >= end:
        assert entry.state is RegistrationState.LAPSED
    else:
        assert entry.state.protects
        passed = [each for each in ends[:-1] if each <= probe]
        until = ends[len(passed)] if probe >= notice else None
        assert entry.protected_until == (None if until is None else _at(until))


def _at(second: int) -> datetime:
    return START + timedelta(seconds=second)
