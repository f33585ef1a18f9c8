"""R1.14: which rejection may be appealed against, by whom, how often and until when."""

from datetime import timedelta
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.duration import Duration
from connector.policy.windows import Appeal, Asker
from connector.rules.appeals import appeal
from connector.rules.requests import Request
from tests.support.builders import START, after, filing
from tests.support.channel import filings_policy
from tests.unit.rules.cases import ANNA, NORD, acted, world

MINE = filing(1, ANNA)
WEEK = Duration(length=timedelta(days=7))


def asked(*, asker: Asker | None = Asker.REGISTRANT, within: Duration | None = WEEK, **given: Any) -> Finding:
    """What an appeal made at the start of the story is told; the rejection was a day before."""
    base = {"state": RegistrationState.REJECTED, "ruled_at": after(days=-1)}
    entry = RegistrationEntry(registration=MINE.id, firm=NORD.id, filed=at(after(days=-2)), **(base | given))
    fact = acted(FactKind.APPEALED, Kind.REGISTRATION, MINE.id)
    policy = filings_policy(appeal=Appeal(times=1, within=within, asked_by=(Asker.REGISTRANT,)))
    made = Request(fact=fact, world=world(MINE), policy=policy, entry=entry, filing=MINE, asker=asker)
    (found,) = appeal(made)
    assert found.rule == "appeal"
    assert found.exhibits == (Exhibit(record=MINE.id, field="appeal", value=instant_text(START)),)
    return found


def test_a_rejection_is_heard_once_in_time_by_who_may_ask() -> None:
    assert (asked().effect, asked().message) == (Effect.ASK, Phrase.APPEAL_HEARD)


@pytest.mark.parametrize(
    ("given", "phrase", "said"),
    [
        ({"appealed": True}, Phrase.APPEAL_WAITS, {}),
        ({"state": RegistrationState.APPROVED}, Phrase.APPEAL_NOTHING, {}),
        ({"state": RegistrationState.WITHDRAWN}, Phrase.APPEAL_NOTHING, {}),
        ({"asker": Asker.COLLEAGUE}, Phrase.APPEAL_NOT_YOURS, {}),
        ({"appeals": 1}, Phrase.APPEAL_USED_UP, {"times": "1"}),
        ({"ruled_at": after(days=-8)}, Phrase.APPEAL_TOO_LATE, {"until": instant_text(after(days=-1))}),
        ({"ruled_at": after(days=-7)}, Phrase.APPEAL_TOO_LATE, {"until": instant_text(START)}),
    ],
)
def test_any_other_appeal_is_refused_with_its_reason(
    given: dict[str, Any], phrase: Phrase, said: dict[str, str]
) -> None:
    found = asked(**given)
    assert (found.effect, found.message, found.params) == (Effect.REFUSE, phrase, said)


def test_an_appeal_without_a_term_is_heard_at_any_time() -> None:
    assert asked(within=None, ruled_at=after(days=-400)).message == Phrase.APPEAL_HEARD


def test_an_appeal_by_somebody_whom_the_org_no_longer_tells_is_heard() -> None:
    """Who could write the field may have been anybody who may ask."""
    assert asked(asker=None).message == Phrase.APPEAL_HEARD
