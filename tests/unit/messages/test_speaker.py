"""What a partner reads: dates, amounts, lists and languages."""

import pytest

from connector.canonical.intent import Say
from connector.canonical.phrase import Phrase
from connector.messages import LANGUAGES, Speaker
from tests.unit.messages.shipped import speaker

NOON = "2026-11-20T12:44:53.000Z"
SUMMER = "2026-07-20T22:15:00.000Z"


def said(phrase: Phrase, locale: str, **params: str) -> str:
    return speaker().sentence(phrase, params, locale)


@pytest.mark.parametrize(
    ("locale", "when"),
    [
        ("en", "November 20, 2026, 13:44:53 UTC+1"),
        ("en_GB", "20 November 2026, 13:44:53 CET"),
        ("da", "20. november 2026 13:44:53 CET"),
        ("de", "20. November 2026, 13:44:53 MEZ"),
        ("es", "20 de noviembre de 2026, 13:44:53 CET"),
        ("es_MX", "20 de noviembre de 2026, 13:44:53 UTC+1"),
        ("zh_CN", "2026年11月20日 13:44:53 UTC+1"),
    ],
)
def test_the_second_that_decided_is_told_in_the_programmes_zone_by_name(locale: str, when: str) -> None:
    """Law 1: who was first is a matter of seconds, so the message tells them."""
    assert when in said(Phrase.RIVAL_FIRST, locale, at=NOON)


def test_a_deadline_is_told_to_the_minute_and_summer_time_is_its_own() -> None:
    assert "21. Juli 2026, 00:15 MESZ" in said(Phrase.FILING_EXPIRES_SOON, "de", until=SUMMER)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Kolkata", "18:14:53 UTC+5:30"),
        ("America/New_York", "07:44:53 EST"),
        ("UTC", "12:44:53 UTC"),
        ("America/Sao_Paulo", "09:44:53 UTC-3"),
    ],
)
def test_a_zone_without_a_short_name_is_told_by_its_offset(zone: str, told: str) -> None:
    assert told in speaker(zone).sentence(Phrase.CLAIM_FIRST, {"at": NOON}, "en")


def test_a_plain_date_carries_no_time() -> None:
    text = said(Phrase.CERTIFICATE_LAPSED, "es", until="2026-05-01")
    assert text == "La certificación de su empresa venció el 1 de mayo de 2026."


@pytest.mark.parametrize(
    ("locale", "amount"),
    [("en", "€85,200.50"), ("de", "85.200,50\xa0€"), ("da", "85.200,50\xa0€"), ("zh_CN", "€85,200.50")],
)
def test_an_amount_is_written_as_its_reader_writes_it(locale: str, amount: str) -> None:
    assert amount in said(Phrase.BELOW_MINIMUM, locale, amount="85200.50 EUR", minimum="100000 EUR")


@pytest.mark.parametrize(
    ("locale", "half", "third"),
    [
        ("en", " 50% ", " 33.3% "),
        ("da", " 50\xa0% ", " 33,3\xa0% "),
        ("de", " 50\xa0% ", " 33,3\xa0% "),
        ("es", " 50\xa0% ", " 33,3\xa0% "),
        ("zh_CN", " 50% ", " 33.3% "),
    ],
)
def test_a_share_is_written_as_its_reader_writes_it(locale: str, half: str, third: str) -> None:
    assert half in said(Phrase.SHARED_REDUCED, locale, share="50.0%")
    assert third in said(Phrase.SHARED_REDUCED, locale, share="33.3%")


@pytest.mark.parametrize(
    ("locale", "rebate", "lines"),
    [
        ("en", "2.5% on €64,000.00", "Cloud 8%, Edge 2.5%"),
        ("de", "2,5 % auf 64.000,00\xa0€", "Cloud 8\xa0%, Edge 2,5\xa0%"),
        ("zh_CN", "2.5%，基数 €64,000.00", "Cloud 8%, Edge 2.5%"),
    ],
)
def test_a_rate_and_what_it_is_taken_of_are_written_as_their_reader_writes_them(
    locale: str, rebate: str, lines: str
) -> None:
    assert rebate in said(Phrase.BENEFIT_REBATE, locale, rate="2.5", base="64000 EUR", amount="1600 EUR")
    assert lines in said(Phrase.PAYOUT_BY_LINE, locale, lines="Cloud 8 %, Edge 2.5 %")


@pytest.mark.parametrize(
    ("phrase", "name", "told"),
    [
        (Phrase.VENDOR_CONTACT, "on", "am 2. März 2026"),
        (Phrase.NOT_A_NEW_CUSTOMER, "on", "am 2. März 2026"),
        (Phrase.TENDER_NO_PROOF, "tender", "vom 2. März 2026"),
        (Phrase.PAYOUT_TERMS, "on", "vom 2. März 2026"),
    ],
)
def test_every_date_is_written_as_its_reader_writes_it(phrase: Phrase, name: str, told: str) -> None:
    assert told in said(phrase, "de", **{name: "2026-03-02"})


