"""Whose leads, notes and contact volume somebody sees: the warehouses as a role's `sees` allows (R4.2, R4.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from connector.canonical.docket import ClaimEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity, Lead, Person
from connector.flows.records import RecordReader
from connector.mapping import CompiledMapping
from connector.policy.model import Policy
from connector.policy.warehouse import Counted, WarehousePolicy
from connector.ports.store import Store
from connector.rules.warehouse.holding import party_of
from connector.rules.warehouse.roles import NEW, rights_of, sees

NOTES = 3
"""Of the newest notes on a holder's leads, so many are told."""

_NEWEST = datetime.max.replace(tzinfo=UTC)
"""What the mirror shows now: the org's clock may be ahead of this machine's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Warehouse:
    """One person's holdings: how many per track against the limit, and what was done on them.

    `limit` is that of the track `new`; None: no warehouse. `contacts` counts calls, mails and meetings on held leads.
    """

    person: RecordId
    name: str
    role: str
    held: int
    renewals: int
    limit: int | None
    per: Counted
    contacts: int
    notes: tuple[str, ...]


def seen_by(
    store: Store, mapping: CompiledMapping, policy: Policy, viewer: str, day: date
) -> Sequence[Warehouse] | None:
    """The warehouses that a user (id or name) sees, fullest first; None for a user whom the mirror does not know.

    Raises:
        ValueError: the policy has no warehouses.
    """
    terms = policy.warehouse
    if terms is None:
        raise ValueError(f"{policy.label} has no `roles`, and so no warehouses")
    with store.reading() as view:
        records = RecordReader(view, mapping)
        people = [each for each in records.all(Kind.PERSON) if isinstance(each, Person)]
        looks = next((each for each in people if viewer in (each.id, each.name)), None)
        if looks is None:
            return None
        by_id = {each.id: each for each in people}

        def person_of(ident: RecordId | None) -> Person | None:
            return by_id.get(ident) if ident else None

        seen = [each for each in people if each.role and sees(looks, each, terms, person_of)]
        found = [_warehouse(records, terms, each, day) for each in seen]
    return sorted(found, key=lambda each: (-each.held - each.renewals, each.name))


def _warehouse(records: RecordReader, terms: WarehousePolicy, person: Person, day: date) -> Warehouse:
    party = party_of(person, terms)
    claims = records.view.docket.find(ClaimEntry, f"firm:{party}") if party else ()
    mine = [claim for claim in claims if claim.holder == person.id]
    rights = rights_of(person, terms, day, "")
    renewals = sum(_track(records, claim) != NEW for claim in mine)
    acts = sorted(
        (act for claim in mine for act in _acts(records, claim.lead)), key=lambda act: act.created_at
    )
    return Warehouse(
        person=person.id,
        name=person.name,
        role=person.role,
        held=len(mine) - renewals,
        renewals=renewals,
        limit=rights.limit(terms, NEW),
        per=rights.per,
        contacts=len(acts),
        notes=tuple(act.subject for act in reversed(acts[-NOTES:]) if act.subject),
    )


def _track(records: RecordReader, claim: ClaimEntry) -> str:
    lead = None if claim.track else records.record(Kind.LEAD, claim.lead, _NEWEST)
    return claim.track or (lead.track if isinstance(lead, Lead) else "") or NEW


def _acts(records: RecordReader, lead: RecordId) -> Iterator[Activity]:
    found = {
        act.id: act
        for word in ("about", "who")
        for act in records.linked(Kind.ACTIVITY, word, lead, _NEWEST)
        if isinstance(act, Activity)
    }
    yield from found.values()
