"""WHERE and HAVING as SQL, two-valued as SOQL is: what is not true is false, null included."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from connector.practice.org.folding import FOLD, fold
from connector.practice.org.ids import is_well_formed, to18
from connector.practice.schema.definition import FieldDef
from connector.practice.soql import dates, tree
from connector.practice.soql.faults import malformed, pointed, unexpected

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})
_TEXT_LIKE = frozenset(
    [
        "string",
        "textarea",
        "picklist",
        "multipicklist",
        "phone",
        "email",
        "url",
        "combobox",
        "encryptedstring",
        "anyType",
    ]
)
_ORDERED = frozenset({"<", "<=", ">", ">="})
_SQL_OPERATORS = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LONG_LIST = 100
Parameters = list[Any]


@dataclass(frozen=True)
class Operand:
    """The left side of a comparison: its SQL, the field whose type judges the value, the object it is of."""

    sql: str
    field: FieldDef
    name: str
    at: int
    owner: str = ""


@dataclass(frozen=True)
class Conditions:
    """Compiles conditions. `operand` resolves a left side; `semi_join` compiles an inner query to SQL."""

    text: str
    today: date
    zone: ZoneInfo
    operand: Callable[[tree.Operand], Operand]
    semi_join: Callable[[tree.Query, Operand], tuple[str, Parameters]]

    def sql(self, condition: tree.Condition) -> tuple[str, Parameters]:
        """Return the condition as SQL with `?` places, and its parameters."""
        if isinstance(condition, tree.Logic):
            if condition.word == "OR":
                self._refuse_semi_joins(condition)
            parts = [self.sql(term) for term in condition.terms]
            joined = f" {condition.word} ".join(sql for sql, _ in parts)
            return f"({joined})", [value for _, values in parts for value in values]
        if isinstance(condition, tree.Not):
            sql, values = self.sql(condition.term)
            return f"({sql}) IS NOT TRUE", values
        return self._compare(condition)

    def _refuse_semi_joins(self, condition: tree.Condition) -> None:
        """Refuse a semi-join among the terms of an OR, where SOQL has none (documented)."""
        if isinstance(condition, tree.Logic):
            for term in condition.terms:
                self._refuse_semi_joins(term)
        elif isinstance(condition, tree.Not):
            self._refuse_semi_joins(condition.term)
        elif isinstance(condition.value, tree.Query):
            raise pointed(
                self.text,
                condition.operand.at,
                "MALFORMED_QUERY",
                "Semi join sub-selects are not allowed with the 'OR' operator",
            )

    def _compare(self, compare: tree.Compare) -> tuple[str, Parameters]:
        operand = self.operand(compare.operand)
        operator, value = compare.operator, compare.value
        if not (operand.field.filterable and operand.field.stored):
            raise self._refused(operand, f"field '{operand.name}' can not be filtered in a query call")
        if isinstance(value, tree.Query):
            sql, values = self.semi_join(value, operand)
            positive = f"{operand.sql} IN ({sql})"
            return (positive if operator == "IN" else f"({positive}) IS NOT TRUE"), values
        if operator in {"INCLUDES", "EXCLUDES"}:
            return self._picks(operand, operator, value if isinstance(value, tuple) else (value,))
        if isinstance(value, tuple):
            sql, values = self._member(operand, value)
            return (sql if operator == "IN" else f"({sql}) IS NOT TRUE"), values
        if operator == "LIKE":
            return self._like(operand, value)
        return self._single(operand, operator, value)

    def _single(self, operand: Operand, operator: str, value: tree.Literal) -> tuple[str, Parameters]:
        if operator in _ORDERED and operand.field.type in {"boolean", "multipicklist"}:
            raise self._refused(operand, "invalid operator", "INVALID_QUERY_FILTER_OPERATOR")
        if operator not in _ORDERED and operand.name.upper() == "DISTANCE":
            raise self._refused(operand, "invalid operator", "INVALID_QUERY_FILTER_OPERATOR")
        span = self._span(operand, value)
        if span is not None:
            return _span_sql(operand.sql, operator, span)
        plain = self._value(operand, value)
        if plain is None:
            if operator in _ORDERED:
                return "0", []
            return f"{operand.sql} IS {'NOT ' if operator == '!=' else ''}NULL", []
        sql, plain = _folding(operand, plain)
        if operator == "!=":
            return f"{sql} IS NOT ?", [plain]
        return f"{sql} {_SQL_OPERATORS[operator]} ?", [plain]

    def _member(self, operand: Operand, literals: Sequence[tree.Literal]) -> tuple[str, Parameters]:
        spans = [(literal, self._span(operand, literal)) for literal in literals]
        plain = [self._value(operand, literal) for literal, span in spans if span is None]
        known = [value for value in plain if value is not None]
        by_side: dict[str, Parameters] = {}
        for value in known:
            side, folded = _folding(operand, value)
            by_side.setdefault(side, []).append(folded)
        parts: list[str] = []
        values: Parameters = []
        for side, members in by_side.items():
            if len(members) > _LONG_LIST:
                parts.append(f"{side} IN (SELECT value FROM json_each(?))")  # noqa: S608
                values.append(json.dumps(members))
            else:
                parts.append(f"{side} IN ({','.join('?' * len(members))})")
                values += members
        if len(known) < len(plain):
            parts.append(f"{operand.sql} IS NULL")
        for _, span in spans:
            if span is not None:
                sql, bounds = _span_sql(operand.sql, "=", span)
                parts.append(sql)
                values += bounds
        return (parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"), values

    def _like(self, operand: Operand, value: tree.Literal) -> tuple[str, Parameters]:
        if operand.field.type not in _TEXT_LIKE:
            raise self._refused(operand, "invalid operator", "INVALID_QUERY_FILTER_OPERATOR")
        if value.kind == "null":
            return "0", []
        self._demand(operand, value, "string")
        pattern = value.value.replace("\\", "\\\\").replace("\\\\_", "\\_").replace("\\\\%", "\\%")
        sql, pattern = _folding(operand, pattern, anywhere=True)
        return f"{sql} LIKE ? ESCAPE '\\'", [pattern]

    def _picks(
        self, operand: Operand, operator: str, literals: Sequence[tree.Literal]
    ) -> tuple[str, Parameters]:
        if operand.field.type != "multipicklist":
            raise self._refused(operand, "invalid operator", "INVALID_QUERY_FILTER_OPERATOR")
        groups = []
        values: Parameters = []
        for literal in literals:
            self._demand(operand, literal, "string")
            picks = [pick.strip() for pick in literal.value.split(";") if pick.strip()]
            folded = f"instr(';' || {FOLD}({operand.sql}) || ';', ?) > 0"
            groups.append(f"({' AND '.join([folded] * len(picks))})" if picks else f"{operand.sql} IS NULL")
            values += [f";{fold(pick)};" for pick in picks]
        sql = f"({' OR '.join(groups)})"
        return (sql if operator == "INCLUDES" else f"{sql} IS NOT TRUE"), values

    def _span(self, operand: Operand, value: tree.Literal) -> tuple[str, str] | None:
        """Return the storage texts `[first, after)` of a date literal, or None for a plain value."""
        if value.kind != "word":
            return None
        span = dates.span_of(value.value, self.today)
        if span is None:
            raise unexpected(value.value)
        if operand.field.type == "date":
            return span[0].isoformat(), span[1].isoformat()
        if operand.field.type == "datetime":
            return dates.instant(span[0], self.zone), dates.instant(span[1], self.zone)
        raise self._mistyped(operand)

    def _value(self, operand: Operand, value: tree.Literal) -> Any:  # noqa: C901 - one rung per field type
        """Return a literal in its storage form; None for null and for the empty text, which is null."""
        kind = operand.field.type
        if value.kind == "null":
            return None
        if kind in {"id", "reference"}:
            self._demand(operand, value, "string")
            if not value.value:
                return None
            if not is_well_formed(value.value):
                raise self._refused(
                    operand, f"invalid ID field: {value.value}", "INVALID_QUERY_FILTER_OPERATOR"
                )
            return to18(value.value)
        if kind == "boolean":
            self._demand(operand, value, "boolean")
            return int(value.value.lower() == "true")
        if kind in _NUMBERS:
            self._demand(operand, value, "number")
            number = float(value.value)
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        if kind == "date":
            self._demand(operand, value, "date")
            found = dates.parse_date(value.value)
            if found is None:
                raise malformed(f"Invalid date: {value.value}")
            return found
        if kind == "datetime":
            self._demand(operand, value, "datetime")
            moment = dates.parse_datetime(value.value)
            if moment is None:
                raise malformed(f"Invalid dateTime: {value.value}")
            return moment
        if kind == "time":
            return value.value
        self._demand(operand, value, "string")
        return value.value.replace("\\_", "_").replace("\\%", "%") or None

    def _demand(self, operand: Operand, value: tree.Literal, kind: str) -> None:
        if value.kind != kind:
            if value.kind == "word":
                raise unexpected(value.value)
            raise self._mistyped(operand)

    def _mistyped(self, operand: Operand) -> Exception:
        kind = operand.field.type
        if kind in _NUMBERS or kind in {"boolean", "date", "datetime", "time"}:
            spelt = {"datetime": "dateTime"}.get(kind, kind)
            tail = "should not be enclosed in quotes"
        else:
            spelt = "ID" if kind in {"id", "reference"} else "string"
            tail = "should be enclosed in quotes"
        return self._refused(
            operand,
            f"value of filter criterion for field '{operand.name}' must be of type {spelt} and {tail}",
        )

    def _refused(self, operand: Operand, message: str, code: str = "INVALID_FIELD") -> Exception:
        return pointed(self.text, operand.at, code, message)


def _folding(operand: Operand, value: Any, *, anywhere: bool = False) -> tuple[str, Any]:
    """Return the left side and the value to compare so that case does not matter.

    ASCII is left to the column's own collation, which has the indexes. `anywhere` is for LIKE, which minds
    case nowhere, not even in a case-sensitive field.
    """
    if not isinstance(value, str) or value.isascii() or operand.field.type not in _TEXT_LIKE:
        return operand.sql, value
    if operand.field.binary and not anywhere:
        return operand.sql, value
    return f"{FOLD}({operand.sql})", fold(value)


def _span_sql(sql: str, operator: str, span: tuple[str, str]) -> tuple[str, Parameters]:
    first, after = span
    if operator == "=":
        return f"({sql} >= ? AND {sql} < ?)", [first, after]
    if operator == "!=":
        return f"({sql} >= ? AND {sql} < ?) IS NOT TRUE", [first, after]
    return {
        "<": (f"{sql} < ?", [first]),
        "<=": (f"{sql} < ?", [after]),
        ">": (f"{sql} >= ?", [after]),
        ">=": (f"{sql} >= ?", [first]),
    }[operator]
