"""One verdict, a partner's view, what would change it, until when an appeal is open, and a firm's acts."""

from datetime import timedelta

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import Partner, Person
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Outcome
from connector.cli.explain import document
from connector.flows.asked import Asked
from connector.flows.explain import explain, of_verdict
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.flows.fields import links
from connector.flows.publishing import POLICY
from connector.messages import LANGUAGES
from connector.policy import load_policy
from connector.policy.duration import duration
from connector.policy.model import Policies
from connector.policy.windows import Appeal
from connector.ports.org import Batch
from connector.store import SqlStore
from tests.support.builders import START, after, lead
from tests.support.channel import Channel, filings_policy
from tests.support.process import mapped
from tests.unit.flows.affair import (
    ACME,
    ANNA,
    BERND,
    BOREAS,
    FIRST,
    LATE,
    QUEUE,
    URL,
    channel,
    kept,
    late_completion,
    page,
)
from tests.unit.messages.shipped import speaker


def told(store: SqlStore, record: str, asked: Asked, language: str = "en") -> Explanation:
    return explain(store, speaker(), record, URL, language, asked=asked)


def taken_twice() -> tuple[Channel, str]:
    """Anna holds the lead; Bernd of another firm takes it a minute later and loses it."""
    story, prize = channel(), lead(1, QUEUE)
    story.add(prize)
    story.claim(prize, ANNA, START)
    story.claim(prize, BERND, after(minutes=1))
    return story, prize.id


def test_one_verdict_is_told_as_it_stood_then(store: SqlStore) -> None:
    kept(store, late_completion())
    everything = told(store, LATE.id, Asked())
    first = everything.steps[0]
    assert of_verdict(store, first.number) == LATE.id
    then = told(store, LATE.id, Asked(verdict=first.number))
    assert [step.number for step in then.steps] == [first.number]
    assert then.steps[0].outcome is Outcome.DEFER
    assert everything.steps[-1].outcome is Outcome.REJECT
    assert (then.stands, then.conflicts, then.firm) == ((), (), None)
    assert everything.stands
    assert f"As of entry {first.number} of the ledger" in page(then)


def test_the_entry_of_a_policys_publication_is_told_though_it_is_about_no_record(store: SqlStore) -> None:
    kept(store, late_completion())
    published = Fact(
        kind=FactKind.POLICY_PUBLISHED, subject=Kind.LEAD, record=POLICY, when=at(START), value="acme/2"
    )
    with store.transaction() as tx:
        number = tx.ledger.append(published, None, [], START).seq
    assert of_verdict(store, number) == POLICY
    for view in View:
        found = told(store, POLICY, Asked(verdict=number, view=view))
        assert [step.happened for step in found.steps] == ["The policy acme/2 came into use"]
        assert (found.name, found.link) == (POLICY, "")
        assert "came into use" in page(found)


def test_a_number_beyond_the_ledger_is_no_verdict(store: SqlStore) -> None:
    kept(store, late_completion())
    assert of_verdict(store, 10_000) is None


def test_what_would_change_the_ruling_is_told_with_it(store: SqlStore) -> None:
    kept(store, late_completion())
    found = told(store, LATE.id, Asked())
    (refused,) = [reason for reason in found.steps[-1].reasons if reason.effect is Effect.REFUSE]
    assert refused.remedies == (
        "File again once the earlier registration has lapsed, or was lost, refused or withdrawn.",
    )
    lacking = next(reason for reason in found.steps[0].reasons if reason.effect is Effect.LACK)
    assert lacking.remedies == ("Add what is missing: origin of the opportunity and next steps.",)
    shown = page(found)
    assert "What would change it" in shown
    assert "Add what is missing" not in shown  # it was added: only the newest ruling's ways out are told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partners_view_never_names_a_rival(store: SqlStore, language: str) -> None:
    """Law 17: no name, no id, no score, no evidence of the match, no link to what is not the reader's own."""
    kept(store, late_completion())
    rival = (BOREAS.name, BOREAS.id, BERND.name, BERND.id, FIRST.id, "DR-0002", "0.9", "score")
    desk = told(store, LATE.id, Asked(), language)
    assert all(each in page(desk, language, 200) for each in ("DR-0002", FIRST.id))
    found = told(store, LATE.id, Asked(view=View.PARTNER), language)
    assert found.steps[-1].outcome is Outcome.REJECT
    assert found.steps[-1].reasons
    plain = str(document(found)) + page(found, language, 200)
    assert [each for each in rival if each in plain] == []
    assert LATE.id in plain


