"""A story that says why it cannot end so on some shape of the records: it must not, or its reason is out of date."""

from collections.abc import Sequence

from connector.scenario.differences import Difference
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
