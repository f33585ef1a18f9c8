"""What can be wrong between a mapping and an org, with the place in the file and the nearest name."""

import re
from collections.abc import Iterable, Mapping

from connector.canonical.fault import Fault, nearest
from connector.canonical.kind import Kind
from connector.mapping.attributes import FITS, Attribute, Sort
from connector.mapping.describe import Described
from connector.mapping.model import Place, ReadEntry, SectionMap, WriteEntry
from connector.mapping.slots import SLOTS
from connector.mapping.where import LiteralKind, Where

_GRANT = "correct the name, or let the login see the field (permission set Channel_Connector)"
_LITERALS: Mapping[LiteralKind, frozenset[str] | None] = {
    LiteralKind.TEXT: None,
    LiteralKind.NULL: None,
    LiteralKind.TRUTH: frozenset({"boolean"}),
    LiteralKind.NUMBER: frozenset({"int", "double", "currency", "percent"}),
    LiteralKind.DAY: frozenset({"date"}),
    LiteralKind.MOMENT: frozenset({"datetime"}),
}
_NOT_TEXT = frozenset({"boolean", "int", "double", "currency", "percent", "date", "datetime"})
_NO_TEXT = frozenset({"address", "location", "base64"})


class Checks:
    """Gathers the faults of one compilation."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def no_object(self, section: SectionMap, known: Iterable[str]) -> None:
        self.faults.append(
            section.place.fault(
                found=f"object: {section.object}",
                expected="an object that the login can see",
                near=nearest(section.object, known),
                fix="correct the name, or grant the login access to the object",
            )
        )

    def no_stamp(self, section: SectionMap) -> None:
        self.faults.append(
            section.place.fault(
                found=f"{section.object} without SystemModstamp",
                expected="an object whose changes can be followed",
            )
        )

    def hidden_object(self, place: Place, name: str) -> None:
        self.faults.append(
            place.fault(
                found=f"{name}, which the login cannot see", fix="grant the login access to the object"
            )
        )

    def no_children(self, entry: ReadEntry, org: Described) -> None:
        self.faults.append(
            entry.place.fault(
                found=f"children: {entry.children}",
                expected=f"a child relationship of {org.name}",
                near=nearest(entry.children, org.children),
                fix="correct the relationship's name, or grant the login access to the child object",
            )
        )

    def exists(self, place: Place, name: str, org: Described) -> str:
        """The org's spelling of a field; empty, with a fault, when there is none."""
        real = org.real(name)
        if not real:
            self.faults.append(
                place.fault(
                    found=f"{name}",
                    expected=f"a field of {org.name} that the login can read",
                    near=nearest(name, org.fields),
                    fix=_GRANT,
                )
            )
        return real

    def where(self, where: Where, org: Described, place: Place) -> Mapping[str, str]:
        """The org's spelling of each field in a condition."""
        names: dict[str, str] = {}
        for each in where.comparisons():
            real = self.exists(place, each.field, org)
            if not real:
                continue
            names[each.field] = real
            found, fits = org.type_of(real), _LITERALS[each.literal.kind]
            wrong = found not in fits if fits is not None else each.literal.kind is LiteralKind.TEXT
            if wrong and (fits is not None or found in _NOT_TEXT):
                self.faults.append(
                    place.fault(
                        found=f"{real}, of type {found}, beside {each.literal.kind} {each.literal.text!r}",
                        fix="compare it with a value of its own type",
                    )
                )
            values = org.picklist(real)
            if values and each.literal.kind is LiteralKind.TEXT and each.literal.text not in values:
                self.faults.append(
                    place.fault(
                        found=f"{each.literal.text!r}",
                        expected=f"a value of {org.name}.{real}",
                        near=nearest(each.literal.text, values),
                    )
                )
        return names

    def readable(self, entry: ReadEntry, attribute: Attribute, org: Described) -> str:
        """The org's spelling of a field that is read; empty when it cannot be."""
        if entry.optional and not org.real(entry.field):
            return ""
        field = self.exists(entry.place, entry.field, org)
        if not field:
            return ""
        found = org.type_of(field)
        if found in _NO_TEXT or (entry.values is None and not _fits(attribute.sort, found)):
            types = ", ".join(sorted(FITS[attribute.sort] or ())) or "text"
            self.faults.append(
                entry.place.fault(
                    found=f"{org.name}.{field}, of type {found}",
                    expected=f"{attribute.sort} (type {types})",
                    fix="name a field of that type, or give `values:`",
                )
            )
            return ""
        if org.fields[field].get("calculated"):
            self.faults.append(
                entry.place.fault(
                    found=f"{org.name}.{field}, a formula or roll-up",
                    fix="it changes without the record's stamp moving: reconcile finds that only later",
                    note=True,
                )
            )
        self._values(entry, org, field)
        return field

    def _values(self, entry: ReadEntry, org: Described, field: str) -> None:
        known = org.picklist(field)
        if entry.values is None or not known:
            return
        for value in known:
            if value not in entry.values:
                self.faults.append(
                    entry.place.fault(
                        found=f"no line for {value!r}, a value of {org.name}.{field}",
                        fix="add it under `values:` (null where it has no canonical value)",
                        note=True,
                    )
                )
        restricted = bool(org.fields[field].get("restrictedPicklist"))
        for value in entry.values:
            if value not in known:
                self.faults.append(
                    entry.place.fault(
                        found=f"{value!r} under `values:`",
                        expected=f"a value of {org.name}.{field}",
                        near=nearest(value, known),
                        fix="correct it, or add the value in the org",
                        note=not restricted,
                    )
                )

    def currency(self, entry: ReadEntry, org: Described) -> tuple[str, str]:
        """(code, field): one of the two is empty; both, with a fault, when neither is to be had."""
        field = org.real(entry.currency)
        if field:
            return "", field
        if re.fullmatch(r"[A-Z]{3}", entry.currency):
            return entry.currency, ""
        self.faults.append(
            entry.place.fault(
                found=f"currency: {entry.currency}",
                expected=f"a currency field of {org.name}, or the org's one currency such as EUR",
                near=nearest(entry.currency, org.fields),
            )
        )
        return "", ""

    def writable(self, entry: WriteEntry, section: SectionMap, org: Described) -> str:
        """The org's spelling of a field that is written; empty when it cannot be."""
        field = self.exists(entry.place, entry.field, org)
        if not field:
            return ""
        act = "createable" if section.kind is Kind.CONFLICT else "updateable"
        if not org.allows(field, act):
            self.faults.append(
                entry.place.fault(
                    found=f"{org.name}.{field}, which the login cannot write",
                    expected="a field that the login may edit",
                    fix="grant it (permission set Channel_Connector), or take the line out",
                )
            )
            return ""
        sort, found = SLOTS[section.kind][entry.slot], org.type_of(field)
        if sort not in (Sort.WORD, Sort.TEXT) and not _fits(sort, found):
            self.faults.append(
                entry.place.fault(
                    found=f"{org.name}.{field}, of type {found}", expected=f"a field for {sort}"
                )
            )
        return field

    def expected(self, entry: WriteEntry, org: Described) -> str:
        """The field in which our package expects the value before."""
        if not entry.expected:
            return ""
        field = self.exists(entry.place, entry.expected, org)
        if field and not org.allows(field, "updateable"):
            self.faults.append(
                entry.place.fault(
                    found=f"{org.name}.{field}, which the login cannot write",
                    fix="grant it (permission set Channel_Connector)",
                )
            )
        return field

    def written_values(
        self, entry: WriteEntry, values: Mapping[str, str], org: Described, field: str
    ) -> None:
        known = org.picklist(field)
        for value in values.values():
            if known and value not in known:
                self.faults.append(
                    entry.place.fault(
                        found=f"{value!r} under `values:`",
                        expected=f"a value of {org.name}.{field}",
                        near=nearest(value, known),
                        note=not org.fields[field].get("restrictedPicklist"),
                    )
                )


def _fits(sort: Sort, found: str) -> bool:
    types = FITS[sort]
    return types is None or found in types
