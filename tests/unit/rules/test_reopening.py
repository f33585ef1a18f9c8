"""R0.14, R1.4: a deal whose end did not last gives its registration back what it had, if nobody else has it now."""

import pytest

from connector.canonical.docket import ConflictEntry, DeadlineEntry, RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.model import Policy
from connector.rules.reopening import corrected, opened_again
from tests.support.builders import LONG_AGO, START, after, deal, filing, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import ANNA, BUYER, CARLA, NORD, SUED, acted, world

State = RegistrationState
OPEN = deal(1, ANNA, BUYER)
MINE, THEIRS = filing(1, ANNA, BUYER.identity, opportunity=OPEN.id), filing(2, CARLA, BUYER.identity)
MOVED = acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, OPEN.id)
POLICY: Policy = filings_policy()


def ended(state: State = State.LOST, **given: object) -> RegistrationEntry:
    base = {
        "registration": MINE.id, "firm": NORD.id, "registrant": ANNA.id, "opportunity": OPEN.id, "state": state,
        "filed": at(LONG_AGO), "complete": at(LONG_AGO), "protected_from": after(days=-10),
        "protected_until": after(days=50),
    }  # fmt: skip
    return RegistrationEntry(**(base | given))


def again(entry: RegistrationEntry, *others: RegistrationEntry, fact: Fact = MOVED) -> dict[str, object]:
    """What the registration of a deal that is open again comes to, and what its record shows."""
    there = world(OPEN, BUYER, MINE, THEIRS, docket=(entry, *others), fact=fact)
    decision = opened_again(fact, there, POLICY)
    (kept,) = [each for each in decision.entries if isinstance(each, RegistrationEntry)] or [entry]
    shown = {each.slot: each.value for each in decision.desired if each.record == MINE.id}
    return {"state": kept.state, "status": shown.get("status"), "decision": decision}


@pytest.mark.parametrize("end", [State.LOST, State.WON])
@pytest.mark.parametrize(
    ("given", "state", "status"),
    [
        ({}, State.APPROVED, "approved"),
        ({"extensions": 1}, State.EXTENDED, "approved"),
        ({"refused_lines": ("Cloud",)}, State.APPROVED, "partly_approved"),
        ({"refused_lines": ("Cloud",), "extensions": 2}, State.EXTENDED, "partly_approved"),
    ],
)
def test_it_stands_as_it_stood(end: State, given: dict[str, object], state: State, status: str) -> None:
    found = again(ended(end, **given))
    assert (found["state"], found["status"]) == (state, status)


def test_its_clocks_run_on_to_the_end_of_its_window() -> None:
    decision = opened_again(MOVED, world(OPEN, BUYER, MINE, docket=(ended(),), fact=MOVED), POLICY)
    due = {each.name: each.due for each in decision.entries if isinstance(each, DeadlineEntry)}
    assert due["protection_ends"] == after(days=50)
    assert min(due.values()) > START


@pytest.mark.parametrize("state", [State.LAPSED, State.REJECTED, State.WITHDRAWN, State.VOIDED])
def test_what_did_not_end_with_the_deal_does_not_come_back_with_it(state: State) -> None:
    found = again(ended(state))
    assert (found["state"], found["status"]) == (state, None)


def test_another_registration_of_the_deal_that_protects_by_now_is_not_ousted() -> None:
    rival = ended(State.APPROVED, registration=THEIRS.id, firm=SUED.id, registrant=CARLA.id)
    there = world(OPEN, BUYER, MINE, THEIRS, docket=(ended(), rival), fact=MOVED)
    decision = opened_again(MOVED, there, POLICY)
    assert not [each for each in decision.entries if isinstance(each, RegistrationEntry)]
    (conflict,) = [each for each in decision.entries if isinstance(each, ConflictEntry)]
    assert (conflict.kind, {conflict.left, conflict.right}) == ("partner_partner", {OPEN.id, THEIRS.id})


def test_another_registration_whose_window_is_over_is_nobody() -> None:
    rival = ended(State.APPROVED, registration=THEIRS.id, firm=SUED.id, protected_until=START)
    there = world(OPEN, BUYER, MINE, THEIRS, docket=(ended(), rival), fact=MOVED)
    kept = [
        each for each in opened_again(MOVED, there, POLICY).entries if isinstance(each, RegistrationEntry)
    ]
    assert [(each.registration, each.state) for each in kept] == [(MINE.id, State.APPROVED)]


def test_a_deal_that_is_still_closed_opens_nothing() -> None:
    closed = OPEN.model_copy(update={"closed": True})
    assert not opened_again(MOVED, world(closed, MINE, docket=(ended(),), fact=MOVED), POLICY).entries
    unknown = acted(FactKind.STAGE_MOVED, Kind.OPPORTUNITY, ident("006", 9))
    assert not opened_again(unknown, world(docket=(ended(),), fact=unknown), POLICY).entries


@pytest.mark.parametrize(
    ("was", "won", "state"), [(State.LOST, True, State.WON), (State.WON, False, State.LOST)]
)
def test_a_closed_deal_corrected_ends_its_registration_the_other_way(
    was: State, *, won: bool, state: State
) -> None:
    fact = acted(FactKind.AMENDED, Kind.OPPORTUNITY, OPEN.id)
    closed = OPEN.model_copy(update={"closed": True, "won": won})
    decision = corrected(fact, world(closed, BUYER, MINE, docket=(ended(was),), fact=fact), POLICY)
    (kept,) = [each for each in decision.entries if isinstance(each, RegistrationEntry)]
    assert kept.state is state


def test_a_closed_deal_whose_amount_alone_was_corrected_changes_no_registration() -> None:
    fact = acted(FactKind.AMENDED, Kind.OPPORTUNITY, OPEN.id)
    closed = OPEN.model_copy(update={"closed": True, "won": True})
    assert not corrected(fact, world(closed, MINE, docket=(ended(State.WON),), fact=fact), POLICY).entries
    assert not corrected(fact, world(OPEN, MINE, docket=(ended(State.WON),), fact=fact), POLICY).entries
