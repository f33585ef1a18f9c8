"""The schema of an org: standard objects, then an sf project's metadata, then declared files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connector.practice.schema.definition import Schema


def load_schema(project: Path | None = None, declared: Sequence[Path] = ()) -> Schema:
    """Standard objects plus the sf project at `project` (its root) plus YAML files of further objects and fields."""
    raise NotImplementedError
