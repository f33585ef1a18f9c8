"""The catalogues are whole: every phrase in five languages, with the same parameters."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import connector
from connector import rules
from connector.canonical import phrase as phrases
from connector.canonical.phrase import Phrase
from connector.canonical.records import Identity, Registration
from connector.matching import contact_suspicion
from connector.messages import LANGUAGES, parse, shortcomings
from connector.messages.template import places
from tests.unit.messages.shipped import texts

KEY = "filing.below_minimum"
ENTRY = 'msgid "filing.below_minimum"\nmsgstr "'


def declared() -> dict[str, set[str]]:
    """Each phrase's parameters, as its comment in the canonical room names them."""
    found = re.findall(r'= "([\w.]+)"(?:  # (.*))?', inspect.getsource(phrases))
    return {key: {*re.sub(r"\(.*?\)", "", said).replace(" ", "").split(",")} - {""} for key, said in found}


def with_entry(language: str, entry: str) -> dict[str, str]:
    """The catalogues with one language's entry of KEY in other words."""
    changed, count = re.subn(
        r'msgid "filing\.below_minimum"\nmsgstr ".*"\n', lambda _: entry, texts()[language]
    )
    assert count == 1
    return texts() | {language: changed}


def test_every_phrase_is_said_by_some_rule_or_flow() -> None:
    """A sentence that nothing says would be translated five times for nobody."""
    modules = (path for path in Path(connector.__file__).parent.rglob("*.py") if path.name != "remedy.py")
    code = "".join(path.read_text("utf-8") for path in modules)
    assert [phrase.name for phrase in Phrase if not re.search(rf"\bPhrase\.{phrase.name}\b", code)] == []


def test_every_language_says_every_phrase_with_the_same_parameters() -> None:
    assert [str(fault) for fault in shortcomings(texts())] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "found no entry"),
        (ENTRY + '"\n', "found nothing"),
        ("#, fuzzy\n" + ENTRY + '{amount} {minimum}"\n', "fuzzy"),
        (ENTRY + '{amount"\n', "expected '}'"),
        (ENTRY + '{amount!r} {minimum}"\n', "plain name"),
        (ENTRY + '{amount.amount} {minimum}"\n', "plain name"),
        (ENTRY + '[{amount} {minimum}"\n', "square bracket"),
        (ENTRY + '[{amount} [{minimum}]]"\n', "square bracket"),
        (ENTRY + '{amount} {minimum}"\n\n' + ENTRY + '{amount} {minimum}"\n', "found 2 entries"),
        (ENTRY + '{amount} {minimum}"\n\nmsgid "filing.belov"\nmsgstr "x"\n', "nothing says it"),
        (ENTRY + '{amount} {minimum}"\n\nmsgid "listed.filing.belov"\nmsgstr "x"\n', "nothing says it"),
    ],
)
def test_a_catalogue_with_a_flaw_is_refused_at_its_place(language: str, entry: str, said: str) -> None:
    faults = shortcomings(with_entry(language, entry))
    assert any(fault.file == f"{language}.po" and said in str(fault) for fault in faults)
    assert {fault.where for fault in faults} <= {KEY, "filing.belov", "listed.filing.belov"}


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
@pytest.mark.parametrize("text", ["{amount}", "{amount} {minimum} {rival}", "no parameter at all"])
def test_a_missing_or_extra_parameter_is_named_with_what_english_has(language: str, text: str) -> None:
    (fault,) = shortcomings(with_entry(language, ENTRY + text + '"\n'))
    assert (fault.file, fault.where, fault.expected) == (f"{language}.po", KEY, "parameters amount, minimum")
    assert fault.line > 1


def test_a_text_that_is_no_po_file_is_one_fault() -> None:
    faults = shortcomings(texts() | {"da": "not a catalogue at all"})
    assert {fault.file for fault in faults} == {"da.po"}
    assert "syntax" in str(faults[0])


