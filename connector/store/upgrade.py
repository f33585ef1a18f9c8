"""Bringing a database to the schema this version was built for.

Revisions expand; an older version of the connector goes on working on a newer schema, so a revision that we
do not know is left alone.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6368616E6E656C  # one migrating process per PostgreSQL database


class SchemaMissing(RuntimeError):
    """The database has no connector schema: run `connector upgrade`, or open the store with migrate=True."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def revision(connection: Connection) -> str | None:
    """The schema revision of this database; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str:
    """The revision this version was built for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:  # pragma: no cover - the package always has revisions
        raise SchemaMissing("this installation carries no schema revisions: install the connector again")
    return head


def upgrade(connection: Connection) -> None:
    """Run the missing revisions inside the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    current = revision(connection)
    if current is not None and (current == newest() or current not in known):
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def require(connection: Connection) -> None:
    """Raises SchemaMissing unless the schema is ours or newer."""
    current = revision(connection)
    known = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]
    if current is None or (current in known and current != newest()):
        raise SchemaMissing(
            f"the database is at schema revision {current or 'none'}, this version needs {newest()}: "
            "run `connector upgrade`"
        )
