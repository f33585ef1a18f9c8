"""A SOAP message as older clients write it, and the answers and faults they read (shapes recorded by others)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from connector.practice.http.call import Answer
from connector.practice.org import ApiError

XML = "text/xml;charset=UTF-8"
NIL = ' xsi:nil="true"/>'
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\+0000")


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a client says: the operation, its arguments and headers by bare name."""

    operation: str
    arguments: Mapping[str, Any]
    headers: Mapping[str, Any]

    def listed(self, name: str) -> list[Any]:
        """An argument that may be repeated."""
        found = self.arguments.get(name)
        return found if isinstance(found, list) else [] if found is None else [found]

    def text(self, name: str) -> str:
        """An argument that is one text; empty when it is missing."""
        found = self.arguments.get(name)
        return found if isinstance(found, str) else ""

    def header(self, name: str, key: str) -> str:
        """A value inside a header; empty when it is missing."""
        found = self.headers.get(name)
        value = found.get(key) if isinstance(found, Mapping) else None
        return value if isinstance(value, str) else ""


def read_message(text: str) -> Message:
    """Return the message; `ApiError` 500 when it is no SOAP envelope with an operation in its body."""
    text = text.lstrip("\ufeff \t\r\n")
    if "<!" in text.partition("Envelope")[0]:
        raise ApiError(500, "UNKNOWN_EXCEPTION", "DOCTYPE is disallowed")
    try:
        root = ET.fromstring(text)  # noqa: S314 - declarations were refused above
    except ET.ParseError as fault:
        raise ApiError(500, "UNKNOWN_EXCEPTION", f"Unable to parse the request: {fault}") from fault
    parts = {_bare(each): each for each in root}
    body = parts.get("Body")
    if body is None or not len(body):
        raise ApiError(500, "UNKNOWN_EXCEPTION", "No operation available for request")
    headers = _value(parts["Header"]) if "Header" in parts else {}
    arguments = _value(body[0])
    return Message(
        operation=_bare(body[0]),
        arguments=arguments if isinstance(arguments, dict) else {},
        headers=headers if isinstance(headers, dict) else {},
    )


def _bare(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _value(node: ET.Element) -> Any:
    """Return text, None where the element says it is nil, or a mapping; what repeats is a list."""
    if node.get(f"{{{_XSI}}}nil") in {"true", "1"}:
        return None
    if not len(node):
        return node.text or ""
    found: dict[str, Any] = {}
    for each in node:
        name, value = _bare(each), _value(each)
        if name in found:
            earlier = found[name]
            found[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            found[name] = value
    return found


def scalar(value: Any) -> str:
    """Return a value as SOAP writes it: instants end in `Z`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(_STAMP.sub(r"\1Z", str(value)))


def element(name: str, value: Any) -> str:
    """Return a JSON-able value as elements of that name; None is left out, a list repeats."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(element(name, each) for each in value)
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(element(key, each) for key, each in value.items())}</{name}>"
    return f"<{name}>{scalar(value)}</{name}>"


def sobject(record: Mapping[str, Any], name: str = "records") -> str:
    """Return a record of the REST API as a partner's sObject: its type and id stand before its fields."""
    told = record.get("attributes") or {}
    inner = f"<sf:type>{scalar(told.get('type', ''))}</sf:type>"
    inner += element("sf:Id", record.get("Id")) or f"<sf:Id{NIL}"
    inner += "".join(_field(f"sf:{key}", value) for key, value in record.items() if key != "attributes")
    return f'<{name} xsi:type="sf:sObject">{inner}</{name}>'


def _field(name: str, value: Any) -> str:
    if value is None:
        return f"<{name}{NIL}"
    if isinstance(value, Mapping):
        if "records" in value:
            return f'<{name} xsi:type="QueryResult">{page(value)}</{name}>'
        if "attributes" in value:
            return sobject(value, name)
    return element(name, value)


def page(told: Mapping[str, Any]) -> str:
    """Return the inside of a query result of the REST API."""
    locator = str(told.get("nextRecordsUrl") or "").rpartition("/")[2]
    return (
        element("done", told["done"])
        + (element("queryLocator", locator) if locator else f"<queryLocator{NIL}")
        + "".join(sobject(each) for each in told["records"])
        + element("size", told["totalSize"])
    )


def answered(namespace: str, operation: str, inner: str, limits: tuple[int, int]) -> Answer:
    """Return the answer of an operation; `inner` is its `result` elements, `limits` the calls used and allowed."""
    used, allowed = limits
    return Answer(
        body=(
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
            f'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{namespace}" '
            f'xmlns:xsi="{_XSI}" xmlns:sf="urn:sobject.partner.soap.sforce.com"><soapenv:Header>'
            f"<LimitInfoHeader><limitInfo><current>{used}</current><limit>{allowed}</limit>"
            "<type>API REQUESTS</type></limitInfo></LimitInfoHeader></soapenv:Header>"
            f"<soapenv:Body><{operation}Response>{inner}</{operation}Response></soapenv:Body>"
            "</soapenv:Envelope>"
        ).encode(),
        media_type=XML,
    )


def fault(namespace: str, code: str, message: str, kind: str = "ApiFault") -> Answer:
    """Return a SOAP fault: HTTP 500, its code in the fault's namespace."""
    words = escape(message)
    return Answer(
        status=500,
        body=(
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
            f'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="{namespace}" '
            f'xmlns:xsi="{_XSI}"><soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode>'
            f'<faultstring>{code}: {words}</faultstring><detail><sf:{kind} xsi:type="sf:{kind}">'
            f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{words}</sf:exceptionMessage>"
            f"</sf:{kind}></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"
        ).encode(),
        media_type=XML,
    )
