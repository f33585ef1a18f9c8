"""`@{ref.path}`: how a subrequest takes values from the answers before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"@\{([^}]*)\}")
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class UnresolvedReferenceError(Exception):
    """A reference that names nothing in the answers so far; the message is the real service's."""

    def __init__(self, path: str) -> None:
        name = re.split(r"[.\[]", path)[0]
        super().__init__(f"Invalid reference specified. No value for {path} found in {name}.")


def resolved(value: Any, answers: Mapping[str, Any], *, nulls: bool = True) -> Any:
    """Return `value` with every reference in it replaced.

    Without `nulls`, a reference to a field that is null is as good as none.

    `answers` maps a reference id to the decoded body of its subrequest. A text that is one reference and
    nothing else takes the value's own type; inside a longer text the value is written out. Raises
    `UnresolvedReferenceError`.
    """
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return _look_up(whole.group(1), answers, nulls=nulls)
        return _REFERENCE.sub(lambda found: _text(_look_up(found.group(1), answers, nulls=nulls)), value)
    if isinstance(value, dict):
        return {name: resolved(each, answers, nulls=nulls) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, answers, nulls=nulls) for each in value]
    return value


def names_in(value: Any) -> set[str]:
    """The reference ids that `value` speaks of."""
    return {re.split(r"[.\[]", found)[0] for found in _REFERENCE.findall(json.dumps(value, default=str))}


def _look_up(path: str, answers: Mapping[str, Any], *, nulls: bool) -> Any:
    steps = [name or int(index) for name, index in _STEP.findall(path)]
    found: Any = answers
    for step in steps:
        found = _step(found, step, path)
    if found is None and not nulls:
        raise UnresolvedReferenceError(path)
    return found


def _step(found: Any, step: str | int, path: str) -> Any:
    if isinstance(step, int):
        if isinstance(found, list) and step < len(found):
            return found[step]
    elif isinstance(found, Mapping):
        if step in found:
            return found[step]
        for name, each in found.items():
            # Answers say "id" where records say "Id"; the real service takes either.
            if str(name).lower() == step.lower():
                return each
    raise UnresolvedReferenceError(path)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
