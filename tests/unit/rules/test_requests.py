"""R1.4, R1.14: in what part somebody asks for something on a registration."""

import pytest

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.windows import PARTNERS, Asker
from connector.rules.requests import is_partner, may_ask, request
from tests.support.builders import START, filing, firm, ident, seller
from tests.support.channel import claims_policy, filings_policy
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, acted, world

BERND, MIA, STRANGER = seller(5, NORD), seller(8), seller(6, firm(7))
MINE = filing(1, ANNA)
ENTRY = RegistrationEntry(
    registration=MINE.id, firm=NORD.id, registrant=ANNA.id, distributor=SUED.id, filed=at(START)
)


@pytest.mark.parametrize(
    ("actor", "asker"),
    [
        (ANNA.id, Asker.REGISTRANT),
        (BERND.id, Asker.COLLEAGUE),
        (CARLA.id, Asker.DISTRIBUTOR),
        (MIA.id, Asker.CHANNEL_MANAGER),
        (STRANGER.id, Asker.NOBODY),
        (ident("005", 99), None),  # nobody knows that user any more
        (None, None),
    ],
)
def test_who_asks_is_told_by_the_firm_of_the_user_who_saved(
    actor: RecordId | None, asker: Asker | None
) -> None:
    fact = acted(FactKind.APPEALED, Kind.REGISTRATION, MINE.id, actor=actor)
    seen = world(BERND, MIA, STRANGER, MINE, docket=(ENTRY,), fact=fact)
    made = request(fact, seen, filings_policy())
    assert made is not None
    assert made.asker is asker
    assert (made.entry, made.filing) == (ENTRY, MINE)


def test_there_is_no_request_on_what_nobody_knows_or_no_programme_registers() -> None:
    fact = acted(FactKind.APPEALED, Kind.REGISTRATION, MINE.id, actor=ANNA.id)
    assert request(fact, world(MINE, fact=fact), filings_policy()) is None
    assert request(fact, world(docket=(ENTRY,), fact=fact), filings_policy()) is None
    assert request(fact, world(MINE, docket=(ENTRY,), fact=fact), claims_policy()) is None


def test_somebody_whom_the_org_no_longer_tells_is_one_who_could_write_the_field() -> None:
    assert may_ask(None, (Asker.REGISTRANT,))
    assert not may_ask(None, ())
    assert may_ask(Asker.COLLEAGUE, PARTNERS)
    assert not may_ask(Asker.COLLEAGUE, (Asker.REGISTRANT,))
    assert {each for each in Asker if is_partner(each)} == set(PARTNERS)
    assert is_partner(None)
