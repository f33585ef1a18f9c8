"""One pool, two Gold firms for Germany, their users, and a channel manager: the cast of the claim stories."""

from typing import Any

from connector.canonical.records import Lead
from connector.policy.model import Choice, Option
from tests.support.builders import firm, lead, pool, seller
from tests.support.channel import Channel, claims_policy

NORD, SUED = firm(1, name="Nord"), firm(2, name="Süd")
ANNA, BERND = seller(1, NORD), seller(2, NORD)
CARLA = seller(3, SUED)
MANAGER, DIRECT = seller(8), seller(9)
POOL, FAIR = pool(1), pool(2, "Trade_Fair")


def channel(**terms: Any) -> Channel:
    """The shipped claims policy, or a variation of it, and the cast."""
    made = Channel(claims_policy(**terms))
    made.add(NORD, SUED, ANNA, BERND, CARLA, MANAGER, DIRECT, POOL, FAIR)
    return made


def pooled(channel: Channel, number: int, **given: Any) -> Lead:
    """A lead that waits in the pool."""
    made = lead(number, given.pop("owner", POOL), **given)
    channel.add(made)
    return made


def quota(number: int) -> Any:
    """A quota of `number` leads for everybody."""
    return Choice[int](options=(Option[int](value=number),))
