"""Approval product line by product line: some are refused, and each may have a window of its own."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.canonical.docket import LineWindow, RegistrationEntry
from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.choosing import Choice, asks
from connector.policy.model import Policy, RegistrationPolicy
from connector.policy.outcomes import BenefitFor
from connector.rules.benefits import part
from connector.rules.case import FilingCase, finding, local_day
from connector.rules.circumstances import Circumstances, also, lines_of
from connector.rules.consequence import after
from connector.rules.left_out import JOIN, left_out, refused_lines
from connector.rules.line_amounts import amounts
from connector.rules.rivals import Relation, Rival
from connector.rules.rule import rule

RULE = "partial_approval"
_SHARING = "second_filing"
"""Beside whom this filing may stand as a whole, or a person is asked: of those it loses no lines."""


@rule(RULE, "R1.14")
def partial_approval(case: FilingCase) -> Iterator[Finding]:
    """Refused lines are said; a filing of which no line is left is refused."""
    mine = lines_of(case.filing, case.policy.product_lines)
    shared = {each.record for found in case.earlier if found.rule == _SHARING for each in found.exhibits}
    contesting = [rival for rival in case.rivals if rival.record not in shared]
    refused, asked = [], []
    for line, names in _named(case, mine, case.terms.partial_approval.lines):
        then = case.terms.partial_approval.lines.pick(names)
        effect = after(then) if then is not None else None
        if effect is Effect.REFUSE or any(line in _held_by(case, rival) for rival in contesting):
            refused.append(line)
        elif effect is Effect.ASK:
            asked.append(line)
    gone = {*refused, *refused_lines(case.earlier)}
    if gone and gone >= set(mine):
        shown = [Exhibit(record=case.filing.id, field="line", value=line) for line in mine]
        yield finding(RULE, Effect.REFUSE, Phrase.LINES_REFUSED, *shown, lines=JOIN.join(mine))
    elif refused:
        yield left_out(RULE, Effect.REFUSE, case, refused)
    if asked:
        yield left_out(RULE, Effect.ASK, case, asked)


def only_some_lines(case: FilingCase, rival: Rival) -> bool:
    """Whether the rival holds some lines of this filing, and by the policy only those are refused."""
    held = _held_by(case, rival)
    return bool(held) and bool(set(lines_of(case.filing, case.policy.product_lines)) - held)


def _held_by(case: FilingCase, rival: Rival) -> set[str]:
    if not case.terms.partial_approval.on_conflict or rival.relation is not Relation.PROTECTED_FIRST:
        return set()
    other, entry = (
        case.world.registration(rival.record),
        case.world.docket.get(RegistrationEntry, rival.record),
    )
    if other is None or entry is None:
        return set()
    theirs = standing_lines(entry, lines_of(other, case.policy.product_lines), case.fact.instant)
    return set(lines_of(case.filing, case.policy.product_lines)) & set(theirs)


def standing_lines(entry: RegistrationEntry, lines: tuple[str, ...], moment: datetime) -> tuple[str, ...]:
    """The lines that a registration still holds: neither refused nor, on their own window, over."""
    over = {each.line for each in entry.line_windows if each.until is not None and each.until <= moment}
    return tuple(line for line in lines if line not in entry.refused_lines and line not in over)


def counted(
    filing: Registration, entry: RegistrationEntry, policy: Policy, terms: RegistrationPolicy
) -> tuple[Registration, Decimal]:
    """The filing as its benefits count it, without the products of refused lines; and which part of the deal that is.

    A registration names its products and one amount, so that each product stands for an equal part of it, unless
    `line_amounts` says what its lines are worth.
    """
    whole = terms.partial_approval.benefit_for is BenefitFor.WHOLE_DEAL
    line_of = {product: line for line, members in policy.product_lines.items() for product in members}
    left = tuple(each for each in filing.products if line_of.get(each, each) not in entry.refused_lines)
    if whole or not left or left == filing.products:
        return filing, Decimal(1)
    share = _by_amount(filing, entry, policy)
    share = Decimal(len(left)) / len(filing.products) if share is None else share
    amount = part(entry.amount or filing.amount, share)
    return filing.model_copy(update={"products": left, "amount": amount}), share


def _by_amount(filing: Registration, entry: RegistrationEntry, policy: Policy) -> Decimal | None:
    """The part of the deal that the lines left are worth; None where nobody says."""
    worth = amounts(filing, policy, local_day(entry.filed.latest, policy))
    known = {line: each.amount for line, each in worth.items() if each is not None}
    whole = sum(known.values(), Decimal(0))
    if not policy.line_amounts or len(known) < len(worth) or not whole:
        return None
    return sum((each for line, each in known.items() if line not in entry.refused_lines), Decimal(0)) / whole


def line_windows(case: FilingCase, refused: tuple[str, ...]) -> tuple[LineWindow, ...]:
    """Lines that are protected for a time of their own."""
    lasts = case.terms.partial_approval.lasts
    if not lasts.options:
        return ()
    left = [line for line in lines_of(case.filing, case.policy.product_lines) if line not in refused]
    spans = ((line, lasts.pick(names)) for line, names in _named(case, left, lasts))
    return tuple(LineWindow(line=line, lasts=span) for line, span in spans if span is not None)


def _named(case: FilingCase, lines: Iterable[str], rows: Choice[Any]) -> Iterator[tuple[str, Circumstances]]:
    """Each line with the circumstances of judging it; what it is worth only where a row asks for that."""
    asked = any(asks(option.when, {"line_amount"}) for option in rows.options)
    worth = amounts(case.filing, case.policy, case.day) if asked else {}
    for line in lines:
        more = {"line_amount": worth[line]} if asked else {}
        yield line, also(case.circumstances, line=line, **more)
