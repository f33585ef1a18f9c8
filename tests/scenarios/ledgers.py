"""The recorded ledgers of the stories: `python -m tests.scenarios.ledgers [--write] [STORY…]`.

Without `--write` it shows how each ledger differs from the recorded one, and says 1 where one does.
"""

import argparse
import difflib
import sys
from functools import cache
from pathlib import Path

from connector.scenario.file import load_story
from connector.scenario.story import Story
from tests.scenarios.ledger import Ledger

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
    recorded = place(name).read_text(encoding="utf-8") if place(name).exists() else ""
    lines = difflib.unified_diff(
        recorded.splitlines(), told.splitlines(), f"{name}: recorded", f"{name}: now", lineterm="", n=1
    )
    return "\n".join(lines)


def strays() -> list[Path]:
    """Ledgers whose story is gone."""
    return [path for path in sorted(HERE.rglob("*.ledger")) if not path.with_suffix(".yaml").exists()]


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.scenarios.ledgers", description=__doc__)
    words.add_argument(
        "stories", nargs="*", metavar="STORY", help="parts of their paths; all if none is said"
    )
    words.add_argument("--write", action="store_true", help="record what differs")
    asked = words.parse_args()
    differs = 0
    for name in NAMES:
        if asked.stories and not any(part in name for part in asked.stories):
            continue
        told = Ledger(story(name)).text()
        if found := difference(name, told):
            differs += 1
            sys.stdout.write(f"{found}\n\n")
            if asked.write:
                place(name).write_text(told, encoding="utf-8")
    for path in strays():
        differs += 1
        sys.stdout.write(f"{path.relative_to(HERE)} belongs to no story\n")
        if asked.write:
            path.unlink()
    sys.stdout.write(f"{differs} ledgers {'written' if asked.write else 'differ'}\n")
    return 1 if differs and not asked.write else 0


if __name__ == "__main__":
    sys.exit(main())
