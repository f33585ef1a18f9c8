"""Two Gold firms, their users, a channel manager, a direct seller and one customer: the cast of the filings."""

from typing import Any

from connector.canonical.docket import RegistrationState
from connector.canonical.records import FilingStatus, Registration
from tests.support.builders import after, firm, pool, seller, who
from tests.support.channel import Channel, Told, claims_policy, filings_policy

NORD, SUED = firm(1, name="Nordlicht Systems"), firm(2, name="Süd Consult")
ANNA, CARLA = seller(1, NORD), seller(3, SUED)
MANAGER, DIRECT = seller(8, name="Mia Manager"), seller(9, name="Dirk Direkt")
POOL = pool(1)
CITY = who("Stadtwerke Auenried GmbH", city="Augsburg")
SOMEONE_ELSE = who("Molkerei Gera GmbH", city="Gera")

State = RegistrationState


def channel(**terms: Any) -> Channel:
    """The shipped policies, the one for registrations varied, and the cast."""
    made = Channel(filings_policy(**terms), claims_policy())
    made.add(NORD, SUED, ANNA, CARLA, MANAGER, DIRECT, POOL)
    return made


def approved(story: Channel, draft: Registration, days: float = 0) -> Registration:
    """Filed, approved, and the partner notified ten seconds later."""
    filed = story.file(draft, after(days=days))
    return story.show(filed, FilingStatus.APPROVED, after(days=days, seconds=10))


def ruled(story: Channel, draft: Registration, days: float = 1) -> Told:
    """File one registration and hear the ruling."""
    story.file(draft, after(days=days))
    return story.tell(after(days=days, hours=1))
