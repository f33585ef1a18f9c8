"""The ledgers of what is told in Python: whatever a `Channel` judges in a test stands beside the test's module."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.canonical.fact import Fact
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from tests.scenarios.ledger import Ledger, asked, differing
from tests.support.channel import Channel

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE.parent / "unit" / "rules")
"""Where tests are heard: see the `conftest.py` of each."""
HEAD = "===== "
WRITTEN: dict[Path, dict[str, str]] | None = None
"""While ledgers are written anew: the text of each test, by file. Otherwise each test is held to its text."""


def listening(test: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hear everything that a test has judged; afterwards it has to be what is recorded.

    Raises:
        AssertionError: it is not; the difference, line by line.
    """
    heard: list[str] = []
    fold = Channel.fold

    def listened(
        self: Channel, docket: OverlayDocket, until: datetime, facts: Sequence[Fact] | None = None
    ) -> Iterable[Decision]:
        before = docket.changes()
        with asked() as put:
            decisions = tuple(fold(self, docket, until, facts))
        ledger = Ledger(_names(self), UTC)
        text = ledger.text(before, decisions) + ledger.circumstances(put)
        if text and text not in heard:
            heard.append(text)
        return decisions

    patch.setattr(Channel, "fold", listened)
    yield
    told = "\n-----\n".join(heard)
    path = test.path.with_suffix(".ledger")
    if WRITTEN is not None:
        WRITTEN.setdefault(path, {})[test.node.name] = told
        return
    otherwise = differing(test.node.name, recorded(path).get(test.node.name, ""), told)
    assert not otherwise, (
        f"{otherwise}\n\nIs this meant? `python -m tests.scenarios.ledgers --write` records it."
    )


def recorded(path: Path) -> dict[str, str]:
    """The texts of a module's tests, by name."""
    if not path.exists():
        return {}
    parts = path.read_text(encoding="utf-8").split(HEAD)[1:]
    named = (part.partition("\n") for part in parts)
    return {name: text.strip("\n") + "\n" for name, _, text in named}


def told(modules: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The ledgers of these modules as they are now: each test that has anything judged, under its name.

    Raises:
        RuntimeError: a test fails for another reason than its ledger.
    """
    found: dict[Path, dict[str, str]] = {}
    names = [
        str(path)
        for path in modules
        if "Channel" in path.read_text("utf-8") or "channel" in path.read_text("utf-8")
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules[__name__], "WRITTEN", found)
        code = (
            pytest.main(["-q", "-p", "no:randomly", "-p", "no:xdist", "-o", "addopts=", *names])
            if names
            else 0
        )
    if code:
        raise RuntimeError("first let the tests pass that say what a ledger is about")
    for path, tests in sorted(found.items()):
        if text := "\n".join(f"{HEAD}{name}\n{text}" for name, text in tests.items() if text):
            yield path, text


def _names(channel: Channel) -> dict[str, str]:
    """What each record is called: by its own name where no other has that, else by its kind and number."""
    first = {(kind, ident): versions[0][1] for (kind, ident), versions in channel.records._versions.items()}
    own = {ident: getattr(record, "name", "") for (_, ident), record in first.items()}
    often = Counter(own.values())
    return {
        str(ident): own[ident]
        if own[ident] and often[own[ident]] == 1
        else f"{kind.value} {int(ident[3:15])}"
        for kind, ident in first
    }
