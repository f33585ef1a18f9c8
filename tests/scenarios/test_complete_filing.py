"""R1.3, R1.6 to R1.10, R1.13: what a filing has to say and prove, and that everything missing is said at once."""

from datetime import date, timedelta

import pytest

from connector.canonical.intent import Say
from connector.canonical.phrase import Phrase
from connector.canonical.records import DecisionMaker, Evidence, Identity
from connector.canonical.verdict import Effect, Outcome
from connector.policy.duration import Duration
from connector.policy.model import Choice, EvidenceRule, FirstFiling, Option
from tests.scenarios.filings import ANNA, CITY, State, channel, ruled
from tests.support.builders import after, filing, proof
from tests.support.channel import Told, filings_policy


def missing(told: Told) -> list[str]:
    draft = filing(1, ANNA, CITY)
    return [f.params["item"] for f in told.findings(draft, Effect.LACK) if f.message == Phrase.MISSING]


def without(**given: object) -> Told:
    return ruled(channel(), filing(1, ANNA, CITY, **given))


DRAFT = filing(1, ANNA, CITY)


@pytest.mark.parametrize(
    ("part", "item"),
    [
        ({"name": ""}, "customer.name"),
        ({"city": ""}, "customer.city"),
        ({"industry": ""}, "customer.industry"),
        ({"employees": None}, "customer.employees"),
    ],
)
def test_account_information_is_required(part: dict[str, object], item: str) -> None:
    """R1.6: company name, primary location, industry, approximate headcount."""
    whole = DRAFT.customer.model_dump()
    told = ruled(channel(), DRAFT.model_copy(update={"customer": Identity(**(whole | part))}))
    assert missing(told) == [item]
    assert told.registration(DRAFT).state is State.INCOMPLETE


def test_decision_makers_are_required_by_name() -> None:
    """R1.6: decision makers (name, title)."""
    assert missing(without(decision_makers=())) == ["decision_makers"]
    assert missing(without(decision_makers=(DecisionMaker(name="", title="CTO"),))) == ["decision_makers"]


def test_the_current_vendor_is_required_only_if_there_is_one() -> None:
    """R1.6: "falls beliebig": an empty vendor is no gap."""
    assert without(current_vendor="").outcome(DRAFT) is Outcome.APPROVE


@pytest.mark.parametrize(
    ("given", "item"),
    [
        ({"products": ()}, "products"),
        ({"amount": None}, "amount"),
        ({"close_by": None}, "close_by"),
        ({"buying_stage": None}, "buying_stage"),
    ],
)
def test_opportunity_details_are_required(given: dict[str, object], item: str) -> None:
    """R1.7: products, estimated value, timeline, buying stage."""
    assert missing(without(**given)) == [item]


def test_competitors_may_be_none() -> None:
    """R1.7: asked, but a deal without competitors is whole."""
    assert without(competitors="").outcome(DRAFT) is Outcome.APPROVE


@pytest.mark.parametrize(
    ("given", "item"),
    [
        ({"origin": ""}, "origin"),
        ({"first_contact": None}, "first_contact"),
        ({"next_steps": ""}, "next_steps"),
    ],
)
def test_proof_of_relationship_is_required(given: dict[str, object], item: str) -> None:
    """R1.8: origin, date of first contact, next steps."""
    assert missing(without(**given)) == [item]


def test_everything_missing_is_said_in_one_message() -> None:
    """R1.13: a filing is fixed in one round; the partner reads the same list as a list of its own."""
    told = without(products=(), origin="", decision_makers=(), evidence=())
    assert missing(told) == ["decision_makers", "products", "origin"]
    assert told.says(DRAFT) == (
        Phrase.FILING_INCOMPLETE,
        Phrase.MISSING,
        Phrase.MISSING,
        Phrase.MISSING,
        Phrase.EVIDENCE_SHORT,
    )
    listed = told.shown(DRAFT, "missing")
    assert isinstance(listed, Say)
    assert [params.get("item") for _, params in listed.sentences] == [
        "decision_makers",
        "products",
        "origin",
        None,
    ]


def test_what_refuses_a_filing_is_said_together_with_nothing_left_to_guess() -> None:
    """R1.13: every refusal of one ruling stands in one message."""
    told = without(amount=None, buying_stage=9, first_contact=date(2025, 1, 1))
    assert told.outcome(DRAFT) is Outcome.REJECT
    assert {Phrase.TOO_LATE_STAGE, Phrase.FIRST_CONTACT_TOO_OLD} <= set(told.says(DRAFT))


PROOFS = [
    ((proof(1, "meeting"),), True),
    ((proof(1, "email_introduction"),), True),
    ((proof(1, "meeting", customer_confirmed=False),), False),
    ((proof(1, "email_introduction", customer_confirmed=False),), False),
    ((proof(1, "discovery_deliverable"),), False),
    ((proof(1, "discovery_deliverable"), proof(2, "bant")), True),
    ((proof(1, "meddic"), proof(2, "bant")), False),
    ((proof(1, "bant"), proof(2, "bant"), proof(3, "bant")), False),
    ((), False),
]


