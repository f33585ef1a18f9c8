"""What is still open to the partner: until when a rejection may be appealed (R1.14)."""

from datetime import datetime

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import at, instant_text
from connector.flows.asked import Asked
from connector.flows.matcher import Matcher
from connector.flows.records import RecordReader
from connector.flows.teller import Teller
from connector.flows.world import MirrorWorld
from connector.matching import Frequencies
from connector.messages import Telling
from connector.policy.calendar import after
from connector.policy.model import Policy
from connector.rules import terms


def appeal(teller: Teller, entry: RegistrationEntry | None, asked: Asked, now: datetime | None) -> str:
    """A sentence on the appeal against this rejection; "" where none was ever open.

    Args:
        teller: in whose words.
        entry: the registration as it stands, or as it stood then.
        asked: the versions that are loaded, of which the one in force at `now` judges an appeal; and the mapping, by
            which the row that holds for this registration is found.
        now: the moment of the question; None: the moment of the ruling.
    """
    if entry is None or entry.state is not RegistrationState.REJECTED or entry.ruled_at is None:
        return ""
    policy = _policy(teller, entry, asked, now or entry.ruled_at)
    said = policy.registrations.appeal if policy and policy.registrations else None
    if policy is None or said is None or not said.times:
        return ""
    if entry.appeals >= said.times:
        return teller.tell(Telling.PAGE_NO_APPEAL)
    if said.within is None:
        return teller.tell(Telling.PAGE_APPEAL_OPEN)
    until = after(entry.ruled_at, said.within, policy.office_hours)
    over = now is not None and now >= until
    return teller.tell(
        Telling.PAGE_APPEAL_OVER if over else Telling.PAGE_APPEAL_UNTIL, until=instant_text(until)
    )


def _policy(teller: Teller, entry: RegistrationEntry, asked: Asked, moment: datetime) -> Policy | None:
    """With the terms of this registration, as an appeal at that moment would be judged by them."""
    policy = asked.policies.for_registrations(moment)
    if policy is None or asked.mapping is None:
        return policy
    records = RecordReader(teller.view, asked.mapping)
    fact = Fact(kind=FactKind.APPEALED, subject=Kind.REGISTRATION, record=entry.registration, when=at(moment))
    world = MirrorWorld(fact, teller.view.docket, records, Matcher(records, Frequencies.EMPTY))
    return terms.of_registration(entry, world, policy)
