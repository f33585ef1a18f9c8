"""Windows in a back-test: what only the candidate approves is notified as it would have been (R0.5, laws 5, 16, 18)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.canonical.docket import RegistrationEntry, RegistrationState
from connector.canonical.money import Money
from connector.flows.adopt import load_frequencies
from connector.flows.backtest import Backtest
from connector.flows.backtest_report import Backtested
from connector.policy.choosing import Choice, Option
from connector.policy.duration import Duration
from connector.policy.model import FirstFiling, Policies, Policy, Protection, RegistrationPolicy
from connector.policy.windows import Deemed, Silence
from connector.store.scratch import open_scratch
from tests.support.channel import shipped
from tests.support.org import START, MemoryOrg
from tests.support.process import Cast, Process

DAY = 86_400
WINDOW = timedelta(days=10)


def policy(**terms: Any) -> Policy:
    """A lenient policy whose window runs ten days from the partner's notification."""
    window = Protection(starts="partner_notified", lasts=WINDOW)
    given = RegistrationPolicy(**{"protection": window, "first_filing": FirstFiling(), **terms})
    return shipped("deal_registration").model_copy(update={"registrations": given})


def at_least(euros: int) -> Choice[Money]:
    return Choice[Money](options=(Option[Money](value=Money(amount=Decimal(euros), currency="EUR")),))


LENIENT = policy()
STRICT = policy(minimum_amount=at_least(900_000))


@dataclass
class Past:
    """A channel whose filings were judged for real, and what a candidate makes of them."""

    org: MemoryOrg
    people: Cast
    process: Process
    after: dict[str, RegistrationEntry] = field(default_factory=dict)

    def file(self, user: int, customer: str) -> str:
        filing = self.org.create(
            "Deal_Registration__c",
            self.people.users[user],
            Partner_Account__c=self.people.firms[user],
            Customer_Name__c=customer,
            Customer_City__c="Bremen",
            Customer_Country__c="Germany",
            Status__c="Submitted",
            Amount__c="50000",
            CurrencyIsoCode="EUR",
        )
        self.process.settle_down()
        return filing

    def wait(self, days: float) -> None:
        self.org.wait(days * DAY)
        self.process.settle_down()

    def ruled(self, filing: str) -> datetime:
        """When the ledger recorded its first ruling on it."""
        with self.process.store.reading() as view:
            lines = [line for line in view.ledger.of_record(filing) if line.verdict]
            return lines[0].recorded_at.replace(microsecond=0)

    def under(self, candidate: Policy) -> Backtested:
        with open_scratch() as scratch:
            work = Backtest(
                store=self.process.store,
                scratch=scratch,
                mapping=self.org.mapping,
                policies=self.process.policies,
                frequencies=load_frequencies(self.process.store),
            )
            found = work.run(candidate, START - timedelta(days=1), None, lambda *_: None)
            self.after = {each.registration: each for each in scratch.docket.all(RegistrationEntry)}
            return found


@pytest.fixture
def past(org: MemoryOrg, people: Cast, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Past]:
    """Ruled by the policy that the test is given, a strict one unless it says otherwise."""
    tried = getattr(request, "param", STRICT)
    process = Process(org, tmp_path, Policies(versions=(tried,)))
    org.wait(60)
    process.begin()
    yield Past(org, people, process)
    process.stop()


def outcomes(found: Backtested) -> dict[str, tuple[str, str]]:
    examples = [each for difference in found.differences.values() for each in difference.examples]
    return {each.record: (each.said, each.would) for each in examples if each.kind == "filed"}


