"""A formula text made ready to evaluate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A parsed formula; `fields` holds the record paths it reads, such as `("Owner", "Name")`."""

    text: str
    fields: frozenset[tuple[str, ...]]


def compile_formula(text: str) -> Compiled:
    """Parse `text`; raise FormulaError naming the position when it is not a formula."""
    raise NotImplementedError(text)
