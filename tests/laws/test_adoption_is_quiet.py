"""Law 16: adopting any org writes nothing for what was ruled; deadlines restart, excess blocks only new claims."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    ConflictEntry,
    DeadlineEntry,
    RegistrationEntry,
)
from connector.canonical.ids import RecordId
from connector.flows.status import status
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead, live, mapped, mirrored, small_channel

relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])

RULED = ("Incomplete", "In Review", "Approved", "Rejected", "Withdrawn", "Lapsed", "Won", "Lost")
leads = st.lists(
    st.tuples(st.sampled_from(["pool", "first", "second"]), st.sampled_from(["New", "Working"])), max_size=30
)
filings = st.lists(st.sampled_from(RULED), max_size=6)


def populated(org: MemoryOrg, held: list[tuple[str, str]], ruled: list[str]) -> Cast:
    people = small_channel(org)
    owners = {"pool": people.queue, "first": people.users[0], "second": people.users[1]}
    for number, (owner, word) in enumerate(held):
        ident = lead(org, number, people.queue)
        org.wait(1)
        org.save("Lead", ident, owners[owner], OwnerId=owners[owner], Status=word)
    for number, word in enumerate(ruled):
        filing = org.create(
            "Deal_Registration__c",
            people.users[number % 2],
            Partner_Account__c=people.firms[number % 2],
            Customer_Name__c=f"Kunde {number}",
            Status__c="Submitted",
            Amount__c="50000",
            CurrencyIsoCode="EUR",
        )
        org.wait(1)
        org.save("Deal_Registration__c", filing, Status__c=word)
    org.wait(3600)
    return people


@relaxed
@given(leads, filings)
def test_nothing_is_written_for_what_was_ruled_before_go_live(
    held: list[tuple[str, str]], ruled: list[str]
) -> None:
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped())
        populated(org, held, ruled)
        process = Process(org, Path(name))
        try:
            process.begin()
            go_live = org.clock
            process.settle_down()
            process.settle_down()
            assert org.wrote == []
            assert process.outbox() == []
            assert mirrored(process) == live(org)
            with process.store.reading() as view:
                claims = list(view.docket.all(ClaimEntry))
                deadlines = [each for each in view.docket.all(DeadlineEntry) if each.name == "work_by"]
                registrations = list(view.docket.all(RegistrationEntry))
            assert len(claims) == sum(owner != "pool" for owner, _ in held)
            assert all(
                claim.adopted and claim.state in (ClaimState.ACTIVE, ClaimState.WORKED) for claim in claims
            )
            assert {each.record for each in deadlines} == {
                c.lead for c in claims if c.state is ClaimState.ACTIVE
            }
            assert all(each.due >= go_live + timedelta(days=10) for each in deadlines)
            assert len(registrations) == len(ruled)
        finally:
            process.stop()


def test_adopted_excess_stays_and_only_blocks_the_next_claim(tmp_path: Path) -> None:
    """R3.7: a Silver firm that held more than its 20 leads at go-live keeps them."""
    org = MemoryOrg(mapped())
    people = populated(org, [("first", "Working")] * 23 + [("pool", "New")], [])
    process = Process(org, tmp_path)
    process.begin()
    org.wait(20)
    free = next(ident for ident, row in org.rows["Lead"].items() if row["OwnerId"] == people.queue)
    org.save("Lead", free, people.users[0], OwnerId=people.users[0])
    process.settle_down()
    assert org.shown("Lead", free)["OwnerId"] == people.queue
    assert org.shown("Lead", free)["Claim_Verdict__c"] == "Returned"
    held = [row for row in org.rows["Lead"].values() if row["OwnerId"] == people.users[0]]
    assert len(held) == 23
    assert all(row["Claim_Verdict__c"] is None for row in held)
    process.stop()


def test_a_filing_that_nobody_has_ruled_is_judged_at_its_own_time(tmp_path: Path) -> None:
    org = MemoryOrg(mapped())
    people = small_channel(org)
    filing = org.create(
        "Deal_Registration__c",
        people.users[0],
        Partner_Account__c=people.firms[0],
        Customer_Name__c="Stadtwerke Auenried",
        Status__c="Submitted",
    )
    org.wait(3600)
    process = Process(org, tmp_path)
    process.begin()
    process.settle_down()
    assert org.shown("Deal_Registration__c", filing)["Status__c"] == "Incomplete"
    process.stop()


def test_a_second_start_adopts_nothing_again(tmp_path: Path) -> None:
    org = MemoryOrg(mapped())
    populated(org, [("first", "Working"), ("second", "New")], ["Approved"])
    process = Process(org, tmp_path)
    process.begin()
    with process.store.reading() as view:
        before = view.ledger.head()
    process.stop()
    process.start()
    process.begin()
    with process.store.reading() as view:
        assert view.ledger.head() == before
    assert status(process.store).ledger == before[0]
    process.stop()


@settings(parent=relaxed, max_examples=40)
@given(st.integers(0, 160))
def test_an_adoption_killed_anywhere_ends_as_one_that_was_not(kill: int) -> None:
    """Law 6: the docket after a broken adoption is the docket of an unbroken one."""
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped())
        populated(org, [("first", "Working"), ("second", "New"), ("first", "New")], ["Approved", "Lapsed"])
        process = Process(org, Path(name))
        process.fuse.left = kill
        process.killed(process.begin)
        org.wait(5)
        process.fuse.left = None
        process.begin()
        org.wait(60)
        process.settle_down()
        with process.store.reading() as view:
            claims = sorted(claim.key for claim in view.docket.all(ClaimEntry))
            adopted = [line.fact.identity for line in view.ledger.scan() if line.fact.kind == "adopted"]
        assert len(claims) == 3
        assert len(adopted) == len(set(adopted))
        assert mirrored(process) == live(org)
        assert org.wrote == []
        process.stop()


def test_two_parties_on_one_customer_at_go_live_are_reported_and_no_conflict_is_opened() -> None:
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped())
        people = small_channel(org)
        filed = [_approved(org, people, number, customer) for number, customer in enumerate(ADOPTED)]
        org.wait(3600)
        process = Process(org, Path(name))
        try:
            process.begin()
            process.settle_down()
            with process.store.reading() as view:
                assert list(view.docket.all(ConflictEntry)) == []
            (pair,) = status(process.store).adopted_pairs
            assert {pair.left, pair.right} == set(filed[:2])
            assert pair.kind == "partner_partner"
            assert pair.certain
            assert set(pair.firms) == set(people.firms[:2])
            process.stop()
            process.start()
            process.begin()
            assert len(status(process.store).adopted_pairs) == 1
            assert org.wrote == []
        finally:
            process.stop()


@pytest.mark.parametrize("credited", [True, False])
def test_a_deal_that_the_same_firm_is_credited_with_is_no_pair_and_direct_sales_own_is(
    credited: bool,  # noqa: FBT001 - a value of the story
) -> None:
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped())
        people = small_channel(org)
        filing = _approved(org, people, 0, ADOPTED[0])
        customer = org.create("Account", Name=ADOPTED[0], BillingCity="Augsburg", IsPartner="false")
        sourced = people.firms[0] if credited else None
        deal = org.create(
            "Opportunity", AccountId=customer, Name="Deal", StageName="Qualification", IsClosed="false",
            Sourcing_Partner__c=sourced,
        )  # fmt: skip
        org.wait(3600)
        process = Process(org, Path(name))
        try:
            process.begin()
            found = [(each.kind, each.left, each.right) for each in status(process.store).adopted_pairs]
            assert found == ([] if credited else [("partner_direct", filing, deal)])
        finally:
            process.stop()


ADOPTED = ("Stadtwerke Auenried GmbH", "Stadtwerke Auenried", "Molkerei Gera GmbH")
"""The first two are one customer, filed by two firms; the third is the first firm's alone."""


def _approved(org: MemoryOrg, people: Cast, number: int, customer: str) -> RecordId:
    filing = org.create(
        "Deal_Registration__c",
        people.users[number % 2],
        Partner_Account__c=people.firms[number % 2],
        Customer_Name__c=customer,
        Customer_City__c="Augsburg",
        Status__c="Submitted",
        Amount__c="50000",
        CurrencyIsoCode="EUR",
    )
    org.wait(1)
    org.save("Deal_Registration__c", filing, Status__c="Approved")
    return filing
