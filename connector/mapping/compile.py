"""Compiling a mapping against an org's describes: every fault in one run, then nothing but closures."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector.canonical.fault import Fault, broken
from connector.canonical.kind import Kind
from connector.canonical.records import MODELS
from connector.mapping import reader
from connector.mapping.attributes import Attribute, Sort, attributes_of, own_attribute
from connector.mapping.checks import Checks
from connector.mapping.compiled import CompiledMapping, Source, Target
from connector.mapping.describe import Described
from connector.mapping.model import ProfileMapping, ReadEntry, SectionMap, WriteEntry
from connector.mapping.slots import SLOTS
from connector.mapping.where import Test, Where

_LINKED: Mapping[Kind, tuple[str, ...]] = {
    Kind.PARTNER: ("group",),
    Kind.PERSON: ("firm",),
    Kind.CUSTOMER: ("group",),
    Kind.LEAD: ("converted_account", "converted_opportunity"),
    Kind.OPPORTUNITY: ("customer", "partner", "sourcing_partner"),
    Kind.REGISTRATION: ("partner", "opportunity"),
    Kind.ACTIVITY: ("about", "who"),
    Kind.CONFLICT: ("key",),
    Kind.ORDER: ("partner", "customer", "opportunity"),
    Kind.PAYMENT: ("order",),
    Kind.SLIP: ("order", "payment"),
    Kind.ALLOTMENT: ("partner",),
    Kind.TRANSFER_IN: ("lead",),
}


def compile_mapping(
    mapping: ProfileMapping, describes: Mapping[str, Mapping[str, Any]]
) -> tuple[CompiledMapping | None, tuple[Fault, ...]]:
    """Fit a mapping to an org.

    Args:
        mapping: one mapping, or several merged.
        describes: REST describes by object name: of `needed_objects(mapping)` and, once those are known, of
            `needed_children(mapping, describes)`. What the login cannot see is absent.

    Returns:
        The compiled mapping, or None when a fault keeps it from being used; and every fault of all sections.
    """
    return _Compilation(mapping, describes).run()


def needed_objects(mapping: ProfileMapping) -> tuple[str, ...]:
    """The objects to describe first: those the mapping names itself."""
    return tuple(dict.fromkeys(section.object for section in mapping.sections))


def needed_children(mapping: ProfileMapping, describes: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The child and history objects to describe next, by the parents' describes."""
    found: list[str] = []
    for section in mapping.sections:
        if section.object not in describes:
            continue
        org = Described(describes[section.object])
        for entry in section.read.values():
            if entry.children in org.children:
                found.append(org.children[entry.children][0])
            if entry.history:
                found.append(org.history[0])
    return tuple(dict.fromkeys(found))


