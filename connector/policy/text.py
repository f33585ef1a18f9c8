"""A policy file as its admin wrote it: where a key stands, and what stands there."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property

from connector.canonical.document import Listing, Node, Scalar, Table, parse

_LONGEST = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One key of a policy file, in force when something was decided.

    Attributes:
        key: the dotted key, with the row in brackets where rows were tried: `minimum_amount[2]`.
        file: the file as the admin would type it.
        line: where it stands, from 1; 0 where the file does not say it, so that a default held.
        text: what stands there, shortened; "" where nothing does.
        changed: the file has been changed since under the same version.
    """

    key: str
    file: str = ""
    line: int = 0
    text: str = ""
    changed: bool = False


@dataclass(frozen=True)
class PolicyText:
    """The text of one version of a policy."""

    file: str
    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.text.encode()).hexdigest())

    @cached_property
    def _tree(self) -> Table | None:
        return parse(self.text, self.file)[0]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys at its top, in file order."""
        return tuple(name.text for name, _ in self._tree.entries) if self._tree else ()

    def node(self, key: str) -> Node | None:
        """What stands under a dotted key of tables; None where nothing does."""
        found: Node | None = self._tree
        for name in key.split("."):
            found = found.get(name) if isinstance(found, Table) else None
        return found

    def setting(self, key: str, said: Mapping[str, str], *, changed: bool = False) -> Setting:
        """The key as it stands here. `said` are a finding's words: they tell which of several rows was taken."""
        words = frozenset(map(plain, said.values()))
        found = _found(self._tree, 1, key, words) if self._tree else None
        if found is None:
            return Setting(key=key, file=self.file, changed=changed)
        return Setting(
            key=found.key, file=self.file, line=found.line, text=_shown(found.value), changed=changed
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A key, the line on which it begins, and what stands there."""

    key: str
    line: int
    value: Node


def _found(node: Node, line: int, key: str, said: frozenset[str]) -> _Found | None:
    """What stands under a dotted key; a key may hold a dot itself, as a stage does (`stages.9.5`)."""
    if not key:
        return _taken(node, line, said)
    if isinstance(node, Listing):
        return _in_rows(node, line, key, said)
    for name, inner in node.entries if isinstance(node, Table) else ():
        if key == name.text or key.startswith(f"{name.text}."):
            found = _found(inner, name.line, key[len(name.text) + 1 :], said)
            if found is not None:
                return found
    return None


def _in_rows(rows: Listing, line: int, key: str, said: frozenset[str]) -> _Found | None:
    """A key of the row that was taken; of all of them, where nothing tells which."""
    there = [(row, found) for row in rows.items if (found := _found(_value(row), row.line, key, frozenset()))]
    if len(there) == 1:
        return there[0][1]
    taken = [found for row, found in there if said & set(_words(row))]
    if len(taken) == 1:
        return taken[0]
    return _Found(rows.where, line, rows) if there else None


def _taken(node: Node, line: int, said: frozenset[str]) -> _Found:
    """The row whose value or name a finding tells, else all of them."""
    if isinstance(node, Table) and all(isinstance(inner, Table) for _, inner in node.entries):
        named = [(name, inner) for name, inner in node.entries if said & {plain(name.text), *_words(inner)}]
        if len(named) == 1:
            name, inner = named[0]
            return _Found(inner.where, name.line, inner)
    if isinstance(node, Listing) and all(isinstance(row, Table) for row in node.items):
        rows = [row for row in node.items if said & set(_words(row))]
        if len(rows) == 1 or len(node.items) == 1:
            row = (rows or node.items)[0]
            return _Found(row.where, row.line, _value(row))
    return _Found(node.where, line, node)


def _value(row: Node) -> Node:
    """What a row gives: its `is`, else itself."""
    inner = row.get("is") if isinstance(row, Table) else None
    return inner or row


def _words(node: Node) -> Iterator[str]:
    """Everything that a row gives, but not under which condition."""
    if isinstance(node, Scalar):
        yield plain(node.text)
    for name, inner in node.entries if isinstance(node, Table) else ():
        if name.text != "when":
            yield from _words(inner)
    for inner in node.items if isinstance(node, Listing) else ():
        yield from _words(inner)


def plain(text: str) -> str:
    """One text for one value: `30.0%` is `30%`, `20000.00 EUR` is `20000 EUR`."""
    figure, gap, unit = text.strip().casefold().partition(" ")
    percent = "%" if figure.endswith("%") else ""
    try:
        number = Decimal(figure.removesuffix("%")).normalize()
    except InvalidOperation:
        return text.strip().casefold()
    return f"{number:f}{percent}{gap}{unit}"


def _shown(node: Node) -> str:
    """What stands there in one line, without the conditions of its rows."""
    said = _said(node)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _said(node: Node) -> str:
    match node:
        case Scalar():
            return node.text
        case Listing():
            return ", ".join(_said(_value(row)) for row in node.items)
        case Table():
            return ", ".join(
                f"{name.text}: {_said(inner)}" for name, inner in node.entries if name.text != "when"
            )
    return ""
