"""The breaker of law 15: too many owner changes or rejections in an hour pause contested writing.

Counted by the minute in one note each. Tripped, it stays so until a person resets it: a wrong policy must not go
on every hour.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import instant_text, parse_instant
from connector.canonical.verdict import Outcome
from connector.policy.model import Beyond, Policies, Policy
from connector.ports.store import Store, Transaction
from connector.rules.decision import Decision

TRIPPED = "breaker"
OWNER_CHANGES = "owner_changes"
REJECTS = {
    Kind.LEAD: "claims_rejected",
    Kind.REGISTRATION: "registrations_rejected",
    Kind.ORDER: "orders_rejected",
}
_COUNTED = (OWNER_CHANGES, *REJECTS.values())
_HOUR = timedelta(hours=1)


class Breaker:
    """Counts inside one transaction, against the policies in force."""

    def __init__(self, tx: Transaction, policies: Policies, now: datetime) -> None:
        self._tx = tx
        self._now = now
        claims, filings = policies.for_claims(now), policies.for_registrations(now)
        orders = policies.for_orders(now)
        self._allowed: Mapping[str, int | None] = {
            OWNER_CHANGES: claims.safety.owner_changes_per_hour if claims else None,
            REJECTS[Kind.LEAD]: claims.safety.rejects_per_hour if claims else None,
            REJECTS[Kind.REGISTRATION]: filings.safety.rejects_per_hour if filings else None,
            REJECTS[Kind.ORDER]: orders.safety.rejects_per_hour if orders else None,
        }
        self._pauses = {
            OWNER_CHANGES: _pauses(claims),
            REJECTS[Kind.LEAD]: _pauses(claims),
            REJECTS[Kind.REGISTRATION]: _pauses(filings),
            REJECTS[Kind.ORDER]: _pauses(orders),
        }
        self._granted = 0

    @property
    def paused(self) -> bool:
        return bool(tripped(self._tx))

    def grant_owner_change(self, number: int) -> bool:
        """Whether so many more owner changes may go now, on top of those granted before."""
        allowed = self._allowed[OWNER_CHANGES]
        self._granted += number
        if allowed is not None and sum(self._minutes(OWNER_CHANGES).values()) + self._granted > allowed:
            self._trip(OWNER_CHANGES, allowed)
        return not self.paused

    def count(self, what: str, number: int) -> None:
        """Add to this hour's count, and trip when it passes what the policy allows."""
        if not number:
            return
        minutes = dict(self._minutes(what))
        minute = instant_text(self._now.replace(second=0, microsecond=0))
        minutes[minute] = minutes.get(minute, 0) + number
        self._tx.notes.put(f"{TRIPPED}|{what}", json.dumps(minutes))
        allowed = self._allowed[what]
        if allowed is not None and sum(minutes.values()) > allowed:
            self._trip(what, allowed)

    def _trip(self, what: str, allowed: int) -> None:
        """Pause, and say why; the first reason stays."""
        if not self._pauses[what] or self.paused:
            return
        self._tx.notes.put(
            TRIPPED,
            f"{instant_text(self._now)}: more than {allowed} {what.replace('_', ' ')} within an hour, so"
            " contested writes wait. Look at the policy and the ledger's newest verdicts, then let it go on",
        )

    def _minutes(self, what: str) -> Mapping[str, int]:
        text = self._tx.notes.get(f"{TRIPPED}|{what}")
        kept: dict[str, int] = json.loads(text) if text else {}
        return {
            minute: number for minute, number in kept.items() if self._now - parse_instant(minute) < _HOUR
        }


def rejections(decisions: Iterable[Decision]) -> Counter[str]:
    """How many rejections there are among these, by what each is counted as.

    An order is judged again at every step of its own, several in one second: it counts when it is first refused,
    and when a review sends it back.
    """
    found = Counter[str]()
    orders: set[tuple[RecordId, datetime]] = set()
    for fact, verdict in ((each.fact, each.verdict) for each in decisions):
        if verdict is None or verdict.subject not in REJECTS:
            continue
        refused = verdict.outcome is Outcome.REJECT
        if verdict.subject is not Kind.ORDER:
            found[REJECTS[verdict.subject]] += refused
        elif (refused and verdict.supersedes is None) or fact.kind is FactKind.RETURNED:
            orders.add((verdict.record, fact.instant))
    found[REJECTS[Kind.ORDER]] += len(orders)
    return +found


def tripped(view: Transaction) -> str:
    """Why contested writing is paused; empty when it is not."""
    return view.notes.get(TRIPPED) or ""


def reset(store: Store) -> None:
    """A person has looked: count from zero and write again."""
    with store.transaction() as tx:
        tx.notes.put(TRIPPED, "")
        for what in _COUNTED:
            tx.notes.put(f"{TRIPPED}|{what}", "{}")


def _pauses(policy: Policy | None) -> bool:
    return policy is not None and policy.safety.beyond is Beyond.PAUSE_AND_ALERT
