"""From a SOQL text to a `CompiledQuery` over the org's tables."""

# ruff: noqa: S608 - every name in the SQL is the schema's own and every value a parameter

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from connector.practice.org.results import ApiError
from connector.practice.org.user import User
from connector.practice.schema.definition import ObjectDef, Schema
from connector.practice.schema.describe import scopes_of
from connector.practice.soql import functions, tree
from connector.practice.soql.compiled import Children, CompiledQuery, OutputColumn
from connector.practice.soql.conditions import Conditions, Operand, Parameters
from connector.practice.soql.faults import malformed, no_such_child, pointed
from connector.practice.soql.metadata import Entry, column_metadata
from connector.practice.soql.operands import aggregates, operand_of, targets_of
from connector.practice.soql.parsing import parse
from connector.practice.soql.scope import Scope, find_object
from connector.practice.soql.selection import Selection
from connector.practice.soql.shapes import Leaf, Summary
from connector.practice.soql.subtotals import subtotalled
from connector.practice.soql.values import render_of

_LARGEST_OFFSET = 2000
# The first characters of the ids of those who may own a row, by the scope that asks for them.
_OWNED_BY = {"queue_owned": "00G", "user_owned": "005"}
_ENTITY_TYPES = frozenset({"id", "reference"})


def compile_query(
    schema: Schema, soql: str, user: User, now: datetime, *, all_rows: bool = False
) -> CompiledQuery:
    """Compile `soql` for a login: fields and objects hidden from it are unknown.

    Date literals resolve against `now` in the login's time zone. `all_rows` finds deleted rows too.
    Raises `ApiError` 400 with MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE and the other codes of queries.
    """
    query = parse(soql)
    compiler = _Compiler(schema=schema, text=soql, user=user, now=now, all_rows=all_rows)
    return compiler.compile(query)


