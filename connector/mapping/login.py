"""What the login may not do with the objects of a compiled mapping: said before the first record is read."""

from collections.abc import Mapping
from typing import Any

from connector.canonical.fault import Fault
from connector.canonical.kind import Kind
from connector.mapping.compiled import CompiledMapping
from connector.mapping.describe import Described
from connector.mapping.model import Place, ProfileMapping


def check_login(compiled: CompiledMapping, describes: Mapping[str, Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Objects and fields that the login cannot read, write or follow, by the describes of now.

    Fields are checked when the mapping is compiled; this looks again: an org drifts.
    """
    faults: list[Fault] = []
    for name, fields in compiled.objects.items():
        place = _place(compiled, name)
        if name not in describes:
            faults.append(
                place.fault(found=f"{name}, which the login cannot see", fix="grant it read access")
            )
            continue
        org = Described(describes[name])
        if not org.allows("", "queryable"):
            faults.append(place.fault(found=f"{name}, which cannot be queried", fix="grant it read access"))
        if name in {source.object for source in compiled.sources} and not org.allows("", "replicateable"):
            faults.append(
                place.fault(
                    found=f"{name}, whose changes and deletions the org does not list",
                    fix="they are found by reconcile only",
                    note=True,
                )
            )
        faults += [
            place.fault(found=f"{name}.{field}, which the login cannot read", fix="grant it read access")
            for field in fields
            if not org.real(field)
        ]
        faults += _writes(compiled, org, place)
    return tuple(faults)


def tiers(mapping: ProfileMapping, describes: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The tiers that a partner can have: the profile's own words, else the picklist's; none where any text fits."""
    found: list[str] = []
    for section in mapping.of(Kind.PARTNER):
        entry = section.read.get("tier")
        if entry is None or section.object not in describes:
            continue
        org = Described(describes[section.object])
        real = org.real(entry.field)
        if entry.values:
            found += [value for value in entry.values.values() if value]
        elif real and (values := org.picklist(real)):
            found += values
        else:
            return ()
    return tuple(found)


def _writes(compiled: CompiledMapping, org: Described, place: Place) -> list[Fault]:
    faults: list[Fault] = []
    owned = {key: target for key, target in compiled.targets.items() if target.object == org.name}
    if not owned:
        return faults
    creates = any(kind is Kind.CONFLICT for kind, _ in owned)
    for act, wanted in (("updateable", True), ("createable", creates)):
        if wanted and not org.allows("", act):
            faults.append(
                place.fault(
                    found=f"{org.name}, not {act} for the login",
                    fix="grant it (permission set Channel_Connector)",
                )
            )
    for target in owned.values():
        for field in (target.field, target.expected_field):
            real = org.real(field) if field else ""
            if real and not org.allows(real, "createable" if creates else "updateable"):
                faults.append(
                    place.fault(
                        found=f"{org.name}.{real}, which the login cannot write",
                        fix="grant it (permission set Channel_Connector)",
                    )
                )
    return faults


def _place(compiled: CompiledMapping, name: str) -> Place:
    sections = compiled.mapping.sections
    own = next((section.place for section in sections if section.object == name), None)
    return own or sections[0].place