class _Compilation:
    """One run: what is gathered while the sections are walked."""

    def __init__(self, mapping: ProfileMapping, describes: Mapping[str, Mapping[str, Any]]) -> None:
        self.mapping = mapping
        self.described = {name: Described(raw) for name, raw in describes.items()}
        self.checks = Checks()
        self.fields: dict[str, set[str]] = {}
        self.links: dict[str, set[str]] = {}
        self.stamps: dict[str, str] = {}
        self.targets: dict[tuple[Kind, str], Target] = {}

    def run(self) -> tuple[CompiledMapping | None, tuple[Fault, ...]]:
        sources = [source for section in self.mapping.sections if (source := self._section(section))]
        faults = tuple(dict.fromkeys(self.checks.faults))
        if broken(faults):
            return None, faults
        return (
            CompiledMapping(
                mapping=self.mapping,
                objects={name: tuple(sorted(fields)) for name, fields in sorted(self.fields.items())},
                links={name: tuple(sorted(fields)) for name, fields in sorted(self.links.items())},
                stamps=self.stamps,
                sources=tuple(sources),
                targets=self.targets,
            ),
            faults,
        )

    def _section(self, section: SectionMap) -> Source | None:
        org = self.described.get(section.object)
        if org is None:
            self.checks.no_object(section, self.described)
            return None
        self._mirrored(org, section)
        inside = _within(self._where(section.where, org, section), self._elsewhere(section, org))
        children: dict[tuple[str, str], None] = {}
        fills = {
            entry.name: fill
            for entry in section.read.values()
            if (fill := self._fill(entry, _attribute(section.kind, entry), org, children))
        }
        for entry in section.write.values():
            self._target(entry, section, org)
        linked = (section.read.get(name) for name in _LINKED.get(section.kind, ()))
        self.links.setdefault(org.name, set()).update(
            org.real(entry.field) for entry in linked if entry is not None and org.real(entry.field)
        )
        return Source(
            kind=section.kind,
            object=org.name,
            prefix=str(org.raw.get("keyPrefix") or ""),
            fields=tuple(sorted(self.fields[org.name])),
            read=reader.record_reader(
                object_name=org.name, model=MODELS[section.kind], inside=inside, fills=fills
            ),
            children=tuple(children),
            edits=section.when_a_person_edits,
        )

    def _mirrored(self, org: Described, section: SectionMap | None) -> None:
        self.fields.setdefault(org.name, set()).update(org.system_fields)
        self.stamps[org.name] = "SystemModstamp" if "SystemModstamp" in org.fields else "CreatedDate"
        if section is not None and "SystemModstamp" not in org.fields:
            self.checks.no_stamp(section)

    def _where(self, where: Where | None, org: Described, section: SectionMap) -> Test | None:
        if where is None:
            return None
        names = self.checks.where(where, org, section.place)
        self.fields[org.name].update(names.values())
        return where.test(names)

    def _elsewhere(self, section: SectionMap, org: Described) -> list[Test]:
        """What sets records of this object apart as registrations: they are no leads, drafts neither (R3.7).

        A deal stays a deal when a registration is kept on it.
        """
        if section.kind in (Kind.REGISTRATION, Kind.OPPORTUNITY):
            return []
        filings = [each for each in self.mapping.of(Kind.REGISTRATION) if each.apart is not None]
        same = (each for each in filings if each.object.lower() == org.name.lower())
        return [test for each in same if (test := self._where(each.apart, org, each)) is not None]

    def _fill(
        self, entry: ReadEntry, attribute: Attribute, org: Described, children: dict[tuple[str, str], None]
    ) -> reader.Fill | None:
        if entry.children:
            return self._rows(entry, attribute, org, children)
        if entry.history:
            return self._history(entry, org, children)
        if entry.cases:
            rows = []
            for row in entry.cases:
                names = self.checks.where(row.when, org, row.place) if row.when else {}
                self.fields[org.name].update(names.values())
                rows.append((row.when.test(names) if row.when else None, row.value))
            return reader.cases(attribute, rows)
        field = self.checks.readable(entry, attribute, org)
        if not field:
            return None
        self.fields[org.name].add(field)
        if attribute.sort is Sort.MONEY:
            return self._money(entry, attribute, field, org)
        if attribute.sort is Sort.WORDS:
            return reader.listed(field, entry.split, entry.values)
        if entry.otherwise:
            return self._otherwise(entry, attribute, field, org)
        if entry.values is not None:
            return reader.valued(field, attribute, entry.values)
        return reader.plain(field, attribute)

    def _money(
        self, entry: ReadEntry, attribute: Attribute, field: str, org: Described
    ) -> reader.Fill | None:
        code, name = self.checks.currency(entry, org)
        if name:
            self.fields[org.name].add(name)
        return reader.money(field, attribute, name, code) if code or name else None

    def _otherwise(
        self, entry: ReadEntry, attribute: Attribute, field: str, org: Described
    ) -> reader.Fill | None:
        other = self.checks.exists(entry.place, entry.otherwise, org)
        if not other:
            return None
        self.fields[org.name].add(other)
        return reader.first_of(reader.plain(field, attribute), reader.plain(other, attribute))

    def _rows(
        self, entry: ReadEntry, attribute: Attribute, org: Described, children: dict[tuple[str, str], None]
    ) -> reader.Fill | None:
        pair = org.children.get(entry.children)
        if pair is None:
            self.checks.no_children(entry, org)
            return None
        child, link = pair
        rows = self.described.get(child)
        if rows is None or attribute.rows is None:
            self.checks.hidden_object(entry.place, child)
            return None
        self._mirrored(rows, None)
        self.fields[rows.name].add(link)
        self.links.setdefault(rows.name, set()).add(link)
        children[rows.name, link] = None
        known = attributes_of(attribute.rows)
        fills = {
            column.name: fill
            for column in entry.columns.values()
            if (fill := self._fill(column, known[column.name], rows, children))
        }
        return reader.child_rows(rows.name, link, reader.Plan(attribute.rows, fills).row())

    def _history(
        self, entry: ReadEntry, org: Described, children: dict[tuple[str, str], None]
    ) -> reader.Fill | None:
        field = self.checks.exists(entry.place, entry.history, org)
        history, link = org.history
        kept = self.described.get(history)
        if kept is None:
            self.checks.hidden_object(entry.place, history)
        if not field or kept is None:
            return None
        self._mirrored(kept, None)
        self.fields[kept.name].update(
            name for name in (link, "Field", "OldValue", "NewValue") if name in kept.fields
        )
        self.links.setdefault(kept.name, set()).add(link)
        children[kept.name, link] = None
        tracked = "Owner" if field == "OwnerId" else field
        return reader.first_entry(kept.name, link, tracked, entry.to)

    def _target(self, entry: WriteEntry, section: SectionMap, org: Described) -> None:
        field = self.checks.writable(entry, section, org)
        expected = self.checks.expected(entry, org)
        if not field:
            return
        self.fields[org.name].add(field)
        values = dict(_inverse(entry.values or _read_values(section, entry.field)))
        self.checks.written_values(entry, values, org, field)
        self.targets[section.kind, entry.slot] = Target(
            object=org.name,
            field=field,
            sort=SLOTS[section.kind][entry.slot],
            contested=entry.contested,
            expected_field=expected,
            values=values,
            language=entry.language,
            queue=entry.queue,
            length=int(org.fields[field].get("length") or 0) if org.type_of(field) == "textarea" else 0,
        )


def _attribute(kind: Kind, entry: ReadEntry) -> Attribute:
    return own_attribute(entry.name, entry.own) if entry.own else attributes_of(MODELS[kind])[entry.name]


def _within(inside: Test | None, outside: list[Test]) -> Test | None:
    if not outside:
        return inside
    return lambda values: (inside is None or inside(values)) and not any(test(values) for test in outside)


def _read_values(section: SectionMap, field: str) -> Mapping[str, str | None]:
    """A slot without `values:` of its own is written as the same field is read."""
    same = (entry for entry in section.read.values() if entry.field.lower() == field.lower() and entry.values)
    return next((entry.values for entry in same if entry.values), {})


def _inverse(values: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for org, canonical in values.items():
        if canonical is not None and canonical not in seen:
            seen.add(canonical)
            yield canonical, org
