from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.practice.http.bulk.dialect import DELIMITERS, Dialect
from connector.practice.http.bulk.ingest_run import error_text
from connector.practice.http.bulk.job_id import JobIds
from connector.practice.http.bulk.locator import locator_of, row_of
from connector.practice.http.bulk.result_file import ResultFile
from connector.practice.http.bulk.texts import java_double
from connector.practice.org import ApiError, SaveError
from connector.practice.org.ids import is_well_formed


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0"),
        (35000.0, "35000.0"),
        (9999999.99, "9999999.99"),
        (10000000.0, "1.0E7"),
        (139000000.0, "1.39E8"),
        (-12345678.9, "-1.23456789E7"),
        (0.001, "0.001"),
        (0.00012, "1.2E-4"),
        (1e22, "1.0E22"),
        (5, "5.0"),
        (None, None),
    ],
)
def test_numbers_are_written_as_java_writes_doubles(number: float | None, text: str | None) -> None:
    assert java_double(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_so_reads_back_as_itself(number: float) -> None:
    assert float(java_double(number) or "") == number


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from(sorted(DELIMITERS)))
def test_a_line_reads_back_as_its_values(values: list[str], delimiter: str) -> None:
    dialect = Dialect(delimiter_name=delimiter)
    (row,) = csv.reader(io.StringIO(dialect.line(values), newline=""), delimiter=dialect.delimiter)
    assert row == values


def written(folder: Path, rows: Sequence[Sequence[str]]) -> ResultFile:
    file = ResultFile(folder / "job.csv", ["Id", "Name"], Dialect())
    lines = [Dialect().line(row).encode() for row in rows]
    blocks = [lines[start : start + 3] for start in range(0, len(lines), 3)]
    assert list(file.write(blocks))[-1] == len(rows)
    return file


@pytest.mark.parametrize(("start", "count"), [(0, 3), (3, 4), (9, 1), (8, 50), (0, 10), (10, 5)])
def test_a_page_is_the_header_and_its_rows(tmp_path: Path, start: int, count: int) -> None:
    rows = [(str(each), f'näme "{each}"\nline' * (each % 3)) for each in range(10)]
    file = written(tmp_path, rows)
    text = b"".join(file.page(start, count)).decode()
    header, *found = csv.reader(io.StringIO(text, newline=""))
    assert header == ["Id", "Name"]
    assert [tuple(row) for row in found] == rows[start : start + count]


def test_an_empty_result_is_a_header_alone(tmp_path: Path) -> None:
    file = written(tmp_path, [])
    assert b"".join(file.page(0, 10)) == b'"Id","Name"\n'


def test_a_page_may_be_larger_than_one_chunk(tmp_path: Path) -> None:
    rows = [(str(each), "x" * 1000) for each in range(5000)]
    file = written(tmp_path, rows)
    whole = b"".join(file.page(0, 5000))
    assert len(list(itertools.islice(file.page(0, 5000), 10))) > 1
    assert whole.count(b"\n") == 5001


def test_rows_within_a_size_are_as_many_as_fit_and_at_least_one(tmp_path: Path) -> None:
    file = written(tmp_path, [("1", "x" * 100)] * 50)
    row = len(Dialect().line(("1", "x" * 100)))
    assert file.rows_within(0, row * 7 + 1) == 7
    assert file.rows_within(45, row * 7) == 5
    assert file.rows_within(3, 1) == 1


def test_progress_is_told_while_rows_are_written(tmp_path: Path) -> None:
    file = ResultFile(tmp_path / "job.csv", ["Id"], Dialect())
    told = list(file.write([[b'"1"\n'] * 400] * 25))
    assert told[-1] == 10_000
    assert len(told) > 2
    assert told == sorted(told)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_locator_points_back_at_its_row(row: int) -> None:
    assert row_of(locator_of(row)) == row
    assert "=" not in locator_of(row)


def test_text_that_is_no_locator_is_refused() -> None:
    with pytest.raises(ApiError, match="INVALID_QUERY_LOCATOR"):
        row_of("!!")


def test_job_ids_are_well_formed_and_differ() -> None:
    ids = JobIds()
    made = [ids.next() for _ in range(100)]
    assert len(set(made)) == 100
    assert all(each.startswith("750") and is_well_formed(each) for each in made)


def test_a_row_error_is_code_message_fields() -> None:
    with_fields = SaveError(
        status_code="REQUIRED_FIELD_MISSING", message="missing: [A, B]", fields=("A", "B")
    )
    without = SaveError(status_code="UNABLE_TO_LOCK_ROW", message="locked")
    assert error_text([with_fields]) == "REQUIRED_FIELD_MISSING:missing: [A, B]:A, B --"
    assert error_text([without]) == "UNABLE_TO_LOCK_ROW:locked:--"
