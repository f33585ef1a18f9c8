"""What a story decided, as text: every decision with its findings, and all that it changes, writes and makes.

The text stands beside the story (`<story>.ledger`) and is compared to the letter whenever the story is played.
`python -m tests.scenarios.ledgers` shows what is otherwise now; with `--write` it records that.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Any
from unittest.mock import patch
from zlib import crc32

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact
from connector.canonical.intent import Creation, Desired, Say
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.time import TimeSource, When
from connector.canonical.verdict import Exhibit, Finding, Verdict
from connector.policy.choosing import Choice, ConditionFailed
from connector.rules.background import NEVER
from connector.rules.decision import Decision
from connector.scenario.memory import Memory
from connector.scenario.story import Story

_LONG_AGO, _FAR_OFF = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_FEW = 3
_NOTHING = frozenset({'""', "0", "null", "[]", "{}", "false", str(NEVER)})
_BARE = re.compile(r"[^\s\"{}\[\],;:]+(?: [^\s\"{}\[\],;:]+)*")


class Played:
    """A story that was played in memory."""

    def __init__(self, story: Story) -> None:
        self.memory = Memory(story)
        self.memory.to(_LONG_AGO)
        self._adopted = self.memory.docket.changes()
        with asked() as self._asked:
            self.differences = self.memory.play()
        """Where it ended otherwise than it says."""

    def ledger(self) -> str:
        story = self.memory.story
        names = {str(ident): name for name, ident in story.names.items()}
        told = Ledger(names, story.clock.zone)
        return told.text(self._adopted, self.memory.decisions) + told.circumstances(self._asked)


@contextmanager
def asked() -> Iterator[list[dict[str, object]]]:
    """Every act's circumstances, as they are put to the conditions of a policy meanwhile."""
    heard: list[dict[str, object]] = []
    before: Mapping[str, object] | None = None
    looking = False  # who the rivals are is a question that conditions of their own answer
    pick = Choice.pick

    def listened(choice: Choice[Any], circumstances: Mapping[str, object]) -> Any:
        nonlocal before, looking
        if circumstances is not before and not looking:
            looking = True
            heard.append({name: _found(circumstances, name) for name in circumstances})
            before, looking = circumstances, False
        return pick(choice, circumstances)

    with patch.object(Choice, "pick", listened):
        yield heard


def _found(circumstances: Mapping[str, object], name: str) -> object:
    try:
        return circumstances[name]
    except (LookupError, ConditionFailed) as nobody_knows:
        return str(nobody_knows)


