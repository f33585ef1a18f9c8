"""The life of a conflict after it was seen: assigned, escalated, settled by a person or a rule, merged (R1.2).

Applied to every decision, whatever it was about, so that no rule has to think of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from connector.canonical.docket import (
    ConflictEntry,
    ConflictState,
    DeadlineEntry,
    Entry,
    RegistrationEntry,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.intent import Creation, Desired
from connector.canonical.kind import Kind
from connector.policy.calendar import due
from connector.policy.model import Policy
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, want
from connector.rules.world import World

ESCALATE = "conflict_escalate"
RECONSIDER = "reconsider"
BY_RULE = "by rule: "

_LASTING = frozenset({"poach", "reused_evidence", "quota_gaming", "fake_contact"})
"""What was done stays done: the end of a filing settles none of these."""


@dataclass(kw_only=True)
class _Changes:
    """What the conflicts of one decision come to."""

    world: World
    policy: Policy
    entries: dict[str, ConflictEntry] = field(default_factory=dict)
    deadlines: list[DeadlineEntry] = field(default_factory=list)
    desked: set[str] = field(default_factory=set)

    def put(self, entry: ConflictEntry, *, desk: bool = False) -> None:
        self.entries[entry.key] = entry
        if desk:
            self.desked.add(entry.key)

    def close(self, entry: ConflictEntry, state: ConflictState, **more: object) -> None:
        self.put(entry.model_copy(update={"state": state, **more}))
        for each in self.world.docket.find(DeadlineEntry, f"record:{entry.left}"):
            if each.name.startswith(f"{ESCALATE}|") and each.name.endswith(entry.key):
                self.deadlines.append(each.model_copy(update={"done": True}))


def looked_after(decision: Decision, world: World, policy: Policy) -> Decision:
    """The decision with what it means for conflicts: new ones assigned, those that lost their ground settled."""
    changes = _Changes(world=world, policy=policy)
    opened = [entry for entry in decision.entries if isinstance(entry, ConflictEntry)]
    for entry in opened:
        _begin(changes, entry, decision.fact.instant)
    _settled_by_sharing(changes, decision)
    _settled_by_an_end(changes, decision)
    if decision.fact.kind is FactKind.MERGED and decision.fact.value:
        _merged(changes, decision.fact)
    if not changes.entries:
        return decision
    rest = tuple(entry for entry in decision.entries if not isinstance(entry, ConflictEntry))
    made = {creation.key for creation in decision.creations}
    again = [
        entry
        for entry in changes.entries.values()
        if entry.key in made or entry not in opened or not entry.open  # its record says how it ended
    ]
    others = tuple(each for each in decision.creations if each.key not in changes.entries)
    return decision.model_copy(
        update={
            "entries": (*rest, *changes.entries.values(), *changes.deadlines),
            "creations": (*others, *(_record(changes, entry) for entry in again)),
            "desired": (*decision.desired, *_flags(changes, decision)),
        }
    )


def _begin(changes: _Changes, entry: ConflictEntry, moment: datetime) -> None:
    """A new conflict, or one opened again, goes to the policy's desk, and its clock starts."""
    if entry.state not in (ConflictState.OPEN, ConflictState.REOPENED):
        changes.put(entry)
        return
    terms = changes.policy.conflicts
    state: ConflictState = entry.state
    if terms.assign_to and state is ConflictState.OPEN:
        state = ConflictState.ASSIGNED
    looked = entry.model_copy(update={"state": state, "desk": terms.assign_to or entry.desk})
    changes.put(looked, desk=bool(terms.assign_to))
    for number, step in enumerate(terms.escalate):
        on = due(moment, step.after, changes.policy.office_hours, business=step.business)
        name = f"{ESCALATE}|{number}|{entry.key}"
        changes.deadlines.append(DeadlineEntry(name=name, subject=Kind.CONFLICT, record=entry.left, due=on))


