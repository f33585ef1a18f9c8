"""What a rule is given: the fact, the world as of it, the policy in force, and what earlier rules found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead, Partner, Person, Registration
from connector.canonical.time import When, day_in
from connector.canonical.transfer_in import TransferInEntry
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import ClaimPolicy, ConditionFailed, Policy, RegistrationPolicy
from connector.rules.background import Background
from connector.rules.outranking import Ranking
from connector.rules.reuse import Reuse
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

    @property
    def day(self) -> date:
        """The day of the act where the programme has its office."""
        return local_day(self.fact.instant, self.policy)


def local_day(moment: datetime, policy: Policy) -> date:
    return day_in(policy.office_hours.zone, moment)


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingCase(Case):
    filing: Registration
    entry: RegistrationEntry
    terms: RegistrationPolicy
    place: When
    rivals: tuple[Rival, ...] = ()
    reused: tuple[Reuse, ...] = ()
    background: Background
    ranking: Ranking | None = None
    group_too_large: bool = False
    doubtful: bool = False  # somebody may be missing among the rivals: a key was too common to search (law 9)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimCase(Case):
    lead: Lead
    entry: ClaimEntry
    terms: ClaimPolicy
    rivals: tuple[Rival, ...] = ()
    application: TransferInEntry | None = None  # by which the lead came, or is to come, out of a public pool


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


DOUBTS = (
    ConditionFailed, ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What a value can make a rule raise. A store that fails raises its own errors: those are no doubt about the
case, and have to stop the batch instead of being sealed as a verdict."""


def judge(case: C, rules: Iterable[Callable[[C], Iterable[Finding]]]) -> tuple[Finding, ...]:
    """Fold rules in order, each seeing the earlier findings.

    A rule that fails defers with its reason; what it had found before stays (law 8).
    """
    for rule in rules:
        found: list[Finding] = []
        try:
            found.extend(rule(case))
        except DOUBTS as failure:
            found.append(failed(getattr(rule, "__name__", "rule"), failure))
        case = replace(case, earlier=case.earlier + tuple(found))
    return case.earlier


def failed(name: str, failure: Exception) -> Finding:
    """The finding of a rule that could not be applied; for the desk alone."""
    reason = str(failure) or type(failure).__name__
    return finding(name, Effect.ASK, Phrase.RULE_FAILED, desk=True, failed=name, reason=reason)
