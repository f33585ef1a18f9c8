"""Who, what, when, where and why: how much of a deal's picture is there (R2.19)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.stages import PICTURE
from connector.rules.case import finding
from connector.rules.rule import rule
from connector.rules.stages.case import DealCase


@rule("completeness", "R2.19")
def completeness(case: DealCase) -> Iterator[Finding]:
    """R2.19: each question weighs the same, and each of its answers the same within it; from 0 to 100."""
    asked = case.terms.picture
    if not asked:
        return
    missing: dict[str, None] = {}
    share = 0.0
    for parts in asked.values():
        lacking = [part for part in parts if not case.value(PICTURE[part])]
        missing |= dict.fromkeys(lacking)
        share += 1 - len(lacking) / len(parts) if parts else 1
    points = round(100 * share / len(asked))
    exhibit = Exhibit(record=case.deal.id, field="completeness", value=str(points))
    if missing:
        yield finding(
            "completeness",
            Effect.NOTE,
            Phrase.PICTURE_OPEN,
            exhibit,
            points=points,
            fields=", ".join(missing),
        )
    else:
        yield finding("completeness", Effect.NOTE, Phrase.PICTURE_WHOLE, exhibit, points=points)
