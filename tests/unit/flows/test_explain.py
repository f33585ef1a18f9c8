"""Why a record stands as it does, told from a ledger (R4.14, law 18)."""

import json
import re
from datetime import timedelta

import pytest
from rich.cells import cell_len

from connector.canonical.docket import ClaimEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import TimeSource, When, at, between, instant_text
from connector.canonical.verdict import Effect, Outcome
from connector.cli.explain import document
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.messages import LANGUAGES
from connector.policy.model import Choice, Option
from connector.policy.outcomes import QuotaOf
from connector.ports.org import Batch
from connector.store import SqlStore
from tests.contract.store.synthetic import wish
from tests.support.builders import START, after, ident, lead
from tests.support.channel import Channel, claims_policy
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
    mirrored,
    page,
)
from tests.unit.messages.shipped import speaker


def told(store: SqlStore, record: str, language: str = "en") -> Explanation:
    return explain(store, speaker(), record, URL, language)


def test_the_loser_reads_who_was_first_and_by_which_clock(store: SqlStore) -> None:
    """R4.14: why did it go elsewhere, in plain words with the records that decided it."""
    kept(store, late_completion())
    found = told(store, LATE.id)
    last = found.steps[-1]
    refused = next(reason for reason in last.reasons if reason.effect is Effect.REFUSE)
    assert last.outcome is Outcome.REJECT
    assert refused.rule == "partner_partner"
    assert {party.record for party in refused.parties} == {FIRST.id}
    assert last.race is not None
    assert [(runner.name, runner.firm) for runner in last.race.runners] == [
        ("DR-0002", BOREAS.name),
        ("DR-0001", ACME.name),
    ]
    assert not last.race.together
    assert [runner.clock for runner in last.race.runners] == [
        "stamped by the org on the save itself",
        "read from the record's modification stamp",
    ]
    assert last.race.runners[1].text == (
        "complete March 4, 2026, 10:00:00 UTC+1, filed March 2, 2026, 10:00:00 UTC+1"
    )


def test_the_evidence_of_the_match_is_told_line_by_line(store: SqlStore) -> None:
    kept(store, late_completion())
    (likeness,) = [
        party.likeness
        for reason in told(store, LATE.id).steps[-1].reasons
        for party in reason.parties
        if party.likeness
    ]
    assert likeness.outcome == "same"
    assert {"name", "phone or fax"} <= {each.field for each in likeness.weights}
    assert next(each for each in likeness.weights if each.field == "name").weight > 0
    (german,) = [
        party.likeness
        for reason in told(store, LATE.id, "de").steps[-1].reasons
        for party in reason.parties
        if party.likeness
    ]
    assert f"{likeness.score:.2f}" in likeness.text
    assert f"{likeness.score:.2f}".replace(".", ",") in german.text
    assert re.search(r"Name +\+\d,\d  ", page(told(store, LATE.id, "de"), "de"))


def test_everything_missing_is_one_reason(store: SqlStore) -> None:
    """R1.13."""
    kept(store, late_completion())
    lacking = [r for r in told(store, LATE.id).steps[0].reasons if r.effect is Effect.LACK]
    assert [reason.text for reason in lacking] == ["Missing: origin of the opportunity and next steps."]
    assert [party.field for party in lacking[0].parties] == ["origin", "next_steps"]


def test_filings_too_close_in_time_have_no_first(store: SqlStore) -> None:
    """R1.2: within the policy's span a person rules."""
    story = channel()
    story.file(FIRST, START)
    story.file(LATE, after(hours=3))
    kept(store, story)
    race = next(step.race for step in told(store, LATE.id).steps if step.race)
    assert race is not None
    assert race.together
    assert "too close to say who was first" in page(told(store, LATE.id))


def test_a_lead_taken_twice_is_told_by_its_holders(store: SqlStore) -> None:
    """R3.6: exactly one holder, the first by the org's own clock."""
    story, prize = channel(), lead(1, QUEUE)
    story.add(prize)
    story.claim(prize, ANNA, START)
    story.claim(prize, BERND, after(minutes=1))
    kept(store, story)
    found = told(store, prize.id)
    race = found.steps[-1].race
    assert race is not None
    assert [(runner.record, runner.at) for runner in race.runners] == [
        (ANNA.id, START),
        (BERND.id, after(minutes=1)),
    ]
    assert found.steps[-1].ruled == "rejected"


def test_an_uncertain_time_is_told_as_its_interval(store: SqlStore) -> None:
    """Law 1: the interval between "last seen before" and the modification stamp."""
    for number, (when, late) in enumerate(
        [
            (between(START, after(minutes=5)), True),
            (When(earliest=START, latest=after(minutes=5), source=TimeSource.HISTORY), False),
            (at(START, TimeSource.EVENT), False),
        ]
    ):
        fact = Fact(
            kind=FactKind.WORKED, subject=Kind.LEAD, record=ident("00Q", number), when=when, late=late
        )
        with store.transaction() as tx:
            tx.ledger.append(fact, None, (), START)
    first, second, third = (told(store, ident("00Q", number)).steps[0].certain for number in range(3))
    assert first == (
        "only the interval is known: between March 2, 2026, 10:00:01 UTC+1 and March 2, 2026, 10:05:00 UTC+1; "
        "it reached us late"
    )
    assert second.startswith("read from the field history; uncertain: between March 2, 2026, 10:00:00")
    assert third == "read from the change event"


