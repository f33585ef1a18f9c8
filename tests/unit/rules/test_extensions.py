"""R1.4: who may have a window made longer, until when, and what a person's word on it does."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Exhibit
from connector.policy.choosing import Choice
from connector.policy.duration import Duration
from connector.policy.windows import Answer, Asker, Extension
from connector.rules.extensions import extension, extension_by_person, ruled
from connector.rules.requests import Request
from tests.support.builders import LONG_AGO, START, after, filing, ident, seller
from tests.support.channel import filings_policy
from tests.unit.rules.cases import ANNA, NORD, SUED, acted, one, world

DEAL = ident("006", 1)
MINE = filing(1, ANNA, opportunity=DEAL)
MIA = seller(8)
MONTH, WEEK = Duration(length=timedelta(days=30)), Duration(length=timedelta(days=7))
State = RegistrationState


def window(days: float = 5, **given: Any) -> RegistrationEntry:
    """Nord's, with so many days left at the start of the story."""
    base = {
        "registration": MINE.id, "firm": NORD.id, "registrant": ANNA.id, "opportunity": DEAL, "filed": at(LONG_AGO),
        "state": State.APPROVED, "protected_from": LONG_AGO, "protected_until": after(days=days),
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


def lapsed(**given: Any) -> RegistrationEntry:
    return window(-2, state=State.LAPSED, **given)


def request(
    entry: RegistrationEntry, *others: Entry, value: str = "", asker: Asker | None = Asker.REGISTRANT,
    filed: Any = MINE, **terms: Any
) -> Request:  # fmt: skip
    kept = filings_policy().registrations
    assert kept is not None
    extend = Extension(**({"times": 2, "by": one(MONTH), "asked_by": (Asker.REGISTRANT,)} | terms))
    policy = filings_policy(protection=kept.protection.model_copy(update={"extend": extend}))
    fact = acted(FactKind.EXTENSION_ASKED, Kind.REGISTRATION, MINE.id, value=value)
    seen = world(filed, MIA, docket=(entry, *others), fact=fact)
    return Request(fact=fact, world=seen, policy=policy, entry=entry, filing=filed, asker=asker)


def said(made: Request, rule: Any = extension) -> list[tuple[Effect, str, dict[str, str]]]:
    return [(each.effect, each.message, dict(each.params)) for each in rule(made)]


GRANTED: list[Any] = [(Effect.PASS, Phrase.EXTENSION_GRANTED, {})]
ASKED: list[Any] = [(Effect.ASK, Phrase.EXTENSION_IN_REVIEW, {})]


def refused(phrase: Phrase, **params: str) -> list[tuple[Effect, str, dict[str, str]]]:
    return [(Effect.REFUSE, phrase, params)]


TOO_LATE = refused(Phrase.EXTENSION_TOO_LATE, until=instant_text(after(days=-30)))


def test_a_request_in_time_by_who_may_ask_is_granted_and_shows_the_end() -> None:
    (found,) = extension(request(window()))
    assert (found.effect, found.message) == (Effect.PASS, Phrase.EXTENSION_GRANTED)
    assert found.exhibits == (
        Exhibit(record=MINE.id, field="protected_until", value=instant_text(after(days=5))),
    )


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answer.GRANT, GRANTED),
        (Answer.REVIEW, ASKED),
        (Answer.REFUSE, refused(Phrase.EXTENSION_REFUSED)),
    ],
)
def test_an_admissible_request_gets_what_the_policy_says(answer: Answer, found: list[Any]) -> None:
    assert said(request(window(), on_request=one(answer))) == found


@pytest.mark.parametrize(
    ("entry", "given", "found"),
    [
        (window(state=State.WITHDRAWN), {}, refused(Phrase.EXTENSION_NO_WINDOW)),
        (window(protected_until=None), {}, refused(Phrase.EXTENSION_NO_WINDOW)),
        (window(), {"asker": Asker.COLLEAGUE}, refused(Phrase.EXTENSION_NOT_YOURS)),
        (window(extensions=2), {}, refused(Phrase.EXTENSION_USED_UP, times="2")),
        (window(extensions=1), {}, GRANTED),
        (window(0), {}, refused(Phrase.EXTENSION_TOO_LATE, until=instant_text(START))),
        (lapsed(), {}, refused(Phrase.EXTENSION_TOO_LATE, until=instant_text(after(days=-2)))),
        (lapsed(), {"late_by": WEEK}, GRANTED),
        (window(8), {"not_before": WEEK}, refused(Phrase.EXTENSION_TOO_EARLY, since=instant_text(after(days=1)))),
        (window(7), {"not_before": WEEK}, GRANTED),
    ],
)  # fmt: skip
def test_any_other_is_refused_with_its_reason(
    entry: RegistrationEntry, given: dict[str, Any], found: list[Any]
) -> None:
    assert said(request(entry, **given)) == found