def test_several_amounts_are_listed() -> None:
    slips = said(Phrase.ORDER_SLIP_ABSENT, "en", amounts="20000 CNY, 30000 CNY")
    assert slips == "The payment slip is missing for CN¥20,000.00 and CN¥30,000.00."


def test_what_there_is_none_of_is_said_and_no_dash() -> None:
    assert said(Phrase.QUALITY_SCORE, "en", score="-") == "The firm's leads have no score yet."
    assert said(Phrase.QUALITY_SCORE, "en", score="27") == "Score of the firm's leads: 27."
    assert "no role" in said(Phrase.ROLE_UNKNOWN, "en", role="-")


def test_an_amount_that_is_none_stays_as_it_is() -> None:
    assert "lots of money" in said(Phrase.BELOW_MINIMUM, "en", amount="lots of money", minimum="1 EUR")


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [
        ("en", "1 day.", "90 days."),
        ("da", "1 dag.", "90 dage."),
        ("de", "1 Tag)", "90 Tage)"),
        ("es", "1 día.", "90 días."),
        ("zh_CN", "1天", "90天"),
    ],
)
def test_a_day_is_singular_and_ninety_are_not(locale: str, one: str, many: str) -> None:
    assert one in said(Phrase.FILING_PROTECTION_STARTS, locale, days="1")
    assert many in said(Phrase.FILING_PROTECTION_STARTS, locale, days="90")


def test_a_clause_is_left_out_when_its_values_are_unknown() -> None:
    assert said(Phrase.CLAIM_HELD, "en", held="", quota="") == "This lead is yours."
    assert said(Phrase.CLAIM_HELD, "en", held="3", quota="20").endswith("now holds 3 of its quota of 20.")


def test_a_value_that_a_finding_lacks_reads_as_a_dash() -> None:
    assert (
        said(Phrase.WRONG_TERRITORY, "en") == "The customer's country (–) is outside your firm's territory."
    )


def test_a_value_with_braces_and_brackets_is_said_as_it_stands() -> None:
    assert "({country} [x])" in said(Phrase.WRONG_TERRITORY, "en", country="{country} [x]")


INCOMPLETE = Say(
    sentences=(
        (Phrase.FILING_INCOMPLETE, {}),
        (Phrase.MISSING, {"item": "customer.industry"}),
        (Phrase.FIRST_CONTACT_AFTER_FILING, {"contact": "2026-05-01"}),
        (Phrase.MISSING, {"item": "decision_makers"}),
        (Phrase.EVIDENCE_SHORT, {"points": "0", "needed": "3"}),
    )
)


def test_everything_missing_stands_in_one_list_under_one_heading() -> None:
    """R1.13: said at once, so that a filing is fixed in one round."""
    assert speaker().say(INCOMPLETE, "en_US").splitlines() == [
        speaker().sentence(Phrase.FILING_INCOMPLETE, {}, "en_US"),
        "• industry",
        "• decision makers (name and title)",
        "• proof of your relationship with the customer (points so far: 0 of 3)",
        "The first contact you name (May 1, 2026) is later than the filing.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_what_is_missing_is_a_list_in_every_language(language: str) -> None:
    only = Say(
        sentences=tuple(s for s in INCOMPLETE.sentences if s[0] in (Phrase.MISSING, Phrase.EVIDENCE_SHORT))
    )
    lines = speaker().say(only, language).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("• ") for line in lines)


@pytest.mark.parametrize(
    ("locale", "catalogue"),
    [
        ("de_AT", "de"),
        ("de-CH", "de"),
        ("en_GB", "en"),
        ("zh_CN", "zh_CN"),
        ("zh_TW", "zh_CN"),
        ("zh_Hant_HK", "zh_CN"),
        ("zh", "zh_CN"),
        ("fr", "en"),
        ("nonsense", "en"),
        ("", "en"),
        ("_", "en"),
    ],
)
def test_a_locale_is_served_by_the_nearest_catalogue(locale: str, catalogue: str) -> None:
    assert speaker().language(locale) == catalogue
    assert said(Phrase.FIT, locale) == said(Phrase.FIT, catalogue)


def test_an_austrian_reads_german_with_austrian_dates_and_a_frenchman_english_ones() -> None:
    assert "2. Jänner 2026" in said(Phrase.CERTIFICATE_LAPSED, "de_AT", until="2026-01-02")
    assert "January 2, 2026" in said(Phrase.CERTIFICATE_LAPSED, "fr", until="2026-01-02")


def test_a_phrase_without_a_translation_falls_back_to_english() -> None:
    short = Speaker({"en": {"standing.fit": "Fine."}, "da": {}})
    assert short.sentence("standing.fit", {}, "da") == "Fine."


def test_an_unknown_phrase_is_a_programmers_fault() -> None:
    with pytest.raises(KeyError):
        speaker().sentence("claim.unheard_of", {}, "en")
