"""A programme's own fields: declared in the mapping, named in conditions and in what a whole filing needs."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connector.canonical.document import Scalar
from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.own import OwnSort
from connector.canonical.shape import Reading
from connector.mapping import compile_mapping, completed, load_mapping, merge
from connector.mapping.model import ProfileMapping
from connector.policy import load_policy
from connector.policy.circumstances import CLAIM, FILING
from connector.policy.condition import CelCondition, ConditionShape, Terms
from connector.policy.model import ConditionFailed
from connector.profiles import read_profiles
from tests.unit.mapping.org import describes_for, shipped

OWN = {
    Kind.REGISTRATION: {
        "vertical": OwnSort.TEXT,
        "seats": OwnSort.NUMBER,
        "urgent": OwnSort.TRUTH,
        "modules": OwnSort.LIST,
        "ends_on": OwnSort.DATE,
        "budget": OwnSort.MONEY,
    },
    Kind.CUSTOMER: {"segment": OwnSort.TEXT},
    Kind.LEAD: {"campaign": OwnSort.TEXT},
}
HEAD = "policy: acme\nversion: 1\nin_force: 2026-01-01\n"
MAPPING = "profile: acme/1\nbased_on: deal_registration\n"


def read(source: str, names: dict[str, str] | None = None) -> tuple[CelCondition | None, list[Fault]]:
    reading = Reading(file="policy.yaml")
    node = Scalar(where="when", line=7, column=10, text=source, plain=False)
    shape = ConditionShape(names or dict(FILING), Terms(own=OWN))
    return shape.read(node, reading), reading.faults


def holds(source: str, **filed: object) -> bool:
    condition, faults = read(source)
    assert condition is not None, [str(fault) for fault in faults]
    return condition.holds(
        {"customer": "Stadtwerke Auenried", "registration.own": filed, "customer.own": {"segment": "SMB"}}
    )


@pytest.mark.parametrize(
    ("source", "filed"),
    [
        ('registration.own.vertical == "Public"', {"vertical": "Public"}),
        ('registration.own.vertical == ""', {}),
        ("registration.own.seats >= 100.5", {"seats": Decimal("100.5")}),
        ("!registration.own.urgent", {}),
        ('"CRM" in registration.own.modules', {"modules": ("ERP", "CRM")}),
        ("size(registration.own.modules) == 0", {}),
        ('registration.own.ends_on < "2026-06-01"', {"ends_on": date(2026, 5, 31)}),
        ("registration.own.seats == null", {}),
        ("eur(registration.own.budget) > 500", {"budget": Money(amount=Decimal(501), currency="EUR")}),
        ('registration.own.budget.currency == "EUR"', {"budget": Money(amount=Decimal(1), currency="EUR")}),
        ('customer.own.segment == "SMB" && customer.startsWith("Stadt")', {}),
        ('"registration.own.nothing" != registration.own.vertical', {}),
    ],
)
def test_a_condition_reads_an_own_field_by_its_sort(source: str, filed: dict[str, object]) -> None:
    assert holds(source, **filed)


def test_a_number_that_nobody_gave_is_none_to_compare() -> None:
    """Law 8: a rule without its data defers."""
    with pytest.raises(ConditionFailed):
        holds("registration.own.seats > 100")
    condition, _ = read('customer.own.segment == "SMB"')
    assert condition is not None
    with pytest.raises(ConditionFailed, match=r"customer\.own is not known"):
        condition.holds({"registration.own": {}})


@pytest.mark.parametrize(
    ("source", "column", "nearest"),
    [
        ('registration.own.vertcal == "Public"', 11, "registration.own.vertical"),
        ('tier == "Gold" && registration.own.seat > 1', 29, "registration.own.seats"),
        ('partner.own.level == "A"', 11, ""),
        ('lead.own.campaign == "A"', 11, ""),
        ("registration.own.budget > 5", 11, ""),
        ("registration.own", 11, ""),
        ('registration.vertical == "Public"', 11, "registration.own"),
        ('own.registration.vertical == "Public"', 11, ""),
    ],
)
def test_an_unknown_own_field_is_a_fault_with_its_column_and_the_nearest_name(
    source: str, column: int, nearest: str
) -> None:
    condition, faults = read(source)
    assert condition is None
    assert [(fault.line, fault.column) for fault in faults] == [(7, column)]
    assert not nearest or faults[0].nearest == nearest


def test_a_claim_sees_the_leads_fields_and_no_filings() -> None:
    assert read('lead.own.campaign == "Fair"', dict(CLAIM))[0] is not None
    condition, faults = read('registration.own.vertical == "Public"', dict(CLAIM))
    assert condition is None
    assert "lead.own" in faults[0].expected


def test_a_whole_filing_may_need_an_own_field() -> None:
    text = f"{HEAD}complete_filing: {{needs: [customer.name, own.seats]}}\n"
    policy, faults = load_policy(text, "policy.yaml", own=OWN)
    assert faults == ()
    assert policy is not None
    assert policy.registrations is not None
    assert policy.registrations.complete_filing.needs == ("customer.name", "own.seats")
    policy, faults = load_policy(text, "policy.yaml")
    assert policy is None
    assert [(fault.line, fault.column) for fault in faults] == [(4, 42)]


def test_own_fields_are_read_from_the_org_by_their_sorts() -> None:
    mapping = made(
        "registration:\n  own:\n    memo: Next_Steps__c\n    heads: {field: Employees__c, type: number}\n"
        "    wares: {field: Products__c, type: list, split: ';'}\n    ends: {field: Expected_Close__c, type: date}\n"
        "    worth: {field: Amount__c, type: money, currency: CurrencyIsoCode}\n"
        "    barred: {field: Do_Not_Extend__c, type: truth}\n"
    )
    assert mapping.own[Kind.REGISTRATION]["heads"] is OwnSort.NUMBER
    stamp = "2026-03-02T09:00:00.000Z"
    row = {
        "Id": "a01000000000001AAA",
        "CreatedDate": stamp,
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
        "Status__c": "Submitted",
        "Next_Steps__c": "Demo",
        "Employees__c": "420.0",
        "Products__c": "Edge Gateway;Analytics",
        "Expected_Close__c": "2026-06-30",
        "Amount__c": "64000.5",
        "CurrencyIsoCode": "EUR",
    }
    ready, faults = compile_mapping(mapping, describes_for(mapping))
    assert ready is not None, faults
    record = ready.read(Kind.REGISTRATION, row, {})
    assert record is not None
    assert dict(record.own) == {  # type: ignore[union-attr]
        "memo": "Demo",
        "heads": Decimal("420.0"),
        "wares": ("Edge Gateway", "Analytics"),
        "ends": date(2026, 6, 30),
        "worth": Money(amount=Decimal("64000.5"), currency="EUR"),
        "barred": False,
    }


def made(body: str) -> ProfileMapping:
    mapping, faults = load_mapping(MAPPING + body, "mapping.yaml")
    assert mapping is not None, [str(fault) for fault in faults]
    return completed(mapping, shipped("deal_registration"))


@pytest.mark.parametrize(
    ("body", "line", "column", "nearest"),
    [
        ("registration: {own: {seats: {field: Seats__c, type: numbr}}}", 3, 53, "number"),
        ("registration: {own: {seats: {field: Seats__c, typ: number}}}", 3, 47, "type"),
        ("registration: {own: {Seats: Seats__c}}", 3, 22, ""),
        ("registration: {own: {in: Seats__c}}", 3, 22, ""),
        ("registration: {own: {worth: {field: Worth__c, type: money}}}", 3, 29, ""),
        ("order: {own: {seats: Seats__c}}", 3, 9, ""),
    ],
)
def test_a_faulty_own_field_is_said_with_its_place(body: str, line: int, column: int, nearest: str) -> None:
    mapping, faults = load_mapping(MAPPING + body, "mapping.yaml")
    assert mapping is None
    assert (faults[0].line, faults[0].column, faults[0].nearest) == (line, column, nearest)


def test_own_fields_alone_need_a_profile_below_them() -> None:
    _, faults = load_mapping("profile: acme/1\nregistration: {own: {seats: Seats__c}}\n", "mapping.yaml")
    assert [fault.found for fault in faults] == ["no 'object'"]


def test_two_profiles_have_to_agree_on_an_own_field() -> None:
    body = "registration: {own: {seats: {field: Seats__c, type: %s}}}\n"
    _, faults = merge([made(body % "number"), made(body % "text")])
    assert len(faults) == 1


def test_a_policy_names_the_own_fields_of_the_mapping_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(
        MAPPING + "registration: {own: {units: {field: Units__c, type: number}}}\n"
    )
    row = "conditions: [{name: small, when: registration.own.%s < 100, then: reject}]\n"
    (tmp_path / "policy.yaml").write_text(HEAD + row % "units")
    assert [fault for fault in read_profiles([str(tmp_path)]).faults if not fault.note] == []
    (tmp_path / "policy.yaml").write_text(HEAD + row % "unit")
    assert [each.nearest for each in read_profiles([str(tmp_path)]).faults] == ["registration.own.units"]


def test_own_fields_of_a_kind_that_the_profile_below_lacks_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING + "lead: {own: {wave: Wave__c}}\n")
    found = [fault for fault in read_profiles([str(tmp_path)]).faults if not fault.note]
    assert [fault.found for fault in found] == ["`own:` alone for lead"]


def test_a_comparison_with_a_field_that_nobody_filled_in_says_which() -> None:
    with pytest.raises(ConditionFailed, match=r"> 100: nobody gave registration\.own\.seats$"):
        holds("registration.own.seats > 100")


def test_a_fault_of_another_kind_is_not_laid_on_an_empty_field() -> None:
    with pytest.raises(ConditionFailed, match=r": days_until\(\) takes a date$"):
        holds("registration.own.seats == null && days_until(registration.own.ends_on) > 1")
