"""Facts of opportunities: opened, passed to another owner, moved, closed (R1.1, R3.11)."""

from collections.abc import Iterator

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity
from connector.canonical.time import When, instant_text
from connector.facts.accounts import of_closed_deal
from connector.facts.change import Seen
from connector.facts.staged import changed


def of_opportunity(seen: Seen[Opportunity]) -> Iterator[Fact]:
    """What happened to a deal between two versions."""
    before, after = seen.before, seen.after
    if after is None:
        return
    if before is None:
        yield _fact(seen, after, FactKind.OPENED, seen.created, str(after.stage or ""))
    elif (before.owner, before.partner) != (after.owner, after.partner):
        when = seen.when(after.owner_since)
        yield _fact(seen, after, FactKind.REASSIGNED, when, after.owner or "", before.owner or "")
    if before is not None and before.stage != after.stage and not after.closed:
        yield _fact(
            seen,
            after,
            FactKind.STAGE_MOVED,
            seen.when(after.stage_since),
            str(after.stage),
            str(before.stage),
        )
    elif before is not None and (supplied := changed(before, after)):
        yield _fact(seen, after, FactKind.SUPPLIED, seen.sometime, supplied)
    yield from _help(seen, before, after)
    if after.closed and not (before.closed if before else False):
        yield _fact(
            seen, after, FactKind.CLOSED, seen.when(after.stage_since), "won" if after.won else "lost"
        )
    yield from of_closed_deal(seen)


def _help(seen: Seen[Opportunity], before: Opportunity | None, after: Opportunity) -> Iterator[Fact]:
    """R3.3: a request for help, or the answer to it, was written on the deal, or the request was taken back."""
    if after.help_wanted and after.help_wanted != (before.help_wanted if before else ""):
        when = seen.when(after.help_wanted_since)
        yield _fact(seen, after, FactKind.HELP_ASKED, when, after.help_wanted)
    elif before is not None and before.help_wanted and not after.help_wanted:
        yield _fact(
            seen, after, FactKind.HELP_WITHDRAWN, seen.when(after.help_wanted_since), "", before.help_wanted
        )
    if after.help_answer and after.help_answer != (before.help_answer if before else ""):
        when = seen.when(after.help_answer_since)
        yield _fact(seen, after, FactKind.HELP_ANSWERED, when, after.help_answer)


def _fact(  # noqa: PLR0917
    seen: Seen[Opportunity], after: Opportunity, kind: FactKind, when: When, value: str, prior: str = ""
) -> Fact:
    return Fact(
        kind=kind,
        subject=Kind.OPPORTUNITY,
        record=after.id,
        when=when,
        value=value,
        prior=prior,
        actor=seen.actor,
        detail={"version": instant_text(after.stamp)},
    )
