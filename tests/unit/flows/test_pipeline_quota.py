"""R1.5, R3.7: the view of the pipeline says what is left of a firm's quota on the programme's own day."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry
from connector.canonical.time import at
from connector.flows.pipeline_report import pipeline
from connector.policy import load_policy
from connector.policy.model import Policies
from tests.support.builders import LONG_AGO, firm, ident, seller

TEXT = """\
policy: p
version: 1
in_force: 2026-01-01
office_hours: {zone: Asia/Shanghai}
fiscal_year_starts: 7
quota:
  - {when: 'quarter == 3 && month == 3', is: 7}
  - {is: 20}
"""
NORD = firm(1)
CLAIM = ClaimEntry(
    lead=ident("00Q", 1), holder=seller(1, NORD).id, firm=NORD.id, opened=at(LONG_AGO)
)  # fmt: skip


class Docket:
    """One claim, and nothing else."""

    @staticmethod
    def all(entry: type[Any]) -> list[Any]:
        return [CLAIM] if entry is ClaimEntry else []


@pytest.mark.parametrize(
    ("now", "remaining"),
    [
        ("2026-02-28T15:59Z", 19),
        ("2026-02-28T16:00Z", 6),  # March in Shanghai, in the third quarter of a business year from July
        ("2026-03-31T15:59Z", 6),
        ("2026-03-31T16:00Z", 19),
    ],
)
def test_what_is_left_of_a_quota_is_counted_by_the_days_and_quarters_of_the_programme(
    now: str, remaining: int
) -> None:
    policy, faults = load_policy(TEXT, "p")
    assert policy is not None, faults
    reader: Any = SimpleNamespace(
        view=SimpleNamespace(docket=Docket()), record=lambda *_: NORD, forget=lambda: None
    )
    (line,) = pipeline(reader, Policies(versions=(policy,)), datetime.fromisoformat(now)).firms
    assert (line.claims, line.claims_remaining) == (1, remaining)
