"""R0.5, R1.4: a time-boxed window from the notification: reminded, extended by activity, lapsed."""

from datetime import timedelta

from connector.canonical.intent import Say
from connector.canonical.phrase import Phrase
from connector.canonical.records import FilingStatus
from connector.canonical.time import instant_text
from connector.canonical.verdict import Outcome
from connector.policy.model import Choice, Option, Protection
from tests.scenarios.filings import ANNA, CARLA, CITY, MANAGER, State, approved, channel
from tests.support.builders import activity, after, deal, filing
from tests.support.channel import Channel

DRAFT = filing(1, ANNA, CITY)
NOTICE = after(seconds=10)


def protected() -> Channel:
    story = channel()
    theirs = deal(1, ANNA)
    story.add(theirs)
    approved(story, DRAFT.model_copy(update={"opportunity": theirs.id}))
    return story


DEAL = deal(1, ANNA)


def test_the_window_runs_from_the_notification() -> None:
    """R0.5: "efter meddelelse"; ninety days, shown on the registration and on the deal."""
    told = protected().tell(after(days=1))
    entry = told.registration(DRAFT)
    assert (entry.protected_from, entry.protected_until) == (NOTICE, NOTICE + timedelta(days=90))
    assert told.shown(DRAFT, "protected_from") == instant_text(NOTICE)
    assert told.shown(DEAL, "protected_until") == instant_text(NOTICE + timedelta(days=90))


def test_before_the_notification_the_partner_reads_how_long_it_will_last() -> None:
    """R0.5."""
    story = channel()
    story.file(DRAFT, after())
    told = story.tell(after(days=400))
    assert told.registration(DRAFT).protected_from is None
    assert Phrase.FILING_PROTECTION_STARTS in told.says(DRAFT)
    assert told.registration(DRAFT).state is State.APPROVED


def test_a_second_notice_does_not_start_the_window_anew() -> None:
    """R1.4."""
    story = protected()
    story.save(DRAFT, after(days=5), MANAGER, status=FilingStatus.IN_REVIEW)
    story.save(DRAFT, after(days=6), MANAGER, status=FilingStatus.APPROVED, status_since=after(days=6))
    assert story.tell(after(days=7)).registration(DRAFT).protected_from == NOTICE


def test_the_notice_is_recognised_behind_a_later_edit_by_the_partner() -> None:
    """R0.5: our write and a partner's save between two looks: the ruling stands on the record all the same."""
    story = channel()
    story.file(DRAFT, after())
    story.save(
        DRAFT,
        after(minutes=5),
        ANNA,
        status=FilingStatus.APPROVED,
        status_since=after(minutes=1),
        next_steps="More",
    )
    story.save(DRAFT, after(minutes=9), MANAGER, status=FilingStatus.IN_REVIEW)
    entry = story.tell(after(minutes=6)).registration(DRAFT)
    assert entry.state is State.APPROVED
    assert entry.protected_from == after(minutes=1)


def test_a_partner_who_saves_two_seconds_after_our_approval_has_the_whole_window() -> None:
    """R0.5, R1.4: one look sees both; the window runs from our write, is shown, reminds and lapses."""
    story = channel()
    story.file(DRAFT, after())
    shown = {"status": FilingStatus.APPROVED, "status_since": NOTICE}
    story.save(DRAFT, NOTICE + timedelta(seconds=2), ANNA, next_steps="More", **shown)
    end = NOTICE + timedelta(days=90)
    told = story.tell(after(days=1))
    entry = told.registration(DRAFT)
    assert (entry.protected_from, entry.protected_until) == (NOTICE, end)
    assert told.shown(DRAFT, "protected_until") == instant_text(end)
    assert story.tell(end).registration(DRAFT).state is State.LAPSED


def test_a_partners_word_in_the_review_field_is_no_notification() -> None:
    """R0.5: approved, but our approval does not stand on the record yet."""
    story = channel()
    story.file(DRAFT, after())
    story.rule(DRAFT, "approve", ANNA, after(minutes=1))
    entry = story.tell(after(days=1)).registration(DRAFT)
    assert (entry.state, entry.protected_from) == (State.APPROVED, None)


def test_reminders_come_thirty_and_ten_days_before_the_end() -> None:
    """R1.4."""
    story = protected()
    before = story.tell(NOTICE + timedelta(days=60, seconds=-1))
    assert Phrase.FILING_EXPIRES_SOON not in before.says(DRAFT)
    for days in (60, 80):
        told = story.tell(NOTICE + timedelta(days=days))
        assert told.says(DRAFT) == (Phrase.FILING_EXPIRES_SOON,)
        assert told.decisions[-1].fact.instant == NOTICE + timedelta(days=days)


def test_the_window_lapses_at_its_end_and_not_a_second_before() -> None:
    """R1.4, law 4: `[start, end)`, by a tick that replay makes itself."""
    story = protected()
    end = NOTICE + timedelta(days=90)
    assert story.tell(end - timedelta(seconds=1)).registration(DRAFT).state is State.APPROVED
    told = story.tell(end)
    assert told.registration(DRAFT).state is State.LAPSED
    assert told.shown(DRAFT, "status") == "lapsed"
    assert told.says(DRAFT) == (Phrase.FILING_LAPSED,)
    assert told.shown(DEAL, "protected_until") is None