def test_a_record_taken_over_at_go_live_says_so(store: SqlStore) -> None:
    """Law 16: adoption is one ledger entry per batch, so the record itself may have none."""
    story, prize = channel(), lead(1, ANNA)
    story.add(prize)
    story.adopted = [ClaimEntry(lead=prize.id, holder=ANNA.id, firm=ACME.id, opened=at(START), adopted=True)]
    kept(store, story)
    found = told(store, prize.id)
    assert found.steps == ()
    assert not found.empty
    (line,) = found.stands
    assert line.startswith("claim: held, Anna Aal, Acme Systemhaus GmbH, since March 2, 2026, 10:00 UTC+1")
    assert line.endswith("(Taken over as it stood at go-live)")


def test_a_record_that_nothing_was_decided_about_is_empty(store: SqlStore) -> None:
    kept(store, late_completion())
    assert told(store, ident("00Q", 77)).empty
    assert not told(store, LATE.id).empty


def test_a_firm_reads_its_leads_its_quota_and_its_registrations(store: SqlStore) -> None:
    """R3.7: the quota is the firm's, shared by its users."""
    story = late_completion()
    for number in range(3):
        prize = lead(number + 10, QUEUE)
        story.add(prize)
        story.claim(prize, BERND, after(minutes=number))
    kept(store, story)
    found = told(store, BOREAS.id)
    assert found.firm is not None
    assert (found.firm.held, found.firm.quota) == (2 + 1, 40)
    assert [line.record for line in found.firm.claims] == [
        ident("00Q", 12),
        ident("00Q", 11),
        ident("00Q", 10),
    ]
    assert [(line.record, found.firm.open_registrations) for line in found.firm.registrations] == [
        (FIRST.id, 1)
    ]
    text = page(found)
    assert "Leads held: 3 (quota at the last claim: 40)" in text
    assert "Registrations: 1, of which open: 1" in text


def test_a_users_own_quota_is_never_told_as_the_firms(store: SqlStore) -> None:
    """R3.7: without a number for the firm there is none to tell, whatever its users may hold."""
    story = Channel(claims_policy(quota=Choice[int](), quota_per_person=_everyone(1)))
    story.add(ACME, ANNA, QUEUE)
    for number in (10, 11):
        prize = lead(number, QUEUE)
        story.add(prize)
        story.claim(prize, ANNA, after(minutes=number))
    kept(store, story)
    found = told(store, ACME.id)
    assert found.firm is not None
    assert (found.firm.held, found.firm.quota) == (1, None)
    (ruling,) = told(store, ident("00Q", 11)).steps
    assert any(reason.text.startswith("Your own quota is used up (1 of 1).") for reason in ruling.reasons)


def test_a_firms_quota_of_unworked_leads_is_told_beside_those(store: SqlStore) -> None:
    """R3.7: what is worked is held, and takes no place."""
    story = Channel(claims_policy(quota=_everyone(2), quota_of=QuotaOf.UNWORKED))
    story.add(ACME, ANNA, QUEUE)
    for number in (10, 11):
        prize = lead(number, QUEUE)
        story.add(prize)
        story.claim(prize, ANNA, after(minutes=number))
    story.work(prize, ANNA, after(minutes=20))
    kept(store, story)
    found = told(store, ACME.id)
    assert found.firm is not None
    assert (found.firm.held, found.firm.unworked, found.firm.quota) == (2, 1, 2)
    assert "Leads held: 2 (not worked: 1, at most 2)" in page(found)


def _everyone(number: int) -> Choice[int]:
    return Choice[int](options=(Option[int](value=number),))


def test_a_conflicts_own_record_tells_both_sides(store: SqlStore) -> None:
    """R1.2: the desk's record of a conflict, found by the key it carries."""
    kept(store, late_completion())
    key = f"partner_partner|{LATE.id}|{FIRST.id}"
    record = ident("a00", 1)
    with store.transaction() as tx:
        mirrored(tx, "Channel_Conflict__c", "External_Key__c", [(record, key)])
    (dispute,) = told(store, record).conflicts
    assert dispute.key == key
    assert [runner.name for runner in dispute.race.runners] == ["DR-0002", "DR-0001"]
    assert dispute.likeness is not None
    assert "Who was first" in page(told(store, record))


