"""The requirements by their ids, and the table of docs/requirements.md that says what serves each.

`python -m tests.architecture.requirements` writes the columns of rules and stories anew.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from connector.rules import fold  # noqa: F401 - registers every rule
from connector.rules.rule import RULES
from connector.scenario.file import load_story
from tests.architecture.code import ROOT

NUMBERS: Mapping[str, int] = {"R0": 15, "R1": 15, "R2": 19, "R3": 11, "R4": 17}
IDS = tuple(f"{source}.{number}" for source, last in NUMBERS.items() for number in range(1, last + 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One requirement: the rules that serve it, the settings that move it, the stories that prove it."""

    ident: str
    what: str
    rules: tuple[str, ...]
    settings: tuple[str, ...]
    stories: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Every row of the table, in its order."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| R") and re.fullmatch(r"R\d\.\d+", cells[0]):
            rules, settings, stories = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells[2:5])
            found.append(Row(ident=cells[0], what=cells[1], rules=rules, settings=settings, stories=stories))
    return tuple(found)


def page() -> str:
    """The page with its rules and stories as they are: what is written by hand is kept, rows of one id are united."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    head = text[: text.index("| id |")]
    tail = "\n".join(line for line in text[text.index("| id |") :].splitlines() if not line.startswith("|"))
    lines = ["| id | what | rules | settings | stories |", "|---|---|---|---|---|"]
    by_ident: dict[str, list[Row]] = {}
    for row in rows():
        by_ident.setdefault(row.ident, []).append(row)
    for ident in IDS:
        same = by_ident.get(ident, [])
        what = next((row.what for row in same if row.what), "")
        settings = dict.fromkeys(each for row in same for each in row.settings)
        rules = [rule.name for rule in RULES.values() if ident in rule.serves]
        cells = (ident, what, _quoted(rules), _quoted(settings), _quoted(_proving(ident)))
        lines.append("| " + " | ".join(cells) + " |")
    return f"{head}{chr(10).join(lines)}\n{tail}".rstrip() + "\n"


def _proving(ident: str) -> list[str]:
    return [name for name, proved in _stories() if ident in proved]


@cache
def _stories() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for path in sorted((ROOT / "tests" / "scenarios").rglob("*.yaml")):
        story, _ = load_story(path.read_text(encoding="utf-8"), str(path))
        if story is not None:
            found.append((str(path.relative_to(ROOT)), story.proves))
    return tuple(found)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    (ROOT / "docs" / "requirements.md").write_text(page(), encoding="utf-8")
