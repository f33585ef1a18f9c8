"""What the rules of the stages are given: one deal, or one lead, as of a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.money import Money
from connector.canonical.records import Customer, Lead, Opportunity, Partner, Person, SignOff
from connector.canonical.staged import StageEntry
from connector.canonical.verdict import Effect
from connector.policy.choosing import Then
from connector.policy.model import Policy
from connector.policy.stages import StagePolicy
from connector.rules.case import Case, local_day
from connector.rules.world import World

EFFECT: Mapping[Then, Effect] = {
    Then.FLAG: Effect.NOTE,
    Then.REVIEW: Effect.ASK,
    Then.HOLD: Effect.REFUSE,
    Then.IGNORE: Effect.NOTE,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DealCase(Case):
    """One deal under judgement. `partner` is the firm engaged in it, `person` its owner.

    `before` is the newest stage that stands: 0 for a deal just opened, None where nobody can say.
    """

    deal: Opportunity
    entry: StageEntry | None
    terms: StagePolicy
    customer: Customer | None
    signed: tuple[SignOff, ...]
    before: Decimal | None

    @property
    def stage(self) -> Decimal:
        """The deal's stage; 0 where the org's own has no canonical one."""
        return self.deal.stage or Decimal(0)

    def value(self, path: str) -> object:
        """What the deal says under a dotted name."""
        found: object = self.deal
        for part in path.split("."):
            found = getattr(found, part)
        return found

    def newest(self, what: str) -> SignOff | None:
        """The newest sign-off of a kind."""
        return next((row for row in reversed(self.signed) if row.what == what), None)

    def signed_on(self, row: SignOff) -> date:
        return local_day(row.created_at, self.policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadCase(Case):
    """One lead that somebody decided to pursue, or not. `partner` is the firm that holds it."""

    lead: Lead
    terms: StagePolicy
    decided: SignOff


def deal_case(  # noqa: PLR0917 - what a case is made of
    fact: Fact,
    world: World,
    policy: Policy,
    deal: Opportunity,
    entry: StageEntry | None,
    before: Decimal | None,
) -> DealCase:
    """Everything that the rules look at, read once."""
    customer, partner = world.customer(deal.customer), world.partner(deal.agent)
    about = [deal.id, *([deal.customer] if deal.customer else [])]
    rows = {row.id: row for record in about for row in world.sign_offs(record)}
    signed = tuple(sorted(rows.values(), key=lambda row: (row.created_at, row.id)))
    terms = policy.stages or StagePolicy()
    return DealCase(
        fact=fact,
        world=world,
        policy=policy,
        partner=partner,
        person=world.person(deal.owner),
        circumstances=circumstances_of_deal(deal, customer, partner, local_day(fact.instant, policy)),
        deal=deal,
        entry=entry,
        terms=terms,
        customer=customer,
        signed=signed,
        before=before,
    )


def circumstances_of_deal(
    deal: Opportunity, customer: Customer | None, partner: Partner | None, day: date
) -> Mapping[str, object]:
    """The names that a `when:` may use, for a deal."""
    return {
        **_of_partner(partner),
        **_of_amount(deal.amount),
        "account_class": customer.account_class if customer else "",
        "stage": deal.stage or 0,
        "competitive_pressure": deal.plan.pressure,
        "track": deal.track or "new",
        "country": customer.identity.country if customer else "",
        "industry": customer.identity.industry if customer else "",
        "origin": "",
        "age_days": (day - deal.created_at.date()).days,
        "on": day.isoformat(),
        "opportunity.own": dict(deal.own),
        "lead.own": {},
        "customer.own": dict(customer.own) if customer else {},
    }


def circumstances_of_lead(lead: Lead, partner: Partner | None, day: date) -> Mapping[str, object]:
    """The same names, for a lead."""
    return {
        **_of_partner(partner),
        **_of_amount(lead.value),
        "account_class": lead.account_class,
        "stage": 0,
        "competitive_pressure": False,
        "track": "new",
        "country": lead.identity.country,
        "industry": lead.identity.industry,
        "origin": lead.source,
        "age_days": (day - lead.created_at.date()).days,
        "on": day.isoformat(),
        "opportunity.own": {},
        "lead.own": dict(lead.own),
        "customer.own": {},
    }


def _of_amount(amount: Money | None) -> dict[str, object]:
    """Without an amount there is none to compare: a condition that asks for it cannot be answered."""
    return {"currency": amount.currency if amount else "", **({"amount": amount} if amount else {})}


def _of_partner(partner: Partner | None) -> dict[str, object]:
    return {
        "firm": partner.name if partner else "",
        "tier": partner.tier if partner else "",
        "territory": list(partner.territory) if partner else [],
        "capabilities": list(partner.capabilities) if partner else [],
        "partner.own": dict(partner.own) if partner else {},
    }


def above(person: Person | None, world: World) -> tuple[RecordId, ...]:
    """Everybody in the org's chain of managers above a person; a chain that bites its tail ends there."""
    found: list[RecordId] = []
    while person is not None and person.manager is not None and person.manager not in found:
        found.append(person.manager)
        person = world.person(person.manager)
    return tuple(found)
