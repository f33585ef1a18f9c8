"""Contact data of a filing that cannot be the customer's own (programmes: fake contact data)."""

from collections.abc import Iterator

from connector.canonical.docket import RegistrationEntry
from connector.canonical.phrase import Phrase
from connector.canonical.records import Identity, Registration
from connector.canonical.verdict import Exhibit, Finding
from connector.matching import Outcome, contact_suspicion
from connector.rules.case import FilingCase, finding
from connector.rules.consequence import after
from connector.rules.identity import identity_of
from connector.rules.rule import rule

RULE = "customer_contact"
_SHARED = frozenset({"landline_is_caller", "fax_is_caller"})


@rule(RULE, "R1.2")
def customer_contact(case: FilingCase) -> Iterator[Finding]:
    """One number as landline and fax, the firm's own number, or one that it gave for another customer too."""
    terms = case.terms.customer_contact.pick(case.circumstances)
    if terms is None or not case.filing.customer.phone:
        return
    one, own, again = after(terms.one_number), after(terms.own_number), after(terms.reused)
    mine = Exhibit(record=case.filing.id, field="customer.phone")
    if one is not None and "landline_is_fax" in contact_suspicion(identity_of(case.filing.customer), ""):
        yield finding(RULE, one, Phrase.CONTACT_ONE_NUMBER, mine)
    firm = case.partner.identity if case.partner else None
    if own is not None and firm is not None and any(_same(case, number) for number in (firm.phone, firm.fax)):
        yield finding(RULE, own, Phrase.CONTACT_OF_THE_FIRM, mine)
    other = _elsewhere(case) if again is not None else None
    if again is not None and other is not None:
        shown = Exhibit(record=other.id, field="customer.phone", value=other.customer.phone)
        yield finding(RULE, again, Phrase.CONTACT_REUSED, shown)


def _same(case: FilingCase, number: str) -> bool:
    return bool(number) and bool(_SHARED & set(contact_suspicion(identity_of(case.filing.customer), number)))


def _without_numbers(customer: Identity) -> Identity:
    """Whether two are one customer is asked of the rest: the number is what is in doubt."""
    return customer.model_copy(update={"phone": "", "fax": "", "mobile": ""})


def _elsewhere(case: FilingCase) -> Registration | None:
    """Another open filing of the firm, for a clearly different customer, with the same number."""
    for entry in case.world.docket.find(RegistrationEntry, f"firm:{case.entry.firm}"):
        other = case.world.registration(entry.registration)
        if other is None or other.id == case.filing.id or not _same(case, other.customer.phone):
            continue
        pair = _without_numbers(case.filing.customer), _without_numbers(other.customer)
        if case.world.compared(*pair, case.policy.same_customer).outcome is Outcome.DIFFERENT:
            return other
    return None
