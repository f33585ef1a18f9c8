"""What an approval promises in rebate, for a back-test's comparison of two policies (R0.12, R0.15)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Partner, Person, Registration
from connector.flows.records import RecordReader
from connector.policy.choosing import ConditionFailed
from connector.policy.model import Policy
from connector.rules.case import local_day
from connector.rules.circumstances import of_filing

Pricing = Callable[[RecordReader, RecordId, datetime, Policy, str], Decimal | None]
"""(records, registration, moment, policy, currency) → the rebate; None where no amount or no rate is known."""


def promised(
    records: RecordReader, ident: RecordId, moment: datetime, policy: Policy, currency: str
) -> Decimal | None:
    """The rebate of the row of `benefits` that fits the filing, at the rates of that day."""
    filing, terms = records.record(Kind.REGISTRATION, ident, moment), policy.registrations
    if not isinstance(filing, Registration) or terms is None:
        return None
    person = records.record(Kind.PERSON, filing.filed_by, moment)
    firm = filing.partner or (person.firm if isinstance(person, Person) else None)
    partner = records.record(Kind.PARTNER, firm, moment)
    circumstances = of_filing(
        filing,
        partner if isinstance(partner, Partner) else None,
        person if isinstance(person, Person) else None,
        policy.product_lines,
        moment,
    )
    try:
        benefit = terms.benefits.pick(circumstances)
    except ConditionFailed:
        return None
    if benefit is None or not benefit.rebate:
        return Decimal(0)
    there = (
        policy.rates.convert(filing.amount, currency, local_day(moment, policy)) if filing.amount else None
    )
    return None if there is None else (there.amount * benefit.rebate).quantize(Decimal("0.01"))
