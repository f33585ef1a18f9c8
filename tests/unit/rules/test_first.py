"""R1.2: the filing that was first, as conditions on the second one read it."""

from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.document import Scalar
from connector.canonical.shape import Reading
from connector.canonical.time import at
from connector.policy.choosing import Choice, Option
from connector.policy.circumstances import SECOND
from connector.policy.condition import CelCondition, ConditionShape
from connector.policy.model import ConditionFailed
from connector.policy.outcomes import Second, SecondFiling
from connector.rules.background import NEVER
from connector.rules.first import asked, of_first
from connector.rules.rivals import Relation
from connector.rules.seconds import treatment
from tests.support.builders import after, filing, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import CARLA, SUED, filing_case, one, rival, world

THEIRS = ident("a01", 2)


def condition(source: str) -> CelCondition:
    reading = Reading(file="policy.yaml")
    found = ConditionShape(SECOND).read(
        Scalar(where="when", line=1, column=1, text=source, plain=False), reading
    )
    assert found is not None, reading.faults
    return found


def rows(source: str) -> Choice[SecondFiling]:
    return Choice[SecondFiling](
        options=(
            Option[SecondFiling](when=condition(source), value=SecondFiling(then=Second.TEAM)),
            Option[SecondFiling](value=SecondFiling(then=Second.REVIEW)),
        )
    )


def first(**given: Any) -> RegistrationEntry:
    """Süd's registration, approved ten days before ours."""
    moment = at(after(days=-10))
    base = {
        "registration": THEIRS, "firm": SUED.id, "registrant": CARLA.id, "filed": moment, "complete": moment,
        "ruled_at": moment.latest, "state": RegistrationState.APPROVED,
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


def treated(source: str, *, told: bool = True, **given: Any) -> Second | None:
    theirs = (filing(2, CARLA),) if told else ()
    seen = world(*theirs, docket=(first(**given),))
    case = filing_case(
        rival(Relation.PROTECTED_FIRST),
        seen=seen,
        terms={"second_filing": rows(source)},
        circumstances={"tier": "Bronze"},
    )
    found = treatment(case, rival(Relation.PROTECTED_FIRST))
    return found.then if found else None


@pytest.mark.parametrize(
    ("source", "then"),
    [
        ("first.approved_days == 10", Second.TEAM),
        ("first.approved_days == 9", Second.REVIEW),
        ("first.days_left == 1000000", Second.TEAM),
        ("first.firm == 'Süd'", Second.TEAM),
        ("first.tier != tier", Second.TEAM),
        ("first.person == 'Anna'", Second.REVIEW),
    ],
)
def test_the_second_is_treated_by_what_the_first_is(source: str, then: Second) -> None:
    assert treated(source) is then


def test_the_days_of_its_window_are_counted_to_its_end() -> None:
    until = after(days=5)
    assert treated("first.days_left == 5", protected_until=until) is Second.TEAM
    seen = world(filing(2, CARLA), docket=(first(protected_from=after(days=-3), ruled_at=None),))
    named = of_first(THEIRS, seen, filings_policy())
    assert (named["approved_days"], named["days_left"]) == (3, NEVER)


def test_a_first_filing_whose_record_is_gone_is_told_by_nobody() -> None:
    with pytest.raises(ConditionFailed, match="first filing"):
        treated("first.tier == 'Gold'", told=False)
    assert treated("tier == 'Gold'", told=False) is Second.REVIEW


def test_it_is_looked_at_only_where_a_row_asks_for_it() -> None:
    assert asked(rows("first.tier == 'Gold'"))
    assert not asked(rows("tier == 'Gold'"))
    assert not asked(one(SecondFiling(then=Second.TEAM)))
