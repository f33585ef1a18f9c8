"""SOQL over a small org of its own: what each part of the language finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.practice.org.ids import to18
from connector.practice.org.results import ApiError
from connector.practice.org.user import Access, User
from connector.practice.schema.definition import ChildRelationship, FieldDef, ObjectDef, PicklistValue, Schema
from connector.practice.soql import compile_query

NOW = datetime(2026, 3, 18, 22, 30, tzinfo=UTC)
BASE = "/services/data/v60.0"


def field(name: str, kind: str = "string", **more: Any) -> FieldDef:
    return FieldDef(name=name, label=name, type=kind, **more)


def lookup(name: str, relationship: str, *targets: str) -> FieldDef:
    return field(name, "reference", relationship_name=relationship, reference_to=targets, length=18)


def made(name: str, prefix: str, *fields: FieldDef, **more: Any) -> ObjectDef:
    common = (
        field("Id", "id", nillable=False),
        field("IsDeleted", "boolean", nillable=False),
        field("Name", name_field=True),
        field("CreatedDate", "datetime", nillable=False),
        field("SystemModstamp", "datetime", nillable=False),
    )
    return ObjectDef(
        name=name,
        label=name,
        label_plural=name + "s",
        key_prefix=prefix,
        fields={each.name: each for each in (*common, *fields)},
        **more,
    )


def child(name: str, key: str, relationship: str) -> ChildRelationship:
    return ChildRelationship(
        child=name, field=key, name=relationship, cascade_delete=False, restricted_delete=False
    )


SCHEMA = Schema(
    [
        made("User", "005", field("Email", "email"), field("IsActive", "boolean")),
        made("Group", "00G", field("Type", "picklist")),
        made(
            "Account",
            "001",
            field("Phone", "phone"),
            lookup("ParentId", "Parent", "Account"),
            lookup("OwnerId", "Owner", "User"),
            field("Territory__c", "multipicklist", custom=True),
            field("AnnualRevenue", "currency", scale=2),
            child_relationships=(child("Lead", "Firm__c", "Leads__r"),),
        ),
        made(
            "Lead",
            "00Q",
            lookup("OwnerId", "Owner", "Group", "User"),
            lookup("Firm__c", "Firm__r", "Account"),
            field(
                "Status",
                "picklist",
                picklist_values=(PicklistValue(value="New", label="Neu"),),
            ),
            field("NumberOfEmployees", "int"),
            field("Due__c", "date", custom=True),
            field("Street", "textarea", compound_field_name="Address"),
            field("City", compound_field_name="Address"),
            field("Address", "address"),
            field("Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
            field("Secret__c", custom=True, permissionable=True),
        ),
        made("Secret_Thing__c", "a09", custom=True),
        made("Task", "00T", lookup("WhatId", "What", "Account", "Lead")),
    ]
)
SEER = User(id=to18("005000000000001"), username="seer@x.example", name="Seer")
PARTNER = User(
    id=to18("005000000000002"),
    username="partner@x.example",
    name="Partner",
    access=Access(governed=frozenset({"Secret_Thing__c", "Lead.Secret__c"})),
)
A1, A2, A3 = (to18(f"00100000000000{number}") for number in (1, 2, 3))
G1 = to18("00G000000000001")
L = [to18(f"00Q00000000000{number}") for number in range(1, 7)]
ROWS: dict[str, list[dict[str, Any]]] = {
    "User": [{"Id": SEER.id, "Name": "Ada Seer", "Email": "ada@x.example", "IsActive": 1}],
    "Group": [{"Id": G1, "Name": "Partner Pool", "Type": "Queue"}],
    "Account": [
        {
            "Id": A1,
            "Name": "Nordlys A/S",
            "OwnerId": SEER.id,
            "Territory__c": "Denmark;Sweden",
            "AnnualRevenue": 10,
        },
        {"Id": A2, "Name": "Hafen GmbH", "ParentId": A1, "OwnerId": SEER.id, "Territory__c": "Germany"},
        {"Id": A3, "Name": "Alt", "IsDeleted": 1},
    ],
    "Lead": [
        {
            "Id": L[0],
            "Name": "Ann",
            "OwnerId": SEER.id,
            "Firm__c": A1,
            "Status": "New",
            "NumberOfEmployees": 5,
            "CreatedDate": "2026-03-18T22:59:59.000Z",
            "Due__c": "2026-03-18",
            "Street": "Kaj 1",
            "City": "Aarhus",
        },
        {
            "Id": L[1],
            "Name": "bob",
            "OwnerId": G1,
            "Firm__c": A2,
            "Status": "Working",
            "NumberOfEmployees": 50,
            "CreatedDate": "2026-03-18T23:00:00.000Z",
            "Due__c": "2026-03-19",
        },
        {
            "Id": L[2],
            "Name": "Cem",
            "OwnerId": G1,
            "Status": "New",
            "CreatedDate": "2026-02-28T12:00:00.000Z",
        },
        {
            "Id": L[3],
            "Name": "O'Dea",
            "OwnerId": G1,
            "Firm__c": A1,
            "Status": None,
            "NumberOfEmployees": 7,
            "CreatedDate": "2025-12-31T23:30:00.000Z",
        },
        {
            "Id": L[4],
            "Name": "50% off_",
            "OwnerId": SEER.id,
            "Firm__c": A1,
            "Status": "New",
            "NumberOfEmployees": 1,
        },
        {"Id": L[5], "Name": "Gone", "OwnerId": SEER.id, "IsDeleted": 1, "Firm__c": A1},
    ],
    "Task": [
        {"Id": to18("00T000000000001"), "Name": "call", "WhatId": A1},
        {"Id": to18("00T000000000002"), "Name": "mail", "WhatId": L[0]},
        {"Id": to18("00T000000000003"), "Name": "rest"},
    ],
}


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    for definition in SCHEMA:
        columns = ", ".join(
            f'"{name}" {"TEXT" if definition.fields[name].binary else "TEXT COLLATE NOCASE"}'
            if definition.fields[name].type not in {"int", "currency", "boolean"}
            else f'"{name}" NUMERIC'
            for name in definition.columns
        )
        connection.execute(f'CREATE TABLE "{definition.name}" ({columns})')
    for table, rows in ROWS.items():
        for row in rows:
            full = {
                "IsDeleted": 0,
                "CreatedDate": "2026-01-01T00:00:00.000Z",
                "SystemModstamp": "2026-01-01T00:00:00.000Z",
                **row,
            }
            names = ", ".join(f'"{name}"' for name in full)
            marks = ", ".join("?" * len(full))
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(full.values()))
    yield connection
    connection.close()


def names(db: sqlite3.Connection, condition: str, *, table: str = "Lead", **more: Any) -> list[str]:
    compiled = compile_query(SCHEMA, f"SELECT Name FROM {table} WHERE {condition}", SEER, NOW, **more)
    return sorted(str(row[0]) for row in compiled.rows(db))


def records(db: sqlite3.Connection, soql: str, user: User = SEER) -> list[dict[str, Any]]:
    return list(compile_query(SCHEMA, soql, user, NOW).records(db, BASE))


def refusal(soql: str, user: User = SEER) -> ApiError:
    with pytest.raises(ApiError) as caught:
        compile_query(SCHEMA, soql, user, NOW)
    assert caught.value.http_status == 400
    return caught.value


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Name = 'ann'", ["Ann"]),
        ("Name != 'ann'", ["50% off_", "Cem", "O'Dea", "bob"]),
        ("Status != 'New'", ["O'Dea", "bob"]),
        ("NOT Status = 'New'", ["O'Dea", "bob"]),
        ("(NOT Status LIKE 'N%') AND NumberOfEmployees > 6.5", ["O'Dea", "bob"]),
        ("Status = null", ["O'Dea"]),
        ("Status = ''", ["O'Dea"]),
        ("Status <> NULL AND Name IN ('ANN', 'bob')", ["Ann", "bob"]),
        ("Status NOT IN ('New')", ["O'Dea", "bob"]),
        ("Status IN ('Working', null)", ["O'Dea", "bob"]),
        ("Name = 'O\\'Dea'", ["O'Dea"]),
        ("Name LIKE '%\\_'", ["50% off_"]),
        ("Name LIKE '50\\%%'", ["50% off_"]),
        ("Name LIKE '_OB'", ["bob"]),
        ("Owner.Name = 'Partner Pool'", ["Cem", "O'Dea", "bob"]),
        ("Owner.Type = 'Queue'", ["Cem", "O'Dea", "bob"]),
        ("Owner.Type = 'User'", ["50% off_", "Ann"]),
        ("Firm__r.Parent.Name = 'Nordlys A/S'", ["bob"]),
        ("firm__R.owner.email = 'ADA@x.example' AND Firm__r.ParentId = null", ["50% off_", "Ann", "O'Dea"]),
        (f"Id = '{L[0][:15]}'", ["Ann"]),
        (f"OwnerId IN ('{G1}')", ["Cem", "O'Dea", "bob"]),
        ("Firm__c IN (SELECT Id FROM Account WHERE Name LIKE 'Nord%')", ["50% off_", "Ann", "O'Dea"]),
        ("Firm__c NOT IN (SELECT Id FROM Account WHERE Name LIKE 'Nord%')", ["Cem", "bob"]),
        ("CreatedDate = TODAY", ["Ann"]),
        ("CreatedDate = TOMORROW", ["bob"]),
        ("CreatedDate >= TODAY AND CreatedDate <= TOMORROW", ["Ann", "bob"]),
        ("CreatedDate = LAST_MONTH", ["Cem"]),
        ("CreatedDate > LAST_MONTH", ["Ann", "bob"]),
        ("CreatedDate = LAST_YEAR", []),
        ("CreatedDate = THIS_YEAR AND CreatedDate < LAST_MONTH", ["50% off_", "O'Dea"]),
        ("CreatedDate > 2026-03-18T23:59:59+01:00", ["bob"]),
        ("CreatedDate >= 2026-03-18T22:59:59Z", ["Ann", "bob"]),
        ("Due__c = LAST_N_DAYS:0", ["Ann"]),
        ("Due__c = NEXT_N_DAYS:1", ["bob"]),
        ("Due__c > 2026-03-18", ["bob"]),
        ("Due__c IN (TODAY, 2026-03-19)", ["Ann", "bob"]),
        ("CALENDAR_MONTH(CreatedDate) = 2", ["Cem"]),
        ("DAY_ONLY(convertTimezone(CreatedDate)) = 2026-03-19", ["bob"]),
        ("HOUR_IN_DAY(convertTimezone(CreatedDate)) = 23", ["Ann"]),
    ],
)
def test_a_condition_finds(db: sqlite3.Connection, condition: str, expected: list[str]) -> None:
    """Issue 3 §1: SOQL conditions; expectations worked out by hand from the documented semantics."""
    # NOW is 22:30 UTC and so 23:30 on the same day in Copenhagen, where this login lives.
    assert names(db, condition) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Territory__c INCLUDES ('sweden')", ["Nordlys A/S"]),
        ("Territory__c INCLUDES ('Denmark;Sweden', 'Germany')", ["Hafen GmbH", "Nordlys A/S"]),
        ("Territory__c INCLUDES ('Denmark;Germany')", []),
        ("Territory__c EXCLUDES ('Denmark')", ["Hafen GmbH"]),
        ("Territory__c = 'Denmark;Sweden'", ["Nordlys A/S"]),
        ("Id IN (SELECT Firm__c FROM Lead WHERE Name = 'bob')", ["Hafen GmbH"]),
        ("Id NOT IN (SELECT Firm__c FROM Lead WHERE Name = 'bob')", ["Nordlys A/S"]),
    ],
)
def test_a_condition_finds_accounts(db: sqlite3.Connection, condition: str, expected: list[str]) -> None:
    assert names(db, condition, table="Account") == expected


def test_deleted_rows_show_only_when_all_rows_are_asked_for(db: sqlite3.Connection) -> None:
    assert "Gone" not in names(db, "Id != null")
    assert "Gone" in names(db, "Id != null", all_rows=True)
    assert names(db, "IsDeleted = true", all_rows=True) == ["Gone"]


def test_parents_nest_with_attributes_and_a_polymorphic_owner_is_a_name(db: sqlite3.Connection) -> None:
    found = records(
        db, "SELECT id, Owner.name, Firm__r.Name, Firm__r.Parent.Name FROM Lead ORDER BY Name LIMIT 3"
    )
    ann = next(each for each in found if each["Id"] == L[0])
    assert ann == {
        "attributes": {"type": "Lead", "url": f"{BASE}/sobjects/Lead/{L[0]}"},
        "Id": L[0],
        "Owner": {
            "attributes": {"type": "Name", "url": f"{BASE}/sobjects/User/{SEER.id}"},
            "Name": "Ada Seer",
        },
        "Firm__r": {
            "attributes": {"type": "Account", "url": f"{BASE}/sobjects/Account/{A1}"},
            "Name": "Nordlys A/S",
            "Parent": None,
        },
    }


def test_values_are_typed_as_json_shows_them(db: sqlite3.Connection) -> None:
    row = records(
        db, "SELECT IsDeleted, CreatedDate, NumberOfEmployees, Address, Due__c FROM Lead WHERE Name = 'Ann'"
    )[0]
    del row["attributes"]
    assert row == {
        "IsDeleted": False,
        "CreatedDate": "2026-03-18T22:59:59.000+0000",
        "NumberOfEmployees": 5,
        "Address": {"street": "Kaj 1", "city": "Aarhus"},
        "Due__c": "2026-03-18",
    }
    assert records(db, "SELECT Address FROM Lead WHERE Name = 'bob'")[0]["Address"] is None
    revenue = records(db, "SELECT AnnualRevenue FROM Account WHERE Name LIKE 'Nord%'")[0]["AnnualRevenue"]
    assert isinstance(revenue, float)


def test_a_child_sub_query_nests_a_result_or_null(db: sqlite3.Connection) -> None:
    found = records(
        db,
        "SELECT Name, (SELECT Name FROM Leads__r WHERE NumberOfEmployees > 1 ORDER BY Name DESC LIMIT 1) "
        "FROM Account ORDER BY Name",
    )
    assert [each["Name"] for each in found] == ["Hafen GmbH", "Nordlys A/S"]
    assert found[1]["Leads__r"]["totalSize"] == 1
    assert found[1]["Leads__r"]["done"] is True
    assert [each["Name"] for each in found[1]["Leads__r"]["records"]] == ["O'Dea"]
    none = records(db, "SELECT Id, (SELECT Id FROM Leads__r WHERE Name = 'x') FROM Account")
    assert [each["Leads__r"] for each in none] == [None, None]


def test_typeof_picks_fields_by_the_kind_of_parent(db: sqlite3.Connection) -> None:
    found = records(
        db,
        "SELECT Name, TYPEOF What WHEN Account THEN Phone, Name WHEN Lead THEN Status END "
        "FROM Task ORDER BY Name",
    )
    assert found[0]["What"]["attributes"]["type"] == "Account"
    assert (found[0]["What"]["Name"], found[0]["What"]["Phone"]) == ("Nordlys A/S", None)
    assert found[1]["What"]["Status"] == "New"
    assert found[2]["What"] is None


def test_order_puts_nulls_first_unless_told_otherwise(db: sqlite3.Connection) -> None:
    def order(clause: str) -> list[Any]:
        return [
            row["NumberOfEmployees"] for row in records(db, f"SELECT NumberOfEmployees FROM Lead {clause}")
        ]

    assert order("ORDER BY NumberOfEmployees") == [None, 1, 5, 7, 50]
    assert order("ORDER BY NumberOfEmployees DESC") == [None, 50, 7, 5, 1]
    assert order("ORDER BY NumberOfEmployees ASC NULLS LAST") == [1, 5, 7, 50, None]
    assert order("ORDER BY NumberOfEmployees DESC NULLS LAST LIMIT 2 OFFSET 1") == [7, 5]


def test_text_is_ordered_whatever_its_case(db: sqlite3.Connection) -> None:
    assert [row["Name"] for row in records(db, "SELECT Name FROM Lead ORDER BY Name")] == [
        "50% off_",
        "Ann",
        "bob",
        "Cem",
        "O'Dea",
    ]


def test_aggregates_take_an_alias_or_a_numbered_name(db: sqlite3.Connection) -> None:
    found = records(
        db,
        "SELECT Status, COUNT(Id), MAX(NumberOfEmployees) largest, AVG(NumberOfEmployees) FROM Lead "
        "GROUP BY Status HAVING COUNT(Id) > 1",
    )
    assert found == [
        {"attributes": {"type": "AggregateResult"}, "Status": "New", "expr0": 3, "largest": 5, "expr1": 3.0}
    ]
    assert records(
        db, "SELECT Owner.Name, count(Id) n FROM Lead GROUP BY Owner.Name ORDER BY count(Id) DESC"
    ) == [
        {"attributes": {"type": "AggregateResult"}, "Name": "Partner Pool", "n": 3},
        {"attributes": {"type": "AggregateResult"}, "Name": "Ada Seer", "n": 2},
    ]
    years = records(
        db, "SELECT CALENDAR_YEAR(CreatedDate) y, COUNT(Id) n FROM Lead GROUP BY CALENDAR_YEAR(CreatedDate)"
    )
    assert {(each["y"], each["n"]) for each in years} == {(2025, 1), (2026, 4)}


def test_rollup_adds_a_total(db: sqlite3.Connection) -> None:
    found = records(
        db, "SELECT Status, COUNT(Status) n FROM Lead WHERE Status != null GROUP BY ROLLUP(Status)"
    )
    assert sorted((each["Status"] or "", each["n"]) for each in found) == [
        ("", 4),
        ("New", 3),
        ("Working", 1),
    ]


def test_subtotals_follow_their_groups_and_grouping_tells_them_apart(db: sqlite3.Connection) -> None:
    soql = (
        "SELECT Status, DAY_IN_MONTH(CreatedDate) d, GROUPING(Status) a, COUNT(Id) n FROM Lead"
        " WHERE Status != null GROUP BY {}(Status, DAY_IN_MONTH(CreatedDate))"
    )
    rolled, cubed = (records(db, soql.format(kind)) for kind in ("ROLLUP", "CUBE"))
    shape = [(each["Status"], each["d"] is None, each["a"]) for each in rolled]
    assert shape == [
        *[("New", False, 0)] * 3,
        ("New", True, 0),
        ("Working", False, 0),
        ("Working", True, 0),
        (None, True, 1),
    ]
    assert [each["n"] for each in rolled if each["d"] is None] == [3, 1, 4]
    by_day = [each for each in cubed if each["Status"] is None and each["d"] is not None]
    assert sum(each["n"] for each in by_day) == 4
    assert [each for each in cubed if each not in by_day] == rolled


def test_subtotals_may_be_ordered_by_what_they_are(db: sqlite3.Connection) -> None:
    found = records(
        db,
        "SELECT Status, COUNT(Id) n FROM Lead WHERE Status != null GROUP BY ROLLUP(Status)"
        " HAVING COUNT(Id) > 0 ORDER BY GROUPING(Status) DESC, COUNT(Id) LIMIT 2",
    )
    assert [(each["Status"], each["n"]) for each in found] == [(None, 4), ("Working", 1)]


def test_count_alone_has_a_size_and_no_records(db: sqlite3.Connection) -> None:
    compiled = compile_query(SCHEMA, "select count() from Lead where NumberOfEmployees < 10", SEER, NOW)
    assert (compiled.kind, compiled.total(db), list(compiled.records(db, BASE))) == ("count", 3, [])


def test_total_counts_past_the_rows_of_one_page(db: sqlite3.Connection) -> None:
    assert compile_query(SCHEMA, "SELECT Id FROM Lead", SEER, NOW).total(db) == 5
    assert compile_query(SCHEMA, "SELECT Id FROM Lead LIMIT 2", SEER, NOW).total(db) == 2


def test_fields_functions_select_whole_groups_of_fields(db: sqlite3.Connection) -> None:
    every = set(records(db, "SELECT FIELDS(ALL) FROM Lead LIMIT 1")[0]) - {"attributes"}
    standard = set(records(db, "SELECT FIELDS(STANDARD) FROM Lead")[0]) - {"attributes"}
    custom = set(records(db, "SELECT FIELDS(CUSTOM), Id FROM Lead LIMIT 200")[0]) - {"attributes"}
    assert every == set(SCHEMA.object("Lead").fields)
    assert custom - {"Id"} == {"Due__c", "Secret__c"}
    assert standard == every - custom | {"Firm__c", "Id"}
    assert "Secret__c" not in records(db, "SELECT FIELDS(ALL) FROM Lead LIMIT 1", PARTNER)[0]


def test_to_label_and_format_dress_values(db: sqlite3.Connection) -> None:
    assert records(db, "SELECT toLabel(Status) FROM Lead WHERE Name = 'Ann'")[0]["Status"] == "Neu"
    assert records(db, "SELECT toLabel(Status) s FROM Lead WHERE Name = 'Ann'")[0]["s"] == "Neu"
    assert (
        records(db, "SELECT FORMAT(AnnualRevenue) r FROM Account WHERE AnnualRevenue > 0")[0]["r"] == "10.00"
    )


def test_words_that_change_nothing_are_taken(db: sqlite3.Connection) -> None:
    for tail in ("FOR VIEW", "FOR REFERENCE", "FOR UPDATE", "UPDATE TRACKING"):
        assert records(db, f"SELECT Id FROM Lead LIMIT 1 {tail}")
    assert records(db, "SELECT Id FROM Lead USING SCOPE everything WITH SECURITY_ENFORCED LIMIT 1")
    assert len(records(db, "SELECT Id FROM Lead USING SCOPE mine")) == 2
    assert len(records(db, "SELECT l.Id, Lead.Name FROM Lead l WHERE l.Name = 'Ann'")) == 1


def test_rows_are_flat_and_in_the_order_asked(db: sqlite3.Connection) -> None:
    compiled = compile_query(SCHEMA, "SELECT Firm__r.Name, Id, IsDeleted FROM Lead ORDER BY Name", SEER, NOW)
    assert [column.name for column in compiled.columns] == ["Firm__r.Name", "Id", "IsDeleted"]
    assert next(compiled.rows(db)) == ("Nordlys A/S", L[4], 0)
    assert next(compiled.rows(db, offset=3)) == (None, L[2], 0)


@pytest.mark.parametrize(
    ("soql", "reason"),
    [
        ("SELECT COUNT() FROM Lead", "COUNT"),
        ("SELECT Status, COUNT(Id) FROM Lead GROUP BY Status", "GROUP BY"),
        ("SELECT Id FROM Lead LIMIT 5 OFFSET 2", "OFFSET"),
        ("SELECT Address FROM Lead", "compound"),
        ("SELECT TYPEOF Owner WHEN User THEN Email END FROM Lead", "TYPEOF"),
    ],
)
def test_a_query_that_bulk_refuses_says_why(soql: str, reason: str) -> None:
    unfit = compile_query(SCHEMA, soql, SEER, NOW).unfit_for_bulk
    assert unfit is not None
    assert reason in unfit


def test_a_plain_query_is_fit_for_bulk() -> None:
    assert compile_query(SCHEMA, "SELECT Id, Owner.Name FROM Lead", SEER, NOW).unfit_for_bulk is None


def test_an_unknown_field_is_named_under_a_caret() -> None:
    """Documented wording, as recorded: clipped text, caret, row and column, the field and the entity."""
    error = refusal("SELECT Id, Nope FROM Lead")
    assert error.error_code == "INVALID_FIELD"
    assert error.message == (
        "\nSELECT Id, Nope FROM Lead\n           ^\nERROR at Row:1:Column:12\n"
        "No such column 'Nope' on entity 'Lead'. If you are attempting to use a custom field, be sure to "
        "append the '__c' after the custom field name. Please reference your WSDL or the describe call for "
        "the appropriate names."
    )


def test_rows_and_columns_follow_line_breaks() -> None:
    assert "Row:3:Column:7" in refusal("SELECT Id\nFROM Lead\nWHERE Nope = 1").message


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT Id FROM Leed", "INVALID_TYPE", "sObject type 'Leed' is not supported."),
        (
            "SELECT Firm.Name FROM Lead",
            "INVALID_FIELD",
            "Didn't understand relationship 'Firm' in field path.",
        ),
        (
            "SELECT (SELECT Id FROM Leads) FROM Account",
            "INVALID_TYPE",
            "Didn't understand relationship 'Leads' in FROM part of query call.",
        ),
        ("SELECT Owner.Phone FROM Lead", "INVALID_FIELD", "No such column 'Phone' on entity 'Name'."),
        (
            "SELECT Id FROM Lead WHERE Name = 5",
            "INVALID_FIELD",
            "must be of type string and should be enclosed",
        ),
        (
            "SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01'",
            "INVALID_FIELD",
            "for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
        ),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        (
            "SELECT Id FROM Lead WHERE Description = 'x'",
            "INVALID_FIELD",
            "can not be filtered in a query call",
        ),
        ("SELECT Id FROM Lead ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query call"),
        ("SELECT Id, ID FROM Lead", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Name n FROM Lead", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT Name, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "Field must be grouped or aggregated: Name"),
        ("SELECT COUNT(IsDeleted) FROM Lead", "MALFORMED_QUERY", "does not support aggregate operator COUNT"),
        ("SELECT SUM(Name) FROM Lead", "MALFORMED_QUERY", "does not support aggregate operator SUM"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT Id FROM Lead LIMIT 5 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset"),
        (
            "SELECT Id FROM Lead WHERE Firm__c IN (SELECT Id FROM Lead)",
            "MALFORMED_QUERY",
            "the same object type",
        ),
        (
            "SELECT Id FROM Lead WHERE Name = :x",
            "MALFORMED_QUERY",
            "Bind variables only allowed in Apex code",
        ),
        ("SELECT Id FROM Lead WHERE Name = nope", "MALFORMED_QUERY", "unexpected token: nope"),
        ("SELECT Id FROM Lead WHERE Name = 'x", "MALFORMED_QUERY", "mismatched character '<EOF>'"),
    ],
)
def test_a_query_is_refused_in_the_words_of_the_real_service(soql: str, code: str, words: str) -> None:
    error = refusal(soql)
    assert error.error_code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("soql", "token"),
    [
        ("SELEKT Id FROM Lead", "SELEKT"),
        ("SELECT Id FROM Lead WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "OR"),
        ("SELECT Id FROM", "<EOF>"),
        ("SELECT Id, FROM Lead", "FROM"),
        ("SELECT * FROM Lead", "*"),
        ("SELECT Id FROM Lead WHERE Name IS NULL", "IS"),
        ("SELECT Id FROM Lead LIMIT many", "many"),
        ("SELECT Id FROM Lead ORDER Name", "Name"),
    ],
)
def test_a_syntax_error_names_the_token_plainly(soql: str, token: str) -> None:
    error = refusal(soql)
    assert (error.error_code, error.message) == ("MALFORMED_QUERY", f"unexpected token: {token}")


def test_what_is_hidden_from_a_login_is_unknown_to_it() -> None:
    assert (
        "No such column 'Secret__c' on entity 'Lead'"
        in refusal("SELECT Secret__c FROM Lead", PARTNER).message
    )
    assert refusal("SELECT Id FROM Secret_Thing__c", PARTNER).error_code == "INVALID_TYPE"
    assert compile_query(SCHEMA, "SELECT Secret__c FROM Lead", SEER, NOW).columns


def test_column_metadata_tells_the_command_line_what_was_selected() -> None:
    compiled = compile_query(
        SCHEMA, "SELECT Id, Owner.Name, (SELECT Name FROM Leads__r) FROM Account", SEER, NOW
    )
    plain, owner, leads = compiled.metadata
    assert (plain["columnName"], plain["apexType"], plain["joinColumns"]) == ("Id", "Id", [])
    assert (owner["columnName"], [each["columnName"] for each in owner["joinColumns"]]) == ("Owner", ["Name"])
    assert (leads["aggregate"], [each["columnName"] for each in leads["joinColumns"]]) == (True, ["Name"])
