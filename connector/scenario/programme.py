"""The programme that a story is about: a profile's mapping, and its policy with what the story changes in it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from connector import places
from connector.canonical.document import Listing, Node, Table
from connector.canonical.fault import Fault
from connector.canonical.own import OwnFields
from connector.canonical.shape import Reading
from connector.mapping import based_on
from connector.messages import LANGUAGES
from connector.policy import load_policy
from connector.policy.model import Policies, Policy
from connector.profiles import Profiles, read_profiles, rules_of


@lru_cache(maxsize=16)
def shipped(names: tuple[str, ...]) -> Profiles:
    """The profiles as they ship, read once. Raises FileNotFoundError for one that does not exist."""
    return read_profiles(names)


def in_shape(names: tuple[str, ...], shape: str) -> tuple[str, ...]:
    """The profiles, one that keeps the same records on other objects in the place of the one it is based on."""
    mapping = places.profile(shape) / "mapping.yaml"
    below = based_on(mapping.read_text(encoding="utf-8"), str(mapping))
    return tuple(shape if name == below else name for name in names)


def policies(
    names: Sequence[str], text: str, changes: Node | None, versions: Node | None, reading: Reading
) -> Policies:
    """The profiles' policies with the story's changes: `policy:` in every version, `policies:` as further ones."""
    base, mapping = shipped(tuple(names)).policies, shipped(tuple(names)).mapping
    fields = mapping.own if mapping else {}
    if changes is None and versions is None:
        return base
    raw = _tables(text)
    own, more = raw.get("policy"), raw.get("policies")
    files = places.policy_files(rules_of(places.profile(names[0])))
    made: list[Policy] = []
    if changes is not None:
        made += [policy for path in files for policy in _load(path, (own,), changes, reading, fields)]
    rows = versions.items if isinstance(versions, Listing) else ()
    for raw_row, row in zip(more.value if more is not None else (), rows, strict=False):
        made += _load(files[0], (own, raw_row), row, reading, fields)
    replaced = {policy.label for policy in made}
    return Policies(versions=(*(p for p in base.versions if p.label not in replaced), *made))


def _load(
    path: Path, changes: Sequence[Any], place: Node, reading: Reading, fields: OwnFields
) -> Iterator[Policy]:
    tree = _yaml().compose(path.read_text(encoding="utf-8"))
    for change in changes:
        if change is not None:
            _merge(tree, change)
    out = StringIO()
    _yaml().serialize(tree, out)
    policy, faults = load_policy(out.getvalue(), str(path), LANGUAGES, fields)
    reading.faults += [_placed(fault, place, reading.file) for fault in faults if not fault.note]
    if policy is not None:
        yield policy


def _merge(base: Any, change: Any) -> None:
    """Tables merge key by key; anything else, a list too, is replaced."""
    for key, value in change.value:
        for number, (name, old) in enumerate(base.value):
            if name.value == key.value:
                if old.id == "mapping" and value.id == "mapping":
                    _merge(old, value)
                else:
                    base.value[number] = (name, value)
                break
        else:
            base.value.append((key, value))


def _placed(fault: Fault, place: Node, file: str) -> Fault:
    """A fault of the merged policy, where the story causes it; else where the story changes anything at all."""
    node: Node = place
    for part in fault.where.split("."):
        entries = node.entries if isinstance(node, Table) else ()
        inner = next((pair for pair in entries if pair[0].text == part.partition("[")[0]), None)
        if inner is None:
            break
        node = inner[0] if fault.where.endswith(part) and "key" in fault.found else inner[1]
    where = f"{place.where}.{fault.where}"
    return fault.model_copy(update={"file": file, "line": node.line, "column": node.column, "where": where})


def _tables(text: str) -> dict[str, Any]:
    return {key.value: value for key, value in _yaml().compose(text).value}


def _yaml() -> YAML:
    return YAML(typ="rt", pure=True)
