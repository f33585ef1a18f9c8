"""A story played in memory: people save records, facts follow, rules are folded, and our verdicts are written back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from connector.bootstrap import speaker
from connector.canonical.docket import Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, record_id
from connector.canonical.intent import Creation, Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS, Activity, Person, Record, Registration
from connector.canonical.verdict import Verdict
from connector.facts.change import Seen
from connector.facts.derive import derive, gone, of_activity
from connector.facts.filings import of_proof
from connector.facts.steps import owner_changes
from connector.flows.past import SOURCES
from connector.messages import Speaker
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.fold import fold
from connector.scenario.answers import answers, by_record
from connector.scenario.differences import Difference, differences
from connector.scenario.exempt import without_a_row
from connector.scenario.forms import CONVERTED
from connector.scenario.given import PREFIXES, Whole, made
from connector.scenario.past import Past
from connector.scenario.picklists import text_of
from connector.scenario.records import Records
from connector.scenario.saving import alongside, attribute_of, stamped, typed_as, written
from connector.scenario.story import Act, Check, Deed, Item, Story
from connector.scenario.values import changed
from connector.scenario.world import World

OURS = record_id("005000000000000")
"""The connector's own login."""
WRITTEN_AFTER = timedelta(seconds=5)
"""How long after a decision its values stand in the org."""
LOOKED = timedelta(seconds=1)
"""How long before an act the connector last looked at the org."""
BEFORE = timedelta(days=1)
"""How long before the story its given records came to be."""


