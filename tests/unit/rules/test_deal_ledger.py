"""R0.9: whose a closed deal is."""

from typing import Any

import pytest

from connector.canonical.accounts import DealEntry, DealState, Party
from connector.canonical.credit import CreditEntry
from connector.canonical.entry import Entry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity, Person
from connector.policy.model import Policies
from connector.rules import deal_ledger
from connector.rules.booking import Before, Booking
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from tests.support.builders import START, deal, ident, seller
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, NORD, SUED, acted, world

DIRK = seller(9)
POLICY = shipped("deal_registration")
CREDIT = CreditEntry(record=ident("006", 1), firm=NORD.id, since=START, through=ident("a01", 1))


def booked(fact: Fact, *there: Entry, of: Opportunity | None = None) -> list[Entry]:
    """What the ledger of deals makes of a fact about a deal."""
    decision = Decision(fact=fact)
    docket = OverlayDocket(MemoryDocket(there))
    return deal_ledger.kept(
        Booking(
            decision=decision, world=world(DIRK, *([of] if of else []), fact=fact), docket=docket,
            before=Before(docket), policy=POLICY, policies=Policies(versions=(POLICY,)), group=(decision,),
        )
    ).entries  # fmt: skip


def closed(owner: Person, *there: Entry, **given: Any) -> DealEntry:
    """The line of a deal that was won."""
    won = deal(1, owner, closed=True, won=True, **given)
    (line,) = booked(acted(FactKind.CLOSED, Kind.OPPORTUNITY, won.id), *there, of=won)
    assert isinstance(line, DealEntry)
    return line


@pytest.mark.parametrize(
    ("owner", "there", "given", "firm", "sourced"),
    [
        (DIRK, (), {}, None, False),
        (ANNA, (), {}, NORD.id, False),  # a partner's user owns it
        (DIRK, (), {"partner": SUED.id}, SUED.id, False),
        (ANNA, (), {"partner": SUED.id}, SUED.id, False),  # whom the deal names comes before who owns it
        (DIRK, (CREDIT,), {"partner": SUED.id}, NORD.id, True),  # and who brought it before both
    ],
)
def test_a_deal_is_whose_credit_it_is_else_its_partners_else_its_owners_firms(
    owner: Person, there: tuple[Entry, ...], given: dict[str, Any], firm: RecordId | None, *, sourced: bool
) -> None:
    line = closed(owner, *there, **given)
    assert (line.firm, line.sourced) == (firm, sourced)
    assert line.party is (Party.PARTNER if firm else Party.DIRECT)


LINE = closed(DIRK)


@pytest.mark.parametrize(
    ("stands", "there", "state"),
    [
        ({"closed": False}, (LINE,), DealState.REOPENED),
        ({"closed": False}, (), None),  # it never was in the ledger
        ({"closed": True, "won": True}, (LINE,), None),  # another closed stage
        (None, (LINE,), None),  # gone by then: its deletion says so
    ],
)
def test_a_deal_leaves_the_ledger_when_somebody_opens_it_again(
    stands: dict[str, Any] | None, there: tuple[Entry, ...], state: DealState | None
) -> None:
    now = deal(1, DIRK, **stands) if stands else None
    lines = booked(acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, LINE.record), *there, of=now)
    left = LINE.model_copy(update={"state": state, "won_at": None})
    assert lines == ([left] if state else [])
