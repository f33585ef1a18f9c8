"""A formula text made ready to evaluate."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError

from connector.practice.formula.errors import FormulaError
from connector.practice.formula.nodes import Binary, Call, Literal, Node, Prefix, Reference, references
from connector.practice.formula.signatures import SIGNATURES

_GRAMMAR = files("connector.practice.formula").joinpath("formula.lark").read_text(encoding="utf-8")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A parsed formula; `fields` holds the record paths it reads, such as `("Owner", "Name")`."""

    text: str
    tree: Node
    fields: frozenset[tuple[str, ...]]


def _unescape(body: str) -> str:
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), body, flags=re.DOTALL)


def _at(token: Token) -> dict[str, int]:
    return {"line": token.line or 1, "column": token.column or 1}


@v_args(inline=True)
class _Build(Transformer[Token, Node]):
    def number(self, token: Token) -> Node:
        return Literal(value=Decimal(token), **_at(token))

    def string(self, token: Token) -> Node:
        return Literal(value=_unescape(token[1:-1]), **_at(token))

    def name(self, token: Token) -> Node:
        if token.lower() in _CONSTANTS:
            return Literal(value=_CONSTANTS[token.lower()], **_at(token))
        return Reference(path=tuple(token.split(".")), **_at(token))

    def prefix(self, operator: Token, operand: Node) -> Node:
        return Prefix(operator=str(operator), operand=operand, **_at(operator))

    def binary(self, left: Node, operator: Token, right: Node) -> Node:
        return Binary(operator=str(operator), left=left, right=right, **_at(operator))

    def call(self, name: Token, *arguments: Node | None) -> Node:
        given = tuple(each for each in arguments if each is not None)
        _check_call(name, given)
        return Call(name=name.upper(), arguments=given, **_at(name))


def _check_call(name: Token, given: tuple[Node, ...]) -> None:
    signature = SIGNATURES.get(name.upper())
    if signature is None:
        near = difflib.get_close_matches(name.upper(), SIGNATURES, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise FormulaError(f"Unknown function {name}. Check spelling.{hint}", **_at(name))
    if not signature.accepts(len(given)):
        raise FormulaError(
            f"Incorrect number of parameters for function '{name.upper()}()'. "
            f"Expected {signature.expected}, received {len(given)}",
            **_at(name),
        )
    if signature.of_field and not (isinstance(given[0], Reference) and not given[0].is_global):
        raise FormulaError(
            f"Incorrect argument type for function '{name.upper()}()'. Expected a field of the record",
            **_at(name),
        )
    if signature.of_field and isinstance(given[0], Reference) and len(given[0].field_path) > 1:
        raise FormulaError(
            f"{given[0].spelled} is a field of a related record and cannot be given to '{name.upper()}()'",
            **_at(name),
        )


_PARSER = Lark(
    _GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=True, propagate_positions=False
)


def _syntax_error(problem: UnexpectedInput, text: str) -> FormulaError:
    line, column = max(problem.line, 1), max(problem.column, 1)
    if isinstance(problem, UnexpectedCharacters):
        return FormulaError(f"Syntax error. Found '{problem.char}'", line=line, column=column)
    if isinstance(problem, UnexpectedEOF) or (
        isinstance(problem, UnexpectedToken) and problem.token.type == "$END"
    ):
        lines = text.split("\n")
        return FormulaError("Syntax error. Extra end of formula", line=len(lines), column=len(lines[-1]) + 1)
    found: Any = getattr(problem, "token", "")
    return FormulaError(f"Syntax error. Extra '{found}'", line=line, column=column)


@lru_cache(maxsize=2048)
def compile_formula(text: str) -> Compiled:
    """Parse `text`; raise FormulaError naming the position when it is not a formula."""
    try:
        tree = _Build().transform(_PARSER.parse(text))
    except VisitError as error:
        if isinstance(error.orig_exc, FormulaError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    except RecursionError:
        raise FormulaError("The formula is nested too deeply") from None
    read = frozenset(each.field_path for each in references(tree) if not each.is_global)
    return Compiled(text=text, tree=tree, fields=read)
