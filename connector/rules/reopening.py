"""A deal whose end did not last: opened again, or corrected from lost to won (R0.14, R1.4).

A registration that ended with its deal stands as before, unless somebody else has come to protect the customer since.
"""

from collections.abc import Iterator, Sequence

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.policy.model import Policy
from connector.rules import deals, filings, protection
from connector.rules.decision import Decision, joined
from connector.rules.notices import say, want
from connector.rules.poach import Taking, flagged, registrations
from connector.rules.showing import status_of, window_shown
from connector.rules.terms import of_registration
from connector.rules.world import World

_WITH_THE_DEAL = (RegistrationState.WON, RegistrationState.LOST)


def opened_again(fact: Fact, world: World, policy: Policy) -> Decision:
    """The deal is open: its registration protects it once more, to the end of its window."""
    deal = world.opportunity(fact.record)
    ended = list(_ended(fact, world))
    if deal is None or deal.closed or not ended:
        return Decision(fact=fact)
    others = _come_since(deal, ended, world, policy)
    if others:
        return _contested(fact, world, policy, deal, others)
    decision = Decision(fact=fact)
    for entry in ended:
        state = RegistrationState.EXTENDED if entry.extensions else RegistrationState.APPROVED
        again = protection.own(entry).model_copy(update={"state": state, "goes_on": False})
        decision = joined(decision, stands_again(fact, world, policy, again, Phrase.FILING_STANDS_AGAIN))
    return decision


def corrected(fact: Fact, world: World, policy: Policy) -> Decision:
    """A closed deal was lost by mistake and is won, or the other way round; a new amount changes no state.

    The deal is won and earned all the same where another firm has come to protect its customer since; but no window
    goes on beside that firm's by itself: whose the customer's other deals are is a conflict, which a person settles.
    """
    deal, decision = world.opportunity(fact.record), Decision(fact=fact)
    if deal is None or not deal.closed:
        return decision
    end, ended = RegistrationState.WON if deal.won else RegistrationState.LOST, list(_ended(fact, world))
    since = _come_since(deal, ended, world, policy) if deal.won else []
    for entry in ended:
        if entry.state is end or not deals.theirs(deal, entry, world):
            continue
        closed = filings.closed(fact, world, policy, entry, won=deal.won)
        if since and any(isinstance(each, RegistrationEntry) and each.goes_on for each in closed.entries):
            closed = joined(
                filings.closed(fact, world, policy, entry, won=True, goes_on=False),
                _contested(fact, world, policy, deal, since),
            )
        decision = joined(decision, closed)
    return decision


def _come_since(
    deal: Opportunity, ended: Sequence[RegistrationEntry], world: World, policy: Policy
) -> list[RegistrationEntry]:
    """What protects the customer, or the deal itself, for other firms by now."""
    firms = {each.firm for each in ended}
    others = [entry for entry in deals.protected(deal, world, policy) if entry not in ended]
    here = world.docket.find(RegistrationEntry, f"opportunity:{deal.id}")
    return others + [entry for entry in here if entry.protects_at(world.now) and entry.firm not in firms]


def _contested(
    fact: Fact, world: World, policy: Policy, deal: Opportunity, others: Sequence[RegistrationEntry]
) -> Decision:
    taking = Taking(fact=fact, world=world, policy=policy, deal=deal)
    return flagged(taking, "partner_partner", Phrase.DIRECT_OPENED, registrations(others))


def _ended(fact: Fact, world: World) -> Iterator[RegistrationEntry]:
    for entry in world.docket.find(RegistrationEntry, f"opportunity:{fact.record}", open_only=False):
        if entry.state in _WITH_THE_DEAL:
            yield entry


def stands_again(
    fact: Fact, world: World, policy: Policy, again: RegistrationEntry, said: Phrase
) -> Decision:
    """An approved registration in force once more, to the end of its window; past that it lapses at once (a tick).

    Its benefits follow by themselves: the books promise anew whatever comes to protect.
    """
    policy = of_registration(again, world, policy)
    filing = world.registration(again.registration)
    shown = (
        want(
            Kind.REGISTRATION,
            again.registration,
            "status",
            status_of(again).value,
            contested=True,
            expected=filing.status.value if filing else None,
        ),
        want(Kind.REGISTRATION, again.registration, "message", say(again.registrant, (said, {}))),
        *(window_shown(again) if again.protects_at(world.now) else ()),
    )
    deadlines = protection.deadlines(policy, again, fact.instant)
    return Decision(fact=fact, entries=(again, *deadlines), desired=shown)
