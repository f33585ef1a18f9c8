"""Histories of registrations for one customer: filed whole or not, completed, withdrawn, ruled, noticed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Registration
from connector.policy.model import FirstFiling, Protection
from tests.support.builders import START, filing, firm, seller, who
from tests.support.channel import Channel, filings_policy

CITY = who("Stadtwerke Auenried GmbH", city="Augsburg")
NEAR = timedelta(seconds=5)


@dataclass(frozen=True)
class Story:
    """One filing: seconds into the history at which things happen to it; None for never."""

    user: int
    filed: int
    completed: int | None  # seconds after filing; 0: filed whole
    withdrawn: int | None = None
    shown: int | None = None
    ruled: int | None = None
    yes: bool = True


def filings(*, plain: bool) -> st.SearchStrategy[list[Story]]:
    """`plain`: only what the naive oracle knows."""
    seconds = st.integers(0, 30)
    maybe = st.one_of(st.none(), st.integers(1, 40))
    return st.lists(
        st.builds(
            Story,
            user=st.integers(0, 3),
            filed=seconds,
            completed=st.one_of(st.just(0), st.just(0), st.none(), st.integers(1, 20)),
            withdrawn=maybe,
            shown=st.none() if plain else maybe,
            ruled=st.none() if plain else maybe,
            yes=st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )


def policy_terms(near: timedelta = NEAR) -> dict[str, object]:
    window = Protection(
        starts="partner_notified", lasts=timedelta(seconds=25), remind=(timedelta(seconds=10),)
    )
    return {"first_filing": FirstFiling(same_time_within=near), "protection": window}


def told(stories: Sequence[Story], near: timedelta = NEAR) -> tuple[Channel, list[Registration]]:
    """Play the stories; each is one registration record."""
    channel = Channel(filings_policy(**policy_terms(near)))
    firms = [firm(1), firm(2), firm(3)]
    users = [seller(10 + n, firms[n % 3]) for n in range(4)]
    manager = seller(90)
    channel.add(*firms, *users, manager)
    drafts = [filing(1 + n, users[story.user], CITY) for n, story in enumerate(stories)]
    acts: list[tuple[int, int, str, int]] = []
    for n, story in enumerate(stories):
        acts.append((story.filed, 0, "file", n))
        for order, what, moment in (
            (1, "complete", story.filed + story.completed if story.completed else None),
            (2, "withdraw", story.filed + story.withdrawn if story.withdrawn else None),
            (3, "show", story.filed + story.shown if story.shown else None),
            (4, "rule", story.filed + story.ruled if story.ruled else None),
        ):
            if moment is not None:
                acts.append((moment, order, what, n))
    for second, _, what, n in sorted(acts):
        draft, story, now = drafts[n], stories[n], START + timedelta(seconds=second)
        current = channel.records.newest(Kind.REGISTRATION, draft.id)
        withdrawn = isinstance(current, Registration) and current.status is FilingStatus.WITHDRAWN
        match what:
            case "file":
                whole = story.completed == 0
                channel.file(draft if whole else draft.model_copy(update={"evidence": ()}), now)
            case "complete" if not withdrawn:
                channel.prove(draft, now, evidence=draft.evidence)
            case "withdraw":
                channel.withdraw(draft, now)
            case "show" if not withdrawn:
                channel.show(draft, FilingStatus.APPROVED, now)
            case "rule" if not withdrawn:
                channel.rule(draft, "approve" if story.yes else "reject", manager, now)
            case _:
                pass
    return channel, drafts