def test_what_only_the_candidate_approves_is_protected_from_when_the_ruling_would_have_been_written(
    past: Past,
) -> None:
    """The first filing's window starts and runs out; the rival is refused meanwhile, and approved after it."""
    first = past.file(0, "Hafenwerke Bremen GmbH")
    past.wait(3)
    rival = past.file(1, "Hafenwerke Bremen GmbH")
    past.wait(10)
    again = past.file(1, "Hafenwerke Bremen GmbH")
    past.wait(1)
    found = past.under(LENIENT)
    assert outcomes(found)[first] == ("rejected", "approved")
    assert outcomes(found)[again] == ("rejected", "approved")
    assert outcomes(found)[rival] == ("rejected", "rejected")  # as too small there, as the second one here
    assert past.after[rival].state is RegistrationState.REJECTED
    notified = past.ruled(first)
    assert past.after[first].protected_from == notified
    assert past.after[first].protected_until == notified + WINDOW
    assert past.after[first].state is RegistrationState.LAPSED
    assert past.after[again].state is RegistrationState.APPROVED
    assert found.totals["registrations_lapsed"].candidate == 1


WAITING = policy(minimum_amount=at_least(900_000), refile_after_rejection=Duration(length=WINDOW))


@pytest.mark.parametrize("past", [LENIENT], indirect=True)
def test_a_wait_after_a_rejection_counts_from_the_candidates_own_rejection(past: Past) -> None:
    """R1.4: nobody was refused for real; under the candidate the second filing is too early, the third is not."""
    filings = []
    for days in (3, 8, 1):
        filings.append(past.file(0, "Hafenwerke Bremen GmbH"))
        past.org.save("Deal_Registration__c", filings[-1], past.people.users[0], Status__c="Withdrawn")
        past.wait(days)
    past.under(WAITING)
    first, soon, later = (past.after[filing] for filing in filings)
    assert {each.state for each in (first, soon, later)} == {RegistrationState.REJECTED}
    assert not first.refused_as_filed
    assert soon.refused_as_filed
    assert not later.refused_as_filed


@pytest.mark.parametrize("past", [LENIENT], indirect=True)
def test_what_both_approve_keeps_the_notification_that_was_sent(past: Past) -> None:
    filing = past.file(0, "Hafenwerke Bremen GmbH")
    past.wait(1)
    with past.process.store.reading() as view:
        entry = view.docket.get(RegistrationEntry, filing)
    assert entry is not None
    assert entry.protected_from is not None
    longer = policy(protection=Protection(starts="partner_notified", lasts=timedelta(days=60)))
    found = past.under(longer)
    assert not found.differences
    assert past.after[filing].protected_from == entry.protected_from
    assert past.after[filing].protected_until == entry.protected_from + timedelta(days=60)


@pytest.mark.parametrize("past", [LENIENT], indirect=True)
def test_the_policy_in_force_finds_the_ledgers_own_windows(past: Past) -> None:
    """Laws 5 and 18: nothing differs, no notification is made up, and none is left out."""
    filing = past.file(0, "Hafenwerke Bremen GmbH")
    past.file(1, "Hafenwerke Bremen GmbH")
    past.wait(12)
    with past.process.store.reading() as view:
        entry = view.docket.get(RegistrationEntry, filing)
    found = past.under(LENIENT)
    assert not found.differences
    assert found.left_out == 0
    assert entry is not None
    assert entry.state is RegistrationState.LAPSED
    assert past.after[filing].model_copy(update={"policy": entry.policy}) == entry


def test_silence_that_approves_in_a_quiet_time_is_notified_then_and_not_at_the_next_act(past: Past) -> None:
    """Nothing happens in the org for weeks: the window begins and ends in them all the same."""
    filing = past.file(0, "Hafenwerke Bremen GmbH")
    past.wait(40)
    past.file(1, "Werft Emden GmbH")
    silent = Silence(after=Duration(length=timedelta(days=5)), then=Deemed.APPROVED)
    found = past.under(
        policy(
            review=Choice[bool](options=(Option[bool](value=True),)),
            by_silence=Choice[Silence](options=(Option[Silence](value=silent),)),
        )
    )
    entry = past.after[filing]
    assert entry.ruled_at is not None
    assert entry.ruled_at - entry.filed.latest == timedelta(days=5)
    assert entry.protected_from == entry.ruled_at + timedelta(minutes=15)
    assert entry.state is RegistrationState.LAPSED
    assert found.failed == 0
