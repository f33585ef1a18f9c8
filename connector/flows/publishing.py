"""Publishing a policy is a fact (law 18): in the ledger once, and in effect at or after what is sealed already."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import at, instant_text, parse_instant
from connector.policy.model import Policies, Policy
from connector.ports.store import Transaction

KNOWN = "policy|"
"""Prefix of the notes that keep, for each version, its text's digest and from when on it is in effect."""

POLICY = RecordId("policy")
"""What stands for the record in the ledger's line: a policy is none of the org's."""


def published(tx: Transaction, policies: Policies, sealed: str | None, now: datetime) -> Policies:
    """The policies as they are in effect; a version not seen before is written down.

    Args:
        tx: the store; the caller commits.
        policies: every version that is loaded.
        sealed: until when everything is judged for good; None before the first judgement. The versions that are
            loaded first of all hold from their own day on, whatever has been sealed before they were written down.
        now: when the versions were loaded.
    """
    horizon = parse_instant(sealed) if sealed and tx.notes.get(KNOWN) else None
    tx.notes.put(KNOWN, instant_text(now))
    return Policies(versions=tuple(_one(tx, policy, horizon, now) for policy in policies.versions))


def _one(tx: Transaction, policy: Policy, horizon: datetime | None, now: datetime) -> Policy:
    known = tx.notes.get(KNOWN + policy.label)
    digest, _, effective = (known or "").partition("|")
    if known is None or digest != policy.digest:
        effective = _effective(policy, horizon)
        tx.ledger.append(_fact(policy, effective, digest, now), None, (), now)
        tx.notes.put(KNOWN + policy.label, f"{policy.digest}|{effective}")
    return policy.model_copy(update={"effective": parse_instant(effective)}) if effective else policy


def _effective(policy: Policy, horizon: datetime | None) -> str:
    """Empty where the version's own day says it: that day is still to come, or nothing has been judged yet."""
    zone = ZoneInfo(policy.office_hours.zone)
    starts = datetime.combine(policy.in_force, time(), zone)
    if horizon is None or starts > horizon:
        return ""
    return instant_text(horizon + timedelta(seconds=1))


def _fact(policy: Policy, effective: str, replaced: str, now: datetime) -> Fact:
    detail = {"digest": policy.digest, "in_force": policy.in_force.isoformat()}
    detail |= {"effective": effective} if effective else {}
    detail |= {"replaces": replaced} if replaced else {}
    return Fact(
        kind=FactKind.POLICY_PUBLISHED,
        subject=Kind.LEAD if policy.registrations is None else Kind.REGISTRATION,
        record=POLICY,
        when=at(now),
        value=policy.label,
        detail=detail,
    )
