"""Who may rule: two parties that are one person, the role that a step asks for, our people or a partner's (R4.11)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from connector.canonical.ids import RecordId
from connector.canonical.records import Person

P = TypeVar("P")


def clashes(parties: Mapping[P, RecordId | None]) -> Iterator[tuple[P, P]]:
    """Each two parties that are one person."""
    for one, other in combinations(parties, 2):
        if parties[one] is not None and parties[one] == parties[other]:
            yield one, other


def entitled(person: Person | None, roles: Sequence[str]) -> bool:
    """Whether a person has one of the roles; without roles everybody has."""
    return not roles or (person is not None and person.role in roles)


def of_a_partner(person: Person | None) -> bool:
    """Whether it is a partner's user: whose word on a record of ours is an edit of our field, and no ruling."""
    return person is not None and person.firm is not None
