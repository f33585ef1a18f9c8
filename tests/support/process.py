"""The connector as a process over a real SQLite file, which may be killed at any commit or call and started again."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

from connector.bootstrap import Connector, Hold, speaker
from connector.canonical.ids import OrgId
from connector.canonical.time import instant_text
from connector.daemon.loop import Loop, Turn
from connector.flows.adopt import Adopt, load_frequencies
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.flows.dispatch import Dispatch
from connector.flows.fields import priority_objects
from connector.flows.reconcile import Reconcile
from connector.flows.settle import Settle
from connector.flows.wishes import WishMaker
from connector.mapping import CompiledMapping, PersonEdits
from connector.policy.model import Policies
from connector.ports.store import AttemptState, OutboxItem, Store, Transaction, Wish
from connector.profiles import read_profiles
from connector.settings import Settings, SyncSection
from connector.store import SqlStore, open_store
from tests.support.org import ORG, OURS, PERSON, MemoryOrg
from tests.unit.mapping.org import compiled

BUSY = (
    AttemptState.AVAILABLE,
    AttemptState.RUNNING,
    AttemptState.UNKNOWN,
    AttemptState.RETRYABLE,
    AttemptState.WRITTEN,
)


class Killed(BaseException):
    """The process ends here. Not an Exception: nothing may catch it."""


@dataclass
class Fuse:
    """Burns down by one at each commit (before it and after it) and each call; at nought the process is killed."""

    left: int | None = None
    burnt: int = 0

    def burn(self, _what: str = "") -> None:
        self.burnt += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed


class FragileStore:
    """A store whose every transaction may be the process's last."""

    def __init__(self, store: SqlStore, fuse: Fuse) -> None:
        self._store, self._fuse = store, fuse

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            yield tx
            self._fuse.burn("before commit")
        self._fuse.burn("after commit")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@cache
def _template() -> Path:
    """A migrated, empty database: each test copies it."""
    path = Path(mkdtemp(prefix="connector-template-")) / "empty.db"
    open_store(f"sqlite:///{path}", OrgId(ORG)).close()
    return path


@cache
def shipped_policies() -> Policies:
    return read_profiles(("partner_leads", "deal_registration")).policies


def mapped(*, package: bool = True, edits: PersonEdits | None = None) -> CompiledMapping:
    """The shipped mapping; without the org package, or with another word on people's edits."""
    mapping = compiled()
    if not package:
        targets = {key: replace(target, expected_field="") for key, target in mapping.targets.items()}
        mapping = replace(mapping, targets=targets)
    if edits is not None:
        sources = tuple(replace(source, edits=edits) for source in mapping.sources)
        mapping = replace(mapping, sources=sources)
    return mapping


