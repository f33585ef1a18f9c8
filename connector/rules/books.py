"""The books in their order: who is credited, what counts, what is promised, what moves, what the budget holds."""

from collections.abc import Callable, Sequence

from connector.policy.model import Policies, Policy
from connector.rules import budget, credit, deal_ledger, payout_showing, payouts, promises, quality
from connector.rules.booking import Before, Book, Booking
from connector.rules.booking import kept as booked
from connector.rules.decision import Decision
from connector.rules.docket import OverlayDocket
from connector.rules.orders import freed
from connector.rules.world import World

BOOKS: Sequence[Book] = (
    credit.kept,
    freed.kept,
    deal_ledger.kept,
    promises.kept,
    payouts.kept,
    budget.checked,
    budget.counted,
    payout_showing.kept,
    quality.kept,
    quality.shown,
)


def kept(  # noqa: PLR0917
    decisions: Sequence[Decision],
    before: Before,
    docket: OverlayDocket,
    world_of: Callable[[Decision], World],
    policies: Policies,
    policy_of: Callable[[Decision, World], Policy | None],
) -> list[Decision]:
    """The decisions of one second with what they mean for the books, which are put on the docket."""

    def frame(decision: Decision) -> Booking | None:
        world = world_of(decision)
        policy = policy_of(decision, world)
        if policy is None:
            return None
        return Booking(
            decision=decision,
            world=world,
            docket=docket,
            before=before,
            policy=policy,
            policies=policies,
            group=decisions,
        )

    return booked(decisions, BOOKS, frame, before)
