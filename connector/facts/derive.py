"""`derive(kind, seen)`: every fact in one change of one record."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Activity, Record
from connector.canonical.time import at, instant_text
from connector.facts.change import Seen
from connector.facts.conflicts import of_conflict
from connector.facts.customers import of_customer
from connector.facts.deals import of_opportunity
from connector.facts.filings import of_registration
from connector.facts.leads import of_lead
from connector.facts.orders import of_allotment, of_order, of_payment, of_slip
from connector.facts.requests import of_approval
from connector.facts.staged import of_sign_off
from connector.facts.standing import of_partner, of_person
from connector.facts.transfers import of_transfer_in

_BY_KIND: Mapping[Kind, Callable[[Any], Iterator[Fact]]] = {
    Kind.LEAD: of_lead,
    Kind.REGISTRATION: of_registration,
    Kind.OPPORTUNITY: of_opportunity,
    Kind.PARTNER: of_partner,
    Kind.PERSON: of_person,
    Kind.APPROVAL: of_approval,
    Kind.SIGN_OFF: of_sign_off,
    Kind.CONFLICT: of_conflict,
    Kind.CUSTOMER: of_customer,
    Kind.ORDER: of_order,
    Kind.PAYMENT: of_payment,
    Kind.SLIP: of_slip,
    Kind.ALLOTMENT: of_allotment,
    Kind.TRANSFER_IN: of_transfer_in,
}


_ALIVE = {"006": Kind.OPPORTUNITY, "a": Kind.REGISTRATION}
"""Key prefixes of deals, and of the org's own objects, among which are filings: others are known to no docket."""


_COMES_BACK = frozenset({Kind.REGISTRATION, Kind.OPPORTUNITY, Kind.LEAD})
"""Kinds of which a record that comes back is the one that left: by that alone it is not filed, claimed or ruled on."""


def derive(kind: Kind, seen: Seen[Any]) -> tuple[Fact, ...]:
    """The facts in one change. A kind that bears no facts yields none.

    What comes back out of the recycle bin has come back, by whoever fetched it; beyond that only what differs from
    how it left is a fact.
    """
    reader = _BY_KIND.get(kind)
    if reader is None:
        return ()
    unknown = (
        seen.left is None and kind is Kind.LEAD
    )  # nobody knows whose it was: it is claimed by its owner now
    if seen.gone_at is None or seen.after is None or kind not in _COMES_BACK or unknown:
        return tuple(reader(seen))
    return (_restored(kind, seen, seen.after), *reader(replace(seen, before=seen.left)))


def _restored(kind: Kind, seen: Seen[Any], after: Record) -> Fact:
    return Fact(
        kind=FactKind.RESTORED,
        subject=kind,
        record=after.id,
        when=seen.came_back,
        value=kind,  # a record can be of two kinds: a registration kept on its deal
        actor=seen.actor,
        detail={"version": instant_text(after.stamp)},
    )


def gone(kind: Kind, before: Record, master: RecordId | None, moment: datetime) -> Fact:
    """A record left the org: merged into `master`, or deleted (a merge must not look like a delete)."""
    return Fact(
        kind=FactKind.MERGED if master else FactKind.DELETED,
        subject=kind,
        record=before.id,
        when=at(moment),
        value=master or "",
        detail={"version": instant_text(before.stamp)},
    )


def _alive(target: RecordId, filed_on: Collection[str]) -> Kind | None:
    filed = Kind.REGISTRATION if target[:3] in filed_on else None
    return _ALIVE.get(target[:3]) or _ALIVE.get(target[:1]) or filed


def of_activity(activity: Activity, filed_on: Collection[str] = ()) -> Iterator[Fact]:
    """R3.8: an activity on a lead is work on it. R1.4, R1.15: one on a deal or a filing is a sign of life.

    `filed_on` are key prefixes of standard objects that registrations are kept on: a lead may be one.
    """
    for target in dict.fromkeys((activity.about, activity.who)):
        if target is not None and (kind := _alive(target, filed_on)):
            yield Fact(
                kind=FactKind.ACTIVE,
                subject=kind,
                record=target,
                when=at(activity.created_at),
                value=activity.id,
                actor=activity.owner or activity.created_by,
            )
        if target is not None and target.startswith("00Q"):
            yield Fact(
                kind=FactKind.WORKED,
                subject=Kind.LEAD,
                record=target,
                when=at(activity.created_at),
                value=activity.id,
                actor=activity.owner or activity.created_by,
            )
