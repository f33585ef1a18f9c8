"""The desk that a conflict's record is given to: the policy's, the mapping's, or whoever has it already."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.intent import Creation
from connector.canonical.kind import Kind
from connector.canonical.records import Pool
from connector.canonical.time import at
from connector.flows.faults import Faults
from connector.flows.records import RecordReader
from connector.flows.wishes import WishMaker
from connector.policy.model import Policies
from connector.rules.decision import Decision
from tests.support.builders import START, ident, pool
from tests.support.process import mapped
from tests.unit.messages.shipped import speaker

DESK, HEAD = pool(1, "Channel_Desk"), pool(2, "Head_of_Channel")


class Pools:
    """The org's queues, and nothing else."""

    @staticmethod
    def all(kind: Kind) -> Iterator[Pool]:
        return iter((DESK, HEAD) if kind is Kind.POOL else ())


def owner(**values: str) -> object:
    """The owner that the wish for a conflict's record sets; `...` where it leaves the owner alone."""
    fact = Fact(kind=FactKind.FILED, subject=Kind.REGISTRATION, record=ident("a01", 1), when=at(START))
    made = Creation(subject=Kind.CONFLICT, key="partner_partner|a|b", values={"status": "open", **values})
    maker = WishMaker(mapped(), speaker(), Policies())
    reader, faults = cast("RecordReader", Pools()), cast("Faults", None)
    decision = Decision(fact=fact, creations=(made,))
    [wish] = maker.of(reader, faults, decision, now=START, seq=1)
    fields: Mapping[str, Any] = json.loads(wish.value or "{}")
    return fields.get("OwnerId", ...)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [({}, DESK.id), ({"desk": "Head_of_Channel"}, HEAD.id), ({"desk": ""}, ...)],
    ids=["the mapping's", "the policy's", "whoever has it"],
)
def test_a_conflict_goes_to_the_desk_that_the_policy_names(values: dict[str, str], wanted: object) -> None:
    assert owner(**values) == wanted
