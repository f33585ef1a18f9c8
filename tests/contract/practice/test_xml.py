"""Answers as XML, for a client that asks for them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from connector.practice.http.xml_text import wants_xml
from tests.contract.practice.client import Client

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def document(client: Client, path: str, **options: object) -> ET.Element:
    """The root of an XML answer."""
    answer = client.get(path, headers={"Accept": "application/xml"}, **options)
    assert answer.headers["Content-Type"] == "application/xml;charset=UTF-8"
    return ET.fromstring(answer.content)  # noqa: S314 - our own server's


def test_a_query_is_a_query_result_with_typed_records(client: Client) -> None:
    lead = client.lead(LastName="A & B")
    root = document(
        client, "query", params={"q": f"SELECT LastName, City, IsConverted FROM Lead WHERE Id = '{lead}'"}
    )
    (record,) = root.findall("records")
    assert (root.tag, root.findtext("totalSize"), root.findtext("done")) == ("QueryResult", "1", "true")
    assert record.attrib == {"type": "Lead", "url": f"/services/data/v66.0/sobjects/Lead/{lead}"}
    assert [each.tag for each in record] == ["LastName", "City", "IsConverted"]
    assert (record.findtext("LastName"), record.findtext("IsConverted")) == ("A & B", "false")
    assert record[1].attrib == {NIL: "true"}


def test_a_record_an_error_and_the_versions_have_roots_of_their_own(client: Client) -> None:
    lead = client.lead()
    assert document(client, f"sobjects/Lead/{lead}").findtext("Id") == lead
    errors = document(client, "sobjects/Nope")
    assert (errors.tag, errors.findtext("Error/errorCode")) == ("Errors", "NOT_FOUND")
    versions = document(client, "/services/data")
    assert (versions.tag, versions.findtext("Version/version")) == ("Versions", "50.0")
    assert document(client, "sobjects/Lead/describe").tag == "DescribeSObject"
    assert document(client, "sobjects").tag == "DescribeGlobal"


@pytest.mark.parametrize(
    ("accept", "xml"),
    [
        ("application/xml", True),
        ("text/xml;q=0.9, */*", True),
        ("application/json, application/xml", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_what_everyone_else_gets(accept: str, xml: bool) -> None:  # noqa: FBT001
    assert wants_xml(accept) is xml


def test_an_ending_chooses_the_form_before_any_header(client: Client) -> None:
    """Documented."""
    xml = client.get("sobjects/Lead/describe.xml", headers={"Accept": "application/json"})
    assert xml.text.startswith('<?xml version="1.0" encoding="UTF-8"?><DescribeSObject')
    soql = {"q": "SELECT Id FROM Lead LIMIT 1"}
    json = client.get("query.json", params=soql, headers={"Accept": "application/xml"})
    assert json.json()["done"] is True
