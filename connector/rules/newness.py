"""Whether the customer is new enough: purchases before, and our own contact with it (programmes)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.background import Purchase
from connector.rules.case import FilingCase, finding
from connector.rules.consequence import after
from connector.rules.left_out import left_out
from connector.rules.rule import rule


@rule("new_customer", "R1.14")
def new_customer(case: FilingCase) -> Iterator[Finding]:
    """Net-new, or lapsed for long enough. An account that may be the customer's sends the filing to a person."""
    terms = case.terms.new_customer.pick(case.circumstances)
    effect = after(terms.then) if terms else None
    if terms is None or effect is None:
        return
    first = terms.no_purchase_within.before(case.day) if terms.no_purchase_within else None
    apart = case.background.judged_apart(terms.per)
    known = [(lines, case.background.bought_since(first, terms.per, lines)) for lines in apart]
    bought = max((each for _, each in known if each is not None), key=lambda each: each.on, default=None)
    fresh = tuple(line for lines, each in known if each is None for line in lines)
    if bought is not None and (effect is Effect.NOTE or all(each is not None for _, each in known)):
        yield finding(
            "new_customer", effect, Phrase.NOT_A_NEW_CUSTOMER, _deal(bought), on=bought.on.isoformat()
        )
        return
    if bought is not None:
        old = tuple(line for lines, each in known if each is not None for line in lines)
        yield left_out("new_customer", effect, case, old)
    perhaps = case.background.perhaps_since(first, terms.per, fresh)
    if perhaps:
        yield finding("new_customer", Effect.ASK, Phrase.PERHAPS_NOT_NEW, _deal(perhaps[0]))
    else:
        yield finding("new_customer", Effect.PASS, Phrase.A_NEW_CUSTOMER)


@rule("vendor_contact", "R1.1")
def vendor_contact(case: FilingCase) -> Iterator[Finding]:
    """Our own people were in contact with the customer not long ago."""
    terms = case.terms.vendor_contact.pick(case.circumstances)
    effect = after(terms.then) if terms else None
    contact = case.background.contact if terms else None
    if terms is None or effect is None or contact is None or contact.on < terms.within.before(case.day):
        return
    exhibit = Exhibit(record=contact.record, field="on", value=contact.on.isoformat())
    yield finding("vendor_contact", effect, Phrase.VENDOR_CONTACT, exhibit, on=contact.on.isoformat())


def _deal(purchase: Purchase) -> Exhibit:
    return Exhibit(record=purchase.deal.id, field="won_on", value=purchase.on.isoformat())
