"""`connector scenario` says where stories end otherwise, and nothing beside it."""

import logging
from pathlib import Path

from tests.unit.cli.conftest import Run

NO_RATE = """
scenario: A currency that nobody gave a rate for
profile: staged_sales
starts: 2026-03-02 09:00
given:
  person: {Mia: {}}
when:
  - {at: +1 hour, who: Mia, does: create, kind: opportunity, what: Deal, with: {amount: 8000000 JPY}}
then:
  Deal: {plan_wanted: null}
"""


def test_what_a_condition_cannot_say_is_a_finding_and_no_noise(connector: Run, tmp_path: Path) -> None:
    logging.getLogger("cel").setLevel(logging.NOTSET)
    story = tmp_path / "story.yaml"
    story.write_text(NO_RATE, encoding="utf-8")
    shown = connector("scenario", str(story))
    assert shown.exit_code == 0
    assert "no rate" not in shown.output
    assert not logging.getLogger("cel").isEnabledFor(logging.WARNING)
