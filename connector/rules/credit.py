"""Sourcing credit: who brought a deal, immutable and carried to whatever the record becomes (R0.1, R2.15)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry, ClaimState, ConflictEntry, CreditEntry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.record import Identity
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.credit import SourcingCredit
from connector.rules.booking import Booked, Booking
from connector.rules.case import finding
from connector.rules.conflict import pair
from connector.rules.identity import identity_behind, keys_of
from connector.rules.notices import conflict_record, want
from connector.rules.recreation import CREDIT, known_again
from connector.rules.rule import rule
from connector.rules.showing import window_shown
from connector.rules.world import World

RULE = "sourcing_credit"
_NAMING = ("name", "country", "city", "street", "postcode", "website", "duns")
_SIGHTED = (
    FactKind.ENTERED, FactKind.CLAIMED, FactKind.WORKED, FactKind.RELEASED, FactKind.RESTORED, FactKind.CONVERTED,
)  # fmt: skip


def of_lead(world: World, terms: SourcingCredit, ident: RecordId) -> CreditEntry | None:
    """The credit of a lead: as it stands, else by whoever entered the lead."""
    known = world.docket.get(CreditEntry, ident)
    lead = world.lead(ident)
    if known is not None or lead is None or "entered" not in terms.lead_by:
        return known
    person = world.person(lead.created_by)
    if person is None or person.firm is None:
        return None
    return CreditEntry(
        record=ident, firm=person.firm, since=lead.created_at, through=ident, subject=Kind.LEAD
    )


def kept(booking: Booking) -> Booked:
    """Everything that one decision means for credit."""
    fact, booked = booking.fact, Booked()
    if fact.subject is Kind.LEAD:
        booked = booked + _of_lead(booking)
    if fact.kind is FactKind.MERGED and fact.subject is Kind.LEAD:
        booked = booked + _merged(booking)
    if fact.kind is FactKind.DELETED:
        booked = booked + _gone(booking)
    if fact.kind is FactKind.RESTORED:
        booked = booked + _back(booking)
    booked = booked + _registered(booking) + _linked(booking)
    fresh = {each.record for each in booked.entries if isinstance(each, CreditEntry)}
    if fact.record not in fresh:
        booked = booked + _carried(booking)
    booked = booked + _resolved(booking)
    return _described(booking, booked)


def _of_lead(booking: Booking) -> Booked:
    """The lead's own credit, and that of the opportunity it was converted to without a claim of the firm."""
    fact, world, terms = booking.fact, booking.world, booking.policy.sourcing_credit
    if fact.kind not in _SIGHTED:
        return Booked()
    credit = world.docket.get(CreditEntry, fact.record)
    booked = Booked()
    if credit is None:
        earned = of_lead(world, terms, fact.record) or _handed_over(booking)
        booked.findings += lead_credit(earned)
        credit = earned if booked.findings else None
        if credit is not None:
            booked.entries.append(credit)
            booked.desired.append(want(Kind.LEAD, fact.record, "sourcing_partner", credit.firm))
    lead = world.lead(fact.record)
    deal = lead.converted_opportunity if lead and fact.kind is FactKind.CONVERTED else None
    if credit is not None and deal is not None and world.docket.get(CreditEntry, deal) is None:
        handed = credit.model_copy(
            update={
                "record": deal,
                "subject": Kind.OPPORTUNITY,
                "handed": True,
                "gone_at": None,
                "carried_to": None,
            }
        )
        booked.entries.append(handed)
        booked.desired.append(want(Kind.OPPORTUNITY, deal, "sourcing_partner", credit.firm))
    return booked


@rule(RULE, "R0.1", "R2.15")
def lead_credit(credit: CreditEntry | None) -> Iterator[Finding]:
    """R0.1, R2.15: a partner entered this lead, or worked it before our own people took it: it brought the deal."""
    if credit is not None:
        exhibit = Exhibit(record=credit.record, field="sourcing_partner", value=credit.firm)
        phrase = Phrase.CREDIT_HANDED if credit.handed else Phrase.CREDIT_ENTERED
        yield finding(RULE, Effect.PASS, phrase, exhibit, desk=True)


