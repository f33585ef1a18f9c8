"""What is still open to the partner: until when a rejection may be appealed (R1.14)."""

from datetime import datetime

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.time import instant_text
from connector.flows.teller import Teller
from connector.messages import Telling
from connector.policy.calendar import after
from connector.policy.model import Policies


def appeal(teller: Teller, entry: RegistrationEntry | None, policies: Policies, now: datetime | None) -> str:
    """A sentence on the appeal against this rejection; "" where none was ever open.

    Args:
        teller: in whose words.
        entry: the registration as it stands, or as it stood then.
        policies: the versions that are loaded; the one in force at `now` judges an appeal.
        now: the moment of the question; None: the moment of the ruling.
    """
    if entry is None or entry.state is not RegistrationState.REJECTED or entry.ruled_at is None:
        return ""
    policy = policies.for_registrations(now or entry.ruled_at)
    terms = policy.registrations.appeal if policy and policy.registrations else None
    if policy is None or terms is None or not terms.times:
        return ""
    if entry.appeals >= terms.times:
        return teller.tell(Telling.PAGE_NO_APPEAL)
    if terms.within is None:
        return teller.tell(Telling.PAGE_APPEAL_OPEN)
    until = after(entry.ruled_at, terms.within, policy.office_hours)
    over = now is not None and now >= until
    return teller.tell(
        Telling.PAGE_APPEAL_OVER if over else Telling.PAGE_APPEAL_UNTIL, until=instant_text(until)
    )
