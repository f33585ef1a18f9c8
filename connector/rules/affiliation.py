"""Firms of one group: what one gives up, another may not take at once (programmes: quota gaming)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.outcomes import CountsFor
from connector.rules.case import ClaimCase, finding
from connector.rules.group import affiliated
from connector.rules.rule import rule
from connector.rules.world import World


def counted(world: World, firm: RecordId, counts: CountsFor) -> tuple[RecordId, ...]:
    """The firms whose holdings count together."""
    return affiliated(world, firm) if counts is CountsFor.GROUP else (firm,)


@rule("affiliated", "R3.7", "R1.2")
def affiliated_reclaim(case: ClaimCase) -> Iterator[Finding]:
    """A lead that a firm of the group gave up a short while ago comes back to another firm of the group."""
    wait = case.terms.reclaim_after
    if wait is None:
        return
    office, now = case.policy.office_hours, case.fact.instant
    given_up = [claim for claim in _given_up(case) if claim[1] <= now < after(claim[1], wait, office)]
    group = affiliated(case.world, case.entry.firm) if given_up else ()
    for firm, ended in given_up:
        if firm in group:
            until = instant_text(after(ended, wait, office))
            together = case.terms.quota_counts is CountsFor.GROUP
            exhibit = Exhibit(record=firm, field="released_at", value=instant_text(ended))
            effect = Effect.REFUSE if together else Effect.ASK
            yield finding("affiliated", effect, Phrase.CLAIM_COOLDOWN, exhibit, until=until)
            return


def _given_up(case: ClaimCase) -> Iterator[tuple[RecordId, datetime]]:
    """Other firms that gave the lead up, and when."""
    for claim in case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}", open_only=False):
        gave_up = claim.state in (ClaimState.RELEASED, ClaimState.RECYCLED)
        if gave_up and claim.closed_at is not None and claim.firm != case.entry.firm:
            yield claim.firm, claim.closed_at
