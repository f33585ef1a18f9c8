"""A partner in a deal: when one may enter, which, and who else was there before (R2.14, R2.18)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from connector.canonical.docket import ConflictEntry, CreditEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import Requirement, Then
from connector.rules.case import finding, local_day
from connector.rules.conflict import kind_of, pair
from connector.rules.rule import rule
from connector.rules.stages.case import EFFECT, DealCase

PARTNERS, RENEWAL = "partner_partner", "renewal"
_HARD = {Requirement.REQUIRED: Effect.ASK, Requirement.REVIEW: Effect.ASK, Requirement.NOTE: Effect.NOTE}


@rule("partner_entry", "R2.14")
def partner_entry(case: DealCase) -> Iterator[Finding]:
    """R2.14: a partner enters neither before nor after certain stages; the incumbent of a renewal always may."""
    terms, partner = case.terms.partners, case.partner
    if partner is None or terms.then is Then.IGNORE or partner.id == _incumbent(case)[0]:
        return
    came = entered_at(case)
    exhibit = Exhibit(record=partner.id, field="stage", value=str(came))
    if terms.from_stage is not None and came < terms.from_stage:
        yield finding(
            "partner_entry",
            EFFECT[terms.then],
            Phrase.PARTNER_TOO_EARLY,
            exhibit,
            stage=came,
            latest=terms.from_stage,
        )
    elif terms.until_stage is not None and came > terms.until_stage:
        yield finding(
            "partner_entry",
            EFFECT[terms.then],
            Phrase.PARTNER_TOO_LATE,
            exhibit,
            stage=came,
            latest=terms.until_stage,
        )


@rule("partner_fit", "R2.14")
def partner_fit(case: DealCase) -> Iterator[Finding]:
    """R2.14: fit by what the firm can do, in sales and in technology, as well as by territory."""
    partner = case.partner
    if partner is None:
        return
    found = [*_able(case), *_placed(case)]
    yield from found
    if not found:
        exhibit = Exhibit(record=partner.id, field="capabilities", value="; ".join(partner.capabilities))
        yield finding("partner_fit", Effect.PASS, Phrase.PARTNER_FITS, exhibit)


def _able(case: DealCase) -> Iterator[Finding]:
    terms, partner = case.terms.partners, case.partner
    needed = terms.capabilities.pick(case.circumstances) or ()
    if partner is None or terms.lacking is Then.IGNORE:
        return
    had = {each.casefold() for each in partner.capabilities}
    lacking = [each for each in needed if each.casefold() not in had]
    if lacking:
        exhibit = Exhibit(record=partner.id, field="capabilities", value="; ".join(partner.capabilities))
        fields = ", ".join(f"capability.{each.casefold()}" for each in lacking)
        yield finding("partner_fit", EFFECT[terms.lacking], Phrase.PARTNER_LACKS, exhibit, fields=fields)


def _placed(case: DealCase) -> Iterator[Finding]:
    terms, partner = case.terms.partners, case.partner
    if partner is None or terms.territory is Requirement.IGNORED:
        return
    country = case.customer.identity.country if case.customer else ""
    exhibit = Exhibit(record=partner.id, field="territory", value="; ".join(partner.territory))
    if not country or not partner.territory:
        yield finding("partner_fit", Effect.ASK, Phrase.UNKNOWN_TERRITORY, exhibit)
    elif country.casefold() not in {place.casefold() for place in partner.territory}:
        effect = _HARD[terms.territory]
        yield finding("partner_fit", effect, Phrase.WRONG_TERRITORY, exhibit, country=country)


@rule("partner_conflict", "R2.14")
def partner_conflict(case: DealCase) -> Iterator[Finding]:
    """R2.14: another partner was engaged before, brought the deal, or has it protected: the desk governs."""
    then, partner = case.terms.partners.another_partner, case.partner
    if partner is None or then is Then.IGNORE:
        return
    for firm, record in _others(case, partner.id).items():
        exhibit = Exhibit(record=record, field="partner", value=firm)
        if not _settled(case, PARTNERS, record):
            yield finding("partner_conflict", EFFECT[then], Phrase.PARTNER_CONFLICT, exhibit)


@rule("incumbency", "R2.18")
def incumbency(case: DealCase) -> Iterator[Finding]:
    """R2.18: a renewal favours the partner of the customer's last won deal, inside the look-back."""
    firm, won = _incumbent(case)
    if firm is None or won is None:
        return
    exhibit = Exhibit(record=won.id, field="incumbent", value=firm)
    since = closed_on(won, case).isoformat()
    if case.partner is None:
        yield finding("incumbency", Effect.NOTE, Phrase.INCUMBENT_SUGGESTED, exhibit, since=since)
    elif case.partner.id == firm:
        yield finding("incumbency", Effect.PASS, Phrase.INCUMBENT_KEPT, exhibit)
    elif case.terms.renewals.another_partner is not Then.IGNORE and not _settled(case, RENEWAL, won.id):
        effect = EFFECT[case.terms.renewals.another_partner]
        yield finding("incumbency", effect, Phrase.INCUMBENT_PASSED_OVER, exhibit, since=since)


