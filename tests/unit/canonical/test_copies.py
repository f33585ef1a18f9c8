"""A copy is the same value with other attributes; what was worked out of the old ones does not come along."""

import pytest
from pydantic import ValidationError

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.time import at
from tests.support.builders import START, ident

CLAIM = ClaimEntry(lead=ident("00Q", 1), holder=ident("005", 1), firm=ident("001", 1), opened=at(START))


def test_a_copy_has_the_key_of_its_own_values() -> None:
    before = CLAIM.key
    moved = CLAIM.model_copy(update={"lead": ident("00Q", 2)})
    assert moved.key != before
    assert moved.key == ClaimEntry.model_validate(moved.model_dump()).key
    assert CLAIM.key == before


def test_a_copy_is_equal_to_the_value_made_anew_and_says_the_same_in_json() -> None:
    assert CLAIM.key
    ended = CLAIM.model_copy(update={"state": ClaimState.RELEASED})
    anew = ClaimEntry.model_validate({**CLAIM.model_dump(), "state": ClaimState.RELEASED})
    assert ended == anew
    assert ended.model_dump_json() == anew.model_dump_json()
    assert ended.model_fields_set == CLAIM.model_fields_set | {"state"}
    assert ended != CLAIM


def test_a_copy_stays_frozen() -> None:
    with pytest.raises(ValidationError):
        CLAIM.model_copy(update={"reason": "worked"}).reason = "not"  # type: ignore[misc]


def test_a_deep_copy_shares_nothing_that_changes() -> None:
    assert CLAIM.key
    deep = CLAIM.model_copy(deep=True)
    assert deep == CLAIM
    assert deep.key == CLAIM.key
