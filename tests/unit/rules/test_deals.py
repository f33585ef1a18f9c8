"""R0.5: which deals of a customer a registration's window covers."""

from typing import Any

import pytest

from connector.canonical.docket import LineWindow, RegistrationEntry, RegistrationState
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.policy.windows import Protection
from connector.rules.deals import protected
from tests.support.builders import START, after, customer, deal, filing, seller, someone
from tests.support.channel import filings_policy
from tests.unit.rules.cases import ANNA, CARLA, NORD, SUED, world

REP = seller(9)
CITY = customer(1, someone(1))
FILED = filing(1, ANNA, someone(1), products=("Edge Gateway",))


def covered(*sold: str, covers: str = "deal", filed: Any = FILED, **kept: Any) -> bool:
    """Whether Anna's window covers a deal of our own people that sells these products."""
    base = {
        "registration": FILED.id,
        "firm": NORD.id,
        "filed": at(START),
        "state": RegistrationState.APPROVED,
    }
    policy = filings_policy(protection=Protection(covers=covers))
    plain = deal(1, REP, CITY, products=sold)
    seen = world(REP, CITY, filed, plain, docket=(RegistrationEntry(**(base | kept)),))
    found = protected(plain, seen, policy)
    assert {each.registration for each in found} <= {FILED.id}
    return bool(found)


@pytest.mark.parametrize(
    ("covers", "sister", "other"),
    [("deal", False, False), ("product_line", True, False), ("customer", True, True), ("group", True, True)],
)
def test_a_window_covers_products_their_line_or_the_customer(
    covers: str, *, sister: bool, other: bool
) -> None:
    assert covered("Edge Gateway", covers=covers)
    assert covered("Analytics", "Edge Gateway", covers=covers)
    assert covered("Support Plus", covers=covers) is sister
    assert covered("Analytics", covers=covers) is other


def test_a_deal_or_a_registration_that_names_no_products_may_be_the_same_deal() -> None:
    assert covered()
    assert covered("Analytics", filed=FILED.model_copy(update={"products": ()}))


def test_a_line_that_the_approval_left_out_or_whose_window_is_over_is_covered_no_longer() -> None:
    over = LineWindow(line="Edge", lasts=after(days=1) - START, until=START)
    stands = over.model_copy(update={"until": after(seconds=1)})
    assert not covered("Edge Gateway", refused_lines=("Edge",))
    assert not covered("Edge Gateway", line_windows=(over,))
    assert covered("Edge Gateway", line_windows=(stands,))


def test_a_deal_that_names_nothing_sells_what_the_registrations_name_that_were_filed_for_it() -> None:
    policy = filings_policy(protection=Protection(covers="deal"))
    kept = RegistrationEntry(
        registration=FILED.id, firm=NORD.id, filed=at(START), state=RegistrationState.APPROVED
    )
    for products, expected in ((("Analytics",), 0), (("Analytics", "Edge Gateway"), 1)):
        theirs = deal(2, CARLA, CITY, partner=SUED.id)
        other = filing(2, CARLA, someone(1), products=products, opportunity=theirs.id)
        seen = world(REP, CITY, FILED, other, theirs, docket=(kept,))
        assert seen.linked(Kind.REGISTRATION, "opportunity", theirs.id) == [other]
        assert len(protected(theirs, seen, policy)) == expected
