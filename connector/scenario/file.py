"""The scenario file: its text read into a `Story`, every fault of the file in one run."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector import places
from connector.canonical.document import Listing, Node, Scalar, Table, parse
from connector.canonical.fault import Fault, broken
from connector.canonical.ids import RecordId, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS
from connector.canonical.shape import ListOf, Reading, Word, unknown
from connector.policy.model import Policies
from connector.policy.words import TEXT
from connector.profiles import Profiles
from connector.scenario import programme
from connector.scenario.expectations import Expecting
from connector.scenario.given import PREFIXES
from connector.scenario.picklists import picks
from connector.scenario.rights import RIGHT
from connector.scenario.steps import Steps
from connector.scenario.story import Act, Check, Exempt, Expectation, Item, Story
from connector.scenario.times import MOMENT, Clock, absolute
from connector.scenario.values import Words, table

KEYS: Mapping[str, str] = {
    "scenario": "the story in one line",
    "proves": "the requirements that it proves, such as [R1.2, R1.3]",
    "profile": "a folder under mappings/, or several; programmes/<name> for a published programme",
    "policy": "what the story changes in the profile's policy.yaml: tables merge, anything else is replaced",
    "policies": "further versions of the policy, each a table of changes with its version and in_force",
    "not_on": "profiles on which it cannot end so (`--profile`), each with the reason",
    "starts": "when it begins, in the programme's zone, such as 2026-03-02 09:00",
    "given": "the records that were there before, by kind and name",
    "when": "what people do, in order of time, with checks (`then`) in between",
    "until": "how long the clock runs after the last act, so that deadlines fall due",
    "then": "what ought to stand in the end",
}
MAY = "may"
"""The word of a person that is none of the record's own: rights in the org beyond those of the package."""
NEEDED = ("scenario", "profile", "starts", "given")
STILL = timedelta(minutes=5)
"""How long the clock runs after the last act unless the story says otherwise: verdicts are written by then."""

_ID = re.compile(r"R[0-4]\.\d{1,2}")


def load_story(text: str, file: str, shape: str = "") -> tuple[Story | None, tuple[Fault, ...]]:
    """Read a scenario file. `shape` is a profile that is played in place of the one it is based on.

    Returns:
        The story, or None when a fault keeps it from being played; and every fault, in file order.
    """
    tree, faults = parse(text, file)
    if tree is None:
        return None, faults
    reading = Reading(file=file, faults=list(faults))
    story = _Story(tree, text, reading, shape).read()
    found = tuple(sorted(reading.faults, key=lambda fault: (fault.line, fault.column)))
    return (None if broken(found) else story), found


