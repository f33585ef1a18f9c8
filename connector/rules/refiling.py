"""How soon a firm may register again what has ended: after a lapse, a rejection or a withdrawal (R1.4).

A wait counts from what ended the registration, on the same record or another. A rejection starts one where it is a
refusal of the deal; a filing that came too early, too often, twice or not whole is refused for that alone, so that the
wait itself never prolongs a wait. An appeal that is granted ends it, and one that is turned down starts none anew.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Finding
from connector.policy.calendar import after
from connector.policy.duration import Duration
from connector.policy.model import Policy, RegistrationPolicy
from connector.rules.case import FilingCase, finding
from connector.rules.rivals import Relation
from connector.rules.rule import rule

State = RegistrationState
RULE = "refile"

_OF_THE_FILING = frozenset(
    {RULE, "open_registrations", "filing_pace", "spray", "own_duplicate", "evidence", "proofs"}
)
"""Rules that refuse a filing for when or how it was made, and say nothing against the deal."""


class End(StrEnum):
    """What ended a registration, so that the firm has to wait before the next."""

    LAPSED = "lapsed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_PHRASE = {
    End.LAPSED: Phrase.REFILE_COOLDOWN,
    End.REJECTED: Phrase.REFILE_AFTER_REJECTION,
    End.WITHDRAWN: Phrase.REFILE_AFTER_WITHDRAWAL,
}


@rule(RULE, "R1.4")
def refile(case: FilingCase) -> Iterator[Finding]:
    """What has ended may be registered again only after the policy's wait, on the same record or another."""
    waits = _waits(case.terms)
    own = (each.record for each in case.rivals if each.relation in (Relation.OWN_LAPSED, Relation.OWN_ENDED))
    found = (case.world.docket.get(RegistrationEntry, record) for record in own)
    until = [
        (after(ended, wait, case.policy.office_hours), by)
        for entry in (case.entry, *found)
        if entry is not None
        for by, ended in ends(entry, case.fact.instant).items()
        if (wait := waits[by]) is not None
    ]
    again, by = max(until, default=(case.fact.instant, End.LAPSED))
    if case.fact.instant < again:
        yield finding(RULE, Effect.REFUSE, _PHRASE[by], until=instant_text(again))


def _waits(terms: RegistrationPolicy) -> Mapping[End, Duration | None]:
    return {
        End.LAPSED: terms.refile_after,
        End.REJECTED: terms.refile_after_rejection,
        End.WITHDRAWN: terms.refile_after_withdrawal,
    }


def ends(entry: RegistrationEntry, moment: datetime) -> Mapping[End, datetime]:
    """What ended on this record, and when the last time: the registration itself, or one before it."""
    over = entry.state.protects and entry.protected_until is not None and entry.protected_until <= moment
    lapsed = entry.protected_until if over or entry.state is State.LAPSED else None
    counts = entry.state is State.REJECTED and not entry.refused_as_filed
    found = {
        End.LAPSED: lapsed or entry.lapsed_at,
        End.REJECTED: (entry.ruled_at if counts else None) or entry.refused_at,
        End.WITHDRAWN: entry.withdrawn_at,
    }
    return {by: ended for by, ended in found.items() if ended is not None}


def as_filed(findings: tuple[Finding, ...]) -> bool:
    """Whether a rejection by rule is of the filing as it was made, and none of the deal."""
    refusals = {found.rule for found in findings if found.effect is Effect.REFUSE}
    return RULE in refusals or refusals <= _OF_THE_FILING


def open_again(entry: RegistrationEntry, policy: Policy, by: End, moment: datetime) -> datetime | None:
    """From when the firm may register the deal again, as it is told when the registration ends; None: at once."""
    terms, ended = policy.registrations, ends(entry, moment).get(by)
    wait = _waits(terms)[by] if terms else None
    again = after(ended, wait, policy.office_hours) if wait and ended else moment
    return again if again > moment else None
