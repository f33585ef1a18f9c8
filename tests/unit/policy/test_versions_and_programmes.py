"""A profile's folder: versions of its policy beside each other, and programmes that lend a profile's mapping."""

from pathlib import Path

import pytest

from connector import places
from connector.profiles import read_profiles

HEAD = "policy: acme\nin_force: {day}\nversion: {number}\n"
PROGRAMMES = sorted(
    f"programmes/{path.parent.name}" for path in places.shipped("mappings").glob("programmes/*/policy.yaml")
)


def folder(tmp_path: Path, **files: str) -> str:
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/").replace("_", ".") + ".yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_shipped_programme_loads_with_the_mapping_of_a_profile(programme: str) -> None:
    read = read_profiles([programme])
    assert [fault for fault in read.faults if not fault.note] == []
    assert read.mapping is not None
    assert len(read.policies.versions) >= 1


def test_every_version_of_a_policy_in_the_folder_is_loaded(tmp_path: Path) -> None:
    first = HEAD.format(day="2026-01-01", number=1) + "profile: deal_registration\n"
    name = folder(
        tmp_path,
        policy=first,
        policy_2=HEAD.format(day="2026-06-01", number=2),
        versions__third=HEAD.format(day="2027-01-01", number=3),
    )
    read = read_profiles([name])
    assert [fault for fault in read.faults if not fault.note] == []
    assert [each.label for each in read.policies.versions] == ["acme/1", "acme/2", "acme/3"]


def test_one_version_in_two_files_is_a_fault(tmp_path: Path) -> None:
    first = HEAD.format(day="2026-01-01", number=1) + "profile: deal_registration\n"
    read = read_profiles([folder(tmp_path, policy=first, policy_2=first)])
    assert ["for the second time" in fault.found for fault in read.faults] == [True]


def test_a_programme_of_an_unknown_profile_is_a_fault(tmp_path: Path) -> None:
    read = read_profiles(
        [folder(tmp_path, policy=HEAD.format(day="2026-01-01", number=1) + "profile: deals\n")]
    )
    assert [fault.where for fault in read.faults] == ["profile"]


def test_a_programme_that_names_no_profile_and_has_no_mapping_is_a_fault_beside_its_others(
    tmp_path: Path,
) -> None:
    head = HEAD.format(day="2026-01-01", number=1)
    read = read_profiles([folder(tmp_path, policy=head + "based_on: deal_registration\n")])
    assert [(fault.where, fault.found) for fault in read.faults if not fault.note] == [
        ("profile", "nothing"),
        ("based_on", "the unknown key 'based_on'"),
    ]
    assert "`profile: deal_registration`" in read.faults[0].expected


def test_a_programme_that_is_named_twice_is_read_once() -> None:
    read = read_profiles(["programmes/wazuh", "programmes/wazuh"])
    assert [fault for fault in read.faults if not fault.note] == []
    assert [each.label for each in read.policies.versions] == ["wazuh/1"]


def test_programmes_of_one_profile_share_its_mapping() -> None:
    read = read_profiles(["deal_registration", "programmes/wazuh"])
    assert [fault for fault in read.faults if not fault.note] == []
    assert read.mapping is not None
    assert read.mapping.profiles == ("deal_registration/1",)