def test_activity_within_thirty_days_extends_the_window_once() -> None:
    """R1.4: by thirty days, once; on the registration or on its deal."""
    story = protected()
    story.add(activity(1, DEAL.id, ANNA, after(days=70)), activity(2, DRAFT.id, ANNA, after(days=110)))
    end = NOTICE + timedelta(days=90)
    told = story.tell(end)
    entry = told.registration(DRAFT)
    assert (entry.state, entry.protected_until) == (State.EXTENDED, end + timedelta(days=30))
    assert told.says(DRAFT) == (Phrase.FILING_EXTENDED,)
    assert told.shown(DEAL, "protected_until") == instant_text(end + timedelta(days=30))
    assert story.tell(end + timedelta(days=20)).says(DRAFT) == (Phrase.FILING_EXPIRES_SOON,)
    assert story.tell(end + timedelta(days=30)).registration(DRAFT).state is State.LAPSED


def test_old_activity_extends_nothing() -> None:
    story = protected()
    story.add(activity(1, DEAL.id, ANNA, after(days=59)))
    assert story.tell(after(days=91)).registration(DRAFT).state is State.LAPSED


def test_a_withdrawn_registration_has_no_window_any_more() -> None:
    story = protected()
    story.withdraw(DRAFT, after(days=5))
    told = story.tell(after(days=200))
    assert told.registration(DRAFT).state is State.WITHDRAWN
    assert told.shown(DEAL, "protected_until") is None
    assert told.says(DRAFT) == (Phrase.FILING_WITHDRAWN,)
    assert [d for d in told.decisions if d.fact.kind == "tick" and d.desired] == []


def test_a_registrant_who_withdraws_a_filing_that_waits_reads_that_it_is_withdrawn() -> None:
    """R1.4: in the registrant's language; the ruling that was asked for is not promised any more."""
    story = channel(review=Choice[bool](options=(Option[bool](value=True),)))
    story.file(DRAFT, after(days=1))
    assert Phrase.FILING_IN_REVIEW in story.tell(after(days=2)).says(DRAFT)
    story.withdraw(DRAFT, after(days=3))
    said = story.tell(after(days=4)).shown(DRAFT, "message")
    assert isinstance(said, Say)
    assert (said.reader, said.sentences) == (ANNA.id, ((Phrase.FILING_WITHDRAWN, {}),))


def test_what_was_over_before_it_was_withdrawn_keeps_its_message() -> None:
    """Law 7: a rejection is not talked away by a withdrawal."""
    story = channel()
    story.file(DRAFT, after(days=1), buying_stage=9)
    story.withdraw(DRAFT, after(days=3))
    told = story.tell(after(days=4))
    assert told.registration(DRAFT).state is State.REJECTED
    assert told.says(DRAFT)[0] == Phrase.FILING_REJECTED


def test_inside_the_window_a_rival_is_refused_and_at_its_end_admitted() -> None:
    """R1.4, law 4: `[start, end)`."""
    end = NOTICE + timedelta(days=90)
    for seconds, outcome in ((-1, Outcome.REJECT), (0, Outcome.APPROVE), (1, Outcome.APPROVE)):
        story = protected()
        rival = filing(2, CARLA, CITY, first_contact=after(days=60).date())
        story.file(rival, end + timedelta(seconds=seconds))
        assert story.tell(end + timedelta(hours=1)).outcome(rival) is outcome


def test_a_lapsed_deal_may_be_filed_again_by_the_same_firm_only_after_a_week() -> None:
    """R1.4: on a new record; another firm need not wait."""
    end = NOTICE + timedelta(days=90)
    for user, days, outcome in (
        (ANNA, 6.9, Outcome.REJECT),
        (ANNA, 7, Outcome.APPROVE),
        (CARLA, 1, Outcome.APPROVE),
    ):
        story = protected()
        again = filing(2, user, CITY, first_contact=after(days=60).date())
        story.file(again, end + timedelta(days=days))
        told = story.tell(end + timedelta(days=8))
        assert told.outcome(again) is outcome
        assert (told.reasons(again) == {Phrase.REFILE_COOLDOWN}) == (outcome is Outcome.REJECT)


def test_a_lapsed_record_submitted_again_waits_too_whatever_the_record_shows() -> None:
    """R1.4, law 5: the wait is read from the docket, not from what was written to the org."""
    end = NOTICE + timedelta(days=90)
    for days, outcome in ((6.9, Outcome.REJECT), (7, Outcome.APPROVE)):
        story = protected()
        story.save(DRAFT, end + timedelta(seconds=9), MANAGER, status=FilingStatus.LAPSED)
        story.file(DRAFT, end + timedelta(days=days), first_contact=after(days=60).date())
        assert story.tell(end + timedelta(days=8)).outcome(DRAFT) is outcome


def test_where_the_window_starts_is_policy() -> None:
    """R1.4: submitted, completed or approved."""
    places = {"submitted": after(days=1), "completed": after(days=3), "approved": after(days=3)}
    for starts, moment in places.items():
        story = channel(protection=Protection(starts=starts, lasts=timedelta(days=90)))
        story.file(DRAFT.model_copy(update={"next_steps": ""}), after(days=1))
        story.amend(DRAFT, after(days=3), next_steps="Workshop")
        entry = story.tell(after(days=4)).registration(DRAFT)
        assert entry.protected_from == moment


def test_a_window_already_over_when_it_is_granted_ends_at_once_and_not_in_the_past() -> None:
    """Law 4: no deadline falls due before the decision that set it."""
    story = channel(protection=Protection(starts="submitted", lasts=timedelta(days=10)))
    story.file(DRAFT.model_copy(update={"next_steps": ""}), after(days=1))
    story.rule(DRAFT, "approve", MANAGER, after(days=30))
    told = story.tell(after(days=31))
    assert told.registration(DRAFT).state is State.LAPSED
    assert told.decisions[-1].fact.instant == after(days=30)
