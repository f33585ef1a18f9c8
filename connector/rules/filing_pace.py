"""How many deals may be filed in a period, whatever became of them since (R1.11)."""

from collections.abc import Iterator

from connector.canonical.docket import RegistrationEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.calendar import before as back
from connector.policy.claiming import Pace, PaceOf
from connector.rules.affiliation import counted
from connector.rules.case import FilingCase, finding
from connector.rules.rule import rule


@rule("filing_pace", "R1.11")
def filing_pace(case: FilingCase) -> Iterator[Finding]:
    """R1.11: at most so many deals filed within any span of a length, by firm or by person.

    Filings of one second share what is left; when it does not suffice for all, a person decides.
    """
    for pace in case.terms.filing_pace:
        cap = pace.claims.pick(case.circumstances)
        if cap is not None:
            yield from _beyond(case, pace, cap)


def _beyond(case: FilingCase, pace: Pace, cap: int) -> Iterator[Finding]:
    mine = case.entry.filed
    others = sorted(_filed(case, pace), key=lambda each: each.filed)
    together = [each for each in others if each.filed.overlaps(mine)]
    earlier = [each for each in others if each.filed < mine and each not in together]
    if len(earlier) + len(together) < cap:
        return
    firm = pace.per is PaceOf.FIRM
    account = case.entry.firm if firm else case.entry.registrant
    office, now = case.policy.office_hours, case.fact.instant
    full = len(earlier) >= cap
    yield finding(
        "filing_pace",
        Effect.REFUSE if full else Effect.ASK,
        Phrase.FILING_OVER_PACE if firm else Phrase.FILING_OVER_OWN_PACE,
        Exhibit(record=account or case.entry.firm, field="filed", value=str(len(earlier))),
        held=len(earlier),
        quota=cap,
        days=(now - back(now, pace.within, office)).days,
        until=instant_text(after(earlier[-cap].filed.latest if full and cap else now, pace.within, office)),
    )


def _filed(case: FilingCase, pace: Pace) -> Iterator[RegistrationEntry]:
    """Other filings in the span that ends now."""
    since = back(case.fact.instant, pace.within, case.policy.office_hours)
    for firm in counted(case.world, case.entry.firm, case.terms.open_registrations_count):
        for each in case.world.docket.find(RegistrationEntry, f"firm:{firm}", open_only=False):
            own = pace.per is PaceOf.FIRM or each.registrant == case.entry.registrant
            if own and each.key != case.entry.key and since < each.filed.latest <= case.fact.instant:
                yield each
