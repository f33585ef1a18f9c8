"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make every table; the ledger refuses to be changed from the first day."""
    op.create_table(
        "org",
        sa.Column("org", sa.Integer, primary_key=True),
        sa.Column("organization", TEXT, nullable=False),
        sa.UniqueConstraint("organization"),
    )
    op.create_table(
        "lease",
        sa.Column("org", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("worker", TEXT, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("until", TEXT, nullable=False),
    )
    op.create_table(
        "shape",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("shape", sa.Integer, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("fields", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "shape"),
    )
    op.create_table(
        "mirror",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("stamp", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=False),
        sa.Column("deleted", sa.Integer, nullable=False),
        sa.Column("master", TEXT),
        sa.Column("shape", sa.Integer, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "object", "id"),
    )
    op.create_index(
        "mirror_deleted",
        "mirror",
        ["org", "object"],
        sqlite_where=sa.text("deleted = 1"),
        postgresql_where=sa.text("deleted = 1"),
    )
    op.create_table(
        "mirror_version",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=False),
        sa.Column("valid_to", TEXT, nullable=False),
        sa.Column("stamp", TEXT, nullable=False),
        sa.Column("deleted", sa.Integer, nullable=False),
        sa.Column("master", TEXT),
        sa.Column("shape", sa.Integer, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "object", "id", "valid_from"),
    )
    op.create_table(
        "mirror_link",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "object", "field", "value", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_field",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("built", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("org", "object", "field"),
    )
    op.create_table(
        "fact",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.Column("instant", TEXT, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("identity", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "digest"),
    )
    op.create_index("fact_order", "fact", ["org", "settled", "instant", "rank"])
    op.create_table(
        "ledger",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("record", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("commitment", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "seq"),
    )
    op.create_index("ledger_record", "ledger", ["org", "record", "seq"])
    op.create_table(
        "ledger_evidence",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("salt", TEXT),
        sa.Column("body", TEXT),
        sa.PrimaryKeyConstraint("org", "seq"),
    )
    op.create_table(
        "docket",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("due", TEXT),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "type", "key"),
    )
    op.create_index("docket_due", "docket", ["org", "type", "open", "due"])
    op.create_table(
        "docket_index",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "type", "value", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("docket_index_key", "docket_index", ["org", "type", "key"])
    op.create_table(
        "outbox",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("record", TEXT),
        sa.Column("key", TEXT),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT),
        sa.Column("contested", sa.Boolean, nullable=False),
        sa.Column("expected", TEXT),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("caused_at", TEXT, nullable=False),
        sa.Column("ledger_seq", sa.BigInteger),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try", TEXT),
        sa.Column("code", TEXT),
        sa.Column("reason", TEXT),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("written_at", TEXT),
        sa.Column("confirmed_at", TEXT),
        sa.Column("previous", TEXT),
        sa.PrimaryKeyConstraint("org", "id"),
    )
    op.create_index("outbox_state", "outbox", ["org", "state", "id"])
    op.create_index("outbox_target", "outbox", ["org", "object", "target", "field"])
    op.create_table(
        "stream",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("cursor_stamp", TEXT),
        sa.Column("cursor_id", TEXT),
        sa.Column("watermark", TEXT),
        sa.Column("snapshot_done", sa.Boolean, nullable=False),
        sa.Column("snapshot_locator", TEXT),
        sa.Column("seen_at", TEXT),
        sa.Column("note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "stream"),
    )
    op.create_table(
        "match_record",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("keys", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("org", "number"),
        sa.UniqueConstraint("org", "id", "kind", name="match_record_id"),
    )
    op.create_table(
        "match_key",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("org", "key", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_no_{act.lower()} BEFORE {act} ON ledger "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER ledger_evidence_no_delete BEFORE DELETE ON ledger_evidence "
        "BEGIN SELECT RAISE(ABORT, 'evidence is erased by setting it to null, never deleted'); END"
    )
    op.execute(
        "CREATE TRIGGER ledger_evidence_erase_only BEFORE UPDATE ON ledger_evidence "
        "WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.org <> OLD.org OR NEW.seq <> OLD.seq "
        "BEGIN SELECT RAISE(ABORT, 'evidence may be erased, never changed'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    op.execute(
        "CREATE FUNCTION ledger_evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'evidence may be erased by setting it to null, never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    )
    op.execute(
        "CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    )
    op.execute(
        "CREATE TRIGGER ledger_evidence_no_delete BEFORE DELETE ON ledger_evidence "
        "FOR EACH ROW EXECUTE FUNCTION ledger_evidence_refuse()"
    )
    op.execute(
        "CREATE TRIGGER ledger_evidence_no_truncate BEFORE TRUNCATE ON ledger_evidence "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_evidence_refuse()"
    )
    op.execute(
        "CREATE TRIGGER ledger_evidence_erase_only BEFORE UPDATE ON ledger_evidence FOR EACH ROW "
        "WHEN (NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.org <> OLD.org OR NEW.seq <> OLD.seq) "
        "EXECUTE FUNCTION ledger_evidence_refuse()"
    )
