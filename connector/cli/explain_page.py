"""An explanation for a person at a terminal: it fits 80 columns, and addresses stand apart from sentences."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from connector.canonical.verdict import Effect
from connector.flows.explanation import (
    Dispute,
    Explanation,
    Firm,
    Happening,
    Likeness,
    Line,
    Party,
    Race,
    Reason,
    Step,
)
from connector.messages import Speaker, Telling
from connector.messages.remedy import OPEN
from connector.policy.text import Setting

_MARK = {Effect.PASS: "✓", Effect.NOTE: "·", Effect.REFUSE: "✗", Effect.ASK: "?", Effect.LACK: "…"}
_COLOUR = {Effect.REFUSE: "red", Effect.ASK: "yellow", Effect.LACK: "yellow", Effect.PASS: "green"}
_LISTED = 20  # of a firm's leads and registrations; `--json` has them all
_NARROWEST = 20
_TOLD_BY_THE_RACE = frozenset({"since", "held_since"})


class Page:
    """Prints explanations to one console in one language. Names are terminal hyperlinks where it has them."""

    def __init__(self, console: Console, voice: Speaker, language: str) -> None:
        self._console, self._voice, self._language = console, voice, language
        self._links: dict[str, tuple[str, str]] = {}
        self._colon = self._tell(Telling.PAGE_COLON)

    def show(self, found: Explanation) -> None:
        title = Text(found.name, style="bold")
        self._line(title if found.name == found.record else title.append(f"  {found.record}", style="dim"))
        self._address(found.link)
        if found.as_of is not None:
            self._line(Text(self._tell(Telling.PAGE_ENTRY_ASKED, first=str(found.as_of)), style="dim"))
        for line in found.stands:
            self._line(Text(f"⇒ {line}", style="bold"))
        self._links = {}
        self._note(found.record, found.name, "")
        if found.firm:
            self._firm(found.firm)
        told: set[str] = set()
        for steps in _alike(found.steps):
            self._console.print()
            self._step(found.record, steps)
            self._policy(steps[-1], told)
        self._ways_out(found)
        for dispute in found.conflicts:
            self._console.print()
            self._dispute(found.record, dispute, told=_is_told(dispute, found.steps))
        self._timeline(found, _LISTED)
        self._waiting(found.waiting)
        self._records()

    def _step(self, record: str, steps: Sequence[Step]) -> None:
        step, last = steps[0], steps[-1]
        head = Text(f"{step.when}  {step.happened}")
        if step.ruled:
            head.append(" → ").append(step.ruled, style="bold")
        if step.who:
            head.append(f"  {step.who}", style="dim")
        self._line(head, hang=4)
        for certain in dict.fromkeys(each.certain for each in steps):
            self._line(Text(f"{self._tell(Telling.PAGE_CLOCK)}{self._colon}{certain}", style="dim"), 4)
        for reason in step.reasons:
            self._reason(record, reason)
        if last.race:
            self._race(record, last.race)
        for line in dict.fromkeys(line for each in steps for line in each.docket):
            self._line(Text(f"⇒ {line}"), 4)
        self._settings(last.settings)
        if step.policy:
            numbers = {"first": str(step.number), "last": str(last.number), "policy": step.policy}
            telling = Telling.PAGE_ENTRY if step is last else Telling.PAGE_ENTRIES
            self._line(Text(self._tell(telling, **numbers), style="dim"), 4)

    def _policy(self, step: Step, told: set[str]) -> None:
        """Since when a version was in force, where it is named first."""
        if step.policy_since and step.policy not in told:
            told.add(step.policy)
            since = {"policy": step.policy, "since": step.policy_since}
            self._line(Text(self._tell(Telling.PAGE_POLICY_SINCE, **since), style="dim"), 4)

    def _ways_out(self, found: Explanation) -> None:
        """What would change the newest ruling, and until when an appeal is open."""
        ruled = next((step for step in reversed(found.steps) if step.outcome and step.reasons), None)
        ways = dict.fromkeys(way for reason in ruled.reasons for way in reason.remedies) if ruled else {}
        if ways:
            self._console.print()
            self._line(Text(self._tell(Telling.PAGE_REMEDIES), style="bold"))
        for way in ways:
            self._line(Text(way), 4, mark=Text("→ "))
        if found.appeal:
            self._line(Text(found.appeal, style="bold"), 0 if not ways else 4)

    def _reason(self, record: str, reason: Reason) -> None:
        said = Text.assemble(reason.text, (f" ({reason.rule})", "dim"))
        mark = Text(f"{_MARK[reason.effect]} ", style=_COLOUR.get(reason.effect, ""))
        self._line(said, 4, mark=mark)
        for party in reason.parties:
            if party.field in _TOLD_BY_THE_RACE or (party.record == record and not party.text):
                continue
            self._party(party)
        if reason.effect in OPEN:
            self._settings(reason.settings)

    def _settings(self, settings: Sequence[Setting]) -> None:
        """Where the policy says so: the first key drew the line, the others say what follows, where they stand."""
        for number, each in enumerate(settings):
            if number and not each.line:
                continue
            place = f"{each.file}:{each.line}" if each.line else each.file
            telling = (
                Telling.PAGE_SETTING
                if each.line
                else Telling.PAGE_SETTING_DEFAULT
                if each.file
                else Telling.PAGE_SETTING_ELSEWHERE
            )
            said = self._tell(telling, key=each.key, setting=each.text, place=place)
            if each.changed:
                said = f"{said} ({self._tell(Telling.PAGE_SETTING_CHANGED)})"
            self._line(Text(said, style="dim"), 8, hang=2)

    def _party(self, party: Party) -> None:
        said = Text()
        if party.name != party.record:
            said.append_text(self._named(party.record, party.name, party.link)).append("  ")
        said.append(party.label).append(f"{self._colon}{party.text}" if party.text else "")
        said.stylize("dim")
        self._line(said, 8)
        if party.likeness:
            self._likeness(party.likeness)

    def _likeness(self, likeness: Likeness) -> None:
        self._line(Text(likeness.text, style="dim"), 8)
        names = [self._voice.word("evidence", each.field, self._language) for each in likeness.weights]
        width = max((cell_len(name) for name in names), default=0)
        figures = self._voice.figures(self._language)
        for name, each in zip(names, likeness.weights, strict=True):
            columns = f"{set_cell_size(name, width)}  {figures.weight(each.weight):>5}  "
            self._line(Text(each.text, style="dim"), 10, mark=Text(columns, style="dim"))

    def _race(self, record: str, race: Race) -> None:
        self._line(Text(self._tell(Telling.PAGE_RACE), style="bold"), 4)
        for place, runner in enumerate(race.runners, start=1):
            said = Text(f"{place}. ").append_text(self._named(runner.record, runner.name, runner.link))
            if runner.record == record:
                said.append(f" ({self._tell(Telling.PAGE_THIS_RECORD)})")
            if runner.firm:
                said.append(f"{self._tell(Telling.PAGE_COMMA)}{runner.firm}")
            self._line(said, 6)
            self._line(Text(runner.text), 9)
            self._line(Text(runner.clock, style="dim"), 9)
        if race.together:
            self._line(Text(self._tell(Telling.PAGE_TOGETHER)), 6)

    def _dispute(self, record: str, dispute: Dispute, *, told: bool) -> None:
        """A conflict; its evidence and order only where no step above has told them."""
        self._line(Text(dispute.text, style="bold"), hang=4)
        if dispute.resolution:
            self._line(Text(dispute.resolution), 4)
        if told:
            return
        if dispute.likeness:
            self._likeness(dispute.likeness)
        marks = [self._voice.word("item", mark, self._language) for mark in dispute.evidence.split(", ")]
        if marks != dispute.evidence.split(", "):
            self._line(Text(self._tell(Telling.PAGE_SEMICOLON).join(marks)), 4)
        if len(dispute.race.runners) > 1:
            self._race(record, dispute.race)

    def _firm(self, firm: Firm) -> None:
        quota = str(firm.quota) if firm.quota is not None else ""
        places = {"quota": quota, "unworked": "", "places": ""}
        if firm.unworked is not None:
            places = {"quota": "", "unworked": str(firm.unworked), "places": quota}
        heading = self._tell(Telling.PAGE_FIRM_CLAIMS, held=str(firm.held), **places)
        self._console.print()
        self._line(Text(heading, style="bold"))
        self._listed(firm.claims)
        counts = {"count": str(len(firm.registrations)), "open": str(firm.open_registrations)}
        self._line(Text(self._tell(Telling.PAGE_FIRM_REGISTRATIONS, **counts), style="bold"))
        self._listed(firm.registrations)
        if firm.acts:
            self._line(Text(self._tell(Telling.PAGE_ACTS), style="bold"))
        for act in firm.acts[-_LISTED:]:
            said = Text(f"{act.when}  ").append_text(self._named(act.record, act.name, act.link))
            said.append(f"{self._colon}{act.happened}").append(
                f" → {act.ruled}" if act.ruled else "", style="bold"
            )
            self._line(said.append(f"  {act.who}  #{act.number}", style="dim"), 4, hang=4)
        self._more(len(firm.acts))

    def life(self, found: Explanation) -> None:
        """The timeline alone, whole."""
        title = Text(found.name, style="bold")
        self._line(title if found.name == found.record else title.append(f"  {found.record}", style="dim"))
        self._address(found.link)
        self._links = {}
        self._note(found.record, found.name, "")
        self._timeline(found, len(found.timeline))
        self._records()

    def _timeline(self, found: Explanation, most: int) -> None:
        """The newest of it, where it tells more than the steps above."""
        steps = {step.number for step in found.steps}
        if most == _LISTED and {each.number for each in found.timeline} <= steps:
            return
        self._console.print()
        self._line(Text(self._tell(Telling.PAGE_TIMELINE), style="bold"))
        hidden = len(found.timeline) - most
        if hidden > 0:
            self._line(Text(f"… +{hidden} (--timeline)", style="dim"), 4)
        for alike in _alike_acts(found.timeline[-most:] if most else ()):
            each, last = alike[0], alike[-1]
            said = Text(f"{each.when}  ")
            if each.record != found.record:
                said.append_text(self._named(each.record, each.name, each.link)).append(self._colon)
            said.append(each.text).append(f" → {each.ruled}" if each.ruled else "", style="bold")
            number = f"#{each.number}" if each.number else ""
            number += f"–{last.number}" if last.number != each.number else ""
            tail = "  ".join(part for part in (each.who, number) if part)
            self._line(said.append(f"  {tail}" if tail else "", style="dim"), 4, hang=4)
            for line in each.docket:
                self._line(Text(f"⇒ {line}", style="dim"), 8)

    def _listed(self, lines: Sequence[Line]) -> None:
        for line in lines[:_LISTED]:
            said = self._named(line.record, line.name, line.link)
            self._line(said.append("  ").append(line.text, style="dim"), 4, hang=4)
        self._more(len(lines))

    def _more(self, count: int) -> None:
        if count > _LISTED:
            self._line(Text(f"… +{count - _LISTED} (--json)", style="dim"), 4)

    def _waiting(self, waiting: Sequence[str]) -> None:
        if waiting:
            self._console.print()
            self._line(Text(self._tell(Telling.PAGE_WAITING), style="bold"))
        for line in waiting:
            self._line(Text(line), 4)

    def _records(self) -> None:
        """Every other record named above, once, with its address on a line of its own."""
        others = {record: (name, link) for record, (name, link) in self._links.items() if link}
        if not others:
            return
        self._console.print()
        self._line(Text(self._tell(Telling.PAGE_RECORDS), style="bold"))
        for name, link in others.values():
            self._line(Text(name), 4)
            self._address(link, 6)

    # how things are set
    def _named(self, record: str, name: str, link: str) -> Text:
        self._note(record, name, link)
        return Text(name, style=Style(link=link) if link.startswith("http") else Style())

    def _note(self, record: str, name: str, link: str) -> None:
        self._links.setdefault(record, (name, link))

    def _line(self, said: Text, indent: int = 0, *, mark: Text | None = None, hang: int = 0) -> None:
        """One paragraph, wrapped under itself (`hang` deeper), behind an indent and perhaps a mark."""
        lead = Text(" " * indent).append_text(mark or Text())
        room = max(self._console.width - lead.cell_len - hang, _NARROWEST)
        for number, line in enumerate(said.wrap(self._console, room)):
            line.rstrip()
            before = Text(" " * (lead.cell_len + hang)) if number else lead
            self._console.print(before.copy().append_text(line), soft_wrap=True)

    def _address(self, link: str, indent: int = 0) -> None:
        """Never broken over lines, so that it can be clicked and copied."""
        self._console.print(Text(" " * indent + link, style="dim"), soft_wrap=True)

    def _tell(self, telling: Telling, **params: str) -> str:
        return self._voice.sentence(telling, params, self._language)


def _is_told(dispute: Dispute, steps: Sequence[Step]) -> bool:
    """Whether a step tells the conflict's evidence already: the same likeness, or the same odd numbers."""
    reasons = [reason for step in steps for reason in step.reasons]
    if dispute.likeness is None:
        return any(reason.rule == "fake_contact" == dispute.kind for reason in reasons)
    return any(party.likeness == dispute.likeness for reason in reasons for party in reason.parties)


def _alike(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Entries of one second that ruled the same, told once: an amendment of three rows is three facts."""
    for _, group in groupby(steps, key=lambda step: (step.when, step.happened, step.outcome, step.reasons)):
        yield list(group)


def _alike_acts(happenings: Sequence[Happening]) -> Iterator[Sequence[Happening]]:
    """What happened in one second and reads alike, as when one save wrote several rows, is told once."""

    def seen(each: Happening) -> tuple[object, ...]:
        return (each.at, each.kind, each.record, each.name, each.who, each.text, each.ruled, each.docket)

    yield from (list(group) for _, group in groupby(happenings, key=seen))