@pytest.mark.parametrize(("reader", "own", "rival"), [(ACME, ANNA, BERND), (BOREAS, BERND, ANNA)])
def test_each_firm_reads_a_contested_lead_with_its_own_eyes(
    store: SqlStore, reader: Partner, own: Person, rival: Person
) -> None:
    story, prize = taken_twice()
    kept(store, story)
    found = told(store, prize, Asked(view=View.PARTNER, firm=reader.id))
    plain = str(document(found)) + page(found, "en", 200)
    assert own.name in plain
    assert rival.name not in plain
    assert rival.id not in plain
    assert "another party" in plain


def test_until_when_an_appeal_is_open_follows_the_policy(store: SqlStore) -> None:
    kept(store, late_completion())
    policy = filings_policy()
    assert policy.registrations is not None
    within = duration("5 days")
    terms = policy.registrations.model_copy(update={"appeal": Appeal(times=1, within=within)})
    policies = Policies(versions=(policy.model_copy(update={"registrations": terms}),))
    ruled = told(store, LATE.id, Asked()).steps[-1].at
    soon = told(store, LATE.id, Asked(policies=policies, now=ruled + timedelta(days=1)))
    assert soon.appeal == "An appeal is open until March 9, 2026, 10:00 UTC+1."
    assert soon.appeal in page(soon)
    late = told(store, LATE.id, Asked(policies=policies, now=ruled + timedelta(days=6)))
    assert late.appeal == "The time for an appeal ended on March 9, 2026, 10:00 UTC+1."
    assert told(store, FIRST.id, Asked(policies=policies, now=ruled)).appeal == ""
    german = told(store, LATE.id, Asked(policies=policies, now=ruled), "de")
    assert "9. März 2026" in german.appeal


def test_until_when_an_appeal_is_open_goes_by_the_row_of_that_registration(store: SqlStore) -> None:
    kept(store, late_completion())
    fields = ("Id", "SystemModstamp", "CreatedDate", "Customer_Name__c")
    stamp = instant_text(START)
    with store.transaction() as tx:
        for name, looked_up in links(mapped()).items():
            tx.mirror.declare_links(name, looked_up)
        columns: tuple[list[str | None], ...] = ([LATE.id], [stamp], [stamp], ["Hafen Stralsund GmbH"])
        tx.mirror.apply(Batch(object="Deal_Registration__c", fields=fields, columns=columns))
    text = (
        "policy: p\nversion: 1\nin_force: 2026-01-01\n"
        "appeal:\n  - {when: 'customer == \"Hafen Stralsund GmbH\"', times: 1, within: 9 days}\n"
        "  - {times: 1, within: 5 days}\n"
    )
    policy, _ = load_policy(text, "policy.yaml")
    assert policy is not None
    ruled = told(store, LATE.id, Asked()).steps[-1].at
    asked = Asked(policies=Policies(versions=(policy,)), now=ruled + timedelta(days=1), mapping=mapped())
    assert told(store, LATE.id, asked).appeal == "An appeal is open until March 13, 2026, 10:00 UTC+1."


def test_a_firms_acts_are_told_from_the_ledger_and_no_rivals_among_them(store: SqlStore) -> None:
    """R0.10: what each party did and when."""
    story, prize = taken_twice()
    story.file(LATE, after(hours=2))
    story.file(FIRST, after(hours=3))
    kept(store, story)
    anna = told(store, ACME.id, Asked()).firm
    bernd = told(store, BOREAS.id, Asked()).firm
    assert anna is not None
    assert bernd is not None
    assert [(act.record, act.at) for act in anna.acts] == [(prize, START), (LATE.id, after(hours=2))]
    assert [(act.record, act.at) for act in bernd.acts] == [
        (prize, after(minutes=1)),
        (FIRST.id, after(hours=3)),
    ]
    numbers = {act.number for act in (*anna.acts, *bernd.acts)}
    with store.reading() as view:
        proved = {line.seq for line in view.ledger.proofs()}
        assert view.ledger.verify() is None
    assert numbers <= proved
    assert "What the firm and its people did" in page(told(store, ACME.id, Asked()))
