"""The names that a policy's `when:` may use, and how their values enter a condition.

The rules supply the values per act; a name that an act does not have makes the rule defer (law 8).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from connector.canonical.money import Money

_PARTY = {
    "tier": 'the firm\'s tier on the day, such as "Gold"',
    "territory": "list of the firm's territories",
    "firm": "the firm's name",
    "person": "the partner user's name",
    "role": "the partner user's role",
    "country": "the customer's country",
    "industry": "the customer's industry",
    "origin": 'where the lead or filing came from, such as "referral"',
    "track": '"new" or "renewal"',
    "age_days": "whole days since the record was created",
    "quality": "score of the firm's leads, 0 to 100; needs `partner_quality`",
    "on": 'the day of the act in the programme\'s zone, as "2027-01-31"',
    "year": "the business year of that day, by the calendar year in which it ends (`fiscal_year_starts`)",
    "quarter": "the business quarter of that day, 1 to 4",
    "month": "the month of that day, 1 to 12",
    "weekday": 'the day of the week, such as "Friday"',
    "days_left_in_month": "whole days until the last day of the month; 0 on that day",
    "days_left_in_quarter": "whole days until the last day of the business quarter; 0 on that day",
    "days_left_in_year": "whole days until the last day of the business year; 0 on that day",
    "capabilities": "list of what the firm can do, as its Account says",
    "partner.own": "the programme's own fields of the firm: partner.own.NAME, as the mapping's `own:` declares NAME",
    "person.own": "those of the partner user",
}

_BEFORE = {
    "new_customer": "whether the customer is new by the policy's `new_customer`; without one: never bought",
    "purchases": "how many won deals of the customer there are",
    "days_since_purchase": "whole days since the customer last bought; 1000000 when never",
    "incumbent": "whether the firm is the partner of the customer's last won deal",
    "has_incumbent": "whether there is such a partner",
    "direct_activity_days": "whole days since our own people last had contact; 1000000 when never",
    "direct_deal": "whether our own people have an open deal with the customer",
    "account_class": 'the customer\'s class, such as "strategic"; "" where nobody says',
    "deal_stage": "canonical stage of the deal that the filing names; 0 without one",
    "deal_age_days": "whole days since that deal was opened; 0 without one",
    "rivals": "how many filings, leads and direct deals of others there are for this customer at that moment; "
    "0 for a filing that is not complete yet",
    "standing_rivals": "how many approved registrations of other firms there are for this deal at that moment",
    "lapsed_before": "how many registrations of the firm for this deal lapsed before, with the record's own; "
    "0 for a filing that is not complete yet",
    "open_registrations": "how many other registrations the firm has open",
    "filed_in_30_days": "how many other registrations the firm has filed in the 30 days before",
    "filed_in_365_days": "how many other registrations the firm has filed in the 365 days before",
    "filed_in_quarter": "how many other registrations the firm has filed in this business quarter so far",
    "filed_in_year": "how many other registrations the firm has filed in this business year so far",
    "approved_in_quarter": "how many other registrations of the firm were approved in this business quarter",
    "approved_in_year": "how many other registrations of the firm were approved in this business year",
    "open_amount": "what the firm's other open registrations are worth: compare it as eur(open_amount) > 500000",
    "registrations_won": "how many registrations of the firm ended in a won deal",
    "registrations_lapsed": "how many registrations of the firm lapsed",
}
"""What the records say of customer, deal and firm before the filing; looked up only where a condition asks."""

FILING: Mapping[str, str] = {
    **_PARTY,
    **_BEFORE,
    "customer": "the customer's name as filed; see `listed`",
    "website": 'the domain of the customer\'s website, such as "acme.example"',
    "in_territory": "whether the customer's country is in the firm's territory, regions included",
    "city": "the customer's city",
    "postcode": "the customer's post code",
    "region": "the region of the customer's country, by the policy's `regions`",
    "employees": "the customer's headcount; 0 where nobody says",
    "current_vendor": "the customer's current vendor",
    "competitors": "the competitors that the filing names",
    "evidence": "list of the kinds of proof given",
    "confirmed_evidence": "list of the kinds of proof in which the customer agreed",
    "first_contact_days": "whole days since the first contact; 0 where nobody says",
    "close_in_days": "whole days until the expected close; 0 where nobody says",
    "lines": "list of product lines",
    "tender": "whether the customer puts the deal out to tender",
    "tender_in_days": "whole days until the tender; 0 without one",
    "for_another": "whether a distributor files for another firm",
    "distributor": "name of the firm that files for another",
    "distributor_tier": "its tier",
    "certified": "whether the firm's certificate holds on the day",
    "trained": "whether the firm's training holds on the day",
    "amount": "the deal's amount: compare it as eur(amount) >= 20000, or money(amount)",
    "currency": 'the amount\'s currency, such as "EUR"',
    "products": "list of product names",
    "product": 'product.name and product.line: what all products share, else ""',
    "stage": "canonical buying stage, 1 to 10",
    "registration.own": "the programme's own fields of the filing: registration.own.NAME",
    "customer.own": "those of the customer's account",
    "opportunity.own": "those of the deal that the filing names",
}

EXTENSION: Mapping[str, str] = {
    **FILING,
    "extension": "which extension of the window this is: 1, 2 …",
    "asked_by": '"registrant", "colleague", "distributor", "channel_manager", or "nobody" for one that comes by itself',
}

DEAL: Mapping[str, str] = {
    "amount": FILING["amount"],
    "currency": FILING["currency"],
    "stage": "canonical stage, 1 to 10",
    "partner": "whether a partner is on the deal",
    "registered": "whether a partner has registered the deal",
    "country": "the customer's country",
    "industry": "the customer's industry",
    "age_days": "whole days since the deal was opened",
    "on": _PARTY["on"],
    "opportunity.own": "the programme's own fields of the deal: opportunity.own.NAME",
    "customer.own": "those of its customer",
    "partner.own": "those of its partner",
}
LINE: Mapping[str, str] = {
    **FILING,
    "line": "the product line under judgement",
    "line_amount": "what it is worth by `line_amounts`, else its products' equal part: eur(line_amount) < 5000",
}
FIRST: Mapping[str, str] = {
    **{f"first.{name}": said for name, said in FILING.items() if not name.endswith(".own")},
    "first.own": "the programme's own fields of the first filing: first.own.NAME, as for registration.own",
    "first.approved_days": "whole days since it was approved",
    "first.days_left": "whole days until its window ends; 1000000 for one without an end",
}
"""What a condition may ask of the filing that was first, all of it as of now."""

SECOND: Mapping[str, str] = {**FILING, **FIRST}

RIVALS: frozenset[str] = frozenset({"rivals", "standing_rivals", "lapsed_before"})
"""Names that tell who else is, or was, after the deal: what decides who that is cannot ask for them."""

BY_LINE: frozenset[str] = frozenset({"line", "line_amount"})
"""A row of benefits whose condition names one of these is worked out line by line."""

ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("line", "line_amount"), "`partial_approval`, `benefits` and `bonuses`"),
    **dict.fromkeys(("extension", "asked_by"), "`protection.extend`"),
}
"""Where the names stand that only one part of a policy knows."""

CLAIM: Mapping[str, str] = {
    **_PARTY,
    **{name: FILING[name] for name in ("website", "city", "postcode", "region", "employees", "in_territory")},
    "customer": "the customer's name as the lead says it; see `listed`",
    "certified": FILING["certified"],
    "trained": FILING["trained"],
    "age_hours": "whole hours since the lead was created",
    "open_claims": "how many other leads the firm holds",
    "queue": "developer name of the queue the lead came from",
    "lead.own": "the programme's own fields of the lead: lead.own.NAME",
}

MONEY: frozenset[str] = frozenset({"amount", "open_amount", "line_amount"})
"""Names that stand for an amount with its currency: they are compared through a money function."""

FUNCTIONS: Mapping[str, str] = {
    "listed": "listed(customer, lists.named): a text is on a list, whatever its case, accents or legal form",
    "money": 'an amount in the base currency, exact; also money("20000 USD")',
    "eur": "an amount in that currency at the day's rate, exact; so for every currency under `rates`",
    "business_days": "business_days(close_in_days) < 5: how many of so many days from the act on are office days",
    "days_until": "days_until(registration.own.NAME): whole days from the act to a date; below 0 for one that is over",
    "size": "length of a text or list",
    "contains": 'text.contains("part")',
    "startsWith": 'text.startsWith("part")',
    "endsWith": 'text.endsWith("part")',
    "matches": 'text.matches("regular expression")',
    "int": "to a whole number",
    "double": "to a number",
    "string": "to a text",
}


def shared_product(products: Sequence[str], lines: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """What all products of one filing share: their name and their line; "" where they differ."""
    names = set(products)
    found = {next((line for line, members in lines.items() if name in members), "") for name in names}
    return {
        "name": names.pop() if len(names) == 1 else "",
        "line": found.pop() if len(found) == 1 else "",
    }


def as_cel(value: object) -> object:
    """A circumstance as CEL knows it. Money stays exact: its amount is a text until `money()` reads it."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [as_cel(each) for each in value]
    return value
