"""R1.2, R4.14: what matching noted of two records is read in the reader's language, whatever it noted."""

import re
from itertools import combinations

import pytest

from connector.matching import Frequencies, Identity, MatchPolicy, compare, fingerprint
from connector.messages import LANGUAGES
from connector.messages.likeness import in_words
from tests.unit.messages.shipped import speaker

_ENGLISH = re.compile(
    r"\b(same|against|both|core|letters|initials|like|inside|character|shared|never|brand|common|alike|order|none"
    r"|firm|records|number)\b"
)
_KNOWN = (
    Identity(name="Hafenwerke Bremen GmbH", phone="+49 421 1234567", website="hafenwerke.de", duns="123456789",
             street="Am Kai 4", postcode="28195", city="Bremen", country="Germany"),
    Identity(name="Hafenwerk Bremen AG", phone="+49 421 1234567", website="hafenwerke.de", duns="123456789",
             street="Kaiweg 9", postcode="28199", city="Bremen", country="Austria"),
    Identity(name="Hafenwerke Bremen Nord GmbH", phone="+49 421 7654321", website="nord.example",
             duns="987654321", street="Am Kai 4", postcode="28195", city="Emden", country="Germany"),
    Identity(name="International Business Machines"), Identity(name="IBM"), Identity(name="Hafen Werke Bremen"),
    Identity(name="Werft 24 Estland"), Identity(name="Werft 25"), Identity(name="Nordsee Logistik, Filiale Kiel"),
    Identity(name="Nordsee Logistik"), Identity(name="Nordsee Logistic International"),
    Identity(name="深圳市拓搏实业有限公司"), Identity(name="深圳市拓博实业有限公司"),
    Identity(name="美来尔工程技术(上海)有限公司"), Identity(name="北京美来尔工程技术有限公司"),
    Identity(name="北京美来尔技术工程有限公司"), Identity(name="美来尔工程技术有限公司北京分公司"),
    Identity(name="华为技术有限公司"), Identity(name="Huawei Technologies"), Identity(name="华为科技有限公司"),
)  # fmt: skip


def noted() -> list[str]:
    """What matching notes of these records among themselves."""
    prints = [fingerprint(each) for each in _KNOWN]
    compared = (compare(a, b, Frequencies.EMPTY, MatchPolicy()) for a, b in combinations(prints, 2))
    return sorted({each.note for found in compared for each in found.contributions})


def told(note: str, language: str) -> str:
    voice = speaker()
    return in_words(
        note,
        lambda key, params: voice.sentence(key, params, language),
        lambda kind: voice.word("evidence", kind, language),
    )


def test_no_note_stays_english_in_another_language() -> None:
    notes = noted()
    assert len(notes) > 60
    for language in set(LANGUAGES) - {"en"}:
        for note in notes:
            said = re.sub(r"[“„»«].*?[”“«»]", "", told(note, language))
            assert not _ENGLISH.search(said), (language, note, said)


@pytest.mark.parametrize(
    ("note", "german"),
    [
        ("same core 'hafenwerke bremen'", "derselbe Namenskern: „hafenwerke bremen“"),
        ("both …21234567", "beide …21234567"),
        ("like 'haven' for 'hafen'; 'nord' against ''",
         "fast gleich geschrieben: 'haven' / 'hafen'; „nord“ gegenüber „nichts“"),
        ("brand '拓搏' against '拓博', one character makes another firm",
         "„拓搏“ gegenüber „拓博“, ein Zeichen macht eine andere Firma"),
        ("28195 against 28199", "„28195“ gegenüber „28199“"),
        ("a shared line is too common to search, so a doubt remains",
         "Gemeinsam: Telefon oder Fax. Zu häufig, um danach zu suchen; ein Zweifel bleibt."),
        ("123456789", "123456789"),
    ],
)  # fmt: skip
def test_each_kind_of_note_is_said_whole(note: str, german: str) -> None:
    assert told(note, "de") == german
