"""R0.15: what a back-test counts of filings: approvals, rejections, conflicts and rebate cost, per firm and tier."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connector.canonical.money import Money
from connector.flows import backtest_history as history
from connector.flows.backtest_filings import note_before
from connector.flows.backtest_report import Backtested, Example, is_money
from connector.policy.choosing import Choice, Option
from connector.policy.model import Policy
from tests.support.builders import START, after, filing
from tests.support.channel import Channel, filings_policy
from tests.unit.flows.affair import ACME, ANNA, BERND, BOREAS, DESK, HARBOUR, QUEUE

FIRST, LATER = filing(1, ANNA, HARBOUR), filing(2, BERND, HARBOUR)
DEAR = filings_policy(
    minimum_amount=Choice[Money](
        options=(Option[Money](value=Money(amount=Decimal(900000), currency="EUR")),)
    )
)


def contested(policy: Policy) -> Channel:
    """Two firms file for one customer, a day apart."""
    story = Channel(policy)
    story.add(ACME, BOREAS, ANNA, BERND, DESK, QUEUE)
    story.file(FIRST, START)
    story.file(LATER, after(days=2))
    return story


@pytest.fixture(scope="module")
def found() -> Backtested:
    """The ledger under the shipped policy, the candidate under one whose minimum nobody reaches."""
    compared = Backtested(policy="acme/2", since=START, until=after(days=4))
    tiers: dict[str, str] = {ACME.id: ACME.tier, BOREAS.id: BOREAS.tier}
    for policy, count in ((filings_policy(), compared.ledger), (DEAR, compared.candidate)):
        for each in contested(policy).tell(until=after(days=4)).decisions:
            ruled = history.ruled(each.fact, each.verdict, each.entries)
            count(ruled, lambda firm: tiers.get(firm, ""))
    return compared


@pytest.mark.parametrize(
    ("measure", "ledger", "candidate"),
    [
        ("registrations_approved", 1, 0),
        ("registrations_rejected", 1, 2),
        ("conflicts", 1, 0),
    ],
)
def test_filings_and_conflicts_are_counted_on_both_sides(
    found: Backtested, measure: str, ledger: int, candidate: int
) -> None:
    pair = found.totals[measure]
    assert (int(pair.ledger), int(pair.candidate)) == (ledger, candidate)


def test_what_the_approvals_cost_in_rebates_is_an_amount(found: Backtested) -> None:
    pair = found.totals["rebate_promised_EUR"]
    assert pair.ledger == Decimal(3200)  # 5 % of 64,000 EUR
    assert (pair.candidate, pair.change) == (Decimal(0), Decimal(-3200))


def test_each_firm_has_its_own_figures_under_its_tier(found: Backtested) -> None:
    firms = dict(found.changed_firms())
    acme, boreas = firms[ACME.id, ACME.tier], found.firms[BOREAS.id, BOREAS.tier]
    assert acme["registrations_approved"].change == -1
    assert acme["rebate_promised_EUR"].change == Decimal(-3200)
    assert "rebate_promised_EUR" not in boreas


def test_the_measures_stand_in_the_reports_order(found: Backtested) -> None:
    order = ("registrations_approved", "registrations_rejected", "conflicts", "rebate_promised_EUR")
    assert [name for name in found.measures() if name in order] == list(order)


def test_an_example_that_hangs_on_nothing_earlier_takes_the_place_of_one_that_does(found: Backtested) -> None:
    def example(number: int, *, conditional: bool) -> Example:
        return Example(
            record=f"a01{number}", subject="registration", kind="filed", at=START + timedelta(seconds=number),
            firm=ACME.id, tier=ACME.tier, said="approved", would="rejected", reasons=(), dropped=False,
            conditional=conditional,
        )  # fmt: skip

    for number in range(30):
        found.differs(example(number, conditional=True))
    found.differs(example(31, conditional=False))
    (difference,) = found.differences.values()
    assert (difference.count, difference.conditional) == (31, 30)
    assert any(not each.conditional for each in difference.examples)


def counts(story: Channel, until: timedelta, *, before: timedelta | None = None) -> dict[str, int]:
    """What a back-test counts of a story's filings, from a day on where one is given."""
    found = Backtested(policy="acme/1", since=START, until=START + until)
    for each in story.tell(until=START + until).decisions:
        if before is not None and each.fact.instant < START + before:
            note_before(found.stood, each.entries)
        else:
            found.ledger(history.ruled(each.fact, each.verdict, each.entries), lambda _: "Gold")
    return {name: int(found.totals[name].ledger) for name in found.measures() if not is_money(name)}


def test_a_rejected_filing_that_an_appeal_got_approved_is_one_approval() -> None:
    story = Channel(filings_policy())
    story.add(ACME, BOREAS, ANNA, BERND, DESK, QUEUE)
    story.file(FIRST, START)
    filed = story.file(LATER, after(days=2))
    asked = story.save(
        filed, after(days=3, hours=1), BERND, appeal="We were first", appealed_at=after(days=3, hours=1),
        appealed_by=BERND.id,
    )  # fmt: skip
    assert counts(story, timedelta(days=4)) == {
        "registrations_approved": 1, "registrations_deferred": 1, "appeals_deferred": 1, "conflicts": 1,
    }  # fmt: skip
    story.rule(asked, "Approve", DESK, after(days=5))
    found = counts(story, timedelta(days=6))
    assert found["registrations_approved"] == 2
    assert not {"registrations_rejected", "registrations_deferred"} & set(found)


def test_a_refused_extension_is_no_rejected_registration() -> None:
    story = Channel(filings_policy())
    story.add(ACME, BOREAS, ANNA, BERND, DESK, QUEUE)
    filed = story.file(FIRST, START)
    story.save(
        filed, after(days=3), ANNA, extension_request="More time, please", extension_requested_at=after(days=3),
        extension_requested_by=ANNA.id,
    )  # fmt: skip
    assert counts(story, timedelta(days=4)) == {"registrations_approved": 1, "extensions_rejected": 1}
    assert counts(story, timedelta(days=4), before=timedelta(days=2)) == {"extensions_rejected": 1}
