"""What a save must satisfy before anything is written: references, required fields, rules, duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.practice.formula import FormulaError, evaluate
from connector.practice.org.conversion import storable
from connector.practice.org.folding import equals
from connector.practice.org.incoming import live_matches
from connector.practice.org.results import RowRefusedError, SaveError, refusal
from connector.practice.org.storage import quoted
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import DuplicateRule, FieldDef, Flow, ObjectDef

MOST_STEPS = 2000  # documented: elements a flow interview may run


def check_references(tx: Transaction, definition: ObjectDef, row: Row, changed: Iterable[str]) -> None:
    """Every changed look-up points at a live row of an allowed object."""
    for name in changed:
        field = definition.fields[name]
        target = row.get(name)
        if field.type == "reference" and target is not None and field.reference_to:
            _check_reference(tx, definition, field, target)


def _check_reference(tx: Transaction, definition: ObjectDef, field: FieldDef, target: str) -> None:
    pointed = tx.schema.of_id(target)
    if pointed is None or pointed.name not in field.reference_to:
        if all(tx.schema.has(name) for name in field.reference_to):
            raise refusal("MALFORMED_ID", f"{field.label}: id value of incorrect type: {target}", field.name)
        return
    found = tx.peek(target)
    if found is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", field.name)
    if found.get("IsDeleted"):
        raise refusal("ENTITY_IS_DELETED", "entity is deleted", field.name)
    if pointed.name == "Lead" and found.get("IsConverted") and field.name == "WhoId":
        raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if field.deletes_with_parent and field.cascade_delete:
        tx.claim(target)  # a master-detail child locks its master (documented)
    if field.name == "OwnerId":
        _check_owner(tx, definition, pointed, found)


def _check_owner(tx: Transaction, definition: ObjectDef, pointed: ObjectDef, found: Row) -> None:
    if pointed.name == "User" and not found.get("IsActive"):
        raise refusal(
            "INACTIVE_OWNER_OR_USER",
            f"operation performed with inactive user [{found['Id']}] as owner of {definition.label.lower()}",
        )
    if pointed.name == "Group":
        owns = tx.connection.execute(
            "SELECT 1 FROM QueueSobject WHERE QueueId = ? AND SobjectType = ?", (found["Id"], definition.name)
        ).fetchone()
        if found.get("Type") != "Queue" or owns is None:
            raise refusal(
                "INVALID_CROSS_REFERENCE_KEY",
                f"Queue not associated with this SObject type: {definition.name}",
                "OwnerId",
            )


def check_required(definition: ObjectDef, row: Row, names: Iterable[str]) -> None:
    """Required fields hold something; all that are missing are named at once."""
    missing = [
        name
        for name in names
        if row.get(name) is None
        and not definition.fields[name].nillable
        and (definition.fields[name].createable or definition.fields[name].updateable)
    ]
    if missing:
        raise refusal(
            "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", *missing
        )


def check_unique(tx: Transaction, definition: ObjectDef, row: Row, changed: Iterable[str]) -> None:
    """Unique fields are unique among rows not deleted."""
    for name in changed:
        field = definition.fields[name]
        if not field.unique or row.get(name) is None:
            continue
        others = [each for each in live_matches(tx, definition, field, row[name]) if each != row.get("Id")]
        if others:
            # Recorded: the id has fifteen characters here, and no field is named.
            raise refusal(
                "DUPLICATE_VALUE",
                f"duplicate value found: {name} duplicates value on record with id: {others[0][:15]}",
            )


def run_validations(tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None) -> None:
    """Custom validation rules; all that fail are said at once."""
    rules = tx.core.rulebook.of(definition).validations
    if not rules:
        return

    context = tx.context(definition)
    errors: list[SaveError] = []
    for rule, compiled in rules:
        try:
            failed = evaluate(compiled, record=row, prior=prior, is_new=prior is None, context=context)
        except FormulaError as fault:
            raise refusal(
                "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                f'The validation formula rule for "{rule.name}" could not be computed: {fault}',
            ) from fault
        if failed is True:
            errors.append(
                SaveError(
                    status_code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
                    message=rule.message,
                    fields=(rule.display_field,) if rule.display_field else (),
                )
            )
    if errors:
        raise RowRefusedError(*errors)


def run_flows(tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None) -> None:
    """Before-save flows: they assign to the row itself, in system context, before rules look at it."""
    for flow in tx.core.rulebook.of(definition).flows:
        if not (flow.on_create if prior is None else flow.on_update):
            continue
        try:
            _run_flow(tx, definition, flow, row, prior)
        except FormulaError as fault:
            raise refusal(
                "CANNOT_EXECUTE_FLOW_TRIGGER",
                f"We can't save this record because the \u201c{flow.name}\u201d process failed. {fault}",
            ) from fault


def _run_flow(tx: Transaction, definition: ObjectDef, flow: Flow, row: Row, prior: Row | None) -> None:
    context = tx.context(definition)
    compiled = tx.core.rulebook.compiled

    def value(text: str) -> Any:
        return evaluate(compiled(text), record=row, prior=prior, is_new=prior is None, context=context)

    if flow.entry is not None and value(flow.entry) is not True:
        return
    node, steps = flow.start, 0
    while node is not None and steps < MOST_STEPS:
        steps += 1
        branch = next(
            (each for each in flow.nodes[node] if each.condition is None or value(each.condition) is True),
            None,
        )
        if branch is None:
            return
        for assignment in branch.assignments:
            field = definition.field(assignment.field)
            if field is not None:
                row[field.name] = storable(field, value(assignment.value))
        node = branch.next


def check_duplicates(tx: Transaction, definition: ObjectDef, row: Row, prior: Row | None) -> None:
    """Duplicate rules: an alert passes with allowSave, a block never does."""
    for rule in tx.schema.duplicate_rules:
        if rule.object != definition.name or any(row.get(name) is None for name in rule.fields):
            continue
        if prior is not None and all(prior.get(name) == row.get(name) for name in rule.fields):
            continue
        if not rule.blocks and tx.options.allow_duplicates:
            continue
        found = _duplicates(tx, definition, rule, row)
        if found:
            raise refusal("DUPLICATES_DETECTED", rule.message, extra=_alert(tx, definition, rule, found))


def _duplicates(tx: Transaction, definition: ObjectDef, rule: DuplicateRule, row: Row) -> list[str]:
    matched = [equals(quoted(name), row[name], binary=definition.fields[name].binary) for name in rule.fields]
    same = " AND ".join(sql for sql, _ in matched)
    alive = f" AND {quoted('IsDeleted')} = 0" if "IsDeleted" in definition.fields else ""
    open_leads = f" AND {quoted('IsConverted')} = 0" if definition.name == "Lead" else ""
    return tx.ids(
        f"SELECT {quoted('Id')} FROM {quoted(definition.name)}"  # noqa: S608 - names of the schema
        f" WHERE {same}{alive}{open_leads} AND {quoted('Id')} <> ? ORDER BY {quoted('Id')} LIMIT 50",
        (*(value for _, value in matched), row.get("Id") or ""),
    )


def _alert(tx: Transaction, definition: ObjectDef, rule: DuplicateRule, found: list[str]) -> dict[str, Any]:
    """The wire's own shape, its misspelt key included."""
    root = f"/services/data/v{tx.options.api_version}/sobjects/{definition.name}"
    return {
        "duplicateResut": {
            "allowSave": not rule.blocks,
            "duplicateRule": rule.name,
            "duplicateRuleEntityType": definition.name,
            "errorMessage": rule.message,
            "matchResults": [
                {
                    "entityType": definition.name,
                    "errors": [],
                    "matchEngine": "ExactMatchEngine",
                    "matchRecords": [
                        {
                            "additionalInformation": [],
                            "fieldDiffs": [],
                            "matchConfidence": 100.0,
                            "record": {
                                "attributes": {"type": definition.name, "url": f"{root}/{record_id}"},
                                "Id": record_id,
                            },
                        }
                        for record_id in found
                    ],
                    "rule": rule.name,
                    "size": len(found),
                    "success": True,
                }
            ],
        }
    }
