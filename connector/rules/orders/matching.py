"""Deciding which payment a slip tells of, and what follows for both and for the order (R4.16)."""

from connector.canonical.docket import Entry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.order_docket import PaymentEntry, SlipEntry
from connector.canonical.orders import Slip, SlipState
from connector.canonical.verdict import Effect
from connector.policy.model import Policy
from connector.rules.case import judge
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences, want
from connector.rules.orders import chasing, slips
from connector.rules.verdict import verdict_on
from connector.rules.world import World


def admitted(fact: Fact, world: World) -> tuple[Entry, ...]:
    """A slip as it enters the docket, so that slips of one second see each other."""
    slip = world.record(Slip, fact.record)
    if slip is None or world.docket.get(SlipEntry, fact.record) is not None:
        return ()
    return (SlipEntry(slip=slip.id, order=slip.order, amount=slip.amount),)


def match(fact: Fact, world: World, policy: Policy) -> Decision:
    """A slip was recorded or changed, or a payment arrived that it may tell of."""
    slip, before = world.record(Slip, fact.record), world.docket.get(SlipEntry, fact.record)
    if slip is None or (before is not None and before.state is SlipState.VOIDED):
        return Decision(fact=fact)
    entry = SlipEntry(slip=slip.id, order=slip.order, amount=slip.amount)
    bare = slips.SlipCase(
        fact=fact,
        world=world,
        policy=policy,
        partner=None,
        person=world.person(slip.created_by),
        circumstances={},
        slip=slip,
        entry=entry,
    )
    case = slips.with_candidates(bare)
    findings = judge(case, (slips.matched,))
    payment = slips.payment_of(findings)
    asked = any(found.effect is Effect.ASK for found in findings)
    state = SlipState.MATCHED if payment else SlipState.DISPUTED if asked else SlipState.WAITING
    after = entry.model_copy(update={"payment": payment, "state": state})
    verdict = verdict_on(Kind.SLIP, slip.id, findings, policy)
    said = say(slip.created_by, *sentences(findings, *Effect))
    desired = (
        want(Kind.SLIP, slip.id, "matched", payment),
        want(Kind.SLIP, slip.id, "state", state.value),
        want(Kind.SLIP, slip.id, "message", said),
    )
    entries, more = _told(after, before, world)
    orders = dict.fromkeys([after.order, before.order if before else None])
    again = tuple(chasing.look_again(order, fact.instant) for order in orders if order)
    return Decision(fact=fact, verdict=verdict, entries=(after, *entries, *again), desired=(*desired, *more))


def _told(
    after: SlipEntry, before: SlipEntry | None, world: World
) -> tuple[tuple[Entry, ...], tuple[Desired, ...]]:
    """The payment that the slip tells of now, and the one that it told of before."""
    entries: list[Entry] = []
    desired: list[Desired] = []
    left: RecordId | None = before.payment if before else None
    if left is not None and left != after.payment:
        payment = world.docket.get(PaymentEntry, left)
        entries += [payment.model_copy(update={"slip": None})] if payment else []
    if after.payment is not None:
        payment = world.docket.get(PaymentEntry, after.payment)
        if payment is not None:
            entries.append(
                payment.model_copy(update={"slip": after.slip, "order": payment.order or after.order})
            )
        desired.append(want(Kind.PAYMENT, after.payment, "matched_order", after.order))
    return tuple(entries), tuple(desired)
