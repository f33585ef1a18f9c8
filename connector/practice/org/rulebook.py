"""An org's formulas, compiled once: validation rules, flows, formula fields, assignment entries."""

from __future__ import annotations

from dataclasses import dataclass

from connector.practice.formula import Compiled, FormulaError, compile_formula
from connector.practice.schema import AssignmentEntry, FieldDef, Flow, ObjectDef, Schema, ValidationRule

Chain = tuple[tuple[str, str], ...]
"""From a child object to an ancestor: (object, reference field) steps, child first."""


@dataclass(frozen=True, kw_only=True)
class ObjectRules:
    """What runs when a row of one object is saved."""

    validations: tuple[tuple[ValidationRule, Compiled], ...]
    flows: tuple[Flow, ...]
    formulas: tuple[tuple[FieldDef, Compiled], ...]
    assignment: tuple[AssignmentEntry, ...]

    @property
    def silent(self) -> bool:
        return not (self.validations or self.flows or self.formulas)


class Rulebook:
    """Compiled rules by object, and which formula fields of other objects read an object's rows."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._texts: dict[str, Compiled] = {}
        self._objects = {definition.name: self._rules(definition) for definition in schema}
        self.dependents: dict[str, list[Chain]] = {}
        for definition in schema:
            for field, compiled in self._objects[definition.name].formulas:
                self._draw(definition, field, compiled)

    def of(self, definition: ObjectDef) -> ObjectRules:
        return self._objects[definition.name]

    def compiled(self, text: str) -> Compiled:
        """The formula, parsed at its first use."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = compile_formula(text)
        return found

    def _named(self, text: str, place: str) -> Compiled:
        try:
            return self.compiled(text)
        except FormulaError as fault:
            raise ValueError(
                f"{place}: the formula cannot be read: {fault}; correct it in the project"
            ) from fault

    def _rules(self, definition: ObjectDef) -> ObjectRules:
        name = definition.name
        for flow in definition.flows:
            for text in _texts(flow):
                self._named(text, f"flow {flow.name} of {name}")
        for entry in definition.assignment:
            if entry.condition:
                self._named(entry.condition, f"assignment rule of {name}")
        return ObjectRules(
            validations=tuple(
                (rule, self._named(rule.formula, f"validation rule {name}.{rule.name}"))
                for rule in definition.validation_rules
            ),
            flows=definition.flows,
            formulas=tuple(
                (field, self._named(field.formula, f"formula field {name}.{field.name}"))
                for field in definition.fields.values()
                if field.calculated and field.formula
            ),
            assignment=definition.assignment,
        )

    def _draw(self, definition: ObjectDef, field: FieldDef, compiled: Compiled) -> None:
        for path in compiled.fields:
            chain: Chain = ()
            here: tuple[ObjectDef, ...] = (definition,)
            for step in path[:-1]:
                parent = next(
                    (found for each in here if (found := self._schema.parent(each.name, step))), None
                )
                if parent is None:
                    raise ValueError(
                        f"formula field {definition.name}.{field.name}: {'.'.join(path)}:"
                        f" there is no relationship {step}"
                    )
                chain = (*chain, (here[0].name, parent[0].name))
                here = parent[1]
                for target in here:
                    known = self.dependents.setdefault(target.name, [])
                    if chain not in known:
                        known.append(chain)


def _texts(flow: Flow) -> list[str]:
    texts = [flow.entry] if flow.entry else []
    for branches in flow.nodes.values():
        for branch in branches:
            if branch.condition:
                texts.append(branch.condition)
            texts += [assignment.value for assignment in branch.assignments]
    return texts
