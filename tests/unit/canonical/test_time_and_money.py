"""When something happened, with its uncertainty; what an amount is worth on a day; what an id is."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from connector.canonical.ids import BadRecordId, record_id
from connector.canonical.money import Money, Rates
from connector.canonical.time import Span, at, between, instant_text, parse_instant
from connector.canonical.verdict import Effect, Finding, Outcome, weigh

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_an_exact_time_is_known_to_the_second_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    when = at(datetime(2026, 3, 2, 13, 0, 0, 999_000, tzinfo=berlin))
    assert (when.earliest, when.latest, when.exact) == (NOON, NOON, True)


def test_an_interval_begins_after_what_was_seen_and_ends_with_the_stamp() -> None:
    when = between(NOON, NOON + timedelta(seconds=5))
    assert (when.earliest, when.latest) == (NOON + timedelta(seconds=1), NOON + timedelta(seconds=5))
    assert between(NOON, NOON).exact


@pytest.mark.parametrize(("shift", "overlaps"), [(-1, False), (0, True), (4, True), (5, False)])
def test_intervals_overlap_when_they_share_a_second(shift: int, overlaps: bool) -> None:  # noqa: FBT001
    base = between(NOON - timedelta(seconds=1), NOON + timedelta(seconds=4))
    other = at(NOON + timedelta(seconds=shift))
    assert base.overlaps(other) == other.overlaps(base) == overlaps


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(start=NOON, end=NOON + timedelta(seconds=2))
    assert [span.holds(NOON + timedelta(seconds=s)) for s in (-1, 0, 1, 2)] == [False, True, True, False]
    assert Span(start=NOON).holds(NOON + timedelta(days=9999))


def test_an_instant_survives_the_mirrors_text() -> None:
    assert parse_instant(instant_text(NOON)) == NOON
    assert instant_text(NOON) == "2026-03-02T12:00:00.000Z"


RATES = Rates(dated={date(2026, 1, 1): {"USD": Decimal("1.1")}, date(2026, 2, 1): {"USD": Decimal("1.25")}})


@pytest.mark.parametrize(
    ("on", "worth"), [(date(2026, 1, 31), "100.00"), (date(2026, 2, 1), "88.00"), (date(2025, 12, 31), None)]
)
def test_money_is_converted_at_the_newest_rate_of_the_day_or_not_at_all(on: date, worth: str | None) -> None:
    found = RATES.convert(Money(amount=Decimal(110), currency="USD"), "EUR", on)
    assert (found.amount if found else None) == (Decimal(worth) if worth else None)


def test_money_in_its_own_currency_needs_no_rate() -> None:
    baht = Money(amount=Decimal("1.005"), currency="THB")
    assert RATES.convert(baht, "THB", date(2020, 1, 1)) == baht


def test_a_short_id_is_given_its_checksum_and_a_wrong_one_is_refused() -> None:
    assert record_id("001D000000IqhSL") == "001D000000IqhSLIAZ"
    with pytest.raises(BadRecordId, match="last three characters"):
        record_id("00Q000000000001ZZZ")


@pytest.mark.parametrize(
    ("effects", "outcome"),
    [
        ((), Outcome.DEFER),
        ((Effect.NOTE,), Outcome.DEFER),
        ((Effect.PASS, Effect.NOTE), Outcome.APPROVE),
        ((Effect.PASS, Effect.LACK), Outcome.DEFER),
        ((Effect.PASS, Effect.ASK), Outcome.DEFER),
        ((Effect.PASS, Effect.ASK, Effect.REFUSE), Outcome.REJECT),
    ],
)
def test_silence_is_no_permission_and_refusal_beats_it(effects: tuple[Effect, ...], outcome: Outcome) -> None:
    """Law 8."""
    assert weigh(tuple(Finding(rule="r", effect=each, message="m") for each in effects)) is outcome
