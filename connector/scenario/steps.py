"""The acts of a story, read: who does what at which second."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.ids import RecordId, is_queue, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS, Evidence
from connector.canonical.shape import Reading, Word, listed, unknown
from connector.scenario.expectations import Expecting
from connector.scenario.given import PREFIXES
from connector.scenario.story import Act, Check, Deed, Item
from connector.scenario.times import MOMENT
from connector.scenario.values import MISSING, Words, named, read, table
from connector.scenario.verbs import VERBS, Verb

_COMMON = ("at", "who", "does", "what", "seen")


@dataclass
class Steps:
    """Reads the list under `when`. Without `at`, an act happens at the second of the one before it."""

    words: Words
    kinds: dict[RecordId, Kind]
    given: tuple[Item, ...]
    reading: Reading
    expecting: Expecting
    calls: int = field(default=0)

    def read(self, node: Listing) -> tuple[Act | Check, ...]:
        steps: list[Act | Check] = []
        now = self.words.clock.starts
        for each in node.items:
            if not isinstance(each, Table):
                self.reading.fault(each, expected="an act or a check: a table")
                continue
            now = self._time(each, now)
            step = self._check(each, now) if each.get("then") is not None else self._act(each, now)
            if step is not None:
                steps.append(step)
        return tuple(sorted(steps, key=lambda step: step.known_at))

    def _time(self, node: Table, before: datetime) -> datetime:
        at = node.get("at")
        if at is None:
            return before
        moment = Word(self.words.clock.moment, MOMENT).read(at, self.reading)
        if moment is not None and moment < before:
            self.reading.fault(at, expected="a time not before the act above it")
        return moment or before

    def _seen(self, node: Table, at: datetime) -> datetime | None:
        place = node.get("seen")
        if place is None:
            return None
        seen = Word(self.words.clock.moment, MOMENT).read(place, self.reading)
        if seen is not None and seen <= at:
            self.reading.fault(place, expected="a time after the act")
        return seen

    def _check(self, node: Table, now: datetime) -> Check | None:
        for key, _ in node.entries:
            if key.text not in {"at", "then"}:
                unknown(key, ("at", "then"), self.reading)
        then = node.get("then")
        return Check(at=now, expectations=self.expecting.read(then)) if then is not None else None

    def _act(self, node: Table, now: datetime) -> Act | None:
        does = node.get("does")
        if not isinstance(does, Scalar) or does.text not in VERBS:
            place: Node = does if does is not None else node
            near = nearest(does.text, VERBS) if isinstance(does, Scalar) else ""
            found = None if does is not None else "no 'does'"
            self.reading.fault(place, found=found, expected=listed(VERBS, near), near=near)
            return None
        verb = VERBS[does.text]
        for key, _ in node.entries:
            if key.text not in (*_COMMON, *verb.takes):
                unknown(key, (*_COMMON, *verb.takes), self.reading)
        what = self._named(node, "what", needed=True)
        who = self._named(node, "who", needed=True)
        if what is None or who is None:
            return None
        if self.kinds[who] is not Kind.PERSON:
            self.reading.fault(node.get("who") or node, expected="a person of this story")
            return None
        kind = self.kinds[what]
        if verb.kinds and kind not in verb.kinds:
            expected = "a " + " or ".join(verb.kinds)
            self.reading.fault(node.get("what") or node, found=f"a {kind}", expected=expected)
            return None
        if does.text == "call":
            return self._call(node, now, who, what)
        return Act(
            at=now,
            who=who,
            deed=verb.deed,
            kind=kind,
            ident=what,
            values=self._values(node, verb, kind, who, what),
            other=self._named(node, "into", needed=verb.deed is Deed.MERGE),
            makes=self._makes(node, verb),
            seen=self._seen(node, now),
            place=node,
        )

    def _named(self, node: Table, key: str, *, needed: bool = False) -> RecordId | None:
        place = node.get(key)
        if place is None:
            if needed:
                self.reading.fault(node, found=f"no {key!r}", expected="a record of this story")
            return None
        if not isinstance(place, Scalar):
            self.reading.fault(place, expected="a record of this story")
            return None
        found = named(place, self.words, self.reading)
        return None if found is MISSING else found

    def _values(
        self, node: Table, verb: Verb, kind: Kind, who: RecordId, what: RecordId
    ) -> Mapping[str, Any]:
        given = node.get("with")
        own: dict[str, Any] = dict(verb.sets)
        if own.get("stage") is not None:
            own["stage"] = Decimal(own["stage"])
        if verb.owner == "who":
            own["owner"] = who
        elif verb.owner == "to":
            to = self._named(node, "to") or self._pool_of(what)
            if to is None:
                self.reading.fault(node, found="no 'to'", expected="the new owner")
            own["owner"] = to
        if given is None:
            return own
        if verb.deed is Deed.ADD and node.get("does") is not None and _word(node, "does") == "prove":
            proof = read(Evidence, given, self.words, self.reading)
            return {} if proof is MISSING else {"evidence": (proof,)}
        return own | table(MODELS[kind], given, self.words, self.reading)

    def _pool_of(self, what: RecordId) -> RecordId | None:
        """The pool in which the record was when the story began; else the story's first."""
        owner = next((item.values.get("owner") for item in self.given if item.ident == what), None)
        if owner and is_queue(owner):
            return RecordId(owner)
        return next((item.ident for item in self.given if item.kind is Kind.POOL), None)

    def _makes(self, node: Table, verb: Verb) -> Mapping[Kind, RecordId]:
        makes = node.get("makes")
        if makes is None:
            if "makes" in verb.takes:
                self.reading.fault(node, found="no 'makes'", expected="`makes: {opportunity: Deal}`")
            return {}
        if not isinstance(makes, Table):
            self.reading.fault(makes, expected="`{opportunity: Deal, customer: City}`")
            return {}
        out: dict[Kind, RecordId] = {}
        for key, name in makes.entries:
            if key.text not in {Kind.OPPORTUNITY, Kind.CUSTOMER}:
                unknown(key, (Kind.OPPORTUNITY, Kind.CUSTOMER), self.reading)
            elif isinstance(name, Scalar):
                out[Kind(key.text)] = self.words.names[name.text]
        return out

    def _call(self, node: Table, now: datetime, who: RecordId, about: RecordId) -> Act:
        self.calls += 1
        ident = record_id(f"{PREFIXES[Kind.ACTIVITY]}9{self.calls:011d}")
        self.kinds[ident] = Kind.ACTIVITY
        day = now.astimezone(self.words.clock.zone).date()
        link = "who" if self.kinds[about] is Kind.LEAD else "about"
        values: dict[str, Any] = {link: about, "owner": who, "on": day, "done": True, "subject": "Call"}
        given = node.get("with")
        if given is not None:
            values |= table(MODELS[Kind.ACTIVITY], given, self.words, self.reading)
        return Act(
            at=now, who=who, deed=Deed.CREATE, kind=Kind.ACTIVITY, ident=ident, values=values, place=node
        )


def _word(node: Table, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""
