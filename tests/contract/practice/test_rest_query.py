"""`query` and `queryAll` over HTTP: pages, locators, shapes and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connector.practice.server import ServeOptions, start_in_thread
from tests.contract.practice.client import Client

MANY = 450


def page_of(client: Client, soql: str, size: int | None = None) -> dict[str, Any]:
    headers = {"Sforce-Query-Options": f"batchSize={size}"} if size else {}
    answer = client.get("query", params={"q": soql}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal(client: Client, soql: str) -> tuple[int, dict[str, Any]]:
    answer = client.get("query", params={"q": soql})
    return answer.status_code, answer.json()[0]


@pytest.fixture(scope="module")
def many(empty_org: Any) -> Iterator[str]:
    """A company name that 450 leads share."""
    client = Client(empty_org)
    company = "Seitenweise GmbH"
    for start in range(0, MANY, 200):
        rows = [
            {"attributes": {"type": "Lead"}, "LastName": f"Nr {number:04}", "Company": company}
            for number in range(start, min(start + 200, MANY))
        ]
        answer = client.post("composite/sobjects", {"records": rows})
        assert all(each["success"] for each in answer.json())
    yield company
    client.session.close()


def test_a_result_pages_through_locators_to_its_end(client: Client, many: str) -> None:
    soql = f"SELECT LastName FROM Lead WHERE Company = '{many}' ORDER BY LastName"
    first = page_of(client, soql, size=200)
    assert (first["totalSize"], first["done"], len(first["records"])) == (MANY, False, 200)
    assert first["nextRecordsUrl"].startswith(f"/services/data/v{client.version}/query/01g")
    assert first["nextRecordsUrl"].endswith("-200")
    second = client.get(first["nextRecordsUrl"]).json()
    last = client.get(second["nextRecordsUrl"]).json()
    assert (last["done"], "nextRecordsUrl" in last, last["totalSize"]) == (True, False, MANY)
    names = [row["LastName"] for page in (first, second, last) for row in page["records"]]
    assert names == [f"Nr {number:04}" for number in range(MANY)]


def test_a_page_may_be_asked_for_again_and_out_of_order(client: Client, many: str) -> None:
    soql = f"SELECT LastName FROM Lead WHERE Company = '{many}' ORDER BY LastName"
    locator = page_of(client, soql, size=200)["nextRecordsUrl"]
    once = client.get(locator).json()
    assert client.get(locator).json() == once
    last = client.get(locator.replace("-200", "-400")).json()
    assert [row["LastName"] for row in last["records"]] == [f"Nr {number:04}" for number in range(400, MANY)]
    assert client.get(locator).json() == once


def test_pages_show_the_moment_of_the_query(client: Client, many: str) -> None:
    """A row created while a client pages does not move the pages that follow."""
    soql = f"SELECT LastName FROM Lead WHERE Company = '{many}' ORDER BY LastName"
    first = page_of(client, soql, size=200)
    extra = client.lead(LastName="Nr 0000a", Company=many)
    second = client.get(first["nextRecordsUrl"]).json()
    assert second["records"][0]["LastName"] == "Nr 0200"
    assert client.delete(f"sobjects/Lead/{extra}").status_code == 204


def test_a_batch_size_out_of_bounds_is_brought_within_them(client: Client, many: str) -> None:
    soql = f"SELECT Id FROM Lead WHERE Company = '{many}'"
    assert len(page_of(client, soql, size=5)["records"]) == 200
    assert page_of(client, soql, size=9000)["done"] is True


def test_an_unknown_or_foreign_locator_is_refused(client: Client) -> None:
    for locator in ("01g000000000000AAA-2000", "nonsense", "01g-1"):
        answer = client.get(f"query/{locator}")
        assert answer.status_code == 400
        assert answer.json() == [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]


def test_count_has_a_size_and_no_records(client: Client, many: str) -> None:
    page = page_of(client, f"SELECT COUNT() FROM Lead WHERE Company = '{many}'")
    assert page == {"totalSize": MANY, "done": True, "records": []}
    page = page_of(client, f"SELECT COUNT(Id) FROM Lead WHERE Company = '{many}'")
    assert page["records"] == [{"attributes": {"type": "AggregateResult"}, "expr0": MANY}]


def test_null_fields_are_present_and_parents_nest(client: Client) -> None:
    lead = client.lead(LastName="Leer")
    row = client.query(f"SELECT Id, City, Owner.Name, CreatedBy.Username FROM Lead WHERE Id = '{lead}'")[0]
    assert row["attributes"] == {
        "type": "Lead",
        "url": f"/services/data/v{client.version}/sobjects/Lead/{lead}",
    }
    assert row["City"] is None
    assert row["Owner"]["attributes"]["type"] == "Name"
    assert row["CreatedBy"]["attributes"]["type"] == "User"
    assert row["CreatedBy"]["Username"].endswith("@practice.example")


def test_children_nest_a_result_or_null(client: Client) -> None:
    account = client.create("Account", Name="Mutter SE")
    client.create("Contact", LastName="Kind", AccountId=account)
    lonely = client.create("Account", Name="Allein SE")
    soql = f"SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Id IN ('{account}', '{lonely}')"
    rows = {row["Id"]: row["Contacts"] for row in client.query(soql)}
    assert rows[lonely] is None
    assert (rows[account]["totalSize"], rows[account]["done"]) == (1, True)
    assert rows[account]["records"][0]["LastName"] == "Kind"


def test_deleted_rows_show_in_query_all_alone(client: Client) -> None:
    lead = client.lead(LastName="Weg")
    assert client.delete(f"sobjects/Lead/{lead}").status_code == 204
    soql = f"SELECT Id, IsDeleted FROM Lead WHERE Id = '{lead}'"
    assert client.query(soql) == []
    assert [row["IsDeleted"] for row in client.query(soql, everything=True)] == [True]


def test_both_spellings_of_the_resource_answer(client: Client) -> None:
    for path in ("query", "query/", "queryAll", "queryAll/"):
        answer = client.get(path, params={"q": "SELECT COUNT() FROM Lead"})
        assert answer.status_code == 200


def test_columns_describe_the_select_list(client: Client) -> None:
    """Recorded: the `sf` command line repeats each query with `&columns=true`."""
    answer = client.get("query", params={"q": "SELECT Id, Owner.Name FROM Lead", "columns": "true"}).json()
    assert (answer["entityName"], answer["keyPrefix"], answer["idSelected"]) == ("Lead", "00Q", True)
    assert [each["columnName"] for each in answer["columnMetadata"]] == ["Id", "Owner"]
    assert answer["columnMetadata"][1]["joinColumns"][0]["columnName"] == "Name"


def test_syntax_errors_are_plain(client: Client) -> None:
    assert refusal(client, "SELEKT Id FROM Lead") == (
        400,
        {"message": "unexpected token: SELEKT", "errorCode": "MALFORMED_QUERY"},
    )
    assert refusal(client, "")[1]["errorCode"] == "MALFORMED_QUERY"


def test_an_unknown_field_names_itself_the_entity_and_the_place(client: Client) -> None:
    """Recorded: a query's INVALID_FIELD has a caret line, row and column, and no `fields`."""
    status, error = refusal(client, "SELECT Id, Nope__c FROM Lead")
    assert status == 400
    assert set(error) == {"message", "errorCode"}
    assert error["errorCode"] == "INVALID_FIELD"
    assert error["message"].startswith(
        "\nSELECT Id, Nope__c FROM Lead\n           ^\nERROR at Row:1:Column:12\n"
        "No such column 'Nope__c' on entity 'Lead'."
    )


