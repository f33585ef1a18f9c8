"""What changed and what went: `updated` and `deleted` between two instants."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.practice.http.call import Answer, Call
from connector.practice.http.places import named_object
from connector.practice.http.route import Route
from connector.practice.org import ApiError


def _instant(call: Call, name: str) -> datetime:
    """Return a query parameter as an instant; a `+` that a client left unescaped arrives as a space."""
    text = call.query.get(name, "").strip()
    if not text:
        raise ApiError(400, "MISSING_ARGUMENT", f"Required parameter missing: {name}")
    head, space, zone = text.rpartition(" ")
    if space and zone[:2].isdigit():
        text = f"{head}+{zone}"
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"Invalid date: {call.query[name]}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _replicated(call: Call) -> str:
    definition = named_object(call)
    if not definition.replicateable:
        raise ApiError(
            400, "INVALID_TYPE_FOR_OPERATION", f"entity type {definition.name} does not support replication"
        )
    return definition.name


def _updated(call: Call) -> Answer:
    name = _replicated(call)
    ids, covered = call.service.org.updated(name, _instant(call, "start"), _instant(call, "end"))
    return Answer(body={"ids": ids, "latestDateCovered": _shown(covered)})


def _deleted(call: Call) -> Answer:
    name = _replicated(call)
    rows, earliest, covered = call.service.org.deleted(name, _instant(call, "start"), _instant(call, "end"))
    return Answer(
        body={
            "deletedRecords": [
                {"deletedDate": stamp.replace("Z", "+0000"), "id": record_id} for record_id, stamp in rows
            ],
            "earliestDateAvailable": _shown(earliest),
            "latestDateCovered": _shown(covered),
        }
    )


routes = [
    Route("/services/data/v{version}/sobjects/{object}/updated", {"GET": _updated}),
    Route("/services/data/v{version}/sobjects/{object}/deleted", {"GET": _deleted}),
]
