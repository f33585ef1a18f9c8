"""What is left of the org's allowances, and how many rows each object has."""

from __future__ import annotations

from connector.practice.http.bulk.query_jobs import jobs_today
from connector.practice.http.call import Answer, Call
from connector.practice.http.meter import Meter
from connector.practice.http.route import Route

# Allowances of a developer-sized org. Only API calls and bulk query jobs are really spent here.
_ALLOWANCES = {
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDeliveredPlatformEvents": 50_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 1_000,
    "DataStorageMB": 1_024,
    "FileStorageMB": 10_240,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyPlatformEventsUsageEntitlement": 3_000_000,
    "PermissionSets": 1_500,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 2_000,
}


def _limits(call: Call) -> Answer:
    maximum = call.service.settings.daily_limit
    used = call.service.keep(Meter, Meter).used
    body = {name: {"Max": size, "Remaining": size} for name, size in _ALLOWANCES.items()}
    jobs = call.service.settings.daily_query_jobs
    body["DailyBulkV2QueryJobs"] = {"Max": jobs, "Remaining": max(0, jobs - jobs_today(call))}
    body["DailyApiRequests"] = {"Max": maximum, "Remaining": max(0, maximum - used)}
    return Answer(body=dict(sorted(body.items())))


def _record_counts(call: Call) -> Answer:
    """Answer the rows of each object asked for; one that the org does not know is left out."""
    asked = {name.strip().lower() for name in call.query.get("sObjects", "").split(",") if name.strip()}
    connection = call.service.org.reader()
    counts = []
    for definition in sorted(call.service.org.schema, key=lambda each: each.name):
        if asked and definition.name.lower() not in asked:
            continue
        if not definition.queryable or not call.user.access.object(definition).read:
            continue
        alive = ' WHERE "IsDeleted" = 0' if definition.field("IsDeleted") else ""
        # The name is the schema's own, never the caller's.
        count = connection.execute(f'SELECT COUNT(*) FROM "{definition.name}"{alive}').fetchone()[0]  # noqa: S608
        counts.append({"count": count, "name": definition.name})
    return Answer(body={"sObjects": counts})


routes = [
    Route("/services/data/v{version}/limits", {"GET": _limits}),
    Route("/services/data/v{version}/limits/recordCount", {"GET": _record_counts}),
]
