"""R1.14: a registration on a custom object, on Lead or on Opportunity: the same stories end the same.

A sample of them, through a practice org over HTTP; the whole set takes minutes: `make shapes`.
"""

from pathlib import Path

import pytest

from connector.profiles import read_profiles
from connector.scenario.file import load_story
from connector.scenario.org import through_an_org

HERE = Path(__file__).parent
SHAPES = ("registration_on_lead", "registration_on_opportunity")
SAMPLE = ("registration/all_that_is_missing.yaml", "windows/extension_on_request.yaml")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_story_ends_the_same_on_every_shape(name: str, shape: str) -> None:
    story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name, shape)
    assert story is not None, faults
    assert story.profiles == (shape,)
    found = through_an_org(story)
    assert not found, "\n".join(each.line(name) for each in found)


def test_a_registered_lead_is_no_claim_and_its_deal_keeps_credit_and_protection() -> None:
    """R3.7, R3.10, R0.5: the shape shares its object with the leads that are claimed."""
    name = "registration/registered_lead_is_converted.yaml"
    story, faults = load_story((HERE / name).read_text(encoding="utf-8"), name)
    assert story is not None, faults
    found = through_an_org(story)
    assert not found, "\n".join(each.line(name) for each in found)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_has_the_policy_and_the_other_kinds_of_the_profile_that_it_is_based_on(shape: str) -> None:
    below, own = read_profiles(["deal_registration"]), read_profiles([shape])
    assert own.mapping is not None
    assert below.mapping is not None
    assert not [fault for fault in own.faults if not fault.note]
    assert [each.label for each in own.policies.versions] == [each.label for each in below.policies.versions]
    assert {each.kind for each in own.mapping.sections} == {each.kind for each in below.mapping.sections}
    assert own.mapping.time_zone == below.mapping.time_zone
