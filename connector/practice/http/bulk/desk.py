"""Where jobs are kept and run: one background thread at a time takes them in the order they came."""

from __future__ import annotations

import dataclasses
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from connector.practice.http.bulk.job import Job, State
from connector.practice.http.bulk.result_file import ResultFile
from connector.practice.org import ApiError


class StoppedError(Exception):
    """The job was aborted or deleted while it ran."""


class Desk:
    """Jobs by id with their files. All methods are thread-safe."""

    def __init__(self, folder: Path | None = None) -> None:
        self._made = None if folder else tempfile.TemporaryDirectory(prefix="practice-bulk-")
        self.folder = folder or Path(str(self._made.name if self._made else ""))
        self._jobs: dict[str, Job] = {}
        self._files: dict[str, dict[str, ResultFile]] = {}
        self._lock = threading.RLock()
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="bulk")

    def close(self) -> None:
        """Stop the workers, let no job finish, and remove the files this desk made."""
        with self._lock:
            self._jobs.clear()
        self._workers.shutdown(wait=True, cancel_futures=True)
        if self._made is not None:
            self._made.cleanup()

    def add(self, job: Job) -> Job:
        """Keep a new job."""
        with self._lock:
            self._jobs[job.id] = job
            self._files[job.id] = {}
        return job

    def job(self, job_id: str, kind: str) -> Job:
        """The job of that id (15 or 18 characters); 404 when there is none of that kind."""
        with self._lock:
            found = self._jobs.get(job_id) or next(
                (job for job in self._jobs.values() if job.id[:15] == job_id), None
            )
        if found is None or found.kind != kind:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return found

    def jobs(self, kind: str) -> list[Job]:
        """All jobs of that kind, in the order they were made."""
        with self._lock:
            return [job for job in self._jobs.values() if job.kind == kind]

    def made_since(self, kind: str, moment: str) -> int:
        """How many jobs of that kind were made at or after that moment (in the REST form)."""
        with self._lock:
            return sum(job.kind == kind and job.created_at >= moment for job in self._jobs.values())

    def change(self, job_id: str, *, unless_final: bool = False, **changes: Any) -> Job:
        """Change a job by copy. With `unless_final`, `StoppedError` for one that is gone or over."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or (unless_final and job.state.final):
                raise StoppedError(job_id)
            job = dataclasses.replace(job, **changes)
            self._jobs[job_id] = job
            return job

    def move(self, job_id: str, allowed: Mapping[State, str], to: State, **changes: Any) -> Job:
        """Change a job by copy. With `unless_final`, `StoppedError` for one gone or over."""
        with self._lock:
            job = self._jobs[job_id]
            refusal = allowed.get(job.state)
            if refusal:
                raise ApiError(400, "INVALIDJOBSTATE", refusal)
            return self.change(job_id, state=to, **changes)

    def keep_file(self, job_id: str, name: str, file: ResultFile) -> None:
        """Remember one of the job's files."""
        with self._lock:
            self._files.setdefault(job_id, {})[name] = file

    def file(self, job_id: str, name: str) -> ResultFile | None:
        """One of the job's files, when it is written."""
        return self._files.get(job_id, {}).get(name)

    def path(self, job_id: str, name: str) -> Path:
        """Where a file of that job belongs."""
        return self.folder / f"{job_id}.{name}.csv"

    def start(self, run: Callable[[Job], None], job: Job) -> None:
        """Run the job on a worker; what goes wrong ends it as Failed with the reason."""

        def guarded() -> None:
            try:
                run(job)
            except StoppedError:
                return
            except ApiError as refused:
                self._fail(job.id, f"{refused.error_code} : {refused.message}")
            except Exception as fault:  # noqa: BLE001 - a job must end, whatever happened to it
                self._fail(job.id, f"InternalServerError : {type(fault).__name__}: {fault}")

        self._workers.submit(guarded)

    def forget_before(self, moment: str) -> None:
        """Forget the jobs made before that moment (in the REST form) and over: they are kept seven days."""
        with self._lock:
            old = [job.id for job in self._jobs.values() if job.created_at < moment]
        for job_id in old:
            self.delete(job_id)

    def delete(self, job_id: str) -> None:
        """Forget the job and its files."""
        with self._lock:
            self._jobs.pop(job_id, None)
            self._files.pop(job_id, None)
        for path in self.folder.glob(f"{job_id}.*"):
            path.unlink(missing_ok=True)

    def _fail(self, job_id: str, reason: str) -> None:
        try:
            self.change(job_id, unless_final=True, state=State.FAILED, error=reason)
        except StoppedError:
            return
