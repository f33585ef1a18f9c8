"""R0.15: the page of a back-test as a person reads it: registrations, rebates, conflicts, firms and examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli.backtest import document
from connector.cli.backtest_page import page
from connector.cli.told import Told
from connector.flows.backtest_report import Backtested
from connector.flows.teller import Teller
from connector.policy.model import Policies
from tests.support.channel import shipped
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process
from tests.unit.flows.test_backtest_notices import Past, at_least, policy
from tests.unit.messages.shipped import speaker

BENEFITS = shipped("deal_registration").registrations


@pytest.fixture
def past(org: MemoryOrg, people: Cast, tmp_path: Path) -> Iterator[Past]:
    """Two firms filed for one customer, and a third filing was too small, under a policy with benefits."""
    assert BENEFITS is not None
    process = Process(org, tmp_path, Policies(versions=(policy(benefits=BENEFITS.benefits),)))
    org.wait(60)
    process.begin()
    past = Past(org, people, process)
    past.file(0, "Hafenwerke Bremen GmbH")
    past.wait(3)
    past.file(1, "Hafenwerke Bremen GmbH")
    past.wait(1)
    yield past
    process.stop()


def written(past: Past, found: Backtested) -> str:
    voice = speaker()
    with past.process.store.reading() as view:
        teller = Teller(view, voice, url="https://acme.my.salesforce.com", language="en")
        return page(document(found, Told(teller, voice, "en")))


def rows(text: str) -> list[list[str]]:
    """The cells of every row, as a person reads them."""
    found = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.split(r"</t[dh]>", row)][:-1] for row in found
    ]


def test_the_page_tells_registrations_rebates_and_conflicts_on_both_sides(past: Past) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))))
    assert ["registrations approved", "1", "0", "-1"] in rows(text)
    assert ["registrations rejected", "1", "2", "+1"] in rows(text)
    assert ["conflicts", "1", "0", "-1"] in rows(text)
    assert ["rebate promised EUR", "2500.00", "0", "-2500.00"] in rows(text)
    assert "registration: approved → rejected: 1" in text
    assert "registration: rejected all the same, with another conflict, benefit or credit: 1" in text


def test_the_page_names_firms_acts_and_reasons_instead_of_ids_and_codes(past: Past) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))))
    examples = {row[1]: row for row in rows(text) if len(row) == 5 and row[2] == "filed"}
    assert set(examples) == {"Partner 1, Silver", "Partner 2, Silver"}
    example = examples["Partner 1, Silver"]
    assert example[3].endswith("UTC")
    assert "900" in example[4]
    seen = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert not re.search(r"\{\w+\}|\b001\w{15}\b|None", seen)


def test_a_page_without_a_difference_says_so(past: Past) -> None:
    assert BENEFITS is not None
    text = written(past, past.under(policy(benefits=BENEFITS.benefits)))
    assert "every decision would have come out the same" in text
    assert "No firm would have fared otherwise" in text
