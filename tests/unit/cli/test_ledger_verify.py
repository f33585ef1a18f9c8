"""R0.10: whether the ledger is whole, and whether a head that was kept elsewhere is still in it."""

import json
import sqlite3
from pathlib import Path

import pytest

from connector.cli.exit import Exit
from connector.store import open_store
from tests.contract.store.synthetic import approved, claim, claimed, second
from tests.unit.cli.conftest import ORG, Run


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A database with three entries."""
    path = tmp_path / "ledger.db"
    store = open_store(f"sqlite:///{path}", ORG)
    with store.transaction() as tx:
        for number in (1, 2, 3):
            tx.ledger.append(claimed(number), approved(number), [claim(number)], second(number))
    store.close()
    return path


def cut(path: Path, *tables: str) -> None:
    """What somebody with the file could do: drop the guards, then the newest entry."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for table in tables:
            connection.execute(f"DELETE FROM {table} WHERE seq = 3")
    connection.close()


def verified(connector: Run, path: Path, *words: str) -> tuple[int, dict[str, object]]:
    done = connector("ledger", "verify", "--json", *words, CONNECTOR_DATABASE=f"sqlite:///{path}")
    return done.exit_code, json.loads(done.stdout)


def test_a_head_that_was_kept_is_found_again(connector: Run, ledger: Path) -> None:
    code, found = verified(connector, ledger)
    head = str(found["head"])
    assert (code, found["whole"]) == (Exit.DONE, True)
    done = connector("ledger", "verify", "--head", head, CONNECTOR_DATABASE=f"sqlite:///{ledger}")
    assert done.exit_code == Exit.DONE
    assert "The head that was kept is that of entry 3." in done.stdout


def test_a_head_that_was_kept_tells_that_the_end_was_cut_off(connector: Run, ledger: Path) -> None:
    _, before = verified(connector, ledger)
    cut(ledger, "ledger", "ledger_evidence")
    assert verified(connector, ledger)[0] == Exit.DONE  # a shorter chain is a chain all the same
    code, found = verified(connector, ledger, "--head", str(before["head"]))
    assert code == Exit.FAULTS
    assert (found["whole"], found["kept_head"], found["entries"]) == (False, None, 2)


def test_an_end_that_the_database_still_names_is_missed_without_a_kept_head(
    connector: Run, ledger: Path
) -> None:
    cut(ledger, "ledger")
    done = connector("ledger", "verify", CONNECTOR_DATABASE=f"sqlite:///{ledger}")
    assert done.exit_code == Exit.FAULTS
    assert "Entry 3 is missing: the ledger ends before it" in done.stdout


def test_what_is_no_head_is_a_mistake(connector: Run, ledger: Path) -> None:
    done = connector("ledger", "verify", "--head", "c2c8a549", CONNECTOR_DATABASE=f"sqlite:///{ledger}")
    assert done.exit_code == Exit.USAGE
    assert "'c2c8a549' is no head of a ledger: expected its 64 characters" in done.stderr
