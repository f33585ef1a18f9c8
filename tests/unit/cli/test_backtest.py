import json
from pathlib import Path

import pytest

from connector.cli.exit import Exit
from connector.flows.drift import remember
from tests.support.org import MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel
from tests.unit.cli.conftest import Run
from tests.unit.mapping.org import MAPPINGS, both, describes_for

SHIPPED = (MAPPINGS / "partner_leads" / "policy.yaml").read_text(encoding="utf-8")


@pytest.fixture
def judged(tmp_path: Path) -> str:
    """A database in which six claims of one firm were judged."""
    org = MemoryOrg(mapped())
    people = small_channel(org)
    leads = [lead(org, number, people.queue) for number in range(6)]
    org.wait(60)
    process = Process(org, tmp_path)
    process.begin()
    for ident in leads:
        org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
        org.wait(30)
    process.settle_down()
    with process.store.transaction() as tx:
        remember(tx, describes_for(both()))
        tx.notes.put("instance_url", "https://acme.my.salesforce.com")
    process.stop()
    return f"sqlite:///{process.path}"


@pytest.fixture
def tighter(tmp_path: Path) -> str:
    """A claims policy whose quota is two leads."""
    path = tmp_path / "next.yaml"
    lines = SHIPPED.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("quota:"))
    end = next(n for n in range(start + 1, len(lines)) if lines[n][:1].strip())
    text = "\n".join([*lines[:start], "quota: [{is: 2}]", *lines[end:]])
    path.write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    return str(path)


def test_a_backtest_says_what_would_have_differed_with_record_rule_and_message(
    connector: Run, judged: str, tighter: str
) -> None:
    done = connector(
        "backtest", "--policy", tighter, "--since", "2026-03-01", "--json", CONNECTOR_DATABASE=judged
    )
    assert done.exit_code == Exit.DONE, done.output
    found = json.loads(done.stdout)
    assert found["totals"]["claims_rejected"] == {"ledger": 0, "candidate": 4, "change": 4}
    [difference] = [each for each in found["differences"] if each["candidate"] == "rejected"]
    assert (difference["ledger"], difference["count"]) == ("approved", 4)
    example = difference["examples"][0]
    assert example["link"] == f"https://acme.my.salesforce.com/{example['record']}"
    assert example["firm_name"] == "Partner 1"
    [reason] = example["reasons"]
    assert reason["message"] == "claim.over_quota"
    assert "2" in reason["text"]


def test_the_page_stands_alone(connector: Run, judged: str, tighter: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = connector(
        *("backtest", "--policy", tighter, "--since", "2026-03-01", "--page", str(page)),
        CONNECTOR_DATABASE=judged,
    )
    assert done.exit_code == Exit.DONE, done.output
    assert "Lead: approved → rejected: 4" in done.output
    text = page.read_text(encoding="utf-8")
    assert "approved → rejected: 4" in text
    assert "https://acme.my.salesforce.com/00Q" in text
    assert not any(mark in text for mark in ("<script", "<link", " src=", "@import"))


def test_a_candidate_with_faults_is_refused_with_its_lines(
    connector: Run, judged: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("policy: x\nversion: one\n", encoding="utf-8")
    done = connector("backtest", "--policy", str(path), "--since", "2026-03-01", CONNECTOR_DATABASE=judged)
    assert done.exit_code == Exit.FAULTS
    assert "bad.yaml:2" in done.output


def test_a_day_after_everything_has_nothing_to_judge(connector: Run, judged: str, tighter: str) -> None:
    done = connector("backtest", "--policy", tighter, "--since", "2027-01-01", CONNECTOR_DATABASE=judged)
    assert done.exit_code == Exit.NOT_FOUND
