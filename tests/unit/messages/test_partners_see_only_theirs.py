"""Law 17: nothing written where a partner reads names a rival, a score or a desk note."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.canonical.docket import ConflictEntry
from connector.canonical.intent import Say
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding
from connector.messages import LANGUAGES
from connector.rules.case import finding
from connector.rules.decision import Decision
from connector.rules.notices import say, sentences
from tests.support.builders import after, filing, firm, lead, pool, seller, who
from tests.support.channel import Channel, claims_policy, filings_policy
from tests.unit.messages.shipped import speaker

DESK = {
    Phrase.RULE_FAILED,
    Phrase.TERMS_UNKNOWN,
    Phrase.ORDER_FORM_OWNER,
    Phrase.ORDER_CREDIT_HOLDER,
    Phrase.DUPLICATE_HELD_BY,
    Phrase.CREDIT_MOVED,
    Phrase.QUALITY_SCORE,
}
"""Phrases that only our own people read."""

OWN = {
    "held", "quota", "until", "since", "at", "from", "days", "item", "fields", "amount", "minimum", "currency",
    "stage", "latest", "contact", "points", "needed", "open", "cap", "tier", "country", "role", "zone", "limit",
    "share", "lines", "on", "tender", "condition",
}  # fmt: skip
"""What a partner's message may carry: the reader's own values, and moments. No name, no id, no score."""

NAMES = ("Zyxquor Holding", "Wqubbel & Søn", "Quetschke [KG]", "鑫趣信息")
CUSTOMERS = ("Krapfenau Getränke GmbH", "Krapfenau Getraenke", "Krapfenau Getränke Gruppe", "Hopfenried AG")
POISON = {
    "rival": "RIVAL!",
    "name": "RIVAL!",
    "score": "0.97",
    "evidence": "DESK!",
    "reason": "DESK!",
    "firm": "RIVAL!",
}


def test_a_phrase_that_partners_read_takes_only_values_of_their_own() -> None:
    clean = [key for key in Phrase if key not in DESK]
    for language, key in product(LANGUAGES, clean):
        told = speaker().sentence(key, POISON | {name: f"«{name}»" for name in OWN}, language)
        assert not [word for word in ("RIVAL!", "DESK!", "0.97") if word in told], (language, key)


def test_the_desks_phrases_do_name_what_partners_may_not_read() -> None:
    """The test above can fail: the one phrase left out of it would."""
    assert "DESK!" in speaker().sentence(Phrase.RULE_FAILED, POISON, "en")


acts = st.lists(
    st.tuples(
        st.sampled_from(("claim", "file", "file")),
        st.integers(0, len(NAMES) - 1),
        st.integers(0, len(CUSTOMERS) - 1),
        st.integers(0, 60 * 24 * 6),
        st.booleans(),
    ),
    min_size=2,
    max_size=7,
)


def story(told: list[tuple[str, int, int, int, bool]]) -> Channel:
    """Firms with telling names claim and file for customers that are, or may be, the same."""
    channel = Channel(claims_policy(), filings_policy())
    firms = [firm(n + 1, name=name) for n, name in enumerate(NAMES)]
    people = [seller(n + 1, of, name=f"Person of {of.name}") for n, of in enumerate(firms)]
    queue = pool()
    channel.add(queue, *firms, *people)
    for number, (act, by, customer, minute, whole) in enumerate(told, start=1):
        to, at = who(CUSTOMERS[customer], city="Augsburg"), after(minutes=minute)
        if act == "claim":
            phone = "+49 821 555 010" if whole else ""
            held = lead(number, queue, to.model_copy(update={"phone": phone, "fax": phone}))
            channel.add(held)
            channel.claim(held, people[by], at)
        else:
            lacking = {} if whole else {"next_steps": "", "evidence": ()}
            channel.file(filing(number, people[by], to, **lacking), at)
    return channel


def texts_of(decisions: tuple[Decision, ...]) -> Iterator[str]:
    for decision in decisions:
        for wanted in decision.desired:
            if isinstance(wanted.value, Say):
                yield from (speaker().say(wanted.value, language) for language in LANGUAGES)


@settings(max_examples=25, deadline=timedelta(seconds=20), suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_no_story_makes_a_message_that_names_a_rival_a_score_or_a_desk_note(
    told: list[tuple[str, int, int, int, bool]],
) -> None:
    """R1.2, law 17: whoever files or claims, in whatever order, reads of others only that they exist."""
    channel = story(told)
    judged = channel.tell()
    conflicts = [e for d in judged.decisions for e in d.entries if isinstance(e, ConflictEntry)]
    evidence = {line.strip() for entry in conflicts for line in entry.evidence.splitlines()}
    numbers = {f"DR-{number:04d}" for number in range(1, len(told) + 1)}
    ids = {d.fact.record for d in judged.decisions} | {d.fact.actor or "-" * 18 for d in judged.decisions}
    secret = {*NAMES, *CUSTOMERS, *numbers, *evidence, *ids, "score"}
    for text in texts_of(judged.decisions):
        assert not [word for word in secret if word in text], text


findings = st.lists(
    st.builds(
        lambda effect, phrase, desk, params: finding("any", effect, phrase, desk=desk, **params),
        st.sampled_from(Effect),
        st.sampled_from([key for key in Phrase if key not in DESK]),
        st.booleans(),
        st.dictionaries(st.sampled_from(sorted(OWN)), st.text(max_size=12), max_size=4),
    ),
    max_size=6,
)


@given(findings, st.sampled_from(LANGUAGES))
def test_a_finding_for_the_desk_is_never_said_whatever_its_words(found: list[Finding], language: str) -> None:
    """Law 17: values that no rule would give still make a text, and the desk's findings none."""
    notes = finding("any", Effect.ASK, Phrase.RULE_FAILED, desk=True, failed="RULE!", reason="DESK!")
    said = sentences((*found, notes), *Effect)
    text = speaker().say(say(None, *said), language)
    assert len(said) <= sum(not each.desk for each in found)
    assert "DESK!" not in text
    assert "RULE!" not in text


def test_the_stories_above_do_reach_conflicts_with_scores() -> None:
    """Else the property would hold of nothing."""
    told = [("file", 0, 0, 0, True), ("file", 1, 1, 3000, True), ("claim", 2, 0, 10, True)]
    judged = story(told).tell()
    evidence = [e.evidence for d in judged.decisions for e in d.entries if isinstance(e, ConflictEntry)]
    assert any("score" in text for text in evidence)
    assert len(list(texts_of(judged.decisions))) >= 3 * len(LANGUAGES)
