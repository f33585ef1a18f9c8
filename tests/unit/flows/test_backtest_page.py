"""R0.15: the page of a back-test as a person reads it: registrations, rebates, conflicts, firms and examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.cli.backtest import document
from connector.cli.backtest_page import page
from connector.cli.backtest_words import Words
from connector.cli.told import Told
from connector.flows.backtest_report import Backtested
from connector.flows.teller import Teller
from connector.messages import LANGUAGES
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


def written(past: Past, found: Backtested, language: str = "en") -> str:
    voice = speaker()
    with past.process.store.reading() as view:
        teller = Teller(view, voice, url="https://acme.my.salesforce.com", language=language)
        return page(document(found, Told(teller, voice, language)), Words(voice, language))


def rows(text: str) -> list[list[str]]:
    """The cells of every row, as a person reads them."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.split(r"</t[dh]>", row)][:-1] for row in found
    ]


def test_the_page_tells_registrations_rebates_and_conflicts_on_both_sides(past: Past) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))))
    assert ["Registrations approved", "1", "0", "-1"] in rows(text)
    assert ["Registrations rejected", "1", "2", "+1"] in rows(text)
    assert ["Conflicts opened", "1", "0", "-1"] in rows(text)
    assert ["Rebate, promised (EUR)", "€2,500.00", "€0.00", "-€2,500.00"] in rows(text)
    assert "Registration: approved → rejected: 1" in text
    assert "Registration: rejected all the same, with another conflict, benefit or credit: 1" in text


def test_the_page_names_firms_acts_and_reasons_instead_of_ids_and_codes(past: Past) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))))
    examples = {row[1]: row for row in rows(text) if len(row) == 5 and row[2] == "Filed"}
    assert set(examples) == {"Partner 1 (Silver)", "Partner 2 (Silver)"}
    example = examples["Partner 1 (Silver)"]
    assert re.fullmatch(r"March \d+, 2026, \d\d:\d\d:\d\d UTC\+1", example[3])
    assert "900" in example[4]
    seen = re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))
    assert not re.search(r"\{\w+\}|\b001\w{15}\b|None", seen)


def test_a_page_without_a_difference_says_so(past: Past) -> None:
    assert BENEFITS is not None
    text = written(past, past.under(policy(benefits=BENEFITS.benefits)))
    assert "every decision would have come out the same" in text
    assert "No firm would have fared otherwise" in text


def cells(text: str) -> list[str]:
    """Every text of the page that a reader sees, markup by markup."""
    seen = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    labels = re.findall(r'data-label="([^"]+)"', seen)
    return [*filter(None, (part.strip() for part in re.split(r"<[^>]+>", seen))), *labels]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_nothing_but_names_is_told_in_english_on_another_page(past: Past, language: str) -> None:
    """R0.15: headings, columns, acts, reasons, dates and amounts, in each language."""
    found = past.under(policy(minimum_amount=at_least(900_000)))
    english, told = cells(written(past, found)), cells(written(past, found, language))
    assert len(told) == len(english) > 60
    names = {
        "Partner 1 (Silver)",
        "Partner 2 (Silver)",
        "Hafenwerke Bremen GmbH",
        "minimum_amount",
        "conflict",
    }
    shared = {*english} & {*told}
    assert {each for each in shared if not re.fullmatch(r"[-+]?€?[\d,.]+", each)} <= names


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("da", "-2.500,00 €", "2. marts 2026"),
        ("de", "-2.500,00 €", "2. März 2026"),
        ("de_CH", "EUR-2’500.00", "2. März 2026"),
        ("es", "-2.500,00 €", "2 de marzo de 2026"),
        ("zh_CN", "-€2,500.00", "2026年3月2日"),
    ],
)
def test_amounts_and_days_are_written_as_the_reader_writes_them(
    past: Past, language: str, amount: str, day: str
) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))), language)
    assert amount.replace(" ", "\N{NO-BREAK SPACE}") in text
    assert day in text


def test_the_page_names_its_language_and_a_name_cannot_break_out_of_it(past: Past) -> None:
    past.org.save("Account", past.people.firms[0], past.people.users[0], Name='<img src=x onerror="a()">')
    past.process.settle_down()
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))), "zh_CN")
    assert '<html lang="zh-Hans-CN">' in text
    assert "&lt;img src=x onerror=&quot;a()&quot;&gt;" in text
    assert "<img" not in text
