"""R4.1 to R4.5: the role table, tracks, grants and pools of a policy file, and the faults of wrong ones."""

import pytest

from connector.policy import Named, load_policy, mentions
from connector.policy.warehouse import Cause, Counted, Held, May, Sees
from tests.support.channel import MAPPINGS, shipped

HEAD = "policy: p\nversion: 1\nin_force: 2026-01-01\n"
ROLES = "roles: {渠道销售: {warehouse: 400, may: [enter, sell]}, 渠道商: {warehouse: 1500, per: firm}}\n"


def said(body: str) -> list[str]:
    policy, faults = load_policy(HEAD + body, "policy.yaml")
    assert policy is None or not faults
    return [str(fault) for fault in faults]


def test_the_shipped_role_table_is_that_of_the_source() -> None:
    terms = shipped("lead_warehouse").warehouse
    assert terms is not None
    seller, dealer, manager = (terms.roles[name] for name in ("渠道销售", "渠道商", "渠道经理"))
    assert (seller.warehouse, seller.per) == (400, Counted.PERSON)
    assert (dealer.warehouse, dealer.per, dealer.sees) == (1500, Counted.FIRM, Sees.SUBORDINATES)
    assert May.TRANSFER in dealer.may
    assert May.SELL not in dealer.may
    assert manager.may == {May.OPEN_ACCOUNTS, May.SET_ZONES}
    without = {name for name, role in terms.roles.items() if role.warehouse is None}
    assert without >= {"销售主管", "渠道经理", "党代表", "渠道总监", "审批组", "特工队"}
    assert terms.transfer_in.approved_by == ("审批组",)
    assert terms.automatic == set(Cause)


def test_a_policy_without_roles_has_no_warehouses() -> None:
    assert shipped("partner_leads").warehouse is None


def test_none_is_a_warehouse_of_nobody_and_nought_an_empty_one() -> None:
    policy, _ = load_policy(HEAD + "roles: {A: {warehouse: none}, B: {warehouse: 0}}\n", "policy.yaml")
    assert policy is not None
    assert policy.warehouse is not None
    assert [role.warehouse for role in policy.warehouse.roles.values()] == [None, 0]
    assert policy.warehouse.entry.missing is Held.HOLD


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("roles: {A: {per: person}}\n", "found no 'warehouse'"),
        ("roles: {A: {warehouse: many}}\n", "policy.yaml:4:24: roles.A.warehouse: found 'many'"),
        ("roles: {A: {warehouse: 4, may: [buy]}}\n", "expected one of enter, apply, sell, transfer, approve"),
        ("roles: {A: {warehouse: 4, sees: everything}}\n", "expected one of own, subordinates, zone, all"),
        (
            ROLES + "grants: [{role: 渠道消售, may: [sell]}]\n",
            "expected a role of `roles`: one of 渠道销售, 渠道商",
        ),
        (ROLES + "tracks: {renewal: {warehouse: {渠道: 5}}}\n", "expected a role of `roles`"),
        (ROLES + "tracks: {old: {work_within: 3 days}}\n", "found the unknown key 'old'"),
        ("zones: {华北: [北京]}\npublic_pools: {P: 华南}\n", "expected a zone of `zones`: one of 华北"),
        (ROLES + "transfer_in: {by: application, approved_by: [审批]}\n", "expected a role of `roles`"),
        (ROLES + "entry: {needs: [fax]}\n", "entry.needs[1]: found 'fax'"),
        (
            ROLES + "automatic: [illegal]\n",
            "expected one of illegal_entry, illegal_transfer_in, fake_contact",
        ),
    ],
)
def test_a_wrong_word_is_a_fault_at_its_place(body: str, fault: str) -> None:
    found = said(body)
    assert any(fault in each for each in found), found


def test_the_queues_of_the_public_pools_and_of_refused_entries_are_checked_against_the_org() -> None:
    text = (MAPPINGS / "lead_warehouse" / "policy.yaml").read_text("utf-8")
    queues = {each.name for each in mentions(text, "policy.yaml") if each.sort is Named.QUEUE}
    assert {"Public_Pool_North", "Public_Pool_East", "Entry_Desk"} <= queues
