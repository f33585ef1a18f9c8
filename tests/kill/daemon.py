"""The daemon under test: `connector run` in a process of its own, killed when and where it is asked to be."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.kill.watched import DOOR

COMMAND = (sys.executable, "-m", "tests.kill.watched", "run")
STOPS_WITHIN = 45.0
LEANING = ("commit",)
"""Doors that belong to the phase before them."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Kill at the `visit`-th time through `door`, `delay` seconds later; without a door, `delay` after the first.

    `asleep`: count from the start of the process, so that it may fall before the first door.
    """

    door: str | None
    delay: float
    visit: int = 1
    asleep: bool = False


class Daemon:
    """One life of the daemon, from start to kill. `fell` is the last door it went through."""

    def __init__(self, environment: Mapping[str, str], log: Path, aim: Aim | None = None) -> None:
        self._aim = aim
        self._visits = 0
        self._phase = self._last = "boot"
        self._struck = threading.Event()
        self._over = threading.Event()
        self._awake = threading.Event()
        self._started = time.monotonic()
        self._process = subprocess.Popen(COMMAND, stderr=subprocess.PIPE, text=True, env=dict(environment))
        assert self._process.stderr is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stderr, log), daemon=True)
        self._reader.start()

    @property
    def fell(self) -> str:
        """The phase in which it was when it ended; `…+commit` when a transaction was about to be closed."""
        return f"{self._phase}+{self._last}" if self._last in LEANING else self._phase

    def live(self) -> int | None:
        """Let the aim strike; the exit code when it had ended by itself before that."""
        aim = self._aim
        assert aim is not None
        patience = aim.delay if aim.door is None else 12.0
        if not aim.asleep:
            self._awake.wait(12.0)
        self._over.wait(patience)
        if self._over.is_set() and not self._struck.is_set():
            return self._gone()
        self.kill()
        return None

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._gone()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._gone()

    def ended(self) -> int | None:
        """The exit code, when it has ended by itself."""
        return self._process.poll()

    def _gone(self) -> int:
        code = self._process.wait()
        self._reader.join(5)
        return code

    def _read(self, pipe: IO[str], log: Path) -> None:
        with log.open("a", encoding="utf-8") as kept:
            for line in pipe:
                if not line.startswith(DOOR):
                    kept.write(line)
                    continue
                door = line[len(DOOR) :].strip()
                if self._struck.is_set():
                    continue
                self._last = door
                self._phase = self._phase if door in LEANING else door
                self._awake.set()
                self._strike_at(door)
        self._awake.set()
        self._over.set()

    def _strike_at(self, door: str) -> None:
        aim = self._aim
        if aim is None or aim.door != door:
            return
        self._visits += 1
        if self._visits == aim.visit:
            time.sleep(aim.delay)
            self._struck.set()
            os.kill(self._process.pid, signal.SIGKILL)
