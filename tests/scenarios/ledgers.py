"""The recorded ledgers of stories and tests: `python -m tests.scenarios.ledgers [--write] [PART…]`.

Without `--write` it shows how each ledger differs from the recorded one, and says 1 where one does.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from connector.scenario.file import load_story
from connector.scenario.story import Story
from tests.scenarios import heard
from tests.scenarios.ledger import Played, differing

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.yaml")))
"""Every story, as its path under `tests/scenarios`."""


@cache
def story(name: str) -> Story:
    """A story by its path under `tests/scenarios`, read once.

    Raises:
        ValueError: it cannot be read; every fault of it, a line each.
    """
    read, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
    if read is None:
        raise ValueError("\n".join(str(fault) for fault in faults))
    return read


def place(name: str) -> Path:
    """Where the ledger of a story is recorded."""
    return (HERE / name).with_suffix(".ledger")


def difference(name: str, told: str) -> str:
    """How a story's ledger differs from the recorded one, line by line; nothing where it does not."""
    return differing(name, recorded(place(name)), told)


def recorded(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def strays() -> list[Path]:
    """Ledgers whose story or module of tests is gone."""
    found = sorted(path for folder in (HERE, *heard.FOLDERS) for path in folder.rglob("*.ledger"))
    return [path for path in found if not any(path.with_suffix(each).exists() for each in (".yaml", ".py"))]


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.scenarios.ledgers", description=__doc__)
    words.add_argument("parts", nargs="*", metavar="PART", help="parts of their paths; all if none is said")
    words.add_argument("--write", action="store_true", help="record what differs")
    asked = words.parse_args()
    differs = 0
    for path, told in _told(asked.parts):
        name = str(path.relative_to(HERE.parent))
        if found := differing(name, recorded(path), told):
            differs += 1
            sys.stdout.write(f"{found}\n\n")
            if asked.write:
                path.write_text(told, encoding="utf-8")
    for path in strays():
        differs += 1
        sys.stdout.write(f"{path.relative_to(HERE.parent)}: what it tells is gone\n")
        if asked.write:
            path.unlink()
    sys.stdout.write(f"{differs} ledgers {'written' if asked.write else 'differ'}\n")
    return 1 if differs and not asked.write else 0


def _told(parts: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Every ledger as it is now, of stories and of tests."""
    chosen = [name for name in NAMES if not parts or any(part in name for part in parts)]
    yield from ((place(name), Played(story(name)).ledger()) for name in chosen)
    modules = [path for folder in heard.FOLDERS for path in sorted(folder.glob("test_*.py"))]
    tests = [path for path in modules if not parts or any(part in str(path) for part in parts)]
    yield from heard.told(tests)


if __name__ == "__main__":
    sys.exit(main())
