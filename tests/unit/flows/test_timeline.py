"""R3.3, R4.14: one timeline of a deal or customer: acts, rulings, conflicts, activities and what was written back."""

from datetime import datetime

import pytest

from connector.canonical.ids import RecordId
from connector.canonical.time import instant_text
from connector.cli.explain import document
from connector.flows.asked import Asked
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.messages import LANGUAGES
from connector.ports.org import Batch
from connector.ports.store import AttemptState, Wish
from connector.store import SqlStore
from tests.support.builders import START, after, customer, deal, ident, lead
from tests.support.channel import Channel
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
DEAL = deal(1, ANNA, BUYER)


def told(store: SqlStore, record: str, language: str = "en", **asked: object) -> Explanation:
    return explain(store, speaker(), record, URL, language, asked=Asked(**asked))  # type: ignore[arg-type]


def logged(store: SqlStore, about: RecordId, made: datetime, subject: str, who: str) -> None:
    fields = ("Id", "SystemModstamp", "Subject", "WhatId", "OwnerId", "CreatedDate")
    row = (ident("00T", 1), instant_text(made), subject, about, who, instant_text(made))
    with store.transaction() as tx:
        tx.mirror.declare_links("Task", ["WhatId", "WhoId"])
        tx.mirror.apply(Batch(object="Task", fields=fields, columns=tuple([value] for value in row)))


def wrote(store: SqlStore, record: RecordId, field: str, moment: datetime, value: str = "x") -> None:
    wish = Wish(
        object="Deal_Registration__c", record=record, key=None, field=field, value=value, contested=False,
        expected=None, provisional=False, cause="a fact", caused_at=moment, ledger_seq=1,
    )  # fmt: skip
    with store.transaction() as tx:
        tx.outbox.put([wish], moment)
        (item,) = tx.outbox.take(moment, 10)
        tx.outbox.settle([item.id], AttemptState.WRITTEN, now=moment)


def a_leads_life() -> Channel:
    """Anna claims a lead, works it and converts it; the deal changes hands, and is won."""
    story, prize = channel(), lead(1, QUEUE)
    story.add(prize, BUYER)
    story.claim(prize, ANNA, START)
    story.work(prize, ANNA, after(days=1))
    made = story.convert(prize, DEAL, ANNA, after(days=2))
    story.close(made, ANNA, after(days=3))
    return story


def test_a_deal_tells_its_leads_life_too_in_the_order_of_time(store: SqlStore) -> None:
    keep(store, a_leads_life())
    with store.transaction() as tx:
        mirrored(tx, "Opportunity", "Name", [(DEAL.id, "Harbour")])
    logged(store, DEAL.id, after(days=2, hours=1), "Demo", ANNA.id)
    found = told(store, DEAL.id)
    kinds = [each.kind for each in found.timeline]
    assert [kind for kind in kinds if kind in {"claimed", "worked", "converted", "activity", "closed"}] == [
        "claimed",
        "worked",
        "converted",
        "activity",
        "closed",
    ]
    moments = [each.at for each in found.timeline]
    assert moments == sorted(moments)
    claimed = found.timeline[kinds.index("claimed")]
    assert (claimed.record, claimed.who, claimed.at) == (ident("00Q", 1), "Anna Aal", START)
    assert claimed.link == f"{URL}/{ident('00Q', 1)}"
    assert claimed.number is not None
    activity = found.timeline[kinds.index("activity")]
    assert (activity.name, activity.who, activity.link) == ("Demo", "Anna Aal", f"{URL}/{ident('00T', 1)}")
    assert "Demo" in page(found)


def test_the_lead_tells_the_deal_that_it_became(store: SqlStore) -> None:
    keep(store, a_leads_life())
    kinds = {each.kind for each in told(store, ident("00Q", 1)).timeline}
    assert {"claimed", "converted", "closed"} <= kinds


def test_conflicts_rulings_and_writes_stand_where_they_happened(store: SqlStore) -> None:
    keep(store, late_completion())
    wrote(store, LATE.id, "Status__c", after(days=2, seconds=4))
    found = told(store, LATE.id)
    assert [(each.kind, each.ruled) for each in found.timeline][-2:] == [
        ("amended", "rejected"),
        ("written", ""),
    ]
    ruled, written = found.timeline[-2:]
    assert any("conflict" in line for line in ruled.docket)
    assert "Status__c" in written.text
    assert written.who == "the connector"
    assert all(each.record == LATE.id for each in found.timeline)  # a rival's story is its own


def test_a_lead_that_we_gave_back_was_given_back_by_nobody_else(store: SqlStore) -> None:
    """R4.14: the holder lost it by our write, and the timeline says so and not that the holder gave it up."""
    story, prize = channel(), lead(1, QUEUE)
    story.add(prize)
    story.claim(prize, ANNA, START)
    story.release(prize, QUEUE, ANNA, after(hours=1))
    with store.transaction() as tx:
        tx.facts.add(story.facts)  # our own write coming back decides nothing: no line of the ledger
    kinds = [each.kind for each in told(store, prize.id).timeline]
    assert kinds == ["claimed", "released"]
    wrote(store, prize.id, "OwnerId", after(hours=1, seconds=3), value=QUEUE.id)
    assert [each.kind for each in told(store, prize.id).timeline] == ["claimed", "written"]


def test_a_persons_ruling_names_the_person(store: SqlStore) -> None:
    story = channel()
    story.file(LATE, START)
    story.rule(LATE, "reject", DESK, after(days=1))
    keep(store, story)
    (ruling,) = [each for each in told(store, LATE.id).timeline if each.kind == "reviewed"]
    assert ruling.who == "Dora Desk"
    assert ruling.ruled == "rejected"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partners_timeline_holds_its_own_acts_and_nobody_elses(store: SqlStore, language: str) -> None:
    """Law 17: no rival, no desk, no activity of ours."""
    keep(store, late_completion())
    logged(store, LATE.id, after(days=1), "Talked to Boreas", DESK.id)
    wrote(store, LATE.id, "Status__c", after(days=2, seconds=4))
    found = told(store, LATE.id, language, view=View.PARTNER)
    assert [each.kind for each in found.timeline] == ["filed", "amended", "amended"]
    plain = str(document(found)["timeline"])
    assert [name for name in (BOREAS.name, BOREAS.id, BERND.name, FIRST.id, "Dora") if name in plain] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_told_in_the_programmes_zone_and_the_readers_language(
    store: SqlStore, language: str
) -> None:
    keep(store, late_completion())
    filed = told(store, LATE.id, language).timeline[0]
    assert filed.when == speaker().instant(filed.at, language)
    assert "10:00:00" in filed.when  # 09:00 UTC in Berlin


def test_a_partner_firm_has_acts_and_no_timeline(store: SqlStore) -> None:
    keep(store, late_completion())
    found = told(store, ACME.id)
    assert found.timeline == ()
    assert found.firm is not None


def test_a_merged_lead_is_part_of_the_survivors_life(store: SqlStore) -> None:
    story, lost, survivor = channel(), lead(1, QUEUE), lead(2, QUEUE)
    story.add(lost, survivor)
    story.claim(lost, ANNA, START)
    story.merge(lost, survivor, after(days=1))
    keep(store, story)
    found = told(store, survivor.id)
    assert {(each.kind, each.record) for each in found.timeline} >= {
        ("claimed", lost.id),
        ("merged", lost.id),
    }
