"""A desk (a verb of the command line) opens and reads a database whose daemon is in the middle of a transaction."""

import sqlite3
from pathlib import Path

from connector.canonical.ids import OrgId
from connector.store import open_store, organizations

ORG = OrgId("00D000000000001EAA")


def test_a_desk_does_not_wait_for_a_transaction_that_is_under_way(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/org.db"
    open_store(url, ORG).close()
    daemon = sqlite3.connect(tmp_path / "org.db", isolation_level=None)
    daemon.execute("BEGIN IMMEDIATE")
    try:
        assert organizations(url) == (ORG,)
        desk = open_store(url, ORG)
        with desk.reading() as view:
            assert view.facts.count() == 0
        desk.close()
    finally:
        daemon.execute("ROLLBACK")
        daemon.close()
