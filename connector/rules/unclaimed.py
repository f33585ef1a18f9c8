"""Leads that nobody claims: after so long in a queue they are flagged, or go to another queue (R3.5, R3.8)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from connector.canonical.docket import ClaimEntry, DeadlineEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome
from connector.policy.calendar import after
from connector.policy.claiming import Unclaimed
from connector.policy.model import Policy
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.protection import deadline
from connector.rules.rule import rule
from connector.rules.tenure import move
from connector.rules.verdict import verdict_on
from connector.rules.world import World

UNCLAIMED = "unclaimed"
"""Its deadlines, one for each row of the policy: `unclaimed_0`, `unclaimed_1` …"""

_NEVER = datetime.max.replace(tzinfo=UTC)
_COMES = (FactKind.RELEASED, FactKind.RESTORED)
_GOES = (FactKind.CLAIMED, FactKind.CONVERTED, FactKind.DELETED, FactKind.MERGED)


def looked_after(decision: Decision, world: World, policy: Policy | None) -> Decision:
    """The decision with what it means for the clocks: they run while the lead is free to claim."""
    fact = decision.fact
    if fact.subject is not Kind.LEAD or policy is None or policy.claims is None:
        return decision
    rows, clocks = policy.claims.unclaimed_lead, tuple[DeadlineEntry, ...]()
    refused = decision.verdict is not None and decision.verdict.outcome is Outcome.REJECT
    if not rows or (fact.kind is FactKind.CLAIMED and refused):  # a refused claim changes nothing
        return decision
    if fact.kind in _GOES:
        clocks = tuple(_stopped(fact.record, world))
    elif fact.kind in _COMES:
        clocks = started(fact.record, policy, fact.instant)
    elif fact.kind is FactKind.ENTERED and not any(world.docket.find(ClaimEntry, f"lead:{fact.record}")):
        new = started(fact.record, policy, fact.instant)
        clocks = tuple(each for each in new if world.docket.get(DeadlineEntry, each.key) is None)
    return decision.model_copy(update={"entries": (*decision.entries, *clocks)}) if clocks else decision


def started(lead: RecordId, policy: Policy, moment: datetime) -> tuple[DeadlineEntry, ...]:
    """A deadline for each row, counted from `moment`."""
    rows = policy.claims.unclaimed_lead if policy.claims else ()
    return tuple(
        deadline(f"{UNCLAIMED}_{number}", Kind.LEAD, lead, after(moment, row.after, policy.office_hours))
        for number, row in enumerate(rows)
    )


def _stopped(lead: RecordId, world: World) -> Iterator[DeadlineEntry]:
    for due in world.docket.find(DeadlineEntry, f"record:{lead}"):
        if due.name.startswith(f"{UNCLAIMED}_"):
            yield due.model_copy(update={"due": _NEVER, "done": True})


def overdue(fact: Fact, world: World, policy: Policy) -> Decision:
    """A tick: nobody has claimed the lead for so long. One that came to its queue only later has time left."""
    lead, rows = world.lead(fact.record), policy.claims.unclaimed_lead if policy.claims else ()
    number = int(fact.value.rpartition("_")[2])
    claimed = any(world.docket.find(ClaimEntry, f"lead:{fact.record}"))
    if lead is None or claimed or lead.converted or lead.owner is None or number >= len(rows):
        return Decision(fact=fact)
    row, pool = rows[number], world.pool(lead.owner)
    if not is_queue(lead.owner) or (row.queues and (pool is None or pool.name not in row.queues)):
        return Decision(fact=fact)
    since = lead.owner_since or lead.created_at
    due = after(since, row.after, policy.office_hours)
    if due > fact.instant:
        return Decision(fact=fact, entries=(deadline(fact.value, Kind.LEAD, lead.id, due),))
    return _told(fact, world, policy, lead, row)


def _told(fact: Fact, world: World, policy: Policy, lead: Lead, row: Unclaimed) -> Decision:
    other = world.pool_named(row.to) if row.to else None
    if lead.owner is None or (other is not None and other.id == lead.owner):
        return Decision(fact=fact)
    phrase = Phrase.LEAD_UNCLAIMED_MOVES if other else Phrase.LEAD_UNCLAIMED
    since = instant_text(lead.owner_since or lead.created_at)
    findings = tuple(unclaimed_lead(lead, phrase, since))
    if not findings:
        return Decision(fact=fact)
    return Decision(
        fact=fact,
        verdict=verdict_on(Kind.LEAD, lead.id, findings, policy),
        entries=started(lead.id, policy, fact.instant) if other else (),
        desired=(
            want(Kind.LEAD, lead.id, "message", say(None, (phrase, {"since": since}))),
            *move(lead.id, other.id if other else None, lead.owner),
        ),
    )


@rule("unclaimed_lead", "R3.5", "R3.8")
def unclaimed_lead(lead: Lead, phrase: Phrase, since: str) -> Iterator[Finding]:
    """R3.5, R3.8: nobody has claimed the lead for so long as the policy allows."""
    shown = Exhibit(record=lead.id, field="owner", value=lead.owner or "")
    yield finding("unclaimed_lead", Effect.NOTE, phrase, shown, since=since)