def _requirement(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(text)
    return text


class _Story:
    """One file being read."""

    def __init__(self, tree: Table, text: str, reading: Reading, shape: str) -> None:
        self.tree, self.text, self.reading, self.shape = tree, text, reading, shape

    def read(self) -> Story | None:
        for key, _ in self.tree.entries:
            if key.text not in KEYS:
                unknown(key, KEYS, self.reading)
        for name in NEEDED:
            if self.tree.get(name) is None:
                self.reading.fault(self.tree, found=f"no {name!r}", expected=KEYS[name])
        profiles = self._profiles()
        if profiles is None or profiles[1].mapping is None:
            return None
        names, shipped = profiles
        mapping = profiles[1].mapping
        clock = self._clock(ZoneInfo(mapping.time_zone))
        policies = self._policies(names, shipped)
        if policies.versions:
            clock = clock._replace(office=policies.versions[-1].office_hours)
        kinds, idents = self._names()
        words = Words(clock=clock, names=idents, own=mapping.own, picks=picks(mapping))
        given = self._given(words)
        expecting = Expecting(words=words, kinds=kinds, reading=self.reading)
        steps = self._steps(words, kinds, given, expecting)
        until = self._until(clock, steps)
        last = self.tree.get("then")
        expected = expecting.read(last) if last is not None else ()
        return Story(
            file=self.reading.file,
            title=self._text("scenario"),
            proves=self._proves(),
            profiles=names,
            mapping=mapping,
            policies=policies,
            clock=clock,
            until=until,
            given=given,
            steps=(*steps, *_last(until, expected)),
            names=idents,
            kinds=kinds,
            not_on=self._not_on(),
        )

    def _text(self, key: str) -> str:
        node = self.tree.get(key)
        return (TEXT.read(node, self.reading) or "") if node is not None else ""

    def _proves(self) -> tuple[str, ...]:
        node = self.tree.get("proves")
        shape = ListOf(Word(_requirement, "requirement ids such as [R1.2, R1.3]"))
        return (shape.read(node, self.reading) or ()) if node is not None else ()

    def _not_on(self) -> dict[str, Exempt]:
        node = self.tree.get("not_on")
        if node is None:
            return {}
        if not isinstance(node, Table):
            self.reading.fault(
                node, expected="profiles, each with the reason: `registration_on_lead: a lead …`"
            )
            return {}
        found: dict[str, Exempt] = {}
        for name, said in node.entries:
            try:
                places.profile(name.text)
            except FileNotFoundError as missing:
                self.reading.fault(name, expected=str(missing))
                continue
            reason = TEXT.read(said, self.reading)
            if reason is not None:
                found[name.text] = Exempt(reason=reason, place=name)
        return found

    def _profiles(self) -> tuple[tuple[str, ...], Profiles] | None:
        node = self.tree.get("profile")
        names = ListOf(TEXT).read(node, self.reading) if node is not None else None
        if node is None or not names:
            return None
        try:
            for name in names:
                places.profile(name)
        except FileNotFoundError as missing:
            self.reading.fault(node, expected=str(missing))
            return None
        if self.shape:
            names = programme.in_shape(names, self.shape)
        read = programme.shipped(names)
        if read.mapping is None:
            self.reading.faults += [fault for fault in read.faults if not fault.note]
        return names, read

    def _policies(self, names: tuple[str, ...], shipped: Profiles) -> Policies:
        changes, versions = self.tree.get("policy"), self.tree.get("policies")
        if changes is not None and not isinstance(changes, Table):
            self.reading.fault(changes, expected=KEYS["policy"])
            return shipped.policies
        if versions is not None and not (
            isinstance(versions, Listing) and all(isinstance(each, Table) for each in versions.items)
        ):
            self.reading.fault(versions, expected=KEYS["policies"])
            return shipped.policies
        return programme.policies(names, self.text, changes, versions, self.reading)

    def _clock(self, zone: ZoneInfo) -> Clock:
        node = self.tree.get("starts")
        if node is not None:
            starts = Word(lambda text: absolute(text, zone), "a time such as 2026-03-02 09:00").read(
                node, self.reading
            )
            if starts is not None:
                return Clock(starts, zone)
        return Clock(datetime(2026, 3, 2, 8, tzinfo=UTC), zone)

    def _until(self, clock: Clock, steps: tuple[Act | Check, ...]) -> datetime:
        last = max((step.known_at for step in steps), default=clock.starts)
        node = self.tree.get("until")
        if node is None:
            return last + STILL
        until = Word(clock.moment, MOMENT).read(node, self.reading)
        if until is not None and until < last:
            self.reading.fault(node, expected="a time after the last act")
        return until or last

    def _names(self) -> tuple[dict[RecordId, Kind], dict[str, RecordId]]:
        """Every name of the story, given or made by an act, with the id it has when played in memory."""
        found: dict[str, tuple[Kind, Scalar]] = {}
        for kind, name in (*self._given_names(), *self._made_names()):
            if name.text in found:
                self.reading.fault(
                    name, found=f"the name {name.text!r} a second time", fix="name it otherwise"
                )
                continue
            found[name.text] = kind, name
        kinds: dict[RecordId, Kind] = {}
        names: dict[str, RecordId] = {}
        counts: dict[str, int] = {}
        for text, (kind, _) in found.items():
            prefix = PREFIXES.get(kind) or f"a{10 + list(Kind).index(kind)}"
            counts[prefix] = counts.get(prefix, 0) + 1
            ident = record_id(f"{prefix}{counts[prefix]:012d}")
            kinds[ident], names[text] = kind, ident
        return kinds, names

    def _given_names(self) -> list[tuple[Kind, Scalar]]:
        given = self.tree.get("given")
        if given is None:
            return []
        if not isinstance(given, Table):
            self.reading.fault(given, expected="a table of kinds, each a table of records by name")
            return []
        found: list[tuple[Kind, Scalar]] = []
        for key, records in given.entries:
            if key.text not in set(Kind):
                unknown(key, [kind.value for kind in Kind], self.reading)
            elif isinstance(records, Table):
                found += [(Kind(key.text), name) for name, _ in records.entries]
            else:
                self.reading.fault(records, expected="a table of records by name, such as `Nord: {}`")
        return found

    def _made_names(self) -> list[tuple[Kind, Scalar]]:
        """Names that acts give: `create` by its kind, `convert` by what it makes."""
        when = self.tree.get("when")
        found: list[tuple[Kind, Scalar]] = []
        for act in when.items if isinstance(when, Listing) else ():
            if not isinstance(act, Table):
                continue
            kind, what, makes = act.get("kind"), act.get("what"), act.get("makes")
            if isinstance(kind, Scalar) and kind.text in set(Kind) and isinstance(what, Scalar):
                found.append((Kind(kind.text), what))
            if isinstance(makes, Table):
                found += [
                    (Kind(key.text), name)
                    for key, name in makes.entries
                    if isinstance(name, Scalar) and key.text in set(Kind)
                ]
        return found

    def _given(self, words: Words) -> tuple[Item, ...]:
        given = self.tree.get("given")
        items: list[Item] = []
        for key, records in given.entries if isinstance(given, Table) else ():
            if key.text not in set(Kind) or not isinstance(records, Table):
                continue
            kind = Kind(key.text)
            for name, body in records.entries:
                apart = (MAY,) if kind is Kind.PERSON else ()
                values: dict[str, Any] = table(MODELS[kind], body, words, self.reading, apart)
                ident, may = words.names[name.text], self._may(kind, body)
                items.append(Item(kind=kind, name=name.text, ident=ident, values=values, place=name, may=may))
        return tuple(items)

    def _may(self, kind: Kind, body: Node) -> tuple[str, ...]:
        node = body.get(MAY) if kind is Kind.PERSON and isinstance(body, Table) else None
        return (ListOf(RIGHT).read(node, self.reading) or ()) if node is not None else ()

    def _steps(
        self, words: Words, kinds: dict[RecordId, Kind], given: tuple[Item, ...], expecting: Expecting
    ) -> tuple[Act | Check, ...]:
        node = self.tree.get("when")
        if node is None:
            return ()
        if not isinstance(node, Listing):
            self.reading.fault(
                node, expected="a list of acts: `- {at: +1 day, who: Anna, does: file, what: First}`"
            )
            return ()
        return Steps(words=words, kinds=kinds, given=given, reading=self.reading, expecting=expecting).read(
            node
        )


def _last(until: datetime, expected: tuple[Expectation, ...]) -> tuple[Check, ...]:
    return (Check(at=until, expectations=expected),) if expected else ()
