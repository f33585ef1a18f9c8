"""The customer of a registration that stands approved is edited (R1.2, R1.3; law 7: the approval itself stands)."""

from datetime import timedelta

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect
from connector.matching import Outcome
from connector.policy.model import Policy
from connector.rules import conflict
from connector.rules.case import judge
from connector.rules.decision import Decision
from connector.rules.filing_case import case_of
from connector.rules.filings import CONFLICT
from connector.rules.notices import conflict_record, in_conflict
from connector.rules.world import World

_BEFORE = timedelta(seconds=1)


def customer_edited(fact: Fact, world: World, policy: Policy) -> Decision:
    """Whoever contests the customer that it now names is shown on both records, and a person decides.

    Nobody approved it for a clearly different customer: for that one it was complete when it was edited, so that a
    filing from before then is the first (R1.3). A name put right keeps its place.
    """
    entry, terms, filing = (
        world.docket.get(RegistrationEntry, fact.record),
        policy.registrations,
        world.registration(fact.record),
    )
    if entry is None or terms is None or filing is None or not entry.state.protects:
        return Decision(fact=fact)
    another = _another(fact, world, policy, filing)
    if another:
        entry = entry.model_copy(update={"complete": fact.when})
    case = case_of(fact, world, policy, terms=terms, filing=filing, entry=entry)
    found = tuple(each for each in judge(case, CONFLICT) if each.effect in (Effect.REFUSE, Effect.ASK))
    conflicts = tuple(conflict.opened_by(case, found))
    return Decision(
        fact=fact,
        entries=(*((entry,) if another else ()), *conflicts),
        desired=in_conflict(conflicts),
        creations=tuple(conflict_record(each) for each in conflicts),
    )


def _another(fact: Fact, world: World, policy: Policy, filing: Registration) -> bool:
    """Whether it names a customer that is surely not the one it was approved for."""
    before = world.was(Kind.REGISTRATION, filing.id, fact.when.earliest - _BEFORE)
    if not isinstance(before, Registration):
        return False
    compared = world.compared(before.customer, filing.customer, policy.same_customer)
    return compared.outcome is Outcome.DIFFERENT
