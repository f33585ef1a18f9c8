"""Policies that are well written and still wrong: each fault names place, expectation and the nearest name."""

import pytest

from connector.messages import LANGUAGES
from connector.policy import Named, load_policy, mentions, strangers

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"
RATES = "rates: {base: EUR, from: {2026-01-01: {USD: 1.1}}}\n"


def said(body: str) -> list[str]:
    policy, faults = load_policy(HEAD + body, "policy.yaml", LANGUAGES)
    assert policy is None or not faults
    return [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("language: xx\n", "policy.yaml:4:11: language: found 'xx', expected one of en, da, de, es, zh_CN"),
        ("language: dk\n", "policy.yaml:4:11: language: found 'dk', expected one of en, da, de, es, zh_CN"),
        ("latest_stage: 40\n", "policy.yaml:4:15: latest_stage: found '40', expected a canonical stage"),
        ("latest_stage: 0\n", "policy.yaml:4:15: latest_stage: found '0', expected a canonical stage"),
        ("latest_stage: 9.4\n", "nearest is '9.5'"),
        (
            "evidence: {needs: 300 points, points: {bant: 1, meddic: 2}}\n",
            "policy.yaml:4:19: evidence.needs: found '300 points', expected at most 3 points",
        ),
        ("evidence: {needs: 1 points}\n", "expected at most 0 points"),
        (
            RATES + "minimum_amount: 6000 USX\n",
            "minimum_amount: found the currency 'USX', which has no rate, expected one of EUR, USD; nearest is 'USD'",
        ),
        (
            RATES + "review: [{when: 'money(amount) > money(\"5 XYZ\")', is: true}]\n",
            "found the currency 'XYZ', which has no rate",
        ),
        (
            "usual_rebates: {at_least: 20%, at_most: 5%}\n",
            "usual_rebates.at_most: found '5%', expected no less than",
        ),
        (
            "benefits: {mdf: 5 EUR}\nbonuses: [{mdf: 6 USD}]\n",
            "policy.yaml:5:17: bonuses[1].mdf: found an amount in USD, which without rates cannot be added to one in",
        ),
        ("bonuses: [{name: new, whn: 'new_customer', rebate: 2%}]\n", "nearest is 'when'"),
        ("bonuses: [{when: 'new_custmer', rebate: 2%}]\n", "nearest is 'new_customer'"),
        ("filing_pace: {filings: 35}\n", "policy.yaml:4:14: filing_pace: found no 'within'"),
        ("filing_pace: {filings: 35, within: 1 weak}\n", "filing_pace.within: found '1 weak'"),
        ("filing_pace: {filings: 35, within: 7 days, per: group}\n", "expected one of firm, person"),
        ("benefits_at_most: {rebate: 150%}\n", "benefits_at_most.rebate: found '150%'"),
        ("benefits_at_most: {presales: true}\n", "benefits_at_most"),
        (
            "protection: [{when: 'rivals > 0', covers: customer}, {covers: deal}]\n",
            "policy.yaml:4:22: protection[1].when: found 'rivals' at 'protection.covers', which decides who is a rival",
        ),
        (
            "first_filing: {same_time_within: [{when: 'standing_rivals > 0', is: 1 hour}, {is: 1 minute}]}\n",
            "found 'standing_rivals' at 'first_filing.same_time_within', which decides who is a rival",
        ),
        (
            "customer_letter: [{when: 'rivals > 2', is: review}]\n",
            "found 'rivals' at 'customer_letter', which decides who is a rival",
        ),
        (
            "rebate_budget: {year: 4 EUR, quarter: 1 USD}\n",
            "quarter: found a cap in USD, expected one in EUR",
        ),
        (
            "rebate_budget: {each_firm: [{month: 4 EUR}, {of: [mdf], year: 1 USD}]}\n",
            "each_firm[2].year: found a cap in USD, expected one in EUR",
        ),
        (
            "rebate_budget: {each_firm: [{of: [rebate]}]}\n",
            "each_firm[1]: found a row without a cap, expected one of year, quarter, month",
        ),
        (
            "rebate_budget: {payable: {after: soon}}\n",
            "policy.yaml:4:34: rebate_budget.payable.after: found 'soon'",
        ),
        ("rebate_budget: {payable: {counts_from: earned}}\n", "rebate_budget.payable: found no 'after'"),
        (
            "rebate_budget: {payable: {after: 30 days, counts_from: customer_payed}}\n",
            "nearest is 'customer_paid'",
        ),
        ("rebate_budget: {claw_back: 90 days}\n", "policy.yaml:4:28: rebate_budget.claw_back"),
        (
            "rebate_budget: {claw_back: {within: 90 days, counts_from: customer_paid}}\n",
            "rebate_budget.claw_back.counts_from: found 'customer_paid', expected one of earned, paid_out",
        ),
        (RATES + "rebate_budget: {year: 4 XYZ}\n", "rebate_budget.year: found the currency 'XYZ'"),
    ],
)
def test_a_value_that_no_programme_can_mean_is_a_fault_at_its_place(body: str, fault: str) -> None:
    found = said(body)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    "body",
    [
        "language: de-AT\n",
        "language: zh-Hans\n",
        "latest_stage: 9.5\n",
        "latest_stage: 10\n",
        "evidence: {needs: 3 points, points: {bant: 1, meddic: 2}}\n",
        "minimum_amount: 6000 XYZ\n",
        "benefits: {mdf: 5 EUR, incentive: 7 USD}\nbonuses: [{mdf: 6 EUR}, {incentive: 1 USD}]\n",
        RATES + "benefits: {mdf: 5 EUR}\nbonuses: [{mdf: 6 USD}]\n",
        RATES + "minimum_amount: 6000 USD\n",
    ],
)
def test_what_can_be_meant_loads(body: str) -> None:
    assert said(body) == []


