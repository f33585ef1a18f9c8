"""SOAP beyond the login: what clients ask of the partner and metadata API beside REST."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

import requests

from tests.contract.practice.client import Client

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<soapenv:Header xmlns="{space}"><SessionHeader><sessionId>{session}</sessionId></SessionHeader>{more}'
    '</soapenv:Header><soapenv:Body xmlns="{space}">{body}</soapenv:Body></soapenv:Envelope>'
)
PARTNER, METADATA = "urn:partner.soap.sforce.com", "http://soap.sforce.com/2006/04/metadata"


def asked(
    client: Client, body: str, *, api: str = "u", more: str = "", session: str | None = None
) -> requests.Response:
    space = METADATA if api == "m" else PARTNER
    token = escape(session if session is not None else client.running.access_token)
    return requests.post(
        f"{client.url}/services/Soap/{api}/{client.version}",
        data=ENVELOPE.format(space=space, session=token, body=body, more=more).encode(),
        headers={"Content-Type": "text/xml", "SOAPAction": '""'},
        timeout=30,
    )


def told(client: Client, body: str, **options: str) -> str:
    answer = asked(client, body, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/xml")
    return answer.text


def one(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    assert found, (name, text)
    return found[1]


def test_a_session_tells_of_its_user_and_the_time(client: Client) -> None:
    user = told(client, "<getUserInfo/>")
    assert one(user, "userName") == client.running.greeting["username"]
    assert one(user, "organizationId").startswith("00D")
    assert one(user, "userFullName") == "Channel Connector"
    assert "<getUserInfoResponse><result>" in user
    assert int(one(user, "current")) > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", one(told(client, "<getServerTimestamp/>"), "timestamp"))


def test_a_query_answers_partner_records(client: Client) -> None:
    """The form is one recorded by others: the type, the id, then the selected fields, the id again among them."""
    lead = client.lead(LastName="Seife & Söhne")
    soql = f"SELECT Id, LastName, City, CreatedDate, Owner.Name FROM Lead WHERE Id = '{lead}'"
    text = told(client, f"<query><queryString>{escape(soql)}</queryString></query>")
    assert (
        '<queryResponse><result xsi:type="QueryResult"><done>true</done><queryLocator xsi:nil="true"/>'
        in text
    )
    record = (
        f'<records xsi:type="sf:sObject"><sf:type>Lead</sf:type><sf:Id>{lead}</sf:Id><sf:Id>{lead}</sf:Id>'
    )
    assert record + '<sf:LastName>Seife &amp; Söhne</sf:LastName><sf:City xsi:nil="true"/>' in text
    assert re.fullmatch(r"[\d-]+T[\d:.]+Z", one(text, "sf:CreatedDate"))
    assert '<sf:Owner xsi:type="sf:sObject"><sf:type>Name</sf:type><sf:Id xsi:nil="true"/><sf:Name>' in text
    assert text.endswith(
        "</records><size>1</size></result></queryResponse></soapenv:Body></soapenv:Envelope>"
    )


def test_a_long_query_goes_on_by_its_locator(client: Client) -> None:
    for _ in range(3):
        client.post(
            "composite/sobjects",
            {"records": [{"attributes": {"type": "Account"}, "Name": "Seite"} for _ in range(100)]},
        )
    soql = "SELECT Id FROM Account WHERE Name = 'Seite'"
    options = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    first = told(client, f"<query><queryString>{soql}</queryString></query>", more=options)
    assert (one(first, "done"), one(first, "size"), first.count("<records ")) == ("false", "300", 200)
    rest = told(client, f"<queryMore><queryLocator>{one(first, 'queryLocator')}</queryLocator></queryMore>")
    assert (one(rest, "done"), rest.count("<records ")) == ("true", 100)


def test_rows_are_saved_and_refused_one_by_one(client: Client) -> None:
    good = "<sObjects><type>Lead</type><LastName>Seifert</LastName><Company>S</Company></sObjects>"
    bad = "<sObjects><type>Lead</type><LastName>Seifert</LastName></sObjects>"
    text = told(client, f"<create>{good}{bad}</create>")
    created = one(text, "id")
    assert f"<result><id>{created}</id><success>true</success></result>" in text
    assert (
        "<result><errors><fields>Company</fields><message>Required fields are missing: [Company]</message>"
        "<statusCode>REQUIRED_FIELD_MISSING</statusCode></errors>"
        '<id xsi:nil="true"/><success>false</success></result>'
    ) in text
    changed = (
        f"<sObjects><type>Lead</type><fieldsToNull>FirstName</fieldsToNull><Id>{created}</Id>"
        "<NumberOfEmployees>12</NumberOfEmployees></sObjects>"
    )
    assert "<success>true</success>" in told(client, f"<update>{changed}</update>")
    assert client.read("Lead", created)["NumberOfEmployees"] == 12
    row = told(
        client,
        f"<retrieve><fieldList>Id, LastName</fieldList><sObjectType>Lead</sObjectType><ids>{created}</ids></retrieve>",
    )
    assert '<result xsi:type="sf:sObject"><sf:type>Lead</sf:type>' in row
    assert "<success>true</success>" in told(client, f"<delete><ids>{created}</ids></delete>")
    assert client.get(f"sobjects/Lead/{created}").status_code == 404
    assert "<success>true</success>" in told(client, f"<undelete><ids>{created}</ids></undelete>")
    assert client.get(f"sobjects/Lead/{created}").status_code == 200


def test_an_upsert_says_whether_it_created(client: Client) -> None:
    row = "<sObjects><type>Channel_Conflict__c</type><External_Key__c>soap-1</External_Key__c></sObjects>"
    body = f"<upsert><externalIDFieldName>External_Key__c</externalIDFieldName>{row}</upsert>"
    assert "<result><created>true</created><id>" in told(client, body)
    assert "<result><created>false</created><id>" in told(client, body)


def test_a_lead_is_converted(client: Client) -> None:
    lead = client.lead(LastName="Wandel", Company="Wandel GmbH")
    converted = (
        "<convertLead><leadConverts><convertedStatus>{}</convertedStatus>"
        "<doNotCreateOpportunity>false</doNotCreateOpportunity><leadId>{}</leadId>"
        "<overwriteLeadSource>false</overwriteLeadSource></leadConverts></convertLead>"
    )
    (status,) = client.query("SELECT ApiName FROM LeadStatus WHERE IsConverted = true LIMIT 1")
    text = told(client, converted.format(status["ApiName"], lead))
    assert (one(text, "success"), one(text, "leadId")) == ("true", lead)
    assert client.read("Lead", lead)["ConvertedAccountId"] == one(text, "accountId")
    again = told(client, converted.format(status["ApiName"], lead))
    assert (one(again, "success"), 'accountId xsi:nil="true"' in again) == ("false", True)


def test_rows_are_merged(client: Client) -> None:
    first, second = (client.create("Account", Name=name) for name in ("Fusion A", "Fusion B"))
    merge = (
        "<merge><request><masterRecord><type>Account</type><Id>{}</Id><Phone>0123</Phone></masterRecord>"
        "<recordToMergeIds>{}</recordToMergeIds></request></merge>"
    )
    text = told(client, merge.format(first, second))
    assert (
        f"<result><id>{first}</id><mergedRecordIds>{second}</mergedRecordIds><success>true</success>" in text
    )
    assert client.read("Account", first)["Phone"] == "0123"
    (gone,) = client.query(f"SELECT MasterRecordId FROM Account WHERE Id = '{second}'", everything=True)
    assert gone["MasterRecordId"] == first
    again = told(client, merge.format(first, second))
    assert (one(again, "success"), one(again, "statusCode")) == ("false", "ENTITY_IS_DELETED")


def test_objects_are_described(client: Client) -> None:
    every = told(client, "<describeGlobal/>")
    assert every.count("<sobjects>") == len(client.get("sobjects").json()["sobjects"])
    two = told(
        client,
        "<describeSObjects><sObjectType>Lead</sObjectType><sObjectType>Account</sObjectType></describeSObjects>",
    )
    assert re.findall(r"</layoutable><mergeable>", two) or two.count("<result>") == 2
    assert two.count("<fields>") == sum(
        len(client.get(f"sobjects/{name}/describe").json()["fields"]) for name in ("Lead", "Account")
    )
    unknown = asked(client, "<describeSObject><sObjectType>Nope</sObjectType></describeSObject>")
    assert (unknown.status_code, one(unknown.text, "faultcode")) == (500, "sf:INVALID_TYPE")
    assert one(unknown.text, "faultstring") == "INVALID_TYPE: sObject type 'Nope' is not supported."


def test_what_is_refused_is_a_fault(client: Client) -> None:
    lost = asked(client, "<getUserInfo/>", session="nope")
    assert (lost.status_code, one(lost.text, "faultcode")) == (500, "sf:INVALID_SESSION_ID")
    torn = asked(client, "<query><queryString>SELEKT</queryString></query>")
    assert (torn.status_code, one(torn.text, "sf:exceptionCode")) == (500, "MALFORMED_QUERY")
    other = asked(client, "<launchRocket/>")
    assert one(other.text, "faultstring").endswith(
        "No operation available for request {urn:partner.soap.sforce.com}launchRocket"
    )
    broken = requests.post(f"{client.url}/services/Soap/u/60.0", data="<not", timeout=30)
    assert (broken.status_code, "faultcode" in broken.text) == (500, True)


def test_the_metadata_api_lists_types_and_their_parts(client: Client) -> None:
    types = told(client, "<describeMetadata><asOfVersion>60.0</asOfVersion></describeMetadata>", api="m")
    assert f'xmlns="{METADATA}"' in types
    assert "<directoryName>objects</directoryName>" in types
    assert "<childXmlNames>CustomField</childXmlNames>" in types
    listed = told(
        client, "<listMetadata><queries><type>CustomObject</type></queries></listMetadata>", api="m"
    )
    names = re.findall(r"<fullName>(.*?)</fullName>", listed)
    assert {"Lead", "Channel_Conflict__c"} <= set(names)
    assert "<fileName>objects/Lead.object</fileName>" in listed
    fields = told(client, "<listMetadata><queries><type>CustomField</type></queries></listMetadata>", api="m")
    assert "<fullName>Channel_Conflict__c.External_Key__c</fullName>" in fields
    unknown = asked(client, "<listMetadata><queries><type>Nope</type></queries></listMetadata>", api="m")
    assert one(unknown.text, "faultcode") == "sf:INVALID_TYPE"
