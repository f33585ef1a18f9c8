"""Selling what lies in a warehouse: who may, and whose the credit is (R4.2, R4.8)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry, Docket, Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import Policy
from connector.policy.warehouse import Cause, May
from connector.rules.case import finding, local_day
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from connector.rules.notices import say, sentences, want
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on
from connector.rules.warehouse.roles import rights_of
from connector.rules.warehouse.undoing import account
from connector.rules.warehouse.zones import zone_of
from connector.rules.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One holding that was converted."""

    fact: Fact
    world: World
    policy: Policy
    lead: Lead
    claim: ClaimEntry


@rule("sell_right", "R4.2", "R4.3", "R4.5")
def may_sell(case: Sale) -> Iterator[Finding]:
    """R4.2: 渠道商 holds and transfers but does not sell: whoever converts the lead needs the right to."""
    terms = case.policy.warehouse
    if terms is None:
        return
    seller = case.world.person(case.fact.actor or case.claim.holder)
    day = local_day(case.fact.instant, case.policy)
    rights = rights_of(seller, terms, day, zone_of(case.lead, terms))
    if rights.may(May.SELL):
        return
    exhibit = Exhibit(record=seller.id if seller else case.claim.holder, field="role", value=rights.role)
    phrase = Phrase.ROLE_MAY_NOT_SELL if rights.row else Phrase.ROLE_UNKNOWN
    yield finding("sell_right", Effect.ASK, phrase, exhibit, role=rights.role or "-")


def credited(decision: Decision) -> Decision:
    """What one of our own people brought is credited to them; an account to show as the source there is none."""
    desired = [
        each.model_copy(update={"value": account(RecordId(each.value))})
        if each.slot == "sourcing_partner" and isinstance(each.value, str)
        else each
        for each in decision.desired
    ]
    return decision.model_copy(update={"desired": tuple(desired)})


class After:
    """The world with some entries on the docket that the decision in the making puts there."""

    def __init__(self, world: World, entries: Sequence[Entry]) -> None:
        overlay = OverlayDocket(world.docket)
        overlay.put(entries)
        self.docket: Docket = overlay
        self.now: datetime = world.now
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


@rule("refused_sale", "R4.8", "R4.14")
def refused_sale(case: Sale) -> Iterator[Finding]:
    """R4.8: what was refused because somebody else holds the customer was sold all the same: the credit is theirs."""
    if case.claim.state is not ClaimState.REVOKED or case.claim.lost_to is None:
        return
    holder = _holder(case)
    if holder is None:
        return
    since, came = instant_text(holder.opened.latest), instant_text(case.claim.opened.latest)
    winner, loser = case.world.partner(holder.firm), case.world.partner(case.claim.firm)
    exhibits = (
        Exhibit(record=holder.lead, field="held_since", value=since),
        Exhibit(record=case.lead.id, field="entered_at", value=came),
    )
    yield finding("refused_sale", Effect.REFUSE, Phrase.RULED_ILLEGAL_ENTRY, *exhibits)
    yield finding(
        "refused_sale",
        Effect.NOTE,
        Phrase.CREDIT_MOVED,
        *exhibits,
        desk=True,
        winner=winner.name if winner else holder.firm,
        loser=loser.name if loser else case.claim.firm,
        since=since,
        at=came,
    )


def of_refused(fact: Fact, world: World, policy: Policy, lead: Lead) -> Decision | None:
    """The decision on a sale of what was refused; None where nothing of the kind happened."""
    held = list(world.docket.find(ClaimEntry, f"lead:{lead.id}", open_only=False))
    deal = lead.converted_opportunity
    if not held or deal is None or any(claim.open for claim in held):
        return None
    last = max(held, key=lambda claim: claim.opened)
    case = Sale(fact=fact, world=world, policy=policy, lead=lead, claim=last)
    holder, findings = _holder(case), tuple(refused_sale(case))
    if not findings or holder is None:
        return None
    verdict = verdict_on(
        Kind.LEAD, lead.id, findings, policy, supersedes=last.key, cause=Cause.ILLEGAL_ENTRY.value
    )
    since = {"since": instant_text(holder.opened.latest)}
    lost = sentences(findings, Effect.REFUSE)
    kept = ((Phrase.RULING_STAYS_YOURS, since), (Phrase.RULING_CREDIT_YOURS, since))
    credit = CreditEntry(
        record=deal,
        firm=holder.firm,
        since=holder.opened.latest,
        through=holder.lead,
        moved_by=fact.record,
        moved_for=Cause.ILLEGAL_ENTRY.value,
    )
    marked = last.model_copy(update={"because": fact.record})
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(credit, marked),
        desired=(
            want(Kind.LEAD, lead.id, "verdict", "voided"),
            want(Kind.LEAD, lead.id, "message", say(last.holder, *lost)),
            want(Kind.LEAD, holder.lead, "message", say(holder.holder, *kept)),
            want(Kind.OPPORTUNITY, deal, "sourcing_partner", account(holder.firm)),
            want(Kind.OPPORTUNITY, deal, "conflict_message", say(last.holder, *lost)),
        ),
    )


def _holder(case: Sale) -> ClaimEntry | None:
    """The holding to which the refused one lost: the first on that lead which stood when it came."""
    if case.claim.lost_to is None:
        return None
    found = case.world.docket.find(ClaimEntry, f"lead:{case.claim.lost_to}", open_only=False)
    stood = [claim for claim in found if claim.state is not ClaimState.REVOKED]
    return min(stood, key=lambda claim: claim.opened, default=None)
