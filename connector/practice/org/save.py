"""Insert and update of one row, in the documented order of execution.

Load and convert → defaults → before-save flows → system checks → validation rules → duplicate rules → write →
history → assignment rule → effects on related rows.
"""

from __future__ import annotations

import re

from connector.practice.formula import evaluate
from connector.practice.org.checks import (
    check_duplicates,
    check_references,
    check_required,
    check_unique,
    run_flows,
    run_validations,
)
from connector.practice.org.derived import derive, refresh_formulas
from connector.practice.org.effects import after_save
from connector.practice.org.history import note_changes, note_creation
from connector.practice.org.incoming import read_values
from connector.practice.org.results import refusal
from connector.practice.org.transaction import Core, Row, Transaction, Values
from connector.practice.schema import ObjectDef

_LAST_DIGITS = re.compile(r"\d+$")
_ZEROS = re.compile(r"\{(0+)\}")
CORPORATE_CURRENCY = "EUR"


def auto_number(core: Core, definition: ObjectDef, name: str) -> str:
    """The next value of an autonumber field, such as DR-000042."""
    key = (definition.name, name)
    number = core.numbers[key] = core.numbers.get(key, 0) + 1
    display = definition.fields[name].auto_number or "{0}"
    return _ZEROS.sub(lambda zeros: str(number).zfill(len(zeros[1])), display)


def note_auto_number(core: Core, definition: ObjectDef, name: str, given: str) -> None:
    """Count on from a number a seed gave out itself."""
    digits = _LAST_DIGITS.search(given)
    if digits is not None:
        key = (definition.name, name)
        core.numbers[key] = max(core.numbers.get(key, 0), int(digits[0]))


def defaults(tx: Transaction, definition: ObjectDef) -> Row:
    """A new row before anything is written into it."""
    row: Row = {name: definition.fields[name].default_value for name in definition.columns}
    for name, field in definition.fields.items():
        if field.default_formula:
            value = evaluate(
                tx.core.rulebook.compiled(field.default_formula),
                record=row,
                prior=None,
                is_new=True,
                context=tx.context(definition),
            )
            row[name] = value if not isinstance(value, bool) or field.type == "boolean" else str(value)
    if "OwnerId" in row:
        row["OwnerId"] = tx.actor.id
    if "CurrencyIsoCode" in row:
        row["CurrencyIsoCode"] = CORPORATE_CURRENCY
    return row


def insert_row(tx: Transaction, definition: ObjectDef, values: Values, *, system: bool = False) -> str:
    """Create a row and answer its id."""
    if not system:
        _allowed(tx, definition, "create")
    incoming = read_values(tx, definition, values, creating=True, system=system)
    row = defaults(tx, definition) | incoming
    core = tx.core
    row["Id"] = core.new_id(definition)
    for stamp in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
        if stamp in definition.fields:
            row[stamp] = tx.stamp if stamp == "SystemModstamp" else incoming.get(stamp) or tx.stamp
    for by in ("CreatedById", "LastModifiedById"):
        if by in definition.fields:
            row[by] = incoming.get(by) or tx.actor.id
    derive(tx, definition, row, None, incoming.keys())
    run_flows(tx, definition, row, None)
    refresh_formulas(tx, definition, row, None)
    check_required(definition, row, definition.columns)
    check_references(
        tx, definition, row, [name for name in incoming if name not in {"CreatedById", "LastModifiedById"}]
    )
    check_unique(tx, definition, row, incoming)
    for name in definition.auto_numbers:
        row[name] = auto_number(core, definition, name)
    if not system:
        run_validations(tx, definition, row, None)
        check_duplicates(tx, definition, row, None)
    tx.add(definition, row)
    note_creation(tx, definition, row)
    row = _assign(tx, definition, row)
    after_save(tx, definition, row, None)
    return str(row["Id"])


