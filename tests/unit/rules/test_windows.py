"""R0.5, R1.4: what sets a window going when nobody files the notice, and how long it lasts on a doubt."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import DeadlineEntry, LineWindow, RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Activity, FilingStatus
from connector.canonical.time import at, instant_text
from connector.policy.choosing import Choice, ConditionFailed, Option
from connector.policy.duration import Duration
from connector.policy.model import Policy
from connector.policy.windows import EndsWith, LastDay, Renewal, Starts, Whichever
from connector.rules import protection
from connector.rules.decision import Decision
from connector.rules.showing import window_taken_down
from connector.rules.windows import close_moved, window_due
from tests.support.builders import START, activity, after, filing, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import ANNA, NORD, SUED, acted, one, world

MINE = filing(1, ANNA)
MONTH, WEEK = timedelta(days=30), timedelta(days=7)
WAITS = RegistrationEntry(
    registration=MINE.id, firm=NORD.id, registrant=ANNA.id, filed=at(after(days=-1)), complete=at(after(days=-1)),
    state=RegistrationState.APPROVED, ruled_at=after(days=-1),
)  # fmt: skip


class Doubt:
    """A condition that nobody can answer."""

    source, needs = "amount > 5", ("amount",)

    @staticmethod
    def holds(_: Any) -> bool:
        raise ConditionFailed("amount")


def policy(**given: Any) -> Policy:
    terms = filings_policy().registrations
    assert terms is not None
    return filings_policy(protection=terms.protection.model_copy(update=given))


def ticked(name: str, entry: RegistrationEntry, **given: Any) -> list[Any]:
    """What the clock makes of a registration."""
    due = DeadlineEntry(name=name, subject=Kind.REGISTRATION, record=MINE.id, due=START)
    fact = acted(FactKind.TICK, Kind.REGISTRATION, MINE.id, value=name)
    seen = world(MINE, docket=(entry, due), fact=fact)
    return list(window_due(fact, seen, policy(lasts=one(MONTH), **given)).entries)


@pytest.mark.parametrize(("starts", "began"), [(Starts.PARTNER_NOTIFIED, True), (Starts.FIRST_VISIT, False)])
def test_the_clock_gives_the_notice_where_no_record_shows_one(starts: Starts, *, began: bool) -> None:
    """A back-test has nobody who shows the ruling: its notice is a tick (R0.5)."""
    told = [each for each in ticked(protection.NOTIFIED, WAITS, starts=starts) if each.table == WAITS.table]
    assert [(each.protected_from, each.protected_until) for each in told] == (
        [(START, after(days=30))] if began else []
    )


def test_a_window_lasts_as_the_row_without_a_condition_says_where_a_condition_cannot_be_judged() -> None:
    """The rule `protection` has sent the filing to a person by then (law 8)."""
    rows = (Option[Any](when=Doubt(), value=WEEK), Option[Any](value=MONTH))
    judged = policy(lasts=Choice[Any](options=rows))
    assert protection.lasts(judged, world(MINE, docket=(WAITS,)), WAITS) == MONTH
    only = policy(lasts=Choice[Any](options=rows[:1]))
    assert protection.lasts(only, world(MINE, docket=(WAITS,)), WAITS) is None


DEAL = ident("006", 1)
ENDS = WAITS.model_copy(
    update={"opportunity": DEAL, "protected_from": after(days=-9), "protected_until": after(days=9)}
)


def beside(number: int, days: float | None, **given: Any) -> RegistrationEntry:
    """Another registration of the deal, protected for so many days more."""
    until = after(days=days) if days is not None else None
    base = {"registration": ident("a01", number), "firm": SUED.id, "protected_until": until}
    return ENDS.model_copy(update=base | given)


@pytest.mark.parametrize(
    ("others", "until", "firm"),
    [
        ((), None, None),
        ((beside(2, 5),), 5, SUED.id),
        ((beside(2, 5), beside(3, 7, firm=ident("001", 9)), beside(4, 6)), 7, ident("001", 9)),
        ((beside(2, 0),), None, None),  # over in this second
        ((beside(2, 5, state=RegistrationState.IN_REVIEW),), None, None),
        ((beside(2, None),), None, None),  # approved, and nothing yet that could be shown
        ((beside(2, 5, opportunity=ident("006", 2)),), None, None),
    ],
)
def test_a_deal_goes_on_showing_the_longest_window_that_is_left(
    others: tuple[RegistrationEntry, ...], until: float | None, firm: str | None
) -> None:
    wishes = window_taken_down(ENDS, world(MINE, docket=(ENDS, *others)))
    said = instant_text(after(days=until)) if until is not None else None
    assert {each.record for each in wishes} == {DEAL}
    assert {each.slot: each.value for each in wishes} == {"protected_until": said, "protected_for": firm}


def test_what_was_never_shown_on_a_deal_is_not_taken_down() -> None:
    for gone in ("opportunity", "protected_until"):
        bare = ENDS.model_copy(update={gone: None})
        assert window_taken_down(bare, world(MINE, docket=(bare, beside(2, 5)))) == []


def filed(days: float, **given: Any) -> RegistrationEntry:
    """A registration that was filed so many days before the start of the story, and completed a day later."""
    return WAITS.model_copy(
        update={"filed": at(after(days=-days)), "complete": at(after(days=1 - days)), **given}
    )


CALLS = tuple(
    activity(number, MINE.id, ANNA, after(days=days)) for number, days in ((1, -8), (2, -3), (3, 2))
)


@pytest.mark.parametrize(
    ("starts", "entry", "calls", "began"),
    [
        (Starts.SUBMITTED, filed(9), CALLS, after(days=-9)),
        (Starts.COMPLETED, filed(9), CALLS, after(days=-8)),
        (Starts.COMPLETED, filed(9, complete=None), CALLS, after(days=-9)),
        (Starts.APPROVED, filed(9), CALLS, START),
        (Starts.PARTNER_NOTIFIED, filed(9), CALLS, None),  # until the ruling stands on the record
        (Starts.FIRST_VISIT, filed(9), CALLS, after(days=-8)),
        (Starts.FIRST_VISIT, filed(5), CALLS, after(days=-3)),  # what was before the filing is no visit
        (Starts.FIRST_VISIT, filed(9), (), None),
        (Starts.LAST_ACTIVITY, filed(9), CALLS, after(days=-3)),  # not what comes after the ruling
        (Starts.LAST_ACTIVITY, filed(3), CALLS, after(days=-3)),
        (Starts.LAST_ACTIVITY, filed(2), CALLS, START),  # none since the filing
        (Starts.LAST_ACTIVITY, filed(9), (), START),
    ],
)
def test_a_window_starts_when_the_policy_says(
    starts: Starts, entry: RegistrationEntry, calls: tuple[Activity, ...], began: datetime | None
) -> None:
    terms = policy(starts=starts).registrations
    assert terms is not None
    seen = world(MINE, *calls, docket=(entry,))
    assert protection.starts_at(terms.protection, entry, START, seen) == began


def test_a_person_who_approves_on_the_record_has_notified_the_partner_with_that() -> None:
    terms = policy(starts=Starts.PARTNER_NOTIFIED).registrations
    assert terms is not None
    shown = MINE.model_copy(update={"status": FilingStatus.APPROVED})
    assert protection.starts_at(terms.protection, WAITS, START, world(shown, docket=(WAITS,))) == START
    assert protection.starts_at(terms.protection, WAITS, START, world(docket=(WAITS,))) is None


RUNS = WAITS.model_copy(update={"protected_from": START, "protected_until": after(days=10)})
CLOSE = EndsWith(day=LastDay.CLOSE_BY, follows=True)


def moved(days: float, entry: RegistrationEntry = RUNS, ends: EndsWith = CLOSE, **given: Any) -> Decision:
    """What a close moved to so many days from now makes of a registration."""
    named = MINE.model_copy(update={"close_by": after(days=days).date()})
    fact = acted(FactKind.CLOSE_MOVED, Kind.REGISTRATION, MINE.id)
    seen = world(named, docket=(entry,), fact=fact)
    return close_moved(fact, seen, policy(**({"lasts": one(MONTH), "ends_with": ends} | given)))


def end(decision: Decision) -> datetime | None:
    found = [each for each in decision.entries if isinstance(each, RegistrationEntry)]
    return found[0].protected_until if found else None


def test_a_window_follows_a_close_moved_later_as_far_as_its_length_reaches() -> None:
    assert end(moved(20)) == datetime(2026, 3, 22, 23, tzinfo=UTC)  # the end of that day in Berlin
    assert end(moved(90)) == START + MONTH
    hard = Renewal(by=timedelta(days=1), hard_end=timedelta(days=15))
    assert end(moved(90, renewed_by_activity=hard)) == after(days=15)


def test_a_reminder_and_the_lapse_move_with_it_and_the_partner_is_told() -> None:
    told = moved(20, remind=(Duration(length=WEEK),))
    due = {each.name: each.due for each in told.entries if isinstance(each, DeadlineEntry)}
    until = datetime(2026, 3, 22, 23, tzinfo=UTC)
    assert due == {"protection_ends": until, "protection_remind_7": until - WEEK}
    said = [each.value for each in told.desired if each.slot == "message"]
    assert [each.sentences for each in said if isinstance(each, Say)] == [
        ((Phrase.FILING_CLOSE_MOVED, {"until": instant_text(until)}),)
    ]


@pytest.mark.parametrize(
    ("days", "entry", "ends"),
    [
        (5, RUNS, CLOSE),
        (20, RUNS, EndsWith(day=LastDay.CLOSE_BY)),
        (20, RUNS.model_copy(update={"protected_until": START}), CLOSE),
        (20, RUNS.model_copy(update={"state": RegistrationState.LAPSED}), CLOSE),
        (20, WAITS, CLOSE),
        (20, RUNS.model_copy(update={"protected_until": after(days=60)}), CLOSE),
    ],
    ids=[
        "moved nearer",
        "it does not follow",
        "over in this second",
        "lapsed",
        "not begun",
        "extended beyond",
    ],
)
def test_nothing_else_moves_a_window(days: float, entry: RegistrationEntry, ends: EndsWith) -> None:
    told = moved(days, entry, ends)
    assert (told.entries, told.desired) == ((), ())


RENEWS = Renewal(by=Duration(length=WEEK), hard_end=Duration(length=timedelta(days=60)))
MONTHS_END = datetime.fromisoformat("2026-03-31T22:00Z")
"""Midnight in Berlin, in summer time by then."""


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ({"lasts": one(MONTH)}, after(days=30)),
        ({"lasts": Choice[Any]()}, None),
        ({"lasts": Choice[Any](), "renewed_by_activity": RENEWS}, after(days=7)),  # as long as an activity keeps it
        ({"lasts": one(MONTH), "renewed_by_activity": RENEWS}, after(days=30)),
        ({"lasts": Choice[Any](), "ends_with": EndsWith(day=LastDay.END_OF_MONTH)}, MONTHS_END),
        ({"lasts": one(WEEK), "ends_with": EndsWith(day=LastDay.END_OF_MONTH)}, after(days=7)),
        ({"lasts": one(WEEK), "ends_with": EndsWith(day=LastDay.END_OF_MONTH, whichever=Whichever.LATER)}, MONTHS_END),
        ({"lasts": one(MONTH), "ends_with": EndsWith(day=LastDay.END_OF_MONTH)}, MONTHS_END),
        (
            {"lasts": Choice[Any](), "ends_with": EndsWith(day=LastDay.END_OF_MONTH, plus=Duration(length=WEEK))},
            MONTHS_END + WEEK,
        ),
        (
            {"lasts": Choice[Any](), "ends_with": EndsWith(day=LastDay.END_OF_MONTH, minus=Duration(length=WEEK))},
            MONTHS_END - WEEK,
        ),
        (
            {"lasts": one(WEEK), "ends_with": EndsWith(day=LastDay.END_OF_MONTH, minus=Duration(length=MONTH))},
            after(days=7),  # that day was over before the window began
        ),
    ],
)  # fmt: skip
def test_a_window_ends_with_its_length_or_a_day_whichever_the_policy_says(
    given: dict[str, Any], until: datetime | None
) -> None:
    begun = protection.opened(policy(**given), WAITS, START, world(MINE, docket=(WAITS,)))
    assert (begun.protected_from, begun.protected_until) == (START, until)


def test_a_window_ends_with_the_close_that_the_filing_expects() -> None:
    ends = {"lasts": Choice[Any](), "ends_with": EndsWith(day=LastDay.CLOSE_BY)}
    for close_by, until in ((date(2026, 3, 31), MONTHS_END), (None, None), (date(2026, 2, 1), None)):
        filed = MINE.model_copy(update={"close_by": close_by})
        begun = protection.opened(policy(**ends), WAITS, START, world(filed, docket=(WAITS,)))
        assert begun.protected_until == until


def test_a_window_lasts_as_long_as_its_longest_line() -> None:
    lines = (LineWindow(line="Edge", lasts=WEEK), LineWindow(line="Cloud", lasts=timedelta(days=40)))
    of_lines = WAITS.model_copy(update={"line_windows": lines})
    begun = protection.opened(policy(lasts=one(MONTH)), of_lines, START, world(MINE, docket=(WAITS,)))
    assert begun.protected_until == after(days=40)
    assert {each.line: each.until for each in begun.line_windows} == {
        "Edge": after(days=7),
        "Cloud": after(days=40),
    }


@pytest.mark.parametrize(
    ("sign", "ends", "until"),
    [
        (5, 30, 30),  # never shorter
        (25, 30, 32),
        (29.5, 30, 36.5),
        (30, 30, 30),  # over by then
        (-1, 30, 30),  # not begun yet
        (0, 5, 7),
        (55, 56, 60),  # up to the hard end
        (55, 61, 61),  # and what was longer by other means stays so
    ],
)
def test_an_activity_renews_a_window_up_to_its_hard_end(sign: float, ends: float, until: float) -> None:
    stands = WAITS.model_copy(update={"protected_from": START, "protected_until": after(days=ends)})
    seen = world(MINE, docket=(stands,))
    longer = protection.renewed(policy(renewed_by_activity=RENEWS), stands, after(days=sign), seen)
    assert longer.protected_until == after(days=until)
    assert protection.renewed(policy(), stands, after(days=sign), seen) == stands


def test_a_window_that_starts_with_the_last_activity_lasts_its_length_from_there() -> None:
    stands = WAITS.model_copy(update={"protected_from": START, "protected_until": after(days=30)})
    terms = policy(starts=Starts.LAST_ACTIVITY, lasts=one(MONTH))
    longer = protection.renewed(terms, stands, after(days=3), world(MINE, docket=(stands,)))
    assert longer.protected_until == after(days=33)
