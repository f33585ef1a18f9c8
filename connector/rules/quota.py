"""How many leads a firm may hold, counted by firm so that its users share it (R3.7, law 10)."""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.canonical.docket import ClaimEntry, ClaimState, Docket
from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import ClaimPolicy, SameSecond
from connector.policy.outcomes import QuotaOf
from connector.rules.affiliation import counted
from connector.rules.case import ClaimCase, finding
from connector.rules.rule import rule

RULE = "quota"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Account:
    """Whose quota is counted, of which leads, and in which words its result is told."""

    of: RecordId
    field: str
    over: Phrase
    within: Phrase


_WORDS = {
    QuotaOf.HELD: (
        "claims_held",
        (Phrase.CLAIM_OVER_QUOTA, Phrase.CLAIM_WITHIN_QUOTA),
        (Phrase.CLAIM_OVER_OWN_QUOTA, Phrase.CLAIM_WITHIN_OWN_QUOTA),
    ),
    QuotaOf.UNWORKED: (
        "claims_unworked",
        (Phrase.CLAIM_UNWORKED_OVER_QUOTA, Phrase.CLAIM_UNWORKED_WITHIN_QUOTA),
        (Phrase.CLAIM_UNWORKED_OVER_OWN_QUOTA, Phrase.CLAIM_UNWORKED_WITHIN_OWN_QUOTA),
    ),
}
"""What is counted, and what the firm and the person read of it: beyond the quota, and within."""


@rule(RULE, "R3.7")
def within_quota(case: ClaimCase) -> Iterator[Finding]:
    """R3.7: an open claim beyond the firm's (or the person's) number goes back."""
    firm = tuple(holdings(case))
    field, shares, owns = _WORDS[case.terms.quota_of]
    shared = _Account(of=case.entry.firm, field=field, over=shares[0], within=shares[1])
    yield from _counted(case, shared, firm, case.terms.quota.pick(case.circumstances))
    own = tuple(claim for claim in firm if claim.holder == case.entry.holder)
    personal = _Account(of=case.entry.holder, field=field, over=owns[0], within=owns[1])
    yield from _counted(case, personal, own, case.terms.quota_per_person.pick(case.circumstances))


def holdings(case: ClaimCase) -> Iterator[ClaimEntry]:
    """What the firm holds beside this lead, of what takes a place: a lead handed on inside the firm counts once.

    A late claim is counted among what was held at its own time (law 10: opened-by and closed-by).
    """
    late, moment = case.fact.late, case.fact.instant
    for firm in counted(case.world, case.entry.firm, case.terms.quota_counts):
        for claim in case.world.docket.find(ClaimEntry, f"firm:{firm}", open_only=not late):
            if not claim.held_at(moment) or claim.lead == case.entry.lead:
                continue
            unworked = claim.unworked_at(moment) if late else claim.state is not ClaimState.WORKED
            if unworked or case.terms.quota_of is QuotaOf.HELD:
                yield claim


def takes(claim: ClaimEntry, terms: ClaimPolicy) -> bool:
    """Whether an open claim takes a place of the quota."""
    return terms.quota_of is QuotaOf.HELD or claim.state is not ClaimState.WORKED


def _counted(
    case: ClaimCase, account: _Account, claims: tuple[ClaimEntry, ...], cap: int | None
) -> Iterator[Finding]:
    if cap is None:
        return
    before = [claim for claim in claims if _earlier(case, claim)]
    mine = takes(case.entry, case.terms)  # one on hold may be worked before anyone says that it stands
    together = mine + sum(_together(case, claim) for claim in claims)
    exhibit = Exhibit(record=account.of, field=account.field, value=str(len(before)))
    free = cap - len(before)
    if mine and free <= 0:
        yield finding(RULE, Effect.REFUSE, account.over, exhibit, held=len(before), quota=cap)
    elif mine and together > free:
        person = case.terms.same_second is SameSecond.PERSON
        yield finding(RULE, Effect.ASK if person else Effect.REFUSE, Phrase.CLAIM_SAME_SECOND, exhibit)
    else:
        held = len(before) + together
        yield finding(RULE, Effect.PASS, account.within, exhibit, held=held, quota=cap)


def _earlier(case: ClaimCase, claim: ClaimEntry) -> bool:
    """Held before this one was claimed.

    An adopted lead was there at the go-live, though its second is the same; of what a person let stand, we are told.
    """
    if claim.sure and claim.opened.overlaps(case.entry.opened):
        return True
    return claim.opened < case.entry.opened and not _together(case, claim)


def _together(case: ClaimCase, claim: ClaimEntry) -> bool:
    return not claim.sure and claim.opened.overlaps(case.entry.opened)


def held_by(docket: Docket, firm: RecordId) -> int:
    """Open claims of a firm: what its Account shows as held."""
    return sum(1 for _ in docket.find(ClaimEntry, f"firm:{firm}"))


def taken_by(docket: Docket, firm: RecordId, terms: ClaimPolicy) -> int:
    """The places of its quota that a firm has used."""
    return sum(takes(claim, terms) for claim in docket.find(ClaimEntry, f"firm:{firm}"))
