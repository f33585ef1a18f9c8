"""What a mapping file may say, how its faults read, and how several profiles are united."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.mapping import load_mapping, mapping_schema, merge
from connector.mapping.slots import SLOTS
from tests.unit.mapping.org import MAPPINGS, both, mapping_of, shipped

LEAD = "lead:\n  object: Lead\n  read: {owner: OwnerId}\n"


def faults_of(body: str) -> tuple[Fault, ...]:
    mapping, faults = load_mapping("profile: test/1\n" + body, "mapping.yaml")
    assert mapping is None
    return faults


def test_the_shipped_profiles_write_every_slot_that_the_rules_use() -> None:
    profiles = sorted(path.parent.name for path in MAPPINGS.glob("*/mapping.yaml"))
    sections = [section for profile in profiles for section in shipped(profile).sections]
    written = {(section.kind, slot) for section in sections for slot in section.write}
    assert written == {(kind, slot) for kind, slots in SLOTS.items() for slot in slots}


def test_an_account_is_partner_or_customer_by_its_where() -> None:
    sections = {section.kind: section for section in shipped("partner_leads").sections}
    assert sections[Kind.PARTNER].object == sections[Kind.CUSTOMER].object == "Account"
    assert sections[Kind.PARTNER].where != sections[Kind.CUSTOMER].where


def test_several_objects_may_make_one_kind() -> None:
    assert [section.object for section in both().of(Kind.ACTIVITY)] == ["Task", "Event"]


def test_every_fault_of_a_file_is_said_in_one_run() -> None:
    faults = faults_of(
        "time_zone: Berlin\n"
        "leed: {object: Lead}\n"
        "lead:\n"
        "  object: Lead\n"
        "  where: Status ~ 'New'\n"
        "  read:\n"
        "    identity.nam: Company\n"
        "    owner: Owner.Name\n"
        "    work_by: {history: Status}\n"
        "  write:\n"
        "    owner: OwnerId\n"
        "    message: {field: Claim_Message__c, language: boss}\n"
        "    verdit: Claim_Verdict__c\n"
    )
    assert [(fault.where, fault.line, fault.nearest) for fault in faults] == [
        ("time_zone", 2, ""),
        ("leed", 3, "lead"),
        ("lead.where", 6, ""),
        ("lead.read.identity.nam", 8, "identity.name"),
        ("lead.read.owner", 9, ""),
        ("lead.read.work_by", 10, ""),
        ("lead.write.owner", 12, ""),
        ("lead.write.verdit", 14, "verdict"),
    ]


def test_a_relationship_path_is_refused_with_the_reason() -> None:
    (fault,) = faults_of("lead: {object: Lead, read: {owner: Owner.Name}}\n")
    assert "without this record's own stamp moving" in str(fault)
    (fault,) = faults_of(
        "lead: {object: Lead, where: RecordType.DeveloperName = 'X', read: {owner: OwnerId}}\n"
    )
    assert "without this record's own stamp moving" in str(fault)
    assert fault.column == 29


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("amount: Amount", "money needs its currency"),
        ("stage: {field: StageName, values: {New: first}}", "'first'"),
        ("won: {field: IsWon, values: {x: perhaps}}", "'perhaps'"),
        ("won: {cases: [{when: IsWon = true, is: perhaps}]}", "'perhaps'"),
        ("won: {cases: [{when: IsWon == true, is: true}]}", "a condition"),
        ("stage_since: {history: StageName}", "`field`"),
        ("won: {history: StageName, to: Won}", "a history gives a date and time"),
        ("name: {children: Things__r, name: Name}", "not rows of a child object"),
        ("name: [Name]", "a list of 1"),
        ("name: {field: Name, valeus: {a: b}}", "'values'"),
    ],
)
def test_a_line_that_does_not_fit_its_attribute_is_a_fault(line: str, word: str) -> None:
    faults = faults_of(f"opportunity:\n  object: Opportunity\n  read:\n    {line}\n")
    assert any(word in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert {fault.line for fault in faults} == {5}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("products: Products__c", 'split: ";"'),
        ("status: Status__c", "draft, submitted"),
        ("decision_makers: Makers__c", "list of child rows"),
        ("decision_makers: {children: Decision_Makers__r}", "no 'name'"),
        ("evidence: {children: Evidence__r, kind: Kind__c, hapened_on: Date__c}", "'happened_on'"),
        ("status: {field: Status__c, values: {Draft: draf}}", "'draft'"),
    ],
)
def test_lists_enums_and_child_rows_say_what_they_need(line: str, word: str) -> None:
    faults = faults_of(f"registration:\n  object: R__c\n  read:\n    {line}\n")
    assert any(word in str(fault) for fault in faults), [str(fault) for fault in faults]


def test_a_slot_that_people_write_too_has_to_be_contested() -> None:
    """Law 12."""
    (fault,) = faults_of(LEAD + "  write: {owner: OwnerId}\n")
    assert "contested: true" in fault.expected


def test_a_message_is_in_the_language_of_a_person_who_is_read() -> None:
    (fault,) = faults_of(LEAD + "  write: {message: {field: M__c, language: status}}\n")
    assert fault.fix == "one of owner"


def test_a_mapping_without_sections_is_refused() -> None:
    (fault,) = faults_of("time_zone: UTC\n")
    assert fault.found == "no section"


def test_sections_of_two_profiles_are_united() -> None:
    one = mapping_of("lead:\n  object: Lead\n  read: {owner: OwnerId}\n")
    other = mapping_of(
        "lead:\n  object: Lead\n  read: {owner: OwnerId, status: Status}\n  write: {message: M__c}\n"
    )
    united, faults = merge([one, other])
    assert faults == ()
    (section,) = united.sections
    assert set(section.read) == {"owner", "status"}
    assert set(section.write) == {"message"}
    assert united.profiles == ("test/1", "test/1")


def test_contradicting_profiles_name_both_lines() -> None:
    one, _ = load_mapping("profile: a/1\ntime_zone: UTC\n" + LEAD, "a.yaml")
    other, _ = load_mapping(
        "profile: b/1\ntime_zone: Europe/Paris\nlead:\n  object: Lead\n  where: IsConverted = false\n"
        "  read: {owner: Other_Owner__c}\n",
        "b.yaml",
    )
    assert one is not None
    assert other is not None
    _, faults = merge([one, other])
    assert [str(fault).split(";")[0] for fault in faults] == [
        "b.yaml:2:12: time_zone: found Europe/Paris, expected the same as a.yaml:2:12 (UTC)",
        "b.yaml:4:3: lead: found where: IsConverted = false, expected the same as a.yaml:4:3 (no `where`)",
        (
            "b.yaml:6:17: lead.read.owner: found field: Other_Owner__c, "
            "expected the same as a.yaml:5:17 (field: OwnerId)"
        ),
    ]


def test_the_shipped_profiles_do_not_contradict_each_other() -> None:
    assert len(both().sections) == 11


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((MAPPINGS / "mapping.schema.json").read_text(encoding="utf-8"))
    assert committed == mapping_schema(), "write mapping_schema() to mappings/mapping.schema.json"


@pytest.mark.parametrize("profile", ["partner_leads", "deal_registration"])
def test_each_shipped_mapping_names_its_schema(profile: str) -> None:
    first = (MAPPINGS / profile / "mapping.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../mapping.schema.json"


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
def test_a_damaged_file_gives_a_mapping_or_faults_and_never_a_traceback(
    profile: str, cuts: list[tuple[float, int, str]]
) -> None:
    text = (MAPPINGS / profile / "mapping.yaml").read_text(encoding="utf-8")
    for place, length, piece in cuts:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + length :]
    found, faults = load_mapping(text, "damaged.yaml")
    assert found is not None or faults
    assert all("\n" not in str(fault) for fault in faults)
