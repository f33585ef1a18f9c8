"""Law 13: an echo is an outstanding attempt, its value and our own login; a person's edit follows the profile."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.canonical.fact import FactKind
from connector.flows.echo import PAUSED, RESTORES
from connector.flows.faults import FaultSort, faults
from connector.mapping import PersonEdits
from connector.ports.store import AttemptState
from tests.support.org import OURS, PERSON, MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel

FIELD = "Claim_Message__c"

relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def begun(edits: PersonEdits) -> Iterator[tuple[Process, MemoryOrg, str]]:
    """A mirrored org whose profile says `edits` everywhere, and one lead."""
    with TemporaryDirectory() as name:
        org = MemoryOrg(mapped(edits=edits))
        people = small_channel(org)
        ident = lead(org, 1, people.queue)
        org.wait(20)
        process = Process(org, Path(name))
        process.begin()
        try:
            yield process, org, ident
        finally:
            process.stop()


def wanted(process: Process, ident: str, value: str = "ours") -> None:
    process.put(process.wish("Lead", ident, FIELD, value))
    process.turn()


def seen_facts(process: Process) -> list[tuple[FactKind, str]]:
    with process.store.reading() as view:
        return [(fact.kind, fact.prior) for fact in view.facts.pending()]


def states(process: Process) -> list[AttemptState]:
    return [item.state for item in process.outbox()]


def test_our_own_save_of_our_value_confirms_the_attempt_and_is_no_fact() -> None:
    with begun(PersonEdits.FLAG) as (process, org, ident):
        wanted(process, ident)
        assert states(process) == [AttemptState.WRITTEN]
        org.wait(1)
        process.turn()
        assert states(process) == [AttemptState.DONE]
        assert seen_facts(process) == []
        assert org.shown("Lead", ident)[FIELD] == "ours"


def test_the_same_value_saved_by_a_person_is_affirmed_and_not_written_again() -> None:
    with begun(PersonEdits.FLAG) as (process, org, ident):
        process.put(process.wish("Lead", ident, FIELD, "ours"))
        org.save("Lead", ident, PERSON, Claim_Message__c="ours")
        process.turn()
        assert states(process) == [AttemptState.DONE]
        assert seen_facts(process) == [(FactKind.AFFIRMED, "ours")]
        assert org.wrote == []


def test_a_save_of_another_field_by_a_person_is_neither_echo_nor_edit() -> None:
    with begun(PersonEdits.RESTORE) as (process, org, ident):
        wanted(process, ident)
        org.wait(1)
        process.turn()
        org.save("Lead", ident, PERSON, LeadSource="Web")
        org.wait(1)
        process.turn()
        assert states(process) == [AttemptState.DONE]
        assert seen_facts(process) == []


@relaxed
@given(st.integers(1, 6), st.sampled_from([0, 1, 4, 30]), st.booleans())
def test_a_restored_field_is_put_back_three_times_and_then_paused(
    fights: int,
    seconds: int,
    confirmed: bool,  # noqa: FBT001
) -> None:
    """Whether the edit comes before our echo was read or after, our value returns, three times a day at most."""
    with begun(PersonEdits.RESTORE) as (process, org, ident):
        wanted(process, ident)
        for number in range(fights):
            if confirmed:
                org.wait(1)
                process.turn()
            org.wait(seconds)
            org.save("Lead", ident, PERSON, Claim_Message__c=f"theirs {number}")
            for _ in range(3):
                org.wait(4)
                process.turn()
        shown = org.shown("Lead", ident)[FIELD]
        with process.store.reading() as view:
            contended = [f for f in faults(view) if f.sort is FaultSort.CONTENDED]
        dead = [item for item in process.outbox() if item.state is AttemptState.DEAD]
        if fights <= RESTORES:
            assert shown == "ours"
            assert not contended
            assert not dead
        else:
            assert shown == f"theirs {fights - 1}"
            assert [fault.field for fault in contended] == [FIELD]
            assert [item.code for item in dead] == [PAUSED]
        assert len(org.wrote) == 1 + min(fights, RESTORES)


def test_a_paused_field_takes_the_next_verdict_all_the_same() -> None:
    """Law 14: newer desired values replace the dead letter."""
    with begun(PersonEdits.RESTORE) as (process, org, ident):
        wanted(process, ident)
        for number in range(RESTORES + 1):
            org.wait(4)
            process.turn()
            org.save("Lead", ident, PERSON, Claim_Message__c=f"theirs {number}")
            org.wait(4)
            process.turn()
        assert AttemptState.DEAD in states(process)
        wanted(process, ident, "newer")
        assert org.shown("Lead", ident)[FIELD] == "newer"


@relaxed
@given(st.sampled_from([PersonEdits.ACCEPT, PersonEdits.FLAG]), st.sampled_from([0, 1, 4, 30]), st.booleans())
def test_an_accepted_or_flagged_edit_stands(edits: PersonEdits, seconds: int, confirmed: bool) -> None:  # noqa: FBT001
    with begun(edits) as (process, org, ident):
        wanted(process, ident)
        if confirmed:
            org.wait(1)
            process.turn()
        org.wait(seconds)
        org.save("Lead", ident, PERSON, Claim_Message__c="theirs")
        for _ in range(3):
            org.wait(4)
            process.turn()
        assert org.shown("Lead", ident)[FIELD] == "theirs"
        assert len(org.wrote) == 1
        with process.store.reading() as view:
            flagged = [fault.field for fault in faults(view) if fault.sort is FaultSort.EDITED]
        assert flagged == ([FIELD] if edits is PersonEdits.FLAG else [])


def test_a_persons_edit_is_a_fact_that_names_the_field_and_our_value() -> None:
    with begun(PersonEdits.ACCEPT) as (process, org, ident):
        wanted(process, ident)
        org.wait(1)
        process.turn()
        org.save("Lead", ident, PERSON, Claim_Message__c="theirs")
        org.wait(1)
        process.turn()
        assert seen_facts(process) == [(FactKind.EDITED, "ours")]


def test_a_persons_value_from_before_our_verdict_left_is_kept_unless_restored() -> None:
    """Law 12: a person who saves while our value waits is not overwritten, but where the profile restores."""
    for edits, expected in (
        (PersonEdits.ACCEPT, "theirs"),
        (PersonEdits.FLAG, "theirs"),
        (PersonEdits.RESTORE, "ours"),
    ):
        with begun(edits) as (process, org, ident):
            process.put(process.wish("Lead", ident, FIELD, "ours"))
            org.save("Lead", ident, PERSON, Claim_Message__c="theirs")
            process.turn()
            assert org.shown("Lead", ident)[FIELD] == expected


def test_automation_that_rewrites_our_value_on_the_save_is_fought_three_times_and_then_flagged() -> None:
    """Even under our own login: a before-save flow answers each of our writes."""
    with begun(PersonEdits.RESTORE) as (process, org, ident):
        org.rewrites[ident, FIELD] = "rewritten"
        wanted(process, ident)
        for _ in range(12):
            org.wait(4)
            process.turn()
        dead = [item for item in process.outbox() if item.state is AttemptState.DEAD]
        assert [(item.field, item.code) for item in dead] == [(FIELD, PAUSED)]
        assert org.shown("Lead", ident)["LastModifiedById"] == OURS
        assert org.calls["write"] == 1 + RESTORES


def test_an_echo_that_never_comes_does_not_keep_the_record_busy() -> None:
    """A write whose row is never seen changed (an answer of an older replica) is read by id after some minutes."""
    with begun(PersonEdits.ACCEPT) as (process, org, ident):
        wanted(process, ident)
        row = org.shown("Lead", ident)
        row["SystemModstamp"] = "2026-03-01T00:00:00.000Z"  # below every cursor
        org.wait(400)
        process.turn()
        assert states(process) == [AttemptState.DONE]
