"""R3.3: a request for help that nobody answered in time is flagged; one that was answered is not."""

from datetime import datetime

import pytest

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.rules import assistance
from tests.support.builders import START, after, deal, ident
from tests.support.channel import shipped
from tests.unit.rules.cases import ANNA, acted, world


@pytest.mark.parametrize(
    ("wanted", "answered", "flagged"),
    [
        (START, None, True),
        (START, after(seconds=-1), True),  # the answer was to an earlier question
        (START, START, False),
        (START, after(seconds=1), False),
        (None, None, True),
    ],
)
def test_an_answer_from_the_second_of_the_question_on_is_in_time(
    wanted: datetime | None, answered: datetime | None, *, flagged: bool
) -> None:
    fact = acted(FactKind.TICK, Kind.OPPORTUNITY, ident("006", 1), value=assistance.ANSWER_BY)
    asked = deal(1, ANNA, help_wanted="Who comes?", help_wanted_since=wanted, help_answer_since=answered)
    told = assistance.overdue(fact, world(asked, fact=fact), shipped("partner_leads"))
    assert [each.value for each in told.desired] == (["overdue"] if flagged else [])
    if flagged:
        assert told.verdict is not None
        assert [each.message for each in told.verdict.findings] == [Phrase.HELP_OVERDUE]
        assert told.verdict.findings[0].exhibits[0].value == "Who comes?"


def test_nobody_is_told_of_a_deal_that_is_gone() -> None:
    fact = acted(FactKind.TICK, Kind.OPPORTUNITY, ident("006", 1), value=assistance.ANSWER_BY)
    assert assistance.overdue(fact, world(fact=fact), shipped("partner_leads")).verdict is None