def test_a_fuzzy_or_empty_entry_is_not_spoken() -> None:
    flawed = with_entry("da", "#, fuzzy\n" + ENTRY + 'skidt"\n')
    assert KEY not in parse(flawed["da"], "da")
    assert KEY not in parse(with_entry("da", ENTRY + '"\n')["da"], "da")


def test_the_english_parameters_are_those_the_phrases_declare() -> None:
    english = parse(texts()["en"], "en")
    spoken = {str(key): {*places(english[key])} for key in Phrase}
    assert spoken == declared()


def test_every_rule_gives_the_parameters_that_its_phrase_names() -> None:
    """A finding made in the rules with a phrase and its words: none of them may stay blank."""
    lacking = []
    seen = set()
    for path in sorted(Path(next(iter(rules.__path__))).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "finding":
                continue
            names = [arg.attr for arg in node.args if isinstance(arg, ast.Attribute) and _is_phrase(arg)]
            if not names or any(keyword.arg is None for keyword in node.keywords):
                continue
            key = Phrase[names[0]].value
            seen.add(key)
            given = {str(keyword.arg) for keyword in node.keywords}
            if not declared()[key] <= given:
                lacking.append(f"{path.name}:{node.lineno} {key} lacks {declared()[key] - given}")
    assert lacking == []
    assert len(seen) > 20


def _is_phrase(arg: ast.Attribute) -> bool:
    return getattr(arg.value, "id", "") == "Phrase"


def test_whatever_a_policy_may_ask_for_has_a_name() -> None:
    """R1.13: what is missing is told by its name, never by a field's path."""
    english = parse(texts()["en"], "en")
    asked = {f"customer.{name}" for name in Identity.model_fields} | {
        "decision_makers", "current_vendor", "products", "amount", "close_by", "buying_stage", "competitors",
        "origin", "first_contact", "next_steps", "evidence", "opportunity", "number", "partner", "filed_by", "filed_at",
    }  # fmt: skip
    assert {name for name in asked if "." not in name} <= Registration.model_fields.keys()
    assert {name for name in asked if f"item.{name}" not in english} == set()


def test_every_mark_of_a_suspicious_contact_has_a_name() -> None:
    """R4.9: the marks are those that matching documents."""
    marks = set(re.findall(r"`(\w+)`", inspect.getdoc(contact_suspicion) or ""))
    english = parse(texts()["en"], "en")
    assert len(marks) == 6
    assert {mark for mark in marks if f"item.{mark}" not in english} == set()


COUNTED = re.compile(r"\{(held|quota|points|needed|open|cap|count)\}\s+(?!(?:of|af|von|de|belegt)\b)\w")


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "zh_CN"])
def test_no_number_stands_before_a_noun_that_would_need_a_plural(language: str) -> None:
    """`1 leads` cannot be said: counts stand alone, and days are written by the locale."""
    assert COUNTED.search("holds {held} leads")
    assert [text for text in parse(texts()[language], language).values() if COUNTED.search(text)] == []


@pytest.mark.parametrize(
    ("language", "familiar"),
    [
        ("de", r"\b(du|dir|dein\w*|euch|euer\w*)\b"),
        ("es", r"\b(tú|tu|tus|ti|vosotros|vuestr\w+)\b"),
        ("zh_CN", "你"),
    ],
)
def test_partners_are_addressed_politely(language: str, familiar: str) -> None:
    said = parse(texts()[language], language).values()
    assert [text for text in said if re.search(familiar, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    english, said = parse(texts()["en"], "en"), parse(texts()[language], language)
    assert [key for key in Phrase if said[key] == english[key]] == []


def test_chinese_sentences_end_as_chinese_sentences_do() -> None:
    said = parse(texts()["zh_CN"], "zh_CN")
    closing = {said[key].rstrip("]")[-1] for key in Phrase if key is not Phrase.RULE_FAILED}
    assert closing <= {"。", "："}
