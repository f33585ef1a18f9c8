from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from connector.ports.columns import TextColumn
from connector.store import columnar
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


def test_lines_for_copy_double_backslashes_and_spell_nulls() -> None:
    lines = columnar.tabbed("1", columnar.copied([None, "x"]), columnar.doubled(pa.array(["a\\b", "c"])))
    assert lines == b"1\t\\N\ta\\\\b\n1\tx\tc\n"


@given(st.lists(TEXT, max_size=10))
def test_a_text_column_is_a_sequence_equal_to_its_values(texts: list[str | None]) -> None:
    mine = column(texts)
    assert mine == texts
    assert texts == mine
    assert list(mine) == texts
    assert mine[1:] == texts[1:]
    assert len(mine) == len(texts)