NAMES = """\
escalate: [{after: 2 days, to: Chanel_Desk}]
return_to: Partner_Pool
who_may_file: {tiers: {prefer: [Gold, Platinium]}}
quota:
  - {when: 'tier == "Golden" || tier in ["Silver", "Sliver"] || "Gold" != tier || tier == ""', is: 3}
"""


def test_every_queue_and_tier_that_a_policy_names_is_found_with_its_place() -> None:
    found = [(each.sort.value, each.name, each.line, each.column) for each in mentions(NAMES, "policy.yaml")]
    condition = NAMES.splitlines()[4]
    assert found == [
        ("queue", "Partner_Pool", 2, 12),
        ("queue", "Chanel_Desk", 1, 32),
        ("tier", "Gold", 3, 33),
        ("tier", "Platinium", 3, 39),
        ("tier", "Golden", 5, condition.index('"Golden"') + 1),
        ("tier", "Silver", 5, condition.index('"Silver"') + 1),
        ("tier", "Sliver", 5, condition.index('"Sliver"') + 1),
        ("tier", "Gold", 5, condition.index('"Gold"') + 1),
    ]


def test_names_that_the_org_does_not_know_are_faults_with_the_nearest_one() -> None:
    named = mentions(NAMES, "policy.yaml")
    queues = strangers(named, Named.QUEUE, ("Channel_Desk", "Partner_Pool"))
    tiers = strangers(named, Named.TIER, ("Gold", "Silver", "Platinum"))
    (queue,) = queues
    assert str(queue) == (
        "policy.yaml:1:32: escalate[1].to: found the queue 'Chanel_Desk', which the org does not know, "
        "expected one of Channel_Desk, Partner_Pool; nearest is 'Channel_Desk'"
    )
    assert [(fault.line, fault.nearest) for fault in tiers] == [
        (3, "Platinum"),
        (5, "Gold"),
        (5, "Silver"),
    ]


def test_what_rows_name_is_looked_for_in_the_org_too() -> None:
    rows = (
        "who_may_file: [{when: 'track == \"new\"', tiers: {prefer: [A]}}, {tiers: {prefer: [{is: [B]}]}}]\n"
        "appeal: [{when: 'track == \"new\"', to: Q1}, {to: Q2}]\n"
        "worked_lead: {returns_to: [{when: 'queue == \"x\"', is: Q3}, {is: Q4}]}\n"
    )
    found = {(each.sort.value, each.name) for each in mentions(rows, "policy.yaml")}
    assert found == {("tier", "A"), ("tier", "B"), *(("queue", f"Q{number}") for number in (1, 2, 3, 4))}


def test_a_row_on_rivals_may_stand_where_it_does_not_decide_who_they_are() -> None:
    rows = "[{when: 'standing_rivals > 0', lasts: 30 days}, {lasts: 90 days}]"
    assert said(f"protection: {rows}\n") == []
    assert said("decide_within: [{when: 'rivals > 0', is: 1 day}, {is: 2 days}]\n") == []
