"""The verdict that findings come to, under the policy in force."""

from collections.abc import Iterable, Sequence

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.verdict import Effect, Finding, Verdict, weigh
from connector.policy.model import Policy


def asking(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The rules that ask a person, each once, in the order in which they spoke."""
    return tuple(dict.fromkeys(found.rule for found in findings if found.effect is Effect.ASK))


def verdict_on(
    subject: Kind,
    record: RecordId,
    findings: Sequence[Finding],
    policy: Policy,
    *,
    supersedes: str | None = None,
    cause: str = "",
) -> Verdict:
    """What the findings on one record weigh together. `supersedes` and `cause` name the verdict it replaces (law 7)."""
    found = tuple(findings)
    return Verdict(
        subject=subject,
        record=record,
        outcome=weigh(found),
        findings=found,
        policy=policy.label,
        supersedes=supersedes,
        cause=cause,
    )
