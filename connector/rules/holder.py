"""Who holds a lead: the first by the org's own clock, and not again too soon (R3.6, law 10)."""

from collections.abc import Iterator
from enum import Enum, auto

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.rules.case import ClaimCase, finding
from connector.rules.rule import rule


@rule("first_holder", "R3.6")
def first_holder(case: ClaimCase) -> Iterator[Finding]:
    """R3.6: exactly one holder, the first by the org's clock; nobody may claim what another firm holds.

    Our own people may pass a lead on; when it is not known who did it, a person looks.
    """
    mine = case.entry
    for claim in case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}"):
        if claim.key == mine.key or claim.firm == mine.firm:
            continue  # inside the firm a lead may be handed on
        since = instant_text(claim.opened.latest)
        exhibit = Exhibit(record=claim.lead, field="held_since", value=since)
        place = placed(claim, mine)
        if place is Place.TOGETHER:
            yield finding("first_holder", Effect.ASK, Phrase.CLAIM_SAME_SECOND, exhibit)
        elif place is Place.AFTER:
            if case.fact.late:  # the other was judged before we were known: a person decides (law 7)
                yield finding("first_holder", Effect.ASK, Phrase.CLAIM_SAME_SECOND, exhibit, desk=True)
        elif case.fact.actor in (mine.holder, None):
            effect = Effect.REFUSE if case.fact.actor else Effect.ASK
            yield finding("first_holder", effect, Phrase.CLAIM_ALREADY_HELD, exhibit, since=since)
    yield finding(
        "first_holder",
        Effect.PASS,
        Phrase.CLAIM_FIRST,
        Exhibit(record=case.lead.id, field="owner", value=mine.holder),
        at=instant_text(mine.opened.latest),
    )


class Place(Enum):
    """Where another claim on the same lead stands to ours."""

    BEFORE = auto()
    TOGETHER = auto()
    AFTER = auto()


def placed(other: ClaimEntry, mine: ClaimEntry) -> Place:
    """By the org's seconds; inside one, owner changes chain by old and new value (laws 1 and 2).

    What was there at go-live came before. Of two rounds of one second the lead's own steps tell which was first: a
    holder who comes back to a lead in a later round goes on holding it from the earlier one.
    """
    if other.opened.overlaps(mine.opened):
        if other.adopted:
            return Place.BEFORE
        if other.lead == mine.lead and other.step != mine.step:
            return Place.BEFORE if other.step < mine.step else Place.AFTER
        they_first, we_first = mine.taken_from == other.holder, other.taken_from == mine.holder
        if they_first == we_first:
            return Place.TOGETHER
        return Place.BEFORE if they_first else Place.AFTER
    return Place.BEFORE if other.opened < mine.opened else Place.AFTER


@rule("cooldown", "R3.7")
def cooldown(case: ClaimCase) -> Iterator[Finding]:
    """Law 10: release and re-claim do not refill faster than the policy says."""
    wait = case.terms.reclaim_after
    if wait is None:
        return
    gave_up = [
        claim.closed_at
        for claim in case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}", open_only=False)
        if claim.state in (ClaimState.RELEASED, ClaimState.RECYCLED)
        and claim.firm == case.entry.firm
        and claim.closed_at is not None
        and claim.closed_at <= case.fact.instant
    ]
    if gave_up and case.fact.instant < (again := after(max(gave_up), wait, case.policy.office_hours)):
        exhibit = Exhibit(record=case.lead.id, field="released_at", value=instant_text(max(gave_up)))
        until = instant_text(again)
        yield finding("cooldown", Effect.REFUSE, Phrase.CLAIM_COOLDOWN, exhibit, until=until)
