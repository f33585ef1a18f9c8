"""A canonical identity in the matcher's words, and whose customer a record speaks of."""

from functools import lru_cache

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.record import Identity
from connector.matching import Fingerprint, fingerprint, keys
from connector.matching import Identity as MatchIdentity
from connector.rules.world import World

_FIELDS = (
    "name", "country", "city", "street", "postcode", "phone", "fax", "mobile", "email", "website", "duns",
)  # fmt: skip


def identity_of(identity: Identity) -> MatchIdentity:
    """The same identity as the matching room takes it."""
    return MatchIdentity(**{name: getattr(identity, name) for name in _FIELDS})


@lru_cache(maxsize=4096)  # some 5 kB each
def print_of(who: Identity) -> Fingerprint:
    """The normal form of an identity; the same identity comes up again and again."""
    return fingerprint(identity_of(who))


@lru_cache(maxsize=4096)
def keys_of(who: Identity) -> tuple[int, ...]:
    """The blocking keys of an identity."""
    return keys(print_of(who))


def identity_behind(world: World, subject: Kind, record: RecordId) -> Identity | None:
    """What a lead, a registration or an opportunity says of its customer; None where it is not known."""
    if subject is Kind.OPPORTUNITY:
        deal = world.opportunity(record)
        customer = world.customer(deal.customer) if deal else None
        return customer.identity if customer else None
    if subject is Kind.REGISTRATION:
        filing = world.registration(record)
        return filing.customer if filing else None
    lead = world.lead(record)
    return lead.identity if lead else None
