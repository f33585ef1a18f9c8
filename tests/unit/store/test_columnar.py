from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.canonical.ids import BadRecordId
from connector.ports.columns import TextColumn
from connector.ports.org import Batch
from connector.store import columnar
from connector.store.arrival import BadBatch, arrival
from connector.store.shapes import decode, encode

TEXT = (
    st.none()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(['"', "\\", "\0", "\n"])
)


def column(texts: list[str | None]) -> TextColumn:
    return TextColumn(pa.array(texts, pa.string()))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[TEXT] * width), min_size=1, max_size=20)))
def test_bodies_are_byte_for_byte_what_the_ordinary_encoder_makes(rows: list[tuple[str | None, ...]]) -> None:
    columns = [column([row[place] for row in rows]) for place in range(len(rows[0]))]
    assert columnar.bodies(columns, 0, len(rows)).to_pylist() == [encode(row) for row in rows]


def test_bodies_of_a_part_are_of_that_part_alone() -> None:
    columns = [column(["a", "b", 'c"', "d"]), column([None, "é", None, None])]
    assert [decode(body) for body in columnar.bodies(columns, 1, 2).to_pylist()] == [["b", "é"], ['c"', None]]


@given(st.lists(TEXT, max_size=10))
def test_a_text_column_is_a_sequence_equal_to_its_values(texts: list[str | None]) -> None:
    mine = column(texts)
    assert mine == texts
    assert texts == mine
    assert list(mine) == texts
    assert mine[1:] == texts[1:]
    assert len(mine) == len(texts)


def test_an_arrival_by_columns_equals_the_arrival_row_by_row() -> None:
    fields = ("Id", "SystemModstamp", "CreatedDate", "IsDeleted", "MasterRecordId")
    rows = [
        ("00Q000000000001AAA", "2026-01-02T03:04:05.000Z", "2026-01-01T00:00:00.000Z", "false", None),
        (
            "00Q000000000002AAA",
            "2026-01-02T03:04:05.000Z",
            "2026-01-02T03:04:05.999Z",
            "true",
            "00Q000000000001AAA",
        ),
        ("00Q000000000003AAA", "2026-01-02T03:04:05.000Z", None, None, None),
    ]
    plain = tuple(list(column) for column in zip(*rows, strict=True))
    by_row = arrival(Batch(object="Lead", fields=fields, columns=plain), 1)
    arrow = tuple(TextColumn(pa.array(column, pa.string())) for column in plain)
    by_column = arrival(Batch(object="Lead", fields=fields, columns=arrow), 1)
    assert list(by_column.rows()) == list(by_row.rows())
    assert isinstance(by_column.ids, TextColumn)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("Id", "00Q00000000000é", BadRecordId),
        ("Id", "00Q0000000000-1AAA", BadRecordId),
        ("SystemModstamp", None, BadBatch),
        ("SystemModstamp", "2026-01-02\t03:04:05.000Z", BadBatch),
        ("MasterRecordId", "00Q0000\t0000001AA", BadBatch),
    ],
)
def test_a_bad_row_is_refused_by_columns_too(field: str, value: str | None, fault: type[Exception]) -> None:
    row = {"Id": "00Q000000000001AAA", "SystemModstamp": "2026-01-02T03:04:05.000Z", "MasterRecordId": None}
    columns = tuple(TextColumn(pa.array([each], pa.string())) for each in (row | {field: value}).values())
    with pytest.raises(fault):
        arrival(Batch(object="Lead", fields=tuple(row), columns=columns), 1)
