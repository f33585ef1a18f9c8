"""The people who go on working while the daemon dies and comes back: a random mix of acts, one after another."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from connector.canonical.time import parse_instant
from connector.demo.people import NotSeen, People, Record
from tests.kill.ground import ADMIN

LOOK_AGAIN = 1.5
LEADS = (
    "SELECT Id, OwnerId, Status, Company, Claim_Verdict__c FROM Lead WHERE IsConverted = false ORDER BY Id"
)
FILINGS = "SELECT Id, Status__c, CreatedById, Partner_Account__c FROM Deal_Registration__c ORDER BY Id"
DEALS = "SELECT Id, StageName, OwnerId, IsClosed FROM Opportunity WHERE IsClosed = false ORDER BY Id"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user of the practice org; `firm` is None for the vendor's own people."""

    id: str
    username: str
    firm: str | None


@dataclass(kw_only=True)
class Sight:
    """What the people see of the org, a second or two old: so that they act on what is no longer so, as people do."""

    leads: list[Record] = field(default_factory=list)
    filings: list[Record] = field(default_factory=list)
    deals: list[Record] = field(default_factory=list)


class Player:
    """Plays acts until told to stop. `edited` is its audit: every field the connector owns that a person set."""

    def __init__(self, url: str, seed: int) -> None:
        self.dice = random.Random(seed)
        self.people = People(url, "")
        self.people.token = self.people.become(ADMIN)
        self.url = url
        users = [
            user for user in requests.get(f"{url}/practice/users", timeout=30).json() if user["isActive"]
        ]
        everyone = [Person(id=u["id"], username=u["username"], firm=u["accountId"]) for u in users]
        self.partners = [person for person in everyone if person.firm]
        self.sellers = [person for person in everyone if person.username.startswith("direct.")]
        self.queues = [
            row["Id"]
            for row in self.people.rows(
                "SELECT Id, DeveloperName FROM Group WHERE Type = 'Queue' ORDER BY Id"
            )
            if row["DeveloperName"].startswith("Partner_Pool")
        ]
        self.sight = Sight()
        self.edited: dict[tuple[str, str, str], int] = {}
        self.played: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.held: list[str] = []
        self.jumps: list[tuple[datetime, timedelta]] = []  # when the clock was moved on, and by how much
        self.made = 0
        self.failure: BaseException | None = None
        self._looked = -LOOK_AGAIN
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def users(self) -> dict[str, Person]:
        return {person.id: person for person in self.partners}

    def start(self) -> None:
        """Play in a thread of its own."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._play, name="player", daemon=True)
        self._thread.start()

    def rest(self) -> None:
        """Stop playing; what is held open is committed. Raises what broke the play, if anything did."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(60)
        while self.held:
            self.practice("acts/commit", {"name": self.held.pop()})
        if self.failure is not None:
            raise self.failure

    def practice(self, path: str, body: Any) -> Any:
        """An act that only the practice org offers."""
        answer = requests.post(f"{self.url}/practice/{path}", json=body, timeout=30)
        if answer.status_code >= 400:
            raise NotSeen(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def let_time_pass(self, seconds: float) -> None:
        """Move the org's clock on, and remember by how much: nobody lived through that time."""
        after = self.practice("acts/advance", {"seconds": seconds})["now"]
        self.jumps.append((parse_instant(str(after)), timedelta(seconds=seconds)))

    def lived(self, since: datetime, until: datetime) -> timedelta:
        """The time between two moments of the org, less what its clock was moved on in between."""
        return (until - since) - sum((by for at, by in self.jumps if since < at <= until), timedelta(0))

    def look(self) -> Sight:
        """The org as people see it."""
        if time.monotonic() - self._looked > LOOK_AGAIN:
            rows = self.people.rows
            self.sight = Sight(leads=rows(LEADS), filings=rows(FILINGS), deals=rows(DEALS))
            self._looked = time.monotonic()
        return self.sight

    def one(self, rows: Sequence[Any]) -> Any:
        """Any of them; NotSeen when there is none."""
        if not rows:
            raise NotSeen("nobody finds such a record")
        return self.dice.choice(rows)

    def note_edit(self, sobject: str, ident: str, name: str) -> None:
        """A person is about to set a field that the connector owns."""
        key = (sobject, ident, name)
        self.edited[key] = self.edited.get(key, 0) + 1

    def _play(self) -> None:
        from tests.kill.acts import ACTS  # noqa: PLC0415 - acts need the player's type

        names, weights = list(ACTS), [weight for _, weight in ACTS.values()]
        try:
            while not self._stop.wait(self.dice.choice((0.0, 0.02, 0.05, 0.15))):
                name = self.dice.choices(names, weights)[0]
                try:
                    self.look()
                    ACTS[name][0](self)
                    self.played[name] += 1
                except NotSeen:  # the org refused it, as it would refuse a person; or nothing fits
                    self.refused[name] += 1
        except BaseException as broken:  # noqa: BLE001 - told to whoever ends the play
            self.failure = broken
