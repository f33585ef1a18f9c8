"""The Tooling API as far as clients ask it at login and discovery: what the org holds none of is answered so."""

from __future__ import annotations

from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.definitions import DEFINITIONS
from connector.practice.http.queries import answer_query, query_or_plan
from connector.practice.http.route import Route
from connector.practice.soql.parsing import parse

# This org has no code of its own, no sandboxes and no packages installed.
_NONE_HERE = (
    "ApexClass",
    "ApexCodeCoverageAggregate",
    "ApexComponent",
    "ApexLog",
    "ApexPage",
    "ApexTestQueueItem",
    "ApexTestResult",
    "ApexTrigger",
    "AuraDefinitionBundle",
    "InstalledSubscriberPackage",
    "LightningComponentBundle",
    "MetadataPackage",
    "Package2",
    "Package2Version",
    "SandboxInfo",
    "SandboxProcess",
    "SourceMember",
    "StaticResource",
    "TraceFlag",
)
_BY_LOWER = {name.lower(): name for name in _NONE_HERE}


def _query(call: Call) -> Answer:
    """Answer a query of the Tooling API, which sees the org's own objects too."""
    if "q" not in call.query:
        return query_or_plan(call)
    entity = _BY_LOWER.get(parse(call.query["q"]).object.lower())
    if entity is None:
        answer = answer_query(call, call.query["q"])
        told: Any = answer.body
        if "records" not in told or "entityTypeName" in told:
            return answer
        more = {"size": len(told["records"]), "queryLocator": None, "entityTypeName": _spelt(call)}
        return Answer(body={**told, **more})
    return Answer(
        body={
            "size": 0,
            "totalSize": 0,
            "done": True,
            "queryLocator": None,
            "entityTypeName": entity,
            "records": [],
        }
    )


def _spelt(call: Call) -> str:
    """Return the name of the queried object in the org's own spelling."""
    return call.service.org.schema.object(parse(call.query["q"]).object).name


def _resources(call: Call) -> Answer:
    names = ("query", "sobjects")
    return Answer(body={name: f"{call.base}/tooling/{name}" for name in names})


def _objects(call: Call) -> Answer:
    root = f"{call.base}/tooling/sobjects"
    summaries = [
        {
            "activateable": False,
            "createable": False,
            "custom": False,
            "customSetting": False,
            "deletable": False,
            "deprecatedAndHidden": False,
            "feedEnabled": False,
            "keyPrefix": None,
            "label": name,
            "labelPlural": name,
            "layoutable": False,
            "mergeable": False,
            "mruEnabled": False,
            "name": name,
            "queryable": True,
            "replicateable": False,
            "retrieveable": True,
            "searchable": False,
            "triggerable": False,
            "undeletable": False,
            "updateable": False,
            "urls": {"rowTemplate": f"{root}/{name}/{{ID}}", "sobject": f"{root}/{name}"},
        }
        for name in (*_NONE_HERE, *DEFINITIONS)
    ]
    return Answer(body={"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": summaries})


routes = [
    Route("/services/data/v{version}/tooling", {"GET": _resources}),
    Route("/services/data/v{version}/tooling/query", {"GET": _query}),
    Route("/services/data/v{version}/tooling/sobjects", {"GET": _objects}),
]
