"""R1.3, law 7: an approved registration names another customer, or the same one put right."""

from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Identity
from connector.canonical.time import at
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket
from connector.rules.recasting import customer_edited
from tests.support.builders import START, after, filing, who
from tests.support.channel import filings_policy
from tests.support.world import Records, World
from tests.unit.rules.cases import ANNA, NORD, acted

CITY = who("Stadtwerke Auenried GmbH", city="Augsburg")
APPROVED = RegistrationEntry(
    registration=filing(1, ANNA).id, firm=NORD.id, registrant=ANNA.id, filed=at(after(days=-9)),
    complete=at(after(days=-9)), state=RegistrationState.APPROVED,
)  # fmt: skip


def edited(
    before: Identity | None, after_it: Identity, entry: RegistrationEntry = APPROVED, **given: Any
) -> Decision:
    """What an edit at the start of the story does; without `before` the mirror first saw the record then."""
    kept = Records()
    kept.put(NORD)
    kept.put(ANNA)
    old = filing(1, ANNA, before or CITY, **given)
    if before is not None:
        kept.put(old.model_copy(update={"stamp": after(days=-9)}))
    kept.put(
        old.model_copy(update={"customer": after_it.model_copy(update={"employees": 420}), "stamp": START})
    )
    fact = acted(FactKind.ENTERED, Kind.REGISTRATION, entry.registration, actor=ANNA.id)
    return customer_edited(fact, World(fact, MemoryDocket((entry,)), kept), filings_policy())


@pytest.mark.parametrize(
    ("before", "name", "city", "moves"),
    [
        (CITY, "Molkerei Gera GmbH", "Gera", True),
        (CITY, "Stadtwerke Auenried", "Augsburg", False),  # put right
        (None, "Molkerei Gera GmbH", "Gera", False),  # nobody knows what stood there
    ],
)
def test_what_surely_names_another_customer_is_complete_for_that_one_only_from_then_on(
    before: Identity | None, name: str, city: str, *, moves: bool
) -> None:
    decision = edited(before, who(name, city=city))
    moved = APPROVED.model_copy(update={"complete": at(START)})
    assert decision.entries == ((moved,) if moves else ())
    assert (decision.verdict, decision.desired) == (None, ())  # law 7: the approval itself stands


@pytest.mark.parametrize("state", [RegistrationState.IN_REVIEW, RegistrationState.LAPSED])
def test_only_what_stands_approved_is_looked_at(state: RegistrationState) -> None:
    waiting = APPROVED.model_copy(update={"state": state})
    assert edited(CITY, who("Molkerei Gera GmbH", city="Gera"), waiting).entries == ()
