from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from connector.canonical.docket import ConflictEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import OrgId
from connector.canonical.kind import Kind
from connector.ports.store import Ledger
from connector.store import ERASED, START, SqlStore, open_store
from tests.contract.store.synthetic import approved, claim, claimed, lead_id, second, wish


@pytest.fixture
def ledger(store: SqlStore) -> Iterator[Ledger]:
    with store.transaction() as tx:
        yield tx.ledger


def fill(store: SqlStore, lines: int = 3) -> None:
    with store.transaction() as tx:
        for number in range(1, lines + 1):
            tx.ledger.append(claimed(number), approved(number), [claim(number)], second(number))


def tamper(store: SqlStore, sql: str) -> None:
    """What somebody with the database's password could do."""
    with store._engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for trigger in triggers.scalars().all():
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(sql), {"org": store._org})


def test_an_empty_ledger_has_the_start_for_a_head(ledger: Ledger) -> None:
    assert ledger.head() == (0, START)
    assert ledger.verify() is None


def test_a_line_appended_reads_back_whole(ledger: Ledger) -> None:
    line = ledger.append(claimed(1), approved(1), [claim(1)], second(9))
    assert list(ledger.scan()) == [line]
    assert (line.fact, line.verdict, line.entries) == (claimed(1), approved(1), (claim(1),))
    assert (line.seq, line.recorded_at, line.previous) == (1, second(9), START)


def test_each_line_names_the_one_before(ledger: Ledger) -> None:
    lines = [ledger.append(claimed(number), None, [], second(number)) for number in (1, 2, 3)]
    assert [line.previous for line in lines] == [START, lines[0].digest, lines[1].digest]
    assert ledger.head() == (3, lines[2].digest)
    assert list(ledger.scan(after=1)) == lines[1:]


def test_lines_appended_together_chain_as_those_appended_one_by_one(ledger: Ledger) -> None:
    first = ledger.append(claimed(1), None, [], second(1))
    decided = [(claimed(number), approved(number), [claim(number)]) for number in (2, 3)]
    lines = ledger.extend(decided, second(9))
    assert [line.previous for line in lines] == [first.digest, lines[0].digest]
    assert list(ledger.scan()) == [first, *lines]
    assert ledger.extend([], second(9)) == []
    assert ledger.verify() is None


def test_the_lines_of_a_record_are_found(ledger: Ledger) -> None:
    for number in (1, 2, 1):
        ledger.append(claimed(number), None, [], second(0))
    assert [line.seq for line in ledger.of_record(lead_id(1))] == [1, 3]


def test_equal_entries_have_different_commitments(ledger: Ledger) -> None:
    """Law 18: commitments are salted, so nobody finds erased evidence by trying."""
    one, other = (ledger.append(claimed(1), None, [], second(0)) for _ in range(2))
    assert one.digest != other.digest


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger SET record = 'x'",
        "DELETE FROM ledger",
        "DELETE FROM ledger_evidence",
        "UPDATE ledger_evidence SET body = '{}'",
    ],
)
def test_the_database_refuses_to_change_the_ledger(store: SqlStore, sql: str) -> None:
    fill(store)
    with pytest.raises(DatabaseError, match=r"append-only|never"), store._engine.begin() as connection:
        connection.execute(text(sql))
    with store.reading() as tx:
        assert tx.ledger.head()[0] == 3


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE ledger SET body = replace(body, 'approve', 'reject') WHERE org = :org AND seq = 2", 2),
        ("UPDATE ledger SET recorded_at = '2020-01-01T00:00:00.000000' WHERE org = :org AND seq = 3", 3),
        ("UPDATE ledger_evidence SET body = replace(body, 'Jonas', 'Jens') WHERE org = :org AND seq = 2", 2),
        ("UPDATE ledger_evidence SET body = NULL WHERE org = :org AND seq = 1", 1),
        ("DELETE FROM ledger_evidence WHERE org = :org AND seq = 3", 3),
        ("DELETE FROM ledger WHERE org = :org AND seq = 2", 2),
        ("DELETE FROM ledger WHERE org = :org AND seq = 1", 1),
        ("UPDATE ledger SET digest = previous WHERE org = :org AND seq = 1", 1),
        ("UPDATE ledger SET record = '00Q000000000999' WHERE org = :org AND seq = 2", 2),
        ("UPDATE ledger SET recorded_at = 'yesterday' WHERE org = :org AND seq = 2", 2),
        ("UPDATE ledger SET body = 'no JSON' WHERE org = :org AND seq = 2", 2),
    ],
)
def test_verification_names_the_first_broken_line(store: SqlStore, sql: str, broken: int) -> None:
    """Law 18: the ledger can prove it."""
    fill(store)
    with store.reading() as tx:
        assert tx.ledger.verify() is None
    tamper(store, sql)
    with store.reading() as tx:
        assert tx.ledger.verify() == broken


