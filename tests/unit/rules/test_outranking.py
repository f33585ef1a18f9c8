"""Evidence that outranks the first filing: the younger letter, the named firm, the day that has come."""

from datetime import date

import pytest

from connector.canonical.records import Evidence
from connector.policy.outcomes import Outranks
from connector.rules.outranking import LETTER, TENDER, Claimant, Ranking, outranking
from tests.support.builders import LONG_AGO, filing, firm, ident, seller

NORD, SUED = firm(1), firm(2)
ANNA, CARLA = seller(1, NORD), seller(2, SUED)
LETTERS = Ranking(letter=Outranks.REVIEW, day=date(2026, 3, 10))


def claimant(number: int, *proofs: Evidence) -> Claimant:
    who, of = (ANNA, NORD) if number == 1 else (CARLA, SUED)
    return Claimant(filing=filing(number, who, evidence=proofs), firm=of.id)


def letter(number: int, day: int | None, names: object = None) -> Evidence:
    of = NORD if number == 1 else SUED
    return Evidence(
        id=ident("a03", number),
        kind="customer_letter",
        happened_on=date(2026, 3, day) if day else None,
        names=of.id if names is None else names,
        created_at=LONG_AGO,
    )


def meeting(day: int) -> Evidence:
    return Evidence(
        id=ident("a03", 9), kind="meeting", customer_confirmed=True, happened_on=date(2026, 3, day), created_at=LONG_AGO
    )  # fmt: skip


def test_the_younger_letter_is_the_customers_last_word() -> None:
    mine, theirs = claimant(1, letter(1, 5)), claimant(2, letter(2, 7))
    assert outranking(mine, theirs, LETTERS) == (LETTER, False)
    assert outranking(theirs, mine, LETTERS) == (LETTER, True)


def test_two_letters_of_one_day_speak_for_both() -> None:
    assert outranking(claimant(1, letter(1, 5)), claimant(2, letter(2, 5)), LETTERS) == (LETTER, None)


@pytest.mark.parametrize(
    "worthless", [letter(1, None), letter(1, 5, names=SUED.id), letter(1, 11)], ids=["undated", "other", "future"]
)  # fmt: skip
def test_a_letter_without_a_day_for_another_or_from_the_future_counts_for_nothing(
    worthless: Evidence,
) -> None:
    assert outranking(claimant(1, worthless), claimant(2), LETTERS) is None


def test_where_the_policy_ignores_letters_they_say_nothing() -> None:
    assert outranking(claimant(1, letter(1, 5)), claimant(2), Ranking(day=date(2026, 3, 10))) is None


def test_proof_from_before_the_tender_outranks_a_filing_without() -> None:
    ranking = Ranking(proof=Outranks.SUPERSEDES, tender_on=date(2026, 3, 8), day=date(2026, 3, 10))
    assert outranking(claimant(1, meeting(7)), claimant(2, meeting(8)), ranking) == (TENDER, True)
    assert outranking(claimant(1, meeting(7)), claimant(2, meeting(6)), ranking) is None
    assert ranking.by_rule(TENDER)
    assert not LETTERS.by_rule(LETTER)