@pytest.mark.parametrize(("evidence", "enough"), PROOFS)
def test_each_kind_of_proof_has_its_weight_and_the_total_has_to_reach_three(
    evidence: tuple[Evidence, ...], *, enough: bool
) -> None:
    """R1.9: a meeting counts when the customer agreed; the same kind twice counts once."""
    told = without(evidence=evidence)
    assert (told.outcome(DRAFT) is Outcome.APPROVE) == enough
    assert (Phrase.EVIDENCE_SHORT in told.reasons(DRAFT)) != enough


@pytest.mark.parametrize(
    ("contact", "outcome"),
    [
        (date(2025, 12, 3), Outcome.APPROVE),
        (date(2025, 12, 2), Outcome.REJECT),
        (date(2026, 3, 3), Outcome.APPROVE),
        (date(2026, 3, 4), Outcome.DEFER),
    ],
)
def test_first_contact_lies_within_ninety_days_before_the_filing(contact: date, outcome: Outcome) -> None:
    """R1.10: filed on the 3rd of March 2026; the 90th day counts; after the filing is doubtful."""
    assert without(first_contact=contact).outcome(DRAFT) is outcome


def test_the_contact_window_ends_at_the_completion_not_at_a_stub_filed_before() -> None:
    """R1.3, R1.10: "completing it later files it then"."""
    story = channel()
    story.file(
        DRAFT.model_copy(update={"next_steps": "", "first_contact": date(2025, 12, 10)}), after(days=1)
    )
    story.amend(DRAFT, after(days=30), next_steps="Workshop")
    told = story.tell(after(days=31))
    assert told.reasons(DRAFT) == {Phrase.FIRST_CONTACT_TOO_OLD}


def test_a_long_silence_since_asks_a_person() -> None:
    """R1.10: "alt, stille Beziehungen"."""
    shipped = filings_policy().registrations
    assert shipped is not None
    rule: EvidenceRule = shipped.evidence.model_copy(
        update={"silence_at_most": Duration(length=timedelta(days=20))}
    )
    for happened, outcome in ((date(2026, 2, 11), Outcome.APPROVE), (date(2026, 2, 10), Outcome.DEFER)):
        draft = filing(1, ANNA, CITY, evidence=(proof(1, happened_on=happened),))
        assert ruled(channel(evidence=rule), draft).outcome(draft) is outcome


def test_an_incomplete_filing_holds_no_place_until_it_is_completed() -> None:
    """R1.3: its place is the moment of completion, by the org's clock."""
    story = channel()
    story.file(DRAFT.model_copy(update={"evidence": ()}), after(days=1))
    assert story.tell(after(days=2)).registration(DRAFT).complete is None
    story.prove(DRAFT, after(days=3), evidence=(proof(1, created_at=after(days=3)),))
    entry = story.tell(after(days=4)).registration(DRAFT)
    assert entry.filed.latest == after(days=1)
    assert entry.complete is not None
    assert entry.complete.latest == after(days=3)
    assert entry.state is State.APPROVED


def test_a_filing_that_loses_a_required_part_loses_its_place() -> None:
    """R1.3: whole at the time of ruling, not at some time before."""
    story = channel(review=Choice[bool](options=(Option[bool](value=True),)))
    story.file(DRAFT, after(days=1))
    assert story.tell(after(days=2)).registration(DRAFT).state is State.IN_REVIEW
    story.amend(DRAFT, after(days=3), products=())
    entry = story.tell(after(days=4)).registration(DRAFT)
    assert (entry.state, entry.complete) == (State.INCOMPLETE, None)


def test_a_completion_seen_only_between_two_looks_is_known_as_an_interval() -> None:
    """Law 1: LastModifiedDate says when the last save was, not which of them completed the filing."""
    story = channel()
    story.file(DRAFT.model_copy(update={"next_steps": ""}), after(days=1))
    story.amend(DRAFT, after(days=1, minutes=9), next_steps="Workshop")
    place = story.tell(after(days=2)).registration(DRAFT).complete
    assert place is not None
    assert (place.earliest, place.latest) == (after(days=1, seconds=1), after(days=1, minutes=9))


def test_a_policy_may_count_from_the_submission() -> None:
    """R1.3, varied: `counts_from: submitted` gives the place of the first save, once whole."""
    story = channel(first_filing=FirstFiling(counts_from="submitted"))
    story.file(DRAFT.model_copy(update={"next_steps": ""}), after(days=1))
    story.amend(DRAFT, after(days=3), next_steps="Workshop")
    place = story.tell(after(days=4)).registration(DRAFT).complete
    assert place is not None
    assert place.latest == after(days=1)
