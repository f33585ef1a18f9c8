"""A deal under the shipped policy of the stages: put back, lost, deleted, and what a day that lies ahead proves."""

from datetime import date
from decimal import Decimal

from connector.canonical.docket import DeadlineEntry
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.phrase import Phrase
from connector.canonical.records import Opportunity, SignOff
from connector.canonical.staged import Plan, Proof, StageEntry
from connector.canonical.verdict import Outcome
from connector.facts.derive import gone
from tests.support.builders import LONG_AGO, after, customer, deal, euros, firm, ident, seller, who
from tests.support.channel import Channel, shipped

BOSS = seller(3)
MANAGER = seller(2, manager=BOSS.id)
REP = seller(1, manager=MANAGER.id)
CITY = customer(1, who("Stadtwerke Gera GmbH"))
WHOLE = Proof(technical_lead="Ines Aumüller", purchase_process_known=True, budget_known=True)


def signed(number: int, what: str, by: object = MANAGER, **given: object) -> SignOff:
    dated = {"created_at": LONG_AGO, "changed_at": LONG_AGO, "stamp": LONG_AGO}
    base = {"id": ident("a09", number), "created_by": by.id, "what": what, "word": "yes"}  # type: ignore[attr-defined]
    return SignOff(**(dated | base | given))


def staged() -> tuple[Channel, Opportunity]:
    story = Channel(shipped("staged_sales"))
    was = deal(1, REP, CITY, proof=WHOLE, amount=euros(20_000))
    story.add(BOSS, MANAGER, REP, CITY, was, signed(1, "account_plan", customer=CITY.id))
    return story, was


def moved(story: Channel, was: Opportunity, stage: str, hours: float = 1, **changes: object) -> Opportunity:
    return story.save(
        was, after(hours=hours), REP, stage=Decimal(stage), stage_since=after(hours=hours), **changes
    )


def test_a_held_deal_is_put_back_by_compare_and_set() -> None:
    """Law 12: the stage that we saw is what the org has to hold still."""
    story, was = staged()
    moved(story, was, "3")
    told = story.tell(after(hours=2))
    (want,) = [w for d in told.of(was) for w in d.desired if w.slot == "stage"]
    assert (want.value, want.expected, want.contested) == ("2", "3", True)
    entry = told.entry(StageEntry, was.id)
    assert (entry.stage, entry.put_back) == (Decimal(2), Decimal(2))


def test_our_own_hand_is_no_new_act_and_what_was_said_stays() -> None:
    """Law 13: the deal comes back to where we put it; the reason stays on the record."""
    story, was = staged()
    moved(story, was, "3")
    moved(story, was, "2", hours=1.1)
    told = story.tell(after(hours=2))
    assert told.shown(was, "stage_flag") == "held"
    assert told.entry(StageEntry, was.id).put_back is None
    assert told.outcome(was) is Outcome.REJECT


def test_any_manager_above_the_owner_may_approve() -> None:
    """R2.4: the chain of managers is the org's own."""
    for by, outcome in ((BOSS, Outcome.APPROVE), (MANAGER, Outcome.APPROVE), (REP, Outcome.REJECT)):
        story, was = staged()
        story.add(signed(2, "opportunity_plan", by, deal=was.id))
        moved(story, was, "3")
        assert story.tell(after(hours=2)).outcome(was) is outcome


def test_a_no_takes_back_an_earlier_yes() -> None:
    story, was = staged()
    story.add(signed(2, "opportunity_plan", deal=was.id))
    story.add(signed(3, "opportunity_plan", deal=was.id, word="no", created_at=after(minutes=1)))
    moved(story, was, "3")
    assert story.tell(after(hours=2)).outcome(was) is Outcome.REJECT


def test_a_chain_of_managers_that_bites_its_tail_ends() -> None:
    story = Channel(shipped("staged_sales"))
    one, other = seller(1, manager=seller(2).id), seller(2, manager=seller(1).id)
    was = deal(1, one, CITY, proof=WHOLE, amount=euros(20_000))
    story.add(one, other, CITY, was, signed(1, "account_plan", other, customer=CITY.id))
    story.save(was, after(hours=1), one, proof=WHOLE.model_copy(update={"business_owner": "Bo"}))
    assert story.tell(after(hours=2)).shown(was, "stage_flag") == "clear"


