"""R4.14: which setting of which policy file decided, told to our own people and to no partner."""

from collections.abc import Mapping

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.time import at
from connector.canonical.verdict import Effect, Outcome, Verdict
from connector.cli.explain import document
from connector.flows.asked import Asked
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.flows.publishing import POLICY
from connector.messages import LANGUAGES
from connector.policy.text import PolicyText
from connector.store import SqlStore
from tests.support.builders import START, after, filing
from tests.support.channel import filings_policy
from tests.unit.flows.affair import ANNA, FIRST, HARBOUR, LATE, URL, kept, late_completion, page
from tests.unit.messages.shipped import speaker

FILE = "acme/policy.yaml"
LABEL = filings_policy().label
TEXT = PolicyText(
    FILE,
    """\
complete_filing:
  needs: [origin, next_steps]
first_filing: {counts_from: complete, same_time_within: 24 hours}
protection:
  lasts: 90 days
""",
)


def told(store: SqlStore, record: str, language: str = "en", **asked: object) -> Explanation:
    texts: Mapping[str, PolicyText] = {LABEL: TEXT}
    return explain(store, speaker(), record, URL, language, asked=Asked(texts=texts, **asked))  # type: ignore[arg-type]


def test_a_refusal_names_the_setting_its_file_and_its_line(store: SqlStore) -> None:
    kept(store, late_completion())
    found = told(store, LATE.id)
    (refused,) = [reason for reason in found.steps[-1].reasons if reason.effect is Effect.REFUSE]
    line_drawn, *_ = refused.settings
    assert (line_drawn.key, line_drawn.file, line_drawn.line, line_drawn.text) == (
        "first_filing.counts_from",
        FILE,
        3,
        "complete",
    )
    assert "setting first_filing.counts_from: complete (acme/policy.yaml:3)" in page(found, width=120)
    missing = next(reason for reason in found.steps[0].reasons if reason.effect is Effect.LACK)
    assert [(each.key, each.line) for each in missing.settings] == [("complete_filing.needs", 2)]


def test_an_approval_names_what_says_how_long_it_protects(store: SqlStore) -> None:
    kept(store, late_completion())
    found = told(store, FIRST.id)
    assert [(each.key, each.line, each.text) for each in found.steps[0].settings] == [
        ("protection.lasts", 5, "90 days")
    ]
    assert "setting protection.lasts: 90 days (acme/policy.yaml:5)" in page(found, width=120)


def test_what_the_file_does_not_say_is_told_as_a_default(store: SqlStore) -> None:
    kept(store, late_completion())
    silent = {LABEL: PolicyText(FILE, "policy: acme\n")}
    found = explain(store, speaker(), LATE.id, URL, asked=Asked(texts=silent))
    assert "setting first_filing.counts_from: not said in acme/policy.yaml" in page(found, width=160)


def test_a_version_whose_file_is_gone_still_names_its_key(store: SqlStore) -> None:
    kept(store, late_completion())
    found = explain(store, speaker(), LATE.id, URL, asked=Asked())
    assert "setting first_filing.counts_from, in a version of the policy whose file is not loaded" in page(
        found, width=160
    )


@pytest.mark.parametrize(("digest", "changed"), [("0" * 64, True), (TEXT.digest, False)])
def test_a_file_changed_since_under_the_same_version_says_so(
    store: SqlStore, digest: str, *, changed: bool
) -> None:
    published = Fact(
        kind=FactKind.POLICY_PUBLISHED,
        subject=Kind.REGISTRATION,
        record=POLICY,
        when=at(START),
        value=LABEL,
        detail={"digest": digest},
    )
    with store.transaction() as tx:
        tx.ledger.append(published, None, (), after())
    kept(store, late_completion())
    found = told(store, LATE.id)
    assert {each.changed for step in found.steps for why in step.reasons for each in why.settings} == {
        changed
    }
    assert ("the file has been changed since" in page(found, width=160)) is changed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partner_reads_no_setting_in_any_language(store: SqlStore, language: str) -> None:
    """A policy's rows may name firms and lists of ours."""
    kept(store, late_completion())
    found = told(store, LATE.id, language, view=View.PARTNER)
    assert FILE not in str(document(found)) + page(found, language, 160)
    assert FILE in page(told(store, LATE.id, language), language, 160)


def test_a_deadline_names_its_setting_on_a_record_that_no_filing_stands_for(store: SqlStore) -> None:
    """By the version of its newest ruling, else by the one loaded version that has the key; never by a guess."""
    lead = filing(9, ANNA, HARBOUR).id  # nothing of it on the docket: as with a lead, or a deal
    terms = PolicyText("leads/policy.yaml", "worked_lead:\n  within: 10 days\n")
    due = Fact(kind=FactKind.TICK, subject=Kind.LEAD, record=lead, when=at(START), value="work_by")
    with store.transaction() as tx:
        tx.ledger.append(due, None, (), after())

    def named(**texts: PolicyText) -> list[tuple[str, str, int]]:
        found = explain(store, speaker(), lead, URL, asked=Asked(texts=texts))
        return [(each.key, each.file, each.line) for each in found.steps[-1].settings]

    assert named(leads=terms, deals=TEXT) == [("worked_lead.within", "leads/policy.yaml", 2)]
    assert named(leads=terms, later=terms) == []
    ruling = Verdict(subject=Kind.LEAD, record=lead, outcome=Outcome.APPROVE, findings=(), policy="later")
    taken = Fact(kind=FactKind.CLAIMED, subject=Kind.LEAD, record=lead, when=at(after(days=1)))
    with store.transaction() as tx:
        tx.ledger.append(taken, ruling, (), after())
        tx.ledger.append(due.model_copy(update={"when": at(after(days=2))}), None, (), after())
    assert named(leads=TEXT, later=terms) == [("worked_lead.within", "leads/policy.yaml", 2)]


def test_a_conflict_says_when_it_was_opened_whatever_became_of_it(store: SqlStore) -> None:
    kept(store, late_completion())
    [dispute] = told(store, LATE.id).conflicts
    assert "(opened " in dispute.text
    assert "(eröffnet am " in told(store, LATE.id, "de").conflicts[0].text
