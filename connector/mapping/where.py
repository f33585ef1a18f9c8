"""`where:` conditions: field, comparison, literal, joined by and, or, not; run in the mapper, on the mirror.

They mean what SOQL means: text is compared without case, `!=` holds for an empty field, `<` never does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

Text = str | None
Values = Mapping[str, Text]
Test = Callable[[Values], bool]

_GRAMMAR = r"""
?start: or_
?or_: and_ ("or"i and_)*
?and_: term ("and"i term)*
?term: "not"i term -> not_
     | "(" or_ ")"
     | FIELD OP literal -> compare
     | FIELD "in"i "(" literal ("," literal)* ")" -> one_of
     | FIELD "not"i "in"i "(" literal ("," literal)* ")" -> none_of
?literal: STRING -> text
     | DATETIME -> moment
     | DATE -> day
     | NUMBER -> number
     | "true"i -> yes
     | "false"i -> no
     | "null"i -> nothing
OP: "!=" | "<>" | "<=" | ">=" | "=" | "<" | ">"
FIELD: /(?!(?:and|or|not|in|true|false|null)\b)[A-Za-z][A-Za-z0-9_.]*/i
STRING: /'(?:\\.|[^'\\])*'/
DATETIME.3: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/
DATE.2: /\d{4}-\d{2}-\d{2}/
NUMBER: /-?\d+(?:\.\d+)?/
%import common.WS
%ignore WS
"""


class LiteralKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    TRUTH = "true or false"
    DAY = "date"
    MOMENT = "date and time"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Literal:
    kind: LiteralKind
    text: str


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; `at` is its offset in the source."""

    field: str
    op: str
    literal: Literal
    at: int


@dataclass(frozen=True, slots=True)
class Join:
    """`all` or `any` of the parts; `none` negates its only part."""

    how: str
    parts: tuple["Compare | Join", ...]


class WhereFault(ValueError):
    """A condition that cannot be read. `at` is the offset."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at


@dataclass(frozen=True)
class Where:
    """A parsed condition, equal by its source."""

    source: str
    root: Compare | Join

    def comparisons(self) -> tuple[Compare, ...]:
        return tuple(_comparisons(self.root))

    def test(self, names: Mapping[str, str]) -> Test:
        """A closure over a record's values; `names` gives the org's spelling of each field."""
        return _test(self.root, names)


@v_args(inline=True)
class _Tree(Transformer[Token, "Compare | Join"]):
    def compare(self, field: Token, op: Token, literal: Literal) -> Compare:
        return Compare(str(field), "!=" if op == "<>" else str(op), literal, int(field.start_pos or 0))

    def one_of(self, field: Token, *literals: Literal) -> Join:
        return Join("any", tuple(self.compare(field, Token("OP", "="), each) for each in literals))

    def none_of(self, field: Token, *literals: Literal) -> Join:
        return Join("all", tuple(self.compare(field, Token("OP", "!="), each) for each in literals))

    def or_(self, *parts: Compare | Join) -> Join:
        return Join("any", parts)

    def and_(self, *parts: Compare | Join) -> Join:
        return Join("all", parts)

    def not_(self, part: Compare | Join) -> Join:
        return Join("none", (part,))

    def text(self, token: Token) -> Literal:
        return Literal(LiteralKind.TEXT, str(token)[1:-1].replace("\\'", "'").replace("\\\\", "\\"))

    def number(self, token: Token) -> Literal:
        return Literal(LiteralKind.NUMBER, str(token))

    def day(self, token: Token) -> Literal:
        return Literal(LiteralKind.DAY, str(token))

    def moment(self, token: Token) -> Literal:
        return Literal(LiteralKind.MOMENT, f"{str(token)[:19]}.000Z")

    def yes(self) -> Literal:
        return Literal(LiteralKind.TRUTH, "true")

    def no(self) -> Literal:
        return Literal(LiteralKind.TRUTH, "false")

    def nothing(self) -> Literal:
        return Literal(LiteralKind.NULL, "")


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True)


def parse_where(source: str) -> Where:
    """Read a condition. Raises WhereFault with the offset at which it cannot go on."""
    try:
        root = _Tree().transform(_grammar().parse(source))
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(source) if ended else error.pos_in_stream
        raise WhereFault(
            at if isinstance(at, int) and at >= 0 else len(source),
            "write it as Field = 'value' and Other != null",
        ) from error
    except VisitError as error:
        raise WhereFault(0, str(error.orig_exc)) from error
    where = Where(source, root)
    for each in where.comparisons():
        if each.literal.kind in (LiteralKind.TRUTH, LiteralKind.NULL) and each.op not in ("=", "!="):
            raise WhereFault(each.at, f"{each.literal.text or 'null'} can be compared by = and != only")
    return where


def _comparisons(part: Compare | Join) -> Iterator[Compare]:
    if isinstance(part, Compare):
        yield part
        return
    for inner in part.parts:
        yield from _comparisons(inner)


def _test(part: Compare | Join, names: Mapping[str, str]) -> Test:
    if isinstance(part, Compare):
        return _comparison(names.get(part.field, part.field), part.op, part.literal)
    tests: Sequence[Test] = [_test(inner, names) for inner in part.parts]
    if part.how == "none":
        only = tests[0]
        return lambda values: not only(values)
    if part.how == "any":
        return lambda values: any(test(values) for test in tests)
    return lambda values: all(test(values) for test in tests)


def _comparison(field: str, op: str, literal: Literal) -> Test:
    match literal.kind:
        case LiteralKind.NULL:
            return (lambda v: v.get(field) is None) if op == "=" else (lambda v: v.get(field) is not None)
        case LiteralKind.TRUTH:
            wanted = literal.text == "true"
            same = op == "="
            return lambda v: ((v.get(field) == "true") == wanted) == same
        case LiteralKind.NUMBER:
            return _ordered(field, op, Decimal(literal.text), _number)
        case LiteralKind.TEXT:
            return _ordered(field, op, literal.text.casefold(), str.casefold)
        case _:
            return _ordered(field, op, literal.text, str)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _ordered(field: str, op: str, wanted: object, read: Callable[[str], object]) -> Test:
    compare = _OPS[op]

    def test(values: Values) -> bool:
        text = values.get(field)
        found = None if text is None else read(text)
        return op == "!=" if found is None else compare(found, wanted)

    return test


_OPS: Mapping[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both sides were read by the same reader
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}
