"""What has to be known and confirmed before a lead is entered or transferred in (R4.6)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.records import Identity, Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching.validity import is_address, is_landline, own_marks
from connector.policy.warehouse import EntryTerms, Held
from connector.rules.case import ClaimCase, finding
from connector.rules.identity import identity_of
from connector.rules.rule import rule
from connector.rules.warehouse import holding

_EFFECT = {Held.REJECT: Effect.REFUSE, Held.HOLD: Effect.LACK, Held.NOTE: Effect.NOTE}


def _terms(case: ClaimCase) -> EntryTerms | None:
    """What applies to a lead that comes into the warehouses; a lead that is passed on was entered before."""
    coming = case.entry.came in (holding.ENTERED, holding.TRANSFERRED_IN)
    return case.policy.warehouse.entry if case.policy.warehouse and coming else None


@rule("entry_needs", "R4.6")
def needed(case: ClaimCase) -> Iterator[Finding]:
    """R4.6: licence name, landline, fax, business address: everything that is missing is said at once."""
    terms = _terms(case)
    if terms is None or not terms.needs:
        return
    missing = [path for path in terms.needs if not str(_value(case.lead, path) or "").strip()]
    for path in missing:
        exhibit = Exhibit(record=case.lead.id, field=_item(path))
        yield finding("entry_needs", _EFFECT[terms.missing], Phrase.MISSING, exhibit, item=_item(path))
    if not missing:
        yield finding("entry_needs", Effect.PASS, Phrase.ENTRY_COMPLETE)


@rule("entry_valid", "R4.6")
def valid(case: ClaimCase) -> Iterator[Finding]:
    """R4.6: "正确,有效且真实": numbers of the country's plan, a real address, and none of them the partner's own."""
    terms = _terms(case)
    if terms is None:
        return
    who, effect = case.lead.identity, _EFFECT[terms.not_valid]
    for path in _wrong(who, terms):
        exhibit = Exhibit(record=case.lead.id, field=_item(path), value=str(_value(case.lead, path)))
        yield finding("entry_valid", effect, Phrase.ENTRY_NOT_VALID, exhibit, item=_item(path))
    own = case.partner.identity if case.partner else Identity()
    for mark in own_marks(identity_of(who), identity_of(own)):
        exhibit = Exhibit(record=case.entry.firm, field=f"customer.{mark}", value=getattr(who, mark))
        yield finding("entry_valid", effect, Phrase.ENTRY_PARTNERS_OWN, exhibit, item=f"customer.{mark}")


@rule("entry_confirmed", "R4.6")
def confirmed(case: ClaimCase) -> Iterator[Finding]:
    """R4.6: "必须与客户确认": who confirmed it, and when, and not too long ago."""
    terms = _terms(case)
    if terms is None or not terms.confirmed:
        return
    lead, effect = case.lead, _EFFECT[terms.missing]
    if not lead.confirm or lead.confirmed_by is None or lead.confirmed_at is None:
        exhibit = Exhibit(record=lead.id, field="confirmed_at")
        yield finding("entry_confirmed", effect, Phrase.ENTRY_NOT_CONFIRMED, exhibit)
        return
    since = instant_text(lead.confirmed_at)
    exhibits = (
        Exhibit(record=lead.confirmed_by, field="confirmed"),
        Exhibit(record=lead.id, field="confirmed_at", value=since),
    )
    within, moment = terms.confirmed_within, case.fact.instant
    if within is not None and lead.confirmed_at < moment - within:
        yield finding("entry_confirmed", effect, Phrase.ENTRY_CONFIRMATION_OLD, *exhibits, since=since)
    else:
        yield finding("entry_confirmed", Effect.PASS, Phrase.ENTRY_CONFIRMED, *exhibits, since=since)


def _wrong(who: Identity, terms: EntryTerms) -> Iterator[str]:
    """Items that are filled in and cannot be right; what is missing is said elsewhere."""
    for path, number in (("identity.phone", who.phone), ("identity.fax", who.fax)):
        if path in terms.needs and number.strip() and not is_landline(number, who.country):
            yield path
    if "identity.street" in terms.needs and who.street.strip() and not is_address(identity_of(who)):
        yield "identity.street"


def _value(lead: Lead, path: str) -> object:
    head, _, inner = path.partition(".")
    found = getattr(lead, head)
    return getattr(found, inner) if inner else found


def _item(path: str) -> str:
    """The item's key in the catalogues, where what belongs to the customer's identity is `customer.…`."""
    return path.replace("identity.", "customer.")


RULES = (needed, valid, confirmed)
