"""The demo's proof can fail: each promise that does not hold is said, in a line of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from connector.canonical.ids import RecordId
from connector.demo.people import People
from connector.demo.proof import unproven
from connector.ports.store import AttemptState
from connector.store import SqlStore, open_store
from tests.unit.cli.conftest import LEAD, NOW, ORG, wish


class Shown:
    """An org that shows one lead, read by a client of its own."""

    def __init__(self, verdict: str, poison: RecordId) -> None:
        self.verdict = verdict
        self.stories = {"poison": {"registration": poison}}

    def rows(self, soql: str) -> list[dict[str, Any]]:
        assert soql == "SELECT Claim_Verdict__c, Id FROM Lead"
        return [{"Id": LEAD, "Claim_Verdict__c": self.verdict}]


def lines(store: SqlStore, shown: str = "Held", poison: RecordId = LEAD) -> list[str]:
    try:
        return unproven(cast("People", Shown(shown, poison)), store, {})
    finally:
        store.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Callable[..., SqlStore]:
    """A store with one verdict in a given state, and perhaps a dead letter on the same lead."""

    def opened(state: AttemptState, *, dead: bool = True) -> SqlStore:
        store = open_store(f"sqlite:///{tmp_path}/demo.db", ORG)
        with store.transaction() as tx:
            tx.outbox.put([wish("Claim_Verdict__c"), *([wish("Claim_Message__c")] if dead else [])], NOW)
            for item in tx.outbox.take(NOW, 10):
                if item.field == "Claim_Message__c":
                    tx.outbox.settle([item.id], AttemptState.DEAD, now=NOW, code="X", reason="held")
                else:
                    tx.outbox.settle([item.id], AttemptState.WRITTEN, now=NOW)
                    if state is not AttemptState.WRITTEN:
                        tx.outbox.settle([item.id], state, now=NOW)
        return store

    return opened


def test_a_day_that_holds_leaves_nothing_to_say(outbox: Callable[..., SqlStore]) -> None:
    assert lines(outbox(AttemptState.DONE)) == []


def test_a_value_that_the_org_does_not_show_is_said(outbox: Callable[..., SqlStore]) -> None:
    (said,) = lines(outbox(AttemptState.DONE), shown="Returned")
    assert said == (
        "the org does not show what was written in 1 values: "
        f"Lead {LEAD} Claim_Verdict__c: ours 'Held', the org's 'Returned'"
    )


def test_a_write_without_an_echo_is_said(outbox: Callable[..., SqlStore]) -> None:
    (said,) = lines(outbox(AttemptState.WRITTEN))
    assert said == "1 of 1 written values never came back as an echo"


@pytest.mark.parametrize(("dead", "shown"), [(True, str(LEAD)), (False, "none")])
def test_any_other_dead_letter_than_the_planted_one_is_said(
    outbox: Callable[..., SqlStore], *, dead: bool, shown: str
) -> None:
    other = RecordId("a01000000000001AAA")
    (said,) = lines(outbox(AttemptState.DONE, dead=dead), poison=other)
    assert said == f"dead letters are {shown}; expected {other}, the record on legal hold, alone"