def test_entries_of_one_second_that_ruled_the_same_are_told_once(store: SqlStore) -> None:
    story = late_completion()
    story.prove(LATE, after(days=2))
    kept(store, story)
    found = told(store, LATE.id)
    assert [step.outcome for step in found.steps].count(Outcome.REJECT) == 2
    assert page(found).count("→ rejected") == 1
    assert "ledger entries 4 to 5, each with this ruling" in page(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_fits_eighty_columns_in_every_language(store: SqlStore, language: str) -> None:
    kept(store, late_completion())
    for record in (LATE.id, FIRST.id, ACME.id):
        lines = page(told(store, record, language), language).splitlines()
        assert [line for line in lines if cell_len(line) > 80 or line != line.rstrip()] == []
        assert not [line for line in lines if "{" in line or "[until" in line]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_a_page_is_in_its_readers_language(store: SqlStore, language: str) -> None:
    kept(store, late_completion())
    english = {line.strip() for line in page(told(store, LATE.id)).splitlines()}
    other = {line.strip() for line in page(told(store, LATE.id, language), language).splitlines()}
    same = {line for line in english & other if " " in line and not line.startswith(("http", "DR-"))}
    assert same <= {ACME.name, BOREAS.name, f"1. DR-0002, {BOREAS.name}"}


def test_names_are_shown_as_they_stand_and_addresses_are_never_broken(store: SqlStore) -> None:
    kept(store, late_completion())
    text = page(told(store, LATE.id), width=40)
    assert "[bold]IT[/bold]" in text.replace("\n", " ")
    assert f"{URL}/{FIRST.id}" in [line.strip() for line in text.splitlines()]


STEP = {
    "number", "kind", "happened", "at", "when", "certain", "outcome", "ruled", "policy", "reasons", "race", "docket",
    "recorded_at", "policy_since", "settings", "who",
}  # fmt: skip


def test_the_json_keeps_its_keys_and_its_codes_in_every_language(store: SqlStore) -> None:
    """Programs read it: a change here is a change of interface."""
    kept(store, late_completion())
    codes = set()
    for language in LANGUAGES:
        found = document(told(store, LATE.id, language))
        assert found.keys() == {
            "record", "name", "link", "language", "steps", "stands", "waiting", "firm", "conflicts", "timeline",
            "appeal", "as_of",
        }  # fmt: skip
        assert found["language"] == language
        step = found["steps"][-1]
        assert step.keys() == STEP
        assert step["reasons"][0].keys() == {"rule", "effect", "text", "parties", "remedies", "settings"}
        assert step["reasons"][0]["parties"][0].keys() == {
            "record", "name", "link", "field", "value", "label", "text", "likeness"
        }  # fmt: skip
        assert step["race"].keys() == {"runners", "together"}
        assert step["race"]["runners"][0].keys() == {"record", "name", "link", "firm", "at", "text", "clock"}
        assert found["conflicts"][0].keys() == {
            "key", "kind", "state", "text", "opened_at", "evidence", "likeness", "race", "resolution"
        }  # fmt: skip
        assert step["at"] == "2026-03-04T09:00:00Z"
        rules = [(reason["rule"], reason["effect"]) for reason in step["reasons"]]
        order = [(runner["record"], runner["at"]) for runner in step["race"]["runners"]]
        codes.add(json.dumps([step["kind"], step["outcome"], rules, order, found["conflicts"][0]["state"]]))
    assert len(codes) == 1


def test_what_waits_to_be_written_is_told(store: SqlStore) -> None:
    story, prize = channel(), lead(1, QUEUE)
    story.add(prize)
    story.claim(prize, ANNA, START)
    kept(store, story)
    with store.transaction() as tx:
        tx.outbox.put(
            [wish(record=RecordId(prize.id), field="Claim_Message__c")], START + timedelta(minutes=1)
        )
    assert told(store, prize.id).waiting == ("Claim_Message__c: waits to be written",)


def test_a_deals_activity_is_told_oldest_first_with_who_did_it(store: SqlStore) -> None:
    """R3.3: all activity about the deal, for the channel manager."""
    deal, other = ident("006", 1), ident("006", 2)
    with store.transaction() as tx:
        tx.mirror.declare_links("Task", ["WhatId", "WhoId"])
        mirrored(tx, "User", "Name", [(ANNA.id, "Anna Aal")])
        fields = ("Id", "SystemModstamp", "Subject", "WhatId", "OwnerId", "CreatedDate")
        rows = [
            (ident("00T", 1), "Second call", deal, after(days=2)),
            (ident("00T", 2), "Demo", deal, after(days=1)),
            (ident("00T", 3), "Elsewhere", other, after(days=1)),
        ]
        columns = tuple(
            list(column)
            for column in zip(
                *(
                    (row, instant_text(made), subject, about, ANNA.id, instant_text(made))
                    for row, subject, about, made in rows
                ),
                strict=True,
            )
        )
        tx.mirror.apply(Batch(object="Task", fields=fields, columns=columns))
    found = told(store, deal)
    assert [line.name for line in found.timeline] == ["Demo", "Second call"]
    assert all(line.who == "Anna Aal" for line in found.timeline)
    assert "Demo" in page(found)
