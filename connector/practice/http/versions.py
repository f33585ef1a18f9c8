"""The versions of the API and the resources of one version."""

from __future__ import annotations

from connector.practice.http.call import Answer, Call
from connector.practice.http.route import Endpoint, Route

_SEASONS = ("Winter", "Spring", "Summer")
_RESOURCES = (
    ("tooling", "tooling"),
    ("metadata", "metadata"),
    ("composite", "composite"),
    ("identity", None),
    ("jobs", "jobs"),
    ("limits", "limits"),
    ("process", "process"),
    ("query", "query"),
    ("queryAll", "queryAll"),
    ("search", "search"),
    ("parameterizedSearch", "parameterizedSearch"),
    ("quickActions", "quickActions"),
    ("recent", "recent"),
    ("sobjects", "sobjects"),
    ("tabs", "tabs"),
    ("theme", "theme"),
)


def _label(version: int) -> str:
    """Return the release that brought a version: three a year, v50 being Winter '21."""
    return f"{_SEASONS[(version - 50) % 3]} '{21 + (version - 50) // 3}"


def _versions(call: Call) -> Answer:
    settings = call.service.settings
    numbers = range(int(float(settings.oldest_version)), int(float(settings.api_version)) + 1)
    return Answer(
        body=[
            {"label": _label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
            for number in numbers
        ]
    )


def _resources(call: Call) -> Answer:
    body = {name: f"{call.base}/{path}" for name, path in _RESOURCES if path}
    organization = call.service.org.organization_id
    body["identity"] = f"{call.service.instance_url}/id/{organization}/{call.user.id}"
    return Answer(body=dict(sorted(body.items())))


def _listing(resource: str, *names: str) -> Endpoint:
    """Return the endpoint that lists the resources below `resource` (documented)."""

    def listed(call: Call) -> Answer:
        return Answer(body={name: f"{call.base}/{resource}/{name}" for name in names})

    return listed


list_composite = _listing("composite", "batch", "graph", "sobjects", "tree")

routes = [
    Route("/services/data", {"GET": _versions}, login=False, counted=False),
    Route("/services/data/v{version}", {"GET": _resources}),
    Route("/services/data/v{version}/jobs", {"GET": _listing("jobs", "ingest", "query")}),
    Route("/services/data/v{version}/process", {"GET": _listing("process", "approvals", "rules")}),
]
