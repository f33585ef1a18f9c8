"""Whatever a client sends, a query either compiles to SQL that runs or is refused with a 400."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.practice.org.results import ApiError
from connector.practice.soql import compile_query
from tests.unit.practice.test_soql_queries import BASE, NOW, SCHEMA, SEER

FIELDS = [
    "Id",
    "Name",
    "OwnerId",
    "Owner.Name",
    "Firm__r.Parent.Name",
    "Status",
    "NumberOfEmployees",
    "Due__c",
]
FIELDS += ["CreatedDate", "Address", "Description", "IsDeleted", "Nope", "Owner.Nope", "Firm__r.Territory__c"]
WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "GROUP",
    "BY",
    "ORDER",
    "HAVING",
    "LIMIT",
]
WORDS += [
    "OFFSET",
    "ASC",
    "DESC",
    "NULLS",
    "FIRST",
    "LAST",
    "INCLUDES",
    "TYPEOF",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
]
WORDS += [
    "(",
    ")",
    ",",
    "=",
    "!=",
    "<",
    ">=",
    "'x'",
    "'\\'",
    "5",
    "-1.5",
    "null",
    "TRUE",
    "TODAY",
    "LAST_N_DAYS:3",
]
WORDS += [
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "COUNT()",
    "COUNT(Id)",
    "SUM(",
    "FIELDS(ALL)",
    "Lead",
    "Group",
    ":x",
]

fields = st.sampled_from(FIELDS)
values = st.sampled_from(
    [
        "'x'",
        "''",
        "5",
        "-1.5",
        "null",
        "TRUE",
        "TODAY",
        "NEXT_N_WEEKS:2",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
    ]
)
comparisons = st.one_of(
    st.builds("{} {} {}".format, fields, st.sampled_from(["=", "!=", "<", ">=", "LIKE"]), values),
    st.builds("{} {} ({}, {})".format, fields, st.sampled_from(["IN", "NOT IN", "INCLUDES"]), values, values),
    st.builds("{} IN (SELECT {} FROM Lead)".format, fields, fields),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=4,
)
expressions = st.one_of(
    fields,
    st.builds(
        "{}({})".format, st.sampled_from(["COUNT", "MAX", "SUM", "DAY_ONLY", "toLabel", "FORMAT"]), fields
    ),
)
queries = st.builds(
    "SELECT {} FROM Lead WHERE {} {} ORDER BY {} {}".format,
    st.lists(expressions, min_size=1, max_size=4).map(", ".join),
    conditions,
    st.one_of(st.just(""), st.builds("GROUP BY {}".format, fields)),
    expressions,
    st.sampled_from(["", "DESC", "NULLS LAST", "DESC LIMIT 3"]),
)


@pytest.fixture(scope="module")
def empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for definition in SCHEMA:
        columns = ", ".join(f'"{name}"' for name in definition.columns)
        connection.execute(f'CREATE TABLE "{definition.name}" ({columns})')
    return connection


def check(connection: sqlite3.Connection, soql: str) -> None:
    compiled = None
    refused = None
    try:
        compiled = compile_query(SCHEMA, soql, SEER, NOW)
    except ApiError as fault:
        refused = fault
    if compiled is None:
        assert refused is not None
        assert (refused.http_status, bool(refused.message)) == (400, True)
        return
    list(compiled.records(connection, BASE))
    assert compiled.total(connection) >= 0
    if compiled.unfit_for_bulk is None:
        assert list(compiled.rows(connection)) == []


@settings(max_examples=300, deadline=None)
@given(soql=queries)
def test_a_well_shaped_query_runs_or_is_refused(empty: sqlite3.Connection, soql: str) -> None:
    check(empty, soql)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS + FIELDS), max_size=14))
def test_a_heap_of_words_runs_or_is_refused(empty: sqlite3.Connection, words: list[str]) -> None:
    check(empty, "SELECT " + " ".join(words))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_as_a_value_is_compared_or_refused(empty: sqlite3.Connection, text: str) -> None:
    check(empty, f"SELECT Id FROM Lead WHERE Name = '{text}'")
