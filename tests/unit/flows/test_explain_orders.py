"""Why an order stands as it does, and why its credit went elsewhere, told from a ledger (R4.14)."""

import io

import pytest
from rich.console import Console

from connector.canonical.ids import RecordId
from connector.cli.explain_page import Page
from connector.flows.asked import Asked
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.messages import LANGUAGES
from connector.store import SqlStore
from tests.support.builders import after
from tests.unit.flows.affair import URL, mirrored
from tests.unit.messages.shipped import speaker
from tests.unit.rules.test_orders import CLERK, NORTH, SOUTH, channel, order, pay, payment, slip, step_by_step


@pytest.fixture
def store(store: SqlStore) -> SqlStore:
    """An order from its filing to its effect, as the daemon would have kept it."""
    story, record = channel(), order()
    step_by_step(story, record)
    pay(story)
    with store.transaction() as tx:
        mirrored(tx, "Order", "OrderNumber", [(record.id, "00000123")])
        mirrored(tx, "Account", "Name", [(NORTH.id, NORTH.name)])
        mirrored(tx, "Channel_Payment__c", "Name", [(payment(1, after()).id, "CP-000001")])
        for decision in story.tell(until=after(days=2)).decisions:
            if decision.verdict or decision.entries:
                tx.ledger.append(decision.fact, decision.verdict, decision.entries, decision.fact.instant)
                tx.docket.put(decision.entries)
    return store


def told(store: SqlStore, record: str, language: str = "en") -> Explanation:
    return explain(store, speaker(), record, URL, language)


def test_an_order_tells_its_steps_its_effect_and_who_is_credited(store: SqlStore) -> None:
    found = told(store, order().id)
    assert found.name == "00000123"
    assert [step.kind for step in found.steps] == [
        "filed", "original_seen", "scanned", "first_reviewed", "second_reviewed", "tick", "tick",
    ]  # fmt: skip
    assert (
        found.stands == ("Order: in effect as of March 2, 2026, 16:00:00 UTC+1",)
        or "in effect" in found.stands[0]
    )
    last = found.steps[-1]
    texts = [reason.text for reason in last.reasons]
    assert any("The payment was complete on" in text for text in texts)
    assert any("Your firm is credited" in text for text in texts)
    assert "CP-000001" in {party.name for reason in last.reasons for party in reason.parties}


def test_a_slip_and_a_payment_tell_how_they_stand(store: SqlStore) -> None:
    assert told(store, slip(1, after()).id).stands == ("Payment slip: matched to its payment",)
    assert told(store, payment(1, after()).id).stands == ("Payment received",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_an_order_without_a_code_or_a_gap(store: SqlStore, language: str) -> None:
    console = Console(file=io.StringIO(), width=100, highlight=False)
    Page(console, speaker(), language).show(told(store, order().id, language))
    assert isinstance(console.file, io.StringIO)
    page = console.file.getvalue()
    for code in ("docket.", "happened.", "field.", "word.", "{", "}"):
        assert code not in page, (language, code)


def test_a_partner_reads_its_own_order_and_another_firm_none_of_it(store: SqlStore) -> None:
    partner = explain(store, speaker(), order().id, URL, asked=Asked(view=View.PARTNER))
    assert partner.steps[0].kind == "filed"
    assert "in effect" in partner.stands[0]
    assert {step.who for step in partner.steps} == {""}  # our own people have no names there
    assert any("Order: scanned" in line for step in partner.steps for line in step.docket)
    asked = Asked(view=View.PARTNER, firm=RecordId(SOUTH.id))
    assert explain(store, speaker(), order().id, URL, asked=asked).empty


def test_the_filer_is_named_nowhere_as_a_rival(store: SqlStore) -> None:
    found = told(store, order().id)
    assert all(step.race is None for step in found.steps)
    assert CLERK.id not in {
        party.record for step in found.steps for reason in step.reasons for party in reason.parties
    }
