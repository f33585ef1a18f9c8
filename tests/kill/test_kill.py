"""A few kills, so that the campaign itself cannot rot; `make kills` runs it at length."""

from pathlib import Path

import pytest

from tests.kill.campaign import fight


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_five_kills_lose_double_and_overwrite_nothing(tmp_path: Path) -> None:
    """Laws 6, 11, 12 and 19: mirror equal to the org, ledger and docket whole, each effect once."""
    told: list[str] = []
    report = fight(kills=5, seed=11, database="sqlite", tell=told.append, folder=tmp_path, young=2, leads=60)
    assert report.kills == 5
    assert report.checked["outbox done"]
    assert report.wrong == [], "\n".join(told)