def _incumbent(case: DealCase) -> tuple[RecordId | None, Opportunity | None]:
    """The partner of the customer's last won deal before this one, and that deal."""
    back, customer = case.terms.renewals.look_back, case.deal.customer
    if back is None or customer is None or case.deal.track != "renewal":
        return None, None
    earlier = [
        deal
        for deal in case.world.opportunities_of(customer)
        if deal.won and deal.id != case.deal.id and back.before(case.day) <= closed_on(deal, case) <= case.day
    ]
    if not earlier:
        return None, None
    last = max(earlier, key=lambda deal: (closed_on(deal, case), deal.id))
    return last.agent or last.partner or last.sourcing_partner, last


def closed_on(deal: Opportunity, case: DealCase) -> date:
    """The day of a won deal. Its close date: deals from before our package bear no stamp, or that of a migration."""
    return deal.close_by or local_day(deal.stage_since or deal.changed_at, case.policy)


def entered_at(case: DealCase) -> Decimal:
    """The stage at which the partner came in."""
    known = case.entry
    if known is not None and known.agent == case.deal.agent and known.agent_at is not None:
        return known.agent_at
    return case.stage


def _others(case: DealCase, firm: RecordId) -> dict[RecordId, RecordId]:
    """Other firms with a stake in the deal, each with the record that says so."""
    docket, deal, entry = case.world.docket, case.deal, case.entry
    found: dict[RecordId, RecordId] = {each: each for each in (entry.agents if entry else ()) if each != firm}
    credit = docket.get(CreditEntry, deal.id)
    if credit is not None and credit.firm != firm:
        found[credit.firm] = credit.through if credit.through != deal.id else credit.firm
    elif deal.sourcing_partner is not None and deal.sourcing_partner != firm:
        found[deal.sourcing_partner] = deal.sourcing_partner
    for filed in docket.find(RegistrationEntry, f"opportunity:{deal.id}"):
        if filed.firm != firm and filed.protects_at(case.world.now):
            found[filed.firm] = filed.registration
    return found


def _settled(case: DealCase, kind: str, record: RecordId) -> bool:
    known = case.world.docket.get(ConflictEntry, conflict_of(case, kind, record).key)
    return known is not None and not known.open


def conflict_of(case: DealCase, kind: str, record: RecordId) -> ConflictEntry:
    """The pair that the desk looks at: this deal, and the record through which the other has a stake."""
    known = Kind.PARTNER if record.startswith("001") else kind_of(record, case.world.docket)
    other = (record, known)
    evidence = "another partner has a stake in the deal" if kind == PARTNERS else "the renewal of a won deal"
    return pair(kind, (case.deal.id, Kind.OPPORTUNITY), other, case.fact.instant, evidence)


def conflicts(case: DealCase, findings: tuple[Finding, ...]) -> Iterator[ConflictEntry]:
    """The conflicts that these findings open, each once."""
    kinds = {Phrase.PARTNER_CONFLICT: PARTNERS, Phrase.INCUMBENT_PASSED_OVER: RENEWAL}
    for found in findings:
        kind = kinds.get(Phrase(found.message))
        if kind is not None:
            entry = conflict_of(case, kind, found.exhibits[0].record)
            if case.world.docket.get(ConflictEntry, entry.key) is None:
                yield entry
