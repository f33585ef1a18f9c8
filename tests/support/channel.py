"""A partner channel in memory: people save records, facts are derived from each save, and rules are folded."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from connector.canonical.docket import (
    ClaimEntry,
    ConflictEntry,
    CreditEntry,
    E,
    Entry,
    RegistrationEntry,
)
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.intent import Say
from connector.canonical.kind import Kind
from connector.canonical.records import (
    Activity,
    FilingStatus,
    Lead,
    Opportunity,
    Person,
    Pool,
    Record,
    Registration,
)
from connector.canonical.verdict import Effect, Finding, Outcome, Verdict
from connector.facts.change import Seen
from connector.facts.derive import derive, gone, of_activity
from connector.facts.filings import of_proof
from connector.facts.steps import owner_changes
from connector.policy import load_policy
from connector.policy.model import Policies, Policy
from connector.rules.decision import Decision
from connector.rules.docket import MemoryDocket, OverlayDocket
from connector.rules.fold import fold
from tests.support.builders import OURS
from tests.support.world import KIND_OF, Records, World

MAPPINGS = Path(__file__).parents[2] / "mappings"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=1000)

ALARMS = frozenset({"decision_overdue", "escalation", "stale_deal", "unclaimed_lead"})
"""Rules by which the clock alone says something of a record."""

R = TypeVar("R", bound=Record)


@lru_cache(maxsize=8)
def shipped(profile: str) -> Policy:
    """The policy that ships with a profile."""
    policy, faults = load_policy((MAPPINGS / profile / "policy.yaml").read_text("utf-8"), profile)
    assert policy is not None, faults
    return policy


def claims_policy(**changes: Any) -> Policy:
    """The shipped claims policy, with parameters changed."""
    policy = shipped("partner_leads")
    assert policy.claims is not None
    return policy.model_copy(update={"claims": policy.claims.model_copy(update=changes)})


def filings_policy(**changes: Any) -> Policy:
    """The shipped registration policy, with parameters changed."""
    policy = shipped("deal_registration")
    assert policy.registrations is not None
    return policy.model_copy(update={"registrations": policy.registrations.model_copy(update=changes)})


class Told:
    """What the rules made of a story: the decisions in order, and the docket after them."""

    def __init__(self, decisions: Iterable[Decision], docket: OverlayDocket) -> None:
        self.decisions, self.docket = tuple(decisions), docket

    def of(self, record: Record | RecordId) -> tuple[Decision, ...]:
        return tuple(d for d in self.decisions if d.fact.record == _id(record))

    def verdicts(self, record: Record | RecordId) -> tuple[Verdict, ...]:
        """Verdicts on acts: what the clock alone said of a record is in `alarms`."""
        return tuple(v for v in self._all(record) if not {each.rule for each in v.findings} <= ALARMS)

    def alarms(self, record: Record | RecordId) -> tuple[Verdict, ...]:
        """What the clock said of a record, unasked."""
        return tuple(v for v in self._all(record) if {each.rule for each in v.findings} <= ALARMS)

    def _all(self, record: Record | RecordId) -> tuple[Verdict, ...]:
        return tuple(d.verdict for d in self.of(record) if d.verdict)

    def verdict(self, record: Record | RecordId) -> Verdict:
        """The newest verdict on a record's acts."""
        return self.verdicts(record)[-1]

    def outcome(self, record: Record | RecordId) -> Outcome:
        return self.verdict(record).outcome

    def findings(self, record: Record | RecordId, *effects: Effect) -> tuple[Finding, ...]:
        return tuple(f for f in self.verdict(record).findings if not effects or f.effect in effects)

    def reasons(self, record: Record | RecordId, *effects: Effect) -> set[str]:
        """The phrases that refuse or ask (or have the effects named)."""
        wanted = effects or (Effect.REFUSE, Effect.ASK, Effect.LACK)
        return {str(finding.message) for finding in self.findings(record, *wanted)}

    def shown(self, record: Record | RecordId, slot: str) -> str | Say | None:
        """What the org should show in a slot: the newest decision wins."""
        values = [
            w.value for d in self.decisions for w in d.desired if (w.record, w.slot) == (_id(record), slot)
        ]
        return values[-1] if values else None

    def says(self, record: Record | RecordId, slot: str = "message") -> tuple[str, ...]:
        """The phrases of a text that the org should show."""
        value = self.shown(record, slot)
        return tuple(str(key) for key, _ in value.sentences) if isinstance(value, Say) else ()

    def moved(self, record: Record | RecordId) -> tuple[str | Say | None, str | None] | None:
        """The owner that the record should get, and the owner expected before (compare-and-set)."""
        moves = [
            (w.value, w.expected)
            for d in self.decisions
            for w in d.desired
            if (w.record, w.slot) == (_id(record), "owner") and w.contested
        ]
        return moves[-1] if moves else None

    def claims(self, on: Record | RecordId, *, open_only: bool = True) -> list[ClaimEntry]:
        return list(self.docket.find(ClaimEntry, f"lead:{_id(on)}", open_only=open_only))

    def held_by(self, firm: Record) -> int:
        return len(list(self.docket.find(ClaimEntry, f"firm:{firm.id}")))

    def registration(self, record: Record | RecordId) -> RegistrationEntry:
        return self.entry(RegistrationEntry, _id(record))

    def credit(self, deal: Record | RecordId) -> CreditEntry | None:
        return self.docket.get(CreditEntry, _id(deal))

    def entry(self, entry: type[E], key: str) -> E:
        found = self.docket.get(entry, key)
        assert found is not None, f"no {entry.table} {key}"
        return found

    def conflicts(self, *records: Record | RecordId) -> list[ConflictEntry]:
        """Open conflicts that touch all of these records."""
        found = [e for d in self.decisions for e in d.entries if isinstance(e, ConflictEntry)]
        latest = {entry.key: self.docket.get(ConflictEntry, entry.key) for entry in found}
        wanted = {_id(record) for record in records}
        return [c for c in latest.values() if c and c.open and wanted <= {c.left, c.right}]


