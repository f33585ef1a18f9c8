"""The practice org's engine: rows in SQLite behind one writer, saved in the documented order of execution."""

from __future__ import annotations

from connector.practice.org.acts import Acts
from connector.practice.org.identity import Identity
from connector.practice.org.reads import Reads


class Org(Reads, Acts, Identity):
    """One org. Thread-safe: one writer at a time, every reader thread has its own read-only connection."""
