"""The verdict that findings come to, under the policy in force."""

from collections.abc import Sequence

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.verdict import Finding, Verdict, weigh
from connector.policy.model import Policy


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
