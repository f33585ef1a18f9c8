"""Approval processes, simply: one step, one or more approvers, the record locked while it waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from connector.practice.clock import instant_of
from connector.practice.org.results import refusal
from connector.practice.org.save import defaults, present
from connector.practice.org.transaction import Row, Transaction
from connector.practice.schema import ObjectDef

Action = Literal["Approve", "Reject", "Removed"]
_STATUS = {"Approve": "Approved", "Reject": "Rejected", "Removed": "Removed"}


def _system_row(tx: Transaction, name: str, values: Row) -> Row:
    definition = tx.schema.object(name)
    row = defaults(tx, definition) | {"Id": tx.core.new_id(definition)} | values
    for stamp in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
        if stamp in definition.fields:
            row[stamp] = tx.stamp
    for by in ("CreatedById", "LastModifiedById"):
        if by in definition.fields:
            row[by] = tx.actor.id
    tx.add(definition, row)
    return row


def define_process(tx: Transaction, definition: ObjectDef, name: str) -> str:
    """Give an object an approval process; its id."""
    row = _system_row(
        tx,
        "ProcessDefinition",
        {
            "Name": name,
            "DeveloperName": name.replace(" ", "_"),
            "Type": "Approval",
            "TableEnumOrId": definition.name,
            "LockType": "Total",
            "State": "Active",
        },
    )
    return str(row["Id"])


def submit(
    tx: Transaction, record_id: str, *, comments: str | None, approvers: Sequence[str]
) -> dict[str, Any]:
    """Submit a record for approval and lock it."""
    definition = tx.schema.of_id(record_id)
    if definition is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    tx.claim(record_id)
    record = present(tx, definition, record_id)
    if tx.ids(
        "SELECT Id FROM ProcessInstance WHERE TargetObjectId = ? AND Status = 'Pending' AND IsDeleted = 0",
        (record_id,),
    ):
        raise refusal("ALREADY_IN_PROCESS", "Cannot submit object already in process.")
    process = tx.ids(
        "SELECT Id FROM ProcessDefinition WHERE TableEnumOrId = ? AND State = 'Active' ORDER BY Id",
        (definition.name,),
    )
    if not process:
        raise refusal("NO_APPLICABLE_PROCESS", "No applicable approval process was found.")
    manager = (tx.peek(record.get("OwnerId")) or {}).get("ManagerId")
    actors = list(approvers) or ([manager] if manager else [])
    if not actors:
        raise refusal(
            "MANAGER_NOT_DEFINED", "This approval request requires the next approver to be determined."
        )
    instance = _system_row(
        tx,
        "ProcessInstance",
        {
            "ProcessDefinitionId": process[0],
            "TargetObjectId": record_id,
            "Status": "Pending",
            "SubmittedById": tx.actor.id,
            "LastActorId": tx.actor.id,
        },
    )
    _step(tx, instance["Id"], "Started", original=tx.actor.id, comments=comments)
    items = [
        _system_row(
            tx,
            "ProcessInstanceWorkitem",
            {"ProcessInstanceId": instance["Id"], "OriginalActorId": actor, "ActorId": actor},
        )["Id"]
        for actor in actors
    ]
    tx.write("INSERT OR IGNORE INTO _locked (Id) VALUES (?)", (record_id,))
    return _answer(instance["Id"], record_id, "Pending", actors, items)


def act(tx: Transaction, workitem_id: str, action: Action, *, comments: str | None) -> dict[str, Any]:
    """Approve, reject or recall; the first answer decides and unlocks."""
    items = tx.schema.object("ProcessInstanceWorkitem")
    item = tx.load(items, workitem_id)
    if item is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    instances = tx.schema.object("ProcessInstance")
    instance = tx.load(instances, item["ProcessInstanceId"])
    if instance is None or instance["Status"] != "Pending":
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if action != "Removed" and not _may_decide(tx, item["ActorId"]):
        raise refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    status = _STATUS[action]
    target = instance["TargetObjectId"]
    _step(tx, instance["Id"], status, original=item["OriginalActorId"], comments=comments)
    minutes = (tx.now - instant_of(instance["CreatedDate"])).total_seconds() / 60
    tx.change(
        instances,
        instance["Id"],
        {
            "Status": status,
            "CompletedDate": tx.stamp,
            "LastActorId": tx.actor.id,
            "ElapsedTimeInMinutes": round(minutes, 2),
            "ElapsedTimeInHours": round(minutes / 60, 2),
            "ElapsedTimeInDays": round(minutes / 1440, 2),
            "LastModifiedDate": tx.stamp,
            "LastModifiedById": tx.actor.id,
            "SystemModstamp": tx.stamp,
        },
    )
    for open_item in tx.ids(
        "SELECT Id FROM ProcessInstanceWorkitem WHERE ProcessInstanceId = ?", (instance["Id"],)
    ):
        tx.remove(items, open_item)
    tx.write("DELETE FROM _locked WHERE Id = ?", (target,))
    return _answer(instance["Id"], target, status, [], [])


def _may_decide(tx: Transaction, actor: str) -> bool:
    if actor == tx.actor.id or tx.actor.edits_locked:
        return True
    member = tx.ids(
        "SELECT Id FROM GroupMember WHERE GroupId = ? AND UserOrGroupId = ?", (actor, tx.actor.id)
    )
    return bool(member)


def _step(tx: Transaction, instance_id: str, status: str, *, original: str, comments: str | None) -> None:
    _system_row(
        tx,
        "ProcessInstanceStep",
        {
            "ProcessInstanceId": instance_id,
            "StepStatus": status,
            "OriginalActorId": original,
            "ActorId": tx.actor.id,
            "Comments": comments,
        },
    )


def _answer(
    instance_id: str, record_id: str, status: str, actors: list[str], items: list[str]
) -> dict[str, Any]:
    return {
        "actorIds": actors or None,  # documented: nobody is left to act on a decided record
        "entityId": record_id,
        "errors": None,
        "instanceId": instance_id,
        "instanceStatus": status,
        "newWorkitemIds": items,
        "success": True,
    }
