"""R1.2, R1.3, R4.7: how another party on the same customer stands to a filing, second by second."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry, RegistrationEntry, RegistrationState
from connector.canonical.entry import Entry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity
from connector.canonical.time import When, at
from connector.matching import Comparison, Outcome
from connector.policy.outcomes import Dormant
from connector.rules.rivals import Filing, Relation, Rival, of_filing, of_lead
from connector.rules.scope import Scope
from connector.rules.world import Match
from tests.support.builders import LONG_AGO, START, activity, after, deal, filing, ident, seller
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, world

State = RegistrationState
DEAL, MINE, THEIRS = ident("006", 1), ident("a01", 1), ident("a01", 2)
DIRK = seller(9)
SLEEPS = Dormant(silent_for=timedelta(days=60))


def theirs(
    seconds: float = -3600, state: RegistrationState = State.APPROVED, **given: Any
) -> RegistrationEntry:
    """Süd's registration of the same deal, complete so many seconds after ours."""
    moment = at(after(seconds=seconds))
    base = {"registration": THEIRS, "firm": SUED.id, "opportunity": DEAL, "filed": moment, "complete": moment}
    return RegistrationEntry(**(base | {"state": state} | given))


def mine(**given: Any) -> Filing:
    entry = RegistrationEntry(registration=MINE, firm=NORD.id, filed=at(START), opportunity=DEAL)
    base = {
        "record": filing(1, ANNA, opportunity=DEAL), "entry": entry, "place": at(START), "now": START,
        "same_time": timedelta(0), "scope": Scope(covers="customer", lines={}), "activity_within": timedelta(days=180),
    }  # fmt: skip
    return Filing(**(base | given))


def beside(*docket: Entry, records: tuple[Any, ...] = (), **given: Any) -> list[Rival]:
    """Who else is on the deal that both name."""
    return list(of_filing(world(DIRK, *records, docket=docket), mine(**given), ()))


def relations(*docket: Entry, **given: Any) -> list[Relation]:
    return [each.relation for each in beside(*docket, **given)]


@pytest.mark.parametrize(
    ("seconds", "state", "relation"),
    [
        (-1, State.APPROVED, Relation.PROTECTED_FIRST),
        (-1, State.EXTENDED, Relation.PROTECTED_FIRST),
        (-1, State.IN_REVIEW, Relation.PENDING_FIRST),
        (0, State.APPROVED, Relation.SAME_TIME),
        (0, State.IN_REVIEW, Relation.SAME_TIME),
        (1, State.APPROVED, Relation.APPROVED_LATER),
        (1, State.IN_REVIEW, Relation.PENDING_LATER),
    ],
)
def test_another_firm_was_first_together_or_later_to_the_second(
    seconds: float, state: RegistrationState, relation: Relation
) -> None:
    assert relations(theirs(seconds, state)) == [relation]


@pytest.mark.parametrize(("seconds", "together"), [(-600, False), (-599, True), (599, True), (600, False)])
def test_closer_than_the_policy_says_is_too_close_to_tell(seconds: float, *, together: bool) -> None:
    found = relations(theirs(seconds), same_time=timedelta(minutes=10))
    assert (found == [Relation.SAME_TIME]) is together


def test_times_that_overlap_are_too_close_to_tell() -> None:
    """Law 1."""
    around = When(earliest=after(seconds=-30), latest=after(seconds=0))
    before = When(earliest=after(seconds=-30), latest=after(seconds=-1))
    assert relations(theirs(complete=around)) == [Relation.SAME_TIME]
    assert relations(theirs(complete=before)) == [Relation.PROTECTED_FIRST]
    later = When(earliest=after(seconds=1), latest=after(seconds=30))
    assert relations(theirs(complete=later)) == [Relation.APPROVED_LATER]


@pytest.mark.parametrize(
    "gone",
    [
        theirs(state=State.REJECTED),
        theirs(state=State.LAPSED, protected_until=after(days=-1)),
        theirs(protected_until=START),
        theirs(complete=None),
        theirs(opportunity=ident("006", 9)),
    ],
    ids=["rejected", "lapsed", "over in this second", "incomplete", "another deal"],
)
def test_what_is_over_or_holds_no_place_is_no_rival(gone: RegistrationEntry) -> None:
    assert relations(gone) == []


