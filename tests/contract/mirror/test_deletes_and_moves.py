"""Rows that go, come back, leave the filter, merge or convert: the mirror goes with them."""

from __future__ import annotations

from collections.abc import Callable

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Identity
from connector.flows.matcher import Matcher
from connector.flows.records import RecordReader
from connector.matching import Frequencies, MatchPolicy
from tests.contract.mirror.ground import ADMIN, Org, Twin

Mirror = Callable[..., Twin]


def kinds_of(facts: list[Fact], ident: str) -> set[FactKind]:
    return {fact.kind for fact in facts if fact.record == ident}


def readable(twin: Twin, kind: Kind, ident: str) -> bool:
    """Whether there is a canonical record of this kind now."""
    with twin.store.reading() as view:
        records = RecordReader(view, twin.mapping)
        return records.record(kind, RecordId(ident), twin.gateway.now()) is not None


def test_a_soft_delete_is_a_tombstone_from_the_next_look(org: Org, mirror: Mirror) -> None:
    gone, stays = org.lead(LastName="Weg"), org.lead(LastName="Da")
    twin = mirror()
    twin.snapshot()
    org.delete("Lead", gone)
    twin.poll()
    tombstone, kept = twin.held("Lead", gone), twin.held("Lead", stays)
    assert tombstone is not None
    assert kept is not None
    assert (tombstone.deleted, kept.deleted) == (True, False)
    assert tombstone.values["Company"] == "Rossi e Figli"
    assert FactKind.DELETED in kinds_of(twin.facts(), gone)
    assert twin.differences() == []


def test_a_row_deleted_before_the_snapshot_is_a_tombstone_too(org: Org, mirror: Mirror) -> None:
    gone = org.lead(LastName="Schon weg")
    org.delete("Lead", gone)
    twin = mirror("Lead")
    twin.snapshot()
    tombstone = twin.held("Lead", gone)
    assert tombstone is not None
    assert tombstone.deleted
    assert twin.differences() == []


def test_a_hard_delete_is_found_by_the_watermark(org: Org, mirror: Mirror) -> None:
    """An emptied bin shows only in getDeleted."""
    gone = org.lead(LastName="Endgueltig weg")
    twin = mirror()
    twin.snapshot()
    org.delete("Lead", gone)
    org.act("empty_bin")
    twin.poll()
    unseen = twin.held("Lead", gone)
    assert unseen is not None
    assert not unseen.deleted
    twin.follow()
    tombstone = twin.held("Lead", gone)
    assert tombstone is not None
    assert tombstone.deleted
    assert FactKind.DELETED in kinds_of(twin.facts(), gone)
    assert twin.differences() == []


def test_a_row_made_and_deleted_for_good_between_two_looks_leaves_nothing(org: Org, mirror: Mirror) -> None:
    twin = mirror("Lead")
    twin.snapshot()
    brief = org.lead()
    org.delete("Lead", brief)
    org.act("empty_bin")
    twin.follow()
    assert twin.held("Lead", brief) is None
    assert twin.differences() == []


def test_an_undeleted_row_lives_again_with_its_values(org: Org, mirror: Mirror) -> None:
    back = org.lead(LastName="Wieder da", City="Kiel")
    twin = mirror("Lead")
    twin.snapshot()
    org.delete("Lead", back)
    twin.poll()
    org.pass_time(120)
    org.undelete("Lead", back)
    twin.poll()
    found = twin.held("Lead", back)
    assert found is not None
    assert (found.deleted, found.values["City"]) == (False, "Kiel")
    assert twin.differences() == []


def test_delete_and_undelete_between_two_looks_of_one_watermark_leave_the_row_alive(
    org: Org, mirror: Mirror
) -> None:
    back = org.lead()
    twin = mirror("Lead")
    twin.snapshot()
    org.delete("Lead", back)
    org.pass_time(70)
    org.undelete("Lead", back)
    org.pass_time(70)
    twin.confirm()
    twin.poll()
    found = twin.held("Lead", back)
    assert found is not None
    assert not found.deleted
    assert twin.differences() == []


def test_more_hard_deletes_than_one_query_names_are_all_buried(org: Org, mirror: Mirror) -> None:
    ids = org.crowd("Lead", [{"LastName": f"Masse {n}", "Company": "Masse GmbH"} for n in range(450)])
    twin = mirror("Lead")
    twin.snapshot()
    for number, ident in enumerate(ids):
        if number % 3:
            org.delete("Lead", ident)
    org.act("empty_bin")
    twin.follow()
    assert twin.differences() == []


