import threading

import pytest

from connector.canonical.ids import OrgId
from connector.ports.org import Cursor
from connector.ports.store import AttemptState, LeaseLost, Store, StreamState, Transaction
from connector.store import BadStoreUrl, SqlStore, open_store
from tests.contract.store.stores import Open
from tests.contract.store.synthetic import NOON, batch, claimed, lead_id, row, second, wish


def move(tx: Transaction) -> None:
    """A page of a stream: mirror, facts and cursor together."""
    tx.mirror.load(batch(row(1, 0)))
    tx.facts.add([claimed(1)])
    tx.streams.put(StreamState(stream="Lead", cursor=Cursor("2026-03-02T12:00:00.000Z", lead_id(1))))
    tx.matches.load([(lead_id(1), "lead", [1])])


def fail(tx: Transaction) -> None:
    move(tx)
    _ = 1 / 0


def moved(store: SqlStore) -> tuple[int, int, bool, int]:
    with store.reading() as tx:
        cursor = tx.streams.get("Lead").cursor
        return (
            len(tx.mirror.get("Lead", [lead_id(1)])),
            tx.facts.count(),
            cursor is not None,
            tx.matches.size(),
        )


def test_it_is_a_store(store: SqlStore) -> None:
    as_port: Store = store
    with as_port.transaction() as tx:
        whole: Transaction = tx
        move(whole)
    assert moved(store) == (1, 1, True, 1)


def test_nothing_moves_when_the_transaction_fails(store: SqlStore) -> None:
    """Law 11: mirror and cursor move in one transaction."""
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        fail(tx)
    assert moved(store) == (0, 0, False, 0)
    with store.transaction() as tx:
        move(tx)
    assert moved(store) == (1, 1, True, 1)


def test_a_reader_sees_one_moment_while_a_writer_goes_on(store: SqlStore) -> None:
    with store.reading() as before:
        assert before.facts.count() == 0
        with store.transaction() as tx:
            move(tx)
        assert before.facts.count() == 0
        assert before.mirror.get("Lead", [lead_id(1)]) == {}
    with store.reading() as after:
        assert after.facts.count() == 1


def test_a_reader_cannot_write(store: SqlStore) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"), store.reading() as tx:
        tx.notes.put("a", "b")
    with store.transaction() as tx:
        tx.notes.put("a", "b")


def test_writers_take_turns(store: SqlStore) -> None:
    def count() -> None:
        for _ in range(20):
            with store.transaction() as tx:
                tx.notes.put("n", str(int(tx.notes.get("n") or 0) + 1))

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        assert tx.notes.get("n") == "60"


def test_a_transaction_inside_another_is_refused(store: SqlStore) -> None:
    with store.transaction(), pytest.raises(RuntimeError, match="already"), store.transaction():
        pass


def test_what_is_committed_is_there_when_the_store_is_opened_again(store: SqlStore, another: Open) -> None:
    with store.transaction() as tx:
        move(tx)
    store.close()
    assert moved(another()) == (1, 1, True, 1)


# ── the lease (law 19)


def test_a_lease_is_held_by_one_worker(store: SqlStore, another: Open) -> None:
    other = another()
    assert store.take_lease("a", NOON, 60) == 1
    assert other.take_lease("b", second(59), 60) is None
    assert other.take_lease("b", second(60), 60) == 2


def test_renewing_keeps_the_epoch(store: SqlStore, another: Open) -> None:
    store.take_lease("a", NOON, 60)
    assert store.take_lease("a", second(50), 60) == 1
    assert another().take_lease("b", second(70), 60) is None


def test_a_lease_let_go_is_free_at_once(store: SqlStore, another: Open) -> None:
    store.take_lease("a", NOON, 60)
    store.release_lease("b")
    other = another()
    assert other.take_lease("b", second(1), 60) is None
    store.release_lease("a")
    assert other.take_lease("b", second(1), 60) == 2


def test_a_worker_that_lost_its_lease_writes_nothing(store: SqlStore, another: Open) -> None:
    store.take_lease("a", NOON, 60)
    other = another()
    other.take_lease("b", second(99), 60)
    with pytest.raises(LeaseLost, match="epoch 1 is over, worker 'b'"), store.transaction() as tx:
        move(tx)
    assert moved(store) == (0, 0, False, 0)
    with other.transaction() as tx:
        move(tx)


def test_a_lease_lost_in_the_middle_of_a_transaction_undoes_it(
    store: SqlStore, another: Open, url: str
) -> None:
    if url.startswith("sqlite"):
        pytest.skip("SQLite has one writer: nobody can take the lease while a transaction is open")
    store.take_lease("a", NOON, 60)
    other = another()

    def lose(tx: Transaction) -> None:
        move(tx)
        assert other.take_lease("b", second(99), 60) == 2

    with pytest.raises(LeaseLost), store.transaction() as tx:
        lose(tx)
    assert moved(store) == (0, 0, False, 0)


def test_a_restarted_worker_shuts_its_former_self_out(store: SqlStore, another: Open) -> None:
    store.take_lease("a", NOON, 60)
    again = another()
    assert again.take_lease("a", second(1), 60) == 2
    with pytest.raises(LeaseLost), store.transaction() as tx:
        move(tx)


def test_what_an_earlier_epoch_was_sending_is_unknown(store: SqlStore, another: Open) -> None:
    """Law 11: after an unknown outcome, read first."""
    store.take_lease("a", NOON, 60)
    with store.transaction() as tx:
        tx.outbox.put([wish(1)], NOON)
        tx.outbox.take(NOON, 10)
    assert store.take_lease("a", second(1), 60) == 1
    with store.reading() as tx:
        assert tx.outbox.list()[0].state is AttemptState.RUNNING
    another().take_lease("b", second(99), 60)
    with store.reading() as tx:
        assert tx.outbox.list()[0].state is AttemptState.UNKNOWN


def test_a_desk_without_a_lease_may_write_beside_the_worker(store: SqlStore, another: Open) -> None:
    store.take_lease("a", NOON, 60)
    with another().transaction() as tx:
        tx.notes.put("paused", "yes")
    with store.transaction() as tx:
        assert tx.notes.get("paused") == "yes"


@pytest.mark.parametrize("bad", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///x.db?synchronous=MAYBE"])
def test_a_bad_address_is_refused_in_one_sentence(bad: str) -> None:
    with pytest.raises(BadStoreUrl, match=r"sqlite:///path|name a file|use one of"):
        open_store(bad, OrgId("00D000000000001"))
