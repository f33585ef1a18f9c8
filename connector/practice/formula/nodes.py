"""The tree of a formula; every node knows where it stands in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from connector.practice.formula.values import Value


@dataclass(frozen=True, kw_only=True)
class Literal:
    line: int
    column: int
    value: Value


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A record field, a path over relationships, or a global such as `$User.Id`."""

    line: int
    column: int
    path: tuple[str, ...]

    @property
    def spelled(self) -> str:
        return ".".join(self.path)

    @property
    def is_global(self) -> bool:
        return self.path[0].startswith("$") and self.path[0].lower() not in {"$record", "$record__prior"}

    @property
    def of_prior(self) -> bool:
        return self.path[0].lower() == "$record__prior"

    @property
    def field_path(self) -> tuple[str, ...]:
        """The path from the record: `{!$Record.OwnerId}` and `OwnerId` are one field."""
        own = self.path[1:] if self.path[0].startswith("$") else self.path
        return tuple(part.partition(":")[0] for part in own)

    @property
    def qualifier(self) -> str:
        """`User` in `Owner:User.Name`: which of several possible parents is meant."""
        own = self.path[1:] if self.path[0].startswith("$") else self.path
        return own[0].partition(":")[2] if own else ""


@dataclass(frozen=True, kw_only=True)
class Prefix:
    line: int
    column: int
    operator: str
    operand: Node


@dataclass(frozen=True, kw_only=True)
class Binary:
    line: int
    column: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True)
class Call:
    line: int
    column: int
    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Literal | Reference | Prefix | Binary | Call


def references(node: Node) -> frozenset[Reference]:
    """Every reference in the tree."""
    match node:
        case Reference():
            return frozenset({node})
        case Prefix():
            return references(node.operand)
        case Binary():
            return references(node.left) | references(node.right)
        case Call():
            return frozenset().union(*(references(each) for each in node.arguments))
        case _:
            return frozenset()
