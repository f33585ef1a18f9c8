"""Reading the code as text and as trees, for tests about the code itself."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from connector import places
from connector.messages import parse
from connector.rules import fold  # noqa: F401 - registers every rule
from connector.rules.rule import RULES

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "connector"


def modules(*rooms: str) -> Iterator[Path]:
    """Every module of the package, or of these rooms."""
    for room in rooms or (".",):
        place = CODE / room
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), str(module))


def shown(path: Path) -> str:
    """The path as it is named in the repository."""
    return str(path.relative_to(ROOT))


@cache
def names_read(*rooms: str) -> frozenset[str]:
    """Every attribute that the code of these rooms reads: `name`, and `owner.name` with what it is read from."""
    found: set[str] = set()
    for module in modules(*rooms):
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Attribute):
                found |= {node.attr, f"{_last(node.value)}.{node.attr}"}
    return frozenset(found)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def sentences(language: str) -> Mapping[str, str]:
    """A catalogue's sentences by key."""
    text = (places.catalogues() / f"{language}.po").read_text(encoding="utf-8")
    return dict(parse(text, language))


def rule_ids() -> frozenset[str]:
    """Every rule that is registered once `decide` and all that it folds are imported."""
    return frozenset(RULES)
