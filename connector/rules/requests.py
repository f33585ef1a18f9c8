"""Who asks for something on a registration: what extensions and appeals have in common."""

from collections.abc import Collection
from dataclasses import dataclass

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.records import Registration
from connector.policy.model import Policy
from connector.policy.windows import PARTNERS, Asker
from connector.rules.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request on one registration. `asker` is None where the org no longer tells who saved it."""

    fact: Fact
    world: World
    policy: Policy
    entry: RegistrationEntry
    filing: Registration
    asker: Asker | None


def request(fact: Fact, world: World, policy: Policy) -> Request | None:
    """The request behind a fact; None for a registration that nobody knows."""
    entry, filing = world.docket.get(RegistrationEntry, fact.record), world.registration(fact.record)
    if entry is None or filing is None or policy.registrations is None:
        return None
    asker = _asker(fact, entry, world)
    return Request(fact=fact, world=world, policy=policy, entry=entry, filing=filing, asker=asker)


def _asker(fact: Fact, entry: RegistrationEntry, world: World) -> Asker | None:
    if fact.actor is None:
        return None
    if fact.actor == entry.registrant:
        return Asker.REGISTRANT
    person = world.person(fact.actor)
    if person is None:
        return None
    if person.firm is None:
        return Asker.CHANNEL_MANAGER
    if person.firm == entry.firm:
        return Asker.COLLEAGUE
    return Asker.DISTRIBUTOR if person.firm == entry.distributor else Asker.NOBODY


def may_ask(asker: Asker | None, allowed: Collection[Asker]) -> bool:
    """Whether this one may; somebody whom the org no longer tells is one who could write the field."""
    return bool(allowed) if asker is None else asker in allowed


def is_partner(asker: Asker | None) -> bool:
    return asker is None or asker in PARTNERS
