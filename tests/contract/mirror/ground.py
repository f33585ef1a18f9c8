"""A served practice org as others act on it, and a mirror of it: the real gateway, store and capture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.bootstrap import compiled
from connector.canonical.fact import Fact
from connector.canonical.ids import OrgId, RecordId
from connector.demo.people import People
from connector.demo.proof import Difference, compared
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.mapping import CompiledMapping
from connector.ports.org import Batch
from connector.ports.store import SourceVersion, StreamState
from connector.practice.server import Running
from connector.profiles import read_profiles
from connector.salesforce import OrgSettings, SalesforceOrg, connect
from connector.store import SqlStore, open_store

ADMIN = "admin@practice.example"
VERSION = "60.0"
TRAP = "Trap__c"
TRAPS = Path(__file__).with_name("traps.yaml")
PROFILES = ("partner_leads", "deal_registration")


class Org:
    """A running practice org: what people, time and bad luck do in it. Knows nothing of the connector."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.url = running.instance_url
        self.wire = requests.Session()
        self.people = People(self.url, self.login(ADMIN))
        self.mapping: CompiledMapping | None = None

    def act(self, name: str, /, **body: Any) -> Any:
        return self._practice("POST", f"acts/{name}", body)

    def login(self, username: str) -> str:
        return str(self._practice("POST", "login", {"username": username})["access_token"])

    def pass_time(self, seconds: float) -> None:
        self.act("advance", seconds=seconds)

    def migrate(self, sobject: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows as a migration brings them in: with ids, stamps and dates of their own choosing."""
        self.running.service.org.bulk_insert(sobject, rows)

    def fault(self, **body: Any) -> None:
        self._practice("POST", "faults", body)

    def hits(self) -> int:
        """How many of the faults asked for still wait."""
        return len(self._practice("GET", "faults"))

    def calm(self) -> None:
        self._practice("DELETE", "faults")

    def expire_locators(self) -> None:
        self._practice("POST", "faults", {"expire_locators": True})

    def create(self, sobject: str, /, **values: Any) -> str:
        return self.people.create(ADMIN, sobject, **values)

    def lead(self, **values: Any) -> str:
        return self.create("Lead", **{"LastName": "Rossi", "Company": "Rossi e Figli", **values})

    def save(self, sobject: str, ident: str, /, **values: Any) -> None:
        self.people.save(ADMIN, sobject, ident, **values)

    def delete(self, sobject: str, ident: str) -> None:
        self._rest("DELETE", f"sobjects/{sobject}/{ident}")

    def merge(self, sobject: str, master: str, *losers: str) -> None:
        self.act("merge", object=sobject, masterId=master, loserIds=list(losers))

    def undelete(self, sobject: str, ident: str) -> None:
        self.act("undelete", object=sobject, id=ident)

    def crowd(self, sobject: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Many rows by the collections resource, 200 a call."""
        ids: list[str] = []
        for start in range(0, len(rows), 200):
            records = [{"attributes": {"type": sobject}, **row} for row in rows[start : start + 200]]
            done = self._rest("POST", "composite/sobjects", {"allOrNone": True, "records": records})
            assert all(row["success"] for row in done), done[:3]
            ids += [row["id"] for row in done]
        return ids

    def transaction(self, name: str, *ops: Mapping[str, Any]) -> list[str | None]:
        """Begin a long transaction: its rows are unseen until `commit`, and stamped now."""
        done = self.act("hold", name=name, ops=list(ops))["results"]
        assert all(row["success"] for row in done), done
        return [row["id"] for row in done]

    def commit(self, name: str) -> None:
        self.act("commit", name=name)

    def approval(self, **request: Any) -> Mapping[str, Any]:
        """Submit a record for approval, or approve or reject one; the org's answer."""
        (answer,) = self._rest("POST", "process/approvals", {"requests": [request]})
        found: Mapping[str, Any] = answer
        return found

    def me(self) -> str:
        """The id of the administrator who acts here."""
        (row,) = self.people.rows(f"SELECT Id FROM User WHERE Username = '{ADMIN}'")
        return str(row["Id"])

    def _rest(self, method: str, path: str, body: Any = None) -> Any:
        head = {"Authorization": f"Bearer {self.people.become(ADMIN)}"}
        url = f"{self.url}/services/data/v{VERSION}/{path}"
        answer = self.wire.request(method, url, json=body, headers=head, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def _practice(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.wire.request(method, f"{self.url}/practice/{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()


@dataclass
class Twin:
    """A mirror of the org, driven by hand."""

    org: Org
    gateway: SalesforceOrg
    store: SqlStore
    mapping: CompiledMapping
    capture: Capture = field(init=False)

    def __post_init__(self) -> None:
        ours = RecordId(self.gateway.identity().user_id)
        self.capture = Capture(
            self.gateway, self.store, self.mapping, ChangeReader(self.mapping, lambda: ours)
        )

    def snapshot(self, *names: str) -> int:
        self.capture.declare()
        loaded = sum(self.capture.snapshot(name) for name in names or self.mapping.objects)
        self.capture.declare()
        return loaded

    def poll(self, *names: str) -> int:
        """Poll until no page is full; the changes there were."""
        self.look_at_the_clock()
        changes, more = 0, True
        while more:
            done = self.capture.poll(names or tuple(self.mapping.objects))
            changes, more = changes + done.changes, done.more
        return changes

    def look_at_the_clock(self) -> None:
        """The gateway knows the org's time by its last answer, and the tests' clock leaps."""
        self.gateway.count("Organization")

    def confirm(self, *names: str) -> None:
        self.look_at_the_clock()
        for name in names or self.mapping.objects:
            self.capture.confirm(name)

    def follow(self) -> None:
        """What the loop does in a minute: look for news, let a minute pass, move the watermarks."""
        self.poll()
        self.org.pass_time(61)
        self.poll()
        self.confirm()

    def differences(self) -> list[Difference]:
        """Mirror against org, every row and field, as an independent client reads the org."""
        return compared(self.org.people, self.store, self.mapping.objects)

    def held(self, sobject: str, ident: str) -> SourceVersion | None:
        with self.store.reading() as view:
            return view.mirror.get(sobject, [ident]).get(ident)

    def state(self, name: str) -> StreamState:
        with self.store.reading() as view:
            return view.streams.get(name)

    def facts(self) -> list[Fact]:
        with self.store.reading() as view:
            return list(view.facts.pending(None, 100_000))


@contextmanager
def twin(org: Org, folder: Path, *objects: str, name: str = "mirror.db", **settings: Any) -> Iterator[Twin]:
    """A mirror of these objects and the users (by default all mapped ones and the traps), in its own database."""
    given = {"instance_url": org.url, "access_token": org.running.access_token, "backoff": 0.01}
    gateway = connect(OrgSettings(**{"bulk_poll": 0.01, **given, **settings}))
    if org.mapping is None:
        org.mapping = with_traps(compiled(gateway, read_profiles(PROFILES)), gateway)
    mapping = org.mapping
    if objects:
        chosen = {each: mapping.objects[each] for each in ("User", *objects)}
        mapping = replace(mapping, objects=chosen)
    store = open_store(f"sqlite:///{folder}/{name}", OrgId(gateway.identity().organization_id))
    try:
        yield Twin(org, gateway, store, mapping)
    finally:
        store.close()
        gateway.close()


def with_traps(mapping: CompiledMapping, gateway: SalesforceOrg) -> CompiledMapping:
    """The mapping, mirroring every readable field of the trap object too; no kind is read from it."""
    described = gateway.describe(TRAP)["fields"]
    fields = sorted(
        each["name"] for each in described if each["type"] not in {"address", "location", "base64"}
    )
    return replace(
        mapping,
        objects={**mapping.objects, TRAP: tuple(fields)},
        stamps={**mapping.stamps, TRAP: "SystemModstamp"},
    )


def dying(capture: Capture, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """From now on the process "dies" behind the `after`-th batch of a snapshot: nothing is tidied up."""
    snapshot: Callable[..., Iterator[Batch]] = capture._org.snapshot

    def broken(*args: Any, **options: Any) -> Iterator[Batch]:
        for number, batch in enumerate(snapshot(*args, **options)):
            if number == after:
                raise Died
            yield batch

    monkeypatch.setattr(capture._org, "snapshot", broken)


class Died(BaseException):
    """No handler of ours catches this, as none runs when a process is killed."""