class Ledger:
    """Tells decisions; records go by `names`, times are those of `zone`."""

    def __init__(self, names: Mapping[str, str], zone: tzinfo) -> None:
        self._names = names
        self._zone = zone
        self._idents = re.compile("|".join(sorted(names)) or "(?!)")
        self._lines: dict[tuple[str, str], Entry] = {}

    def text(self, adopted: Sequence[Entry], decisions: Iterable[Decision]) -> str:
        """All that was decided, in order; what a line of the docket was before is not said again."""
        self._lines = {}
        parts = [("before the story", *map(self._line, adopted))] if adopted else []
        parts += [tuple(self._decision(each)) for each in decisions if _says(each)]
        return "\n".join("\n    ".join(lines) + "\n" for lines in parts)

    def circumstances(self, asked: Sequence[Mapping[str, object]]) -> str:
        """What conditions could ask, act after act: what differs from the act before; nothing said is nothing there."""
        lines: list[str] = []
        before: Mapping[str, object] = {}
        for given in asked:
            values = {name: value for name, value in given.items() if self._told(value) not in _NOTHING}
            new = {name: value for name, value in values.items() if before.get(name) != value}
            gone = {name: None for name in before if name not in values}
            lines += [self._braces(gone | new).strip()] if gone or new else []
            before = values
        return "\n    ".join(["\nwhat conditions could ask", *lines]) + "\n" if lines else ""

    def _decision(self, decision: Decision) -> Iterator[str]:
        yield self._fact(decision.fact)
        if decision.verdict:
            yield from self._verdict(decision.verdict)
        yield from map(self._line, decision.entries)
        yield from map(self._wish, decision.desired)
        yield from map(self._creation, decision.creations)

    def _fact(self, fact: Fact) -> str:
        value = f" {self._told(fact.value)}" if fact.value else ""
        actor = f" by {self._told(fact.actor)}" if fact.actor else ""
        return f"{self._told(fact.when)} {fact.subject.value} {self._told(fact.record)} {fact.kind.value}{value}{actor}"

    def _verdict(self, verdict: Verdict) -> Iterator[str]:
        besides = {"supersedes": verdict.supersedes, "cause": verdict.cause}
        known = {name: value for name, value in besides.items() if value}
        about = f"{verdict.subject.value} {self._told(verdict.record)}"
        yield f"{verdict.outcome.value} {about} by {verdict.policy}{self._braces(known)}"
        yield from map(self._finding, verdict.findings)

    def _finding(self, finding: Finding) -> str:
        desk = " for the desk" if finding.desk else ""
        shown = f" for {', '.join(map(self._exhibit, finding.exhibits))}" if finding.exhibits else ""
        return f"  {finding.rule}: {finding.effect.value}{desk}, {finding.message}{self._braces(finding.params)}{shown}"

    def _exhibit(self, shown: Exhibit) -> str:
        field = f".{shown.field}" if shown.field else ""
        return f"{self._told(shown.record)}{field} {self._told(shown.value)}"

    def _line(self, entry: Entry) -> str:
        """A line of the docket: whole where it is new (`+`), else what changed in it (`~`)."""
        where = entry.table, entry.key
        before, self._lines[where] = self._lines.get(where), entry
        values = _besides_defaults(entry)
        if before is not None:
            values = {
                name: value for name, value in said(entry).items() if value != getattr(before, name, None)
            }
        return f"{'~' if before else '+'} {entry.table} {self._named(entry.key)}{self._braces(values)}"

    def _wish(self, wish: Desired) -> str:
        if_still = f" if still {self._told(wish.expected)}" if wish.contested else ""
        where = f"{wish.subject.value} {self._told(wish.record)}.{wish.slot}"
        return f"write {where} = {self._told(wish.value)}{if_still}"

    def _creation(self, creation: Creation) -> str:
        return f"make {creation.subject.value} {self._told(creation.key)}{self._braces(creation.values)}"

    def _braces(self, values: Mapping[str, Any]) -> str:
        told = ", ".join(f"{name}: {self._told(value)}" for name, value in sorted(values.items()))
        return f" {{{told}}}" if told else ""

    def _told(self, value: Any) -> str:
        """Any value on one line; text that could be taken for something else in quotes."""
        match value:
            case None:
                return "null"
            case bool():
                return str(value).lower()
            case str():
                text = self._named(str(getattr(value, "value", value)))
                return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
            case datetime():
                local = value.astimezone(self._zone) if _LONG_AGO < value < _FAR_OFF else value
                return str(local.replace(tzinfo=None))
            case When():
                return self._when(value)
            case Say():
                return self._say(value)
        return self._several(value)

    def _several(self, value: Any) -> str:
        match value:
            case Model() if not isinstance(value, Money):
                return self._braces(_besides_defaults(value)).strip() or "{}"
            case Mapping():
                return self._braces(value).strip() or "{}"
            case frozenset():
                return self._brackets(sorted(map(self._told, value)))
            case tuple() if len(value) > _FEW and all(isinstance(each, int) for each in value):
                return f"{len(value)} numbers, {crc32(repr(value).encode()):08x}"  # nobody reads common keys
            case tuple() | list():
                return self._brackets(map(self._told, value))
        return str(value)

    def _brackets(self, told: Iterable[str]) -> str:
        return f"[{', '.join(told)}]"

    def _named(self, text: str) -> str:
        return self._idents.sub(lambda found: self._names[found.group()], text)

    def _when(self, when: When) -> str:
        source = "" if when.source is TimeSource.STAMPED else f" ({when.source.value})"
        earliest = "" if when.exact else f"{self._told(when.earliest)} … "
        return f"{earliest}{self._told(when.latest)}{source}"

    def _say(self, say: Say) -> str:
        told = "; ".join(f"{key}{self._braces(params)}" for key, params in say.sentences)
        return f"[{told}]" + (f" to {self._told(say.reader)}" if say.reader else "")


def differing(name: str, recorded: str, told: str) -> str:
    """How a ledger differs from the recorded one, line by line; nothing where it does not."""
    lines = difflib.unified_diff(
        recorded.splitlines(), told.splitlines(), f"{name}: recorded", f"{name}: now", lineterm="", n=1
    )
    return "\n".join(lines)


def _says(decision: Decision) -> bool:
    return bool(decision.verdict or decision.entries or decision.desired or decision.creations)


def said(model: Model) -> dict[str, Any]:
    """All that a model says, by name: also what no field of it is for, but not what it keeps of its own reckoning."""
    kept = {name for name in vars(model) if isinstance(getattr(type(model), name, None), cached_property)}
    return {name: value for name, value in vars(model).items() if name not in kept}


def _besides_defaults(model: Model) -> dict[str, Any]:
    fields = type(model).model_fields
    known = said(model).items()
    return {n: value for n, value in known if n not in fields or value != fields[n].get_default()}
