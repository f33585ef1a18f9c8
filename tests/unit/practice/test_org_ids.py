"""Record ids: 18 characters, right checksum, rising."""

from __future__ import annotations

import pytest

from connector.practice.org.ids import IdMint, checksum, is_well_formed, to18


@pytest.mark.parametrize(
    ("fifteen", "eighteen"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("0031i000013x2TE", "0031i000013x2TEAAY"),
        ("00Q000000000001", "00Q000000000001EAA"),
        ("abcdefghijklmno", "abcdefghijklmnoAAA"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"),
    ],
)
def test_the_checksum_marks_where_the_capitals_are(fifteen: str, eighteen: str) -> None:
    assert to18(fifteen) == eighteen


def test_a_wrong_checksum_or_letter_is_not_well_formed() -> None:
    good = to18("001gK0000000001")
    assert is_well_formed(good)
    assert is_well_formed(good[:15])
    assert not is_well_formed(good[:15] + "AAZ")
    assert not is_well_formed("001gK000000000-")
    assert not is_well_formed(good[:16])


def test_minted_ids_rise_and_are_well_formed_past_every_carry() -> None:
    mint = IdMint()
    ids = [mint.new("00Q") for _ in range(8000)]
    assert ids == sorted(set(ids))
    assert all(is_well_formed(each) for each in ids)
    assert ids[0][15:] == checksum(ids[0][:15])
    assert mint.new("006").startswith("006")