def _handed_over(booking: Booking) -> CreditEntry | None:
    """R2.15: a lead that a partner held went to one of our own people: the partner's credit goes with it."""
    fact, world = booking.fact, booking.world
    if fact.kind is not FactKind.RELEASED or "handed_over" not in booking.policy.sourcing_credit.lead_by:
        return None
    owner = None if not fact.value or is_queue(fact.value) else world.person(RecordId(fact.value))
    if owner is None or owner.firm is not None:
        return None
    worked = [
        after
        for before, after in booking.moved(ClaimEntry)
        if before is not None and before.state is ClaimState.WORKED and not after.open
    ]
    claim = min(worked, key=lambda each: (each.opened, each.key), default=None)
    if claim is None:
        return None
    since = claim.opened.latest
    return CreditEntry(
        record=claim.lead, firm=claim.firm, since=since, through=claim.lead, subject=Kind.LEAD, handed=True
    )


def _merged(booking: Booking) -> Booked:
    """A merge carries the credit to the survivor; a survivor that has another firm's waits for a person."""
    fact, docket = booking.fact, booking.docket
    mine = docket.get(CreditEntry, fact.record)
    if mine is None or mine.carried_to is not None or not fact.value:
        return Booked()
    master = RecordId(fact.value)
    theirs = docket.get(CreditEntry, master)
    findings = list(merged_credit(mine, theirs, master))
    if not findings:
        return Booked()
    gone = mine.model_copy(update={"gone_at": fact.instant, "carried_to": master})
    if theirs is None:
        moved = mine.model_copy(update={"record": master})
        shown = want(Kind.LEAD, master, "sourcing_partner", mine.firm)
        return Booked(entries=[gone, moved], desired=[shown], findings=findings)
    if theirs.firm == mine.firm:
        return Booked(entries=[gone], findings=findings)
    met = pair(
        CREDIT, (fact.record, Kind.LEAD), (master, Kind.LEAD), fact.instant, f"{fact.kind} {fact.value}"
    )
    return Booked(
        entries=[gone, theirs.model_copy(update={"frozen": True}), met],
        creations=[conflict_record(met)],
        findings=findings,
    )


@rule("merged_credit", "R0.1")
def merged_credit(mine: CreditEntry, theirs: CreditEntry | None, master: RecordId) -> Iterator[Finding]:
    """R0.1: a merge carries the credit; where two firms brought the records, it is frozen until a person rules."""
    exhibits = (
        Exhibit(record=mine.record, field="sourcing_partner", value=mine.firm),
        Exhibit(record=master, field="sourcing_partner", value=theirs.firm if theirs else ""),
    )
    two = theirs is not None and theirs.firm != mine.firm
    effect, phrase = (Effect.ASK, Phrase.CREDIT_OF_TWO) if two else (Effect.PASS, Phrase.CREDIT_MERGED)
    yield finding("merged_credit", effect, phrase, *exhibits, desk=True)


def _gone(booking: Booking) -> Booked:
    credit = booking.docket.get(CreditEntry, booking.fact.record)
    if credit is None or credit.gone_at is not None:
        return Booked()
    return Booked(entries=[credit.model_copy(update={"gone_at": booking.fact.instant})])


def _back(booking: Booking) -> Booked:
    """The record is there again, and bears its credit, unless a record made anew has taken that over meanwhile."""
    credit = booking.docket.get(CreditEntry, booking.fact.record)
    if credit is None or not credit.lost:
        return Booked()
    return Booked(entries=[credit.model_copy(update={"gone_at": None})])


def _registered(booking: Booking) -> Booked:
    """An approved registration bears the credit of its deal, else its own firm's."""
    booked = Booked()
    for _, entry in booking.moved(RegistrationEntry):
        if not entry.state.protects or booking.docket.get(CreditEntry, entry.registration) is not None:
            continue
        known = booking.docket.get(CreditEntry, entry.opportunity) if entry.opportunity else None
        credit = CreditEntry(
            record=entry.registration,
            subject=Kind.REGISTRATION,
            firm=known.firm if known else entry.firm,
            since=known.since if known else entry.filed.latest,
            through=known.through if known else entry.registration,
        )
        booked.entries.append(credit)
        booked.desired.append(want(Kind.REGISTRATION, entry.registration, "sourcing_partner", credit.firm))
    return booked