def test_an_unknown_object_is_an_invalid_type(client: Client) -> None:
    status, error = refusal(client, "SELECT Id FROM Nope__c")
    assert (status, error["errorCode"]) == (400, "INVALID_TYPE")
    assert "sObject type 'Nope__c' is not supported." in error["message"]


def test_fields_all_reads_every_field_with_a_limit(client: Client) -> None:
    client.lead()
    row = client.query("SELECT FIELDS(ALL) FROM Lead LIMIT 1")[0]
    names = {each["name"] for each in client.get("sobjects/Lead/describe").json()["fields"]}
    assert set(row) - {"attributes"} == names
    assert refusal(client, "SELECT FIELDS(ALL) FROM Lead")[1]["errorCode"] == "MALFORMED_QUERY"


def test_a_locator_lives_two_days() -> None:
    """Documented: query cursors live 2 days. The clock is moved, so this org is the test's own."""
    running = start_in_thread(ServeOptions(empty=True))
    client = Client(running)
    org = running.service.org
    user = org.user_by_token(str(client.session.headers["Authorization"]).partition(" ")[2])
    assert user is not None
    rows = [
        {"attributes": {"type": "Lead"}, "LastName": f"Nr {number}", "Company": "Frist AG"}
        for number in range(200)
    ]
    for _ in range(2):
        client.post("composite/sobjects", {"records": rows})
    locator = page_of(client, "SELECT Id FROM Lead", size=200)["nextRecordsUrl"]
    answers = []
    for seconds in (2 * 24 * 3600 - 600, 1200):
        client.act("advance", seconds=seconds)
        # Sessions end sooner than locators do.
        client.session.headers["Authorization"] = f"Bearer {org.issue_token(user)}"
        answers.append(client.get(locator))
    assert len(answers[0].json()["records"]) == 200
    assert answers[1].json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    client.session.close()
    running.stop()


