"""A YAML file as a tree that knows, for every word in it, its line and column."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

from connector.canonical.fault import Fault

_MOST_NODES = 100_000
_SHORT = 40  # a text this long may be shown whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A place in the file. `where` is the dotted path to it, line and column are 1-based."""

    where: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalar(Node):
    """A word, number or text. `plain`: it stood without quotes, so `true`, `4` and `null` mean themselves."""

    text: str
    plain: bool

    @property
    def null(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table(Node):
    """Keys and values in file order; a key that stood twice is kept once (the first) and reported."""

    entries: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.text == key), None)


def shown(node: Node) -> str:
    """What stands at a node, short enough for a message."""
    match node:
        case Scalar():
            return "nothing" if node.null and node.text == "" else f"{node.text!r}"
        case Listing():
            return f"a list of {len(node.items)}"
        case Table():
            return "a table of " + ", ".join(key.text for key, _ in node.entries[:4])
        case _:
            return "nothing"


def _kind(tree: Node) -> str:
    """What a whole file is that is no table; text of another sort, such as a key, is never repeated."""
    long = isinstance(tree, Scalar) and len(tree.text) > _SHORT
    return "a text" if long else shown(tree)


def parse(text: str, file: str) -> tuple[Table | None, tuple[Fault, ...]]:
    """The file's tree, and every fault of its syntax. None when there is no table to read at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # legal YAML: the later anchor holds
            root = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        return None, (_syntax(error, file, text),)
    except YAMLError as error:
        return None, (Fault(file=file, found=str(error).splitlines()[0], fix="correct the YAML"),)
    except RecursionError:
        return None, (Fault(file=file, found="nesting without end", fix="write it flatter"),)
    if root is None:
        return None, (Fault(file=file, found="an empty file", expected="a table of settings"),)
    growth = _Growth(file)
    tree = growth.node(root, "", ())
    if not isinstance(tree, Table):
        growth.faults.append(
            Fault(file=file, line=1, column=1, found=_kind(tree), expected="a table: `key: value` lines")
        )
        return None, tuple(growth.faults)
    return tree, tuple(growth.faults)


def _syntax(error: MarkedYAMLError, file: str, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = str(error.problem or "text that is not YAML").splitlines()[0].split("   in ")[0].strip()
    lines = text.splitlines()
    if 0 < line <= len(lines) and "\t" in lines[line - 1]:
        tab = lines[line - 1].index("\t") + 1
        return Fault(
            file=file, line=line, column=tab, found="a tab", expected="spaces", fix="indent with spaces only"
        )
    after = str(error.context).split("   in ")[0].strip() if error.context else ""
    return Fault(
        file=file,
        line=line,
        column=column,
        found=problem,
        fix=f"correct the YAML{f' ({after})' if after else ''}",
    )


class _Growth:
    """Turns the composed nodes into the tree, once; aliases are followed, never in a circle."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.grown = 0

    def node(self, raw: Any, where: str, above: tuple[int, ...]) -> Node:
        line, column = raw.start_mark.line + 1, raw.start_mark.column + 1
        self.grown += 1
        if id(raw) in above or self.grown > _MOST_NODES:
            if self.grown <= _MOST_NODES + 1:
                self.faults.append(
                    Fault(
                        file=self.file,
                        line=line,
                        column=column,
                        where=where,
                        found="an alias that holds itself, or too many aliases",
                        fix="write the value out",
                    )
                )
            return Scalar(where=where, line=line, column=column, text="", plain=True)
        if raw.id == "scalar":
            return Scalar(where=where, line=line, column=column, text=str(raw.value), plain=raw.style is None)
        inside = (*above, id(raw))
        if raw.id == "sequence":
            items = tuple(self.node(item, f"{where}[{n}]", inside) for n, item in enumerate(raw.value, 1))
            return Listing(where=where, line=line, column=column, items=items)
        entries = tuple(self._entries(raw, where, inside))
        return Table(where=where, line=line, column=column, entries=entries)

    def _entries(self, raw: Any, where: str, inside: tuple[int, ...]) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for key, value in raw.value:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            if key.id != "scalar":
                self.faults.append(
                    Fault(
                        file=self.file, line=line, column=column, where=where, found="a key that is no word"
                    )
                )
                continue
            name = str(key.value)
            if name in seen:
                self.faults.append(
                    Fault(
                        file=self.file,
                        line=line,
                        column=column,
                        where=f"{where}.{name}".lstrip("."),
                        found=f"the key {name!r} a second time",
                        expected="each key once",
                        fix=f"remove it here or in line {seen[name]}",
                    )
                )
                continue
            seen[name] = line
            path = f"{where}.{name}".lstrip(".")
            word = Scalar(where=path, line=line, column=column, text=name, plain=key.style is None)
            yield word, self.node(value, path, inside)