def test_a_filing_that_leaves_the_filter_is_a_tombstone_in_the_canonical_model(
    org: Org, mirror: Mirror
) -> None:
    """The profile's `where` runs in the mapper: the org's row stays mirrored, the record is gone."""
    firm = org.create("Account", Name="Partnerfirma")
    filing = org.create("Deal_Registration__c", Customer_Name__c="Kunde AG", Partner_Account__c=firm)
    twin = mirror()
    twin.snapshot()
    assert not readable(twin, Kind.REGISTRATION, filing)
    org.save("Deal_Registration__c", filing, Status__c="Submitted")
    twin.poll()
    assert readable(twin, Kind.REGISTRATION, filing)
    org.pass_time(5)
    org.save("Deal_Registration__c", filing, Status__c="Draft")
    twin.poll()
    assert not readable(twin, Kind.REGISTRATION, filing)
    assert FactKind.DELETED in kinds_of(twin.facts(), filing)
    with (
        twin.store.reading() as view
    ):  # its keys stay, for facts older than the change; it is no match any more
        matcher = Matcher(RecordReader(view, twin.mapping), Frequencies.EMPTY)
        now, wanted = twin.gateway.now(), (Kind.REGISTRATION,)
        assert list(matcher.matches(Identity(name="Kunde AG"), wanted, MatchPolicy(), now, None)) == []
    assert twin.differences() == []


def test_a_firm_that_stops_being_a_partner_changes_its_kind(org: Org, mirror: Mirror) -> None:
    firm = org.create("Account", Name="Wechselhaft GmbH")
    org.save("Account", firm, IsPartner=True)
    twin = mirror()
    twin.snapshot()
    assert (readable(twin, Kind.PARTNER, firm), readable(twin, Kind.CUSTOMER, firm)) == (True, False)
    org.pass_time(5)
    org.save("Account", firm, IsPartner=False)
    twin.poll()
    assert (readable(twin, Kind.PARTNER, firm), readable(twin, Kind.CUSTOMER, firm)) == (False, True)
    assert twin.differences() == []


def test_a_merge_names_the_survivor_and_moves_the_children(org: Org, mirror: Mirror) -> None:
    """A merge must not look like a delete, and its re-parented children are followed."""
    master, loser = org.create("Account", Name="Bleibt AG"), org.create("Account", Name="Geht AG")
    child = org.create("Account", Name="Tochter", ParentId=loser)
    deal = org.create(
        "Opportunity", Name="Anlage", AccountId=loser, StageName="Prospecting", CloseDate="2027-05-01"
    )
    trap = org.create("Trap__c", Firm__c=loser)
    twin = mirror()
    twin.snapshot()
    org.merge("Account", master, loser)
    twin.poll()
    tombstone, moved, daughter = (
        twin.held("Account", loser),
        twin.held("Opportunity", deal),
        twin.held("Account", child),
    )
    assert tombstone is not None
    assert moved is not None
    assert daughter is not None
    assert (tombstone.deleted, tombstone.master) == (True, master)
    assert (moved.values["AccountId"], daughter.values["ParentId"]) == (master, master)
    with twin.store.reading() as view:
        assert deal in [row.id for row in view.mirror.where("Opportunity", "AccountId", master)]
        assert list(view.mirror.where("Opportunity", "AccountId", loser)) == []
    held = twin.held("Trap__c", trap)
    assert held is not None
    assert held.values["Firm__c"] == master
    assert twin.differences() == []


def test_a_merge_of_leads_is_a_fact_of_its_own(org: Org, mirror: Mirror) -> None:
    master, loser = org.lead(), org.lead()
    twin = mirror()
    twin.snapshot()
    org.merge("Lead", master, loser)
    twin.poll()
    merged = [fact for fact in twin.facts() if fact.record == loser]
    assert [(fact.kind, fact.value) for fact in merged] == [(FactKind.MERGED, master)]
    assert twin.differences() == []


def test_a_merge_whose_loser_left_the_bin_between_two_looks_buries_it(org: Org, mirror: Mirror) -> None:
    master, loser = org.lead(), org.lead()
    twin = mirror()
    twin.snapshot()
    org.merge("Lead", master, loser)
    org.act("empty_bin")
    twin.follow()
    tombstone = twin.held("Lead", loser)
    assert tombstone is not None
    assert tombstone.deleted
    assert twin.differences() == []


def test_a_merge_found_by_the_watermark_first_still_names_its_survivor(org: Org, mirror: Mirror) -> None:
    master, loser = org.lead(), org.lead()
    twin = mirror("Lead")
    twin.snapshot()
    org.merge("Lead", master, loser)
    org.pass_time(61)
    twin.confirm()
    tombstone = twin.held("Lead", loser)
    assert tombstone is not None
    assert tombstone.master == master


def test_a_conversion_is_followed_to_everything_it_made(org: Org, mirror: Mirror) -> None:
    lead = org.lead(LastName="Wandel", Company="Wandel KG", City="Ulm")
    twin = mirror()
    twin.snapshot()
    made = org.people.convert(ADMIN, lead, "Wandel Anlage")
    twin.poll()
    held = twin.held("Lead", lead)
    assert held is not None
    assert held.values["IsConverted"] == "true"
    assert held.values["ConvertedAccountId"] == made["accountId"]
    assert held.values["ConvertedOpportunityId"] == made["opportunityId"]
    assert twin.held("Opportunity", str(made["opportunityId"])) is not None
    assert twin.held("Account", str(made["accountId"])) is not None
    assert FactKind.CONVERTED in kinds_of(twin.facts(), lead)
    assert twin.differences() == []