class Memory:
    """One story's records and docket. `play` runs it once."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.records = Records()
        self.docket = OverlayDocket(MemoryDocket())
        self.decisions: list[Decision] = []
        self.shown: dict[tuple[RecordId, str], Desired | None] = {}
        self._stood: dict[tuple[RecordId, str], Desired | None] = {}
        self._facts: list[Fact] = []
        self._writes: dict[tuple[Kind, RecordId, str], tuple[datetime, Desired]] = {}
        self._creations: dict[str, tuple[datetime, Creation]] = {}
        self._made: dict[str, RecordId] = {}
        self._rows = 0
        self._waiting: list[tuple[datetime, list[Act | Check]]] | None = None
        self._whole = Whole({item.name: item for item in story.given}, story.clock)

    def play(self) -> tuple[Difference, ...]:
        """Play the whole story; every difference between what it expects and what stands."""
        found = self.to(self.story.until)
        self._run(self.story.until)
        return (*without_a_row(self.story), *found)

    def to(self, until: datetime) -> tuple[Difference, ...]:
        """Play on, up to and with the checks of `until`; every difference found on the way."""
        if self._waiting is None:
            self._waiting = [
                (at, list(steps)) for at, steps in groupby(self.story.steps, key=lambda step: step.known_at)
            ]
            for item in self.story.given:
                self._give(item)
            self._go_live()
        found: list[Difference] = []
        while self._waiting and self._waiting[0][0] <= until:
            found += self._together(*self._waiting.pop(0))
        return tuple(found)

    def _together(self, moment: datetime, steps: Sequence[Act | Check]) -> Iterator[Difference]:
        """What happens in one second: everything before it is judged, then all act, then all look."""
        self._run(moment - LOOKED)
        for act in (step for step in steps if isinstance(step, Act)):
            known = len(self._facts)
            self._act(act)
            if act.seen is not None:
                self._facts[known:] = [f.model_copy(update={"late": True}) for f in self._facts[known:]]
        if checks := [step for step in steps if isinstance(step, Check)]:
            self._run(moment)
            for check in checks:
                yield from differences(check, self)

    # what a check may ask
    def record(self, ident: RecordId) -> Record | None:
        return self.records.newest(self.story.kinds[ident], ident)

    def verdict(self, ident: RecordId) -> Verdict | None:
        """The newest that answers somebody."""
        found = (d.verdict for d in reversed(self.decisions) if d.verdict and answers(d.fact, d.verdict))
        return next((verdict for verdict in found if verdict.record == ident), None)

    def slot(self, ident: RecordId, slot: str) -> str | Say | None:
        found = self.shown.get((ident, slot))
        return found.value if found else None

    def entries(self, table: str) -> Sequence[Entry]:
        return [entry for entry in self.docket.changes() if entry.table == table]

    def key(self, ours: str) -> str:
        return ours

    def ident(self, found: str) -> str:
        return found

    @property
    def name(self) -> str:
        return "in memory"

    # what people do
    def _give(self, item: Item) -> None:
        made = self.story.clock.starts - BEFORE
        values = self._whole.values(item)
        if item.kind is Kind.CONFLICT:
            values["key"] = self._key_of(values.get("key", ""))
            self._made[values["key"]] = item.ident
        record = self._blank(item.kind, item.ident, values.get("created_at") or made, None)
        self.records.put(self._filled(record, values, made, None))

    def _key_of(self, text: str) -> str:
        """A conflict's key with the ids of the records that the story names: `partner_partner|First|Second`."""
        kind, *names = text.split("|")
        idents = {item.name: str(item.ident) for item in self.story.given}
        return "|".join([kind, *sorted(idents.get(name, name) for name in names)])

    def _go_live(self) -> None:
        """What the records already say becomes the open docket, quietly, as at the first snapshot of an org."""
        starts = self.story.clock.starts
        past = Past(self.records, self.docket, starts)
        for source in SOURCES.values():
            for found in source(past, self.story.policies, starts):
                if isinstance(found, Fact):
                    self._facts.append(found)
                else:
                    self.docket.put([found])

    def _act(self, act: Act) -> None:
        match act.deed:
            case Deed.SAVE:
                self.save(act.kind, act.ident, act.at, act.who, act.values)
            case Deed.CREATE:
                self._create(act)
            case Deed.ADD:
                self._add(act)
            case Deed.DELETE | Deed.MERGE:
                before = self.records.newest(act.kind, act.ident)
                if before is not None:
                    self.records.remove(act.kind, act.ident, act.at)
                    self._facts.append(gone(act.kind, before, act.other, act.at))
            case Deed.UNDELETE:
                self._undelete(act)
            case Deed.CONVERT:
                self._convert(act)

    def save(
        self, kind: Kind, ident: RecordId, at: datetime, by: RecordId | None, values: Mapping[str, Any]
    ) -> None:
        """Somebody saves a record; facts follow. A record that is gone is not saved.

        A converted lead is read-only for good, for us too.
        """
        before = self.records.at(kind, ident, at)
        if before is None or getattr(before, "converted", False):
            return
        touched = before.model_copy(update={"changed_at": at, "changed_by": by, "stamp": at})
        self._saved(kind, before, self._filled(touched, values, at, by, before))

    def _undelete(self, act: Act) -> None:
        """The org saves nothing but its own stamps; the record is as it was."""
        left, gone_at = self.records.left(act.kind, act.ident)
        if left is not None and gone_at is not None:
            back = left.model_copy(update={"changed_at": act.at, "changed_by": act.who, "stamp": act.at})
            self._saved(act.kind, None, back, gone_at=gone_at, left=left)

    def _create(self, act: Act) -> None:
        item = made(act, self.story.name_of(act.ident))
        values = self._whole.values(item)
        if "owner" in MODELS[act.kind].model_fields and "owner" not in act.values:
            values["owner"] = act.who
        record = self._blank(act.kind, act.ident, act.at, act.who)
        self._saved(act.kind, None, self._filled(record, values, act.at, act.who))

    def _add(self, act: Act) -> None:
        before = self.records.newest(act.kind, act.ident)
        if not isinstance(before, Registration):
            return
        rows = {name: tuple(self._row(row, act.at) for row in added) for name, added in act.values.items()}
        update = {name: (*getattr(before, name), *added) for name, added in rows.items()}
        after = before.model_copy(update={**update, "stamp": act.at})
        self.records.put(after)
        if before.filed_at is not None and act.at > before.filed_at:
            idents = [getattr(row, "id", self._next_row()) for added in rows.values() for row in added]
            self._facts += [of_proof(after, ident, act.at, act.who) for ident in idents]

    def _convert(self, act: Act) -> None:
        """The org makes the deal and marks the lead in one transaction."""
        lead = self.records.newest(act.kind, act.ident)
        if lead is None:
            return
        deal, customer = act.makes.get(Kind.OPPORTUNITY), act.makes.get(Kind.CUSTOMER)
        identity, owner = getattr(lead, "identity", None), getattr(lead, "owner", None)
        done = {"status": CONVERTED, "converted": True}
        done |= {"converted_opportunity": deal, "converted_account": customer}
        if isinstance(lead, Registration):
            identity, owner, done = lead.customer, lead.filed_by, {"opportunity": deal}
        if customer is not None:
            account = self._blank(Kind.CUSTOMER, customer, act.at, act.who)
            self._saved(
                Kind.CUSTOMER,
                None,
                self._filled(account, {"identity": identity, "owner": owner}, act.at, act.who),
            )
        self.save(act.kind, act.ident, act.at, act.who, done)
        if deal is not None:
            name = self.story.name_of(deal)
            values = {"name": name, "owner": owner, "customer": customer, **act.values}
            made = self._blank(Kind.OPPORTUNITY, deal, act.at, act.who)
            self._saved(Kind.OPPORTUNITY, None, self._filled(made, values, act.at, act.who))

    def _blank(self, kind: Kind, ident: RecordId, made: datetime, by: RecordId | None) -> Record:
        return MODELS[kind](
            id=ident, created_at=made, created_by=by, changed_at=made, changed_by=by, stamp=made
        )

    def _filled(
        self,
        record: Record,
        values: Mapping[str, Any],
        at: datetime,
        by: RecordId | None,
        before: Record | None = None,
    ) -> Record:
        kind = Kind(next(kind for kind, model in MODELS.items() if model is type(record)))
        after: Record = changed(record, {**values, **alongside(self.story.mapping, kind, values)})
        rows = {
            name: tuple(self._row(row, at) for row in value)
            for name, value in after.__dict__.items()
            if isinstance(value, tuple) and any(getattr(row, "id", None) == "" for row in value)
        }
        return stamped(before, after.model_copy(update=rows), at, by)

    def _row(self, row: Any, at: datetime) -> Any:
        """A child row gets its id and its time from the org."""
        if getattr(row, "id", None) != "":
            return row
        update: dict[str, Any] = {"id": self._next_row()}
        return row.model_copy(update=update | ({"created_at": at} if hasattr(row, "created_at") else {}))

    def _next_row(self) -> RecordId:
        self._rows += 1
        return record_id(f"a08{self._rows:012d}")

    def _saved(
        self,
        kind: Kind,
        before: Record | None,
        after: Record,
        gone_at: datetime | None = None,
        left: Record | None = None,
    ) -> None:
        self.records.put(after)
        if isinstance(after, Activity):
            self._facts += of_activity(after) if before is None else ()
            return
        seen: Seen[Any] = Seen(
            before=before,
            after=after,
            seen_before=after.changed_at - LOOKED,
            ours=OURS,
            firm_of=self._firm_of,
            role_of=self._role_of,
            owner_changes_in=lambda moment: owner_changes(self._facts, after.id, moment),
            gone_at=gone_at,
            left=left,
        )
        self._facts += derive(kind, seen)

    def _role_of(self, user: RecordId | None) -> str:
        person = self.records.newest(Kind.PERSON, user) if user else None
        return person.role if isinstance(person, Person) else ""

    def _firm_of(self, user: RecordId | None) -> RecordId | None:
        person = self.records.newest(Kind.PERSON, user) if user else None
        return person.firm if isinstance(person, Person) else None

    # what the connector does
    def _run(self, until: datetime) -> None:
        """Judge, and write back, until nothing is left to do at or before `until`."""
        while (moment := self._next(until)) is not None:
            self._write(moment)
            ready = sorted((f for f in self._facts if f.instant <= moment), key=lambda fact: fact.order)
            self._facts = [fact for fact in self._facts if fact.instant > moment]
            for decision in list(fold(ready, self.docket, self._world, self.story.policies, moment)):
                self.decisions.append(decision)
                self._wish(decision)

    def _next(self, until: datetime) -> datetime | None:
        moments = [fact.instant for fact in self._facts]
        moments += [due for due, _ in (*self._writes.values(), *self._creations.values())]
        moments += [entry.due for entry in self.docket.due(until)][:1]
        return min((moment for moment in moments if moment <= until), default=None)

    def _world(self, fact: Fact, docket: OverlayDocket) -> World:
        return World(fact, docket, self.records)

    def _wish(self, decision: Decision) -> None:
        due = decision.fact.instant + WRITTEN_AFTER
        for desired in decision.desired:
            self.shown[desired.record, desired.slot] = desired
            if written(self.story.mapping, desired.subject, desired.slot):
                self._writes[desired.subject, desired.record, desired.slot] = due, desired
        for creation in decision.creations:
            self._creations[creation.key] = due, creation

    def _write(self, moment: datetime) -> None:
        """The newest value of every slot that is due; contested slots only while the expected value stands."""
        due = {key: desired for key, (at, desired) in self._writes.items() if at <= moment}
        for key in due:
            del self._writes[key]
        for (kind, ident), slots in by_record(due).items():
            values = dict(self._values(kind, ident, slots))
            if getattr(
                self.records.newest(kind, ident), "converted", False
            ):  # nobody reads what is not written
                self.shown |= {(ident, s.slot): self._stood.get((ident, s.slot)) for s in slots}
                continue
            self._stood |= {(ident, each.slot): each for each in slots}
            if values:
                self.save(kind, ident, moment, OURS, values)
        for name in [name for name, (at, _) in self._creations.items() if at <= moment]:
            self._make(self._creations.pop(name)[1], moment)

    def _values(self, kind: Kind, ident: RecordId, slots: list[Desired]) -> Iterator[tuple[str, Any]]:
        record = self.records.newest(kind, ident)
        for desired in slots if record is not None else ():
            word = attribute_of(self.story.mapping, kind, desired.slot)
            if word is None:
                continue
            now = text_of(getattr(record, word))
            if desired.contested and now != desired.expected:
                continue
            value = self._told(desired.value)
            if now != value:
                yield word, typed_as(kind, word, value)

    def _make(self, creation: Creation, moment: datetime) -> None:
        """A record that ought to exist: creating it twice is one record."""
        kind = creation.subject
        if not written(self.story.mapping, kind, "key"):
            return
        values: dict[str, Any] = {}
        for slot, value in {"key": creation.key, **creation.values}.items():
            word = attribute_of(self.story.mapping, kind, slot)
            if word is not None:
                values[word] = typed_as(kind, word, self._told(value))
        if creation.key in self._made:
            self.save(kind, self._made[creation.key], moment, OURS, values)
            return
        prefix = PREFIXES.get(kind) or f"a{10 + list(Kind).index(kind)}"
        ident = record_id(f"{prefix}8{len(self._made):011d}")
        self._made[creation.key] = ident
        self._saved(kind, None, self._filled(self._blank(kind, ident, moment, OURS), values, moment, OURS))

    def _told(self, value: str | Say | None) -> str | None:
        if not isinstance(value, Say):
            return value
        person = self.records.newest(Kind.PERSON, value.reader) if value.reader else None
        versions = self.story.policies.versions
        language = versions[0].language if versions else "en"
        locale = person.locale if isinstance(person, Person) and person.locale else language
        return _speaker(self.story.mapping.time_zone).say(value, locale)


@lru_cache(maxsize=8)
def _speaker(zone: str) -> Speaker:
    whole = speaker(None)
    return Speaker(whole._catalogues, zone=zone)  # noqa: SLF001