def test_distance_finds_and_orders_what_is_near(client: Client) -> None:
    near, far = (
        client.lead(LastName="Abstand", Latitude=latitude, Longitude=longitude)
        for latitude, longitude in ((48.40, 9.99), (52.52, 13.40))
    )
    client.lead(LastName="Abstand")
    point = "DISTANCE(Address, GEOLOCATION(48.4, 10.0), '{}')"
    asked = f"SELECT Id FROM Lead WHERE LastName = 'Abstand' AND {point} < {{}} ORDER BY {point} DESC"
    assert [row["Id"] for row in client.query(asked.format("km", 20, "km"))] == [near]
    assert [row["Id"] for row in client.query(asked.format("mi", 400, "mi"))] == [far, near]
    # Ulm to Berlin is about 522 km, which is 324 miles.
    assert [row["Id"] for row in client.query(asked.format("mi", 320, "mi"))] == [near]
    assert [row["Id"] for row in client.query(asked.format("km", 530, "km"))] == [far, near]
    for wrong in ("DISTANCE(Name, GEOLOCATION(1, 2), 'km') < 1", "DISTANCE(Address, 1, 'km') < 1"):
        answer = client.get("query", params={"q": f"SELECT Id FROM Lead WHERE {wrong}"})
        assert answer.status_code == 400, answer.text


def test_an_instant_torn_by_an_unescaped_plus_is_told_where(client: Client) -> None:
    """Recorded by others (giacomelli/SalesforceSharp#4), text, caret and columns alike."""
    soql = "SELECT id, name, description FROM Account WHERE LastModifiedDate >= 2013-12-01T12:00:00+00:00"
    answer = client.call("GET", f"query?q={soql}")
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "\nLastModifiedDate >= 2013-12-01T12:00:00 00:00\n                                      ^\n"
            "ERROR at Row:1:Column:87\nline 1:87 no viable alternative at character ' '",
            "errorCode": "MALFORMED_QUERY",
        }
    ]
    ended = client.get("query", params={"q": "SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01T00:00:00"})
    assert ended.json()[0]["message"].endswith("no viable alternative at character '<EOF>'")


@pytest.fixture
def three_levels(client: Client) -> str:
    """An account with a contact that has a task and one that has none."""
    account = client.create("Account", Name="Stockwerk")
    for name in ("Eins", "Zwei"):
        contact = client.create("Contact", LastName=name, AccountId=account)
        if name == "Eins":
            client.create("Task", Subject="Anruf", WhoId=contact, Status="Not Started", Priority="Normal")
    return account


def test_children_of_children_nest_from_version_58_on(client: Client, three_levels: str) -> None:
    """Documented: five levels from version 58, two before; the words before it are widely quoted."""
    soql = (
        "SELECT Id, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts ORDER BY LastName) "
        f"FROM Account WHERE Id = '{three_levels}'"
    )
    (account,) = client.query(soql)
    first, second = account["Contacts"]["records"]
    assert [task["Subject"] for task in first["Tasks"]["records"]] == ["Anruf"]
    assert second["Tasks"] is None
    refused = client.get("/services/data/v57.0/query", params={"q": soql})
    assert refused.json() == [
        {
            "message": "SOQL statements cannot query aggregate relationships more than 1 level away from the "
            "root entity object.",
            "errorCode": "MALFORMED_QUERY",
        }
    ]
