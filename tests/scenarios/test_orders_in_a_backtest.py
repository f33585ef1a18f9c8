"""R4.12, R4.16, law 5: orders, their forms and payment slips in a back-test, from stories played through an org."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connector.bootstrap import speaker
from connector.cli.backtest import document
from connector.cli.backtest_page import page
from connector.cli.backtest_words import Words
from connector.cli.told import Told
from connector.flows.adopt import load_frequencies
from connector.flows.backtest import Backtest
from connector.flows.backtest_report import Backtested
from connector.flows.teller import Teller
from connector.policy.model import Policy
from connector.policy.orders import Need, OrderForms
from connector.ports.store import Store
from connector.scenario.file import load_story
from connector.scenario.org import OrgPlay
from connector.scenario.story import Story
from connector.store.scratch import open_scratch

HERE = Path(__file__).parent / "orders"


class Played:
    """A story that an org and the connector lived through, and what other policies make of it."""

    def __init__(self, name: str, folder: Path) -> None:
        story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
        assert story is not None, faults
        self.story: Story = story
        self._play = OrgPlay(story, folder)
        assert not self._play.play()
        assert self._play._connector is not None
        self._connector = self._play._connector
        self.store: Store = self._connector.store

    def close(self) -> None:
        self._play.close()

    def orders_policy(self, **terms: object) -> Policy:
        """The orders policy in force with other terms."""
        policy = self.story.policies.for_orders(self.story.clock.starts)
        assert policy is not None
        assert policy.orders is not None
        return policy.model_copy(update={"orders": policy.orders.model_copy(update=terms)})

    def under(self, candidate: Policy) -> Backtested:
        with open_scratch() as scratch:
            work = Backtest(
                store=self.store,
                scratch=scratch,
                mapping=self._connector.mapping,
                policies=self.story.policies,
                frequencies=load_frequencies(self.store),
            )
            return work.run(candidate, self.story.clock.starts - timedelta(days=2), None, lambda *_: None)

    def page(self, found: Backtested) -> str:
        voice = speaker(self.story.mapping)
        with self.store.reading() as view:
            teller = Teller(view, voice, url="https://acme.example", language="en")
            return page(document(found, Told(teller, voice, "en")), Words(voice, "en"))


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """An order whose payment slip is asked for again and again."""
    played = Played("missing_slip.yaml", tmp_path_factory.mktemp("slips"))
    yield played
    played.close()


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Orders on forms of one's own, of another, and used twice."""
    played = Played("forms.yaml", tmp_path_factory.mktemp("forms"))
    yield played
    played.close()


def shown(found: Backtested) -> list[tuple[str, str, str, str]]:
    return [
        (example.subject, example.kind, example.said, example.would)
        for difference in found.differences.values()
        for example in difference.examples
    ]


def test_the_policy_in_force_would_have_judged_the_orders_as_it_did(slips: Played, forms: Played) -> None:
    for played in (slips, forms):
        found = played.under(played.orders_policy())
        assert found.decisions > 3
        assert shown(found) == []
        assert (found.failed, found.left_out) == (0, 0)


def test_without_the_slip_as_a_condition_the_order_takes_effect_with_the_money(slips: Played) -> None:
    needs = tuple(need for need in Need if need is not Need.SLIP)
    found = slips.under(slips.orders_policy(needs=needs))
    (sooner,) = (each for each in found.differences.values() if each.would == "approved")
    (example,) = sooner.examples
    assert (sooner.subject, sooner.said) == ("order", "deferred")
    assert example.at.date().isoformat() == "2026-03-06"  # the payment's day; the ledger waited for the slip
    assert found.totals["orders_approved"].candidate == 1
    assert found.totals["orders_deferred"].change == -1


def test_a_third_original_that_never_came_keeps_the_order_from_its_effect(slips: Played) -> None:
    found = slips.under(slips.orders_policy(forms=OrderForms(copies=3)))
    assert found.totals["orders_approved"].ledger == 1
    assert found.totals["orders_approved"].candidate == 0
    text = slips.page(found)
    assert "Orders approved" in text
    assert "Order: approved → " in text
    assert "originals" in text


def test_an_order_on_another_partners_form_is_refused_for_the_form_alone(forms: Played) -> None:
    needs = tuple(need for need in Need if need is not Need.FORM)
    found = forms.under(forms.orders_policy(needs=needs))
    assert found.totals["orders_rejected"].ledger > found.totals["orders_rejected"].candidate
    reasons = {
        reason.message
        for difference in found.differences.values()
        for example in difference.examples
        for reason in example.reasons
    }
    assert reasons
    assert all(message.startswith("order.") for message in reasons)
