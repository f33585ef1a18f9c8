"""R4.14: "为他人做嫁,WHY?": why the credit went elsewhere, from the ledger, in plain words with records and times."""

from datetime import timedelta

import pytest

from connector.canonical.records import Customer
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.messages import LANGUAGES
from connector.policy.warehouse import EntryTerms
from connector.store import SqlStore
from tests.support.builders import START, after, customer, deal, firm, lead, pool, seller, who
from tests.support.channel import Channel, shipped
from tests.unit.flows.affair import URL, kept, mirrored
from tests.unit.messages.shipped import speaker

NORTH, SOUTH = firm(1, name="北方代理", territory=("China",)), firm(2, name="南方渠道", territory=("China",))
LI, CHEN = seller(1, NORTH, name="李雷", role="渠道销售"), seller(2, SOUTH, name="小陈", role="渠道销售")
DESK = seller(9, name="订单员")
TRUE = who(
    "美来尔工程技术(北京)有限公司", country="China", city="北京", phone="010-65123456", fax="010-65123457"
)
GARBLED = who("蓝天项目部", country="China", city="北京")
SOLD_TO: Customer = customer(1, GARBLED)
DEAL = deal(1, CHEN, SOLD_TO)
EARLIER, LATER = lead(1, LI, TRUE), lead(2, CHEN, GARBLED)


def sold_under_another_name() -> Channel:
    """李雷 holds 美来尔; 小陈 enters and sells it under another name; the account then shows who it is."""
    policy = shipped("lead_warehouse")
    assert policy.warehouse is not None
    eased = policy.warehouse.model_copy(update={"entry": EntryTerms()})
    story = Channel(policy.model_copy(update={"warehouse": eased}))
    story.add(NORTH, SOUTH, LI, CHEN, DESK, pool(1, "Entry_Desk"), SOLD_TO)
    story.save(EARLIER.model_copy(update={"created_at": START}), START, LI)
    story.work(EARLIER, LI, after(hours=1))
    story.save(LATER.model_copy(update={"created_at": after(days=1)}), after(days=1), CHEN)
    made = story.convert(LATER, DEAL, CHEN, after(days=2))
    story.close(made, CHEN, after(days=2, hours=1))
    story.save(
        SOLD_TO, after(days=3), DESK, identity=TRUE.model_copy(update={"name": "美来尔工程技术有限公司"})
    )
    return story


def explained(store: SqlStore, record: str, language: str = "en") -> Explanation:
    story = sold_under_another_name()
    kept(store, story)
    with store.transaction() as tx:
        mirrored(tx, "Opportunity", "Name", [(DEAL.id, "订单")])
    return explain(store, speaker(), record, URL, language)


def said(found: Explanation) -> str:
    return "\n".join(reason.text for step in found.steps for reason in step.reasons)


def test_the_deal_tells_whose_credit_it_is_now_and_why(store: SqlStore) -> None:
    found = explained(store, DEAL.id)
    assert "The credit went from 南方渠道 to 北方代理" in said(found)
    assert any("北方代理" in line for line in found.stands)
    (ruling,) = [step for step in found.steps if step.kind == "entered"]
    assert ruling.at == after(days=3)
    parties = {party.record for reason in ruling.reasons for party in reason.parties}
    assert {EARLIER.id, LATER.id, DEAL.id} <= parties
    assert ruling.race is not None
    assert [(runner.record, runner.at) for runner in ruling.race.runners] == [
        (EARLIER.id, START),
        (LATER.id, after(days=1)),
    ]


def test_the_step_names_the_record_whose_change_decided(store: SqlStore) -> None:
    found = explained(store, LATER.id)
    (ruling,) = [step for step in found.steps if step.at == after(days=3)]
    assert (
        ruling.happened.startswith(f"{SOLD_TO.id}: ")
        or "蓝天" in ruling.happened
        or "美来尔" in ruling.happened
    )
    assert ruling.at - START == timedelta(days=3)


def test_the_earlier_holder_finds_the_ruling_on_the_own_lead_too(store: SqlStore) -> None:
    assert "The credit went from 南方渠道 to 北方代理" in said(explained(store, EARLIER.id))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_both_firms_in_every_language(store: SqlStore, language: str) -> None:
    told = said(explained(store, DEAL.id, language))
    assert "南方渠道" in told
    assert "北方代理" in told


def test_in_chinese_it_reads_as_the_source_asks(store: SqlStore) -> None:
    told = said(explained(store, DEAL.id, "zh_CN"))
    assert "业绩归属由 南方渠道 转给 北方代理" in told
