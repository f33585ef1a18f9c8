"""Who has a warehouse, and how much goes into it (R4.1 to R4.5)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import SameSecond
from connector.policy.warehouse import Counted, May
from connector.rules.case import ClaimCase, finding
from connector.rules.rule import rule
from connector.rules.warehouse import holding


@rule("warehouse_role", "R4.3", "R4.5")
def has_a_warehouse(case: ClaimCase) -> Iterator[Finding]:
    """R4.3: a role without a warehouse holds nothing; a role that may not enter brings nothing new into its own."""
    terms, rights = case.policy.warehouse, holding.rights(case, case.person)
    if terms is None or rights is None:
        return
    exhibit = Exhibit(record=case.entry.holder, field="role", value=rights.role)
    if rights.row is None:
        yield finding("warehouse_role", Effect.ASK, Phrase.ROLE_UNKNOWN, exhibit, role=rights.role or "-")
    elif rights.limit(terms, case.entry.track) is None:
        yield finding("warehouse_role", Effect.REFUSE, Phrase.ROLE_NO_WAREHOUSE, exhibit, role=rights.role)
    elif case.entry.came == holding.ENTERED and not rights.may(May.ENTER):
        yield finding("warehouse_role", Effect.REFUSE, Phrase.ROLE_MAY_NOT_ENTER, exhibit, role=rights.role)
    else:
        yield finding("warehouse_role", Effect.PASS, Phrase.ROLE_HAS_WAREHOUSE, exhibit, role=rights.role)


@rule("warehouse_limit", "R4.1", "R4.2", "R4.4", "R4.5")
def within_limit(case: ClaimCase) -> Iterator[Finding]:
    """R4.1, R4.2: a person's or a firm's warehouse is full at its limit, each track for itself (R4.4)."""
    terms, rights = case.policy.warehouse, holding.rights(case, case.person)
    limit = rights.limit(terms, case.entry.track) if terms and rights else None
    if rights is None or limit is None:
        return
    by_firm = rights.per is Counted.FIRM
    claims = [claim for claim in holding.beside(case, per=rights.per) if not claim.opened > case.entry.opened]
    together = 1 + sum(not claim.sure and claim.opened.overlaps(case.entry.opened) for claim in claims)
    held = len(claims) + 1 - together
    of = case.entry.firm if by_firm else case.entry.holder
    exhibit = Exhibit(record=of, field="claims_held", value=str(held))
    if held >= limit:
        phrase = Phrase.WAREHOUSE_FULL_FIRM if by_firm else Phrase.WAREHOUSE_FULL
        yield finding("warehouse_limit", Effect.REFUSE, phrase, exhibit, held=held, limit=limit)
    elif held + together > limit:
        person = case.terms.same_second is SameSecond.PERSON
        effect = Effect.ASK if person else Effect.REFUSE
        yield finding("warehouse_limit", effect, Phrase.CLAIM_SAME_SECOND, exhibit)
    else:
        yield finding(
            "warehouse_limit",
            Effect.PASS,
            Phrase.WAREHOUSE_ROOM,
            exhibit,
            held=held + together,
            limit=limit,
        )


ROLES = (has_a_warehouse,)
LIMITS = (within_limit,)
