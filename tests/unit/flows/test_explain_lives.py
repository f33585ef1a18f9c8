"""R0.1, R1.1, R4.14: what a merge, a poach and a conflict did is told on every record that it was done to."""

import pytest

from connector.canonical.docket import ConflictEntry
from connector.canonical.records import Conflict, FilingStatus
from connector.flows.asked import Asked
from connector.flows.explain import explain
from connector.flows.explanation import Explanation, Step
from connector.flows.eyes import View
from connector.messages import LANGUAGES, Telling
from connector.store import SqlStore
from tests.support.builders import START, after, customer, deal, filing, ident, lead, seller
from tests.support.channel import Channel, filings_policy, shipped
from tests.unit.flows.affair import (
    ACME,
    ANNA,
    BERND,
    BOREAS,
    DESK,
    FIRST,
    HARBOUR,
    LATE,
    QUEUE,
    URL,
    channel,
    keep,
    late_completion,
    mirrored,
    page,
)
from tests.unit.messages.shipped import speaker

BUYER = customer(1, HARBOUR)
OWN, TAKEN = deal(1, ANNA, BUYER), deal(2, DESK, BUYER)
FILED = filing(3, ANNA, HARBOUR, opportunity=OWN.id)
GONE, STAYS = lead(1, QUEUE), lead(2, QUEUE)
CASE = ident("a00", 1)


def told(store: SqlStore, record: str, language: str = "en", asked: Asked | None = None) -> Explanation:
    return explain(store, speaker(), record, URL, language, asked=asked or Asked())


def step(found: Explanation, kind: str) -> Step:
    (only,) = [each for each in found.steps if each.kind == kind]
    return only


def merged_leads() -> Channel:
    """Anna holds one lead, Bernd the other; Anna's is merged into Bernd's."""
    story = channel()
    story.add(GONE, STAYS)
    story.claim(GONE, ANNA, START)
    story.claim(STAYS, BERND, after(hours=1))
    story.merge(GONE, STAYS, after(hours=2))
    return story


def test_a_merge_is_told_on_the_survivor_too_with_the_holder_who_stays(store: SqlStore) -> None:
    keep(store, merged_leads())
    with store.transaction() as tx:
        mirrored(tx, "Lead", "Name", [(GONE.id, GONE.identity.name)])
    survivor, loser = step(told(store, STAYS.id), "merged"), step(told(store, GONE.id), "merged")
    assert survivor.happened == f"{GONE.identity.name}: Merged into {STAYS.identity.name}"
    assert survivor.docket == (
        f"{GONE.identity.name}: claim: ended with the record, {ANNA.name}",
        f"claim: passed to another holder, {ANNA.name}",
        f"claim: held, {BERND.name}",
    )
    assert loser.docket[0] == "claim: ended with the record"
    assert f"{STAYS.identity.name}: claim: held, {BERND.name}" in loser.docket


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_merge_names_no_rival_to_the_partner_whose_lead_it_was(store: SqlStore, language: str) -> None:
    keep(store, merged_leads())
    for record in (GONE.id, STAYS.id):
        found = told(store, record, language, Asked(view=View.PARTNER, firm=ACME.id))
        said = page(found, language, 200) + str(found)
        assert found.steps
        assert [each for each in (BERND.name, BERND.id, BOREAS.name, BOREAS.id) if each in said] == []


def test_a_lead_converted_without_a_deal_did_not_end_in_one(store: SqlStore) -> None:
    found = speaker().word("docket.claim", "converted", "en")
    assert "opportunity" not in found


def taken_over() -> Channel:
    """Anna's registration protects the customer's deal; our own Dora closes another deal of that customer."""
    story = Channel(shipped("deal_registration"))
    story.add(ACME, ANNA, DESK, BUYER, OWN, TAKEN)
    story.file(FILED, START)
    story.show(FILED, FilingStatus.APPROVED, after(hours=1))
    story.close(TAKEN, DESK, after(days=1))
    return story


def test_a_frozen_credit_tells_whose_close_froze_it_and_by_which_rule(store: SqlStore) -> None:
    """R4.14: the deal that the partner brought says itself why its credit waits."""
    keep(store, taken_over())
    found = told(store, OWN.id)
    assert any("frozen" in line for line in found.stands)
    closed = step(found, "closed")
    assert closed.reasons[0].rule == "poach"
    assert closed.who == DESK.name
    assert any("frozen" in line for line in closed.docket)
    assert "poach" in [reason.rule for each in told(store, FILED.id).steps for reason in each.reasons]


