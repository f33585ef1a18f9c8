"""The binary COPY format, held to what the documentation says of it, read back byte by byte."""

import struct
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from connector.ports.org import Batch
from connector.store import copying
from connector.store.arrival import arrival
from connector.store.shapes import encode

TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = ("Id", "SystemModstamp", "IsDeleted", "MasterRecordId", "Name", "City")
STAMP = "2026-01-02T03:04:05.000Z"


def rows_of(data: bytes) -> Iterator[list[bytes | None]]:
    place = 0
    while place < len(data):
        (columns,) = struct.unpack_from(">h", data, place)
        place += 2
        row: list[bytes | None] = []
        for _ in range(columns):
            (size,) = struct.unpack_from(">i", data, place)
            place += 4
            row.append(None if size < 0 else data[place : place + size])
            place += max(size, 0)
        yield row


def number(value: int) -> bytes:
    return struct.pack(">i", value)


@given(
    st.lists(st.tuples(st.sampled_from(["true", "false"]), st.booleans(), TEXT, TEXT), min_size=1, max_size=9)
)
def test_each_column_of_each_row_is_its_length_and_its_value(
    told: list[tuple[str, bool, str | None, str | None]],
) -> None:
    values = [
        (f"00Q00000000000{place}AAA", STAMP, gone, "00Q000000000099AAA" if merged else None, name, city)
        for place, (gone, merged, name, city) in enumerate(told)
    ]
    columns = tuple(list(column) for column in zip(*values, strict=True))
    come = arrival(Batch(object="Lead", fields=FIELDS, columns=columns), 7)
    second = STAMP[:19].encode()
    assert list(rows_of(copying.rows(3, come, 0, len(values)))) == [
        [
            number(3),
            b"Lead",
            number(7),
            number(int(gone == "true")),
            master.encode() if master else None,
            ident.encode(),
            second,
            second,
            encode([ident, STAMP, gone, master, name, city]).encode(),
        ]
        for ident, _, gone, master, name, city in values
    ]


def test_a_part_of_the_rows_is_of_that_part_alone() -> None:
    columns = (["00Q000000000001AAA", "00Q000000000002AAA", "00Q000000000003AAA"], [STAMP] * 3)
    come = arrival(Batch(object="Lead", fields=("Id", "SystemModstamp"), columns=columns), 1)
    found = [row[5] for row in rows_of(copying.rows(1, come, 1, 1))]
    assert found == [b"00Q000000000002AAA"]


def test_rows_stand_between_the_documented_signature_and_its_end() -> None:
    assert copying.HEAD == b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
    assert copying.TAIL == b"\xff\xff"
