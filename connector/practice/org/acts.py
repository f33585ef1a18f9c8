"""Acts of other people and of the platform: conversion, merge, holds, approvals, the bin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connector.practice.org import approvals
from connector.practice.org.holds import Hold
from connector.practice.org.lead_conversion import Conversion, convert_lead
from connector.practice.org.merging import merge_rows
from connector.practice.org.removal import empty_bin
from connector.practice.org.results import (
    ApiError,
    RowRefusedError,
    SaveResult,
)
from connector.practice.org.screen_acts import accept_row, replace_value, transfer_rows
from connector.practice.org.transaction import Statement, Transaction, Values
from connector.practice.org.user import User
from connector.practice.org.writes import Op, Writes
from connector.practice.schema import ObjectDef


class Acts(Writes):
    """What happens to rows other than by plain saving."""

    def _act(self, actor: User, work: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
        """Run a whole act; a refusal undoes it and becomes an ApiError."""
        with self._writing(actor) as tx:
            tx.connection.execute("SAVEPOINT one_act")
            try:
                answer = work(tx)
            except RowRefusedError as refused:
                tx.connection.execute("ROLLBACK TO one_act")
                tx.connection.execute("RELEASE one_act")
                first = refused.errors[0]
                raise ApiError(400, first.status_code, first.message, first.fields) from refused
            tx.connection.execute("RELEASE one_act")
            return answer

    def convert(
        self,
        lead_id: str,
        *,
        actor: User,
        account_id: str | None = None,
        contact_id: str | None = None,
        opportunity_name: str | None = None,
        do_not_create_opportunity: bool = False,
        owner_id: str | None = None,
        converted_status: str | None = None,
    ) -> dict[str, str | None]:
        """{"leadId","accountId","contactId","opportunityId"}; ApiError when the lead cannot be converted."""
        asked = Conversion(
            lead_id=self.normal_id(lead_id),
            account_id=account_id and self.normal_id(account_id),
            contact_id=contact_id and self.normal_id(contact_id),
            opportunity_name=opportunity_name,
            do_not_create_opportunity=do_not_create_opportunity,
            owner_id=owner_id and self.normal_id(owner_id),
            converted_status=converted_status,
        )
        return self._act(actor, lambda tx: convert_lead(tx, asked))

    def merge(
        self,
        name: str,
        master_id: str,
        loser_ids: Sequence[str],
        *,
        actor: User,
        values: Values | None = None,
    ) -> dict[str, Any]:
        """{"id","mergedRecordIds","updatedRelatedIds"}; ApiError when refused."""
        definition = self.object(name)
        master, losers = self.normal_id(master_id), [self.normal_id(each) for each in loser_ids]
        return self._act(actor, lambda tx: merge_rows(tx, definition, master, losers, values or {}))

    def accept(self, record_id: str, *, actor: User) -> dict[str, Any]:
        """{"ids"}: the actor takes a row from its queue; ApiError when it waits in none."""
        key = self.normal_id(record_id)
        return self._act(actor, lambda tx: {"ids": accept_row(tx, self._of_id(key), key)})

    def transfer(self, ids: Sequence[str], owner_id: str, *, actor: User) -> dict[str, Any]:
        """{"ids"}: rows of one object change owner together, past the validation rules."""
        keys, owner = [self.normal_id(each) for each in ids], self.normal_id(owner_id)
        definition = self._of_id(keys[0])
        return self._act(actor, lambda tx: {"ids": transfer_rows(tx, definition, keys, owner)})

    def replace_value(self, name: str, field: str, old: str, new: str) -> dict[str, Any]:
        """{"ids"}: rows whose picklist value an administrator replaced."""
        definition = self.object(name)
        return self._act(self.admin, lambda tx: {"ids": replace_value(tx, definition, field, old, new)})

    def _of_id(self, record_id: str) -> ObjectDef:
        definition = self.schema.of_id(record_id)
        if definition is None:
            raise ApiError(404, "NOT_FOUND", f"no object has ids like {record_id}")
        return definition

    def empty_bin(self) -> int:
        """Purge the recycle bin; how many rows went. They stay in getDeleted."""
        with self._writing(self.admin) as tx:
            return empty_bin(tx)

    def hold(
        self, name: str, ops: Sequence[tuple[Op, str, str | None, Values]], *, actor: User
    ) -> list[SaveResult]:
        """Open a transaction and leave it open: (op, object, id, values) rows locked, unseen, stamped now.

        ApiError 400 when a hold of that name is open already, or when one of its rows is refused.
        """
        with self._lock:
            if self._open is not None:
                raise ApiError(400, "INVALID_OPERATION", "a hold cannot be opened inside another transaction")
            if name in self._holds:
                raise ApiError(400, "INVALID_OPERATION", f"a hold named {name} is open already")
            journal: list[Statement] = []
            with self.transaction() as opened:
                opened.undo()  # what it wrote is kept in the journal, not in the file
                tx = Transaction(self._core, actor=actor, now=opened.now, journal=journal)
                results = [self._saved(tx, *op) for op in ops]
            failed = next((result.errors[0] for result in results if not result.success), None)
            if failed is not None:
                raise ApiError(400, failed.status_code, failed.message, failed.fields)
            hold = Hold(
                name=name,
                since=opened.now,
                statements=tuple(journal),
                locked=frozenset(tx.touched),
                results=tuple(results),
            )
            self._holds[name] = hold
            self._core.held |= dict.fromkeys(hold.locked, name)
            return results

    def _release(self, name: str) -> Hold:
        hold = self._holds.pop(name, None)
        if hold is None:
            raise ApiError(404, "NOT_FOUND", f"no hold named {name} is open")
        for record_id in hold.locked:
            self._core.held.pop(record_id, None)
        return hold

    def commit(self, name: str) -> list[SaveResult]:
        """Its rows appear with the stamps of the hold."""
        with self._lock:
            hold = self._release(name)
            with self.transaction():
                for statement in hold.statements:
                    self._core.store.writer.execute(statement.sql, statement.parameters)
            self._core.users.clear()
            return list(hold.results)

    def rollback(self, name: str) -> None:
        """Nothing of it ever happened."""
        with self._lock:
            self._release(name)

    # approvals
    def define_approval(self, name: str, label: str) -> str:
        """Give an object an approval process; the ProcessDefinition's id."""
        definition = self.object(name)
        with self._writing(self.admin) as tx:
            return approvals.define_process(tx, definition, label)

    def submit(
        self, record_id: str, *, actor: User, comments: str | None = None, approvers: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Submit for approval and lock: the row of `/process/approvals`; ApiError when refused."""
        key, chosen = self.normal_id(record_id), [self.normal_id(each) for each in approvers]
        return self._act(actor, lambda tx: approvals.submit(tx, key, comments=comments, approvers=chosen))

    def approve(
        self, workitem_id: str, action: approvals.Action, *, actor: User, comments: str | None = None
    ) -> dict[str, Any]:
        """Approve, Reject or Removed (recall) a work item, or a record's open one; ApiError when refused."""
        key = self.normal_id(workitem_id)

        def work(tx: Transaction) -> dict[str, Any]:
            items = tx.ids(
                "SELECT w.Id FROM ProcessInstanceWorkitem w"
                " JOIN ProcessInstance p ON p.Id = w.ProcessInstanceId"
                " WHERE p.TargetObjectId = ? ORDER BY w.Id",
                (key,),
            )
            return approvals.act(tx, items[0] if items else key, action, comments=comments)

        return self._act(actor, work)
