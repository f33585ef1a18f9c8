"""What stands left of an operator or in a SELECT list: fields, aggregates and date functions, as SQL."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from connector.practice.soql import functions, tree
from connector.practice.soql.conditions import Operand
from connector.practice.soql.faults import malformed, pointed
from connector.practice.soql.nearness import distance_of
from connector.practice.soql.scope import Scope
from connector.practice.soql.subtotals import grouping_of


def operand_of(operand: tree.Operand, scope: Scope, *, aggregate: bool = False) -> Operand:
    """Return what an operand compiles to. `aggregate` allows COUNT, SUM and the rest.

    Raises MALFORMED_QUERY for an unknown function, INVALID_FIELD for one that does not fit its field.
    """
    if isinstance(operand, tree.Path):
        column = scope.column(operand)
        owner = column.place.entity
        return Operand(column.sql, column.field, column.name, operand.at, owner)
    name = operand.name.upper()
    if name in functions.AGGREGATES:
        if not aggregate:
            raise malformed(f"Aggregate function {name} is not allowed in WHERE clause")
        return _aggregate(operand, scope)
    if name in functions.DATE_PARTS:
        return _date_part(operand, scope)
    if name in functions.DRESSING and len(operand.arguments) == 1:
        inner = operand.arguments[0]
        if not isinstance(inner, tree.Literal):
            return replace(operand_of(inner, scope, aggregate=aggregate), at=operand.at)
    if name == "DISTANCE" and not aggregate:
        return distance_of(operand, scope)
    if name == "GROUPING" and aggregate and len(operand.arguments) == 1:
        inner = operand.arguments[0]
        if isinstance(inner, tree.Literal):
            raise malformed(f"Invalid use of function {operand.name}")
        sql = grouping_of(operand_of(inner, scope).sql)
        return Operand(sql, functions.WHOLE, operand.name, operand.at)
    raise malformed(f"unexpected token: {operand.name}")


def _aggregate(call: tree.Call, scope: Scope) -> Operand:
    name = call.name.upper()
    if not call.arguments:
        if name != "COUNT":
            raise malformed("unexpected token: )")
        return Operand("COUNT(*)", functions.WHOLE, call.name, call.at)
    inner = call.arguments[0]
    if len(call.arguments) > 1 or isinstance(inner, tree.Literal):
        raise malformed(f"unexpected token: {call.name}")
    operand = operand_of(inner, scope)
    kind = operand.field.type
    numeric = kind in {"int", "double", "currency", "percent"}
    fits = {
        "COUNT": kind not in {"boolean", "address", "location"},
        "SUM": numeric,
        "AVG": numeric,
        "MIN": kind not in {"boolean", "multipicklist", "address", "location"},
        "MAX": kind not in {"boolean", "multipicklist", "address", "location"},
    }.get(name, operand.field.stored)
    if not fits or not operand.field.aggregatable:
        raise pointed(
            scope.text,
            operand.at,
            "MALFORMED_QUERY",
            f"field {operand.name} does not support aggregate operator {name}",
        )
    made = {
        "COUNT": functions.WHOLE,
        "COUNT_DISTINCT": functions.WHOLE,
        "AVG": functions.DECIMAL,
    }.get(name, operand.field)
    return Operand(functions.AGGREGATES[name].format(operand.sql), made, call.name, call.at)


def _date_part(call: tree.Call, scope: Scope) -> Operand:
    inner = call.arguments[0] if len(call.arguments) == 1 else None
    local = isinstance(inner, tree.Call) and inner.name.upper() == "CONVERTTIMEZONE"
    if isinstance(inner, tree.Call):
        inner = inner.arguments[0] if local and len(inner.arguments) == 1 else None
    if not isinstance(inner, tree.Path):
        raise malformed(f"Invalid use of function {call.name}")
    operand = operand_of(inner, scope)
    if operand.field.type not in {"date", "datetime"}:
        raise pointed(
            scope.text,
            operand.at,
            "INVALID_FIELD",
            f"field '{operand.name}' is not supported by the function {call.name}: it must be a date",
        )
    sql = operand.sql
    if local:
        zone = ZoneInfo(scope.user.time_zone or "UTC").key
        sql = f"{functions.LOCAL_TIME}({sql}, '{zone}')"
    made = functions.DAY if call.name.upper() == "DAY_ONLY" else functions.WHOLE
    return Operand(functions.DATE_PARTS[call.name.upper()].format(sql), made, call.name, call.at)


def aggregates(expression: tree.Path | tree.Call | tree.TypeOf | tree.Query | tree.Literal) -> bool:
    """Whether an expression takes many rows together."""
    if not isinstance(expression, tree.Call):
        return False
    name = expression.name.upper()
    return name in functions.AGGREGATES or name == "GROUPING" or any(map(aggregates, expression.arguments))


def targets_of(operand: Operand) -> set[str]:
    """Return the objects whose ids the operand may hold."""
    return set(operand.field.reference_to) if operand.field.type == "reference" else {operand.owner}
