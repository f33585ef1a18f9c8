"""Somebody outside the firm works, takes or closes a deal that a partner brought or protected (R0.5, R1.1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.canonical.docket import ConflictEntry, CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.policy.model import Policy
from connector.rules.case import finding
from connector.rules.conflict import pair
from connector.rules.decision import Decision
from connector.rules.notices import conflict_record, say, want
from connector.rules.rule import rule
from connector.rules.world import World

POACH = "poach"

Left = tuple[RecordId, Kind]
"""The lead or registration through which the firm came by the deal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taking:
    """One deal in the hands of somebody else."""

    fact: Fact
    world: World
    policy: Policy
    deal: Opportunity


def taken(deal: Opportunity, firm: RecordId, world: World) -> bool:
    """Whether the deal is in the hands of somebody outside the firm; a co-sold deal still names the firm."""
    owner = world.person(deal.owner)
    return deal.partner != firm and (owner is None or owner.firm != firm)


def registrations(found: Iterable[RegistrationEntry]) -> tuple[Left, ...]:
    return tuple((entry.registration, Kind.REGISTRATION) for entry in found)


def flagged(
    taking: Taking, kind: str, phrase: Phrase, lefts: tuple[Left, ...], frozen: tuple[Left, ...] | None = None
) -> Decision:
    """A conflict for the desk and a flag on both sides. A pair that was opened before is not opened again.

    Args:
        taking: who has taken which deal.
        kind: the kind of conflict.
        phrase: what is said of it.
        lefts: through what the other side came by the deal.
        frozen: of these, those whose credit a poach freezes; by default all.
    """
    fact, deal, docket = taking.fact, taking.deal, taking.world.docket
    evidence = f"{fact.kind} {fact.value}".strip()
    pairs = [pair(kind, left, (deal.id, Kind.OPPORTUNITY), fact.instant, evidence) for left in lefts]
    fresh = {entry.key: entry for entry in pairs if docket.get(ConflictEntry, entry.key) is None}
    if not fresh:
        return Decision(fact=fact)
    findings = tuple(_poached(phrase, lefts) if kind == POACH else _opened(phrase, lefts))
    if not findings:
        return Decision(fact=fact)
    verdict = Verdict(
        subject=Kind.OPPORTUNITY,
        record=deal.id,
        outcome=Outcome.DEFER,
        findings=findings,
        policy=taking.policy.label,
    )
    poached = kind == POACH
    flag = "poached" if poached else "partner" if kind == "partner_partner" else "direct"
    return Decision(
        fact=fact,
        verdict=verdict,
        entries=(*fresh.values(), *(_frozen(taking, lefts if frozen is None else frozen) if poached else ())),
        desired=(
            *(
                want(side, record, "in_conflict", "true")
                for record, side in lefts
                if side is Kind.REGISTRATION
            ),
            want(Kind.OPPORTUNITY, deal.id, "conflict_flag", flag),
            want(Kind.OPPORTUNITY, deal.id, "conflict_message", say(deal.owner, (phrase, {}))),
        ),
        creations=tuple(conflict_record(entry) for entry in fresh.values()),
    )


@rule(POACH, "R0.5", "R1.1")
def _poached(phrase: Phrase, lefts: tuple[Left, ...]) -> Iterator[Finding]:
    """A protected or credited deal is closed or taken over by somebody else."""
    for record, _ in lefts:
        yield finding(POACH, Effect.ASK, phrase, Exhibit(record=record, field="protected"), desk=True)


@rule("deal_opened", "R1.1", "R1.2")
def _opened(phrase: Phrase, lefts: tuple[Left, ...]) -> Iterator[Finding]:
    """Somebody else opens a deal for a customer whose deal a partner has protected."""
    for record, _ in lefts:
        yield finding("deal_opened", Effect.ASK, phrase, Exhibit(record=record, field="protected"), desk=True)


def _frozen(taking: Taking, lefts: tuple[Left, ...]) -> tuple[Entry, ...]:
    """Credit stays with who brought the deal, frozen until a person has looked (R0.5)."""
    if not lefts:
        return ()
    docket, deal = taking.world.docket, taking.deal.id
    found = (docket.get(RegistrationEntry, record) for record, _ in lefts)
    entries = sorted((entry for entry in found if entry), key=lambda entry: entry.complete or entry.filed)
    open_yet = (entry for entry in entries if not entry.goes_on)  # a deal that was won stays earned
    records = {deal, *(entry.opportunity for entry in open_yet if entry.opportunity)}
    known = {record: docket.get(CreditEntry, record) for record in sorted(records)}
    if known[deal] is None and entries:
        first = entries[0]
        known[deal] = CreditEntry(
            record=deal, firm=first.firm, since=first.filed.latest, through=first.registration
        )
    return tuple(credit.model_copy(update={"frozen": True}) for credit in known.values() if credit)
