"""Uniting the mappings of several profiles on one org; contradictions name both lines."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from connector.canonical.fault import Fault, nearest
from connector.mapping.model import Place, Placed, ProfileMapping, ReadEntry, SectionMap, WriteEntry

P = TypeVar("P", ReadEntry, WriteEntry)


def merge(mappings: Sequence[ProfileMapping]) -> tuple[ProfileMapping, tuple[Fault, ...]]:
    """One mapping of all; where two contradict, the first stands and a fault names both lines.

    Raises:
        ValueError: no mapping was given.
    """
    if not mappings:
        raise ValueError("no mapping to merge")
    faults: list[Fault] = []
    united = mappings[0]
    for other in mappings[1:]:
        united = _unite(united, other, faults)
    return united, tuple(faults)


def completed(own: ProfileMapping, base: ProfileMapping) -> ProfileMapping:
    """A mapping with the sections of the one that it is based on, for every kind that it does not map itself."""
    whole = tuple(section for section in own.sections if section.object)
    kinds = {section.kind for section in whole}
    rest = tuple(_with_fields(section, own) for section in base.sections if section.kind not in kinds)
    settings = {name: getattr(base, name) for name in base.places if name not in own.places}
    return own.model_copy(
        update={**settings, "sections": (*whole, *rest), "places": {**base.places, **own.places}}
    )


def placeless(own: ProfileMapping, base: ProfileMapping) -> tuple[Fault, ...]:
    """A fault for each section of nothing but the programme's own fields whose kind the base does not map."""
    return tuple(
        section.place.fault(
            found=f"`own:` alone for {section.kind.value}",
            expected="`object:` and `read:` too, since the profile below does not map it",
            near=nearest(section.kind.value, [each.kind.value for each in base.sections]),
        )
        for section in own.sections
        if not section.object and not base.of(section.kind)
    )


def _with_fields(section: SectionMap, own: ProfileMapping) -> SectionMap:
    """A section of the base with the programme's own fields that the mapping above it adds."""
    added = {name: entry for more in own.of(section.kind) for name, entry in more.read.items()}
    return section.model_copy(update={"read": {**section.read, **added}}) if added else section


def _unite(one: ProfileMapping, other: ProfileMapping, faults: list[Fault]) -> ProfileMapping:
    for name in ("time_zone", "rulings_by_people"):
        here, there = one.places.get(name), other.places.get(name)
        if here and there and getattr(one, name) != getattr(other, name):
            faults.append(_contradiction(there, getattr(other, name), here, getattr(one, name)))
    sections = {(section.kind, section.object): section for section in one.sections}
    for section in other.sections:
        key = (section.kind, section.object)
        sections[key] = _section(sections[key], section, faults) if key in sections else section
    later = {name: getattr(other, name) for name in other.places if name not in one.places}
    return one.model_copy(
        update={
            **later,
            "profiles": (*one.profiles, *other.profiles),
            "sections": tuple(sections.values()),
            "places": {**other.places, **one.places},
        }
    )


def _section(one: SectionMap, other: SectionMap, faults: list[Fault]) -> SectionMap:
    if one.where != other.where:
        faults.append(_contradiction(other.place, _where(other), one.place, _where(one)))
    if one.apart != other.apart:
        faults.append(_contradiction(other.place, _apart(other), one.place, _apart(one)))
    if one.write and other.write and one.when_a_person_edits is not other.when_a_person_edits:
        faults.append(
            _contradiction(
                other.place,
                f"when_a_person_edits: {other.when_a_person_edits}",
                one.place,
                f"when_a_person_edits: {one.when_a_person_edits}",
            )
        )
    edits = one.when_a_person_edits if one.write else other.when_a_person_edits
    return one.model_copy(
        update={
            "read": _entries(one.read, other.read, faults),
            "write": _entries(one.write, other.write, faults),
            "when_a_person_edits": edits,
        }
    )


def _entries(one: Mapping[str, P], other: Mapping[str, P], faults: list[Fault]) -> dict[str, P]:
    faults += [
        _contradiction(entry.place, _said(entry), one[name].place, _said(one[name]))
        for name, entry in other.items()
        if name in one and one[name] != entry
    ]
    return {**other, **one}


def _where(section: SectionMap) -> str:
    return f"where: {section.where.source}" if section.where else "no `where`"


def _apart(section: SectionMap) -> str:
    return f"apart: {section.apart.source}" if section.apart else "no `apart`"


def _said(entry: Placed) -> str:
    stated = entry.model_dump(exclude_defaults=True, exclude={"place", "name", "slot", "columns", "cases"})
    return ", ".join(f"{name}: {value}" for name, value in stated.items()) or "other rows"


def _contradiction(place: Place, said: str, first: Place, first_said: str) -> Fault:
    return place.fault(
        found=said,
        expected=f"the same as {first} ({first_said})",
        fix="two profiles on one org have to agree: change one of the two lines",
    )
