"""Signs of life: what the partner did on a deal, and when (R0.3, R1.4, R1.15)."""

from collections.abc import Collection, Iterator
from datetime import datetime

from connector.canonical.docket import RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.records import Activity
from connector.rules.world import World


def last(world: World, entry: RegistrationEntry, until: datetime) -> datetime | None:
    """The partner's newest activity on the registration or its deal, not after `until`."""
    return max((moment for moment in _moments(world, entry) if moment <= until), default=None)


def first(world: World, entry: RegistrationEntry, since: datetime) -> datetime | None:
    """The partner's first activity from `since` on."""
    return min((moment for moment in _moments(world, entry) if moment >= since), default=None)


def _moments(world: World, entry: RegistrationEntry) -> Iterator[datetime]:
    """Calls, meetings and mails logged by users of the firm or of its distributor, and proofs added to the filing."""
    for record in (entry.registration, entry.opportunity):
        for activity in world.activities(record) if record else ():
            if _of_the_firms(activity, (entry.firm, entry.distributor), world):
                yield activity.created_at
    filing = world.registration(entry.registration)
    for proof in filing.evidence if filing else ():
        if proof.created_at > entry.filed.latest:
            yield proof.created_at


def _of_the_firms(activity: Activity, firms: Collection[RecordId | None], world: World) -> bool:
    people = [world.person(ident) for ident in (activity.owner, activity.created_by)]
    return any(person is not None and person.firm is not None and person.firm in firms for person in people)
