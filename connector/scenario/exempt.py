"""A story that says why it cannot end so on some shape of the records: it must not, or its reason is out of date."""

from collections.abc import Iterator, Sequence

from connector.canonical.kind import Kind
from connector.scenario.differences import Difference
from connector.scenario.forms import DEAL
from connector.scenario.story import Exempt, Story


def exempted(story: Story) -> Exempt | None:
    """Why the story, as it is played now, need not end as it says; None where it has to."""
    return next((story.not_on[name] for name in story.profiles if name in story.not_on), None)


def held(story: Story, found: Sequence[Difference]) -> tuple[Difference, ...]:
    """What is wrong with how a story ended: nothing where it differs for a reason that it states.

    A reason that no longer holds is wrong too, so that none outlives its cause.
    """
    exempt = exempted(story)
    if exempt is None:
        return tuple(found)
    if found:
        return ()
    said = f"differences, for {exempt.reason!r}"
    return (
        Difference(place=exempt.place, subject="", word="not_on", wanted=said, found="the end as it says"),
    )


def without_a_row(story: Story) -> Iterator[Difference]:
    """Where a deal is the registration itself, a second registration of one deal has no row to stand on."""
    if DEAL not in {section.object for section in story.mapping.of(Kind.REGISTRATION)}:
        return
    taken = set()
    for item in story.given:
        deal = item.values.get("opportunity") if item.kind is Kind.REGISTRATION else None
        if deal is None:
            continue
        if deal in taken:
            wanted, found = "a deal that bears no other registration", story.name_of(deal)
            yield Difference(
                place=item.place, subject=item.name, word="opportunity", wanted=wanted, found=found
            )
        taken.add(deal)
