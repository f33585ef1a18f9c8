"""SOQL text to syntax tree, by the grammar beside this file; syntax errors are worded as the real ones."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from connector.practice.org.results import ApiError
from connector.practice.soql import tree
from connector.practice.soql.faults import malformed, pointed, unexpected

_ESCAPES = {"n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b"}
_ESCAPES |= {"f": "\f", "F": "\f", '"': '"', "'": "'", "\\": "\\"}
_LONGEST = 100_000
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_TORN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?![Zz+\-.\d])")
_SCOPES = frozenset(
    [
        "delegated",
        "everything",
        "mine",
        "mine_and_my_groups",
        "my_team_territory",
        "my_territory",
        "queue_owned",
        "scopingrule",
        "team",
        "user_owned",
    ]
)
_SUBTOTALS = frozenset({"CUBE", "ROLLUP"})
_WITH = frozenset({"SECURITY_ENFORCED", "SYSTEM_MODE", "USER_MODE"})


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


@lru_cache(maxsize=256)
def parse(text: str) -> tree.Query:
    """Return the tree of `text`; raises 400 MALFORMED_QUERY."""
    if not text.strip():
        raise malformed("A query string has to be specified")
    if len(text) > _LONGEST:
        raise malformed("SOQL statements can not be longer than 100000 characters")
    try:
        parsed = _parser().parse(text)
    except UnexpectedInput as fault:
        raise _refusal(text, fault) from None
    try:
        return cast("tree.Query", _Builder(text).transform(parsed))
    except VisitError as fault:
        # The transformer wraps whatever a rule raises; the refusal inside is the answer.
        raise fault.orig_exc from None


def _refusal(text: str, fault: UnexpectedInput) -> ApiError:
    torn = _TORN.search(_QUOTED.sub(lambda found: "x" * len(found[0]), text))
    if torn:
        return _torn_instant(text, torn.end())
    # A name may be spelt as any keyword, so a list that ends in a comma has swallowed its FROM as a field.
    dangling = re.search(r"(?:^\s*select|,)\s*(from)\b", text, re.IGNORECASE)
    if dangling:
        return unexpected(dangling.group(1))
    if isinstance(fault, UnexpectedToken):
        return unexpected("<EOF>" if fault.token.type == "$END" else str(fault.token))
    if isinstance(fault, UnexpectedCharacters):
        at = fault.pos_in_stream or 0
        character = text[at]
        if character == ":":
            return malformed("Bind variables only allowed in Apex code")
        if character == "'":
            return malformed(f"line {fault.line}:{len(text)} mismatched character '<EOF>' expecting '''")
        if character in "{}[]*;%&|+-/":
            return unexpected(character)
        return malformed(
            f"line {fault.line}:{fault.column - 1} no viable alternative at character '{character}'"
        )
    return unexpected("<EOF>")


def _torn_instant(text: str, at: int) -> ApiError:
    """Refuse an instant without a zone, as a `+` that a client left unescaped makes one (recorded)."""
    row = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at) - 1
    character = text[at : at + 1] or "<EOF>"
    message = f"line {row}:{column} no viable alternative at character '{character}'"
    return pointed(text, at - 1, "MALFORMED_QUERY", message)


def unescape(quoted: str) -> str:
    r"""Return the value of a string literal, quotes included in `quoted`.

    `\_` and `\%` keep their backslash, which LIKE reads; an escape SOQL does not know is refused.
    """

    def one(match: re.Match[str]) -> str:
        code, mark = match.groups()
        if code:
            return chr(int(code, 16))
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        if mark in {"_", "%"}:
            return "\\" + mark
        raise malformed(f"Illegal character sequence '\\{mark}' in string literal")

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", one, quoted[1:-1], flags=re.DOTALL)


class _Builder(Transformer[Token, Any]):
    """Builds the frozen tree from lark's; one method per grammar rule."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def start(self, parts: list[Any]) -> Any:
        return parts[0]

    def path(self, parts: list[Token]) -> tree.Path:
        return tree.Path(tuple(str(part) for part in parts), parts[0].start_pos or 0)

    def call(self, parts: list[Any]) -> tree.Call:
        return tree.Call(str(parts[0]), tuple(parts[1:]), parts[0].start_pos or 0)

    def argument(self, parts: list[Any]) -> Any:
        return self.value(parts) if isinstance(parts[0], Token) else parts[0]

    def value(self, parts: list[Token]) -> tree.Literal:
        token = parts[0]
        kind = {"TRUE": "boolean", "FALSE": "boolean"}.get(token.type, token.type.lower())
        text = unescape(token) if kind == "string" else str(token)
        return tree.Literal(kind, text, token.start_pos or 0)

    def values(self, parts: list[tree.Literal]) -> tuple[tree.Literal, ...]:
        return tuple(parts)

    def alias(self, parts: list[Token]) -> tuple[str, str]:
        return ("alias", str(parts[0]))

    def item(self, parts: list[Any]) -> tree.Item:
        return tree.Item(parts[0], parts[1][1] if len(parts) > 1 else None)

    def child_item(self, parts: list[Any]) -> tree.Item:
        return tree.Item(parts[0])

    def path_list(self, parts: list[tree.Path]) -> tuple[tree.Path, ...]:
        return tuple(parts)

    def typeof_when(self, parts: list[Any]) -> tree.TypeOfCase:
        return tree.TypeOfCase(str(parts[0]), parts[1])

    def typeof_else(self, parts: list[Any]) -> tuple[tree.Path, ...]:
        return cast("tuple[tree.Path, ...]", parts[0])

    def typeof(self, parts: list[Any]) -> tree.TypeOf:
        cases = tuple(part for part in parts[1:] if isinstance(part, tree.TypeOfCase))
        rest = [part for part in parts[1:] if not isinstance(part, tree.TypeOfCase)]
        return tree.TypeOf(parts[0], cases, rest[0] if rest else ())

    def select_list(self, parts: list[tree.Item]) -> tuple[tree.Item, ...]:
        return tuple(parts)

    def compare(self, parts: list[Any]) -> tree.Compare:
        operator = str(parts[1]).upper()
        return tree.Compare(parts[0], "!=" if operator == "<>" else operator, parts[2])

    def semi_join(self, parts: list[Any]) -> Any:
        return parts[0]

    def member(self, parts: list[Any]) -> tree.Compare:
        return tree.Compare(parts[0], "IN", parts[1])

    def not_member(self, parts: list[Any]) -> tree.Compare:
        return tree.Compare(parts[0], "NOT IN", parts[1])

    def negation(self, parts: list[Any]) -> tree.Not:
        return tree.Not(parts[0])

    def group_of(self, parts: list[Any]) -> Any:
        return parts[0]

    def all(self, parts: list[Any]) -> tree.Logic:
        return tree.Logic("AND", tuple(parts))

    def any(self, parts: list[Any]) -> tree.Logic:
        return tree.Logic("OR", tuple(parts))

    def scope(self, parts: list[Token]) -> tuple[str, Any]:
        if str(parts[0]).lower() not in _SCOPES:
            raise unexpected(str(parts[0]))
        return ("scope", str(parts[0]))

    def where(self, parts: list[Any]) -> tuple[str, Any]:
        return ("where", parts[0])

    def with_(self, parts: list[Token]) -> tuple[str, Any]:
        if str(parts[0]).upper() not in _WITH:
            raise unexpected(str(parts[0]))
        return ("with", str(parts[0]).upper())

    def group_item(self, parts: list[Any]) -> Any:
        return parts[0]

    def group(self, parts: list[Any]) -> tuple[str, Any]:
        return ("group", tuple(parts))

    def having(self, parts: list[Any]) -> tuple[str, Any]:
        return ("having", parts[0])

    def nulls(self, parts: list[Token]) -> bool:
        return parts[0].type == "LAST"

    def order_item(self, parts: list[Any]) -> tree.Order:
        words = [part.type for part in parts[1:] if isinstance(part, Token)]
        nulls = [part for part in parts[1:] if isinstance(part, bool)]
        return tree.Order(parts[0], "DESC" in words, bool(nulls and nulls[0]))

    def order(self, parts: list[tree.Order]) -> tuple[str, Any]:
        return ("order", tuple(parts))

    def limit(self, parts: list[Token]) -> tuple[str, Any]:
        return ("limit", _whole(parts[0]))

    def offset(self, parts: list[Token]) -> tuple[str, Any]:
        return ("offset", _whole(parts[0]))

    def lock(self, parts: list[Token]) -> tuple[str, Any]:
        word = str(parts[0]).upper()
        if word not in {"VIEW", "REFERENCE", "UPDATE", "TRACKING", "VIEWSTAT"}:
            raise unexpected(str(parts[0]))
        return ("lock", word)

    def all_rows(self, _: list[Any]) -> tuple[str, Any]:
        # A statement of Apex; over the API `queryAll` is the way to deleted rows.
        raise malformed("ALL ROWS not allowed in this context")

    def query(self, parts: list[Any]) -> tree.Query:
        items, name, *clauses = parts
        found: dict[str, Any] = {}
        words: list[str] = []
        for key, value in clauses:
            if key == "with":
                words.append(value)
            else:
                found[key] = value
        group: tuple[tree.Operand, ...] = found.get("group", ())
        subtotals = ""
        if len(group) == 1 and isinstance(group[0], tree.Call) and group[0].name.upper() in _SUBTOTALS:
            subtotals = group[0].name.upper()
            group = tuple(each for each in group[0].arguments if not isinstance(each, tree.Literal))
        return tree.Query(
            items=items,
            object=str(name),
            at=name.start_pos or 0,
            alias=found.get("alias"),
            scope=found.get("scope"),
            where=found.get("where"),
            with_words=tuple(words),
            group=group,
            subtotals=subtotals,
            having=found.get("having"),
            order=found.get("order", ()),
            limit=found.get("limit"),
            offset=found.get("offset"),
            purpose=found.get("lock", ""),
        )


setattr(_Builder, "with", _Builder.with_)  # the rule is named for its keyword, which Python keeps for itself


def _whole(token: Token) -> int:
    if not re.fullmatch(r"\d+", token):
        raise unexpected(str(token))
    return int(token)
