"""Whatever the ledger can hold, explain has words for it."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from connector import matching
from connector.canonical.docket import ClaimState, ConflictState, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.time import TimeSource
from connector.canonical.verdict import Outcome
from connector.messages import Telling
from connector.messages.naming import Naming
from connector.rules import conflict, stale
from connector.rules.decide import TICKS
from connector.rules.rivals import Relation
from connector.rules.stages import timers


@pytest.mark.parametrize(
    ("kind", "enum"),
    [
        ("happened", FactKind),
        ("clock", TimeSource),
        ("outcome", Outcome),
        ("relation", Relation),
        ("docket.claim", ClaimState),
        ("docket.registration", RegistrationState),
        ("docket.conflict", ConflictState),
    ],
)
def test_every_member_of_a_state_machine_has_words(kind: str, enum: type[StrEnum]) -> None:
    assert {member for member in enum if f"{kind}.{member}" not in {*Telling}} == set()


def test_every_kind_of_conflict_has_words() -> None:
    kinds = conflict.KINDS | {"poach"}
    assert {kind for kind in kinds if f"conflict_kind.{kind}" not in {*Telling}} == set()


def test_every_field_of_match_evidence_has_words() -> None:
    folder = Path(next(iter(matching.__path__)))
    sources = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    fields = set(re.findall(r'Contribution\(\s*field="([^"]+)"', sources))
    assert len(fields) > 5
    assert {field for field in fields if f"evidence.{field}" not in {*Telling}} == set()


def test_every_deadline_that_rules_set_has_words() -> None:
    names = {name for name, _ in TICKS} | {*timers.NAMES, timers.RECONSIDER, stale.STALE}
    assert {name for name in names if f"word.{name.rstrip('_|')}" not in {*Naming}} == set()
