"""A value that depends on circumstances, as its rows say it, until an act picks its own."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from connector.canonical.model import Model
from connector.policy.choosing import Condition, ConditionFailed

T = TypeVar("T")
M = TypeVar("M")
Values = Mapping[str, object]
Rows = tuple[tuple[Condition | None, Values], ...]


class Varied(Generic[T]):
    """Rows tried from the top: under which condition (None: always), and the values that are made into a `T`.

    `later`: its conditions ask what only a later act knows, so that a section around it leaves it as it is.
    `name`: the key at the top of the policy file under which it stands.
    """

    __slots__ = ("later", "make", "name", "rows")

    def __init__(self, *, rows: Rows, make: Callable[..., T], later: bool = False, name: str = "") -> None:
        self.rows = rows
        self.make = make
        self.later = later
        self.name = name

    def __eq__(self, other: object) -> bool:
        """Equal by what its rows say."""
        return isinstance(other, Varied) and (self.rows, self.later) == (other.rows, other.later)

    def __hash__(self) -> int:
        return hash((len(self.rows), self.later))

    def pick(self, circumstances: Mapping[str, object]) -> T | None:
        """What holds under these circumstances; None where no row does. Raises ConditionFailed."""
        for when, values in self.rows:
            if when is None or when.holds(circumstances):
                return self.make(**dict(_picked(values, lambda each: each.pick(circumstances))))
        return None

    @property
    def usual(self) -> T | None:
        """What holds where no condition does: the row without one."""
        last = next((values for when, values in self.rows if when is None), None)
        return None if last is None else self.make(**dict(_picked(last, lambda each: each.usual)))

    def into(self, made: Callable[[T], M], name: str) -> "Varied[M]":
        """The same, made into something else, under its name."""
        make = self.make
        return Varied(rows=self.rows, make=lambda **values: made(make(**values)), later=self.later, name=name)


def _picked(values: Values, pick: Callable[[Varied[Any]], object]) -> Iterator[tuple[str, object]]:
    """The values by name; one that holds nowhere is left out, so that its default holds."""
    for name, value in values.items():
        found = pick(value) if isinstance(value, Varied) and not value.later else value
        if found is not None:
            yield name, found


class Terms(Model):
    """One half of a policy, with what of it depends on circumstances.

    Attributes:
        varied: what each act picks; each gives attributes of the terms by name.
        doubts: what of it could not be picked, and why; what is usual holds there, and a person looks (law 8).
    """

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    varied: tuple[Varied[dict[str, object]], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()


H = TypeVar("H", bound=Terms)


def settled(terms: H, circumstances: Mapping[str, object]) -> H:
    """The terms as they hold under these circumstances."""
    if not terms.varied:
        return terms
    picked: dict[str, object] = {}
    doubts: list[tuple[str, str]] = []
    for each in terms.varied:
        picked |= each.usual or {}
        try:
            picked |= each.pick(circumstances) or {}
        except ConditionFailed as failure:
            doubts.append((each.name, str(failure)))
    return terms.model_copy(update={**picked, "doubts": tuple(doubts)})
