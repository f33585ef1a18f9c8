"""Each mutant in a forked process of its own, against the tests that run its function, until the first that fails."""

import ast
import contextlib
import gc
import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from types import FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.source import RULES, Mutant

TESTS = Path(__file__).parents[1]
PLAYED = ("scenarios", "unit/rules", "unit/messages")
"""The tests that mutants are tried on: the stories in memory, and what is tested of rules and their sentences."""
NOT_PLAYED = tuple(
    f"scenarios/test_{name}.py"
    for name in ("each_requirement_is_proved", "stories_through_an_org", "registration_shapes")
)
"""They play the stories again, with rules silenced or over HTTP: what they notice the stories notice themselves."""
PATIENCE = 5.0
"""Seconds of processor time that a test may take at least, and `SLOWER` times what it took without a mutant."""
SLOWER = 20


class Fate(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    NOT_REACHED = "not reached"


class Trial:
    """A plugin of pytest: it collects as ever, and then plays the tests mutant by mutant."""

    def __init__(
        self, chosen: Sequence[Mutant], tell: Callable[[Mutant, Fate, str, float], None], until: float
    ) -> None:
        self.chosen = chosen
        self.tell = tell
        self.until = until
        self.broken: list[str] = []
        self._functions: list[FunctionType] = []
        self._trusted: set[str] = set()
        self._took: dict[str, float] = {}
        self._reached: dict[str, dict[int, list[str]]] = {}
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)

    def run(self) -> None:
        """Try every chosen mutant.

        Raises:
            RuntimeError: the tests could not be collected, or a mutant could not be put in place.
        """
        played = [str(TESTS / folder) for folder in PLAYED]
        without = [f"--ignore={TESTS / name}" for name in NOT_PLAYED]
        off = [
            word
            for name in ("randomly", "xdist", "timeout", "terminal", "cacheprovider")
            for word in ("-p", f"no:{name}")
        ]
        plain = ["-s", "-o", "addopts=", "-W", "ignore"]
        code = pytest.main([*played, *without, *off, *plain], plugins=[self])
        if code != pytest.ExitCode.OK:
            raise RuntimeError(f"the tests ended with {code}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        with _silence():
            self._record(items)
        self._functions = imported()
        gc.collect()
        gc.freeze()
        for mutant in self.chosen:
            began = time.monotonic()
            if began > self.until:
                break
            fate, by = self._try(mutant, items)
            self.tell(mutant, fate, by, time.monotonic() - began)
        return True

    def _record(self, items: dict[str, pytest.Item]) -> None:
        """Which test runs which line of the rules, and how long it takes without a mutant."""
        traced = coverage.Coverage(data_file=None, config_file=False, include=[f"{RULES}/*"])
        traced.start()
        for name, item in items.items():
            traced.switch_context(name)
            began = time.process_time()
            if _passes(item):
                self._took[name] = time.process_time() - began
            else:
                self.broken.append(name)
        traced.stop()
        data = traced.get_data()
        self._reached = {
            str(Path(file).relative_to(RULES)): data.contexts_by_lineno(file)
            for file in data.measured_files()
        }

    def _sound(self, item: pytest.Item) -> bool:
        """Whether a test that failed passes without the mutant, in a forked process too; asked once of each."""
        if item.nodeid not in self._trusted:
            child = os.fork()
            if child == 0:
                try:
                    with _silence():
                        passed = _passes(item)
                    os._exit(0 if passed else 1)
                finally:
                    os._exit(1)
            _, status = os.waitpid(child, 0)
            if status:
                del self._took[item.nodeid]
                self.broken.append(item.nodeid)
                return False
            self._trusted.add(item.nodeid)
        return True

    def _tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the changed place: first those that killed its neighbours, then the quickest.

        A place that no line is reported for, such as a default, is run wherever its function is.
        """
        found = self._run_by(mutant.module, *mutant.place) or self._run_by(
            mutant.module, mutant.first, mutant.last
        )
        killers = self._killers[f"{mutant.module} {mutant.function}"]
        known = [name for name in found if name in self._took]
        return sorted(known, key=lambda name: (-killers[name], self._took[name], name))

    def _run_by(self, module: str, first: int, last: int) -> set[str]:
        lines = self._reached.get(module, {})
        return {name for line in range(first, last + 1) for name in lines.get(line, ())}

    def _try(self, mutant: Mutant, items: dict[str, pytest.Item]) -> tuple[Fate, str]:
        tests = self._tests(mutant)
        if not tests:
            return Fate.NOT_REACHED, ""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._play(mutant, [items[name] for name in tests], writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            last = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        if not last:
            raise LookupError(
                f"could not put in place: {mutant.module} {mutant.function}, number {mutant.number}"
            )
        if status == 0:
            return Fate.SURVIVED, ""
        by = tests[last.count(".") - 1]
        if not self._sound(items[by]):
            return self._try(mutant, items)
        self._killers[f"{mutant.module} {mutant.function}"][by] += 1
        return Fate.KILLED, by

    def _play(self, mutant: Mutant, items: Sequence[pytest.Item], writing: int) -> None:
        """In the child: never returns. 0 when every test passed."""
        ended = 1
        try:
            with _silence():
                put_in_place(mutant, self._functions)
                os.write(writing, b"+")
                for item in items:
                    os.write(writing, b".")
                    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE + SLOWER * self._took[item.nodeid])
                    if not _passes(item):
                        break
                else:
                    ended = 0
        finally:
            os._exit(ended)


def imported() -> list[FunctionType]:
    """Every function of the rules that this process has made, under whatever name it is known."""
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(f"{RULES}/")
    ]


def put_in_place(mutant: Mutant, functions: Sequence[FunctionType]) -> None:
    """Every function made from the mutant's text behaves as the mutant from now on, whoever imported it.

    Raises:
        LookupError: nothing that is imported was made from it.
    """
    code = mutant.code()
    targets = [each for each in functions if _made_from(each, mutant)]
    if code is None or not targets:
        raise LookupError(f"{mutant.module} {mutant.function}")
    plain, named = mutant.defaults()
    for function in targets:
        function.__code__ = code
        old = function.__defaults__
        if old:
            function.__defaults__ = tuple(_value(new, was) for new, was in zip(plain, old, strict=True))
        if function.__kwdefaults__:
            arguments = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
            written = dict(zip(arguments, named, strict=True))
            function.__kwdefaults__ = {
                name: _value(written[name], was) for name, was in function.__kwdefaults__.items()
            }


def _made_from(function: FunctionType, mutant: Mutant) -> bool:
    code = function.__code__
    where = (code.co_filename, code.co_qualname, code.co_firstlineno)
    return where == (str(RULES / mutant.module), mutant.function, mutant.first)


def _value(written: ast.expr | None, was: Any) -> Any:
    """A default as the mutant writes it; what cannot be read from the text stays as it was."""
    try:
        return ast.literal_eval(written) if written is not None else was
    except ValueError:
        return was


def _passes(item: pytest.Item) -> bool:
    return all(report.outcome != "failed" for report in runtestprotocol(item, log=False, nextitem=None))


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    kept = [os.dup(number) for number in (1, 2)]
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nothing, number)
        yield
    finally:
        for number, old in zip((1, 2), kept, strict=True):
            os.dup2(old, number)
            os.close(old)
        os.close(nothing)
