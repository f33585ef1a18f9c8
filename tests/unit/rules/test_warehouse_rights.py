"""R4.3, R4.5, R4.10: who may bring a lead into a warehouse, rule on an application, and keep accounts."""

from datetime import date
from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry
from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Person
from connector.canonical.time import at
from connector.canonical.transfer_in import TransferInEntry
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.warehouse import Counted, Grant, May, Role
from connector.rules.case import ClaimCase
from connector.rules.decision import Decision
from connector.rules.warehouse.applications import may_approve
from connector.rules.warehouse.holding import ENTERED, TRANSFERRED, TRANSFERRED_IN
from connector.rules.warehouse.limits import has_a_warehouse
from connector.rules.warehouse.upkeep import kept
from tests.support.builders import START, firm, ident, lead, seller, who
from tests.support.channel import claims_policy, shipped
from tests.unit.rules.cases import acted, world

POLICY = shipped("lead_warehouse")
AGENCY = firm(11, name="北方代理")
GREAT = who("北京长城钻探有限公司", country="China", city="北京")
JUDGE, CLERK = seller(1, role="审批组"), seller(2, role="渠道助理")
LI = seller(11, AGENCY, role="渠道销售", name="李雷")
LEAD = lead(1, LI, GREAT)


def warehouse(**given: Any) -> Any:
    assert POLICY.warehouse is not None
    return POLICY.model_copy(update={"warehouse": POLICY.warehouse.model_copy(update=given)})


def one(found: Any) -> Finding:
    (only,) = found
    assert isinstance(only, Finding)
    return only


ROLES = {
    "holds": Role(warehouse=5, may=frozenset({May.ENTER})),
    "receives": Role(warehouse=5, per=Counted.PERSON),
    "none": Role(may=frozenset({May.ENTER})),
}


@pytest.mark.parametrize(
    ("role", "came", "effect", "phrase"),
    [
        ("holds", ENTERED, Effect.PASS, Phrase.ROLE_HAS_WAREHOUSE),
        ("receives", ENTERED, Effect.REFUSE, Phrase.ROLE_MAY_NOT_ENTER),
        ("receives", TRANSFERRED, Effect.PASS, Phrase.ROLE_HAS_WAREHOUSE),
        ("receives", TRANSFERRED_IN, Effect.PASS, Phrase.ROLE_HAS_WAREHOUSE),
        ("none", ENTERED, Effect.REFUSE, Phrase.ROLE_NO_WAREHOUSE),
        ("unheard of", ENTERED, Effect.ASK, Phrase.ROLE_UNKNOWN),
    ],
)
def test_a_role_brings_in_what_its_row_allows_and_every_answer_shows_it(
    role: str, came: str, effect: Effect, phrase: Phrase
) -> None:
    holder = LI.model_copy(update={"role": role})
    entry = ClaimEntry(
        lead=LEAD.id, holder=LI.id, firm=AGENCY.id, opened=at(START), role=role, track="new", came=came
    )
    policy = warehouse(roles=ROLES)
    fact = acted(FactKind.CLAIMED, Kind.LEAD, LEAD.id)
    case = ClaimCase(
        fact=fact, world=world(AGENCY, holder, LEAD, fact=fact), policy=policy, partner=AGENCY, person=holder,
        circumstances={}, lead=LEAD, entry=entry, terms=policy.claims,
    )  # fmt: skip
    found = one(has_a_warehouse(case))
    assert (found.effect, found.message, found.params) == (effect, phrase, {"role": role})
    assert found.exhibits == (Exhibit(record=LI.id, field="role", value=role),)


GRANT = Grant(role=CLERK.role, zones=("华北",), may=frozenset({May.APPROVE}), until=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("actor", "word", "grants", "effect", "phrase"),
    [
        (JUDGE, "approve", (), Effect.PASS, Phrase.PERSON_APPROVED),
        (JUDGE, "reject", (), Effect.REFUSE, Phrase.PERSON_REJECTED),
        (CLERK, "approve", (), Effect.ASK, Phrase.ROLE_MAY_NOT_APPROVE),
        (CLERK, "approve", (GRANT,), Effect.PASS, Phrase.PERSON_APPROVED),  # until that day, in that zone
        (LI, "approve", (), Effect.ASK, Phrase.TRANSFER_IN_OWN_WORD),
    ],
)
def test_an_application_is_ruled_by_whoever_may_and_never_by_its_applicant(
    actor: Person, word: str, grants: tuple[Grant, ...], effect: Effect, phrase: Phrase
) -> None:
    filed = TransferInEntry(application=ident("a05", 1), lead=LEAD.id, applicant=LI.id, filed=at(START))
    fact = acted(FactKind.REVIEWED, Kind.TRANSFER_IN, filed.application, value=word, actor=actor.id)
    seen = world(AGENCY, LI, JUDGE, CLERK, LEAD, docket=(filed,), fact=fact)
    found = one(may_approve(fact, seen, warehouse(grants=grants), filed))
    assert (found.effect, found.message) == (effect, phrase)
    assert found.exhibits == (Exhibit(record=actor.id, field="role", value=actor.role),)


def test_accounts_are_no_matter_of_a_programme_without_warehouses_nor_of_nobody() -> None:
    fact = acted(FactKind.ACCOUNT_KEPT, Kind.PERSON, LI.id, value="account_opened", actor=CLERK.id)
    seen = world(AGENCY, LI, CLERK, fact=fact)
    assert kept(fact, seen, claims_policy()) == Decision(fact=fact)
    gone = fact.model_copy(update={"record": ident("005", 99)})
    assert kept(gone, seen, POLICY) == Decision(fact=gone)
    other = fact.model_copy(update={"value": "renamed"})
    assert kept(other, seen, POLICY) == Decision(fact=other)
    assert kept(fact, seen, POLICY).verdict is not None