def test_of_a_close_by_another_the_partner_reads_what_became_of_its_credit_and_no_name(
    store: SqlStore,
) -> None:
    keep(store, taken_over())
    found = told(store, OWN.id, asked=Asked(view=View.PARTNER))
    closed = step(found, "closed")
    assert (closed.happened, closed.who, closed.ruled, closed.reasons) == ("another party", "", "", ())
    assert any("frozen" in line for line in closed.docket)
    assert DESK.name not in page(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partner_reads_no_act_of_a_rival_that_says_nothing_of_its_own(
    store: SqlStore, language: str
) -> None:
    """Direct sales' deal and the desk's deadlines are no line of it: not even that somebody acted."""
    keep(store, taken_over())
    found = told(store, FILED.id, language, asked=Asked(view=View.PARTNER))
    masked = speaker().sentence(Telling.PAGE_MASKED, {}, language)
    assert found.steps
    assert [each for each in found.steps if each.happened == masked and not each.docket] == []


def settled(store: SqlStore) -> ConflictEntry:
    """Two filings in conflict; our Dora settles it on the conflict's own record."""
    story = late_completion()
    (open_one,) = story.tell(until=after(days=2, hours=1)).conflicts(LATE)
    made = after(days=2)
    case = Conflict(id=CASE, created_at=made, changed_at=made, stamp=made, key=open_one.key, status="open")
    story.add(case)
    story.save(case, after(days=3), DESK, status="resolved", resolution="told both")
    keep(store, story)
    with store.transaction() as tx:
        mirrored(tx, "Channel_Conflict__c", "External_Key__c", [(CASE, open_one.key)])
    return open_one


def test_a_conflicts_own_record_tells_its_whole_life(store: SqlStore) -> None:
    settled(store)
    found = told(store, CASE)
    assert found.name == "Conflict: partner against partner"
    assert [(each.kind, each.who) for each in found.steps] == [
        ("amended", ANNA.name),
        ("reviewed", DESK.name),
    ]
    assert "conflict with the desk" in found.steps[0].docket[-1]
    assert "conflict resolved" in found.steps[1].docket[-1]


def test_who_ruled_on_a_conflict_is_told_on_both_records(store: SqlStore) -> None:
    settled(store)
    for record in (LATE.id, FIRST.id):
        ruled = told(store, record).steps[-1]
        assert (ruled.kind, ruled.who) == ("reviewed", DESK.name)
        assert ruled.happened.startswith("Conflict: partner against partner: ")


def test_a_persons_ruling_names_the_person_to_the_desk_and_not_to_the_partner(store: SqlStore) -> None:
    story = Channel(filings_policy())
    story.add(ACME, ANNA, DESK)
    story.file(FILED, START)
    story.rule(FILED, "reject", DESK, after(hours=3))
    keep(store, story)
    ruled = step(told(store, FILED.id), "reviewed")
    assert ruled.who == DESK.name
    assert DESK.name in page(told(store, FILED.id), "en", 200)
    assert step(told(store, FILED.id, asked=Asked(view=View.PARTNER)), "reviewed").who == ""


@pytest.mark.parametrize("record", [FIRST.id, BOREAS.id, CASE])
def test_a_partner_is_told_nothing_of_what_is_not_its_own(store: SqlStore, record: str) -> None:
    """Law 17: neither of a rival, nor of a rival's registration, nor of the desk's conflict."""
    settled(store)
    asked = Asked(view=View.PARTNER, firm=ACME.id)
    assert not told(store, record).empty
    assert told(store, record, asked=asked).empty


def test_a_conflict_is_no_partners_even_where_no_firm_is_named(store: SqlStore) -> None:
    settled(store)
    assert told(store, CASE, asked=Asked(view=View.PARTNER)).empty
    assert not told(store, LATE.id, asked=Asked(view=View.PARTNER)).empty
    stranger = seller(7)
    assert stranger.name not in page(told(store, LATE.id))


def test_a_lead_that_was_deleted_and_came_back_is_told_with_its_claim_and_its_credit(store: SqlStore) -> None:
    """R0.1, R0.10, law 10: the page says that it was gone, and since when it is held."""
    story = channel()
    prize = lead(1, ANNA, created_by=ANNA.id)
    story.save(prize, START, ANNA)
    story.delete(prize, after(days=1))
    story.undelete(prize, after(days=2), DESK)
    keep(store, story)
    with store.transaction() as tx:
        mirrored(tx, "Lead", "Name", [(prize.id, prize.identity.name)])
    gone, back = step(told(store, prize.id), "deleted"), step(told(store, prize.id), "restored")
    assert gone.docket == (
        "claim: ended with the record",
        f"sourcing credit of {ACME.name} kept, though the record is gone",
    )
    assert back.happened == "It came back out of the recycle bin"
    assert back.docket == (
        "claim: stands again, as held since March 2, 2026, 10:00:00 UTC+1",
        f"sourcing credit recorded for {ACME.name}",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_came_back_is_told_in_every_language(store: SqlStore, language: str) -> None:
    story = channel()
    prize = lead(1, QUEUE)
    story.add(prize)
    story.claim(prize, ANNA, START)
    story.delete(prize, after(days=1))
    story.undelete(prize, after(days=2), DESK)
    keep(store, story)
    (line,) = step(told(store, prize.id, language), "restored").docket
    assert "2026" in line
    assert "{" not in line
