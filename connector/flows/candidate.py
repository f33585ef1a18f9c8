"""The policies of a what-if: those in force, with one candidate in their place from a day on."""

from datetime import date

from connector.policy.model import Policies, Policy

SUFFIX = " (candidate)"


def with_candidate(current: Policies, candidate: Policy, since: date) -> Policies:
    """`candidate` in force from `since`; its own `in_force` is when it would begin, not when it is tried.

    It stands in only for the halves it has (claims, registrations, …). Older versions stay for what was filed
    under them: a registration keeps its terms (law 18).
    """
    halves = {
        name
        for name, each in Policy.model_fields.items()
        if each.default is None and getattr(candidate, name)
    }
    kept = [_without(policy, halves) if policy.in_force >= since else policy for policy in current.versions]
    labels = {policy.label for policy in kept}
    name = candidate.policy + SUFFIX if candidate.label in labels else candidate.policy
    return Policies(versions=(*kept, candidate.model_copy(update={"policy": name, "in_force": since})))


def _without(policy: Policy, halves: set[str]) -> Policy:
    return policy.model_copy(update=dict.fromkeys(halves))
