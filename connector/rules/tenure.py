"""A claim after it was judged: released, worked, converted, recycled, carried through a merge (R3.8, R3.10)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ClaimState, CreditEntry, Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.policy.model import Policy
from connector.policy.outcomes import QuotaOf
from connector.rules import duty, poach, readiness, terms
from connector.rules.case import finding
from connector.rules.credit import of_lead
from connector.rules.decision import Decision
from connector.rules.notices import say, want
from connector.rules.rule import rule
from connector.rules.warehouse.places import home
from connector.rules.world import World


def released(fact: Fact, world: World, policy: Policy) -> Decision:
    """The holder gave the lead back, or our own people took it (which is no giving up: no cooldown follows)."""
    entries: list[Entry] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        own = fact.actor in (None, claim.holder) or _same_firm(fact.actor, claim, world)
        state = ClaimState.RELEASED if own else ClaimState.TRANSFERRED
        entries += [closed(claim, state, fact.instant), *duty.done(world, fact.record)]
    if not entries:
        return Decision(fact=fact)
    desired = (
        want(Kind.LEAD, fact.record, "verdict", "released"),
        want(Kind.LEAD, fact.record, "message", say(None, (Phrase.CLAIM_RELEASED, {}))),
        want(Kind.LEAD, fact.record, "work_by", None),
    )
    return Decision(fact=fact, entries=tuple(entries), desired=desired)


def worked(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.8: a worked lead stays with its holder."""
    entries: list[Entry] = []
    desired: list[Desired] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}", open_only=not fact.late):
        if fact.actor is not None and fact.actor != claim.holder and not _same_firm(fact.actor, claim, world):
            continue
        if claim.state is ClaimState.RECYCLED and _too_late(fact, claim):
            return _worked_after_all(fact, claim, policy)
        if claim.state is ClaimState.ACTIVE:
            entries += [_as_worked(claim, fact, policy), *duty.done(world, fact.record)]
            if not claim.hold:  # what waits for a person goes on saying so, worked or not
                desired = list(stand(claim, "worked", Phrase.CLAIM_WORKED))
    return Decision(fact=fact, entries=tuple(entries), desired=tuple(desired))


def _as_worked(claim: ClaimEntry, fact: Fact, policy: Policy) -> ClaimEntry:
    """A claim that comes late asks which leads were worked at its own time."""
    of_unworked = policy.claims is not None and policy.claims.quota_of is QuotaOf.UNWORKED
    since = {"worked_at": fact.instant} if of_unworked else {}
    return claim.model_copy(update={"state": ClaimState.WORKED, **since})


def _too_late(fact: Fact, claim: ClaimEntry) -> bool:
    return claim.closed_at is not None and claim.opened <= fact.when and fact.instant <= claim.closed_at


@rule("worked_late", "R3.8")
def _worked_late(fact: Fact) -> Iterator[Finding]:
    exhibit = Exhibit(record=fact.record, field="worked_at", value=instant_text(fact.instant))
    yield finding("worked_late", Effect.ASK, Phrase.CLAIM_WORKED, exhibit, desk=True)


def _worked_after_all(fact: Fact, claim: ClaimEntry, policy: Policy) -> Decision:
    """The work was in time but became known after the lead had gone back: a person decides (law 7)."""
    verdict = Verdict(
        subject=Kind.LEAD,
        record=fact.record,
        outcome=Outcome.DEFER,
        findings=tuple(_worked_late(fact)),
        policy=policy.label,
        supersedes=claim.key,
        cause="late",
    )
    return Decision(fact=fact, verdict=verdict)


