"""What a policy file may say, and how its faults read."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.canonical.fault import Fault
from connector.canonical.money import Money
from connector.policy import load_policy, policy_schema
from connector.policy.benefits import UsualRebates
from connector.policy.duration import Duration
from connector.policy.model import Policy, Requirement, SameSecond, Then

MAPPINGS = Path(__file__).parents[3] / "mappings"
HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"


def shipped(profile: str) -> Policy:
    file = MAPPINGS / profile / "policy.yaml"
    policy, faults = load_policy(file.read_text(encoding="utf-8"), str(file))
    assert faults == ()
    assert policy is not None
    return policy


def faults_of(body: str) -> tuple[Fault, ...]:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is None
    return faults


def read(body: str) -> Policy:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is not None, [str(fault) for fault in faults]
    return policy


def test_the_shipped_quota_depends_on_the_tier() -> None:
    """R3.7."""
    claims = shipped("partner_leads").claims
    assert claims is not None
    tiers = ("Registered", "Silver", "Gold", "Platinum", "")
    assert [claims.quota.pick({"tier": tier}) for tier in tiers] == [10, 20, 40, 80, 10]
    assert claims.same_second is SameSecond.PERSON
    assert claims.work_within == Duration(length=timedelta(days=10))
    assert claims.remind == (Duration(length=timedelta(days=3)), Duration(length=timedelta(days=1)))
    assert claims.reclaim_after == Duration(length=timedelta(days=7))
    assert claims.return_to == "Partner_Pool"


def test_the_shipped_registration_policy_says_what_the_sample_says() -> None:
    """R0.2, R0.11, R1.4, R1.9, R1.10, R1.12."""
    policy = shipped("deal_registration")
    terms = policy.registrations
    assert terms is not None
    assert policy.claims is None
    assert terms.who_may_file.certified is Requirement.REQUIRED
    assert terms.who_may_file.tiers.others is Requirement.REVIEW
    assert terms.latest_stage == Decimal(4)
    assert terms.evidence.needs == 3
    assert terms.evidence.first_contact_within == Duration(length=timedelta(days=90))
    assert terms.direct_sales.already_working is Then.REJECT
    assert terms.decide_within.pick({}) == Duration(length=timedelta(days=2), business=True)
    assert [step.to for step in terms.escalate] == ["Channel_Desk", "Head_of_Channel"]
    assert terms.protection.extend.activity_within == Duration(length=timedelta(days=30))
    assert terms.appeal.within == Duration(length=timedelta(days=5), business=True)
    assert policy.safety.rejects_per_hour == 40
    assert date(2026, 12, 25) in policy.office_hours.closed


def test_the_minimum_amount_follows_the_product_line_that_all_products_share() -> None:
    """R0.2: a Cloud deal has its own minimum; a mixed one has the default."""
    terms = shipped("deal_registration").registrations
    assert terms is not None
    cloud = terms.minimum_amount.pick({"products": ["Cloud Control", "Analytics"]})
    mixed = terms.minimum_amount.pick({"products": ["Cloud Control", "Edge Gateway"]})
    assert cloud == Money(amount=Decimal(6000), currency="USD")
    assert mixed == Money(amount=Decimal(20000), currency="EUR")


def test_benefits_and_their_budget_are_kept() -> None:
    """R0.12, R0.14, R0.15."""
    terms = shipped("deal_registration").registrations
    assert terms is not None
    platinum = {"tier": "Platinum", "products": ["Edge Gateway"]}
    big = {**platinum, "amount": Money(amount=Decimal(100000), currency="EUR")}
    small = {**platinum, "amount": Money(amount=Decimal("99999.99"), currency="EUR")}
    assert [benefit.rebate for pick in (big, small) if (benefit := terms.benefits.pick(pick))] == [
        Decimal("0.15"),
        Decimal("0.05"),
    ]
    assert terms.rebate_budget is not None
    assert terms.rebate_budget.year == Money(amount=Decimal(400000), currency="EUR")


@pytest.mark.parametrize(
    ("usual", "said"),
    [
        ("usual_rebates: {at_least: 5%, at_most: 20%}\n", ["35%", "4.5%"]),
        ("usual_rebates: {at_most: 20%}\n", ["35%"]),
        ("usual_rebates: {at_least: 3%, at_most: 40%}\n", []),
        ("", []),
    ],
)
def test_a_rebate_outside_what_the_policy_calls_usual_is_said_but_loads(usual: str, said: list[str]) -> None:
    """R0.14."""
    gold = """  - {when: 'tier == "Gold"', rebate: 35%, instead: {discount: {rebate: 4.5%}}}\n"""
    benefits = f"benefits:\n{gold}  - {{rebate: 20%}}\n"
    policy, faults = load_policy(HEAD + benefits + usual, "policy.yaml")
    assert policy is not None
    assert [(fault.note, fault.line, fault.found) for fault in faults] == [
        (True, 5, f"a rebate of {each}") for each in said
    ]


def test_rebates_that_add_up_to_more_than_usual_are_said_unless_they_are_capped() -> None:
    rows = "benefits: [{when: new_customer, rebate: 12%}, {rebate: 10%}]\nbonuses: [{rebate: 5%}, {rebate: 4%}]\n"
    usual = "usual_rebates: {at_least: 5%, at_most: 20%}\n"
    policy, faults = load_policy(HEAD + rows + usual, "policy.yaml")
    assert policy is not None
    assert [(fault.note, fault.where, fault.found) for fault in faults] == [
        (True, "bonuses", "rebates of up to 21% together")
    ]
    for most in ("{rebate: 20%}", "[{when: new_customer, rebate: 20%}, {rebate: 15%}]"):
        assert load_policy(f"{HEAD}{rows}{usual}benefits_at_most: {most}\n", "policy.yaml")[1] == ()
    for most in (
        "{rebate_amount: 9 EUR}",
        "[{when: new_customer, rebate: 20%}]",
        "[{when: new_customer, rebate: 20%}, {mdf: 5 EUR}]",
    ):
        assert load_policy(f"{HEAD}{rows}{usual}benefits_at_most: {most}\n", "policy.yaml")[1] != ()


def test_the_profile_calls_the_source_s_five_to_twenty_percent_usual() -> None:
    """R0.14: "normalt spænder 5-20 procent"."""
    registrations = shipped("deal_registration").registrations
    assert registrations is not None
    assert registrations.usual_rebates == UsualRebates(at_least=Decimal("0.05"), at_most=Decimal("0.2"))


def test_every_fault_of_a_file_is_said_in_one_run() -> None:
    faults = faults_of(
        "latest_stage: four\n"
        "latest_stage: 4\n"
        "quotas: 3\n"
        "quota: [{is: 4}, {when: 'teir == \"x\"', is: 3}]\n"
        "protection: {starts: aproved, lasts: 90 fortnights}\n"
        "complete_filing: {needs: [customer.nam]}\n"
        "office_hours: {zone: Europe/Berln, from: 9, holidays: ZZ}\n"
    )
    assert [(fault.where, fault.line, fault.nearest) for fault in faults] == [
        ("latest_stage", 4, ""),
        ("latest_stage", 5, ""),
        ("quotas", 6, "quota"),
        ("quota[2]", 7, ""),
        ("quota[2].when", 7, "tier"),
        ("protection.starts", 8, "approved"),
        ("protection.lasts", 8, ""),
        ("complete_filing.needs[1]", 9, "customer.name"),
        ("office_hours.zone", 10, ""),
        ("office_hours.from", 10, ""),
        ("office_hours.holidays", 10, ""),
    ]


def test_a_fault_is_one_line_with_place_finding_and_fix() -> None:
    (fault,) = faults_of("decide_within: 2 fortnights\n")
    assert str(fault) == (
        "policy.yaml:4:16: decide_within: found '2 fortnights', expected a span such as `90 days`, "
        "`24 hours` or `2 business days`; write a number and a unit"
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("policy: p\n\tversion: 1\n", 2, 1, "a tab"),
        ("policy: [p\nversion: 1\n", 2, 8, "':'"),
        ("policy: 'p\n", 2, 1, "end of stream"),
        ("- policy\n", 1, 1, "a list of 1"),
        ("policy: p\n---\nversion: 1\n", 2, 1, "another document"),
        ("policy: *nobody\n", 1, 9, "nobody"),
    ],
)
def test_a_file_that_is_no_yaml_table_says_where(text: str, line: int, column: int, word: str) -> None:
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is None
    assert (faults[0].line, faults[0].column) == (line, column)
    assert word in str(faults[0])


@pytest.mark.parametrize("text", ["", "# nothing\n", "a: &x {b: *x}\n", "? [a]\n: b\n"])
def test_odd_files_give_faults_and_no_traceback(text: str) -> None:
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is None
    assert faults


def test_aliases_that_multiply_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        inside = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{inside}]")
    policy, faults = load_policy("\n".join(lines), "policy.yaml")
    assert policy is None
    assert any("too many aliases" in fault.found for fault in faults)


def test_missing_head_keys_are_said_together() -> None:
    policy, faults = load_policy("language: en\n", "policy.yaml")
    assert policy is None
    assert [fault.found for fault in faults] == ["no 'policy'", "no 'version'", "no 'in_force'"]


def test_a_threshold_order_that_cannot_be_is_a_fault_and_no_traceback() -> None:
    (fault,) = faults_of("same_customer: {at_least: 0.5, ask_a_person_from: 0.75}\n")
    assert "ask_a_person_from" in fault.fix
    assert fault.line == 4


def test_rates_are_exact_and_dated() -> None:
    policy = read(
        "rates: {base: EUR, version: v, from: {2026-01-01: {USD: 1.10}, 2026-07-01: {USD: 1.20}}}\n"
    )
    hundred = Money(amount=Decimal(110), currency="USD")
    assert policy.rates.convert(hundred, "EUR", date(2026, 6, 30)) == Money(
        amount=Decimal("100.00"), currency="EUR"
    )
    assert policy.rates.convert(hundred, "EUR", date(2025, 6, 30)) is None


def test_a_bare_value_is_a_choice_without_conditions() -> None:
    policy = read("quota_per_person: 400\n")
    assert policy.claims is not None
    assert policy.claims.quota_per_person.pick({}) == 400


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((MAPPINGS / "policy.schema.json").read_text(encoding="utf-8"))
    assert committed == policy_schema(), "write policy_schema() to mappings/policy.schema.json"


@pytest.mark.parametrize("profile", ["partner_leads", "deal_registration"])
def test_each_shipped_policy_names_its_schema(profile: str) -> None:
    first = (MAPPINGS / profile / "policy.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../policy.schema.json"


_PIECES = [
    "{",
    "}",
    "[",
    ":",
    ", ",
    "'",
    '"',
    "&a",
    "*a",
    "#",
    "|",
    "\t",
    "\n",
    "\x00",
    "null",
    "true",
    "1e999",
    "東",
]


@given(
    profile=st.sampled_from(["partner_leads", "deal_registration"]),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(_PIECES)), min_size=1, max_size=4
    ),
)
def test_a_damaged_file_gives_a_policy_or_faults_and_never_a_traceback(
    profile: str, cuts: list[tuple[float, int, str]]
) -> None:
    text = (MAPPINGS / profile / "policy.yaml").read_text(encoding="utf-8")
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    found, faults = load_policy(text, "damaged.yaml")
    assert found is not None or faults
    assert all("\n" not in str(fault) for fault in faults)
