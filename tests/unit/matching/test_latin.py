"""Names in letters taken apart."""

import pytest

from connector.matching.latin import split


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("SiemensAG", "Siemens AG"),
        ("Müller Maschinenbau GmbH", "MUELLER MASCHINENBAU GMBH & CO. KG"),
        ("The Procter & Gamble Company", "Procter and Gamble Company"),
        ("L.X.C Aviation", "LXC Aviation"),
        ("First Bank Int'l", "1st Bank International"),
        ("Brigade Forty-Four", "Brigade 44"),
        ("Blackstone Partners V L.P.", "Blackstone Partners 5 LP"),
        ('ООО "АЯС 2000"', "AYAS 2000 OOO"),
        ("Crédit Agricole S.A.", "Credit Agricole SA"),
        ("Acme - Acme", "Acme Ltd"),
        ("Aarhus Teknik A/S", "Århus Teknik"),
    ],
)
def test_two_spellings_of_one_name_share_their_core(one: str, two: str) -> None:
    a, b = split(one), split(two)
    assert (a.core == b.core) or (a.joined == b.joined), (a, b)


def test_a_country_in_any_of_the_partners_languages_is_one_code() -> None:
    for name in (
        "Bowne (Germany)",
        "Bowne Deutschland",
        "Bowne Alemania",
        "Bowne Tyskland",
        "Bowne Allemagne",
    ):
        assert [word.text for word in split(name).words if word.kind == "c"] == ["DE"], name


def test_a_roman_numeral_is_a_number_and_not_a_legal_form() -> None:
    assert [word.text for word in split("Eyes on the Future II").words if word.kind == "n"] == ["2"]


def test_a_german_or_english_branch_is_cut_from_its_firm() -> None:
    assert split("Siemens AG, Zweigniederlassung Hamburg").branch == "hamburg"
    assert split("Siemens AG, Zweigniederlassung Hamburg").core == split("Siemens AG").core
    assert split("Deutsche Bank AG, London Branch").branch == "london"


def test_a_name_made_of_common_words_keeps_them() -> None:
    assert split("The Management Company").core
    assert split("AG").core
