"""Answers as XML, for clients that ask for it: the same values as in JSON, under the documented names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

XML = "application/xml;charset=UTF-8"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def wants_xml(accept: str) -> bool:
    """Whether an `Accept` header names XML before JSON and before anything at all."""
    for each in accept.lower().split(","):
        kind = each.partition(";")[0].strip()
        if kind in {"application/xml", "text/xml"}:
            return True
        if kind in {"application/json", "*/*", "application/*"}:
            return False
    return False


def xml_of(body: Any) -> bytes:
    """Return a JSON-able answer as an XML document."""
    if isinstance(body, list):
        inner, outer = _list_names(body)
        text = f"<{outer} {_XSI}>{''.join(_element(inner, each) for each in body)}</{outer}>"
    else:
        text = _element(_root(body), body, f" {_XSI}")
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def _list_names(body: list[Any]) -> tuple[str, str]:
    first = body[0] if body and isinstance(body[0], Mapping) else {}
    if "errorCode" in first:
        return "Error", "Errors"
    if "version" in first:
        return "Version", "Versions"
    return "Result", "Results"


def _root(body: Any) -> str:
    if not isinstance(body, Mapping):
        return "Result"
    if "totalSize" in body:
        return "QueryResult"
    if "attributes" in body:
        return str(body["attributes"].get("type") or "Result")
    if "sobjects" in body:
        return "DescribeGlobal"
    return "DescribeSObject" if "fields" in body and "childRelationships" in body else "Result"


def _element(name: str, value: Any, extra: str = "") -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if value is None:
        return f'<{name}{extra} xsi:nil="true"/>'
    if isinstance(value, Mapping):
        told = value.get("attributes")
        own = told if isinstance(told, Mapping) else {}
        marks = "".join(f" {key}={quoteattr(str(each))}" for key, each in own.items())
        inner = "".join(_element(key, value[key]) for key in value if key != "attributes" or not own)
        return f"<{name}{extra}{marks}>{inner}</{name}>"
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}{extra}>{escape(shown)}</{name}>"
