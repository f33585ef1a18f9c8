"""What the records say of a customer before somebody files for it: purchases, the incumbent, our own contact.

Each answer is looked up when it is first asked for, and kept for the case.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from connector.canonical.ids import RecordId, is_queue
from connector.canonical.kind import Kind
from connector.canonical.model import Model
from connector.canonical.money import Money
from connector.canonical.records import Activity, Customer, Lead, Opportunity, Registration
from connector.matching import Outcome
from connector.policy.model import Policy
from connector.policy.outcomes import Incumbency, Per
from connector.rules.group import members
from connector.rules.lines import lines_of, sold
from connector.rules.world import Matches, World

NEVER = 1_000_000
"""Days since something that never was."""


class Purchase(Model):
    """A won deal of the customer, the day it was won, and the partner that won it, if any."""

    deal: Opportunity
    on: date
    firm: RecordId | None
    lines: frozenset[str] = frozenset()  # product lines that were bought; none: nobody says


class Contact(Model):
    """Something our own people did with the customer."""

    record: RecordId
    on: date


class Background:
    """The customer of one filing as of the fact: `firm` is the firm that files."""

    def __init__(self, filing: Registration, firm: RecordId, world: World, policy: Policy) -> None:
        self.filing = filing
        self.firm = firm
        self._world = world
        self._policy = policy

    @property
    def day(self) -> date:
        return self._on(self._world.now)

    @cached_property
    def deal(self) -> Opportunity | None:
        return self._world.opportunity(self.filing.opportunity)

    @cached_property
    def own_customers(self) -> tuple[Customer, ...]:
        """The customer's accounts that the org knows."""
        linked = self._world.customer(self.deal.customer if self.deal else None)
        sure = [self._world.customer(m.record) for m in self._found if _sure(m.comparison.outcome)]
        found = {each.id: each for each in (linked, *sure) if each is not None}
        return tuple(found[ident] for ident in sorted(found))

    @cached_property
    def customers(self) -> tuple[Customer, ...]:
        """The customer's accounts; with `covers: group` those of the whole group."""
        terms = self._policy.registrations
        if terms is None or terms.protection.covers != "group":
            return self.own_customers
        return members(self._world, self.own_customers, terms.protection.group_at_most)[0]

    @cached_property
    def perhaps(self) -> tuple[Customer, ...]:
        """Accounts that may be the customer (law 9: unsure is never different)."""
        known = {each.id for each in self.customers}
        unsure = (self._world.customer(m.record) for m in self._found if not _sure(m.comparison.outcome))
        return tuple(each for each in unsure if each is not None and each.id not in known)

    @property
    def doubtful(self) -> bool:
        return self._found.doubtful

    @cached_property
    def _found(self) -> Matches:
        return self._world.matches(self.filing.customer, (Kind.CUSTOMER,), self._policy.same_customer)

    @cached_property
    def purchases(self) -> tuple[Purchase, ...]:
        """Won deals of the customer, the newest first."""
        return tuple(self._bought(self.customers))

    @cached_property
    def perhaps_purchases(self) -> tuple[Purchase, ...]:
        return tuple(self._bought(self.perhaps))

    def _bought(self, customers: tuple[Customer, ...]) -> Iterator[Purchase]:
        deals = {
            deal.id: deal
            for customer in customers
            for deal in self._world.opportunities_of(customer.id)
            if deal.won and deal.id != self.filing.opportunity
        }
        won = [(self._won_on(deal), deal) for deal in deals.values()]
        for on, deal in sorted(won, key=lambda each: (each[0], each[1].id), reverse=True):
            yield Purchase(deal=deal, on=on, firm=self._seller(deal), lines=self._lines_bought(deal))

    def _lines_bought(self, deal: Opportunity) -> frozenset[str]:
        return frozenset(lines_of(sold(deal, self._world), self._policy.product_lines))

    def judged_apart(self, per: Per) -> tuple[tuple[str, ...], ...]:
        """What is filed now, as it is judged: line by line, or all of it as one."""
        mine = lines_of(self.filing.products, self._policy.product_lines)
        return tuple((line,) for line in mine) if per is Per.PRODUCT_LINE and mine else (mine,)

    def of_the_lines(self, purchase: Purchase, per: Per, lines: tuple[str, ...] | None = None) -> bool | None:
        """Whether a purchase is one of `lines`, else of what is filed; None where nobody says what was bought."""
        mine = lines_of(self.filing.products, self._policy.product_lines) if lines is None else lines
        if per is Per.CUSTOMER or not mine:
            return True
        return bool(purchase.lines & set(mine)) if purchase.lines else None

    def _won_on(self, deal: Opportunity) -> date:
        return deal.close_by or self._on(deal.stage_since or deal.changed_at)

    def _seller(self, deal: Opportunity) -> RecordId | None:
        owner = self._world.person(deal.owner)
        return deal.partner or deal.sourcing_partner or (owner.firm if owner else None)

    def bought_since(
        self, first: date | None, per: Per = Per.CUSTOMER, lines: tuple[str, ...] | None = None
    ) -> Purchase | None:
        """The newest purchase on or after `first`; None for `first`: the newest of all."""
        since = (each for each in self.purchases if first is None or each.on >= first)
        return next((each for each in since if self.of_the_lines(each, per, lines)), None)

    def perhaps_since(
        self, first: date | None, per: Per = Per.CUSTOMER, lines: tuple[str, ...] | None = None
    ) -> tuple[Purchase, ...]:
        """Purchases since then that may be the customer's, or may be of `lines`, else of what is filed now."""
        unsure = [each for each in self.purchases if self.of_the_lines(each, per, lines) is None]
        unsure += [
            each for each in self.perhaps_purchases if self.of_the_lines(each, per, lines) is not False
        ]
        return tuple(each for each in unsure if first is None or each.on >= first)

    def incumbent(self, terms: Incumbency, day: date) -> RecordId | None:
        """R2.18: the partner of the last won deal inside the look-back that was large enough."""
        won = self.incumbent_deal(terms, day)
        return won.firm if won else None

    def incumbent_deal(
        self, terms: Incumbency, day: date, lines: tuple[str, ...] | None = None
    ) -> Purchase | None:
        first = terms.look_back.before(day) if terms.look_back else None
        for each in self.purchases:
            if (first is None or each.on >= first) and self._large(each, terms.minimum_amount):
                fits = self.of_the_lines(each, terms.per, lines)
                if fits is None:
                    raise LookupError(f"nobody says which products the won deal {each.deal.id} sold")
                if fits:
                    return each if each.firm is not None else None
        return None

    def _large(self, purchase: Purchase, minimum: Money | None) -> bool:
        """Raises LookupError where nobody can say: the rule defers."""
        amount = purchase.deal.amount
        if minimum is None:
            return True
        if amount is None:
            raise LookupError(f"the won deal {purchase.deal.id} has no amount")
        there = self._policy.rates.convert(amount, minimum.currency, self.day)
        if there is None:
            raise LookupError(f"no rate from {amount.currency} to {minimum.currency}")
        return there.amount >= minimum.amount

    @cached_property
    def tender_on(self) -> date | None:
        """The day of the tender, as the filing or its deal says it; the earlier where both do."""
        said = [self.filing.tender_on, self.deal.tender_on if self.deal else None]
        return min((each for each in said if each is not None), default=None)

    @cached_property
    def direct_deals(self) -> tuple[Opportunity, ...]:
        """Open deals of the customer that our own people work without a partner."""
        return tuple(
            deal
            for customer in self.customers
            for deal in self._world.opportunities_of(customer.id)
            if deal.id != self.filing.opportunity and not deal.closed and not self._seller(deal)
        )

    @cached_property
    def contact(self) -> Contact | None:
        """The last contact of our own people with the customer, outside the deal that is filed."""
        return max(self._contacts(), key=lambda each: (each.on, each.record), default=None)

    def _contacts(self) -> Iterator[Contact]:
        about = {customer.id for customer in self.customers} | {deal.id for deal in self.direct_deals}
        about |= {lead.id for lead in self._own_leads()}
        for record in sorted(about):
            for activity in self._world.activities(record):
                on = activity.on or self._on(activity.created_at)
                if self._by_us(activity) and on <= self.day:
                    yield Contact(record=activity.id, on=on)

    def _own_leads(self) -> Iterator[Lead]:
        for match in self._world.matches(self.filing.customer, (Kind.LEAD,), self._policy.same_customer):
            lead = self._world.lead(match.record) if _sure(match.comparison.outcome) else None
            owner = self._world.person(lead.owner) if lead else None
            if lead is not None and owner is not None and owner.firm is None and not is_queue(owner.id):
                yield lead

    def _by_us(self, activity: Activity) -> bool:
        person = self._world.person(activity.owner or activity.created_by)
        return person is not None and person.firm is None

    def by_the_firm(self) -> Iterator[Activity]:
        """What people of the filing firm did on the deal, its customer and the registration."""
        about = [self.filing.id, *([self.deal.id] if self.deal else [])]
        about += [self.deal.customer] if self.deal and self.deal.customer else []
        for record in about:
            for activity in self._world.activities(record):
                person = self._world.person(activity.owner or activity.created_by)
                if person is not None and person.firm == self.firm:
                    yield activity

    def _on(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self._policy.office_hours.zone)).date()


def _sure(outcome: Outcome) -> bool:
    return outcome is Outcome.SAME
