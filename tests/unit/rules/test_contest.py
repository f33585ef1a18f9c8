"""R1.12, R1.14: what a condition hears of the rivals outside the filing's own judgement."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.time import at
from connector.policy.model import Choice, ConditionFailed, Option
from connector.rules import protection
from connector.rules.contest import about
from connector.rules.world import Matches
from tests.support.builders import START, after, filing, ident
from tests.support.channel import filings_policy
from tests.support.world import World
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, world

DEAL = ident("006", 1)
MINE, THEIRS = filing(1, ANNA, opportunity=DEAL), filing(2, CARLA, opportunity=DEAL)
FIRST = RegistrationEntry(
    registration=THEIRS.id, firm=SUED.id, opportunity=DEAL, filed=at(after(days=-1)), complete=at(after(days=-1)),
    state=RegistrationState.APPROVED,
)  # fmt: skip
SECOND = RegistrationEntry(
    registration=MINE.id, firm=NORD.id, opportunity=DEAL, filed=at(START), complete=at(START),
)  # fmt: skip


def counted(*docket: Entry, entry: RegistrationEntry = SECOND, **given: Any) -> tuple[object, object]:
    names = about(MINE, entry, world(MINE, THEIRS, docket=docket, **given), filings_policy())
    return names["rivals"], names["standing_rivals"]


def test_who_stands_and_who_waits_counts_at_the_moment_of_the_question() -> None:
    assert counted(SECOND, FIRST) == (1, 1)
    assert counted(SECOND, FIRST.model_copy(update={"state": RegistrationState.IN_REVIEW})) == (1, 0)
    assert counted(SECOND, FIRST.model_copy(update={"state": RegistrationState.LAPSED})) == (0, 0)
    assert counted(SECOND) == (0, 0)


def test_a_filing_without_a_place_has_no_rivals_yet() -> None:
    waiting = SECOND.model_copy(update={"complete": None})
    assert counted(waiting, FIRST, entry=waiting) == (0, 0)


def test_nobody_can_say_before_the_docket_knows_the_filing() -> None:
    with pytest.raises(ConditionFailed, match="not known yet"):
        counted(FIRST)


def test_nobody_can_say_where_somebody_may_be_missing() -> None:
    class Crowded(World):
        def matches(self, *_: object, **__: object) -> Matches:
            return Matches([], doubtful=True)

    with pytest.raises(ConditionFailed, match="may be missing"):
        counted(SECOND, FIRST, sees=Crowded)


class _Contested:
    source, needs = "standing_rivals > 0", ("standing_rivals",)

    @staticmethod
    def holds(circumstances: Any) -> bool:
        return bool(circumstances["standing_rivals"] > 0)


def test_the_window_of_a_second_registration_lasts_as_the_row_on_rivals_says() -> None:
    short, long = timedelta(days=30), timedelta(days=90)
    rows = Choice[Any](options=(Option[Any](when=_Contested(), value=short), Option[Any](value=long)))
    policy = filings_policy()
    assert policy.registrations is not None
    terms = policy.registrations.protection.model_copy(update={"lasts": rows})
    said = policy.model_copy(
        update={"registrations": policy.registrations.model_copy(update={"protection": terms})}
    )
    assert protection.lasts(said, world(MINE, THEIRS, docket=(SECOND, FIRST)), SECOND) == short
    assert protection.lasts(said, world(MINE, THEIRS, docket=(SECOND,)), SECOND) == long


def lapsed_before(*docket: Entry, entry: RegistrationEntry = SECOND) -> object:
    theirs = THEIRS.model_copy(update={"customer": MINE.customer})
    names = about(MINE, entry, world(MINE, theirs, docket=docket), filings_policy())
    return names["lapsed_before"]


def test_what_the_firm_itself_let_lapse_counts_and_no_rival() -> None:
    over = {"state": RegistrationState.LAPSED, "protected_until": after(days=-1)}
    own = FIRST.model_copy(update={"firm": NORD.id, **over})
    assert lapsed_before(SECOND, own) == 1
    assert lapsed_before(SECOND, FIRST.model_copy(update=over)) == 0
    assert lapsed_before(SECOND, own.model_copy(update={"state": RegistrationState.WON})) == 0
    again = SECOND.model_copy(update={"lapsed_at": after(days=-30)})  # the same record, filed anew
    assert lapsed_before(again, entry=again) == 1
    assert lapsed_before(again, own, entry=again) == 2


def test_what_lapsed_before_is_not_asked_of_a_filing_without_a_place() -> None:
    again = SECOND.model_copy(update={"lapsed_at": after(days=-30), "complete": None})
    assert lapsed_before(again, entry=again) == 0