def test_a_window_that_ends_a_second_later_still_stands() -> None:
    (found,) = beside(theirs(protected_until=after(seconds=1)))
    assert found == Rival(
        relation=Relation.PROTECTED_FIRST,
        evidence="same, both name one opportunity",
        since=after(hours=-1),
        record=THEIRS,
        kind=Kind.REGISTRATION,
        standing=True,
    )
    assert not beside(theirs(state=State.IN_REVIEW))[0].standing


@pytest.mark.parametrize(
    ("seconds", "given", "relation"),
    [
        (-1, {}, Relation.OWN),
        (-1, {"state": State.IN_REVIEW}, Relation.OWN),
        (0, {}, Relation.OWN_UNCLEAR),
        (1, {}, None),
        (-1, {"protected_until": START}, Relation.OWN_LAPSED),
        (-1, {"state": State.LAPSED}, None),
        (-1, {"state": State.REJECTED}, None),
    ],
)
def test_the_firms_own_earlier_filing(
    seconds: float, given: dict[str, Any], relation: Relation | None
) -> None:
    found = beside(theirs(seconds, **({"firm": NORD.id} | given)))
    assert [each.relation for each in found] == ([relation] if relation else [])
    if relation is Relation.OWN_LAPSED:
        assert found[0].since == given["protected_until"]


@pytest.mark.parametrize(
    ("outcome", "given", "relation"),
    [
        (Outcome.SAME, {"state": State.LAPSED, "protected_until": after(days=-1)}, Relation.OWN_LAPSED),
        (Outcome.UNSURE, {"state": State.LAPSED, "protected_until": after(days=-1)}, None),
        (Outcome.SAME, {"state": State.REJECTED, "complete": None}, Relation.OWN_ENDED),
        (Outcome.UNSURE, {"state": State.REJECTED}, None),
        (Outcome.SAME, {"state": State.WITHDRAWN}, Relation.OWN_ENDED),
        (Outcome.SAME, {"state": State.WITHDRAWN, "firm": SUED.id}, None),
        (Outcome.SAME, {"state": State.INCOMPLETE, "complete": None}, None),
        (Outcome.SAME, {"state": State.WON}, None),
        (Outcome.SAME, {}, Relation.OWN),
        (Outcome.UNSURE, {}, Relation.OWN_UNCLEAR),
        (Outcome.SAME, {"firm": SUED.id}, Relation.PROTECTED_FIRST),
        (Outcome.UNSURE, {"firm": SUED.id}, Relation.UNSURE),
    ],
)
def test_a_filing_for_what_may_be_another_customer_is_less_sure(
    outcome: Outcome, given: dict[str, Any], relation: Relation | None
) -> None:
    seen = world(docket=(theirs(**({"firm": NORD.id} | given)),))
    found = list(of_filing(seen, mine(), (match(Kind.REGISTRATION, THEIRS, outcome),)))
    assert [each.relation for each in found] == ([relation] if relation else [])


def test_firms_that_count_as_one_are_one() -> None:
    assert relations(theirs(-1), firms=(NORD.id, SUED.id)) == [Relation.OWN]


EDGE = after(days=-60)


def log(when: Any, by: Any = CARLA, about: RecordId = THEIRS) -> tuple[Activity]:
    return (activity(1, about, by, when),)


@pytest.mark.parametrize(
    ("given", "signs", "asleep"),
    [
        ({}, (), True),
        ({}, log(EDGE), False),
        ({}, log(after(days=-60, seconds=-1)), True),
        ({}, log(EDGE, about=DEAL), False),
        ({}, log(EDGE, ANNA), True),
        ({}, log(EDGE, DIRK), True),
        ({"filed": at(EDGE)}, (), False),
        ({"protected_from": EDGE}, (), False),
        ({"protected_from": after(days=-60, seconds=-1)}, (), True),
        ({"state": State.IN_REVIEW}, (), None),
    ],
)
def test_a_first_filing_sleeps_that_shows_no_sign_of_life_of_its_firm(
    given: dict[str, Any], signs: tuple[Any, ...], *, asleep: bool | None
) -> None:
    long_ago = theirs(**({"filed": at(LONG_AGO), "complete": at(LONG_AGO)} | given))
    found = relations(long_ago, records=signs, dormant=SLEEPS)
    first = Relation.PENDING_FIRST if asleep is None else Relation.PROTECTED_FIRST
    assert found == [Relation.DORMANT_FIRST if asleep else first]
    assert relations(long_ago, records=signs) == [first]