def _settled_by_sharing(changes: _Changes, decision: Decision) -> None:
    """The policy lets both stand: the conflict between them is settled by rule as soon as it is seen."""
    for entry in decision.entries:
        if isinstance(entry, RegistrationEntry) and entry.state.protects and entry.shared_with:
            for conflict in list(changes.entries.values()):
                other = conflict.right if conflict.left == entry.registration else conflict.left
                if conflict.open and other in entry.shared_with and conflict.kind == "partner_partner":
                    changes.close(conflict, ConflictState.RESOLVED, resolution=f"{BY_RULE}shared")


def _settled_by_an_end(changes: _Changes, decision: Decision) -> None:
    """A filing that has ended contests nothing any more."""
    for entry in decision.entries:
        if not isinstance(entry, RegistrationEntry) or entry.open:
            continue
        known = changes.world.docket.get(RegistrationEntry, entry.key)
        if known is None or not known.open or decision.fact.kind is FactKind.FILED:
            continue
        ruled_by = {each.key for each in decision.entries if isinstance(each, ConflictEntry)}
        for conflict in changes.world.docket.find(ConflictEntry, f"record:{entry.registration}"):
            if conflict.kind not in _LASTING and conflict.key not in ruled_by:
                changes.close(conflict, ConflictState.RESOLVED, resolution=f"{BY_RULE}{entry.state.value}")


def _merged(changes: _Changes, fact: Fact) -> None:
    """Conflicts of a record merged away go on under the survivor; of two that become one record none is left."""
    gone, master = fact.record, RecordId(fact.value)
    for conflict in changes.world.docket.find(ConflictEntry, f"record:{gone}"):
        other = conflict.right if conflict.left == gone else conflict.left
        if other in (master, gone):
            changes.close(conflict, ConflictState.RESOLVED, resolution=f"{BY_RULE}merged into one record")
            continue
        kinds = {conflict.left: conflict.left_kind, conflict.right: conflict.right_kind}
        left, right = sorted((master, other))
        kinds[master] = kinds[gone]
        going_on = conflict.model_copy(
            update={
                "left": left, "right": right, "left_kind": kinds[left], "right_kind": kinds[right],
            }
        )  # fmt: skip
        changes.close(conflict, ConflictState.MERGED, into=going_on.key)
        if changes.world.docket.get(ConflictEntry, going_on.key) is None:
            _begin(changes, going_on.model_copy(update={"state": ConflictState.OPEN}), fact.instant)


