from connector.ports.org import Cursor
from connector.ports.store import StreamState
from connector.store import SqlStore
from tests.contract.store.synthetic import lead_id, second


def test_a_stream_never_seen_stands_at_its_beginning(store: SqlStore) -> None:
    with store.reading() as tx:
        assert tx.streams.get("Lead") == StreamState(stream="Lead")
        assert list(tx.streams.all()) == []


def test_a_stream_goes_on_where_it_stood(store: SqlStore) -> None:
    state = StreamState(
        stream="Lead",
        cursor=Cursor(stamp="2026-03-02T12:00:00.000Z", id=lead_id(1)),
        watermark=second(3),
        snapshot_done=True,
        snapshot_locator="MTAwMDA",
        seen_at=second(4),
        note="caught up",
    )
    with store.transaction() as tx:
        tx.streams.put(StreamState(stream="Lead"))
        tx.streams.put(state)
        tx.streams.put(StreamState(stream="Account"))
    with store.reading() as tx:
        assert tx.streams.get("Lead") == state
        assert [one.stream for one in tx.streams.all()] == ["Account", "Lead"]


def test_notes_are_found_by_the_beginning_of_their_name_and_removed(store: SqlStore) -> None:
    with store.transaction() as tx:
        for name in ("a_b|2", "a_b|1", "axb|1", "a_b", "A_B|3"):
            tx.notes.put(name, name)
        tx.notes.remove("a_b|2")
        tx.notes.remove("unknown")
        assert tx.notes.beginning("a_b|") == {"a_b|1": "a_b|1"}


def test_a_note_is_kept_by_its_name(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.notes.get("horizon") is None
        tx.notes.put("horizon", "1")
        tx.notes.put("horizon", "2")
    with store.reading() as tx:
        assert tx.notes.get("horizon") == "2"
