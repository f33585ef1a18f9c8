"""The people of the practice org, as they act: partner users, direct sellers, the channel manager, and time.

An independent client: it speaks REST with `requests` and knows nothing of the connector.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

Record = dict[str, Any]
API = "/services/data/v60.0"
PATIENCE = 20.0


class NotSeen(AssertionError):
    """The org did not come to show what the story expects, within the time that a person would wait."""


@dataclass
class People:
    """Acts on the practice org at `url`; `token` is any login that may read."""

    url: str
    token: str
    stories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    """Seconds from each save that awaited a verdict to the verdict on the record."""
    _saved: dict[str, float] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _wire: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.stories = self._practice("GET", "stories")

    def become(self, username: str) -> str:
        """A token for this person."""
        if username not in self._tokens:
            self._tokens[username] = self._practice("POST", "login", {"username": username})["access_token"]
        return self._tokens[username]

    def save(self, username: str, sobject: str, ident: str, **values: Any) -> None:
        """An update through the person's own login."""
        self._rest("PATCH", f"/sobjects/{sobject}/{ident}", self.become(username), values)
        self._saved[ident] = time.monotonic()

    def create(self, username: str, sobject: str, **values: Any) -> str:
        """A new record by this person; its id."""
        ident = str(self._rest("POST", f"/sobjects/{sobject}", self.become(username), values)["id"])
        self._saved[ident] = time.monotonic()
        return ident

    def read(self, sobject: str, ident: str) -> Record:
        found: Record = self._rest("GET", f"/sobjects/{sobject}/{ident}", self.token)
        return found

    def rows(self, soql: str, *, all_rows: bool = False) -> list[Record]:
        """Every row of a query, page after page."""
        verb = "queryAll" if all_rows else "query"
        page = self._rest("GET", f"/{verb}", self.token, params={"q": soql})
        found: list[Record] = list(page["records"])
        while not page["done"]:
            page = self._call("GET", self.url + page["nextRecordsUrl"], self.token)
            found += page["records"]
        return found

    def count(self, sobject: str) -> int:
        asked = {"q": f"SELECT COUNT() FROM {sobject}"}  # noqa: S608 - names of the mapping, no one's input
        return int(self._rest("GET", "/query", self.token, params=asked)["totalSize"])

    def convert(self, username: str, lead: str, name: str) -> Record:
        """A partner user converts a lead, as the Convert button does."""
        acted = {"leadId": lead, "opportunityName": name, "convertedStatus": "Qualified", "actor": username}
        done: Record = self._practice("POST", "acts/convert", acted)
        return done

    def let_time_pass(self, seconds: float) -> None:
        """Move the org's clock on."""
        self._practice("POST", "acts/advance", {"seconds": seconds})

    def verdict_on(self, sobject: str, ident: str, seen: Callable[[Record], object], what: str) -> Record:
        """`wait_for` right after a save: how long the person waited is kept."""
        row = self.wait_for(sobject, ident, seen, what)
        self.waits.append(time.monotonic() - self._saved.pop(ident))
        return row

    def wait_for(self, sobject: str, ident: str, seen: Callable[[Record], object], what: str) -> Record:
        """The record once `seen` holds. Raises NotSeen with what the record shows instead."""
        until = time.monotonic() + PATIENCE
        while True:
            row = self.read(sobject, ident)
            if seen(row):
                return row
            if time.monotonic() > until:
                shown = {
                    name: row[name] for name in row if name.endswith("__c") or name in ("OwnerId", "Status")
                }
                raise NotSeen(f"{what}: {sobject} {ident} shows {shown}")
            time.sleep(0.05)

    def _practice(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, f"{self.url}/practice/{path}", None, body)

    def _rest(self, method: str, path: str, token: str, body: Any = None, params: Any = None) -> Any:
        return self._call(method, f"{self.url}{API}{path}", token, body, params)

    def _call(self, method: str, url: str, token: str | None, body: Any = None, params: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._wire.request(method, url, headers=headers, json=body, params=params, timeout=30)
        if answer.status_code >= 400:
            raise NotSeen(f"{method} {url}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else {}