def converted(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.10, R0.1: the claim ends well, and who brought the deal is credited for good.

    R1.1: when the deal comes out under somebody else, that is a poach, and the credit is frozen.
    """
    lead = world.lead(fact.record)
    ident = lead.converted_opportunity if lead else None
    deal = world.opportunity(ident)
    entries: list[Entry] = []
    desired: list[Desired] = []
    taken: list[Decision] = []
    verdicts: list[Verdict] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        entries += [closed(claim, ClaimState.CONVERTED, fact.instant), *duty.done(world, fact.record)]
        desired += stand(claim, "converted", Phrase.CLAIM_CONVERTED)
        if ident is None or world.docket.get(CreditEntry, ident) is not None:
            continue
        credit = CreditEntry(record=ident, firm=claim.firm, since=claim.opened.latest, through=claim.lead)
        brought = of_lead(world, policy.sourcing_credit, claim.lead)
        if brought is not None:  # another firm may have brought the lead that this one worked (R0.1)
            credit = brought.model_copy(
                update={
                    "record": ident,
                    "subject": Kind.OPPORTUNITY,
                    "handed": False,
                    "gone_at": None,
                    "carried_to": None,
                }
            )
        entries.append(credit)
        desired.append(want(Kind.OPPORTUNITY, ident, "sourcing_partner", credit.firm))
        if deal is not None and poach.taken(deal, claim.firm, world):
            lefts = ((claim.lead, Kind.LEAD),)
            scene = poach.Taking(fact=fact, world=world, policy=policy, deal=deal)
            taken.append(poach.flagged(scene, poach.POACH, Phrase.POACHED, lefts))
            entries.append(credit.model_copy(update={"frozen": True}))
        if lead is not None:
            asked = terms.of_holding(claim, world, policy, lead)
            looked_at, shown = readiness.looked_at(fact, asked, lead, claim, ident)
            verdicts += [looked_at] if looked_at else []
            desired += shown
    return Decision(
        fact=fact,
        verdict=next((each.verdict for each in taken), None) or next(iter(verdicts), None),
        entries=(*entries, *(entry for each in taken for entry in each.entries)),
        desired=(*desired, *(want_ for each in taken for want_ in each.desired)),
        creations=tuple(made for each in taken for made in each.creations),
    )


def work_overdue(fact: Fact, world: World, policy: Policy) -> Decision:
    """R3.8: not worked in time, so the lead returns to its pool (a tick). Claims that wait for a person go too."""
    idle = duty.idle(fact.record, world)
    if not idle:
        return Decision(fact=fact, entries=tuple(duty.done(world, fact.record)))
    claim = idle[0]
    held = terms.of_holding(claim, world, policy).claims
    elsewhere = world.pool_named(held.returns_to) if held and held.returns_to else None
    back = (elsewhere.id if elsewhere else None) or home(claim, world, policy) or default_pool(world, policy)
    desired = (
        *stand(claim, "recycled", Phrase.CLAIM_RECYCLED, since=instant_text(claim.opened.latest)),
        want(Kind.LEAD, claim.lead, "work_by", None),
        *move(claim.lead, back, claim.holder),
    )
    ended = (closed(each, ClaimState.RECYCLED, fact.instant) for each in idle)
    return Decision(fact=fact, entries=(*ended, *duty.done(world, fact.record)), desired=desired)


def carried(fact: Fact, world: World) -> tuple[Entry, ...]:
    """A merge admits the claims of the record merged away under the survivor (law 10: lineage).

    So records merged in one second see each other. Who took both in one second holds the survivor once, and has
    worked it where either was worked.
    """
    if not fact.value:
        return ()
    admitted = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        moved = claim.model_copy(update={"lead": RecordId(fact.value), "step": 1})
        there = world.docket.get(ClaimEntry, moved.key)
        if there is None or not there.open:
            admitted.append(moved)
        elif claim.state is ClaimState.WORKED:
            admitted.append(there.model_copy(update={"state": claim.state, "worked_at": claim.worked_at}))
    return tuple(admitted)


def merged(fact: Fact, world: World, policy: Policy) -> Decision:
    """Of the claims that meet on the survivor, the one of its owner goes on, else the first; the others end."""
    master = RecordId(fact.value)
    entries: list[Entry] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        entries += [closed(claim, ClaimState.TRANSFERRED, fact.instant), *duty.done(world, fact.record)]
    if not entries:
        return Decision(fact=fact)
    met = list(world.docket.find(ClaimEntry, f"lead:{master}"))
    staying = _staying(met, world.lead(master))
    for claim in met:
        stays = claim in staying
        entries.append(claim if stays else closed(claim, ClaimState.TRANSFERRED, fact.instant))
        held = terms.of_holding(claim, world, policy).claims
        if stays and claim.work_by and claim.state is ClaimState.ACTIVE and held is not None:
            entries += duty.deadlines(held, master, claim.work_by, fact.instant, policy.office_hours)
    return Decision(fact=fact, entries=tuple(entries))


def _staying(met: list[ClaimEntry], master: Lead | None) -> list[ClaimEntry]:
    owners = [claim for claim in met if master is not None and claim.holder == master.owner]
    among = owners or met
    first = min((claim.opened for claim in among), default=None)
    return [claim for claim in among if claim.opened == first]


def deleted(fact: Fact, world: World, policy: Policy) -> Decision:
    """A deleted lead is no longer held. Nobody gave it up: the entry keeps what it was, for the lead may come back."""
    entries: list[Entry] = []
    for claim in world.docket.find(ClaimEntry, f"lead:{fact.record}"):
        kept = claim.model_copy(update={"gone_from": claim.state, "gone_at": fact.instant, "back_at": None})
        entries += [closed(kept, ClaimState.TRANSFERRED, fact.instant), *duty.done(world, fact.record)]
    return Decision(fact=fact, entries=tuple(entries))


def closed(claim: ClaimEntry, state: ClaimState, moment: datetime) -> ClaimEntry:
    return claim.model_copy(update={"state": state, "closed_at": moment})


def move(lead: RecordId, back: RecordId | None, holder: RecordId) -> tuple[Desired, ...]:
    """The lead goes to another owner, by compare-and-set: only while `holder` still has it (law 12)."""
    if back is None:
        return ()
    return (want(Kind.LEAD, lead, "owner", back, contested=True, expected=holder),)


def stand(claim: ClaimEntry, word: str, phrase: Phrase, **params: str) -> tuple[Desired, ...]:
    return (
        want(Kind.LEAD, claim.lead, "verdict", word),
        want(Kind.LEAD, claim.lead, "message", say(claim.holder, (phrase, params))),
    )


def default_pool(world: World, policy: Policy) -> RecordId | None:
    pool = world.pool_named(policy.claims.return_to) if policy.claims and policy.claims.return_to else None
    return pool.id if pool else None


def _same_firm(actor: RecordId | None, claim: ClaimEntry, world: World) -> bool:
    person = world.person(actor)
    return person is not None and person.firm == claim.firm
