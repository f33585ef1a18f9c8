"""Describe answers made from the schema, attribute for attribute as the real service shows them."""

from __future__ import annotations

from typing import Any

from connector.practice.schema.definition import Schema


def describe(schema: Schema, name: str, version: str, *, base_url: str = "") -> dict[str, Any]:
    """The full describe of one object for API `version` (such as "60.0")."""
    raise NotImplementedError


def describe_global(schema: Schema, version: str) -> dict[str, Any]:
    """`{"encoding","maxBatchSize","sobjects"}`, one summary per object."""
    raise NotImplementedError
