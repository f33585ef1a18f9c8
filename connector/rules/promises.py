"""What an approved registration is promised, from the benefit table as of its filing (R0.4, R0.12, R0.13, R1.5)."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from connector.canonical.accounts import BenefitEntry, BenefitKind, BenefitState
from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.matching import Outcome as MatchOutcome
from connector.policy.model import ConditionFailed, Policy
from connector.rules import caps, contest, line_amounts, partial
from connector.rules.benefits import Priced, Pricing, price
from connector.rules.booking import Booked, Booking
from connector.rules.case import failed, finding, local_day
from connector.rules.days import days_of
from connector.rules.lines import lines_of
from connector.rules.payouts import policy_of
from connector.rules.rule import rule
from connector.rules.scope import scope_of

RULE = "benefits"
PHRASES = {
    BenefitKind.REBATE: Phrase.BENEFIT_REBATE,
    BenefitKind.DISCOUNT: Phrase.BENEFIT_DISCOUNT,
    BenefitKind.MDF: Phrase.BENEFIT_MDF,
    BenefitKind.INCENTIVE: Phrase.BENEFIT_INCENTIVE,
    BenefitKind.PRESALES: Phrase.BENEFIT_PRESALES,
}


def kept(booking: Booking) -> Booked:
    """New promises: a registration came to protect, or was won without ever having been priced (adopted)."""
    booked = Booked()
    for before, after in booking.moved(RegistrationEntry):
        fresh = after.state.protects and not (before is not None and before.state.protects)
        stood = before is not None and (before.state.protects or before.state is RegistrationState.LOST)
        won = after.state is RegistrationState.WON and stood
        known = booking.docket.find(BenefitEntry, f"registration:{after.registration}")
        if (fresh or won) and not any(True for _ in known):
            booked = booked + _promised(booking, after)
    return booked


def _promised(booking: Booking, entry: RegistrationEntry) -> Booked:
    policy = policy_of(booking, entry.policy)
    filing, terms = booking.world.registration(entry.registration), policy.registrations
    if terms is None or filing is None or not (terms.benefits.options or terms.bonuses):
        return Booked()
    worth = line_amounts.amounts(filing, policy, local_day(entry.filed.latest, policy))
    filing, counts = partial.counted(filing, entry, policy, terms)
    left = lines_of(filing.products, policy.product_lines)
    named = _circumstances(booking, policy, filing, entry)
    partner = booking.world.partner(entry.firm)
    try:
        pricing = price(
            terms,
            named,
            filing.amount if counts != 1 else entry.amount or filing.amount,
            preference=partner.benefit_preference if partner else "",
            share=entry.share,
            worth={line: worth[line] for line in left},
            rates=policy.rates,
            on=local_day(entry.filed.latest, policy),
        )
        money = [item.kind for item in pricing.items if item.kind.money]
        now = booking.fact.instant
        firm_caps = {kind: caps.of_firm(policy, kind, named, now) for kind in money}
    except ConditionFailed as doubt:
        return Booked(findings=[failed(RULE, doubt).model_copy(update={"effect": Effect.NOTE})])
    findings = list(promised(entry, pricing.items))
    granted = {shown.field for found in findings for shown in found.exhibits}
    items = [item for item in pricing.items if item.kind in granted]
    holder = _window_of_another(booking, policy, filing, entry)
    withheld = list(rival_discount(items, holder))
    findings += withheld
    made = [
        _entry(booking, policy, entry, item, pricing, named, holder if withheld else None) for item in items
    ]
    periods = caps.periods(policy, now)
    for at, each in enumerate(made):
        paid = {"periods": periods, "firm_caps": firm_caps[each.kind]} if each.kind.money else {}
        made[at] = each.model_copy(update={"counts": counts, **paid})
    return Booked(entries=[*made], findings=findings)


@rule(RULE, "R0.4", "R0.12", "R0.13")
def promised(entry: RegistrationEntry, items: Iterable[Priced]) -> Iterator[Finding]:
    """R0.12: each benefit that the registration earns, with what it was worked out from."""
    for item in items:
        exhibit = Exhibit(
            record=entry.registration, field=item.kind, value=str(item.amount or item.rate or "")
        )
        found = finding(RULE, Effect.PASS, PHRASES[item.kind], exhibit)
        yield found.model_copy(update={"params": params(item.rate, item.base, item.amount)})


@rule("rival_discount", "R1.5")
def rival_discount(items: Iterable[Priced], holder: RecordId | None) -> Iterator[Finding]:
    """R1.5: the protected partner's price advantage is kept from rivals for the same customer."""
    if holder is not None and any(item.kind is BenefitKind.DISCOUNT for item in items):
        exhibit = Exhibit(record=holder, field="protected_until")
        yield finding("rival_discount", Effect.NOTE, Phrase.DISCOUNT_WITHHELD, exhibit, desk=True)


