"""Findings and verdicts: what a rule said, and what they say together."""

from collections.abc import Mapping
from enum import StrEnum

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.model import Model


class Outcome(StrEnum):
    """What the rules together say of a fact: refusal beats permission, doubt beats a pass."""

    APPROVE = "approve"
    REJECT = "reject"
    DEFER = "defer"


class Effect(StrEnum):
    """What one finding does to the verdict."""

    PASS = "pass"  # noqa: S105 - not a password
    NOTE = "note"  # said, but decides nothing
    REFUSE = "refuse"
    ASK = "ask"  # a person has to rule
    LACK = "lack"  # something is missing: the filing holds no place yet


class Exhibit(Model):
    """One record and value that decided a finding."""

    record: RecordId
    field: str = ""
    value: str = ""


class Finding(Model):
    """One rule's word on one fact. `message` is a key of the messages room, `params` fills it.

    `desk` findings are for our own people only and are never written where a partner reads (law 17).
    """

    rule: str
    effect: Effect
    message: str
    params: Mapping[str, str] = {}
    exhibits: tuple[Exhibit, ...] = ()
    desk: bool = False


class Verdict(Model):
    """The decision on one fact, with every finding behind it."""

    subject: Kind
    record: RecordId
    outcome: Outcome
    findings: tuple[Finding, ...]
    policy: str
    supersedes: str | None = None
    cause: str = ""


def weigh(findings: tuple[Finding, ...]) -> Outcome:
    """Refusal beats permission; only an explicit pass approves; anything else defers (law 8)."""
    effects = {finding.effect for finding in findings}
    if Effect.REFUSE in effects:
        return Outcome.REJECT
    if effects & {Effect.ASK, Effect.LACK} or Effect.PASS not in effects:
        return Outcome.DEFER
    return Outcome.APPROVE
