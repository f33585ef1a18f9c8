"""A plain client of a running practice org: `requests`, a token and an API version, nothing else."""

from __future__ import annotations

import time
from typing import Any

import requests

from connector.practice.server import Running

VERSION = "66.0"


class Client:
    """Speaks to one org as one login. Paths are relative to `/services/data/vNN.0` unless absolute."""

    def __init__(self, running: Running, token: str | None = None, version: str = VERSION) -> None:
        self.running = running
        self.url = running.instance_url
        self.version = version
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token or running.access_token}"

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        base = self.url if path.startswith("/") else f"{self.url}/services/data/v{self.version}/"
        return self.session.request(method, base + path, timeout=30, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.call("POST", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.call("PATCH", path, json=json, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.call("DELETE", path, **options)

    def query(self, soql: str, *, everything: bool = False) -> list[dict[str, Any]]:
        """All records of a query, page after page."""
        answer = self.get("queryAll" if everything else "query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        records: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            page = self.get(page["nextRecordsUrl"]).json()
            records += page["records"]
        return records

    def create(self, name: str, /, **values: Any) -> str:
        """The id of a new record."""
        answer = self.post(f"sobjects/{name}", values)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def read(self, name: str, record_id: str) -> dict[str, Any]:
        """One record, all fields."""
        answer = self.get(f"sobjects/{name}/{record_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def lead(self, **values: Any) -> str:
        """The id of a new lead."""
        return self.create("Lead", **{"LastName": "Rossi", "Company": "Rossi e Figli", **values})

    def act(self, name: str, /, **body: Any) -> Any:
        """An act under `/practice/acts/`."""
        answer = self.post(f"/practice/acts/{name}", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, **body: Any) -> Any:
        """Ask for a fault."""
        answer = self.post("/practice/faults", body)
        assert answer.ok, answer.text
        return answer.json()

    def finished(self, kind: str, job_id: str) -> dict[str, Any]:
        """The job's info once it is over."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            info: dict[str, Any] = self.get(f"jobs/{kind}/{job_id}").json()
            if info["state"] in {"JobComplete", "Failed", "Aborted"}:
                return info
            time.sleep(0.02)
        raise AssertionError(f"job {job_id} did not end: {info}")

    def query_job(self, soql: str, **options: Any) -> dict[str, Any]:
        """The info of a finished query job."""
        answer = self.post("jobs/query", {"operation": "query", "query": soql, **options})
        assert answer.status_code == 200, answer.text
        return self.finished("query", answer.json()["id"])

    def ingest_job(self, name: str, operation: str, csv: str, **options: Any) -> dict[str, Any]:
        """The info of a finished ingest job."""
        answer = self.post("jobs/ingest", {"object": name, "operation": operation, **options})
        assert answer.status_code == 200, answer.text
        job = answer.json()
        put = self.put("/" + job["contentUrl"], data=csv.encode(), headers={"Content-Type": "text/csv"})
        assert put.status_code == 201, put.text
        closed = self.patch(f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})
        assert closed.status_code == 200, closed.text
        return self.finished("ingest", job["id"])
