"""Policies that are used together: where two of them rule on the same matter, and which of them is heard.

Every file is right by itself. What one says beside the other is advice, because a programme may mean it so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import Fault
from connector.policy.file import halves
from connector.policy.model import Policy
from connector.policy.text import PolicyText, plain

_SAME_MATTER = (
    ("until which stage a partner may come in", "latest_stage", "partners.may_enter.until"),
    ("how far back a renewal looks", "incumbency.look_back", "renewals.look_back"),
    ("after which silence a deal is stale", "stale_deals", "stale_deals"),
    ("how much of each stage is expected", "forecast", "forecast"),
    ("when two records are the same customer", "same_customer", "same_customer"),
)
"""What two policies can say of the same record in different halves, each by its own key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One version of a policy, and the text that it was read from."""

    policy: Policy
    text: PolicyText

    @property
    def age(self) -> tuple[object, ...]:
        return (self.policy.in_force, self.policy.version)


def disagreements(policies: Sequence[Written]) -> tuple[Fault, ...]:
    """A note for each matter that two policies rule on in two ways; versions of one policy follow each other."""
    newest: dict[str, Written] = {}
    for each in policies:
        known = newest.get(each.policy.policy)
        newest[each.policy.policy] = each if known is None or each.age > known.age else known
    notes: list[Fault] = []
    for one, other in combinations(newest.values(), 2):
        notes += _two_for_one(one, other)
        for matter, here, there in _SAME_MATTER:
            notes += _said_twice(matter, (one, here), (other, there))
            if here != there:
                notes += _said_twice(matter, (one, there), (other, here))
    return tuple(notes)


def _two_for_one(one: Written, other: Written) -> Iterator[Fault]:
    """Of two policies on one half only one is heard: the one that came into force last (the first, if together)."""
    for half, keys in halves().items():
        first, second = _first_key(one, keys), _first_key(other, keys)
        if first is None or second is None:
            continue
        heard, unheard = (one, other) if one.age >= other.age else (other, one)
        place = second if unheard is other else first
        yield _note(
            unheard,
            place,
            found=f"rules on {half} in {unheard.policy.policy!r}",
            expected=f"them in one policy alone: {heard.policy.policy!r} ({heard.text.file}) has some too, "
            f"and is heard instead since it is in force from {heard.policy.in_force}",
        )


def _said_twice(matter: str, one: tuple[Written, str], other: tuple[Written, str]) -> Iterator[Fault]:
    (first, here), (second, there) = one, other
    said, says = first.text.node(here), second.text.node(there)
    if said is None or says is None or _value(said) == _value(says):
        return
    yield _note(
        second,
        says,
        found=f"{matter} in {second.policy.policy!r} ({_shown(says)})",
        expected=f"the same as {here!r} in {first.policy.policy!r}, "
        f"{first.text.file}:{said.line}:{said.column} ({_shown(said)})",
    )


def _note(written: Written, place: Node, *, found: str, expected: str) -> Fault:
    return Fault(
        file=written.text.file,
        line=place.line,
        column=place.column,
        where=place.where,
        found=found,
        expected=expected,
        fix="two policies judge the same records: change one of the two, or mean it so",
        note=True,
    )


def _first_key(written: Written, keys: frozenset[str]) -> Node | None:
    found = (written.text.node(key) for key in written.text.keys if key in keys)
    return next((node for node in found if node is not None), None)


def _value(node: Node) -> object:
    match node:
        case Scalar():
            return plain(node.text)
        case Listing():
            return tuple(_value(item) for item in node.items)
        case Table():
            return _table(node)
        case _:
            return None


def _table(node: Table) -> Mapping[str, object]:
    return {key.text: _value(inner) for key, inner in node.entries}


def _shown(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else f"line {node.line}"