def match(kind: Kind, record: RecordId, outcome: Outcome = Outcome.SAME) -> Match:
    comparison = Comparison(outcome=outcome, score=0.9, contributions=())
    return Match(kind=kind, record=record, comparison=comparison)


LEAD = ident("00Q", 5)


def held(of: RecordId, seconds: float) -> ClaimEntry:
    return ClaimEntry(lead=LEAD, holder=CARLA.id, firm=of, opened=at(after(seconds=seconds)))


@pytest.mark.parametrize(
    ("of", "seconds", "rivals"),
    [(SUED.id, -1, True), (SUED.id, 0, True), (SUED.id, 1, False), (NORD.id, -1, False)],
)
def test_a_lead_in_another_firms_hands_is_a_rival_unless_it_came_later(
    of: RecordId, seconds: float, *, rivals: bool
) -> None:
    seen = world(docket=(held(of, seconds),))
    found = list(of_filing(seen, mine(), (match(Kind.LEAD, LEAD),)))
    assert [(each.relation, each.record, each.since) for each in found] == (
        [(Relation.HOLDS_LEAD, LEAD, after(seconds=seconds))] if rivals else []
    )


@pytest.mark.parametrize(
    ("outcome", "relation"), [(Outcome.SAME, Relation.PROTECTED_FIRST), (Outcome.UNSURE, Relation.UNSURE)]
)
def test_a_lead_meets_the_leads_and_the_standing_registrations_of_other_firms(
    outcome: Outcome, relation: Relation
) -> None:
    matches = (match(Kind.LEAD, LEAD, outcome), match(Kind.REGISTRATION, THEIRS, outcome))
    claim = Relation.UNSURE if outcome is Outcome.UNSURE else Relation.HOLDS_LEAD
    standing = world(docket=(held(SUED.id, 9), theirs()))
    assert [each.relation for each in of_lead(standing, ident("00Q", 1), NORD.id, matches)] == [
        claim,
        relation,
    ]
    assert list(of_lead(standing, LEAD, SUED.id, matches)) == []
    waiting = world(docket=(theirs(state=State.IN_REVIEW),))
    assert list(of_lead(waiting, LEAD, NORD.id, matches)) == []


CITY = ident("001", 501)


@pytest.mark.parametrize(
    ("given", "rivals"),
    [
        ({}, True),
        ({"closed": True}, False),
        ({"partner": SUED.id}, False),
        ({"sourcing_partner": SUED.id}, False),
        ({"owner": CARLA.id}, False),
        ({"id": DEAL}, False),
        ({"created_at": START}, False),
        ({"created_at": after(days=-180)}, True),
        ({"created_at": after(days=-181)}, False),
        ({"created_at": LONG_AGO, "last_activity": after(days=-180).date()}, True),
        ({"created_at": LONG_AGO, "last_activity": after(days=1).date()}, False),
        ({"created_at": LONG_AGO, "last_activity": after(days=-181).date()}, False),
    ],
)
def test_our_own_open_deal_that_was_there_first_and_is_worked_is_a_rival(
    given: dict[str, Any], *, rivals: bool
) -> None:
    direct = deal(5, DIRK, created_at=after(days=-10)).model_copy(update={"customer": CITY} | given)
    seen = world(DIRK, direct)
    found = list(of_filing(seen, mine(), (match(Kind.CUSTOMER, CITY),)))
    assert [(each.relation, each.record, each.kind, each.since) for each in found] == (
        [(Relation.DIRECT, direct.id, Kind.OPPORTUNITY, direct.created_at)] if rivals else []
    )


def test_a_call_on_our_own_old_deal_before_the_filing_shows_that_it_is_worked() -> None:
    old = deal(5, DIRK).model_copy(update={"customer": CITY})
    for when, worked in ((after(days=-180), True), (after(days=-181), False), (START, True)):
        seen = world(DIRK, old, activity(1, old.id, DIRK, when))
        assert bool(list(of_filing(seen, mine(), (match(Kind.CUSTOMER, CITY),)))) is worked
