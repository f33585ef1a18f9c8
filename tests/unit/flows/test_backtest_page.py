"""R0.15: the page of a back-test as a person reads it: registrations, rebates, conflicts, firms and examples."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html import escape, unescape
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
assert BENEFITS is not None
assert BENEFITS.rebate_budget is not None
MONEY = {"benefits": BENEFITS.benefits, "rebate_budget": BENEFITS.rebate_budget}


@pytest.fixture
def past(org: MemoryOrg, people: Cast, tmp_path: Path) -> Iterator[Past]:
    """Two firms filed for one customer, and a third filing was too small, under a policy with benefits."""
    process = Process(org, tmp_path, Policies(versions=(policy(**MONEY),)))
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
    """What a budget holds is kept under its policy's name: that name alone is no difference."""
    text = written(past, past.under(policy(**MONEY)))
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


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOOK = """
<script>addEventListener("load", () => {
  const seen = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, root = page.documentElement;
    const box = (each) => each.getBoundingClientRect();
    const told = [...page.querySelectorAll("h1,h2,h3,p,summary,caption,td,tbody th")].filter(
      (each) => each.textContent.trim() && !each.closest("details:not([open]) > :not(summary)"));
    seen[frame.width] = {
      wide: root.scrollWidth, told: told.length,
      outside: told.filter((each) => box(each).right > root.clientWidth + 1 || box(each).left < 0
        || each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display != "inline")
        .map((each) => each.textContent),
      hidden: told.filter((each) => !box(each).width || !box(each).height).map((each) => each.textContent),
      heads: [...page.querySelectorAll(".examples thead th")].filter((each) => box(each).width > 20).length,
      labels: [...page.querySelectorAll(".examples td[data-label]")].map(
        (each) => getComputedStyle(each, "::before").content).filter((said) => said != "none").length,
      keyboard: [...page.querySelectorAll("summary,a[href]")].filter((each) => each.tabIndex >= 0).length,
      fetched: frame.contentWindow.performance.getEntriesByType("resource").length,
    };
  }
  document.body.innerHTML = "<pre id=seen></pre>";
  document.getElementById("seen").textContent = JSON.stringify(seen);
});</script>
"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium here: nothing can lay the page out")
    return found


@pytest.mark.parametrize("language", ["de", "zh_CN"])
def test_the_page_fits_a_desk_and_a_telephone(
    past: Past, browser: str, tmp_path: Path, language: str
) -> None:
    text = written(past, past.under(policy(minimum_amount=at_least(900_000))), language)
    opened = text.replace("<details>", "<details open>", 1)  # one firm unfolded, one folded
    frames = "".join(
        f'<iframe width="{width}" height="900" srcdoc="{escape(opened)}"></iframe>' for width in (1280, 390)
    )
    stage = tmp_path / "stage.html"
    stage.write_text(f'<!doctype html><meta charset="utf-8"><body>{frames}{LOOK}</body>', encoding="utf-8")
    done = subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--virtual-time-budget=5000", "--dump-dom", stage.as_uri()),
        ],
        capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr
    desk, telephone = (json.loads(unescape(found[1]))[width] for width in ("1280", "390"))
    for seen, width in ((desk, 1280), (telephone, 390)):
        assert seen["wide"] <= width
        assert (seen["outside"], seen["hidden"], seen["fetched"]) == ([], [], 0)
        assert seen["told"] > 30
        assert seen["keyboard"] >= 4
    assert (desk["heads"], desk["labels"]) == (10, 0)
    assert telephone["labels"] == 10
