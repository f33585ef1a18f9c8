"""Facts of a staged sales process: evidence supplied, and what people sign (R2)."""

from datetime import date
from decimal import Decimal

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import SignOff
from connector.canonical.staged import Proof
from connector.facts.derive import derive
from tests.support.builders import LONG_AGO, after, customer, deal, ident, lead, pool, seller, who
from tests.support.channel import Channel, claims_policy

REP = seller(1)
MANAGER = seller(2)
CITY = customer(1, who("Stadtwerke Gera GmbH"))


def saved(**changes: object) -> list[tuple[FactKind, str]]:
    story = Channel(claims_policy())
    was = deal(1, REP, CITY)
    story.add(REP, CITY, was)
    story.save(was, after(hours=1), REP, **changes)
    return [(fact.kind, fact.value) for fact in story.facts]


def test_evidence_is_a_fact_that_names_what_came() -> None:
    proof = Proof(budget_known=True, technical_win=date(2026, 3, 1))
    assert saved(proof=proof) == [(FactKind.SUPPLIED, "proof.budget_known, proof.technical_win")]


def test_evidence_in_the_save_that_moves_the_stage_is_judged_with_the_move_alone() -> None:
    assert saved(proof=Proof(budget_known=True), stage=Decimal(3)) == [(FactKind.STAGE_MOVED, "3")]


def test_what_no_stage_asks_for_is_no_evidence() -> None:
    assert saved(name="Another name", stage_message="written by us") == []


def test_answers_to_the_questions_of_a_lead_are_a_fact() -> None:
    story = Channel(claims_policy())
    was = lead(1, pool())
    story.add(was)
    story.save(was, after(hours=1), REP, answers=20)
    assert [fact.kind for fact in story.facts] == [FactKind.SUPPLIED]


def row(**given: object) -> SignOff:
    return SignOff(
        id=ident("a09", 1),
        created_at=LONG_AGO,
        created_by=MANAGER.id,
        changed_at=LONG_AGO,
        stamp=LONG_AGO,
        **given,
    )


def test_a_sign_off_is_a_fact_about_what_it_is_about_by_who_made_it() -> None:
    """R2.2, R2.11: the actor and the time are the org's own stamps of the row."""
    story = Channel(claims_policy())
    signed = row(deal=ident("006", 1), what="go_no_go", word="yes")
    (fact,) = derive(Kind.SIGN_OFF, story.seen(None, signed))
    assert (fact.subject, fact.record, fact.value) == (Kind.OPPORTUNITY, ident("006", 1), "go_no_go:yes")
    assert (fact.actor, fact.instant) == (MANAGER.id, LONG_AGO)


def test_a_later_edit_of_a_sign_off_says_nothing() -> None:
    story = Channel(claims_policy())
    before = row(deal=ident("006", 1), what="go_no_go", word="no")
    assert derive(Kind.SIGN_OFF, story.seen(before, before.model_copy(update={"word": "yes"}))) == ()


def test_a_sign_off_about_nothing_or_of_nothing_is_no_fact() -> None:
    story = Channel(claims_policy())
    assert derive(Kind.SIGN_OFF, story.seen(None, row(what="go_no_go", word="yes"))) == ()
    assert derive(Kind.SIGN_OFF, story.seen(None, row(deal=ident("006", 1)))) == ()
