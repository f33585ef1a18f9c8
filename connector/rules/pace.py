"""How many leads may be claimed in a period: giving back and taking again does not refill a quota (R3.7, law 10)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.calendar import before as back
from connector.policy.claiming import Pace, PaceOf
from connector.policy.model import SameSecond
from connector.rules.affiliation import counted
from connector.rules.case import ClaimCase, finding
from connector.rules.rule import rule


@rule("claim_pace", "R3.7")
def claim_pace(case: ClaimCase) -> Iterator[Finding]:
    """R3.7 ("gatillo fácil"): at most so many leads claimed within any span of a length, by firm or by person."""
    for pace in case.terms.claim_pace:
        cap = pace.claims.pick(case.circumstances)
        if cap is not None:
            yield from _beyond(case, pace, cap)


def _beyond(case: ClaimCase, pace: Pace, cap: int) -> Iterator[Finding]:
    mine = case.entry
    others = sorted(_claimed(case, pace), key=lambda claim: claim.opened)
    together = [claim for claim in others if claim.opened.overlaps(mine.opened) and not claim.ruled_by]
    before = [claim for claim in others if claim.opened < mine.opened or claim.ruled_by]
    before = [claim for claim in before if claim not in together]
    if len(before) + len(together) < cap:
        return
    firm = pace.per is PaceOf.FIRM
    account = mine.firm if firm else mine.holder
    exhibit = Exhibit(record=account, field="claimed", value=str(len(before)))
    if len(before) < cap:
        person = case.terms.same_second is SameSecond.PERSON
        effect = Effect.ASK if person else Effect.REFUSE
        yield finding("claim_pace", effect, Phrase.CLAIM_SAME_SECOND, exhibit)
        return
    office, now = case.policy.office_hours, case.fact.instant
    until = instant_text(after(before[-cap].opened.latest, pace.within, office)) if cap else ""
    said = Phrase.CLAIM_OVER_PACE if firm else Phrase.CLAIM_OVER_OWN_PACE
    yield finding(
        "claim_pace",
        Effect.REFUSE,
        said,
        exhibit,
        held=len(before),
        quota=cap,
        days=(now - back(now, pace.within, office)).days,
        until=until,
    )


def _claimed(case: ClaimCase, pace: Pace) -> Iterator[ClaimEntry]:
    """Claims of other leads in the span that ends with this one; a refused one never stood."""
    now = case.entry.opened.latest
    since = back(now, pace.within, case.policy.office_hours)
    for firm in counted(case.world, case.entry.firm, case.terms.quota_counts):
        seen: set[str] = set()
        for claim in case.world.docket.find(ClaimEntry, f"firm:{firm}", open_only=False):
            own = pace.per is PaceOf.FIRM or claim.holder == case.entry.holder
            recent = since < claim.opened.latest <= now
            other = claim.lead != case.entry.lead and claim.lead not in seen
            if own and recent and other and claim.state is not ClaimState.REVOKED:
                seen.add(claim.lead)
                yield claim
