"""The diagrams of `docs/states.md` show the states that there are, and the ways that the code moves between them."""

import ast
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest

from connector.canonical.docket import ClaimState, ConflictState, RegistrationState
from connector.canonical.ids import OrgId, record_id
from connector.canonical.orders import OrderState, SlipState
from connector.canonical.transfer_in import TransferInState
from connector.ports.store import AttemptState, Outbox, Wish
from connector.store import open_store
from tests.architecture.code import ROOT, modules, tree

MACHINES: tuple[type[StrEnum], ...] = (
    ClaimState,
    RegistrationState,
    ConflictState,
    AttemptState,
    OrderState,
    SlipState,
    TransferInState,
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_EDGE = re.compile(r"^\s+(\S+) --> (\S+?)(?::.*)?$", re.MULTILINE)


def edges(machine: type[StrEnum]) -> set[tuple[str, str]]:
    text = (ROOT / "docs" / "states.md").read_text("utf-8")
    body = next(part for part in text.split("```mermaid")[1:] if f"%% {machine.__name__}\n" in part)
    return set(_EDGE.findall(body.partition("```")[0]))


def reached(machine: type[StrEnum]) -> set[str]:
    return {after for _, after in edges(machine)} - {"[*]"}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_diagram_shows_every_state_and_no_other(machine: type[StrEnum]) -> None:
    shown = {state for edge in edges(machine) for state in edge} - {"[*]"}
    assert shown == {state.value for state in machine}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached_from_the_start(machine: type[StrEnum]) -> None:
    found, ways = {"[*]"}, edges(machine)
    for _ in machine:
        found |= {after for before, after in ways if before in found}
    assert found - {"[*]"} == {state.value for state in machine}


def moved_to(machine: type[StrEnum]) -> set[str]:
    """States that the code gives to something, rather than compares with: arguments, values, results."""
    names = {machine.__name__, *(["State"] if machine in (RegistrationState, TransferInState) else [])}
    found: set[str] = set()
    for module in modules("rules", "flows", "store", "canonical"):
        for node in ast.walk(tree(module)):
            given: list[ast.expr | None] = []
            if isinstance(node, ast.Call):
                given = [*node.args, *(word.value for word in node.keywords)]
            elif isinstance(node, ast.Dict):
                given = list(node.values)
            elif isinstance(node, (ast.Return, ast.Assign, ast.AnnAssign)):
                given = [node.value]
            elif isinstance(node, ast.IfExp):
                given = [node.body, node.orelse]
            for each in given:
                if (
                    isinstance(each, ast.Attribute)
                    and isinstance(each.value, ast.Name)
                    and each.value.id in names
                ):
                    found |= {machine[each.attr].value} if each.attr in machine.__members__ else set()
    return found


@pytest.mark.parametrize("machine", MACHINES)
def test_the_code_moves_things_to_the_states_that_the_diagram_reaches(machine: type[StrEnum]) -> None:
    by_people = {"dismissed"} if machine is ConflictState else set()
    assert reached(machine) - by_people <= moved_to(machine) | {next(iter(machine)).value}


def wish(value: str) -> Wish:
    return Wish(
        object="Lead", record=record_id("00Q000000000001"), key=None, field="Claim_Verdict__c", value=value,
        contested=False, expected=None, provisional=False, cause=value, caused_at=NOW, ledger_seq=None,
    )  # fmt: skip


def bring(outbox: Outbox, state: AttemptState) -> int:
    """One attempt in this state; its number."""
    outbox.put([wish("Held")], NOW)
    number = outbox.list()[0].id
    if state is not AttemptState.AVAILABLE:
        outbox.take(NOW, 1)
    if state not in (AttemptState.AVAILABLE, AttemptState.RUNNING):
        outbox.settle([number], state, now=NOW, next_try=NOW)
    return number


@pytest.mark.parametrize("before", AttemptState)
def test_what_people_and_the_clock_do_to_an_attempt_is_in_the_diagram(
    before: AttemptState, tmp_path: Path
) -> None:
    ways = edges(AttemptState)
    for name in ("take", "retry", "discard"):
        store = open_store(f"sqlite:///{tmp_path}/{name}.db", OrgId(record_id("00D000000000001")))
        with store.transaction() as tx:
            number = bring(tx.outbox, before)
            later = NOW + timedelta(hours=1)
            if name == "take":
                tx.outbox.take(later, 1)
            else:
                (tx.outbox.retry if name == "retry" else tx.outbox.discard)([number], later)
            after = next(item.state for item in tx.outbox.list() if item.id == number)
        store.close()
        assert after is before or (before.value, after.value) in ways, name
