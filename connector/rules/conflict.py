"""What rivals mean for the verdict (R1.1 to R1.3, R4.7 to R4.9). Conflicts are pairwise, never transitive."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import ConflictEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import contact_suspicion
from connector.policy.model import Then
from connector.rules.case import ClaimCase, FilingCase, finding
from connector.rules.identity import identity_of
from connector.rules.rivals import Relation, Rival

FILING_RULE = {
    Relation.PROTECTED_FIRST: ("partner_partner", Effect.REFUSE, Phrase.RIVAL_FIRST),
    Relation.PENDING_FIRST: ("partner_partner", Effect.ASK, Phrase.RIVAL_PENDING),
    Relation.SAME_TIME: ("partner_partner", Effect.ASK, Phrase.RIVAL_SAME_TIME),
    Relation.APPROVED_LATER: ("partner_partner", Effect.ASK, Phrase.RIVAL_LATER_APPROVED),
    Relation.PENDING_LATER: ("partner_partner", Effect.NOTE, Phrase.NO_RIVAL),
    Relation.OWN: ("own_duplicate", Effect.REFUSE, Phrase.OWN_DUPLICATE),
    Relation.OWN_UNCLEAR: ("own_duplicate", Effect.ASK, Phrase.OWN_DUPLICATE),
    Relation.HOLDS_LEAD: ("partner_partner", Effect.ASK, Phrase.RIVAL_CLAIM),
    Relation.UNSURE: ("name_variant", Effect.ASK, Phrase.RIVAL_UNSURE),
}

_THEN = {
    Then.REJECT: Effect.REFUSE,
    Then.REVIEW: Effect.ASK,
    Then.HOLD: Effect.ASK,
    Then.FLAG: Effect.NOTE,
    Then.FLAG_AND_FREEZE_CREDIT: Effect.NOTE,
    Then.IGNORE: Effect.NOTE,
}


KINDS = frozenset({"partner_partner", "partner_direct", "name_variant", "fake_contact"})


def filing_rivals(case: FilingCase) -> Iterator[Finding]:
    """The first complete filing wins; too close to tell, or unsure, a person rules."""
    for rival in case.rivals:
        if rival.relation is Relation.DIRECT:
            then = case.terms.direct_sales.already_working
            if then is not Then.IGNORE:
                yield finding(
                    "partner_direct",
                    _THEN[then],
                    Phrase.DIRECT_WORKING,
                    *_exhibits(rival),
                    since=instant_text(rival.since),
                )
            continue
        if rival.relation is Relation.OWN_LAPSED:
            continue  # the wait after a lapse has its own rule
        rule, effect, phrase = FILING_RULE[rival.relation]
        desk = rival.relation is Relation.PENDING_LATER
        yield finding(rule, effect, phrase, *_exhibits(rival), desk=desk, at=instant_text(rival.since))
    if case.doubtful:
        yield finding("name_variant", Effect.ASK, Phrase.RIVAL_UNSURE)
    elif all(rival.relation in (Relation.PENDING_LATER, Relation.OWN_LAPSED) for rival in case.rivals):
        yield finding("partner_partner", Effect.PASS, Phrase.NO_RIVAL)


def lead_rivals(case: ClaimCase) -> Iterator[Finding]:
    """R4.7, R4.8: another firm already holds this customer, perhaps under a variant of the name."""
    then = case.terms.same_customer_held
    if then is Then.IGNORE:
        return
    for rival in case.rivals:
        variant = _is_variant(case, rival)
        phrase = Phrase.LEAD_NAME_VARIANT if variant else Phrase.LEAD_SAME_CUSTOMER
        rule = "name_variant" if variant else "partner_partner"
        yield finding(rule, _THEN[then], phrase, *_exhibits(rival), since=instant_text(rival.since))


ONE_NUMBER = frozenset({"landline_is_fax", "landline_is_caller", "fax_is_caller"})


def suspicious_contact(case: ClaimCase) -> Iterator[Finding]:
    """R4.9: the caller's number filed as landline and as fax is a suspected fake contact.

    One pair alike proves nothing (people do call from their landline): landline and fax alike is only said.
    """
    then = case.terms.suspicious_contact
    fields = contact_suspicion(identity_of(case.lead.identity), case.lead.caller_id)
    if then is Then.IGNORE or "landline_is_fax" not in fields:
        return
    said = ", ".join(field for field in fields if field in ONE_NUMBER)
    exhibits = [Exhibit(record=case.lead.id, field=field) for field in fields]
    if set(fields) >= ONE_NUMBER:
        yield finding("fake_contact", _THEN[then], Phrase.LEAD_SUSPICIOUS_CONTACT, *exhibits, fields=said)
    else:
        yield finding("contact", Effect.NOTE, Phrase.LEAD_SUSPICIOUS_CONTACT, *exhibits, fields=said)


def opened_by(case: FilingCase | ClaimCase, findings: tuple[Finding, ...]) -> Iterator[ConflictEntry]:
    """The conflicts that these findings open: once per pair and kind; a closed one is not opened again."""
    subject = Kind.REGISTRATION if isinstance(case, FilingCase) else Kind.LEAD
    mine = (case.fact.record, subject)
    by_record = {rival.record: rival for rival in case.rivals}
    for found in findings:
        if found.rule not in KINDS or not found.exhibits or found.effect is Effect.PASS:
            continue
        if found.rule == "fake_contact":
            entry = pair("fake_contact", mine, mine, case.fact.instant, found.params.get("fields", ""))
        else:
            rival = by_record[found.exhibits[0].record]
            theirs, evidence = (rival.record, rival.kind), rival.evidence
            entry = pair(found.rule, mine, theirs, case.fact.instant, evidence)
        if case.world.docket.get(ConflictEntry, entry.key) is None:
            yield entry


def over_documents(case: FilingCase) -> Iterator[ConflictEntry]:
    """R1.9, for the desk: a standing approval rested on a document that is now shown for another customer.

    It is never undone by this (law 7). A filing still open is judged by the same rule when it is next amended.
    """
    mine, docket = (case.filing.id, Kind.REGISTRATION), case.world.docket
    for other, file in {reuse.other.id: reuse.proof.file for reuse in case.reused}.items():
        entry = docket.get(RegistrationEntry, other)
        evidence = f"the same document: {file}"
        opened = pair("reused_evidence", mine, (other, Kind.REGISTRATION), case.fact.instant, evidence)
        if entry and entry.state.protects and docket.get(ConflictEntry, opened.key) is None:
            yield opened


def pair(
    kind: str, one: tuple[RecordId, Kind], other: tuple[RecordId, Kind], opened_at: datetime, evidence: str
) -> ConflictEntry:
    """A conflict between two records, the same whichever of them is named first."""
    (left, left_kind), (right, right_kind) = sorted([one, other])
    return ConflictEntry(
        kind=kind,
        left=left,
        right=right,
        left_kind=left_kind,
        right_kind=right_kind,
        opened_at=opened_at,
        evidence=evidence,
    )


def _is_variant(case: ClaimCase, rival: Rival) -> bool:
    if rival.relation is Relation.UNSURE:
        return True
    other, filing = case.world.lead(rival.record), case.world.registration(rival.record)
    there = other.identity.name if other else filing.customer.name if filing else ""
    return there.casefold().strip() != case.lead.identity.name.casefold().strip()


def _exhibits(rival: Rival) -> tuple[Exhibit, ...]:
    return (
        Exhibit(record=rival.record, field=rival.relation, value=rival.evidence),
        Exhibit(record=rival.record, field="since", value=instant_text(rival.since)),
    )
