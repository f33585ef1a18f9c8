"""Schema drift: a mapping fitted to an org that has changed since the last run.

An object whose fields no longer fit the profile stops alone, with the faults that `connector check` would name, and
the others go on. What never fitted is no drift, and is refused altogether.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connector.canonical.fault import Fault
from connector.mapping import CompiledMapping, ProfileMapping, compile_mapping
from connector.ports.store import Transaction

Describes = Mapping[str, Mapping[str, Any]]

NOTE = "describes"
_OF_OBJECT = ("name", "keyPrefix", "createable", "updateable")
_OF_FIELD = ("name", "type", "length", "calculated", "createable", "updateable", "restrictedPicklist")
_OF_CHILD = ("relationshipName", "childSObject", "field")


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A mapping that can be used, and the objects that stand still until a person acts, with the reason.

    Without a mapping, `faults` say what is wrong with the profiles themselves.
    """

    mapping: CompiledMapping | None
    stopped: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def fitted(mapping: ProfileMapping, described: Describes, known: Describes) -> Fitted:
    """Fit a mapping to the org as it is; objects that stopped fitting are taken as they were last `known`."""
    compiled, faults = _compiled(mapping, described)
    if not faults:
        return Fitted(mapping=compiled)
    mended, stopped = dict(described), dict[str, str]()
    for name in sorted(known):
        _, left = _compiled(mapping, {**described, name: known[name]})
        cured = [fault for fault in faults if fault not in left]
        if cured:
            mended[name] = known[name]
            stopped[name] = f"{name} changed in the org: " + "; ".join(str(fault) for fault in cured)
    compiled, faults = _compiled(mapping, mended)
    return Fitted(mapping=None if faults else compiled, stopped=stopped, faults=faults)


def _compiled(
    mapping: ProfileMapping, described: Describes
) -> tuple[CompiledMapping | None, tuple[Fault, ...]]:
    compiled, faults = compile_mapping(mapping, described)
    return compiled, tuple(fault for fault in faults if not fault.note)


def remember(tx: Transaction, described: Describes) -> None:
    """Keep of these describes what a mapping asks of them, for the next run; others stay as they were known."""
    trimmed = {name: _trimmed(describe) for name, describe in described.items()}
    text = msgspec.json.encode({**remembered(tx), **trimmed}, order="sorted").decode()
    if tx.notes.get(NOTE) != text:
        tx.notes.put(NOTE, text)


def remembered(view: Transaction) -> Describes:
    """The describes of the mapped objects as the last run knew them."""
    text = view.notes.get(NOTE)
    known: Describes = msgspec.json.decode(text) if text else {}
    return known


def _trimmed(describe: Mapping[str, Any]) -> dict[str, Any]:
    fields = []
    for each in describe["fields"]:
        values = [
            {"value": value["value"], "active": value.get("active", True)}
            for value in each.get("picklistValues") or ()
        ]
        fields.append({**_some(each, _OF_FIELD), **({"picklistValues": values} if values else {})})
    children = [_some(each, _OF_CHILD) for each in describe.get("childRelationships", ())]
    return {**_some(describe, _OF_OBJECT), "fields": fields, "childRelationships": children}


def _some(whole: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: whole[name] for name in names if whole.get(name) is not None}
