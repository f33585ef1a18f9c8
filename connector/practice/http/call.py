"""One call to the practice org and its answer, free of any web framework.

Routes take a `Call` and return an `Answer`; the wire (`app.py`) and the composite family (`dispatch.py`)
both speak in these two, so a subrequest runs the very code that a request of its own would run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from connector.practice.http.json_text import fault_of, place, token_of
from connector.practice.org import ApiError

if TYPE_CHECKING:
    from connector.practice.http.service import Service
    from connector.practice.org import User

JSON = "application/json;charset=UTF-8"
CSV = "text/csv"
# On every answer, as recorded by others.
NO_STORE = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private"}
NO_BODY = "The HTTP entity body is required, but this request has no entity body."


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a client asked.

    `path` is decoded and without its query string; `places` holds the route's `{names}`; header names are
    lower case; `body` is already unzipped. `user` is None only on routes that need no login. `depth` counts
    how many composite requests enclose this one: only depth 0 costs an API call.
    """

    service: Service
    method: str
    path: str
    places: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    login: User | None = None
    depth: int = 0

    @property
    def user(self) -> User:
        """The login that acts; a route with `login=False` must use `login` instead."""
        if self.login is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return self.login

    @property
    def version(self) -> str:
        """The API version in the path, such as `60.0`."""
        return self.places.get("version", self.service.settings.api_version)

    @property
    def base(self) -> str:
        """`/services/data/v60.0` for this call's version."""
        return f"/services/data/v{self.version}"

    @property
    def text(self) -> str:
        """The body as text, by the charset that its `Content-Type` names."""
        named = re.search(r"charset=\"?([\w-]+)", self.headers.get("content-type", ""), re.IGNORECASE)
        try:
            return self.body.decode(named[1] if named else "utf-8", "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the decoded JSON body.

        Raises 400 JSON_PARSER_ERROR as the real service words it, 415 for a body that says it is no JSON.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind != "application/json" and not self.path.startswith("/practice/"):
            message = f"MediaType of '{kind}' is not supported by this resource"
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
        if not self.body.strip():
            raise ApiError(400, "JSON_PARSER_ERROR", NO_BODY)
        try:
            return msgspec.json.decode(self.text)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            words = fault_of(self.text) or f"Unexpected character in the request body: {fault}"
            raise ApiError(400, "JSON_PARSER_ERROR", words) from fault

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; anything else is 400 JSON_PARSER_ERROR."""
        value = self.json()
        if not isinstance(value, dict):
            raise ApiError(
                400,
                "JSON_PARSER_ERROR",
                f"Can not deserialize SObject out of {token_of(value)} token at "
                f"{place(self.text, len(self.text) - len(self.text.lstrip()))}",
            )
        return value

    def replace(self, **changes: Any) -> Call:
        """Return a copy with some attributes changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the org answers.

    `body` is a JSON-able value, raw `bytes`, an iterator of `bytes`, a file to be sent as it is, or None for
    no body at all (204, 304). `media_type` None leaves `Content-Type` out.
    """

    status: int = 200
    body: Any | bytes | Iterator[bytes] | Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = JSON


NO_CONTENT = Answer(status=204, media_type=None)
