from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ports.columns import TextColumn
from connector.ports.org import StreamStopped
from connector.salesforce.columns import pages
from connector.salesforce.values import text_of

FIELDS = ("Id", "LastName", "Score__c", "SystemModstamp", "IsConverted")
KINDS = ("id", "string", "double", "datetime", "boolean")


def bulk_csv(*rows: tuple[str, ...], header: tuple[str, ...] = FIELDS) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *rows])
    return io.BytesIO(text.getvalue().encode())


def read(source: io.BytesIO, rows: int = 100) -> list[list[TextColumn]]:
    return list(pages(source, FIELDS, KINDS, rows))


def test_an_empty_string_is_null_and_a_name_na_is_a_name() -> None:
    names = ["NA", "null", "None", "nan", "#N/A", "", " padded "]
    source = bulk_csv(*[("001D000000IRFmaIAH", name, "", "", "true") for name in names])
    [columns] = read(source)
    assert columns[1] == ["NA", "null", "None", "nan", "#N/A", None, " padded "]
    assert columns[2] == [None] * 7
    assert columns[3] == [None] * 7


def test_numbers_and_instants_are_the_same_as_over_rest() -> None:
    written = ["1.0E7", "1000.0", "0.50", "-0.0", "12", "100", "-3.25", "0.0"]
    source = bulk_csv(*[("001D000000IRFma", "x", n, "2026-01-02T03:04:05.000Z", "false") for n in written])
    [columns] = read(source)
    assert columns[2] == ["10000000", "1000", "0.5", "0", "12", "100", "-3.25", "0"]
    assert columns[3] == ["2026-01-02T03:04:05.000Z"] * 8
    assert columns[0] == ["001D000000IRFmaIAH"] * 8


def test_an_instant_with_an_offset_becomes_utc() -> None:
    source = bulk_csv(("001D000000IRFmaIAH", "x", "1", "2026-01-02T03:04:05.000+0000", "true"))
    [columns] = read(source)
    assert columns[3] == ["2026-01-02T03:04:05.000Z"]


def test_quotes_commas_and_line_ends_inside_a_value_are_kept() -> None:
    name = 'He said "no",\r\nthen\nleft\r'
    [columns] = read(bulk_csv(("001D000000IRFmaIAH", name, "1", "", "true")))
    assert columns[1] == [name]


@pytest.mark.parametrize("source", [io.BytesIO(), bulk_csv()])
def test_a_page_without_rows_yields_nothing(source: io.BytesIO) -> None:
    assert read(source) == []


def test_a_page_comes_in_batches_of_the_asked_size() -> None:
    source = bulk_csv(*[("001D000000IRFmaIAH", str(n), "1", "", "true") for n in range(25)])
    assert [len(columns[0]) for columns in read(source, rows=10)] == [10, 10, 5]


def test_columns_that_were_not_asked_for_stop_the_stream() -> None:
    with pytest.raises(StreamStopped, match="where Id, LastName"):
        read(bulk_csv(header=("Id", "Other", "Score__c", "SystemModstamp", "IsConverted")))


def test_a_torn_line_stops_the_stream() -> None:
    source = io.BytesIO(b'"Id","LastName","Score__c","SystemModstamp","IsConverted"\n"001","x"\n')
    with pytest.raises(StreamStopped, match="CSV"):
        read(source)


@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
        min_size=1,
        max_size=20,
    )
)
def test_bulk_and_rest_agree_on_every_number(numbers: list[object]) -> None:
    source = bulk_csv(*[("001D000000IRFmaIAH", "x", str(n), "", "true") for n in numbers])
    [columns] = read(source)
    assert columns[2] == [text_of(n, "double") for n in numbers]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=10))
def test_bulk_text_survives_whatever_it_holds(names: list[str]) -> None:
    source = bulk_csv(*[("001D000000IRFmaIAH", name, "1", "", "true") for name in names])
    [columns] = read(source)
    assert columns[1] == [name or None for name in names]


def test_a_record_longer_than_a_block_is_read_whole_and_once() -> None:
    long = "x" * (3 << 20)
    source = bulk_csv(*[(f"{n:018}", long if n == 400 else "short", "1", "", "true") for n in range(600)])
    batches = read(source, rows=250)
    assert [len(columns[0]) for columns in batches] == [250, 250, 100]
    assert [value for columns in batches for value in columns[0]] == [f"{n:018}" for n in range(600)]
    assert batches[1][1][150] == long
