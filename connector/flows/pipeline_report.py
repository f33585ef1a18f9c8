"""One view of the pipeline: what each firm has open, protected and in prospect, and how it performs (R1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from connector.canonical.accounts import DealEntry, DealState
from connector.canonical.docket import ClaimEntry, CreditEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.records import Opportunity, Partner
from connector.flows.records import RecordReader
from connector.policy.choosing import ConditionFailed
from connector.policy.model import Policies, Policy
from connector.rules import circumstances, scores
from connector.rules.days import days_of

_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmLine:
    """One firm. Amounts are in the policy's base currency at the day's rates; `unrated` counts deals without a rate."""

    firm: str
    name: str
    tier: str
    registrations: int
    protected: Decimal
    forecast: Decimal
    unrated: int
    claims: int
    claims_remaining: int | None
    won: int
    lost: int
    conversion: Decimal | None  # won of all that closed, 0 to 1
    quality: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TierLine:
    """The firms of one tier together."""

    tier: str
    firms: int
    registrations: int
    protected: Decimal
    forecast: Decimal
    claims: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    currency: str
    at: datetime
    firms: tuple[FirmLine, ...]
    tiers: tuple[TierLine, ...]


def pipeline(records: RecordReader, policies: Policies, now: datetime) -> Pipeline:
    """Every firm that has anything in the channel, by name; nothing is asked of the org."""
    policy = policies.for_registrations(now) or policies.for_claims(now)
    tally = _Tally(records, policies, policy, now)
    firms = tuple(sorted(tally.lines(), key=lambda line: (line.name, line.firm)))
    tiers = sorted({line.tier for line in firms})
    return Pipeline(
        currency=policy.rates.base if policy else "",
        at=now,
        firms=firms,
        tiers=tuple(_tier(name, [line for line in firms if line.tier == name]) for name in tiers),
    )


def _tier(name: str, lines: list[FirmLine]) -> TierLine:
    return TierLine(
        tier=name,
        firms=len(lines),
        registrations=sum(line.registrations for line in lines),
        protected=sum((line.protected for line in lines), Decimal(0)),
        forecast=sum((line.forecast for line in lines), Decimal(0)),
        claims=sum(line.claims for line in lines),
    )


class _Tally:
    """One pass over each table of the docket; a deal's amount and stage are read from the mirror."""

    def __init__(
        self, records: RecordReader, policies: Policies, policy: Policy | None, now: datetime
    ) -> None:
        self._records, self._policies, self._policy, self._now = records, policies, policy, now
        docket = records.view.docket
        self._open: dict[RecordId, list[RegistrationEntry]] = {}
        self._claims: dict[RecordId, int] = {}
        self._closed: dict[RecordId, dict[DealState, int]] = {}
        self._deals: dict[RecordId, set[RecordId]] = {}
        for entry in docket.all(RegistrationEntry):
            if entry.open:
                self._open.setdefault(entry.firm, []).append(entry)
        for claim in docket.all(ClaimEntry):
            if claim.open:
                self._claims[claim.firm] = self._claims.get(claim.firm, 0) + 1
        for line in docket.all(DealEntry):
            if line.firm is not None:
                counts = self._closed.setdefault(line.firm, {})
                counts[line.state] = counts.get(line.state, 0) + 1
        for credit in docket.all(CreditEntry):
            if credit.subject is Kind.OPPORTUNITY and credit.gone_at is None:
                self._deals.setdefault(credit.firm, set()).add(credit.record)

    def lines(self) -> list[FirmLine]:
        firms = {*self._open, *self._claims, *self._closed, *self._deals}
        return [self._line(firm) for firm in sorted(firms)]

    def _line(self, firm: RecordId) -> FirmLine:
        partner = self._records.record(Kind.PARTNER, firm, self._now)
        own = partner if isinstance(partner, Partner) else None
        protected, no_rate = self._protected(firm)
        forecast, unrated = self._forecast(firm)
        closed: Mapping[DealState, int] = self._closed.get(firm, {})
        won, lost = closed.get(DealState.WON, 0), closed.get(DealState.LOST, 0)
        held = self._claims.get(firm, 0)
        cap = self._cap(own)
        line = FirmLine(
            firm=firm,
            name=own.name if own else firm,
            tier=own.tier if own else "",
            registrations=len(self._open.get(firm, ())),
            protected=protected,
            forecast=forecast,
            unrated=no_rate + unrated,
            claims=held,
            claims_remaining=None if cap is None else max(cap - held, 0),
            won=won,
            lost=lost,
            conversion=(Decimal(won) / (won + lost)).quantize(_CENT) if won + lost else None,
            quality=self._quality(firm),
        )
        self._records.forget()
        return line

    def _protected(self, firm: RecordId) -> tuple[Decimal, int]:
        entries = [entry for entry in self._open.get(firm, ()) if entry.protects_at(self._now)]
        amounts = [self._in_base(entry.amount) for entry in entries]
        return sum((each for each in amounts if each is not None), Decimal(0)), amounts.count(None)

    def _forecast(self, firm: RecordId) -> tuple[Decimal, int]:
        """Open deals credited to the firm, each with the share that the policy gives its stage."""
        shares = self._policy.forecast if self._policy else {}
        total, unrated = Decimal(0), 0
        for ident in sorted(self._deals.get(firm, ())):
            deal = self._records.record(Kind.OPPORTUNITY, ident, self._now)
            if not isinstance(deal, Opportunity) or deal.closed or deal.stage is None:
                continue
            amount = self._in_base(deal.amount)
            if amount is None:
                unrated += 1
            else:
                total += amount * shares.get(f"{deal.stage.normalize():f}", Decimal(0))
        return total.quantize(_CENT), unrated

    def _in_base(self, amount: Money | None) -> Decimal | None:
        if amount is None or self._policy is None:
            return None
        rates = self._policy.rates
        there = rates.convert(amount, rates.base, self._now.date())
        return there.amount if there else None

    def _cap(self, partner: Partner | None) -> int | None:
        policy = self._policies.for_claims(self._now)
        if policy is None or policy.claims is None or partner is None:
            return None
        named = circumstances.of_firm(partner, days_of(self._now, policy))
        known = scores.known(self._records.view.docket, policy, partner.id, self._now)
        try:
            return policy.claims.quota.pick({**named, **known})
        except ConditionFailed:  # a quota that depends on the lead: no one number is the firm's
            return None

    def _quality(self, firm: RecordId) -> int | None:
        terms = self._policy.partner_quality if self._policy else None
        if terms is None or self._policy is None:
            return None
        docket = self._records.view.docket
        return scores.score_of(terms, scores.outcomes(docket, self._policy, firm, self._now, terms.window))
