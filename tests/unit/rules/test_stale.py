"""R1.15: a silent deal's clock: what winds it up, what stops it, and what its end shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import DeadlineEntry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome
from connector.policy.choosing import Choice, ConditionFailed, Option
from connector.policy.duration import Duration
from connector.policy.model import Policy
from connector.policy.windows import StaleDeals
from connector.rules import stale
from connector.rules.decision import Decision
from tests.support.builders import START, after, deal, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, NORD, acted, one, world

DEAL = ident("006", 1)
LIVES = (FactKind.OPENED, FactKind.REASSIGNED, FactKind.STAGE_MOVED, FactKind.ACTIVE)
ENDS = (FactKind.CLOSED, FactKind.DELETED, FactKind.MERGED)
LENGTH = Duration(length=timedelta(days=60))


class Unanswerable:
    """A condition of which nobody can say whether it holds."""

    source = "amount > 1"

    def holds(self, circumstances: object) -> bool:
        raise ConditionFailed(str(circumstances))


def policy(**terms: Any) -> Policy:
    base = {"without_activity": one(LENGTH), "registered_only": False}
    return shipped("deal_registration").model_copy(update={"stale_deals": StaleDeals(**(base | terms))})


def clock(due: datetime, *, done: bool = False) -> DeadlineEntry:
    return DeadlineEntry(name="stale", subject=Kind.OPPORTUNITY, record=DEAL, due=due, done=done)


def noted(kind: FactKind, *docket: Any, of: Policy | None = None, **given: Any) -> Decision:
    fact = acted(kind, Kind.OPPORTUNITY, DEAL)
    return stale.noted(fact, world(deal(1, ANNA, **given), docket=docket, fact=fact), of or policy())


OVER = clock(datetime.max.replace(tzinfo=UTC), done=True)
UNFLAGGED = Desired(subject=Kind.OPPORTUNITY, record=DEAL, slot="stale_since", value=None)


@pytest.mark.parametrize("kind", LIVES)
def test_a_sign_of_life_winds_the_clock_up(kind: FactKind) -> None:
    told = noted(kind)
    assert (told.entries, told.desired) == ((clock(after(days=60)),), ())


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (FactKind.STAGE_MOVED, {"stage_move_counts": False}),
        (FactKind.ACTIVE, {"activity_counts": False}),
        (FactKind.SIGNED, {}),
    ],
)
def test_what_does_not_count_leaves_the_clock_alone(kind: FactKind, terms: dict[str, bool]) -> None:
    assert noted(kind, clock(after(days=9)), of=policy(**terms)).entries == ()
    without = policy().model_copy(update={"stale_deals": None})
    assert noted(FactKind.OPENED, clock(after(days=9)), of=without).entries == ()


@pytest.mark.parametrize("kind", ENDS)
def test_an_end_stops_the_clock(kind: FactKind) -> None:
    told = noted(kind, clock(after(days=9)))
    assert (told.entries, told.desired) == ((OVER,), ())
    assert noted(kind).entries == ()


def test_a_closed_deal_is_not_wound_up_again() -> None:
    assert noted(FactKind.ACTIVE, clock(after(days=9)), closed=True).entries == (OVER,)


@pytest.mark.parametrize(
    "terms",
    [
        {"without_activity": one(Duration())},
        {"without_activity": Choice[Duration]()},
        {
            "without_activity": Choice[Duration](
                options=(Option[Duration](when=Unanswerable(), value=LENGTH),)
            )
        },
        {"registered_only": True},
    ],
    ids=["no time", "no row", "nobody can say", "not registered"],
)
def test_a_deal_may_be_silent_for_ever(terms: dict[str, Any]) -> None:
    assert noted(FactKind.ACTIVE, clock(after(days=9)), of=policy(**terms)).entries == (OVER,)


def test_a_registered_deal_is_watched_where_only_registered_ones_are() -> None:
    filed = RegistrationEntry(registration=ident("a01", 1), firm=NORD.id, opportunity=DEAL, filed=at(START))
    told = noted(FactKind.ACTIVE, filed, of=policy(registered_only=True))
    assert told.entries == (clock(after(days=60)),)


@pytest.mark.parametrize(
    ("known", "flagged"),
    [
        (clock(after(days=-1), done=True), True),
        (clock(START, done=True), True),
        (clock(after(seconds=1), done=True), False),
        (clock(after(days=-1)), False),
    ],
)
@pytest.mark.parametrize("kind", [FactKind.ACTIVE, FactKind.CLOSED])
def test_only_a_deal_whose_clock_has_run_out_bears_a_flag_to_take_down(
    kind: FactKind, known: DeadlineEntry, *, flagged: bool
) -> None:
    assert noted(kind, known).desired == ((UNFLAGGED,) if flagged else ())


def silent(*deals: Opportunity, of: Policy | None = None, docket: tuple[Any, ...] = ()) -> Decision:
    fact = acted(FactKind.TICK, Kind.OPPORTUNITY, DEAL, value="stale")
    return stale.fell_silent(fact, world(*deals, docket=docket, fact=fact), of or policy())


def test_a_deal_whose_clock_runs_out_is_flagged_for_its_owner_and_the_desk() -> None:
    told = silent(deal(1, ANNA), docket=(clock(START),))
    assert told.verdict is not None
    shown = Exhibit(record=DEAL, field="stage", value="2")
    flag = Finding(rule="stale_deal", effect=Effect.NOTE, message="deal.stale", exhibits=(shown,), desk=True)
    assert told.verdict.findings == (flag,)
    assert told.verdict.outcome is Outcome.DEFER
    assert told.entries == (clock(START, done=True),)
    assert told.desired == (UNFLAGGED.model_copy(update={"value": "2026-03-02T09:00:00.000Z"}),)
    assert silent(deal(1, ANNA, stage=None)).verdict is not None


@pytest.mark.parametrize("there", [(), (deal(1, ANNA, closed=True),)], ids=["gone", "closed"])
def test_a_deal_that_is_gone_or_closed_by_then_is_not_flagged(there: tuple[Opportunity, ...]) -> None:
    told = silent(*there, docket=(clock(START),))
    assert (told.verdict, told.entries, told.desired) == (None, (clock(START, done=True),), ())
    assert silent(*there).entries == ()


def test_a_policy_that_watches_no_deal_any_more_flags_none() -> None:
    without = policy().model_copy(update={"stale_deals": None})
    assert silent(deal(1, ANNA), of=without).verdict is None
