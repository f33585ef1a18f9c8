"""What rivals mean for the verdict (R1.1 to R1.3, R4.7 to R4.9). Conflicts are pairwise, never transitive."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import ConflictEntry, ConflictState, Docket, RegistrationEntry
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
from connector.rules.rule import rule
from connector.rules.seconds import settled_elsewhere

_AMONG_PARTNERS = {
    Relation.PROTECTED_FIRST: (Effect.REFUSE, Phrase.RIVAL_FIRST),
    Relation.PENDING_FIRST: (Effect.ASK, Phrase.RIVAL_PENDING),
    Relation.SAME_TIME: (Effect.ASK, Phrase.RIVAL_SAME_TIME),
    Relation.APPROVED_LATER: (Effect.ASK, Phrase.RIVAL_LATER_APPROVED),
    Relation.PENDING_LATER: (Effect.NOTE, Phrase.NO_RIVAL),
    Relation.HOLDS_LEAD: (Effect.ASK, Phrase.RIVAL_CLAIM),
}
_OWN = {Relation.OWN: Effect.REFUSE, Relation.OWN_UNCLEAR: Effect.ASK}
_NOT_IN_THE_WAY = (Relation.PENDING_LATER, Relation.OWN_LAPSED, Relation.OWN_ENDED)

_THEN = {
    Then.REJECT: Effect.REFUSE,
    Then.REVIEW: Effect.ASK,
    Then.HOLD: Effect.ASK,
    Then.FLAG: Effect.NOTE,
    Then.FLAG_AND_FREEZE_CREDIT: Effect.NOTE,
    Then.IGNORE: Effect.NOTE,
}


_KIND = {
    "partner_partner": "partner_partner",
    "partner_direct": "partner_direct",
    "name_variant": "name_variant",
    "fake_contact": "fake_contact",
    "second_filing": "partner_partner",
    "outranked": "outranked",
    "dormant_first": "dormant",
    "subsidiary": "subsidiary",
    "incumbent": "renewal",
    "affiliated": "quota_gaming",
    "customer_contact": "fake_contact",
    "claimed_meanwhile": "partner_partner",
}
"""The kind of conflict that the findings of a rule open."""


def kind_of_rule(name: str) -> str | None:
    """The kind of conflict that a rule opens; None for a rule that opens none."""
    return _KIND.get(name)


KINDS = frozenset({*_KIND.values(), "reused_evidence"})


@rule("partner_direct", "R1.1")
def partner_direct(case: FilingCase) -> Iterator[Finding]:
    """R1.1: direct sales works this customer already."""
    then = case.terms.direct_sales.already_working
    for rival in case.rivals:
        if rival.relation is Relation.DIRECT and then is not Then.IGNORE:
            since = instant_text(rival.since)
            yield finding(
                "partner_direct", _THEN[then], Phrase.DIRECT_WORKING, *_exhibits(rival), since=since
            )


@rule("own_duplicate", "R1.2")
def own_duplicate(case: FilingCase) -> Iterator[Finding]:
    """The firm's own earlier filing for this customer. The wait after a lapse has its own rule."""
    for rival in case.rivals:
        if rival.relation in _OWN:
            effect, since = _OWN[rival.relation], instant_text(rival.since)
            yield finding("own_duplicate", effect, Phrase.OWN_DUPLICATE, *_exhibits(rival), at=since)


@rule("partner_partner", "R1.2", "R1.3", "R4.7")
def partner_partner(case: FilingCase | ClaimCase) -> Iterator[Finding]:
    """Another firm is after this customer: the first complete filing wins, and too close to tell a person rules."""
    if isinstance(case, ClaimCase):
        yield from _held(case, "partner_partner", Phrase.LEAD_SAME_CUSTOMER, variant=False)
        return
    for rival in case.rivals:
        if rival.relative and rival.relation in (Relation.PROTECTED_FIRST, Relation.PENDING_FIRST):
            continue  # another company of the group: the rule for subsidiaries
        if rival.relation in _AMONG_PARTNERS and not settled_elsewhere(case, rival):
            effect, phrase = _AMONG_PARTNERS[rival.relation]
            desk, since = rival.relation is Relation.PENDING_LATER, instant_text(rival.since)
            yield finding("partner_partner", effect, phrase, *_exhibits(rival), desk=desk, at=since)
    alone = all(rival.relation in _NOT_IN_THE_WAY for rival in case.rivals)
    if alone and not case.doubtful:
        yield finding("partner_partner", Effect.PASS, Phrase.NO_RIVAL)


@rule("name_variant", "R1.2", "R4.8")
def name_variant(case: FilingCase | ClaimCase) -> Iterator[Finding]:
    """Somebody is after what may be the same customer, under a variant of the name."""
    if isinstance(case, ClaimCase):
        yield from _held(case, "name_variant", Phrase.LEAD_NAME_VARIANT, variant=True)
        return
    for rival in case.rivals:
        if rival.relation is Relation.UNSURE:
            since = instant_text(rival.since)
            yield finding("name_variant", Effect.ASK, Phrase.RIVAL_UNSURE, *_exhibits(rival), at=since)
    if case.doubtful:
        yield finding("name_variant", Effect.ASK, Phrase.RIVAL_UNSURE)