def _linked(booking: Booking) -> Booked:
    """A ruled filing was linked to its opportunity afterwards: credit and window reach the deal."""
    fact, docket = booking.fact, booking.docket
    entry = docket.get(RegistrationEntry, fact.record) if fact.kind is FactKind.LINKED else None
    deal = RecordId(fact.value) if fact.value else None
    if entry is None or deal is None or entry.opportunity == deal:
        return Booked()
    linked = entry.model_copy(update={"opportunity": deal})
    booked = Booked(entries=[linked], desired=window_shown(linked) if linked.state.protects else [])
    if docket.get(CreditEntry, deal) is None:
        own = docket.get(CreditEntry, entry.registration)
        firm = own.firm if own else entry.firm
        booked.entries.append(
            CreditEntry(record=deal, firm=firm, since=entry.filed.latest, through=entry.registration)
        )
        booked.desired.append(want(Kind.OPPORTUNITY, deal, "sourcing_partner", firm))
    return booked


def _carried(booking: Booking) -> Booked:
    """A record created anew takes over the credit of the deleted one, where it is surely the same customer."""
    fact, docket = booking.fact, booking.docket
    stated = docket.get(CreditEntry, fact.record)
    again = known_again(booking) if stated is None else None
    booked = Booked()
    if again is not None:
        booked.findings += carried_credit(again.lost, fact.record, sure=again.sure)
    if again is None or not booked.findings:
        return Booked()
    if again.sure:
        fresh = again.lost.model_copy(
            update={"record": fact.record, "subject": fact.subject, "gone_at": None, "carried_to": None}
        )
        booked.entries += [again.lost.model_copy(update={"carried_to": fact.record}), fresh]
        booked.desired.append(want(fact.subject, fact.record, "sourcing_partner", fresh.firm))
        return booked
    left = (again.lost.record, again.lost.subject)
    doubt = pair(CREDIT, left, (fact.record, fact.subject), fact.instant, again.evidence)
    if docket.get(ConflictEntry, doubt.key) is None:
        booked.entries.append(doubt)
        booked.creations.append(conflict_record(doubt))
    return booked


@rule("carried_credit", "R0.1")
def carried_credit(lost: CreditEntry, record: RecordId, *, sure: bool) -> Iterator[Finding]:
    """R0.1: the record was deleted and created anew; the credit is carried, or a person is asked."""
    exhibits = (
        Exhibit(record=lost.record, field="sourcing_partner", value=lost.firm),
        Exhibit(record=record),
    )
    effect, phrase = (Effect.PASS, Phrase.CREDIT_CARRIED) if sure else (Effect.ASK, Phrase.CREDIT_UNSURE)
    yield finding("carried_credit", effect, phrase, *exhibits, desk=True)


def _resolved(booking: Booking) -> Booked:
    """A person settled what froze or held back a credit: it is free again, or carried after all."""
    booked = Booked()
    for before, after in booking.moved(ConflictEntry):
        if after.open or before is None or not before.open:
            continue
        records = {after.left, after.right}
        for ident in (after.left, after.right):
            entry = booking.docket.get(RegistrationEntry, ident)
            records |= {entry.opportunity} if entry and entry.opportunity else set()
        for record in sorted(records):
            credit = booking.docket.get(CreditEntry, record)
            if credit is not None and credit.frozen and not _still_open(booking, record):
                booked.entries.append(credit.model_copy(update={"frozen": False}))
    return booked


def _still_open(booking: Booking, record: RecordId) -> bool:
    pairs = booking.docket.find(ConflictEntry, f"record:{record}")
    return any(each.kind in (CREDIT, "poach") for each in pairs)


def _described(booking: Booking, booked: Booked) -> Booked:
    """Every credit knows its customer by what names the firm, so that it can be carried later."""
    own = [credit for _, credit in booking.moved(CreditEntry)]
    known = {each.key for each in booked.entries if isinstance(each, CreditEntry)}
    booked.entries += [credit for credit in own if credit.key not in known]
    booked.entries = [
        _with_customer(booking.world, each) if isinstance(each, CreditEntry) else each
        for each in booked.entries
    ]
    booked.entries = [each for each in booked.entries if each not in own]
    return booked


def _with_customer(world: World, credit: CreditEntry) -> CreditEntry:
    if credit.keys:
        return credit
    who = identity_behind(world, credit.subject, credit.record) or _of_any(world, credit.through)
    if who is None:
        return credit
    named = Identity(**{name: getattr(who, name) for name in _NAMING})
    return credit.model_copy(update={"customer": named, "keys": keys_of(named)})


def _of_any(world: World, record: RecordId) -> Identity | None:
    return identity_behind(world, Kind.LEAD, record) or identity_behind(world, Kind.REGISTRATION, record)
