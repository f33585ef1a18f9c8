"""What an approval grants: the share of the benefit, the product lines, and who else stands beside it."""

from collections.abc import Iterator
from decimal import Decimal

from connector.canonical.docket import Entry, RegistrationEntry
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.verdict import Finding
from connector.policy.outcomes import Second
from connector.rules import partial
from connector.rules.case import FilingCase
from connector.rules.circumstances import lines_of
from connector.rules.left_out import JOIN, refused_lines
from connector.rules.notices import say, want
from connector.rules.seconds import SHARING, STANDING_BESIDE


def granted(case: FilingCase, entry: RegistrationEntry, findings: tuple[Finding, ...]) -> RegistrationEntry:
    """The approved entry with what the findings leave of it."""
    refused = refused_lines(findings)
    beside = tuple(f.exhibits[0].record for f in _beside(findings))
    stated = case.terms.share.pick(case.circumstances)
    said = [Decimal(f.params["share"].removesuffix("%")) / 100 for f in findings if "share" in f.params]
    return entry.model_copy(
        update={
            "share": min([*said, *([stated] if stated is not None else [])], default=Decimal(1)),
            "shared_with": beside,
            "refused_lines": refused,
            "line_windows": partial.line_windows(case, refused),
        }
    )


def _beside(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    kept = {each.value for each in STANDING_BESIDE}
    return (f for f in findings if f.rule == SHARING and f.params.get("then") in kept)


def first_told(
    case: FilingCase, entry: RegistrationEntry, findings: tuple[Finding, ...]
) -> tuple[Entry, ...]:
    """The filings that stood first, now shared; of a split they give up what the second gets."""
    told: list[Entry] = []
    for found in _beside(findings):
        first = case.world.docket.get(RegistrationEntry, found.exhibits[0].record)
        if first is None:
            continue
        split = (
            found.params["then"] == Second.SPLIT and first.open
        )  # what a won deal has earned is not divided
        left = first.share - entry.share if split else first.share
        with_us = dict.fromkeys((*first.shared_with, entry.registration))
        told.append(first.model_copy(update={"share": max(left, Decimal(0)), "shared_with": tuple(with_us)}))
    return tuple(told)


def shown(case: FilingCase, entry: RegistrationEntry, told: tuple[Entry, ...]) -> Iterator[Desired]:
    """Share, lines and the note to both sides; neither reads the other's name (law 17)."""
    yield from _shown_of(entry)
    lines = lines_of(case.filing, case.policy.product_lines)
    by_line = case.terms.partial_approval.on_conflict or case.terms.partial_approval.lines.options
    if by_line or entry.refused_lines:
        left = [line for line in lines if line not in entry.refused_lines]
        yield want(Kind.REGISTRATION, entry.registration, "approved_lines", JOIN.join(left))
        refused = JOIN.join(entry.refused_lines)
        yield want(Kind.REGISTRATION, entry.registration, "refused_lines", refused or None)
    for first in told:
        if isinstance(first, RegistrationEntry) and first.open:
            yield from _shown_of(first)
            yield want(Kind.REGISTRATION, first.registration, "message", say(first.registrant, *_note(first)))


def _shown_of(entry: RegistrationEntry) -> Iterator[Desired]:
    yield want(Kind.REGISTRATION, entry.registration, "share", f"{entry.share * 100:.3g}")
    yield want(Kind.REGISTRATION, entry.registration, "shared", "true" if entry.shared_with else "false")


def _note(first: RegistrationEntry) -> list[tuple[str, dict[str, str]]]:
    said: list[tuple[str, dict[str, str]]] = [
        (Phrase.FILING_APPROVED, {}),
        (Phrase.NOW_SHARED, {"share": f"{first.share * 100:.3g}%"}),
    ]
    if first.protected_from and first.protected_until:
        window = {"from": instant_text(first.protected_from), "until": instant_text(first.protected_until)}
        said.append((Phrase.FILING_PROTECTED, window))
    return said