def update_row(
    tx: Transaction, definition: ObjectDef, record_id: str, values: Values, *, system: bool = False
) -> Row:
    """Change a row and answer it as it now stands. Stamps move even when no value differs."""
    tx.claim(record_id)
    prior = present(tx, definition, record_id)
    if not system:
        _allowed(tx, definition, "edit")
        _open_to_edit(tx, definition, prior)
    incoming = read_values(tx, definition, values, creating=False, system=system)
    row = prior | incoming
    row |= audit(tx, definition)
    derive(tx, definition, row, prior, incoming.keys())
    run_flows(tx, definition, row, prior)
    refresh_formulas(tx, definition, row, prior)
    changed = [name for name in row if row[name] != prior.get(name)]
    check_required(definition, row, incoming)
    check_references(tx, definition, row, [name for name in incoming if name in changed])
    check_unique(tx, definition, row, changed)
    if not system:
        run_validations(tx, definition, row, prior)
        check_duplicates(tx, definition, row, prior)
    tx.change(definition, record_id, {name: row[name] for name in changed})
    note_changes(tx, definition, row, prior)
    row = _assign(tx, definition, row)
    after_save(tx, definition, row, prior)
    return row


def audit(tx: Transaction, definition: ObjectDef) -> Row:
    """The stamps of a change."""
    made: Row = {}
    for name, value in (
        ("LastModifiedDate", tx.stamp),
        ("LastModifiedById", tx.actor.id),
        ("SystemModstamp", tx.stamp),
    ):
        if name in definition.fields:
            made[name] = value
    return made


def present(tx: Transaction, definition: ObjectDef, record_id: str) -> Row:
    """The row, refused when it is unknown or deleted."""
    row = tx.load(definition, record_id)
    if row is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if row.get("IsDeleted"):
        raise refusal("ENTITY_IS_DELETED", "entity is deleted")
    return row


def _allowed(tx: Transaction, definition: ObjectDef, right: str) -> None:
    possible = definition.createable if right == "create" else definition.updateable
    if not possible:
        done = "inserted" if right == "create" else "updated"
        raise refusal("INVALID_TYPE_FOR_OPERATION", f"entity type cannot be {done}: {definition.label}")
    if not getattr(tx.actor.access.object(definition), right):
        raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")


def _open_to_edit(tx: Transaction, definition: ObjectDef, prior: Row) -> None:
    access = tx.actor.access.object(definition)
    if definition.private and not access.modify_all and prior.get("OwnerId") != tx.actor.id:
        raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    if (
        definition.name == "Lead"
        and prior.get("IsConverted")
        and "AllowViewEditConvertedLeads" not in tx.actor.user_permissions
    ):
        raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if not tx.actor.edits_locked and is_locked(tx, prior["Id"]):
        raise refusal("ENTITY_IS_LOCKED", "the entity is locked for editing")


def is_locked(tx: Transaction, record_id: str) -> bool:
    """Whether an approval process holds the record."""
    return tx.connection.execute("SELECT 1 FROM _locked WHERE Id = ?", (record_id,)).fetchone() is not None


def _assign(tx: Transaction, definition: ObjectDef, row: Row) -> Row:
    """The active assignment rule, unless the request said `Sforce-Auto-Assign: FALSE`.

    It runs after the flows (documented order), so a before-save owner stamp does not see its change.
    """
    entries = tx.core.rulebook.of(definition).assignment
    if not entries or not tx.options.auto_assign:
        return row
    context = tx.context(definition)
    for entry in entries:
        if entry.condition is not None:
            compiled = tx.core.rulebook.compiled(entry.condition)
            if evaluate(compiled, record=row, prior=None, is_new=False, context=context) is not True:
                continue
        owner = _owner_named(tx, entry.owner)
        if owner is None or owner == row["OwnerId"]:
            return row
        moved = row | {"OwnerId": owner}
        derive(tx, definition, moved, row, frozenset(row))
        refresh_formulas(tx, definition, moved, row)
        tx.change(
            definition, row["Id"], {name: moved[name] for name in moved if moved[name] != row.get(name)}
        )
        note_changes(tx, definition, moved, row)
        return moved
    return row


def _owner_named(tx: Transaction, name: str) -> str | None:
    found = tx.ids("SELECT Id FROM \"Group\" WHERE Type = 'Queue' AND DeveloperName = ?", (name,)) or tx.ids(
        "SELECT Id FROM User WHERE Username = ?", (name,)
    )
    return found[0] if found else None
