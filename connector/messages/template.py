"""A sentence with places: `{until}` takes a value, `[ … ]` is said only when all its values are known."""

import re
from collections.abc import Mapping
from string import Formatter

MISSING = "–"

_CLAUSE = re.compile(r"\[([^\[\]]*)\]")


def places(text: str) -> tuple[str, ...]:
    """The names of a template's places, each once, in order.

    Raises:
        ValueError: the template is broken: a brace or bracket without its partner, or a place that is more
            than a name (`{until!r}`, `{until:>9}`, `{a.b}`).
    """
    found: dict[str, None] = {}
    bare = _CLAUSE.sub(r"\1", text)
    if "[" in bare or "]" in bare:
        raise ValueError("a square bracket without its partner, or one inside another")
    for _, name, form, conversion in Formatter().parse(bare):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"a place is a plain name in braces, not {{{name}}} with more to it")
        found[name] = None
    return tuple(found)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The sentence. A place without a value reads as a dash; a clause without all its values is left out."""
    known = {name: value for name, value in values.items() if value}

    def clause(match: re.Match[str]) -> str:
        inside = match.group(1)
        return inside if all(name in known for name in places(inside)) else ""

    return _CLAUSE.sub(clause, text).format_map(_Dashed(known))


class _Dashed(dict[str, str]):
    """A value that a finding lacks reads as a dash instead of failing the write."""

    def __missing__(self, key: str) -> str:
        return MISSING
