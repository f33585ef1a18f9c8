"""The tables.

Every key begins with `org`, the small number of one org in this database, so that storage can be sharded by
org; no query crosses orgs.

The mirror is one generic table: a record's values are one JSON array of canonical text in the order of a
field list kept once in `shape`. A newly mapped field therefore needs no migration, only a new shape.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from connector.store.instants import TEXT, Instant

METADATA = MetaData()


def _table(name: str, *parts: Column[object] | PrimaryKeyConstraint | Index | UniqueConstraint) -> Table:
    return Table(name, METADATA, *parts)


def _rowless(name: str, *parts: Column[object] | PrimaryKeyConstraint | Index) -> Table:
    """A table of small rows that is its own index on SQLite."""
    return Table(name, METADATA, *parts, sqlite_with_rowid=False)


ORG = _table(
    "org",
    Column("org", Integer, primary_key=True),
    Column("organization", TEXT, nullable=False, unique=True),
)

LEASE = _table(
    "lease",
    Column("org", Integer, primary_key=True, autoincrement=False),
    Column("worker", TEXT, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)

SHAPE = _table(
    "shape",
    Column("org", Integer, nullable=False),
    Column("shape", Integer, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("fields", TEXT, nullable=False),  # JSON array of org field names
    PrimaryKeyConstraint("org", "shape"),
)

MIRROR = _table(
    "mirror",
    Column("org", Integer, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("id", TEXT, nullable=False),
    Column("stamp", TEXT, nullable=False),  # seconds, 19 characters; so are the other instants of the mirror
    Column("valid_from", TEXT, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("master", TEXT),
    Column("shape", Integer, nullable=False),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "object", "id"),
)
Index(  # tombstones are few: counting them costs nothing, and neither does loading
    "mirror_deleted",
    MIRROR.c.org,
    MIRROR.c.object,
    sqlite_where=MIRROR.c.deleted == 1,
    postgresql_where=MIRROR.c.deleted == 1,
)

MIRROR_VERSION = _table(
    "mirror_version",
    Column("org", Integer, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("id", TEXT, nullable=False),
    Column("valid_from", TEXT, nullable=False),
    Column("valid_to", TEXT, nullable=False),
    Column("stamp", TEXT, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("master", TEXT),
    Column("shape", Integer, nullable=False),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "object", "id", "valid_from"),
)

MIRROR_LINK = _rowless(
    "mirror_link",
    Column("org", Integer, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("field", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    Column("id", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "object", "field", "value", "id"),
)

LINK_FIELD = _table(
    "link_field",
    Column("org", Integer, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("field", TEXT, nullable=False),
    Column("built", Boolean, nullable=False),  # false after a load until the links are built, sorted
    PrimaryKeyConstraint("org", "object", "field"),
)

FACT = _table(
    "fact",
    Column("org", Integer, nullable=False),
    Column("digest", TEXT, nullable=False),  # of the identity, which may be longer than an index entry
    Column("settled", Boolean, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("identity", TEXT, nullable=False),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "digest"),
    Index("fact_order", "org", "settled", "instant", "rank"),
)

FACT_NAME = _rowless(
    "fact_name",
    Column("org", Integer, nullable=False),
    Column("name", TEXT, nullable=False),  # a record that the fact names
    Column("digest", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "name", "digest"),
)

LEDGER = _table(
    "ledger",
    Column("org", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("record", TEXT, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("commitment", TEXT, nullable=False),  # sha256 of salt and the whole entry
    Column("body", TEXT, nullable=False),  # the entry without what may be personal
    Column("previous", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "seq"),
    Index("ledger_record", "org", "record", "seq"),
)

LEDGER_EVIDENCE = _table(
    "ledger_evidence",
    Column("org", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("salt", TEXT),  # null, like the body, once erased
    Column("body", TEXT),  # the whole entry
    PrimaryKeyConstraint("org", "seq"),
)

DOCKET = _table(
    "docket",
    Column("org", Integer, nullable=False),
    Column("type", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("due", Instant),
    Column("body", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "type", "key"),
    Index("docket_due", "org", "type", "open", "due"),
)

DOCKET_INDEX = _rowless(
    "docket_index",
    Column("org", Integer, nullable=False),
    Column("type", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "type", "value", "key"),
    Index("docket_index_key", "org", "type", "key"),
)

OUTBOX = _table(
    "outbox",
    Column("org", Integer, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("object", TEXT, nullable=False),
    Column("target", TEXT, nullable=False),  # the record's id, or a creation's key
    Column("record", TEXT),
    Column("key", TEXT),
    Column("field", TEXT, nullable=False),
    Column("value", TEXT),  # JSON text, or the JSON null: any character survives
    Column("contested", Boolean, nullable=False),
    Column("expected", TEXT),  # JSON, like the value
    Column("provisional", Boolean, nullable=False),
    Column("cause", TEXT, nullable=False),
    Column("caused_at", Instant, nullable=False),
    Column("ledger_seq", BigInteger),
    Column("state", TEXT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Instant),
    Column("code", TEXT),
    Column("reason", TEXT),
    Column("created_at", Instant, nullable=False),
    Column("written_at", Instant),
    Column("confirmed_at", Instant),
    Column("previous", TEXT),  # JSON, like the value
    PrimaryKeyConstraint("org", "id"),
    Index("outbox_slot", "org", "object", "target", "state", "field", "id"),
    Index("outbox_state", "org", "state", "id"),
)

STREAM = _table(
    "stream",
    Column("org", Integer, nullable=False),
    Column("stream", TEXT, nullable=False),
    Column("cursor_stamp", TEXT),
    Column("cursor_id", TEXT),
    Column("watermark", Instant),
    Column("snapshot_done", Boolean, nullable=False),
    Column("snapshot_locator", TEXT),
    Column("seen_at", Instant),
    Column("note", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "stream"),
)

MATCH_RECORD = _table(
    "match_record",
    Column("org", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),  # stands for (id, kind) in the postings, to keep them small
    Column("id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("keys", LargeBinary, nullable=False),  # 8 bytes each
    PrimaryKeyConstraint("org", "number"),
    UniqueConstraint("org", "id", "kind", name="match_record_id"),
)

MATCH_KEY = _rowless(
    "match_key",
    Column("org", Integer, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("org", "key", "number"),
)

NOTE = _table(
    "note",
    Column("org", Integer, nullable=False),
    Column("name", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    PrimaryKeyConstraint("org", "name"),
)
