"""The filing that was first, inside a condition on the one that comes second: `first.tier`, `first.own.vertical`.

CEL sees one variable `first` with a table of what the condition names; nothing else of that filing is looked up.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from connector.canonical.document import Scalar
from connector.canonical.fault import nearest
from connector.canonical.kind import Kind
from connector.canonical.own import OwnFields, OwnSort
from connector.canonical.shape import Reading
from connector.policy import own_names
from connector.policy.choosing import ConditionFailed
from connector.policy.circumstances import FIRST, as_cel
from connector.policy.sense import inside

VARIABLE = "first"
_PATH = re.compile(r"(?<![\w.])first(?!\w)(?:\.(\w+))?(?:\.(\w+))?")
_PARTS: Mapping[str, tuple[str, ...]] = {"product": ("name", "line")}


def known(names: Mapping[str, str]) -> list[str]:
    """Those of the names of a place that are of the first filing; none where there is no first filing."""
    return [name for name in names if name in FIRST]


class FirstName(NamedTuple):
    """One name of the first filing that a condition asks for; `sort` only for a field of the programme's own."""

    name: str
    sort: OwnSort | None = None


def read(
    node: Scalar, words_only: str, names: Mapping[str, str], own: OwnFields, reading: Reading
) -> tuple[FirstName, ...] | None:
    """What a condition names of the first filing; None, with a fault for each, where one is not known here.

    Args:
        node: the condition.
        words_only: its text with quoted parts blanked, so that columns stay.
        names: what conditions of this place may name; those under `first.` where a first filing is known.
        own: what the mapping declares.
        reading: takes the faults.
    """
    here, found, whole = known(names), [], True
    for path in _PATH.finditer(words_only):
        name, part = path[1] or "", path[2] or ""
        if not here:
            fix = "a first filing is known only where the second is treated: `second_filing`"
            reading.fault(inside(node, path.start()), found=f"{path[0]!r}", fix=fix)
            whole = False
            continue
        fields = own.get(Kind.REGISTRATION, {}) if name == "own" else {}
        parts = tuple(fields) if name == "own" else _PARTS.get(name, ())
        below = name == "own" or bool(parts)
        there = [f"{VARIABLE}.{name}.{each}" for each in parts] if below else here
        said = f"{VARIABLE}.{name}.{part}" if below else f"{VARIABLE}.{name}"
        if said not in there:
            nothing = "a field that the mapping's `registration` declares under `own:`, which has none"
            reading.fault(
                inside(node, path.start()),
                found=f"{path[0]!r}",
                expected="one of " + ", ".join(there) if there else nothing,
                near=nearest(said, there),
            )
            whole = False
        elif fields.get(part) is OwnSort.MONEY and not own_names.as_money(words_only, path):
            fix = f"write eur({said}), money({said}) or {said}.currency"
            reading.fault(inside(node, path.start()), found=f"{path[0]!r}", fix=fix)
            whole = False
        else:
            found.append(FirstName(part, fields[part]) if name == "own" else FirstName(name))
    return tuple(dict.fromkeys(found)) if whole else None


def values(
    names: tuple[FirstName, ...], circumstances: Mapping[str, object], source: str
) -> dict[str, object]:
    """What is said of the first filing under these names.

    Raises:
        ConditionFailed: where there is no first filing, or nobody knows that of it: the rule defers (law 8).
    """
    held = circumstances.get(VARIABLE)
    if not isinstance(held, Mapping):
        raise ConditionFailed(f"{source}: no first filing is known for this act")
    out: dict[str, object] = {}
    own: dict[str, object] = {}
    for each in names:
        key = each.name if each.sort is None else f"{Kind.REGISTRATION}.own"
        if key not in held:
            raise ConditionFailed(f"{source}: {VARIABLE}.{each.name} is not known for this act")
        if each.sort is None:
            out[each.name] = as_cel(held[each.name])
        else:
            own[each.name] = own_names.value(held[key], each.name, each.sort)
    return out | ({"own": own} if own else {})
