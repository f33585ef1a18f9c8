"""The mutants of a module of rules: mutmut's operators applied inside its functions, one place at a time."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

RULES = Path(__file__).parents[2] / "connector" / "rules"
NOT_MUTATED = frozenset({"rule.py"})
"""The register of rules: it works while modules are imported, before a mutant can be put in place."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One place changed. `function` is its qualified name, `first` and `last` are the lines of it, counted from 1.

    `place` are the first and the last line of what is changed.
    """

    module: str
    function: str
    first: int
    last: int
    place: tuple[int, int]
    number: int
    original: libcst.CSTNode
    mutated: libcst.CSTNode
    whole: libcst.Module

    def source(self) -> str:
        """The module with the one change."""
        changed = self.whole.deep_replace(self.original, self.mutated)
        assert isinstance(changed, libcst.Module)
        return changed.code

    def change(self) -> tuple[str, str]:
        """What stood there and what stands there now, each on one line."""
        old, new = self.whole.code.splitlines(), self.source().splitlines()
        before = _alike(old, new)
        behind = _alike(old[before:][::-1], new[before:][::-1])
        gone, come = old[before : len(old) - behind], new[before : len(new) - behind]
        return " ".join(line.strip() for line in gone), " ".join(line.strip() for line in come)

    def code(self) -> CodeType | None:
        """The code of the changed function, or None when the change is not Python."""
        try:
            compiled = compile(self.source(), str(RULES / self.module), "exec", dont_inherit=True)
        except SyntaxError:
            return None
        return next((c for c in _codes(compiled) if _named(c, self.function, self.first)), None)

    def defaults(self) -> tuple[list[ast.expr], list[ast.expr | None]]:
        """The defaults of the changed function's arguments, as written."""
        for node in ast.walk(ast.parse(self.source())):
            if isinstance(node, ast.FunctionDef) and _first_line(node) == self.first:
                return node.args.defaults, node.args.kw_defaults
        return [], []


class _Everywhere(MutationVisitor):
    """mutmut's visitor, which looks into decorated functions too."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.FunctionDef) and node.decorators:
            return False
        return super()._skip_node_and_children(node)


def modules() -> list[str]:
    """Every module of rules, as its path under `connector/rules`."""
    found = (str(path.relative_to(RULES)) for path in RULES.rglob("*.py") if path.name != "__init__.py")
    return sorted(name for name in found if name not in NOT_MUTATED)


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its text."""
    wrapper = MetadataWrapper(libcst.parse_module((RULES / module).read_text(encoding="utf-8")))
    visitor = _Everywhere(
        mutation_operators,
        IgnoredCode(no_mutate_lines=set(), ignore_node_lines=set(), ignore_pattern_lines=set()),
    )
    whole = wrapper.visit(visitor)
    positions = wrapper.resolve(PositionProvider)
    names = dict(_functions(whole, ""))
    made: list[Mutant] = []
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if not isinstance(function, libcst.FunctionDef) or function not in names:
            continue
        changed = mutation.original_node
        head = function.decorators[0] if function.decorators else function
        made.append(
            Mutant(
                module=module,
                function=names[function],
                first=positions[head].start.line,
                last=positions[function].end.line,
                place=(positions[changed].start.line, positions[changed].end.line),
                number=len(made) + 1,
                original=mutation.original_node,
                mutated=mutation.mutated_node,
                whole=whole,
            )
        )
    return made


def _functions(node: libcst.CSTNode, prefix: str) -> Iterator[tuple[libcst.FunctionDef, str]]:
    for child in node.children:
        if isinstance(child, libcst.FunctionDef):
            yield child, prefix + child.name.value
        elif isinstance(child, libcst.ClassDef):
            yield from _functions(child.body, f"{prefix}{child.name.value}.")


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _named(code: CodeType, name: str, first: int) -> bool:
    return code.co_qualname == name and code.co_firstlineno == first


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])
