from __future__ import annotations

import pytest

from connector.salesforce.ids import id18


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001D000000IRFma", "001D000000IRFmaIAH"),
        ("00530000003xqAb", "00530000003xqAbAAI"),
        ("000000000000000", "000000000000000AAA"),
    ],
)
def test_a_pasted_short_id_gets_its_suffix(short: str, long: str) -> None:
    assert id18(short) == long
    assert id18(long) == long


@pytest.mark.parametrize(
    "text", ["", "001D000000IRFm", "001D000000IRFma!", "001D000000IRFmaIA", "００１D000000IRFma"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Salesforce id"):
        id18(text)
