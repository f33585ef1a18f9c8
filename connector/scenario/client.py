"""The people of a story at the practice org's REST interface: an independent client, which knows nothing of ours."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

import requests

ADMIN = "admin@practice.example"
API = "/services/data/v60.0"


class Refused(Exception):
    """The org refused what somebody did; the message is the org's own."""


class Client:
    """Acts by REST as any user, named by id; without one as the administrator."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wire = requests.Session()
        self._tokens: dict[str, str] = {}
        self._described: dict[tuple[str, str | None], Mapping[str, Any]] = {}

    def create(self, sobject: str, fields: Mapping[str, Any], by: str | None) -> str:
        """A new record; its id."""
        able = {name for name in fields if self._writable(sobject, name, "createable")} | {"CreatedDate"}
        body = {name: value for name, value in fields.items() if name in able}
        body = {name: value for name, value in body.items() if value is not None}
        return str(self._rest("POST", f"/sobjects/{sobject}", by, body)["id"])

    def save(self, sobject: str, ident: str, fields: Mapping[str, Any], by: str | None) -> None:
        body = {name: value for name, value in fields.items() if self._writable(sobject, name, "updateable")}
        self._rest("PATCH", f"/sobjects/{sobject}/{ident}", by, body)

    def read(self, sobject: str, ident: str, fields: Iterable[str]) -> Mapping[str, Any]:
        """Some fields of a record."""
        answer: Mapping[str, Any] = self._rest(
            "GET", f"/sobjects/{sobject}/{ident}?fields={','.join(fields)}", None, None
        )
        return answer

    def delete(self, sobject: str, ident: str, by: str | None) -> None:
        self._rest("DELETE", f"/sobjects/{sobject}/{ident}", by, None)

    def approve(self, record: str, by: str | None, *, action: str) -> str:
        """Let somebody end an approval process of that record: `Approve` or `Reject`; the process's id."""
        asked = {"actionType": "Submit", "contextId": record, "nextApproverIds": [by]}
        process = self._rest("POST", "/process/approvals", None, {"requests": [asked]})[0]
        ruled = {"actionType": action, "contextId": process["newWorkitemIds"][0]}
        self._rest("POST", "/process/approvals", by, {"requests": [ruled]})
        return str(process["instanceId"])

    def child(self, sobject: str, relationship: str) -> tuple[str, str]:
        """The child object of a relationship, and its field that points to the parent."""
        links = self.describe(sobject)["childRelationships"]
        found = next(link for link in links if link["relationshipName"] == relationship)
        return found["childSObject"], found["field"]

    def describe(self, sobject: str, by: str | None = None) -> Mapping[str, Any]:
        """What the object is to somebody: fields that they may not see are missing."""
        if (sobject, by) not in self._described:
            self._described[sobject, by] = self._rest("GET", f"/sobjects/{sobject}/describe", by, None)
        return self._described[sobject, by]

    def sets(self, sobject: str, by: str | None) -> AbstractSet[str]:
        """The fields that somebody may set in a record they make."""
        return {field["name"] for field in self.describe(sobject, by)["fields"] if field["createable"]}

    def practice(self, path: str, body: Mapping[str, Any]) -> Any:
        """An act of other people or of time."""
        return self._call("POST", f"/practice/{path}", None, {k: v for k, v in body.items() if v is not None})

    def _writable(self, sobject: str, name: str, how: str) -> bool:
        """Whether the org's form takes the field at all: formulas, stamps and numbers are its own."""
        fields = {field["name"]: field for field in self.describe(sobject)["fields"]}
        return name in fields and bool(fields[name][how])

    def _rest(self, method: str, path: str, by: str | None, body: Any) -> Any:
        return self._call(method, API + path, self._token(by), body)

    def _token(self, by: str | None) -> str:
        username = self._usernames[by] if by else ADMIN
        if username not in self._tokens:
            answer = self._call("POST", "/practice/login", None, {"username": username})
            self._tokens[username] = answer["access_token"]
        return self._tokens[username]

    @cached_property
    def _usernames(self) -> Mapping[str, str]:
        users = self._call("GET", "/practice/users", None, None)
        return {user["id"]: user["username"] for user in users}

    def _call(self, method: str, path: str, token: str | None, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._wire.request(method, self._url + path, headers=headers, json=body, timeout=30)
        if answer.status_code >= 400:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else {}
