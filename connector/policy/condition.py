"""A `when:` of a policy file: CEL, compiled once, judged by the circumstances of one act."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import cel

from connector.canonical.document import Node, Scalar
from connector.canonical.fault import nearest
from connector.canonical.money import Money, Rates
from connector.canonical.own import OwnFields
from connector.canonical.shape import Reading, Schema
from connector.matching import Identity, fingerprint
from connector.policy import first_names, own_names, samples, words
from connector.policy.calendar import office_days
from connector.policy.circumstances import ELSEWHERE, FUNCTIONS, as_cel, shared_product
from connector.policy.exact import Misplaced, rewrite, scaled
from connector.policy.model import ConditionFailed, OfficeHours

_BOUND = re.compile(r"\.(?:exists|exists_one|all|map|filter)\(\s*([A-Za-z_]\w*)\s*,")
_AT = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")
_STRINGS = re.compile(r"""\"(?:\\.|[^"\\])*\"|'(?:\\.|[^'\\])*'""")
_IN_A_FUNCTION = re.compile(
    r"Function '\w+' error: .*?call failed: \w+: (.*?)(?:\. Check function arguments.*)?$"
)
_NOT_COMPARABLE = "No such overload"
_PRODUCT_PARTS = ("name", "line")
LISTS, LISTED = "lists", "listed"
BUSINESS_DAYS, DAYS_UNTIL = "business_days", "days_until"
CONDITION = "a condition in CEL"
_MACROS = frozenset({"has", "exists", "exists_one", "all", "map", "filter"})
_MONEY_CODES = ("eur", "usd", "gbp", "dkk", "cny", "chf", "sek", "nok", "pln", "jpy")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What conditions of one policy file share: rates, product lines, lists, office hours, the mapping's fields."""

    rates: Rates = field(default_factory=Rates)
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: OwnFields = field(default_factory=dict)
    office: OfficeHours = field(default_factory=OfficeHours)

    @property
    def money_functions(self) -> tuple[str, ...]:
        """`money`, and a function for each known currency, in small letters."""
        dated = {code.lower() for table in self.rates.dated.values() for code in table}
        return ("money", *sorted({*_MONEY_CODES, self.rates.base.lower(), *dated}))


@dataclass(frozen=True)
class CelCondition:
    """One compiled condition. Equal by its source."""

    source: str
    program: Any = field(compare=False, repr=False)
    needs: tuple[str, ...] = field(compare=False, repr=False)
    functions: tuple[str, ...] = field(compare=False, repr=False)
    terms: Terms = field(compare=False, repr=False)
    own: tuple[own_names.OwnName, ...] = field(default=(), compare=False, repr=False)
    first: tuple[first_names.FirstName, ...] = field(default=(), compare=False, repr=False)

    def holds(self, circumstances: Mapping[str, object]) -> bool:
        """Whether the condition holds. Raises ConditionFailed where that cannot be said."""
        try:
            answer = self.program.execute(
                cel.Context(self._values(circumstances), self._calls(circumstances))
            )
        except ConditionFailed:
            raise
        except Exception as error:  # the evaluator raises whatever a value made it raise; all mean doubt
            raise ConditionFailed(f"{self.source}: {self._why(error, circumstances)}") from error
        if not isinstance(answer, bool):
            raise ConditionFailed(f"{self.source}: answers {answer!r}, neither true nor false")
        return answer

    def _why(self, error: Exception, circumstances: Mapping[str, object]) -> str:
        """What kept the condition from being answered: an empty field that was compared, by its name."""
        said = _first_line(error)
        blank = own_names.empty(self.own, circumstances) if said.startswith(_NOT_COMPARABLE) else ()
        return f"nobody gave {', '.join(blank)}" if blank else said

    def _values(self, circumstances: Mapping[str, object]) -> dict[str, object]:
        values: dict[str, object] = {}
        for name in self.needs:
            if name in circumstances and name != first_names.VARIABLE:
                values[name] = as_cel(circumstances[name])
            elif name == "product" and isinstance(products := circumstances.get("products"), list | tuple):
                values[name] = shared_product(products, self.terms.lines)
            elif name == first_names.VARIABLE:
                values[name] = first_names.values(self.first, circumstances, self.source)
            elif name == own_names.VARIABLE:
                values[name] = own_names.values(self.own, circumstances, self.source)
            elif name == LISTS:
                values[name] = {each: list(held) for each, held in self.terms.lists.items()}
            else:
                raise ConditionFailed(f"{self.source}: {name} is not known for this act")
        return values

    def _calls(self, circumstances: Mapping[str, object]) -> dict[str, Callable[..., object]]:
        day = circumstances.get("on")
        calls: dict[str, Callable[..., object]] = {
            LISTED: listed,
            BUSINESS_DAYS: lambda days: office_days(_day(day), _whole(days), self.terms.office),
            DAYS_UNTIL: lambda text: (_date(text) - _day(day)).days,
        }
        return calls | {name: self._amount_in(name, day) for name in self.functions}

    def _amount_in(self, name: str, day: object) -> Callable[[object], int]:
        currency = self.terms.rates.base if name == "money" else name.upper()

        def amount_in(value: object) -> int:
            money = _money(value)
            if money.currency == currency:
                return scaled(money.amount)
            converted = self.terms.rates.convert(money, currency, _day(day))
            if converted is None:
                raise ValueError(f"no rate from {money.currency} to {currency} on {day}")
            return scaled(converted.amount)

        return amount_in


