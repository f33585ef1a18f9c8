"""Reading the code as text and as trees, for tests about the code itself."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from connector import places
from connector.messages import parse

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
    """Every name under which a finding is filed: the first argument of `finding(…)`, wherever it comes from."""
    found: set[str] = set()
    everywhere = {name: value for module in modules("rules") for name, value in _constants(module).items()}
    for module in modules("rules"):
        constants = {**everywhere, **_constants(module)}
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "finding":
                found |= _texts(node.args[0], constants)
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and "Effect" in ast.dump(node.elts[1]):
                found |= _texts(node.elts[0], constants)
            elif isinstance(node, ast.Assign) and [ast.unparse(name) for name in node.targets] == ["rule"]:
                found |= _texts(node.value, constants)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("_flagged", "flagged"):
                found |= _texts(node.args[1], constants)
    return frozenset(found)


def _constants(module: Path) -> Mapping[str, object]:
    """Names that a module gives to one value, such as `RULE`."""
    return {
        target.id: node.value.value
        for node in tree(module).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _texts(node: ast.expr, constants: Mapping[str, object]) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body, constants) | _texts(node.orelse, constants)
    value = constants.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return {value} if isinstance(value, str) else set()