def test_verification_names_the_first_line_that_was_cut_off_the_end(store: SqlStore) -> None:
    """A chain ends well wherever it ends: what else the database knows of its lines tells that some are gone."""
    fill(store)
    tamper(store, "DELETE FROM ledger WHERE org = :org AND seq > 1")
    with store.reading() as tx:
        assert tx.ledger.verify() == 2


def test_a_write_tells_that_the_entry_behind_it_was_cut_off(store: SqlStore) -> None:
    fill(store)
    with store.transaction() as tx:
        tx.outbox.put([wish(1, ledger_seq=3)], second(9))
        assert tx.ledger.verify() is None
    tamper(store, "DELETE FROM ledger WHERE org = :org AND seq = 3")
    tamper(store, "DELETE FROM ledger_evidence WHERE org = :org AND seq = 3")
    with store.reading() as tx:
        assert tx.ledger.verify() == 3


def test_erased_evidence_is_gone_and_the_chain_still_proves_the_rest(store: SqlStore) -> None:
    fill(store)
    with store.transaction() as tx:
        assert tx.ledger.erase([2]) == 1
        assert tx.ledger.erase([2, 99]) == 0
    with store.reading() as tx:
        line = list(tx.ledger.scan())[1]
        assert line.verdict is not None
        assert line.verdict.outcome == approved().outcome
        assert line.verdict.findings[0].params == {}
        assert line.verdict.findings[0].exhibits[0].value == ERASED
        assert tx.ledger.verify() is None
        assert "+45 12 34 56 78" not in str(line)


def test_erasing_reaches_what_a_person_typed(store: SqlStore) -> None:
    conflict = ConflictEntry(
        kind="partner_partner",
        left=lead_id(1),
        right=lead_id(2),
        left_kind=Kind.LEAD,
        right_kind=Kind.LEAD,
        opened_at=second(0),
        evidence="Jonas Sørensen",
        resolution="called Jonas Sørensen",
    )
    edited = claimed(
        1,
        kind=FactKind.EDITED,
        value="Jonas Sørensen",
        prior="Jonas Sørensen",
        detail={"by": "Jonas Sørensen"},
    )
    with store.transaction() as tx:
        tx.ledger.append(edited, None, [conflict, claim(1, reason="Jonas Sørensen")], second(0))
        tx.ledger.erase([1])
        assert "Jonas" not in str(list(tx.ledger.scan()))
    with store._engine.connect() as connection:
        kept = connection.execute(
            text("SELECT body FROM ledger WHERE org = :org"), {"org": store._org}
        ).scalar()
        assert "Jonas" not in str(kept)


def test_the_chain_of_one_org_is_not_that_of_another(store: SqlStore, url: str) -> None:
    stranger = open_store(url, OrgId("00DZZZZZZZZZZZZ"))
    fill(store, 2)
    with stranger.reading() as tx:
        assert list(tx.ledger.scan()) == []
        assert tx.ledger.verify() is None
    stranger.close()