def test_what_a_person_has_barred_is_not_made_longer() -> None:
    barred = MINE.model_copy(update={"do_not_extend": True})
    (found,) = extension(request(window(), filed=barred))
    assert found.message == Phrase.EXTENSION_BARRED
    assert found.exhibits == (Exhibit(record=MINE.id, field="do_not_extend", value="true"),)


def test_whoever_asks_too_late_and_once_too_often_hears_both() -> None:
    """R1.13: every reason in one round."""
    found = said(request(window(0, extensions=2), asker=Asker.NOBODY))
    assert [phrase for _, phrase, _ in found] == [
        Phrase.EXTENSION_NOT_YOURS,
        Phrase.EXTENSION_USED_UP,
        Phrase.EXTENSION_TOO_LATE,
    ]


def other(state: State = State.APPROVED, **given: Any) -> RegistrationEntry:
    return window(60, registration=ident("a01", 2), firm=SUED.id, state=state, **given)


@pytest.mark.parametrize(
    ("entry", "there", "found"),
    [
        (lapsed(), (other(),), ASKED),
        (lapsed(), (other(State.IN_REVIEW),), ASKED),  # it may come to be protected yet
        (lapsed(), (other(State.LAPSED),), GRANTED),
        (lapsed(), (other(opportunity=ident("006", 2)),), GRANTED),
        (
            lapsed(opportunity=None),
            (other(),),
            GRANTED,
        ),  # of no deal: the window of a customer is judged at filing
        (window(), (other(),), GRANTED),  # never lapsed: it has stood beside the other all along
    ],
)
def test_a_lapsed_window_comes_back_by_a_person_where_somebody_else_has_come_to_the_deal(
    entry: RegistrationEntry, there: tuple[Entry, ...], found: list[Any]
) -> None:
    assert said(request(entry, *there, late_by=WEEK)) == found


@pytest.mark.parametrize(
    ("word", "entry", "found"),
    [
        (" Approved ", window(), GRANTED),
        ("grant", window(), GRANTED),
        ("accepted", lapsed(), GRANTED),  # late, and a person's word all the same
        ("approve", window(protected_until=None), refused(Phrase.EXTENSION_NO_WINDOW)),
        ("approve", window(state=State.WON), refused(Phrase.EXTENSION_NO_WINDOW)),
        ("approve", window(-30, state=State.LAPSED), TOO_LATE),
        ("Declined", window(), refused(Phrase.EXTENSION_REFUSED)),
        ("deny", window(state=State.WON), refused(Phrase.EXTENSION_REFUSED)),
        ("perhaps", window(), []),
    ],
)  # fmt: skip
def test_a_persons_word_stands_while_there_is_a_window_to_make_longer(
    word: str, entry: RegistrationEntry, found: list[Any]
) -> None:
    assert said(request(entry, value=word), extension_by_person) == found


def test_a_partners_own_word_in_the_field_of_our_people_is_none() -> None:
    made = request(window(), value="approve")
    for actor, heard in ((ANNA, False), (MIA, True)):
        fact = made.fact.model_copy(update={"actor": actor.id, "kind": FactKind.EXTENSION_RULED})
        assert bool(ruled(fact, made.world, made.policy).verdict) is heard


def test_where_no_row_says_what_to_answer_a_person_does() -> None:
    class Never:
        source, needs = "false", ()

        @staticmethod
        def holds(_: Any) -> bool:
            return False

    row = one(Answer.GRANT).options[0].model_copy(update={"when": Never()})
    assert said(request(window(), on_request=Choice[Any](options=(row,)))) == ASKED
