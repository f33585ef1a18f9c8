"""A finished Bulk 2.0 query job, so that every contestant reads the same static pages."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from connector.salesforce import soql
from tests.benchmarks.practice import Place

FIELDS = (
    "Id", "SystemModstamp", "CreatedDate", "LastModifiedDate", "LastModifiedById", "IsDeleted", "MasterRecordId",
    "OwnerId", "FirstName", "LastName", "Company", "Street", "City", "PostalCode", "Country", "Phone", "Email",
    "Website", "Status", "LeadSource", "AnnualRevenue", "NumberOfEmployees", "IsConverted", "ConvertedAccountId",
    "ConvertedOpportunityId",
)  # fmt: skip
PAGE = 50_000
_ROOT = "/services/data/v66.0/jobs/query"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job at its end, and the seconds that the org took for it."""

    place: Place
    id: str
    rows: int
    seconds: float

    def pages(self) -> Iterator[bytes]:
        """Its result, page after page, CSV with a header row each."""
        with _session(self.place) as session:
            locator = ""
            while locator != "null":
                answer = session.get(
                    f"{self.place.url}{_ROOT}/{self.id}/results",
                    params={"maxRecords": PAGE} | ({"locator": locator} if locator else {}),
                    timeout=120,
                )
                answer.raise_for_status()
                locator = answer.headers["Sforce-Locator"]
                yield answer.content


def finished(place: Place) -> Job:
    """Have the org run the query for every lead, and wait for it."""
    started = time.perf_counter()
    with _session(place) as session:
        body = {"operation": "queryAll", "query": soql.select(FIELDS, "Lead"), "contentType": "CSV"}
        state = session.post(place.url + _ROOT, json=body, timeout=120).json()
        while state["state"] != "JobComplete":
            if state["state"] in {"Failed", "Aborted"}:
                raise RuntimeError(f"the org ended the job as {state['state']}: {state.get('errorMessage')}")
            time.sleep(0.05)
            state = session.get(f"{place.url}{_ROOT}/{state['id']}", timeout=120).json()
    seconds = time.perf_counter() - started
    return Job(place=place, id=state["id"], rows=state["numberRecordsProcessed"], seconds=seconds)


def _session(place: Place) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {place.token}"
    return session
