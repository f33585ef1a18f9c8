"""The programme's own fields inside a condition: `registration.own.vertical`, checked against the mapping.

CEL sees one variable `own` with a table for each kind, so that `customer.own.segment` stands beside `customer`: the
two words change places, which moves no column.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from connector.canonical.document import Scalar
from connector.canonical.fault import nearest
from connector.canonical.kind import Kind
from connector.canonical.own import KINDS, SORTS, OwnFields, OwnSort
from connector.canonical.shape import Reading
from connector.policy.choosing import ConditionFailed
from connector.policy.circumstances import as_cel
from connector.policy.sense import inside

VARIABLE = "own"
_KIND = "|".join(KINDS)
_PATH = re.compile(rf"(?<![\w.])({_KIND})\.own(?!\w)(?:\.(\w+))?")
_BARE = re.compile(r"(?<![\w.])own(?!\w)")
_CALLED = re.compile(r"[A-Za-z_]\w*\s*\(\s*$")
_CURRENCY = re.compile(r"\.currency(?!\w)")


class OwnName(NamedTuple):
    """One field that a condition names."""

    kind: Kind
    name: str
    sort: OwnSort


def read(
    node: Scalar, words_only: str, names: Mapping[str, str], own: OwnFields, reading: Reading
) -> tuple[OwnName, ...] | None:
    """The own fields that a condition names; None, with a fault for each, where one is not known here.

    Args:
        node: the condition.
        words_only: its text with quoted parts blanked, so that columns stay.
        names: what conditions of this place may name; `registration.own` among them lets in those of the filing.
        own: what the mapping declares.
        reading: takes the faults.
    """
    found: list[OwnName] = []
    before = len(reading.faults)
    for path in _PATH.finditer(words_only):
        kind, name = Kind(path[1]), path[2] or ""
        place, said = inside(node, path.start()), f"{path[0]!r}"
        here = [each for each in names if each.endswith(".own")]
        if f"{kind}.own" not in names:
            known = ", ".join(here) or "no field of the programme's own"
            reading.fault(place, found=said, expected=f"here: {known}", near=nearest(f"{kind}.own", here))
            continue
        declared = own.get(kind, {})
        if name not in declared:
            near = nearest(name, declared)
            reading.fault(
                place,
                found=said,
                expected="one of " + ", ".join(f"{kind}.own.{each}" for each in declared)
                if declared
                else f"a field that the mapping's `{kind}` declares under `own:`, which has none",
                near=near and f"{kind}.own.{near}",
            )
            continue
        if declared[name] is OwnSort.MONEY and not as_money(words_only, path):
            path_ = f"{kind}.own.{name}"
            reading.fault(place, found=said, fix=f"write eur({path_}), money({path_}) or {path_}.currency")
            continue
        found.append(OwnName(kind, name, declared[name]))
    return tuple(dict.fromkeys(found)) if len(reading.faults) == before else None


def as_money(words_only: str, path: re.Match[str]) -> bool:
    """Whether the amount at this place is inside a money function, or asked for its currency."""
    called = _CALLED.search(words_only[: path.start()])
    return called is not None or _CURRENCY.match(words_only, path.end()) is not None


def turned(source: str, words_only: str) -> str:
    """The source with each `customer.own` as `own.customer`, at the same columns."""
    out = source
    for path in _PATH.finditer(words_only):
        pair = f"{path[1]}.{VARIABLE}"
        out = f"{out[: path.start()]}{VARIABLE}.{path[1]}{out[path.start() + len(pair) :]}"
    return out


def bare(words_only: str) -> bool:
    """Whether the admin wrote the variable itself: that is a name that nobody knows."""
    return _BARE.search(words_only) is not None


def values(names: tuple[OwnName, ...], circumstances: Mapping[str, object], source: str) -> dict[str, object]:
    """What the records say under these names; what they do not say is empty, and a number, day or amount nothing.

    Raises:
        ConditionFailed: an act at which there is no such record: the rule defers (law 8).
    """
    out: dict[str, dict[str, object]] = {}
    for each in names:
        held = circumstances.get(f"{each.kind}.own")
        if not isinstance(held, Mapping):
            raise ConditionFailed(f"{source}: {each.kind}.own is not known for this act")
        out.setdefault(each.kind, {})[each.name] = value(held, each.name, each.sort)
    return dict(out)


def empty(names: tuple[OwnName, ...], circumstances: Mapping[str, object]) -> tuple[str, ...]:
    """Those of these names for which nobody gave a number, a day or an amount, as a condition writes them."""
    return tuple(
        f"{each.kind}.own.{each.name}"
        for each in names
        if value(circumstances.get(f"{each.kind}.own"), each.name, each.sort) is None
    )


def value(held: object, name: str, sort: OwnSort) -> object:
    """One field as CEL knows it, of the own fields of a record; what it does not say is empty."""
    said = held.get(name) if isinstance(held, Mapping) else None
    told: object = SORTS[sort][1] if said is None else said
    return told.isoformat() if hasattr(told, "isoformat") else as_cel(told)