def params(rate: Decimal | None, base: Money | None, amount: Money | None) -> dict[str, str]:
    """What the sentence of one benefit is filled with; a rate in per cent."""
    shown: dict[str, str] = {}
    if rate is not None:
        shown["rate"] = percent(rate)
        shown["base"] = str(base or "-")
    shown["amount"] = str(amount or "-")
    return shown


def percent(rate: Decimal) -> str:
    """`15` for 0.15; what lines of several rates come to, to the hundredth: `8.33`."""
    said = rate if rate == round(rate, 6) else round(rate, 4)
    return f"{(said * 100).normalize():f}"


def _circumstances(
    booking: Booking, policy: Policy, filing: Registration, entry: RegistrationEntry
) -> Mapping[str, object]:
    named = contest.about(filing, entry, booking.world, policy)
    return named.also(days_of(entry.filed.latest, policy))  # whose rates hold


def _entry(  # noqa: PLR0917 - one line of the account from all that it is worked out from
    booking: Booking,
    policy: Policy,
    entry: RegistrationEntry,
    item: Priced,
    pricing: Pricing,
    named: Mapping[str, object],
    holder: RecordId | None,
) -> BenefitEntry:
    withheld = item.kind is BenefitKind.DISCOUNT and holder is not None
    day = local_day(entry.filed.latest, policy)
    product = named.get("product")
    return BenefitEntry(
        registration=entry.registration,
        kind=item.kind,
        firm=entry.firm,
        state=BenefitState.WITHHELD if withheld else BenefitState.RESERVED,
        opportunity=entry.opportunity,
        rate=item.rate,
        by_line=item.by_line,
        base=item.base,
        at_most=item.at_most,
        amount=item.amount,
        counted=item.counted,
        day=day.isoformat(),
        since=booking.fact.when,
        row=pricing.row,
        tier=str(named.get("tier", "")),
        track=str(named.get("track", "")),
        line=product.get("line", "") if isinstance(product, dict) else "",
        policy=policy.label,
        held_back_by=holder if withheld else None,
    )


def _window_of_another(
    booking: Booking, policy: Policy, filing: Registration, entry: RegistrationEntry
) -> RecordId | None:
    """Another firm's registration that protects this deal now; one that stands beside it by policy is no rival."""
    world = booking.world
    matches = world.matches(filing.customer, (Kind.REGISTRATION,), policy.same_customer, besides=filing.id)
    for match in matches:
        other = booking.docket.get(RegistrationEntry, match.record)
        alike = match.comparison.outcome is MatchOutcome.SAME
        if not alike or other is None or other.firm == entry.firm or not other.protects_at(world.now):
            continue
        if not _beside(booking, policy, filing, entry, other):
            return other.registration
    return None


def _beside(
    booking: Booking, policy: Policy, filing: Registration, entry: RegistrationEntry, other: RegistrationEntry
) -> bool:
    """No rival: both stand by the policy's word, or have nothing in common where deals are what is protected."""
    if other.registration in entry.shared_with or entry.registration in other.shared_with:
        return True
    there = booking.world.registration(other.registration)
    terms = policy.registrations
    if terms is None or there is None:
        return False
    return scope_of(terms, policy).apart(filing, other, there, booking.world.now)