def listed(text: object, held: object) -> bool:
    """Whether a text is on a list, whatever its case, accents or legal form. Raises TypeError for other values."""
    if not isinstance(text, str) or not isinstance(held, list | tuple):
        raise TypeError(f"{LISTED}() takes a text and a list")
    return bool(text.strip()) and _core(text) in {_core(str(each)) for each in held}


def _core(text: str) -> str:
    said = fingerprint(Identity(name=text))
    return said.latin.joined if said.latin else said.full


def _money(value: object) -> Money:
    if isinstance(value, Mapping):
        try:
            return Money(amount=Decimal(str(value["amount"])), currency=str(value["currency"]))
        except (KeyError, InvalidOperation) as error:
            raise ValueError("no amount of money") from error
    if isinstance(value, str):
        return words.money(value)
    raise ValueError("the amount is empty" if value is None else f"{value!r} is no amount of money")


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    raise ValueError("the day of the act is not known")


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError(f"{BUSINESS_DAYS}() takes a whole number of days")
    return int(value)


def _date(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError(f"{DAYS_UNTIL}() takes a date")
    return date.fromisoformat(value)


def _first_line(error: Exception) -> str:
    """What went wrong; of a function's own fault, its words without the evaluator's around them."""
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    said = _IN_A_FUNCTION.search(line)
    return said[1] if said else line


@dataclass(frozen=True)
class ConditionShape:
    """A `when:` text; faults name the column inside the condition and the names that exist."""

    names: Mapping[str, str]
    terms: Terms = field(default_factory=Terms)

    def read(self, node: Node, reading: Reading) -> CelCondition | None:
        if not isinstance(node, Scalar) or node.null:
            reading.fault(node, expected="a condition such as 'tier == \"Gold\"'")
            return None
        words_only = _STRINGS.sub(lambda text: " " * len(text[0]), node.text)
        own = own_names.read(node, words_only, self.names, self.terms.own, reading)
        bound = set(_BOUND.findall(words_only))
        if first_names.VARIABLE in bound:
            first: tuple[first_names.FirstName, ...] | None = ()
        else:
            first = first_names.read(node, words_only, self.names, self.terms.own, reading)
        readable = own is not None and first is not None
        program = self._compiled(node, words_only, reading) if readable else None
        if program is None or own is None or first is None:
            return None
        named = self._names_exist(node, words_only, program, reading)
        parts = (("product", _PRODUCT_PARTS), (LISTS, tuple(self.terms.lists)))
        if not all([named, *(_parts_exist(name, known, node, words_only, reading) for name, known in parts)]):
            return None
        made = CelCondition(
            source=node.text,
            program=program,
            needs=tuple(name for name in program.variables() if name not in bound),
            functions=tuple(name for name in program.functions() if name in self.terms.money_functions),
            terms=self.terms,
            own=own,
            first=first,
        )
        return made if self._answerable(made, bound, node, words_only, reading) else None

    def _answerable(
        self, made: CelCondition, bound: Collection[str], node: Scalar, words_only: str, reading: Reading
    ) -> bool:
        """Whether some act could answer it; where none could, the faults say what its names hold."""
        own = {f"{each.kind}.own.{each.name}": each.sort for each in made.own}
        first = {each.name: each.sort for each in made.first if each.sort is not None}
        of_first = {f"{first_names.VARIABLE}.own.{name}": sort for name, sort in first.items()}
        sorts = samples.sorts(self.names, bound) | own | of_first
        wrong = list(samples.mismatches(node.text, words_only, sorts))
        for each in wrong:
            place, found = _inside(node, each.at), f"{each.name} compared with {each.beside}"
            reading.fault(place, found=found, fix=f"{each.name} holds {each.holds}")
        if wrong:
            return False
        for act in samples.acts(own, first):
            try:
                made.holds(act)
            except ConditionFailed as failure:
                if samples.never(str(failure)):
                    reading.fault(
                        _inside(node, 0),
                        found=f"{node.text!r}, which no act can answer",
                        expected="a comparison, true or false",
                        fix=samples.said(str(failure), words_only, sorts),
                    )
                    return False
        return True

    def _compiled(self, node: Scalar, words_only: str, reading: Reading) -> Any:
        """The program; None, with a fault, for a text that is no condition."""
        source = node.text
        try:
            cel.compile(source)  # first as it stands, so that a fault's column is the admin's own
            turned = own_names.turned(source, words_only)
            return cel.compile(rewrite(turned, self.terms.money_functions))
        except Misplaced as error:
            reading.fault(_inside(node, error.at), found=f"{source!r}", fix=str(error))
        except ValueError as error:
            place = _AT.search(str(error))
            reading.fault(
                _inside(node, int(place[2]) - 1 if place else 0),
                found=f"{source!r}",
                expected="a CEL condition",
                fix=place[3] if place else _first_line(error),
            )
        return None

    def _names_exist(self, node: Scalar, words_only: str, program: Any, reading: Reading) -> bool:
        bound, known_names = set(_BOUND.findall(words_only)), {*self.names, LISTS}
        if not own_names.bare(words_only):
            bound.add(own_names.VARIABLE)
        if first_names.known(self.names):
            bound.add(first_names.VARIABLE)
        functions = {*FUNCTIONS, *self.terms.money_functions, *_MACROS}
        names = [name for name in program.variables() if name not in bound | known_names]
        called = [name for name in program.functions() if name[:1].isalpha() and name not in functions]
        for what, strangers, known in (("name", names, known_names), ("function", called, functions)):
            for stranger in strangers:
                at = re.search(rf"\b{re.escape(stranger)}\b", words_only)
                reading.fault(
                    _inside(node, at.start() if at else 0),
                    found=f"the unknown {what} {stranger!r}",
                    expected="one of " + ", ".join(sorted(known)),
                    near="" if stranger in ELSEWHERE else nearest(stranger, known),
                    fix=f"{stranger} is known in {ELSEWHERE[stranger]}" if stranger in ELSEWHERE else "",
                )
        return not names and not called

    def schema(self) -> Schema:
        return {"type": "string", "description": f"{CONDITION}; names: " + ", ".join(self.names)}


def _parts_exist(name: str, known: Collection[str], node: Scalar, words_only: str, reading: Reading) -> bool:
    """Whether each `product.…`, each `lists.…` names a part that there is."""
    parts = re.finditer(rf"(?<![\w.]){name}(?!\w)(?:\.(\w+))?", words_only)
    wrong = [part for part in parts if part[1] not in known]
    for part in wrong:
        near = nearest(part[1] or "", known)
        reading.fault(
            _inside(node, part.start()),
            found=f"{part[0]!r}",
            expected=" or ".join(f"{name}.{each}" for each in known) or f"a list of the policy's `{name}`",
            near=near and f"{name}.{near}",
        )
    return not wrong


def _inside(node: Scalar, offset: int) -> Node:
    column = node.column + offset + (0 if node.plain else 1)
    return Node(where=node.where, line=node.line, column=column)