def escalated(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick: nobody settled it in time, so it goes one step up the ladder; unless a ruling has left nothing open."""
    _, number, key = fact.value.split("|", 2)
    conflict = world.docket.get(ConflictEntry, key)
    steps = policy.conflicts.escalate
    if conflict is None or not conflict.open or int(number) >= len(steps):
        return Decision(fact=fact)
    changes = _Changes(world=world, policy=policy)
    ruled_on = _ruled_on(conflict, world)
    if ruled_on is not None:
        changes.close(conflict, ConflictState.RESOLVED, resolution=f"{BY_RULE}{ruled_on}")
        ended = Decision(
            fact=fact,
            entries=(*changes.entries.values(), *changes.deadlines),
            creations=tuple(_record(changes, e) for e in changes.entries.values()),
        )
        return ended.model_copy(update={"desired": tuple(_flags(changes, ended))})
    changes.put(
        conflict.model_copy(
            update={
                "state": ConflictState.ESCALATED,
                "desk": steps[int(number)].to,
                "escalations": conflict.escalations + 1,
            }
        ),
        desk=True,
    )
    entries: tuple[Entry, ...] = tuple(changes.entries.values())
    return Decision(
        fact=fact, entries=entries, creations=tuple(_record(changes, e) for e in changes.entries.values())
    )


def _ruled_on(conflict: ConflictEntry, world: World) -> str | None:
    """How the filing that the conflict was about has ended, once no appeal is open; None: it still waits."""
    if conflict.kind in _LASTING:
        return None
    sides = (
        world.docket.get(RegistrationEntry, record)
        for record, kind in ((conflict.left, conflict.left_kind), (conflict.right, conflict.right_kind))
        if kind is Kind.REGISTRATION
    )
    return next((each.state.value for each in sides if each and not each.open and not each.appealed), None)


def ruled(fact: Fact, world: World, policy: Policy) -> Decision:
    """A person's word on the org's record: a fact with its actor, and never overwritten (law 7)."""
    conflict = world.docket.get(ConflictEntry, fact.detail.get("key", ""))
    states = {
        "resolved": ConflictState.RESOLVED,
        "dismissed": ConflictState.DISMISSED,
        "open": ConflictState.REOPENED,
        "reopened": ConflictState.REOPENED,
    }
    state = states.get(fact.value)
    if conflict is None or state is None or conflict.state is state:
        return Decision(fact=fact)
    changes = _Changes(world=world, policy=policy)
    if state is ConflictState.REOPENED:
        if conflict.open:
            return Decision(fact=fact)
        _begin(
            changes,
            conflict.model_copy(update={"state": state, "reopened": conflict.reopened + 1}),
            fact.instant,
        )
    else:
        said = fact.detail.get("resolution") or fact.value
        changes.close(conflict, state, resolution=said, resolved_by=fact.actor)
        if state is ConflictState.DISMISSED:
            changes.deadlines += _looked_at_again(conflict, fact.instant)
    entries = (*changes.entries.values(), *changes.deadlines)
    decision = Decision(fact=fact, entries=entries)
    return decision.model_copy(update={"desired": tuple(_flags(changes, decision))})


def _looked_at_again(conflict: ConflictEntry, moment: datetime) -> Iterator[DeadlineEntry]:
    """The filings of the pair are judged again without each other, where they still wait for a ruling."""
    for record, kind in ((conflict.left, conflict.left_kind), (conflict.right, conflict.right_kind)):
        if kind is Kind.REGISTRATION:
            yield DeadlineEntry(name=f"{RECONSIDER}|{conflict.key}", subject=kind, record=record, due=moment)


def taken(fact: Fact, world: World, policy: Policy) -> Decision:
    """A person takes a conflict, or hands it to another."""
    conflict = world.docket.get(ConflictEntry, fact.detail.get("key", ""))
    if conflict is None or not conflict.open:
        return Decision(fact=fact)
    state = ConflictState.ASSIGNED if conflict.state is ConflictState.OPEN else conflict.state
    owned = conflict.model_copy(update={"owner": RecordId(fact.value), "state": state})
    return Decision(fact=fact, entries=(owned,))


def _record(changes: _Changes, entry: ConflictEntry) -> Creation:
    """The org's record; its owner is set only when the conflict is given to a desk."""
    made = conflict_record(entry)
    if entry.key in changes.desked:
        return made.model_copy(update={"values": {**made.values, "desk": entry.desk}})
    known = changes.world.docket.get(ConflictEntry, entry.key)
    return made if known is None else made.model_copy(update={"values": {**made.values, "desk": ""}})


def _flags(changes: _Changes, decision: Decision) -> Iterator[Desired]:
    """A record that is in no open conflict any more says so; the deal's flag goes too."""
    before = {(w.record, w.slot) for w in decision.desired}
    closing = [entry for entry in changes.entries.values() if not entry.open]
    sides = {(e.left, e.left_kind) for e in closing} | {(e.right, e.right_kind) for e in closing}
    for record, kind in sorted(sides):
        open_still = [
            each
            for each in changes.world.docket.find(ConflictEntry, f"record:{record}")
            if each.key not in changes.entries
        ] + [e for e in changes.entries.values() if e.open and record in (e.left, e.right)]
        if open_still:
            continue
        if kind is Kind.REGISTRATION:
            yield want(kind, record, "in_conflict", "false")
        elif kind is Kind.OPPORTUNITY and (record, "conflict_flag") not in before:
            yield want(kind, record, "conflict_flag", "none")
            yield want(kind, record, "conflict_message", None)
