"""Back-tests of a small channel that was judged for real: law 5, R0.15."""

from datetime import timedelta

import pytest

from connector.flows.backtest import NothingSealed
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead
from tests.support.replay import backtested, claims_in_force, differing, with_quota, with_terms


@pytest.fixture
def busy(process: Process, org: MemoryOrg, people: Cast) -> Process:
    """Both firms claim five leads of the queue; the second works none of them, and they go back in time."""
    leads = [lead(org, number, people.queue) for number in range(12)]
    org.wait(60)
    process.begin()
    for number, ident in enumerate(leads[:10]):
        user = people.users[number % 2]
        org.save("Lead", ident, user, OwnerId=user)
        org.wait(30)
    process.settle_down()
    for ident in leads[:10:2]:
        org.save("Lead", ident, people.users[0], Status="Working")
        org.wait(30)
    process.settle_down()
    org.wait(12 * 86_400)
    process.settle_down()
    return process


def test_the_policy_in_force_would_have_decided_what_it_decided(busy: Process) -> None:
    found = backtested(busy, claims_in_force(busy))
    assert found.decisions > 20
    assert not found.differences
    assert (found.diverged, found.left_out, found.failed) == (0, 0, 0)
    assert found.totals["claims_approved"].ledger == 10
    assert all(not pair.change for pair in found.totals.values())


def test_a_smaller_quota_would_have_turned_claims_down_and_named_rule_record_and_firm(
    busy: Process, people: Cast
) -> None:
    found = backtested(busy, with_quota(busy, 3))
    pair = found.totals["claims_rejected"]
    assert [pair.ledger, pair.candidate] == [0, 4]
    assert found.totals["claims_over_quota"].candidate == 4
    firms = dict(found.changed_firms())
    assert {who: figures["claims_rejected"].candidate for who, figures in firms.items()} == {
        (people.firms[0], "Silver"): 2,
        (people.firms[1], "Silver"): 2,
    }
    [difference] = [each for each in found.differences.values() if each.would == "rejected"]
    assert (difference.subject, difference.said, difference.count) == ("lead", "approved", 4)
    assert {reason.message for each in difference.examples for reason in each.reasons} == {"claim.over_quota"}
    assert not any(example.conditional for example in difference.examples)


def test_more_time_to_work_a_lead_leaves_it_where_it_was_and_our_own_return_of_it_out(busy: Process) -> None:
    found = backtested(busy, with_terms(busy, work_within=timedelta(days=90)))
    assert found.totals["claims_recycled"].ledger == 5
    assert found.totals["claims_recycled"].candidate == 0
    assert found.left_out == 5
    assert found.diverged == 5


def test_what_follows_a_records_first_difference_is_conditional(
    busy: Process, org: MemoryOrg, people: Cast
) -> None:
    """The recycled leads are claimed anew, by the other firm: with more time they would still have been held."""
    with busy.store.reading() as view:
        recycled = sorted({version.id for version in view.mirror.scan("Lead")})[1:10:2]
    for ident in recycled:
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(30)
    busy.settle_down()
    found = backtested(busy, with_terms(busy, work_within=timedelta(days=90)))
    later = [
        example
        for each in found.differences.values()
        for example in each.examples
        if example.kind == "claimed"
    ]
    assert len(later) == 5
    assert all(example.conditional for example in later)


def test_a_backtest_writes_nothing(busy: Process) -> None:
    def kept() -> tuple[object, ...]:
        with busy.store.reading() as view:
            return view.ledger.head(), view.facts.count(), len(view.outbox.list())

    before = kept()
    backtested(busy, with_quota(busy, 1))
    assert kept() == before


def test_before_anything_is_judged_there_is_nothing_to_judge_once_more(process: Process) -> None:
    process.begin()
    with pytest.raises(NothingSealed):
        backtested(process, claims_in_force(process))


def test_a_fact_that_came_late_is_judged_where_the_ledger_judged_it(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """A claim inside a long transaction shows up after later ones were sealed."""
    leads = [lead(org, number, people.queue) for number in range(4)]
    org.wait(60)
    process.begin()
    held = org.hold("Lead", leads[0], OwnerId=people.users[0])
    for ident in leads[1:]:
        org.wait(30)
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    org.wait(2000)
    process.settle_down()
    org.commit(held, people.users[0])
    process.settle_down()
    with process.store.reading() as view:
        lines = list(view.ledger.scan())
    assert [line.fact.record for line in lines if line.fact.late] == [leads[0]]
    assert not differing(backtested(process, claims_in_force(process)))
