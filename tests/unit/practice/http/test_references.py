from __future__ import annotations

from typing import Any

import pytest

from connector.practice.http.composite.references import UnresolvedReferenceError, resolved

ANSWERS: dict[str, Any] = {
    "acct": {"id": "001A", "success": True, "Amount": 5.5},
    "rows": [{"id": "1"}, {"id": "2"}],
    "found": {"records": [{"Id": "X", "Owner": {"Name": "Ida"}}]},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@{acct.id}", "001A"),
        ("@{acct.Id}", "001A"),
        ("@{acct.Amount}", 5.5),
        ("/sobjects/Account/@{acct.id}/Contacts", "/sobjects/Account/001A/Contacts"),
        ("@{rows[1].id}", "2"),
        ("@{found.records[0].Owner.Name} and @{rows[0].id}", "Ida and 1"),
        ("flag=@{acct.success}", "flag=true"),
        ("no reference, {braces} or @ signs alone", "no reference, {braces} or @ signs alone"),
    ],
)
def test_a_reference_takes_the_value_it_names(text: str, value: object) -> None:
    assert resolved(text, ANSWERS) == value


def test_references_are_resolved_at_any_depth() -> None:
    body = {"AccountId": "@{acct.id}", "list": [{"deep": "@{rows[0].id}"}], "number": 3, "none": None}
    assert resolved(body, ANSWERS) == {
        "AccountId": "001A",
        "list": [{"deep": "1"}],
        "number": 3,
        "none": None,
    }


@pytest.mark.parametrize(
    "path", ["gone.id", "acct.nothing", "rows[5].id", "acct[0]", "found.records[0].Id.more"]
)
def test_a_reference_to_nothing_is_refused_in_the_real_words(path: str) -> None:
    with pytest.raises(UnresolvedReferenceError) as refused:
        resolved(f"@{{{path}}}", ANSWERS)
    name = path.partition(".")[0].partition("[")[0]
    assert str(refused.value) == f"Invalid reference specified. No value for {path} found in {name}."
