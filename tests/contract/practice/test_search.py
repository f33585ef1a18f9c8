"""SOSL: `search` and `parameterizedSearch`. Shapes and clauses are documented."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.practice.client import VERSION, Client


def found(client: Client, sosl: str) -> list[dict[str, Any]]:
    answer = client.get("search/", params={"q": sosl})
    assert answer.status_code == 200, answer.text
    records: list[dict[str, Any]] = answer.json()["searchRecords"]
    return records


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """Ids by what they stand for, made once for the module."""
    return {}


@pytest.fixture(autouse=True)
def some(client: Client, rows: dict[str, str]) -> None:
    if not rows:
        rows["account"] = client.create("Account", Name="Zwölfender Jagdbedarf", Phone="+49 30 555 0199")
        rows["contact"] = client.create(
            "Contact", LastName="Hirschfänger", Email="ada@zwoelfender.example", AccountId=rows["account"]
        )
        rows["lead"] = client.lead(LastName="Zwölfender", Company="Waidwerk O'Brien", City="Suhl")


def test_words_are_found_whatever_their_case_in_the_order_of_the_objects(
    client: Client, rows: dict[str, str]
) -> None:
    records = found(client, "FIND {ZWÖLFENDER} RETURNING Lead(Id, Name), Account(Name)")
    assert records == [
        {
            "attributes": {"type": "Lead", "url": f"/services/data/v{VERSION}/sobjects/Lead/{rows['lead']}"},
            "Id": rows["lead"],
            "Name": "Zwölfender",
        },
        {
            "attributes": {
                "type": "Account",
                "url": f"/services/data/v{VERSION}/sobjects/Account/{rows['account']}",
            },
            "Name": "Zwölfender Jagdbedarf",
        },
    ]


def test_without_objects_every_one_is_searched_for_its_ids(client: Client, rows: dict[str, str]) -> None:
    records = found(client, "FIND {zwölfender}")
    assert {row["Id"] for row in records} == {rows["lead"], rows["account"]}
    assert all(set(row) == {"attributes", "Id"} for row in records)


@pytest.mark.parametrize(
    ("sosl", "names"),
    [
        ("FIND {zwölf*} RETURNING Account", ["account"]),
        ("FIND {jagd*darf} RETURNING Account", ["account"]),
        ("FIND {zwölfende?} RETURNING Account", ["account"]),
        ("FIND {zwölf} RETURNING Account", []),
        ('FIND {"Jagdbedarf Zwölfender"} RETURNING Account', []),
        ('FIND {"zwölfender jagdbedarf"} RETURNING Account', ["account"]),
        ("FIND {jagdbedarf zwölfender} RETURNING Account, Lead", ["account"]),
        ("FIND {jagdbedarf OR waidwerk} RETURNING Account, Lead", ["account", "lead"]),
        ("FIND {zwölfender AND NOT jagdbedarf} RETURNING Account, Lead", ["lead"]),
        ("FIND {zwölfender AND (suhl OR jagdbedarf)} RETURNING Account, Lead", ["account", "lead"]),
        ("FIND {ada@zwoelfender.example} IN EMAIL FIELDS RETURNING Contact", ["contact"]),
        ("FIND {ada\\@zwoelfender.example} RETURNING Contact", ["contact"]),
        ("FIND {ada@zwoelfender.example} IN NAME FIELDS RETURNING Contact", []),
        ("FIND {0199} IN PHONE FIELDS RETURNING Account", ["account"]),
        ("FIND {suhl} IN NAME FIELDS RETURNING Lead", []),
        ("FIND {zwölfender} RETURNING Lead(Id WHERE City = 'Suhl (O\\'x)'), Account", ["account"]),
        ("FIND {zwölfender} RETURNING Lead(Id WHERE City = 'Suhl' ORDER BY Name LIMIT 1)", ["lead"]),
        ("FIND {zwölfender} RETURNING Lead, Account LIMIT 1", ["lead"]),
        ("FIND {zwölfender} IN ALL FIELDS RETURNING Lead WITH METADATA = 'LABELS' LIMIT 5", ["lead"]),
    ],
)
def test_a_search_finds(client: Client, rows: dict[str, str], sosl: str, names: list[str]) -> None:
    ids = [row["attributes"]["url"].rpartition("/")[2] for row in found(client, sosl)]
    assert ids == [rows[name] for name in names]


@pytest.mark.parametrize(
    ("sosl", "code", "told"),
    [
        (
            "FIND zwölfender",
            "MALFORMED_SEARCH",
            "No search term found. The search term must be enclosed in braces.",
        ),
        ("", "MALFORMED_SEARCH", "unexpected token: <EOF>"),
        ("FIND {a}", "MALFORMED_SEARCH", "search term must be longer than one character: a"),
        ("FIND {zw} IN SOME FIELDS", "MALFORMED_SEARCH", "unexpected token: SOME"),
        ("FIND {zw} RETURNING", "MALFORMED_SEARCH", "unexpected token: <EOF>"),
        ("FIND {zw} RETURNING Lead foo", "MALFORMED_SEARCH", "unexpected token: foo"),
        ("FIND {zw} RETURNING Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("FIND {zw} RETURNING Lead(Nope)", "INVALID_FIELD", "No such column 'Nope' on entity 'Lead'."),
    ],
)
def test_a_search_that_cannot_be_read_is_refused(client: Client, sosl: str, code: str, told: str) -> None:
    """The sentence about braces was recorded by others (restforce); the rest is worded like queries."""
    answer = client.get("search", params={"q": sosl})
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    assert told in error["message"]


def test_parameters_search_like_a_statement(client: Client, rows: dict[str, str]) -> None:
    asked = [
        ("q", "zwölfender"),
        ("sobject", "Lead"),
        ("sobject", "Account"),
        ("Lead.fields", "Id,City"),
        ("Lead.limit", "1"),
        ("fields", "Name"),
    ]
    answer = client.get("parameterizedSearch/", params=asked)
    lead, account = answer.json()["searchRecords"]
    assert (lead["Id"], lead["City"]) == (rows["lead"], "Suhl")
    assert account["Name"] == "Zwölfender Jagdbedarf"
    named = client.get("parameterizedSearch", params={"q": "suhl", "sobject": "Lead", "in": "NAME"})
    assert named.json() == {"searchRecords": []}


def test_parameters_may_come_as_a_body(client: Client, rows: dict[str, str]) -> None:
    answer = client.post(
        "parameterizedSearch",
        {
            "q": "zwölfender",
            "fields": ["Id"],
            "in": "ALL",
            "sobjects": [
                {"name": "Account", "fields": ["Id", "Name"], "limit": 20},
                {"name": "Lead", "where": "City = 'Suhl'", "orderBy": "Name"},
            ],
            "overallLimit": 10,
            "defaultLimit": 5,
        },
    )
    account, lead = answer.json()["searchRecords"]
    assert (account["Id"], account["Name"]) == (rows["account"], "Zwölfender Jagdbedarf")
    assert lead["Id"] == rows["lead"]
    assert client.get("parameterizedSearch").status_code == 400


def test_a_deleted_row_is_not_found(client: Client) -> None:
    gone = client.lead(LastName="Verschollenheit")
    assert [row["Id"] for row in found(client, "FIND {Verschollenheit}")] == [gone]
    client.delete(f"sobjects/Lead/{gone}")
    assert found(client, "FIND {Verschollenheit}") == []
