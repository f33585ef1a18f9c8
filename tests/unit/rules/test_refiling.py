"""R1.4: how soon a firm may register again what lapsed, was rejected or was withdrawn."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.phrase import Phrase
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Finding
from connector.policy import load_policy
from connector.rules.refiling import End, as_filed, ends, open_again, refile
from connector.rules.rivals import Relation
from tests.support.builders import START, after, ident
from tests.support.channel import filings_policy
from tests.unit.rules.cases import NORD, filing_case, rival, world

State = RegistrationState
LAPSE, NO, BACK = timedelta(days=7), timedelta(days=30), timedelta(days=14)
WAITS = {"refile_after": LAPSE, "refile_after_rejection": NO, "refile_after_withdrawal": BACK}


def before(days: float) -> datetime:
    return after(days=-days)


def earlier(state: State = State.REJECTED, **given: Any) -> RegistrationEntry:
    """Nord's earlier registration of the same deal."""
    base = {"registration": ident("a01", 2), "firm": NORD.id, "filed": at(before(100)), "state": state}
    return RegistrationEntry(**(base | given))


def found(
    entry: RegistrationEntry, relation: Relation = Relation.OWN_ENDED, **terms: Any
) -> list[tuple[str, str]]:
    case = filing_case(rival(relation), seen=world(docket=(entry,)), terms=terms or WAITS)
    return [(each.message, each.params["until"]) for each in refile(case)]


def until(moment: datetime) -> str:
    return instant_text(moment)


@pytest.mark.parametrize(
    ("entry", "relation", "phrase", "wait", "ended"),
    [
        ({"ruled_at": before(29)}, Relation.OWN_ENDED, Phrase.REFILE_AFTER_REJECTION, NO, before(29)),
        (
            {"state": State.WITHDRAWN, "withdrawn_at": before(13)},
            Relation.OWN_ENDED,
            Phrase.REFILE_AFTER_WITHDRAWAL,
            BACK,
            before(13),
        ),
        (
            {"state": State.LAPSED, "protected_until": before(6)},
            Relation.OWN_LAPSED,
            Phrase.REFILE_COOLDOWN,
            LAPSE,
            before(6),
        ),
        (
            {"state": State.APPROVED, "protected_until": START},
            Relation.OWN_LAPSED,
            Phrase.REFILE_COOLDOWN,
            LAPSE,
            START,
        ),
    ],
)
def test_each_end_has_a_wait_of_its_own(
    entry: dict[str, Any], relation: Relation, phrase: Phrase, wait: timedelta, ended: datetime
) -> None:
    assert found(earlier(**entry), relation) == [(phrase, until(ended + wait))]


@pytest.mark.parametrize("seconds", [0, 1])
def test_the_wait_is_over_in_the_second_in_which_it_ends(seconds: int) -> None:
    assert found(earlier(ruled_at=START - NO - timedelta(seconds=seconds))) == []
    assert len(found(earlier(ruled_at=START - NO + timedelta(seconds=1)))) == 1


def test_an_end_without_a_wait_in_the_policy_holds_nobody_up() -> None:
    assert found(earlier(ruled_at=before(1)), refile_after=LAPSE, refile_after_withdrawal=BACK) == []
    withdrawn = earlier(State.WITHDRAWN, withdrawn_at=before(1))
    assert found(withdrawn, refile_after=LAPSE, refile_after_rejection=NO) == []


def test_of_several_waits_the_one_that_ends_last_is_told() -> None:
    entry = earlier(ruled_at=before(28), withdrawn_at=before(1), lapsed_at=before(5))
    assert found(entry) == [(Phrase.REFILE_AFTER_WITHDRAWAL, until(before(1) + BACK))]


def test_a_refusal_for_the_wait_alone_prolongs_nothing_and_hides_nothing() -> None:
    """Another record that was filed too early still says from when the wait counts."""
    entry = earlier(ruled_at=before(1), refused_as_filed=True, refused_at=before(20))
    assert found(entry) == [(Phrase.REFILE_AFTER_REJECTION, until(before(20) + NO))]
    entry = earlier(ruled_at=before(1), refused_as_filed=True, lapsed_at=before(4))
    assert found(entry) == [(Phrase.REFILE_COOLDOWN, until(before(4) + LAPSE))]
    assert found(earlier(ruled_at=before(1), refused_as_filed=True)) == []


@pytest.mark.parametrize("relation", [Relation.OWN, Relation.OWN_UNCLEAR, Relation.PROTECTED_FIRST])
def test_only_what_has_ended_for_the_firm_itself_makes_it_wait(relation: Relation) -> None:
    assert found(earlier(ruled_at=before(1)), relation) == []


def refusal(*rules: str) -> tuple[Finding, ...]:
    passed = Finding(rule="eligibility", effect=Effect.PASS, message=Phrase.FIT)
    return (
        passed,
        *(Finding(rule=rule, effect=Effect.REFUSE, message=Phrase.RIVAL_FIRST) for rule in rules),
    )


@pytest.mark.parametrize(
    ("rules", "only_as_filed"),
    [
        (("refile",), True),
        (("open_registrations", "filing_pace"), True),
        (("spray",), True),
        (("own_duplicate",), True),
        (("evidence", "proofs"), True),
        (("minimum_amount",), False),
        (("partner_partner",), False),
        (("evidence", "minimum_amount"), False),
        (("refile", "minimum_amount"), True),
    ],
)
def test_only_a_refusal_of_the_deal_starts_a_wait(rules: tuple[str, ...], *, only_as_filed: bool) -> None:
    assert as_filed(refusal(*rules)) is only_as_filed


def test_what_stands_or_was_won_is_no_end() -> None:
    assert ends(earlier(State.WON, protected_until=before(1)), START) == {}
    assert ends(earlier(State.APPROVED, protected_until=after(days=1), ruled_at=before(1)), START) == {}
    assert ends(earlier(State.APPROVED, protected_until=START), START) == {End.LAPSED: START}


def test_the_firm_is_told_until_when_unless_it_may_file_at_once() -> None:
    entry = earlier(ruled_at=START)
    assert open_again(entry, filings_policy(**WAITS), End.REJECTED, START) == START + NO
    assert open_again(entry, filings_policy(refile_after=LAPSE), End.REJECTED, START) is None
    assert open_again(entry, filings_policy(**WAITS), End.REJECTED, START + NO) is None
    assert open_again(entry, filings_policy(**WAITS), End.WITHDRAWN, START) is None


HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"


@pytest.mark.parametrize(
    ("key", "attribute"),
    [
        ("after_lapse", "refile_after"),
        ("after_rejection", "refile_after_rejection"),
        ("after_withdrawal", "refile_after_withdrawal"),
    ],
)
def test_each_wait_is_a_section_of_one_shape(key: str, attribute: str) -> None:
    policy, faults = load_policy(f"{HEAD}{key}: {{file_again_after: 2 business days}}\n", "policy.yaml")
    assert policy is not None, faults
    assert policy.registrations is not None
    assert getattr(policy.registrations, attribute).business
    policy, (fault,) = load_policy(f"{HEAD}{key}: {{file_again: 2 days}}\n", "policy.yaml")
    assert policy is None
    assert (fault.line, fault.nearest) == (4, "file_again_after")
    policy, (fault,) = load_policy(f"{HEAD}{key}: {{file_again_after: soon}}\n", "policy.yaml")
    assert policy is None
    assert (fault.line, fault.where) == (4, f"{key}.file_again_after")
