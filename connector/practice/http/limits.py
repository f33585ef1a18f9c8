"""What is left of the org's allowances, and how many rows each object has."""

from __future__ import annotations

from typing import Any

from connector.practice.http.bulk.query_jobs import jobs_today
from connector.practice.http.call import Answer, Call
from connector.practice.http.meter import Meter
from connector.practice.http.route import Route

# The documented allowances of a developer-sized org. Only API calls and bulk query jobs are really spent here.
_ALLOWANCES = {
    "ActiveScratchOrgs": 3,
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDeliveredPlatformEvents": 10_000,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyEinsteinDataInsightsStoryCreation": 1_000,
    "DailyEinsteinDiscoveryPredictAPICalls": 50_000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 5_000_000,
    "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 235_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyScratchOrgs": 6,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 100_000,
    "DataStorageMB": 1_024,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 1_024,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 20_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1_500,
    "PlatformEventTriggersWithParallelProcessing": 5,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "SingleEmail": 5_000,
    "StreamingApiConcurrentClients": 20,
}
_CUSTOM_PERMISSION_SETS = 1_000


def _limits(call: Call) -> Answer:
    maximum = call.service.settings.daily_limit
    used = call.service.keep(Meter, Meter).used
    body: dict[str, Any] = {name: {"Max": size, "Remaining": size} for name, size in _ALLOWANCES.items()}
    custom = {"Max": _CUSTOM_PERMISSION_SETS, "Remaining": _CUSTOM_PERMISSION_SETS}
    body["PermissionSets"] = {**body["PermissionSets"], "CreateCustom": custom}
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
        if count or asked:  # recorded: the whole list names no object without rows
            counts.append({"count": count, "name": definition.name})
    return Answer(body={"sObjects": counts})


routes = [
    Route("/services/data/v{version}/limits", {"GET": _limits}),
    Route("/services/data/v{version}/limits/recordCount", {"GET": _record_counts}),
]
