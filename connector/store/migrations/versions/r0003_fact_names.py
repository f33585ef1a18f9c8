"""What names a record is found without passing over all facts.

Revision ID: 0003
Revises: 0002
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_PAGE = 5000
_ID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
_MANY = ("005", "00G")
_READ = sa.text(
    "SELECT org, digest, body FROM fact WHERE org > :org OR (org = :org AND digest > :digest)"
    " ORDER BY org, digest LIMIT :page"
)
_FACT_NAME = sa.table(
    "fact_name", sa.column("org", sa.Integer), sa.column("name", TEXT), sa.column("digest", TEXT)
)


def upgrade() -> None:
    """Make the table of names, and fill it from the facts that are there."""
    op.create_table(
        "fact_name",
        sa.Column("org", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("org", "name", "digest"),
        sqlite_with_rowid=False,
    )
    connection, at = op.get_bind(), {"org": -1, "digest": "", "page": _PAGE}
    while page := connection.execute(_READ, at).all():
        rows = [
            {"org": org, "name": name, "digest": digest}
            for org, digest, body in page
            for name in _names(json.loads(body))
        ]
        connection.execute(sa.insert(_FACT_NAME), rows)
        at |= {"org": page[-1].org, "digest": page[-1].digest}


def _names(fact: dict[str, Any]) -> Iterator[str]:
    beside = " ".join((fact.get("value") or "", *(fact.get("detail") or {}).values()))
    yield from {fact["record"], *(name for name in _ID.findall(beside) if not name.startswith(_MANY))}
