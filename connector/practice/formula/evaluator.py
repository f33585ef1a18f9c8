"""Evaluate a compiled formula against one record."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.practice.formula.compiled import Compiled
from connector.practice.formula.context import Context, Record
from connector.practice.formula.errors import FormulaError
from connector.practice.formula.nodes import Binary, Call, Literal, Node, Prefix, Reference
from connector.practice.formula.number_functions import NUMBER_FUNCTIONS
from connector.practice.formula.operators import add, compare, concatenate, equal, multiply, subtract
from connector.practice.formula.text_functions import TEXT_FUNCTIONS
from connector.practice.formula.time_functions import TIME_FUNCTIONS
from connector.practice.formula.values import NUMBER_TYPES, TEXT_TYPES, Value, from_storage, kind_of

_EAGER: Mapping[str, Callable[..., Value]] = {**TEXT_FUNCTIONS, **NUMBER_FUNCTIONS, **TIME_FUNCTIONS}
_TEXT_RESULTS = frozenset(
    {
        "BR",
        "CASESAFEID",
        "LEFT",
        "LOWER",
        "LPAD",
        "MID",
        "RIGHT",
        "RPAD",
        "SUBSTITUTE",
        "TEXT",
        "TRIM",
        "UPPER",
    }
)
_ABSENT = object()


def evaluate(
    compiled: Compiled, *, record: Record, prior: Record | None, is_new: bool, context: Context
) -> Value:
    """The formula's value: str, bool, Decimal, date, datetime, time or None.

    `prior` is the stored record before this save (None on insert). FormulaError names the position when a
    field is unknown or a value does not fit its operator.
    """
    try:
        return _Evaluation(record=record, prior=prior, is_new=is_new, context=context).of(compiled.tree)
    except RecursionError:
        raise FormulaError("The formula is nested too deeply") from None


def _lookup(record: Record, name: str) -> Any:
    if name in record:
        return record[name]
    wanted = name.lower()
    return next((value for key, value in record.items() if key.lower() == wanted), _ABSENT)


@dataclass(frozen=True, kw_only=True)
class _Evaluation:
    record: Record
    prior: Record | None
    is_new: bool
    context: Context

    def of(self, node: Node) -> Value:
        match node:
            case Literal():
                return node.value
            case Reference():
                return self._reference(node)
            case Prefix():
                return self._prefix(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)

    # operators
    def _truth(self, node: Node) -> bool:
        value = self.of(node)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self._fault(node, f"Incorrect parameter type. Expected Boolean, received {kind_of(value)}")
        return value

    def _prefix(self, node: Prefix) -> Value:
        if node.operator == "!":
            return not self._truth(node.operand)
        value = self.of(node.operand)
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise self._fault(
                node,
                f"Incorrect parameter type for operator '{node.operator}'. "
                f"Expected Number, received {kind_of(value)}",
            )
        return -value if node.operator == "-" else value

    def _binary(self, node: Binary) -> Value:
        if node.operator == "&&":
            return self._truth(node.left) and self._truth(node.right)
        if node.operator == "||":
            return self._truth(node.left) or self._truth(node.right)
        left, right = self.of(node.left), self.of(node.right)
        try:
            return _apply(node.operator, left, right)
        except (TypeError, ArithmeticError) as error:
            raise self._fault(node, str(error)) from error

    # functions
    def _call(self, node: Call) -> Value:
        special = getattr(self, f"_call_{node.name.lower()}", None)
        if special is not None:
            value: Value = special(*node.arguments)
            return value
        given = [self.of(each) for each in node.arguments]
        try:
            return _EAGER[node.name](*given)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self._fault(node, str(error)) from error

    def _call_and(self, *nodes: Node) -> Value:
        return all(self._truth(each) for each in nodes)

    def _call_or(self, *nodes: Node) -> Value:
        return any(self._truth(each) for each in nodes)

    def _call_not(self, node: Node) -> Value:
        return not self._truth(node)

    def _call_if(self, condition: Node, then: Node, otherwise: Node) -> Value:
        return self.of(then if self._truth(condition) else otherwise)

    def _call_case(self, subject: Node, *rest: Node) -> Value:
        value = self.of(subject)
        for candidate, result in zip(rest[:-1:2], rest[1:-1:2], strict=True):
            try:
                if equal(value, self.of(candidate)):
                    return self.of(result)
            except TypeError as error:
                raise self._fault(candidate, str(error)) from error
        return self.of(rest[-1])

    def _call_isblank(self, node: Node) -> Value:
        return self.of(node) in (None, "")

    def _call_isnull(self, node: Node) -> Value:
        """A text is never null (documented)."""
        return self.of(node) is None and not self._is_text(node)

    def _call_blankvalue(self, node: Node, substitute: Node) -> Value:
        value = self.of(node)
        return self.of(substitute) if value in (None, "") else value

    def _call_nullvalue(self, node: Node, substitute: Node) -> Value:
        value = self.of(node)
        return self.of(substitute) if value is None and not self._is_text(node) else value

    def _call_isnew(self) -> Value:
        return self.is_new

    def _call_ischanged(self, node: Reference) -> Value:
        """False for every field of a new record (documented)."""
        if self.is_new or self.prior is None:
            return False
        return _plain(self._field(node, self.prior)) != _plain(self._field(node, self.record))

    def _call_priorvalue(self, node: Reference) -> Value:
        """On a new record the field's present value (documented)."""
        return self._field(node, self.record if self.is_new or self.prior is None else self.prior)

    def _call_now(self) -> Value:
        return self.context.now.astimezone(UTC)

    def _call_today(self) -> Value:
        """The day in the running user's time zone (documented)."""
        zone = _lookup(self.context.user.fields, "TimeZoneSidKey")
        try:
            return self.context.now.astimezone(ZoneInfo(zone) if isinstance(zone, str) else UTC).date()
        except (ZoneInfoNotFoundError, ValueError):
            return self.context.now.astimezone(UTC).date()

    # fields and globals
    def _is_text(self, node: Node) -> bool:
        match node:
            case Literal():
                return isinstance(node.value, str)
            case Reference() if not node.is_global and self.context.field_type:
                return self.context.field_type(node.field_path) in TEXT_TYPES
            case Call():
                return node.name in _TEXT_RESULTS
            case Binary():
                return node.operator == "&"
            case _:
                return False

    def _reference(self, node: Reference) -> Value:
        if node.is_global:
            return self._global(node)
        if node.of_prior:
            return None if self.prior is None else self._field(node, self.prior)
        return self._field(node, self.record)

    def _field(self, node: Reference, record: Record) -> Value:
        path = node.field_path
        known = self.context.field_type(path) if self.context.field_type else None
        if not path or (self.context.field_type and known is None):
            raise self._unknown(node, f"Field {node.spelled} does not exist. Check spelling.", record)
        if len(path) > 1:
            stored = self._parent_value(node, path, record)
        else:
            stored = _lookup(record, path[0])
            if stored is _ABSENT and known is None:
                raise self._unknown(node, f"Field {node.spelled} does not exist. Check spelling.", record)
            stored = None if stored is _ABSENT else stored
        if stored is None and known in NUMBER_TYPES and self.context.blank_as_zero:
            return Decimal(0)
        return from_storage(stored, known)

    def _parent_value(self, node: Reference, path: tuple[str, ...], record: Record) -> Any:
        """`Owner:User.Name` is blank when a queue owns the record, and the other way round."""
        if self.context.resolve is None:
            raise self._fault(node, f"Field {node.spelled} is of a related record, and none can be read here")
        head, kind = path[0], node.qualifier
        owner = _lookup(record, f"{head}Id")
        prefix = {"user": "005", "queue": "00G", "group": "00G"}.get(kind.lower())
        if prefix and not (isinstance(owner, str) and owner.startswith(prefix)):
            return None
        return self.context.resolve(path, record)

    def _global(self, node: Reference) -> Value:
        space, name = node.path[0].lower(), ".".join(node.path[1:]).lower()
        user = self.context.user
        if space == "$permission" and name:
            return name in {each.lower() for each in user.permissions}
        if space == "$profile" and name == "name":
            return user.profile_name
        if space == "$flow" and name in {"currentdatetime", "currentdate"}:
            return self._call_now() if name == "currentdatetime" else self._call_today()
        if space == "$user" and name:
            found = _lookup(user.fields, name)
            if found is not _ABSENT:
                return from_storage(found, None)
            raise self._unknown(node, f"Field {node.spelled} does not exist. Check spelling.", user.fields)
        raise self._fault(node, f"Unknown global {node.spelled}")

    # faults
    def _fault(self, node: Node, message: str) -> FormulaError:
        return FormulaError(message, line=node.line, column=node.column)

    def _unknown(self, node: Reference, message: str, record: Record) -> FormulaError:
        near = difflib.get_close_matches(node.path[-1], list(record), n=1)
        return self._fault(node, f"{message} Did you mean {near[0]}?" if near else message)


def _plain(value: Value) -> Value:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _apply(operator: str, left: Value, right: Value) -> Value:
    match operator:
        case "=" | "==":
            return equal(left, right)
        case "<>" | "!=":
            return not equal(left, right)
        case "<" | "<=" | ">" | ">=":
            return compare(operator, left, right)
        case "+":
            return add(left, right)
        case "-":
            return subtract(left, right)
        case "&":
            return concatenate("&", left, right)
        case _:
            return multiply(operator, left, right)
