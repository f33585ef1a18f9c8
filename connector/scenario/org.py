"""A story played through a practice org over HTTP: people act by REST, and the connector syncs as it does every day."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connector.bootstrap import Connector, build
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, PersonState
from connector.daemon.loop import Loop
from connector.practice.clock import stamp_of
from connector.practice.server import Running, ServeOptions, start_in_thread
from connector.profiles import Profiles
from connector.scenario.cast import Cast
from connector.scenario.client import Client, Refused
from connector.scenario.differences import Difference, differences
from connector.scenario.forms import CONVERTED, DEAL, entered, needed, opened
from connector.scenario.given import Whole, made
from connector.scenario.memory import BEFORE, LOOKED, WRITTEN_AFTER
from connector.scenario.numbers import given_by_the_org
from connector.scenario.own_schema import own_schema
from connector.scenario.package import package_of
from connector.scenario.rows import Rows
from connector.scenario.saving import alongside
from connector.scenario.shown import Shown
from connector.scenario.story import Act, Check, Deed, Item, Story
from connector.settings import load

GAP = timedelta(seconds=10)
"""Acts closer together than this are not synced in between, as no connector would."""
ROUND = timedelta(seconds=2)
ROUNDS = 12
NAP = 0.02
FAR = timedelta(days=20)
_WAITING = ("available", "running", "unknown", "retryable", "written")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Commit:
    """The end of a long transaction, which the connector sees only now."""

    known_at: datetime
    name: str


class OrgPlay:
    """One story in one empty practice org. `play` runs it once; `close` ends org and database."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self._whole = Whole({item.name: item for item in story.given}, story.clock)
        options = ServeOptions(
            empty=True,
            starts=story.clock.starts - BEFORE,
            profile=package_of(story),
            schema=own_schema(story.mapping, package_of(story), folder),
        )
        self._running: Running = start_in_thread(options)
        self._client = Client(self._running.instance_url)
        self._idents: dict[RecordId, str] = {}
        self._rows = Rows(mapping=story.mapping, idents=self._idents)
        self._shown = Shown(story=story, idents=self._idents, numbers=self._rows.numbers)
        self._cast = Cast(self._running.service.org, self._rows, self._idents)
        self._now = story.clock.starts - BEFORE
        self._database = f"sqlite:///{folder / 'story.db'}"
        self._approves = False
        self._connector: Connector | None = None
        self._loop: Loop | None = None

    def close(self) -> None:
        if self._connector is not None:
            self._connector.store.close()
        self._running.stop()

    def play(self) -> tuple[Difference, ...]:
        """Play the whole story; every difference between what it expects and what the org shows."""
        refused = self._given()
        if refused is not None:
            return (refused,)
        self._until(self.story.clock.starts)
        self._start()
        found: list[Difference] = []
        timeline = list(self._timeline())
        for number, step in enumerate(timeline):
            self._until(step.known_at)
            after = timeline[number + 1].known_at if number + 1 < len(timeline) else None
            if isinstance(step, Check):
                self._settle()
                self._shown.memory.to(step.at)  # whose texts tell which phrases the org's texts are made of
                found += differences(step, self._shown)
                continue
            if isinstance(step, _Commit):
                self._client.practice("acts/commit", {"name": step.name})
            else:
                found += self._acted(step)
            if after is None or after - step.known_at >= GAP:
                self._settle()
        return tuple(found)

    def _timeline(self) -> Iterator[Act | Check | _Commit]:
        steps: list[Act | Check | _Commit] = []
        for step in self.story.steps:
            if isinstance(step, Act) and step.seen is not None:
                steps += [replace(step, seen=None), _Commit(known_at=step.seen, name=_held(step))]
            else:
                steps.append(step)
        self._held = {_held(step) for step in self.story.steps if isinstance(step, Act) and step.seen}
        yield from sorted(steps, key=lambda step: step.known_at)

    # what people do
    def _given(self) -> Difference | None:
        """The records that were there before: the cast as an administrator sets it up, the rest by REST.

        One that the org refuses is the difference; nothing can be played without it.
        """
        waiting = list(self.story.given)
        self._cast.enter(waiting, self._whole)
        waiting = [
            item for item in waiting if item.ident not in self._idents and item.kind is not Kind.CONFLICT
        ]
        while waiting:
            ready = [item for item in waiting if self._ready(item, waiting)] or waiting[:1]
            for item in sorted(ready, key=self._made):
                self._move(self._made(item))
                try:
                    self._put(item, self._whole.values(item))
                except Refused as refused:
                    return Difference(
                        place=item.place, subject=item.name, word="given", wanted="done", found=str(refused)
                    )
                waiting.remove(item)
        return None

    def _ready(self, item: Item, waiting: Sequence[Item]) -> bool:
        open_ = {each.ident for each in waiting} - {item.ident}
        return not open_ & {v for v in self._whole.values(item).values() if isinstance(v, str)}

    def _made(self, item: Item) -> datetime:
        """When a record that was there before came to be."""
        made: datetime = item.values.get("created_at") or self.story.clock.starts - BEFORE
        return made

    def _put(self, item: Item, values: Mapping[str, Any], by: RecordId | None = None) -> None:
        """A record is created by who filed it, if anybody did; what only an administrator may set follows."""
        actor = by or values.get("filed_by")
        later = {} if by else {k: v for k, v in values.items() if self._by_others(item.kind, k, v, actor)}
        first = {k: v for k, v in values.items() if k not in later}
        deal = self._own_deal(item.kind, values)
        if deal is None:
            self._idents[item.ident] = self._created(item.kind, item.name, first, actor)
        else:
            self._idents[item.ident] = deal
            self._save(item.kind, item.ident, opened(item.kind, first), actor)
        for child in self._rows.children(item.kind, values):
            self._add(item.kind, item.ident, child.relationship, child.rows, actor)
        if later.get("status") == FilingStatus.DRAFT:
            del later["status"]
        if later:
            self._save(item.kind, item.ident, later, None)

    def _by_others(self, kind: Kind, word: str, value: Any, maker: RecordId | None) -> bool:
        """Whether a word of a record that was there before cannot come from who made the record."""
        if kind is Kind.REGISTRATION and word in {"status", "review"}:
            return True
        if maker is None:
            return False
        name, fields = self._object(kind), self._rows.fields(kind, {word: value}).keys()
        return bool(fields & self._client.sets(name, None) - self._client.sets(name, self._user(maker)))

    def _own_deal(self, kind: Kind, values: Mapping[str, Any]) -> str | None:
        """The deal's own row, where the profile keeps a registration on its deal and there is one already."""
        deal = values.get("opportunity")
        if kind is not Kind.REGISTRATION or self._object(kind) != DEAL or deal is None:
            return None
        return self._idents.get(deal)

    def _created(self, kind: Kind, name: str, values: Mapping[str, Any], by: RecordId | None) -> str:
        if kind is Kind.PERSON:
            return self._cast.opened(name, values, self._user(by))
        whole = opened(kind, {**values, **alongside(self.story.mapping, kind, values)})
        body = entered(needed(kind, self._object(kind), name, whole) | self._rows.fields(kind, whole))
        made = values.get("created_at")
        if (
            made is not None and made < self._now
        ):  # as an import that keeps the dates of the records it brings
            self._cast.keeps_dates(self._user(by))
            body["CreatedDate"] = stamp_of(made)
        ident = self._client.create(self._object(kind), body, self._user(by))
        self._numbered(kind, ident, whole)
        return ident

    def _numbered(self, kind: Kind, ident: str, values: Mapping[str, Any]) -> None:
        name = self._object(kind)
        own = given_by_the_org(self.story.mapping.of(kind)[0], values, self._client.describe(name))
        row = self._client.read(name, ident, own.values()) if own else {}
        for word, field in own.items():
            self._rows.numbers.learn(values[word], row[field])

    def _save(self, kind: Kind, ident: RecordId, values: Mapping[str, Any], by: RecordId | None) -> None:
        body = self._rows.fields(kind, values)
        state = values.get("state") if kind is Kind.PERSON else None
        if state is not None:  # an administrator switches a user on or off; the first login is the user's own
            switch = {"IsActive": state is not PersonState.INACTIVE}
            self._client.save("User", self._idents[ident], switch, None if by == ident else self._user(by))
            if state is PersonState.ACTIVE:
                self._cast.logs_in(ident)
        if not body:
            return
        self._client.save(self._object(kind), self._idents[ident], body, self._user(by))

    def _add(
        self,
        kind: Kind,
        ident: RecordId,
        relationship: str,
        rows: Sequence[Mapping[str, Any]],
        by: RecordId | None,
    ) -> None:
        child, link = self._client.child(self._object(kind), relationship)
        for row in rows:
            self._client.create(child, {**row, link: self._idents[ident]}, self._user(by))

    def _acted(self, act: Act) -> Iterator[Difference]:
        """What somebody does may be refused by the org, where it would not be in memory."""
        try:
            self._act(act)
        except Refused as refused:
            name = self.story.name_of(act.ident)
            yield Difference(place=act.place, subject=name, word=act.deed, wanted="done", found=str(refused))

    def _act(self, act: Act) -> None:
        key = self._idents[act.ident] if self._shown.knows(act.ident) else ""
        match act.deed:
            case Deed.SAVE if _held(act) in self._held:
                ops = [{"op": "update", "object": self._object(act.kind), "id": key}]
                ops[0]["values"] = self._rows.fields(act.kind, act.values)  # type: ignore[assignment]
                body = {"name": _held(act), "ops": ops, "actor": self._user(act.who)}
                self._client.practice("acts/hold", body)
            case Deed.SAVE:
                self._save(act.kind, act.ident, act.values, act.who)
            case Deed.CREATE if act.kind is Kind.APPROVAL:
                self._approve(act)
            case Deed.CREATE:
                self._create(act)
            case Deed.ADD:
                for child in self._rows.children(act.kind, act.values):
                    self._add(act.kind, act.ident, child.relationship, child.rows, act.who)
            case Deed.DELETE:
                self._client.delete(self._object(act.kind), key, self._user(act.who))
            case Deed.CONVERT:
                self._convert(act, key)
            case Deed.UNDELETE | Deed.MERGE:
                self._by_hand(act, key)

    def _by_hand(self, act: Act, key: str) -> None:
        """What people do in the org's own pages, and REST cannot."""
        name, actor = self._object(act.kind), {"actor": self._user(act.who)}
        if act.deed is Deed.UNDELETE:
            self._client.practice("acts/undelete", {"object": name, "id": key} | actor)
            return
        master = self._idents[act.other] if act.other else ""
        merged = {"object": name, "masterId": master, "loserIds": [key]}
        self._client.practice("acts/merge", merged | actor)

    def _create(self, act: Act) -> None:
        item = made(act, self.story.name_of(act.ident))
        values = self._whole.values(item)
        if "owner" not in act.values and act.kind not in {Kind.REGISTRATION, Kind.CONFLICT}:
            values["owner"] = act.who
        self._put(item, values, act.who)

    def _approve(self, act: Act) -> None:
        """The org's own approval process, which somebody ends: nobody could write its outcome."""
        about, action = act.values["about"], "Approve" if act.values["status"] == "Approved" else "Reject"
        if not self._approves:
            self._client.practice("acts/define_approval", {"object": self._object(self.story.kinds[about])})
            self._approves = True
        by = self._user(act.values.get("by") or act.who)
        self._idents[act.ident] = self._client.approve(self._idents[about], by, action=action)

    def _convert(self, act: Act, key: str) -> None:
        deal, customer = act.makes.get(Kind.OPPORTUNITY), act.makes.get(Kind.CUSTOMER)
        name = self.story.name_of(deal) if deal else "Deal"
        asked = {"leadId": key, "opportunityName": name, "convertedStatus": CONVERTED}
        done = self._client.practice("acts/convert", asked | {"actor": self._user(act.who)})
        if deal is not None:
            self._idents[deal] = done["opportunityId"]
        if customer is not None:
            self._idents[customer] = done["accountId"]
        if deal is not None and act.values:
            self._save(Kind.OPPORTUNITY, deal, act.values, act.who)

    def _object(self, kind: Kind) -> str:
        return self.story.mapping.of(kind)[0].object

    def _user(self, who: RecordId | None) -> str | None:
        return self._idents[who] if who else None

    # what the clock and the connector do
    def _start(self) -> None:
        settings = load(
            None,
            database=self._database,
            profiles=self.story.profiles,
            org={
                "instance_url": self._running.instance_url,
                "access_token": self._running.access_token,
            },
            sync={"seal_after": 1.0, "context_every": 0.01, "watermark_every": 0.01, "poll_every": 0.01},
        )
        profiles = Profiles(mapping=self.story.mapping, policies=self.story.policies, faults=())
        self._connector = build(settings, profiles=profiles, sleep=_nap)
        self._shown.connector = self._connector
        self._loop = Loop(self._connector)
        self._loop.start()

    def _until(self, moment: datetime) -> None:
        """Let time pass; whatever falls due on the way is judged and written when it does."""
        while self._connector is not None:
            with self._connector.store.reading() as view:
                due = next(iter(view.docket.due(moment - ROUND)), None)
            if due is None or due.due <= self._now:
                break
            self._advance(due.due)
            self._settle()
        if self._loop is not None and moment - LOOKED > self._now:
            self._advance(moment - LOOKED)
            self._loop.turn(watermark=True)  # the last look before somebody acts
        self._advance(moment)

    def _advance(self, moment: datetime) -> None:
        """Move the clock; never further at once than the org's own account of changes reaches back."""
        while self._loop is not None and moment - self._now > FAR:
            self._move(self._now + FAR)
            self._loop.turn(watermark=True)
        self._move(moment)

    def _move(self, moment: datetime) -> None:
        if moment > self._now:
            self._client.practice("acts/advance", {"seconds": (moment - self._now).total_seconds()})
            self._now = moment

    def _settle(self) -> None:
        """Sync until nothing is left to judge, to write or to hear of."""
        for number in range(ROUNDS):
            self._advance(self._now + (ROUND if number else WRITTEN_AFTER))
            if self._loop is None or self._connector is None or self._quiet(self._loop, self._connector):
                return

    @staticmethod
    def _quiet(loop: Loop, connector: Connector) -> bool:
        turns = [loop.turn(watermark=True)]
        while not turns[-1].quiet and len(turns) < ROUNDS:
            turns.append(loop.turn())
        with connector.store.reading() as view:
            counts = {state.value: number for state, number in view.outbox.counts().items()}
            waiting = bool(view.facts.pending(None, 1))
        return len(turns) == 1 and not waiting and not any(counts.get(state) for state in _WAITING)


def _nap(seconds: float) -> None:
    """An org of a few records has done at once what a larger one is waited for."""
    time.sleep(min(seconds, NAP))


def _held(act: Act) -> str:
    return f"{act.ident}-{act.at:%Y%m%dT%H%M%S}"


def through_an_org(story: Story) -> tuple[Difference, ...]:
    """Play a story through a practice org of its own. What the org refuses is a difference too."""
    with TemporaryDirectory(prefix="story-") as folder:
        play = OrgPlay(story, Path(folder))
        try:
            return play.play()
        finally:
            play.close()