class Channel:
    """People act on records at times of the org's clock; `tell` judges all of it."""

    def __init__(self, *policies: Policy) -> None:
        self.policies = Policies(versions=policies)
        self.records = Records()
        self.facts: list[Fact] = []
        self.adopted: list[Entry] = []

    def add(self, *records: Record) -> None:
        """Records that were there before the story begins: they bear no facts."""
        for record in records:
            self.records.put(record)

    def save(self, record: R, at: datetime, by: Person | RecordId | None, **changes: Any) -> R:
        """A person saves a record; `changes` differ from its newest version. Facts follow."""
        kind = KIND_OF[type(record)]
        before = self.records.newest(kind, record.id)
        base = before if isinstance(before, type(record)) else record
        stamps = {"changed_at": at, "changed_by": _id(by) if by else None, "stamp": at}
        made = {} if before else {"created_at": at}
        after = base.model_copy(update={**made, **stamps, **changes})
        self.records.put(after)
        self.facts += derive(kind, self.seen(before, after))
        return after

    def seen(self, before: Any, after: Any, seen_before: datetime = EPOCH) -> Seen[Any]:
        return Seen(
            before=before,
            after=after,
            seen_before=seen_before,
            ours=OURS,
            firm_of=self._firm_of,
            role_of=self._role_of,
            owner_changes_in=lambda moment: owner_changes(self.facts, after.id, moment),
        )

    def _firm_of(self, user: RecordId | None) -> RecordId | None:
        person = self.records.newest(Kind.PERSON, user) if user else None
        return person.firm if isinstance(person, Person) else None

    def _role_of(self, user: RecordId | None) -> str:
        person = self.records.newest(Kind.PERSON, user) if user else None
        return person.role if isinstance(person, Person) else ""

    # acts on leads
    def claim(self, lead: Lead, by: Person, at: datetime, *, actor: Person | None = None) -> Lead:
        before = self.records.newest(Kind.LEAD, lead.id)
        prior = before.owner if isinstance(before, Lead) else None
        return self.save(lead, at, actor or by, owner=by.id, owner_since=at, owner_before=prior)

    def release(self, lead: Lead, to: Pool | Person, by: Person | RecordId, at: datetime) -> Lead:
        before = self.records.newest(Kind.LEAD, lead.id)
        prior = before.owner if isinstance(before, Lead) else None
        return self.save(lead, at, by, owner=to.id, owner_since=at, owner_before=prior)

    def work(self, lead: Lead, by: Person, at: datetime) -> Lead:
        return self.save(lead, at, by, worked=True, status="Contacted", status_since=at)

    def convert(self, lead: Lead, deal: Opportunity, by: Person, at: datetime) -> Opportunity:
        """The org makes the opportunity and marks the lead in one transaction."""
        self.save(lead, at, by, converted=True, converted_opportunity=deal.id)
        return self.save(deal, at, by)

    def call(self, activity: Activity) -> Activity:
        self.records.put(activity)
        self.facts += of_activity(activity)
        return activity

    def merge(self, lead: Lead, into: Lead, at: datetime) -> None:
        before = self.records.newest(Kind.LEAD, lead.id)
        assert before is not None
        self.records.remove(Kind.LEAD, lead.id, at)
        self.facts.append(gone(Kind.LEAD, before, into.id, at))

    # acts on any record
    def delete(self, record: Record, at: datetime) -> None:
        kind = KIND_OF[type(record)]
        before = self.records.newest(kind, record.id)
        assert before is not None
        self.records.remove(kind, record.id, at)
        self.facts.append(gone(kind, before, None, at))

    def undelete(self, record: R, at: datetime, by: Person, **changes: Any) -> R:
        """A person fetches it out of the recycle bin, as it was; `changes` were saved since, and seen at once."""
        kind = KIND_OF[type(record)]
        left, gone_at = self.records.left(kind, record.id)
        assert isinstance(left, type(record))
        back = left.model_copy(update={"changed_at": at, "changed_by": by.id, "stamp": at, **changes})
        self.records.put(back)
        self.facts += derive(kind, replace(self.seen(None, back), gone_at=gone_at, left=left))
        return back

    # acts on registrations
    def file(self, draft: Registration, at: datetime, **changes: Any) -> Registration:
        """The registrant submits a draft."""
        if self.records.newest(Kind.REGISTRATION, draft.id) is None:
            self.records.put(draft)
        now = {"status": FilingStatus.SUBMITTED, "status_since": at, "filed_at": at}
        return self.save(draft, at, draft.filed_by, **(now | changes))

    def amend(self, filing: Registration, at: datetime, **changes: Any) -> Registration:
        return self.save(filing, at, filing.filed_by, **changes)

    def prove(self, filing: Registration, at: datetime, **changes: Any) -> Registration:
        """A child row is added: the registration itself is not saved, yet the filing changed (R1.3)."""
        after = self.save(filing, at, filing.filed_by, **changes)
        self.facts.append(of_proof(after, RecordId("a03000000000999AAA"), at, filing.filed_by))
        return after

    def show(self, filing: Registration, status: FilingStatus, at: datetime) -> Registration:
        """Our ruling reaches the record: the partner is notified."""
        return self.save(filing, at, OURS, status=status, status_since=at)

    def rule(self, filing: Registration, decision: str, by: Person, at: datetime) -> Registration:
        """A person rules in the review fields."""
        return self.save(filing, at, by, review=decision, reviewed_at=at, reviewed_by=by.id)

    def withdraw(self, filing: Registration, at: datetime) -> Registration:
        return self.save(filing, at, filing.filed_by, status=FilingStatus.WITHDRAWN, status_since=at)

    # acts on deals
    def close(self, deal: Opportunity, by: Person, at: datetime, *, won: bool = True) -> Opportunity:
        return self.save(deal, at, by, closed=True, won=won, stage_since=at)

    # judgement
    def tell(self, until: datetime = FOREVER, facts: Sequence[Fact] | None = None) -> Told:
        """Judge the story (or these facts of it) up to `until`, on a fresh docket that holds what was adopted."""
        docket = OverlayDocket(MemoryDocket(self.adopted))
        return Told(self.fold(docket, until, facts), docket)

    def fold(
        self, docket: OverlayDocket, until: datetime, facts: Sequence[Fact] | None = None
    ) -> Iterable[Decision]:
        chosen = self.facts if facts is None else facts
        ready = sorted((fact for fact in chosen if fact.instant <= until), key=lambda fact: fact.order)
        return list(fold(ready, docket, self.world_of, self.policies, until))

    def world_of(self, fact: Fact, docket: OverlayDocket) -> World:
        return World(fact, docket, self.records)


def _id(record: Record | RecordId) -> RecordId:
    return record.id if isinstance(record, Record) else record
