"""The filing that was first, as conditions on the second one may ask for it: `first.tier`, `first.age_days` (R1.2)."""

from collections.abc import Mapping

from connector.canonical.docket import RegistrationEntry
from connector.canonical.ids import RecordId
from connector.policy.choosing import Choice, asks
from connector.policy.first_names import VARIABLE
from connector.policy.model import ConditionFailed, Policy
from connector.policy.outcomes import SecondFiling
from connector.rules import contest
from connector.rules.background import NEVER
from connector.rules.case import local_day
from connector.rules.world import World


def asked(rows: Choice[SecondFiling]) -> bool:
    """Whether a row asks for the first filing at all."""
    return any(asks(option.when, {VARIABLE}) for option in rows.options)


def of_first(record: RecordId, world: World, policy: Policy) -> Mapping[str, object]:
    """Its circumstances as of the world's moment, each looked up when a condition reads it.

    Raises ConditionFailed where its record is gone: nobody can say then (law 8).
    """
    filing, entry = world.registration(record), world.docket.get(RegistrationEntry, record)
    if filing is None or entry is None:
        raise ConditionFailed("nobody can say what the first filing was")
    today = local_day(world.now, policy)
    approved = entry.ruled_at or entry.protected_from
    days: dict[str, object] = {}
    if approved is not None:
        days["approved_days"] = (today - local_day(approved, policy)).days
    until = entry.protected_until
    days["days_left"] = NEVER if until is None else (local_day(until, policy) - today).days
    return contest.about(filing, entry, world, policy).also(days)
