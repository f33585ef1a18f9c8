"""Conditional requests: dates compared to the second, entity tags on Account rows only, never on DELETE."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from connector.practice.http.call import Call
from connector.practice.org import ApiError

CONDITIONS = frozenset({"if-unmodified-since", "if-match", "if-none-match"})


def _header_date(call: Call, name: str) -> datetime | None:
    """Return a header's HTTP date; unreadable, it is 400 on a write and ignored on a read."""
    text = call.headers.get(name)
    if text is None:
        return None
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        if call.method in {"PATCH", "POST"}:
            raise ApiError(400, "INVALID_HEADER_VALUE", f"Invalid value for header {name}: {text}") from None
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def not_modified_since(call: Call, modified: datetime) -> bool:
    """Whether `If-Modified-Since` makes this a 304."""
    since = _header_date(call, "if-modified-since")
    return since is not None and modified.replace(microsecond=0) <= since


def check_unmodified(call: Call, modified: datetime | None) -> None:
    """Raise 412 PRECONDITION_FAILED when `If-Unmodified-Since` names a second before the last change."""
    since = _header_date(call, "if-unmodified-since")
    if since is not None and modified is not None and modified.replace(microsecond=0) > since:
        raise _failed(f"The record was modified after {call.headers['if-unmodified-since']}")


def etag(record_id: str, modified: datetime) -> str:
    """Return the entity tag of an Account row as it is now."""
    digest = hashlib.sha1(f"{record_id}{modified.isoformat()}".encode(), usedforsecurity=False).digest()
    return f'"{base64.b64encode(digest).decode()}--gzip"'


def check_match(call: Call, tag: str) -> None:
    """Raise 412 PRECONDITION_FAILED: `If-Match` lists other tags, or on a write `If-None-Match` this one."""
    wanted = call.headers.get("if-match")
    if wanted is not None and wanted.strip() != "*" and _bare(tag) not in _tags(call, wanted):
        raise _failed("The entity tag of the record is not among those of If-Match")
    unwanted = call.headers.get("if-none-match")
    if call.method not in {"GET", "HEAD"} and unwanted is not None and none_match(call, tag):
        raise _failed("The entity tag of the record is among those of If-None-Match")


def none_match(call: Call, tag: str) -> bool:
    """Whether `If-None-Match` lists this tag: a 304 on a read."""
    unwanted = call.headers.get("if-none-match")
    if unwanted is None:
        return False
    return unwanted.strip() == "*" or _bare(tag) in _tags(call, unwanted)


def _tags(call: Call, listed: str) -> set[str]:
    found = re.findall(r'(?:W/)?"([^"]*)"', listed)
    if not found and call.method in {"PATCH", "POST"}:
        raise ApiError(400, "INVALID_HEADER_VALUE", f"Invalid entity tag: {listed}")
    return {_bare(each) for each in found}


def _bare(tag: str) -> str:
    return re.sub(r"-{1,2}gzip$", "", tag.strip('"'))


def _failed(message: str) -> ApiError:
    return ApiError(412, "PRECONDITION_FAILED", message)


def http_date(moment: datetime) -> str:
    """Return an instant as `Last-Modified` writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