@dataclass
class Process:
    """One org and the connector's file; `start` begins a new process over them."""

    org: MemoryOrg
    folder: Path
    policies: Policies = field(default_factory=shipped_policies)
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.path = self.folder / "connector.db"
        shutil.copy(_template(), self.path)
        self.org.on_call = self.fuse.burn
        self.start()

    def start(self) -> None:
        """A new process: nothing in memory is left, the lease is taken anew."""
        sql = open_store(f"sqlite:///{self.path}", OrgId(ORG), migrate=False)
        self.store: Store = cast("Store", FragileStore(sql, self.fuse))
        self.connector = self._built()
        self.loop = Loop(self.connector)

    def stop(self) -> None:
        self.store.close()

    def killed(self, act: Callable[[], object]) -> bool:
        """Run `act`; when the fuse kills the process, start a new one over the same file."""
        try:
            act()
        except Killed:
            self.stop()
            self.start()
            return True
        return False

    def begin(self) -> None:
        """Snapshot and adoption."""
        self.loop.start()

    def turn(self, *, watermark: bool = False) -> Turn:
        turn = self.loop.turn(watermark=watermark)
        while turn.more:
            turn = self.loop.turn(watermark=watermark)
        return turn

    def settle_down(self, turns: int = 40) -> None:
        """Turns and time until nothing waits and the org's watermark has passed everything."""
        for _ in range(turns):
            self.org.wait(30)
            self.turn(watermark=True)
            with self.store.reading() as view:
                waiting = view.outbox.list(BUSY)
                pending = view.facts.pending(None, 1)
            if not waiting and not pending:
                return
        raise AssertionError(f"after {turns} turns something still waits: {waiting} {pending}")

    def put(self, *wishes: Wish) -> None:
        with self.store.transaction() as tx:
            tx.outbox.put(wishes, self.org.clock)

    def wish(self, name: str, record: str, slot: str, value: str | None, **changes: Any) -> Wish:
        """A desired value of one field, as settle would put it."""
        fields: dict[str, Any] = {
            "object": name,
            "record": record,
            "key": None,
            "field": slot,
            "value": value,
            "contested": False,
            "expected": None,
            "provisional": False,
            "cause": f"{record}|test|{slot}|{self.org.clock:%Y%m%dT%H%M%S}",
            "caused_at": self.org.clock,
            "ledger_seq": None,
            **changes,
        }
        return Wish(**fields)

    def outbox(self) -> list[OutboxItem]:
        with self.store.reading() as view:
            return list(view.outbox.list())

    def _built(self) -> Connector:
        mapping, store, org = self.org.mapping, self.store, self.org
        voice = speaker(mapping.mapping)
        changes = ChangeReader(mapping, lambda: OURS)
        capture = Capture(org, store, mapping, changes)
        return Connector(
            settings=Settings(
                worker="test",
                database=f"sqlite:///{self.path}",
                sync=SyncSection(context_every=1e-6),  # every turn looks at every object
            ),
            org=org,
            store=store,
            mapping=mapping,
            policies=self.policies,
            speaker=voice,
            capture=capture,
            reconcile=Reconcile(org, store, mapping, changes, capture),
            adopt=Adopt(store, mapping, self.policies),
            settle=Settle(
                store,
                mapping,
                self.policies,
                WishMaker(mapping, voice, self.policies),
                lambda: load_frequencies(store),
            ),
            dispatch=Dispatch(org, store, mapping, policies=self.policies),
            priority=priority_objects(mapping),
            hold=Hold(),
        )


def mirrored(process: Process) -> dict[str, dict[str, dict[str, str | None]]]:
    """What the mirror holds of every live record, object by object."""
    with process.store.reading() as view:
        return {
            name: {version.id: dict(version.values) for version in view.mirror.scan(name)}
            for name in process.org.mapping.objects
        }


def live(org: MemoryOrg) -> dict[str, dict[str, dict[str, str | None]]]:
    """What the org shows of every live record, in the mirrored fields."""
    return {
        name: {
            ident: {each: row.get(each) for each in org.mapping.objects[name]}
            for ident, row in rows.items()
            if row["IsDeleted"] != "true"
        }
        for name, rows in org.rows.items()
    }


@dataclass(frozen=True)
class Cast:
    """A queue, two firms and their users."""

    queue: str
    firms: tuple[str, str]
    users: tuple[str, str]


def small_channel(org: MemoryOrg) -> Cast:
    """A partner programme of two Silver firms, before go-live."""
    queue = org.create("Group", Type="Queue", DeveloperName="Partner_Pool", Name="Partner Pool")
    org.create("User", ident=OURS, Name="Connector", IsActive="true", LastLoginDate=instant_text(org.clock))
    firms = [
        org.create(
            "Account",
            Name=f"Partner {number}",
            IsPartner="true",
            Tier__c="Silver",
            BillingCountry="Germany",
            Territory__c="Germany",
            Certified_Until__c="2027-01-01",
        )
        for number in (1, 2)
    ]
    users = [
        org.create(
            "User",
            Name=f"Seller {number}",
            AccountId=firm,
            IsActive="true",
            LanguageLocaleKey="en_US",
            LastLoginDate=instant_text(org.clock),
        )
        for number, firm in enumerate(firms, 1)
    ]
    org.wait(60)
    return Cast(queue, (firms[0], firms[1]), (users[0], users[1]))


TOWNS = ("Aachen", "Bremen", "Coburg", "Dresden", "Erfurt", "Fulda", "Gera", "Hameln", "Ilmenau", "Jena")
TRADES = ("Brauerei", "Druckerei", "Spedition", "Molkerei", "Werft", "Ziegelei", "Weberei", "Sägewerk")


def lead(org: MemoryOrg, number: int, owner: str, **values: str | None) -> str:
    """A lead of one of eighty customers that nobody would take for each other."""
    town = TOWNS[number % 10]
    customer = {"Company": f"{TRADES[number // 10]} {town} GmbH", "City": town, "Country": "Germany"}
    given: dict[str, str | None] = {"Status": "New", "OwnerId": owner, "IsConverted": "false", **values}
    return org.create("Lead", PERSON, **customer, **given)
