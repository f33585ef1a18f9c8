"""Before-save record-triggered flows, their elements rewritten as nodes of formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from connector.practice.schema.definition import Flow, FlowAssignment, FlowBranch, Schema
from connector.practice.schema.metadata import Element

_BEFORE_SAVE = "RecordBeforeSave"
_REFERENCE = re.compile(r"\{!([^}]+)\}")
_COMPARE = {
    "EqualTo": "=",
    "NotEqualTo": "<>",
    "GreaterThan": ">",
    "GreaterThanOrEqualTo": ">=",
    "LessThan": "<",
    "LessThanOrEqualTo": "<=",
}
_TEXTUAL = {"Contains": "CONTAINS", "StartsWith": "BEGINS"}


class _Flow:
    """One flow being read: its formulas and its object are at hand."""

    def __init__(self, element: Element, schema: Schema, name: str, origin: Path) -> None:
        self.element = element
        self.name = name
        self.origin = origin
        start = element.one("start")
        self.start = start
        self.object = schema.object((start.text("object") if start else None) or "")
        self.formulas: Mapping[str, str] = {
            each.text("name") or "": each.text("expression") or "" for each in element.all("formulas")
        }
        self.constants: Mapping[str, Element] = {
            each.text("name") or "": value
            for each in element.all("constants")
            if (value := each.one("value"))
        }

    def formula(self, text: str) -> str:
        """A flow formula as a plain one: references are unwrapped, named formulas put in their place."""
        return _REFERENCE.sub(lambda found: self.reference(found[1].strip()), text)

    def reference(self, name: str) -> str:
        if name.startswith("$"):
            return name  # `$Record__Prior.X` is blank on create, where PRIORVALUE(X) is X: never swap them
        if name in self.formulas:
            return f"({self.formula(self.formulas[name])})"
        if name in self.constants:
            return self.value(self.constants[name])
        raise ValueError(
            f"{self.origin}: flow {self.name} refers to {name!r}, which the practice org does not know"
        )

    def value(self, element: Element) -> str:
        """A flow value as formula text."""
        for child in element.children():
            text = child.value or ""
            if child.tag == "elementReference":
                return self.reference(text)
            if child.tag == "stringValue":
                return '"' + self.quoted(text) + '"'
            if child.tag == "booleanValue":
                return text.upper()
            if child.tag == "numberValue":
                return text
            if child.tag == "dateValue":
                return f'DATEVALUE("{text[:10]}")'
            if child.tag == "dateTimeValue":
                return f'DATETIMEVALUE("{text[:19].replace("T", " ")}")'
        return "NULL"

    @staticmethod
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"')

    def typed(self, name: str) -> tuple[str, str]:
        """A left-hand reference: its formula and the type it has (`picklist` reads as text)."""
        plain = self.reference(name)
        field = self.object.field(name.removeprefix("$Record__Prior.").removeprefix("$Record."))
        kind = field.type if field is not None else ""
        return (f"TEXT({plain})" if kind == "picklist" else plain), kind

    def condition(self, element: Element, left: str) -> str:
        """One condition of a decision or an entry filter."""
        operator = element.text("operator") or ""
        right = element.one("rightValue") or element.one("value")
        wanted = self.value(right) if right is not None else "NULL"
        plain, kind = self.typed(left)
        if operator == "IsChanged":
            changed = f"ISCHANGED({self.reference(left)})"
            return changed if wanted == "TRUE" else f"NOT({changed})"
        if operator == "IsNull":
            blank = f"ISBLANK({plain})"
            return blank if wanted == "TRUE" else f"NOT({blank})"
        if operator in _TEXTUAL:
            return f"{_TEXTUAL[operator]}({plain}, {wanted})"
        if operator == "EndsWith":
            return f"(RIGHT({plain}, LEN({wanted})) = {wanted})"
        if operator not in _COMPARE:
            raise ValueError(
                f"{self.origin}: flow {self.name} compares with {operator!r}, which is not built"
            )
        is_truth = kind == "boolean" or plain.startswith(("(", "$Permission"))
        if is_truth and wanted in {"TRUE", "FALSE"}:
            holds = (operator == "EqualTo") == (wanted == "TRUE")
            return plain if holds else f"NOT({plain})"
        return f"({plain} {_COMPARE[operator]} {wanted})"

    def conditions(self, elements: list[tuple[Element, str]], logic: str | None) -> str | None:
        """Conditions joined by `and`, `or` or a numbered expression."""
        if not elements:
            return None
        texts = [self.condition(element, left) for element, left in elements]
        if logic in {None, "and"}:
            return f"AND({', '.join(texts)})"
        if logic == "or":
            return f"OR({', '.join(texts)})"
        joined = re.sub(r"\b(\d+)\b", lambda found: texts[int(found[1]) - 1], logic or "")
        joined = re.sub(r"\bAND\b", "&&", joined)
        joined = re.sub(r"\bOR\b", "||", joined)
        return re.sub(r"\bNOT\b", "!", joined)

    def filters(self, element: Element) -> str | None:
        return self.conditions(
            [(each, f"$Record.{each.text('field')}") for each in element.all("filters")],
            element.text("filterLogic"),
        )

    def nodes(self) -> dict[str, tuple[FlowBranch, ...]]:
        made: dict[str, tuple[FlowBranch, ...]] = {}
        for each in self.element.all("decisions"):
            branches = [
                FlowBranch(
                    condition=self.conditions(
                        [(one, one.text("leftValueReference") or "") for one in rule.all("conditions")],
                        rule.text("conditionLogic"),
                    ),
                    next=target(rule, "connector"),
                )
                for rule in each.all("rules")
            ]
            branches.append(FlowBranch(condition=None, next=target(each, "defaultConnector")))
            made[each.text("name") or ""] = tuple(branches)
        for each in self.element.all("assignments"):
            items = [(item, item.text("assignToReference") or "") for item in each.all("assignmentItems")]
            made[each.text("name") or ""] = (
                FlowBranch(
                    condition=None,
                    assignments=tuple(
                        FlowAssignment(field=left.removeprefix("$Record."), value=self.assigned(item))
                        for item, left in items
                    ),
                    next=target(each, "connector"),
                ),
            )
        for each in self.element.all("recordUpdates"):
            after = target(each, "connector")
            updates = FlowBranch(
                condition=self.filters(each),
                assignments=tuple(
                    FlowAssignment(field=item.text("field") or "", value=self.assigned(item))
                    for item in each.all("inputAssignments")
                ),
                next=after,
            )
            made[each.text("name") or ""] = (updates, FlowBranch(condition=None, next=after))
        return made

    def assigned(self, item: Element) -> str:
        value = item.one("value")
        return self.value(value) if value is not None else "NULL"


def target(element: Element, tag: str) -> str | None:
    connector = element.one(tag)
    return connector.text("targetReference") if connector is not None else None


def read_flow(element: Element, name: str, schema: Schema, *, origin: Path) -> Flow | None:
    """An active before-save flow; None for drafts and for kinds of flow that run at other times."""
    start = element.one("start")
    if start is None or start.text("triggerType") != _BEFORE_SAVE or element.text("status") != "Active":
        return None
    reading = _Flow(element, schema, name, origin)
    when = start.text("recordTriggerType") or "CreateAndUpdate"
    entry_formula = start.text("filterFormula")
    entry = reading.formula(entry_formula) if entry_formula else reading.filters(start)
    return Flow(
        name=name,
        object=reading.object.name,
        on_create="Create" in when,
        on_update="Update" in when,
        entry=entry,
        start=target(start, "connector"),
        nodes=reading.nodes(),
    )


def criteria(entry: Element) -> str | None:
    """The entry criteria of an assignment rule's entry as a formula."""
    formula = entry.text("formula")
    if formula:
        return formula
    texts = []
    for item in entry.all("criteriaItems"):
        field = (item.text("field") or "").partition(".")[2] or item.text("field") or ""
        values = (item.text("value") or "").split(",")
        same = " || ".join(f'TEXT({field}) = "{_Flow.quoted(value.strip())}"' for value in values)
        operation = item.text("operation")
        texts.append(f"({same})" if operation == "equals" else f"!({same})")
    return " && ".join(texts) or None