def test_a_lost_deal_asks_for_nothing_any_more() -> None:
    story, was = staged()
    story.save(was, after(hours=1), REP, proof=WHOLE.model_copy(update={"business_owner": "Bo"}))
    story.save(was, after(hours=2), REP, stage=None, closed=True, stage_since=after(hours=2))
    told = story.tell(after(days=900))
    assert told.shown(was, "next_review") is None
    assert not told.entry(StageEntry, was.id).open
    assert not list(told.docket.find(DeadlineEntry, f"record:{was.id}"))


def test_a_deleted_deal_is_reminded_of_nothing() -> None:
    story, was = staged()
    story.save(was, after(hours=1), REP, proof=WHOLE.model_copy(update={"business_owner": "Bo"}))
    story.records.remove(Kind.OPPORTUNITY, was.id, after(hours=2))
    story.facts.append(gone(Kind.OPPORTUNITY, was, None, after(hours=2)))
    told = story.tell(after(days=900))
    assert not list(told.docket.find(DeadlineEntry, f"record:{was.id}"))


def test_evidence_with_a_day_that_lies_ahead_counts_once_the_day_has_come() -> None:
    """R2.7: a technical win noted for tomorrow is no technical win today."""
    story, was = staged()
    ahead = WHOLE.model_copy(update={"technical_win": date(2026, 3, 9)})
    moved(story, was, "6", proof=ahead)
    story.save(was, after(days=8), REP, close_by=date(2026, 9, 1))

    def lacking(days: float) -> set[str]:
        told = story.tell(after(days=days))
        return {f.params.get("item", "") for f in told.findings(was)}

    assert "technical_win_confirmed" in lacking(1)
    assert "technical_win_confirmed" not in lacking(9)


def test_a_partner_decides_no_go_and_approves_no_plan() -> None:
    """R2.4, R2.11: a recorded decision counts by its actor."""
    house = firm(1)
    user = seller(7, house)
    for by, wanted in ((user, "first"), (REP, None)):
        story, was = staged()
        story.add(house, user, signed(2, "go_no_go", by, deal=was.id))
        story.save(was, after(hours=1), REP, close_by=date(2026, 9, 1))
        assert story.tell(after(hours=2)).shown(was, "go_no_go_wanted") == wanted


def test_without_a_rate_to_the_dollar_a_person_says_which_plan_is_needed() -> None:
    """R2.10, law 8: a rule without its data defers."""
    story, was = staged()
    story.save(was, after(hours=1), REP, amount=Money(amount=Decimal(400_000), currency="JPY"))
    told = story.tell(after(hours=2))
    assert told.outcome(was) is Outcome.DEFER
    assert told.reasons(was) == {Phrase.PLAN_NO_RATE}
    assert told.shown(was, "stage_flag") == "review"


def test_a_plan_of_a_kind_that_nobody_knows_is_no_plan() -> None:
    """R2.10: the org may hold a word without a line in the mapping."""
    story, was = staged()
    story.save(was, after(hours=1), REP, plan=Plan(kind="a plan on a napkin"))
    assert story.tell(after(hours=2)).outcome(was) is Outcome.APPROVE


def test_a_stage_that_nobody_mapped_goes_to_a_person() -> None:
    """R2.1: the org has a stage without a line in the mapping, and the deal is not closed."""
    story, was = staged()
    story.save(was, after(hours=1), REP, stage=None, stage_since=after(hours=1))
    told = story.tell(after(hours=2))
    assert told.reasons(was) == {Phrase.STAGE_UNKNOWN}
    assert told.shown(was, "stage_flag") == "review"
    assert told.shown(was, "stage_step") is None
    assert told.says(was, "stage_message")[0] == Phrase.STAGE_UNKNOWN
