"""A campaign: chapters of a fresh org and database each, kills in a random order of places, proofs between."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill import weather
from tests.kill.daemon import Aim, Daemon
from tests.kill.evidence import keep
from tests.kill.ground import Ground, ground
from tests.kill.player import Player
from tests.kill.proof import FINISHED, Proven, prove

CHAPTER = 40
PROVE_EVERY = 20
LEADS = 200
YOUNG = 8
"""So many lives of a chapter end before the first turn: in the snapshot, in adoption, or anywhere near."""

CALM_WITHIN = 150.0
MINUTE_AND_A_HALF = 90
A_QUARTER = 1000

BEGINNING = ("start", "snapshot", "snapshot", "snapshot", "adopt", "commit", "commit")
AT_WORK = (
    "sync", "sync.watermark", "settle", "settle.provisional", "dispatch", "dispatch.write", "dispatch.upsert",
    "dispatch.answered", "dispatch.answered", "commit", "commit",
)  # fmt: skip


@dataclass(kw_only=True)
class Report:
    """What a campaign did and found."""

    kills: int = 0
    fell: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    played: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    faults: int = 0
    proofs: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def fight(
    *,
    kills: int,
    seed: int,
    database: str,
    tell: Callable[[str], None],
    folder: Path | None = None,
    young: int = YOUNG,
    leads: int = LEADS,
) -> Report:
    """`kills` kills, in chapters; what was found is in the report."""
    report, began = Report(), time.monotonic()
    where = folder or Path(tempfile.mkdtemp(prefix="connector-kill-"))
    tell(f"logs and databases: {where}")
    chapter = 0
    while report.kills < kills:
        size = min(CHAPTER, kills - report.kills)
        with ground(where, seed=seed * 1000 + chapter, database=database, leads=leads) as here:
            Chapter(here, random.Random(seed * 1000 + chapter), report, tell).play(
                size, min(young, size // 2)
            )
        chapter += 1
    report.seconds = time.monotonic() - began
    return report


class Chapter:
    """One org and one database, from the empty mirror on."""

    def __init__(
        self, here: Ground, dice: random.Random, report: Report, tell: Callable[[str], None]
    ) -> None:
        self._here = here
        self._dice = dice
        self._report = report
        self._tell = tell
        self._player = Player(here.url, dice.randrange(1_000_000))

    def play(self, kills: int, young: int) -> None:
        """`kills` kills, the first `young` of them near the beginning; a proof every so often and at the end."""
        self._player.start()
        weather.turn_bad(self._here.url)
        for number in range(1, kills + 1):
            self._life(self._beginning() if number <= young else self._anywhere())
            if number % PROVE_EVERY == 0 or number == kills:
                self._prove()
                if number < kills:
                    self._player.start()
                    weather.turn_bad(self._here.url)
        self._report.played += self._player.played
        self._report.refused += sum(self._player.refused.values())

    def _life(self, aim: Aim) -> None:
        """Start, let it live until the kill; a daemon that ends by itself is started again, as a supervisor does."""
        while True:
            daemon = Daemon(self._here.environment, self._here.log, aim)
            code = daemon.live()
            if code is None:
                break
            self._report.exits[f"code {code} in {daemon.fell}"] += 1
        self._report.kills += 1
        self._report.fell[daemon.fell] += 1
        with self._here.log.open("a", encoding="utf-8") as kept:
            kept.write(f"── kill {self._report.kills} in {daemon.fell}, {aim}\n")

    def _beginning(self) -> Aim:
        if self._dice.random() < 0.3:
            return Aim(door=None, delay=self._dice.uniform(0.0, 3.0))
        door = self._dice.choice(BEGINNING)
        return Aim(door=door, delay=self._moment(), visit=self._dice.randint(1, 12) if door != "adopt" else 1)

    def _anywhere(self) -> Aim:
        chance = self._dice.random()
        if chance < 0.4:
            return Aim(door=None, delay=self._dice.uniform(0.0, 4.0), asleep=chance < 0.03)
        return Aim(door=self._dice.choice(AT_WORK), delay=self._moment(), visit=self._dice.randint(1, 6))

    def _moment(self) -> float:
        """Seconds after the door: mostly at once."""
        return self._dice.choice((0.0, 0.0, 0.002, 0.01, 0.03, 0.1))

    def _prove(self) -> None:
        self._player.rest()
        self._report.faults += weather.hits(self._here.url)
        weather.clear_up(self._here.url)
        daemon = Daemon(self._here.environment, self._here.log)
        stuck = self._calm(daemon)
        code = daemon.stop()
        if code != 0:
            self._report.wrong.append(f"daemon: it ended with {code}")
        with self._here.store() as store:
            proven = prove(self._player, store, self._here.mapping(), self._here.ours)
            if proven.wrong:
                keep(store, self._player.people, proven.wrong, self._here.log.with_suffix(".wrong"))
        self._take(proven, [stuck] if stuck else [])

    def _take(self, proven: Proven, more: list[str]) -> None:
        wrong = [
            f"[{self._here.log.stem} after {self._report.kills}] {line}" for line in (*more, *proven.wrong)
        ]
        self._report.proofs += 1
        self._report.checked += proven.checked
        self._report.wrong += wrong
        self._tell(f"{self._report.kills} kills, {len(wrong)} wrong")
        for line in wrong[:40]:
            self._tell(f"  {line}")

    def _calm(self, daemon: Daemon) -> str:
        """Let everything under way arrive; what is left over, in words, when it never does."""
        until, quiet, before = time.monotonic() + CALM_WITHIN, 0, (-1, -1)
        while time.monotonic() < until:
            self._player.let_time_pass(A_QUARTER if self._dice.random() < 0.2 else MINUTE_AND_A_HALF)
            time.sleep(1.5)
            if daemon.ended() is not None:
                return f"the daemon ended with {daemon.ended()} while all was calm"
            try:
                now, waiting = self._standing()
            except (IndexError, OSError):  # not even the first table is there yet
                continue
            quiet = quiet + 1 if not waiting and now == before else 0
            if quiet >= 3:
                return ""
            before = now
        return f"all was calm for {CALM_WITHIN:.0f} s, and something still waits"

    def _standing(self) -> tuple[tuple[int, int], bool]:
        """(facts, ledger lines), and whether anything waits."""
        with self._here.store() as store, store.reading() as view:
            busy = sum(count for state, count in view.outbox.counts().items() if state not in FINISHED)
            mirrored = all(state.snapshot_done for state in view.streams.all())
            standing = (view.facts.count(), view.ledger.head()[0])
            waiting = bool(busy or view.facts.pending(None, 1) or not mirrored or not standing[1])
        return standing, waiting
