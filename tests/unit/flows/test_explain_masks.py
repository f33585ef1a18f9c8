"""R4.14: the desk names everybody, a channel manager whom the policy leaves, a partner no rival."""

import pytest

from connector.cli.explain import document
from connector.flows.asked import Asked
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.messages import LANGUAGES
from connector.policy import load_policy
from connector.policy.masks import Hidden, Masks
from connector.policy.model import Policies
from connector.store import SqlStore
from tests.support.builders import after
from tests.support.channel import filings_policy
from tests.unit.flows.affair import (
    ACME,
    ANNA,
    BERND,
    BOREAS,
    FIRST,
    LATE,
    URL,
    kept,
    late_completion,
    page,
)
from tests.unit.messages.shipped import speaker

HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\nquota: 3\n"


@pytest.fixture
def store(store: SqlStore) -> SqlStore:
    """The store of these tests holds what they tell of."""
    kept(store, late_completion())
    return store


def told(store: SqlStore, view: View, *hidden: Hidden, language: str = "en") -> Explanation:
    policy = filings_policy().model_copy(update={"masks": Masks(channel_manager=hidden)})
    asked = Asked(view=view, policies=Policies(versions=(policy,)), now=after(days=4))
    return explain(store, speaker(), LATE.id, URL, language, asked=asked)


def plain(found: Explanation, language: str = "en") -> str:
    return str(document(found)) + page(found, language, 200)


@pytest.mark.parametrize(
    ("hidden", "gone", "still"),
    [
        ((), (), (BOREAS.name, FIRST.id, "DR-0002", "before any evidence")),
        ((Hidden.FIRM,), (BOREAS.id, BOREAS.name), (FIRST.id, "DR-0002", "before any evidence")),
        ((Hidden.RECORD,), (FIRST.id, "DR-0002"), ("complete earlier",)),
        ((Hidden.EVIDENCE,), ("before any evidence", "likelihood"), (FIRST.id, "DR-0002", BOREAS.name)),
        (
            tuple(Hidden),
            (BOREAS.id, BOREAS.name, BERND.id, BERND.name, FIRST.id, "DR-0002", "likelihood"),
            ("another party",),
        ),
    ],
)
def test_a_channel_manager_reads_of_rivals_what_the_policy_leaves(
    store: SqlStore, hidden: tuple[Hidden, ...], gone: tuple[str, ...], still: tuple[str, ...]
) -> None:
    said = plain(told(store, View.MANAGER, *hidden))
    assert [each for each in gone if each in said] == []
    assert [each for each in still if each not in said] == []
    assert ACME.name in said  # whom the manager looks after is never masked
    assert ANNA.name in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_reads_all_and_a_partner_no_rival_whatever_the_policy_says(
    store: SqlStore, language: str
) -> None:
    rival = (BOREAS.name, FIRST.id, "DR-0002")
    desk = plain(told(store, View.DESK, *Hidden, language=language), language)
    assert [each for each in rival if each not in desk] == []
    partner = plain(told(store, View.PARTNER, language=language), language)
    assert [each for each in rival if each in partner] == []


def test_a_policy_says_what_a_channel_manager_does_not_read() -> None:
    policy, faults = load_policy(f"{HEAD}masks: {{channel_manager: [firm, evidence]}}\n", "policy.yaml")
    assert faults == ()
    assert policy is not None
    assert policy.masks.channel_manager == (Hidden.FIRM, Hidden.EVIDENCE)


@pytest.mark.parametrize(
    ("text", "where", "near"),
    [
        ("masks: {channel_manager: [firms]}", "masks.channel_manager[1]", "firm"),
        ("masks: {channel_managers: [firm]}", "masks.channel_managers", "channel_manager"),
    ],
)
def test_a_mask_that_is_none_is_a_fault_at_its_place(text: str, where: str, near: str) -> None:
    policy, (fault,) = load_policy(f"{HEAD}{text}\n", "policy.yaml")
    assert policy is None
    assert (fault.where, fault.nearest, fault.line) == (where, near, 5)