def _held(case: ClaimCase, name: str, phrase: Phrase, *, variant: bool) -> Iterator[Finding]:
    """R4.7, R4.8: another firm already holds this customer, under this name or a variant of it."""
    then = case.terms.same_customer_held
    for rival in case.rivals if then is not Then.IGNORE else ():
        if _is_variant(case, rival) is variant:
            yield finding(name, _THEN[then], phrase, *_exhibits(rival), since=instant_text(rival.since))


ONE_NUMBER = frozenset({"landline_is_fax", "landline_is_caller", "fax_is_caller"})


@rule("fake_contact", "R4.9")
def fake_contact(case: ClaimCase) -> Iterator[Finding]:
    """R4.9: the caller's number filed as landline and as fax is a suspected fake contact."""
    then, fields = case.terms.suspicious_contact, _alike(case)
    if then is not Then.IGNORE and set(fields) >= ONE_NUMBER:
        yield _suspicious(case, "fake_contact", _THEN[then], fields)


@rule("contact", "R4.9")
def shared_contact(case: ClaimCase) -> Iterator[Finding]:
    """One pair alike proves nothing (people do call from their landline): landline and fax alike is only said."""
    then, fields = case.terms.suspicious_contact, _alike(case)
    if then is not Then.IGNORE and "landline_is_fax" in fields and not set(fields) >= ONE_NUMBER:
        yield _suspicious(case, "contact", Effect.NOTE, fields)


def suspects(case: ClaimCase) -> bool:
    """Whether the desk still looks at this lead's numbers: nobody has said that they are the customer's."""
    lead = (case.lead.id, Kind.LEAD)
    known = case.world.docket.get(ConflictEntry, pair("fake_contact", lead, lead, case.fact.instant, "").key)
    return known is not None and known.open


def _alike(case: ClaimCase) -> tuple[str, ...]:
    return tuple(contact_suspicion(identity_of(case.lead.identity), case.lead.caller_id))


def _suspicious(case: ClaimCase, name: str, effect: Effect, fields: tuple[str, ...]) -> Finding:
    said = ", ".join(field for field in fields if field in ONE_NUMBER)
    exhibits = [Exhibit(record=case.lead.id, field=field) for field in fields]
    return finding(name, effect, Phrase.LEAD_SUSPICIOUS_CONTACT, *exhibits, fields=said)


def opened_by(case: FilingCase | ClaimCase, findings: tuple[Finding, ...]) -> Iterator[ConflictEntry]:
    """The conflicts that these findings open: once per pair and kind; a closed one is not opened again."""
    subject = Kind.REGISTRATION if isinstance(case, FilingCase) else Kind.LEAD
    mine = (case.fact.record, subject)
    by_record = {rival.record: rival for rival in case.rivals}
    for found in findings:
        if found.rule not in _KIND or not found.exhibits or found.effect is Effect.PASS:
            continue
        kind, record = _KIND[found.rule], found.exhibits[0].record
        rival = by_record.get(record)
        if found.rule == "fake_contact":
            entry = pair(kind, mine, mine, case.fact.instant, found.params.get("fields", ""))
        elif rival is not None:
            entry = pair(kind, mine, (rival.record, rival.kind), case.fact.instant, rival.evidence)
        elif found.effect is not Effect.NOTE or found.rule == "affiliated":
            said = f"{found.exhibits[0].field} {found.exhibits[0].value}"
            entry = pair(kind, mine, (record, kind_of(record, case.world.docket)), case.fact.instant, said)
        else:
            continue
        opened = anew(case.world.docket, entry)
        if opened is not None:
            yield opened


def anew(docket: Docket, entry: ConflictEntry) -> ConflictEntry | None:
    """The conflict as it is opened, or opened again because its evidence changed; None: it is known as it is."""
    known = docket.get(ConflictEntry, entry.key)
    if known is None:
        return entry
    if known.open or known.state is ConflictState.MERGED or known.evidence == entry.evidence:
        return None
    return known.model_copy(
        update={
            "state": ConflictState.REOPENED,
            "evidence": entry.evidence,
            "reopened": known.reopened + 1,
        }
    )


_PREFIXES = {"00Q": Kind.LEAD, "006": Kind.OPPORTUNITY, "001": Kind.CUSTOMER}


def kind_of(record: RecordId, docket: Docket) -> Kind:
    """What a record is: a registration where the docket knows one, on whichever object; else by its id's prefix."""
    if docket.get(RegistrationEntry, record) is not None:
        return Kind.REGISTRATION
    return _PREFIXES.get(record[:3], Kind.REGISTRATION)


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
