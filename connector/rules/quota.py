"""How many leads a firm may hold, counted by firm so that its users share it (R3.7, law 10)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry, ClaimState, Docket
from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import SameSecond
from connector.rules.case import ClaimCase, finding

RULE = "quota"


def within_quota(case: ClaimCase) -> Iterator[Finding]:
    """R3.7: an open claim beyond the firm's (or the person's) number goes back."""
    firm = list(case.world.docket.find(ClaimEntry, f"firm:{case.entry.firm}"))
    yield from _counted(case, firm, case.terms.quota.pick(case.circumstances))
    own = [claim for claim in firm if claim.holder == case.entry.holder]
    yield from _counted(case, own, case.terms.quota_per_person.pick(case.circumstances))


def _counted(case: ClaimCase, claims: list[ClaimEntry], cap: int | None) -> Iterator[Finding]:
    if cap is None:
        return
    others = [claim for claim in claims if claim.key != case.entry.key]
    before = [claim for claim in others if claim.opened < case.entry.opened and not _together(case, claim)]
    together = 1 + sum(_together(case, claim) for claim in others)
    exhibit = Exhibit(record=case.entry.firm, field="claims_held", value=str(len(before)))
    free = cap - len(before)
    if free <= 0:
        yield finding(RULE, Effect.REFUSE, Phrase.CLAIM_OVER_QUOTA, exhibit, held=len(before), quota=cap)
    elif together > free:
        person = case.terms.same_second is SameSecond.PERSON
        yield finding(RULE, Effect.ASK if person else Effect.REFUSE, Phrase.CLAIM_SAME_SECOND, exhibit)
    else:
        yield finding(
            RULE, Effect.PASS, Phrase.CLAIM_WITHIN_QUOTA, exhibit, held=len(before) + together, quota=cap
        )


def _together(case: ClaimCase, claim: ClaimEntry) -> bool:
    return not claim.adopted and claim.opened.overlaps(case.entry.opened)


def first_holder(case: ClaimCase) -> Iterator[Finding]:
    """R3.6: exactly one holder, the first by the org's clock; nobody may claim what another firm holds."""
    for claim in case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}"):
        if claim.key == case.entry.key or claim.firm == case.entry.firm:
            continue
        exhibit = Exhibit(record=claim.lead, field="held_since", value=instant_text(claim.opened.latest))
        if _together(case, claim):
            yield finding("first_holder", Effect.ASK, Phrase.CLAIM_SAME_SECOND, exhibit)
        elif claim.opened < case.entry.opened and case.fact.actor == case.entry.holder:
            yield finding(
                "first_holder",
                Effect.REFUSE,
                Phrase.CLAIM_ALREADY_HELD,
                exhibit,
                since=instant_text(claim.opened.latest),
            )
    yield finding(
        "first_holder",
        Effect.PASS,
        Phrase.CLAIM_FIRST,
        Exhibit(record=case.lead.id, field="owner", value=case.entry.holder),
        at=instant_text(case.entry.opened.latest),
    )


def cooldown(case: ClaimCase) -> Iterator[Finding]:
    """Law 10: release and re-claim do not refill faster than the policy says."""
    wait = case.terms.reclaim_after
    if wait is None:
        return
    for claim in case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}", open_only=False):
        gave_up = claim.state in (ClaimState.RELEASED, ClaimState.RECYCLED)
        if not gave_up or claim.firm != case.entry.firm or claim.closed_at is None:
            continue
        again = claim.closed_at + wait
        if case.fact.instant < again:
            yield finding(
                "cooldown",
                Effect.REFUSE,
                Phrase.CLAIM_COOLDOWN,
                Exhibit(record=case.lead.id, field="released_at", value=instant_text(claim.closed_at)),
                until=instant_text(again),
            )
            return


def held_by(docket: Docket, firm: RecordId) -> int:
    """Open claims of a firm: what its Account shows as held."""
    return sum(1 for _ in docket.find(ClaimEntry, f"firm:{firm}"))
