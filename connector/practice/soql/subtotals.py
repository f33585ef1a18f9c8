"""`GROUP BY ROLLUP(a, b)` and `CUBE(a, b)`: the groups, their subtotals and the total, as one union."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from connector.practice.soql.conditions import Operand


def grouping_of(sql: str) -> str:
    """Return the SQL of `GROUPING(field)`: 0, but 1 in the rows where `field` is summed over."""
    return f"/*grouping {sql}*/0"


def subtotalled(
    kind: str,
    columns: Sequence[str],
    *,
    body: str,
    having: str,
    groups: Sequence[Operand],
    orders: Sequence[tuple[str, str]],
) -> tuple[str, int]:
    """Return the whole SELECT, ordered, and how many times it takes the query's parameters.

    A field that a row sums over is null in it. Where the query names no order, each group's subtotal
    follows its members and the total comes last.
    """
    own = [(column, "") for group in groups for column in (grouping_of(group.sql), group.sql)]
    chosen = orders or own
    selected = [*columns, *(sql for sql, _ in chosen)]
    kept = _prefixes(groups) if kind == "ROLLUP" else _subsets(groups)
    union = " UNION ALL ".join(_one(selected, body, having, groups, each) for each in kept)
    order = ", ".join(f"{len(columns) + place}{words}" for place, (_, words) in enumerate(chosen, 1))
    return f"{union} ORDER BY {order}", len(kept)


def _prefixes(groups: Sequence[Operand]) -> list[tuple[Operand, ...]]:
    return [tuple(groups[:count]) for count in range(len(groups), -1, -1)]


def _subsets(groups: Sequence[Operand]) -> list[tuple[Operand, ...]]:
    return [kept for count in range(len(groups), -1, -1) for kept in combinations(groups, count)]


def _one(
    selected: Sequence[str], body: str, having: str, groups: Sequence[Operand], kept: tuple[Operand, ...]
) -> str:
    gone = [group.sql for group in groups if group not in kept]
    columns = ", ".join("NULL" if column in gone else column for column in selected)
    by = f" GROUP BY {', '.join(group.sql for group in kept)}" if kept else ""
    sql = f"SELECT {columns} {body}{by}{having}"
    for each in gone:
        sql = sql.replace(grouping_of(each), "1")
    return sql