@dataclass
class _Compiler:
    schema: Schema
    text: str
    user: User
    now: datetime
    all_rows: bool
    _prefixes: int = field(default=0)

    def compile(self, query: tree.Query) -> CompiledQuery:
        definition = find_object(self.schema, self.user, self.text, query.object, query.at)
        if query.offset is not None and query.offset > _LARGEST_OFFSET:
            raise ApiError(
                400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_LARGEST_OFFSET}"
            )
        scope = self._scope(definition, query.alias)
        if _is_count(query):
            return self._count(query, scope)
        if query.group or any(aggregates(item.expression) for item in query.items):
            return self._summary(query, scope)
        return self._records(query, scope)

    def _scope(self, definition: ObjectDef, alias: str | None) -> Scope:
        prefix = "tcsuvwxyz"[self._prefixes % 9] * (1 + self._prefixes // 9)
        self._prefixes += 1
        return Scope(self.schema, self.user, self.text, definition, prefix, alias)

    # record queries

    def _records(self, query: tree.Query, scope: Scope, parent_key: str | None = None) -> CompiledQuery:
        selection = Selection(scope)
        children: list[Children] = []
        if query.having is not None:
            raise malformed("HAVING is only allowed in a query with GROUP BY")
        for item in query.items:
            self._select(item, query, selection, children)
        where, values = self._where(query, scope)
        leading = [] if parent_key is None else [f"{scope.base.alias}.{parent_key}"]
        if leading:
            where = [f"{leading[0]} IN (/*parents*/)", *where]
        order = self._order(query, scope)
        shape = selection.settle(len(leading))
        tail = "" if parent_key else _page(query)
        body = _body(scope, where)
        columns = ", ".join([*leading, *selection.shown, *selection.hidden])
        unfit = selection.unfit or (
            "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
            if children
            else None
        )
        if query.offset is not None:
            unfit = "OFFSET is not supported"
        return CompiledQuery(
            object=scope.object,
            kind="records",
            columns=tuple(selection.columns),
            sql=f"SELECT {columns} {body}{order}{tail}",
            flat_sql=f"SELECT {', '.join(selection.shown) or '1'} {body}{order}{tail}",
            count_sql=f"SELECT COUNT(*) FROM (SELECT 1 {body}{tail})",
            parameters=tuple(values),
            shape=shape,
            children=tuple(children),
            metadata=tuple(column_metadata(selection.entries)),
            id_selected=any(column.name == "Id" for column in selection.columns),
            wide=selection.wide or bool(children),
            unfit_for_bulk=unfit,
        )

    def _select(
        self, item: tree.Item, query: tree.Query, selection: Selection, children: list[Children]
    ) -> None:
        expression = item.expression
        if isinstance(expression, tree.Path):
            selection.add_path(expression, item.alias)
        elif isinstance(expression, tree.TypeOf):
            selection.add_typeof(expression)
        elif isinstance(expression, tree.Query):
            child = self._child(expression, selection.scope)
            children.append(child)
            inner = tuple(Entry(tuple(each.name.split(".")), each.field) for each in child.query.columns)
            selection.entries.append(Entry((child.key,), None, children=inner))
        elif expression.name.upper() == "FIELDS":
            selection.add_fields(expression, query.limit)
        elif expression.name.upper() in functions.DRESSING:
            selection.add_dressed(expression, item.alias)
        else:
            operand_of(expression, selection.scope, aggregate=True)
            raise malformed(f"Field must be grouped or aggregated: {expression.name}")

    def _child(self, query: tree.Query, scope: Scope) -> Children:
        found = scope.object.children.get(query.object.lower())
        readable = (
            found is not None
            and self.schema.has(found.child)
            and self.user.access.object(self.schema.object(found.child)).read
        )
        if found is None or not readable:
            raise no_such_child(self.text, query.at, query.object)
        if query.group or any(aggregates(item.expression) for item in query.items):
            raise malformed("Aggregate functions are not supported in a sub-query of the SELECT list")
        inner = self._scope(self.schema.object(found.child), query.alias)
        compiled = self._records(query, inner, parent_key=f'"{found.field}"')
        return Children(
            key=found.name or query.object, query=compiled, limit=query.limit, offset=query.offset or 0
        )

    # grouped queries

    def _count(self, query: tree.Query, scope: Scope) -> CompiledQuery:
        if query.group:
            raise malformed("Grouped field should not be used with COUNT()")
        where, values = self._where(query, scope)
        body = _body(scope, where)
        return CompiledQuery(
            object=scope.object,
            kind="count",
            columns=(),
            sql="",
            flat_sql="",
            count_sql=f"SELECT COUNT(*) FROM (SELECT 1 {body}{_page(query)})",
            parameters=tuple(values),
            shape=None,
            unfit_for_bulk="COUNT() is not supported",
        )

    def _summary(self, query: tree.Query, scope: Scope) -> CompiledQuery:
        groups = [operand_of(each, scope) for each in query.group]
        for group, written in zip(groups, query.group, strict=True):
            if not (group.field.groupable and group.field.stored) and isinstance(written, tree.Path):
                raise pointed(
                    self.text,
                    written.at,
                    "INVALID_FIELD",
                    f"field '{group.name}' can not be grouped in a query call",
                )
        shown: list[tuple[str, Operand]] = []
        unnamed = 0
        for item in query.items:
            operand = self._summary_item(item, scope, groups)
            key = item.alias
            if key is None and isinstance(item.expression, tree.Path):
                key = operand.name.split(".")[-1]
            if key is None:
                key = f"expr{unnamed}"
                unnamed += 1
            if any(key.lower() == other.lower() for other, _ in shown):
                raise malformed(f"duplicate alias: {key}")
            shown.append((key, operand))
        where, values = self._where(query, scope)
        having = ""
        more: Parameters = []
        if query.having is not None:
            sql, more = self._conditions(scope, aggregate=True).sql(query.having)
            having = f" HAVING {sql}"
        columns = [operand.sql for _, operand in shown]
        if query.subtotals:
            orders = self._orders(query, scope, aggregate=True)
            body = _body(scope, where)
            core, times = subtotalled(
                query.subtotals, columns, body=body, having=having, groups=groups, orders=orders
            )
            values, more = (values + more) * times, []
        else:
            order = self._order(query, scope, aggregate=True)
            by = f" GROUP BY {', '.join(group.sql for group in groups)}" if groups else ""
            core = f"SELECT {', '.join(columns)} {_body(scope, where)}{by}{having}{order}"
        sql = f"{core}{_page(query)}"
        return CompiledQuery(
            object=scope.object,
            kind="aggregate",
            columns=tuple(OutputColumn(name=key, field=operand.field) for key, operand in shown),
            sql=sql,
            flat_sql=sql,
            count_sql=f"SELECT COUNT(*) FROM ({sql})",
            parameters=(*values, *more),
            shape=Summary(
                tuple(
                    Leaf(key, number, render_of(operand.field)) for number, (key, operand) in enumerate(shown)
                )
            ),
            metadata=tuple(
                column_metadata(
                    [
                        Entry((key,), operand.field, aggregate=not isinstance(item.expression, tree.Path))
                        for (key, operand), item in zip(shown, query.items, strict=True)
                    ]
                )
            ),
            grouped=bool(query.group),
            unfit_for_bulk="Aggregate functions and GROUP BY are not supported",
        )

    def _summary_item(self, item: tree.Item, scope: Scope, groups: list[Operand]) -> Operand:
        expression = item.expression
        if isinstance(expression, (tree.Query, tree.TypeOf)):
            raise malformed("Sub-queries and TYPEOF are not supported in a grouped query")
        operand = operand_of(expression, scope, aggregate=True)
        if not aggregates(expression) and all(operand.sql != group.sql for group in groups):
            raise pointed(
                self.text,
                expression.at,
                "MALFORMED_QUERY",
                f"Field must be grouped or aggregated: {operand.name}",
            )
        return operand

    # clauses

    def _where(self, query: tree.Query, scope: Scope, *, inner: bool = False) -> tuple[list[str], Parameters]:
        parts: list[str] = []
        values: Parameters = []
        base = scope.base
        if query.where is not None:
            sql, values = self._conditions(scope, inner=inner).sql(query.where)
            parts.append(sql)
        if not self.all_rows and scope.object.field("IsDeleted"):
            parts.append(f"{base.column('IsDeleted')} = 0")
        chosen = self._chosen_scope(query, scope)
        if chosen in _OWNED_BY:
            parts.append(f"{base.column('OwnerId')} LIKE '{_OWNED_BY[chosen]}%'")
        mine = chosen in {"mine", "team"}
        permitted = self.user.access.object(scope.object)
        if scope.object.field("OwnerId") and (mine or (scope.object.private and not permitted.view_all)):
            parts.append(f"{base.column('OwnerId')} = ?")
            values = [*values, self.user.id]
        return parts, values

    def _chosen_scope(self, query: tree.Query, scope: Scope) -> str:
        """Return the scope of USING SCOPE in lower case; one the object lacks is refused."""
        chosen = (query.scope or "everything").lower()
        supported = {name.lower() for name, _ in scopes_of(scope.object)}
        if chosen != "everything" and (chosen not in supported or not scope.object.field("OwnerId")):
            message = f"The scope '{query.scope}' is not supported on entity '{scope.object.name}'"
            raise ApiError(400, "INVALID_QUERY_SCOPE", message)
        return chosen

    def _conditions(self, scope: Scope, *, aggregate: bool = False, inner: bool = False) -> Conditions:
        zone = ZoneInfo(self.user.time_zone or "UTC")
        return Conditions(
            text=self.text,
            today=self.now.astimezone(zone).date(),
            zone=zone,
            operand=lambda operand: operand_of(operand, scope, aggregate=aggregate),
            semi_join=self._nested if inner else self._semi_join,
        )

    def _nested(self, _query: tree.Query, outer: Operand) -> tuple[str, Parameters]:
        message = "Nesting of semi join sub-selects is not supported"
        raise pointed(self.text, outer.at, "MALFORMED_QUERY", message)

    def _semi_join(self, query: tree.Query, outer: Operand) -> tuple[str, Parameters]:
        definition = find_object(self.schema, self.user, self.text, query.object, query.at)
        scope = self._scope(definition, query.alias)
        expression = query.items[0].expression
        if len(query.items) != 1 or not isinstance(expression, tree.Path):
            raise malformed("Semi join sub-selects must select exactly one Id or reference field")
        column = scope.column(expression)
        if outer.field.type not in _ENTITY_TYPES or column.field.type not in _ENTITY_TYPES:
            raise pointed(
                self.text,
                outer.at,
                "INVALID_QUERY_FILTER_OPERATOR",
                "Semi join sub-selects are only allowed on Id and reference fields",
            )
        inner = Operand(column.sql, column.field, column.name, expression.at, definition.name)
        if not targets_of(outer) & targets_of(inner):
            raise pointed(
                self.text,
                outer.at,
                "MALFORMED_QUERY",
                f"The selected field '{column.name}' in the subquery and the left operand field in the where "
                f"expression in the outer query '{outer.name}' should point to the same object type",
            )
        where, values = self._where(query, scope, inner=True)
        where.append(f"{column.sql} IS NOT NULL")
        order = self._order(query, scope) if query.limit is not None else ""
        return f"SELECT {column.sql} {_body(scope, where)}{order}{_page(query)}", values

    def _order(self, query: tree.Query, scope: Scope, *, aggregate: bool = False) -> str:
        orders = self._orders(query, scope, aggregate=aggregate)
        parts = [sql + words for sql, words in orders]
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def _orders(self, query: tree.Query, scope: Scope, *, aggregate: bool = False) -> list[tuple[str, str]]:
        """Return what ORDER BY names as SQL, each with its direction."""
        orders = []
        for each in query.order:
            operand = operand_of(each.expression, scope, aggregate=aggregate)
            if not (operand.field.sortable and operand.field.stored):
                raise pointed(
                    self.text,
                    operand.at,
                    "INVALID_FIELD",
                    f"field '{operand.name}' can not be sorted in a query call",
                )
            words = " DESC" if each.descending else ""
            # Nulls come first in either direction unless the query says otherwise; SQLite's DESC differs.
            nullable = operand.field.nillable or "." in operand.name
            if nullable and each.nulls_last and not each.descending:
                words += " NULLS LAST"
            elif nullable and each.descending and not each.nulls_last:
                words += " NULLS FIRST"
            orders.append((operand.sql, words))
        return orders


def _is_count(query: tree.Query) -> bool:
    first = query.items[0].expression
    return (
        len(query.items) == 1
        and isinstance(first, tree.Call)
        and first.name.upper() == "COUNT"
        and not first.arguments
    )


def _body(scope: Scope, where: list[str]) -> str:
    joins = "".join(f" {join}" for join in scope.joins)
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f'FROM "{scope.object.name}" AS {scope.base.alias}{joins}{condition}'


def _page(query: tree.Query) -> str:
    if query.limit is None and query.offset is None:
        return ""
    limit = -1 if query.limit is None else query.limit
    return f" LIMIT {limit}" + (f" OFFSET {query.offset}" if query.offset else "")
