"""What a rule is given: the fact, the world as of it, the policy in force, and what earlier rules found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead, Partner, Person, Registration
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import ClaimPolicy, ConditionFailed, Policy, RegistrationPolicy
from connector.rules.rivals import Rival
from connector.rules.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One party's act under judgement."""

    fact: Fact
    world: World
    policy: Policy
    partner: Partner | None
    person: Person | None
    circumstances: Mapping[str, object]
    earlier: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingCase(Case):
    filing: Registration
    entry: RegistrationEntry
    terms: RegistrationPolicy
    rivals: tuple[Rival, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimCase(Case):
    lead: Lead
    entry: ClaimEntry
    terms: ClaimPolicy
    rivals: tuple[Rival, ...] = ()


C = TypeVar("C", bound=Case)


def finding(
    rule: str, effect: Effect, phrase: Phrase, *exhibits: Exhibit, desk: bool = False, **params: object
) -> Finding:
    """A finding whose parameters are texts, ready for the ledger and for a sentence."""
    return Finding(
        rule=rule,
        effect=effect,
        message=phrase,
        params={name: str(value) for name, value in params.items()},
        exhibits=tuple(exhibits),
        desk=desk,
    )


def judge(case: C, rules: Iterable[Callable[[C], Iterable[Finding]]]) -> tuple[Finding, ...]:
    """Fold rules in order, each seeing the earlier findings; a rule that fails asks a person (law 8)."""
    for rule in rules:
        try:
            found = tuple(rule(case))
        except ConditionFailed as failure:
            name = getattr(rule, "__name__", "rule")
            found = (finding(name, Effect.ASK, Phrase.RULE_FAILED, desk=True, failed=name, reason=failure),)
        case = replace(case, earlier=case.earlier + found)
    return case.earlier
