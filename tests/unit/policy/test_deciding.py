"""R4.14: the key of the policy that decided, where it stands, and what stands there."""

import pytest

from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.shape import Schema
from connector.canonical.verdict import Effect, Finding
from connector.policy import policy_schema
from connector.policy.deciding import RULES, keys_of, keys_of_deadline
from connector.policy.text import PolicyText
from connector.rules import fold, rule

TEXT = """\
policy: acme
version: 1
in_force: 2026-01-01
quota:
  - {when: 'tier == "Gold"', is: 40}
  - {is: 20}
minimum_amount:
  - {when: 'product.line == "Cloud"', is: 6000 USD}
  - is: 20000.00 EUR
second_filing:
  - {when: 'amount > 5', then: split, share: 30%}
  - {then: reduced}
conditions:
  - {name: named account, when: 'true', then: reject}
  - {name: public body, when: 'true', then: review}
roles:
  seller: {warehouse: 400}
  agent: {warehouse: 1500}
stages:
  9: {needs: [order_received]}
  9.5:
    needs:
      - contract_received
protection: {lasts: 90 days}
"""


def found(message: Phrase, rule_: str = "quota", **params: str) -> Finding:
    return Finding(rule=rule_, effect=Effect.REFUSE, message=message, params=params)


def test_the_table_knows_every_rule_and_no_other() -> None:
    assert fold  # it imports every module of rules
    assert rule.RULES.keys() == RULES


@pytest.mark.parametrize(
    ("key", "said", "where", "line", "text"),
    [
        ("quota", {"quota": "20"}, "quota[2]", 6, "20"),
        ("quota", {"quota": "40"}, "quota[1]", 5, "40"),
        ("quota", {"quota": "7"}, "quota", 4, "40, 20"),
        (
            "minimum_amount",
            {"minimum": "20000 EUR", "amount": "5 EUR"},
            "minimum_amount[2]",
            9,
            "20000.00 EUR",
        ),
        ("second_filing.share", {"share": "30.0%"}, "second_filing[1].share", 11, "30%"),
        ("second_filing.then", {"then": "reduced"}, "second_filing[2].then", 12, "reduced"),
        ("conditions", {"condition": "public body"}, "conditions[2]", 15, "name: public body, then: review"),
        ("roles", {"held": "1500", "limit": "1500"}, "roles.agent", 18, "warehouse: 1500"),
        ("roles.agent.warehouse", {}, "roles.agent.warehouse", 18, "1500"),
        ("stages.9.5.needs", {}, "stages.9.5.needs", 22, "contract_received"),
        ("stages.9.needs", {}, "stages.9.needs", 20, "order_received"),
        ("protection.lasts", {}, "protection.lasts", 24, "90 days"),
        ("protection.starts", {}, "protection.starts", 0, ""),
        ("appeal.within", {}, "appeal.within", 0, ""),
    ],
)
def test_a_key_is_found_in_the_file_with_the_row_that_was_taken(
    key: str, said: dict[str, str], where: str, line: int, text: str
) -> None:
    setting = PolicyText("acme/policy.yaml", TEXT).setting(key, said)
    assert (setting.key, setting.line, setting.text) == (where, line, text)
    assert setting.file == "acme/policy.yaml"


def test_a_row_never_tells_its_condition() -> None:
    """A condition may name firms and lists of ours."""
    assert "Gold" not in PolicyText("x", TEXT).setting("quota", {}).text


@pytest.mark.parametrize("text", ["", "- a list", "a: [", "\t"])
def test_a_file_that_cannot_be_read_any_more_has_no_line(text: str) -> None:
    assert PolicyText("x", text).setting("quota", {}).line == 0


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        (Kind.LEAD, "who_may_claim.certified"),
        (Kind.REGISTRATION, "who_may_file.certified"),
    ],
)
def test_who_may_act_is_said_by_the_section_on_that_act(subject: Kind, key: str) -> None:
    assert keys_of(found(Phrase.NOT_CERTIFIED, "eligibility"), subject) == (key,)


def test_a_persons_word_is_no_settings() -> None:
    assert keys_of(found(Phrase.PERSON_REJECTED, "person"), Kind.REGISTRATION) == ()
    assert keys_of(found(Phrase.EXTENSION_REFUSED, "extension_by_person"), Kind.REGISTRATION) == ()
    assert keys_of(found(Phrase.EXTENSION_REFUSED, "extension"), Kind.REGISTRATION) != ()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("work_by", "worked_lead.within"),
        ("work_remind_2", "worked_lead.remind"),
        ("protection_remind_2_business", "protection.remind"),
        ("escalate_1", "escalate"),
        ("payout_due", "rebate_budget.payable"),
        ("conflict_escalate|0|poach|a|b", "conflicts.escalate"),
    ],
)
def test_a_deadline_has_a_setting(name: str, key: str) -> None:
    assert keys_of_deadline(name) == (key,)


def test_what_no_setting_brings_about_has_none() -> None:
    assert keys_of_deadline("order_looked_at") == ()
    assert keys_of_deadline("superseded|dormant|by rule|a01") == ()


PLACES = {"stage": "9.5", "role": "seller"}


def test_every_key_that_may_be_told_is_one_of_the_policy_file() -> None:
    schema = policy_schema()
    told = {
        key
        for name in RULES
        for phrase in Phrase
        for kind in (Kind.LEAD, Kind.REGISTRATION, Kind.OPPORTUNITY)
        for key in keys_of(found(phrase, name, **PLACES), kind)
    }
    fit = {
        "partners.certified",
        "partners.trained",
        "partners.tiers.prefer",
        "partners.tiers.others",
        "partners.tiers",
    }
    assert len(told) > 100
    assert sorted(key for key in told - fit if not _known(schema, key)) == []


def _known(schema: Schema, key: str) -> bool:
    if not key:
        return True
    shapes = [schema, *schema.get("anyOf", ())]
    items = [shape["items"] for shape in shapes if shape.get("type") == "array"]
    for shape in (*shapes, *(each for item in items for each in (item, *item.get("anyOf", ())))):
        for name, inner in shape.get("properties", {}).items():
            if (key == name or key.startswith(f"{name}.")) and _known(inner, key[len(name) + 1 :]):
                return True
        free = shape.get("additionalProperties")
        if isinstance(free, dict) and _known(free, key.partition(".")[2]):
            return True
    return False
