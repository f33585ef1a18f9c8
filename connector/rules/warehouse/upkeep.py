"""The upkeep of agents' accounts: who may open or close one, and who says in which zone it works (R4.3, R4.5).

Nothing here is undone: users are the administrators' own. What nobody was entitled to goes to the desk, and is
settled when somebody with the right does the same act, or closes the account.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connector.canonical.docket import ConflictEntry, ConflictState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Person
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome
from connector.policy.model import Policy
from connector.policy.warehouse import May, WarehousePolicy
from connector.rules.case import finding, local_day
from connector.rules.conflict import pair
from connector.rules.decision import Decision
from connector.rules.disputes import BY_RULE
from connector.rules.notices import conflict_record
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.warehouse.roles import rights_of
from connector.rules.world import World

_ASKS: Mapping[str, May] = {
    "account_opened": May.OPEN_ACCOUNTS,
    "account_closed": May.OPEN_ACCOUNTS,
    "zone_set": May.SET_ZONES,
}
_CONFLICT = {May.OPEN_ACCOUNTS: "account_right", May.SET_ZONES: "zone_right"}
_REFUSED = {
    May.OPEN_ACCOUNTS: Phrase.ROLE_MAY_NOT_OPEN_ACCOUNTS,
    May.SET_ZONES: Phrase.ROLE_MAY_NOT_SET_ZONES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Upkeep:
    """One act on one person's account."""

    fact: Fact
    world: World
    policy: Policy
    person: Person

    @property
    def asks(self) -> May:
        return _ASKS[self.fact.value]


@rule("account_right", "R4.3", "R4.5")
def may_keep_accounts(case: Upkeep) -> Iterator[Finding]:
    """R4.3: 渠道经理 opens and closes accounts and sets zones, for agents' accounts only; nobody else does.

    Accounts of our own people are the administrators' affair: nobody whom the table names may touch them.
    """
    terms, actor = case.policy.warehouse, case.world.person(case.fact.actor)
    if terms is None or not _said(terms, case.asks):
        return
    rights = rights_of(actor, terms, local_day(case.fact.instant, case.policy), case.person.zone)
    exhibits = (
        Exhibit(record=actor.id if actor else case.person.id, field="role", value=rights.role),
        Exhibit(record=case.person.id, field="account", value=case.fact.detail.get("zone", "")),
    )
    if case.person.firm is None:
        if rights.row is not None:
            yield finding(
                "account_right", Effect.ASK, Phrase.ACCOUNT_NOT_AN_AGENTS, *exhibits, role=rights.role
            )
    elif rights.may(case.asks):
        yield finding("account_right", Effect.PASS, Phrase.ACCOUNT_KEPT, *exhibits, role=rights.role)
    else:
        phrase = _REFUSED[case.asks] if rights.row else Phrase.ROLE_UNKNOWN
        yield finding("account_right", Effect.ASK, phrase, *exhibits, role=rights.role or "-")


def _said(terms: WarehousePolicy, act: May) -> bool:
    """Whether the programme gives anybody this right: else accounts are no matter of it."""
    return any(
        act in may
        for may in [each.may for each in terms.roles.values()] + [each.may for each in terms.grants]
    )


def kept(fact: Fact, world: World, policy: Policy) -> Decision:
    """An account was opened or closed, or works in another zone now: a verdict, and a case for the desk or its end."""
    person = world.person(fact.record)
    if policy.warehouse is None or person is None or fact.value not in _ASKS:
        return Decision(fact=fact)
    case = Upkeep(fact=fact, world=world, policy=policy, person=person)
    findings = tuple(may_keep_accounts(case))
    if not findings:
        return Decision(fact=fact)
    verdict = verdict_on(Kind.PERSON, person.id, findings, policy)
    entries = tuple(_settled(case) if verdict.outcome is Outcome.APPROVE else _opened(case))
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=entries,
        creations=tuple(conflict_record(entry) for entry in entries),
    )


def _opened(case: Upkeep) -> Iterator[ConflictEntry]:
    """The desk's case: this account, and who did it; opened again where it was settled before."""
    account = (case.person.id, Kind.PERSON)
    who = (case.fact.actor or case.person.id, Kind.PERSON)
    fresh = pair(_CONFLICT[case.asks], account, who, case.fact.instant, case.fact.value)
    known = case.world.docket.get(ConflictEntry, fresh.key)
    if known is None:
        yield fresh
    elif not known.open:
        again = {"state": ConflictState.REOPENED, "reopened": known.reopened + 1, "evidence": fresh.evidence}
        yield known.model_copy(update=again)


def _settled(case: Upkeep) -> Iterator[ConflictEntry]:
    """What somebody with the right has done again settles the like of it; a closed account settles all."""
    kinds = set(_CONFLICT.values()) if case.fact.value == "account_closed" else {_CONFLICT[case.asks]}
    for entry in case.world.docket.find(ConflictEntry, f"record:{case.person.id}"):
        if entry.kind in kinds and (entry.left_kind, entry.right_kind) == (Kind.PERSON, Kind.PERSON):
            said = f"{BY_RULE}{case.fact.value}"
            yield entry.model_copy(update={"state": ConflictState.RESOLVED, "resolution": said})
