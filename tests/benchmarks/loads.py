# ruff: noqa: T201 - the child process answers on its standard output
"""The contestants of the snapshot benchmark; each runs in a process of its own and answers one JSON line.

`python -m tests.benchmarks.loads CONTESTANT DATABASE URL TOKEN JOB ROWS`. All read the pages of the same
finished job. `seconds` counts the load alone, without the time in which the org counts its rows; memory is the
peak above what the process held before it.
"""

import csv
import io
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
import requests
from requests.adapters import HTTPAdapter

from connector.bootstrap import describes
from connector.canonical.ids import OrgId, RecordId
from connector.flows.capture import Capture
from connector.flows.changes import ChangeReader
from connector.mapping import compile_mapping
from connector.ports.store import StreamState
from connector.profiles import read_profiles
from connector.salesforce import soql
from connector.salesforce.bulk import Position
from connector.salesforce.org import SalesforceOrg
from connector.store import open_store
from tests.benchmarks.bulk_job import FIELDS, PAGE, Job
from tests.benchmarks.practice import Place

Mark = Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What one contestant did: rows, seconds, and megabytes above start-up at the peak."""

    rows: int
    seconds: float
    megabytes: float


class Watch:
    """Sums the seconds of timed stretches and watches the peak of memory from its making on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
        self._before = memory("VmRSS")

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._started

    @property
    def megabytes(self) -> float:
        return (memory("VmHWM") - self._before) / 1e6


def mirror(job: Job, database: str) -> Load:
    """The connector's own capture, from a finished job to built links."""
    org = job.place.connect()
    profiles = read_profiles(("partner_leads", "deal_registration"))
    if profiles.mapping is None:
        raise RuntimeError("the shipped profiles are faulty: run `connector check`")
    whole, faults = compile_mapping(profiles.mapping, describes(org, profiles.mapping))
    if whole is None:
        raise RuntimeError(f"the shipped profiles do not fit the practice org: {faults[0]}")
    mapping = replace(whole, objects={"Lead": FIELDS})
    store = open_store(database, OrgId(org.identity().organization_id))
    capture = Capture(org, store, mapping, ChangeReader(mapping, lambda: RecordId(org.identity().user_id)))
    capture.declare()
    question = f"queryAll {soql.select(FIELDS, 'Lead')}"
    digest = f"{crc32(question.encode()):08x}"
    with store.transaction() as tx:
        start = Position(job.id, 0, "", digest).text()
        tx.streams.put(StreamState(stream="Lead", snapshot_locator=start, seen_at=org.now()))
    counting = _Counting(org)
    watch = Watch()
    with watch:
        rows = capture.snapshot("Lead")
        capture.declare()  # builds the links
    store.close()
    org.close()
    return Load(rows=rows, seconds=watch.seconds - counting.seconds, megabytes=watch.megabytes)


class _Counting:
    """What the org takes to count its rows, to which the mirror compares its own: no work of ours."""

    def __init__(self, org: SalesforceOrg) -> None:
        self.seconds, self._count = 0.0, org.count
        org.count = self._timed  # type: ignore[method-assign]

    def _timed(self, *asked: Any, **options: Any) -> int:
        started = time.perf_counter()
        try:
            return self._count(*asked, **options)
        finally:
            self.seconds += time.perf_counter() - started


def bare(job: Job, database: str) -> Load:
    """The store's limit: ready-made rows into a table without key or index, nothing else timed."""
    into, rows = (_bare_sqlite if database.startswith("sqlite") else _bare_copy)(database), 0
    watch = Watch()
    for page in job.pages():
        text = pacsv.read_csv(
            io.BytesIO(page),
            read_options=pacsv.ReadOptions(block_size=64 << 20),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(FIELDS, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        rows += text.num_rows
        into(list(zip(*(column.to_pylist() for column in text.columns), strict=True)), watch)
    return Load(rows=rows, seconds=watch.seconds, megabytes=watch.megabytes)


def _bare_sqlite(database: str) -> Callable[[list[tuple[Any, ...]], Watch], None]:
    raw = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    raw.execute("PRAGMA journal_mode=OFF")
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute(f"CREATE TABLE bare ({', '.join(FIELDS)})")
    sql = f"INSERT INTO bare VALUES ({','.join('?' * len(FIELDS))})"

    def into(rows: list[tuple[Any, ...]], watch: Watch) -> None:
        with watch:
            raw.execute("BEGIN")
            raw.executemany(sql, rows)
            raw.execute("COMMIT")

    return into


def _bare_copy(database: str) -> Callable[[list[tuple[Any, ...]], Watch], None]:
    raw = psycopg.connect(database)
    raw.execute(f"CREATE TABLE bare ({', '.join(f'{name} text' for name in FIELDS)})".encode())
    raw.commit()

    def into(rows: list[tuple[Any, ...]], watch: Watch) -> None:
        block = "".join("\t".join(map(_copied, row)) + "\n" for row in rows).encode()
        with watch:
            with raw.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                copy.write(block)
            raw.commit()

    return into


_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _copied(value: str | None) -> str:
    return r"\N" if value is None else value.translate(_COPY_ESCAPES)


def simple_salesforce(job: Job, database: str) -> Load:
    """What a careful script does: simple-salesforce's bulk2 pages, the csv module, `executemany` by key."""
    from simple_salesforce.api import Salesforce  # noqa: PLC0415 - only this contestant's start pays for it

    session = requests.Session()
    session.mount("https://", _ToPlainHttp())
    found: Any = Salesforce(
        instance_url=job.place.url.replace("http://", "https://"),
        session_id=job.place.token,
        session=session,
        version="66.0",
    )
    client = found.bulk2.Lead._client
    keyed, rows = _keyed(database), 0
    watch = Watch()
    with watch:
        for text in _simple_pages(client, job.id):
            reader = csv.reader(io.StringIO(text, newline=""))
            next(reader)
            page = [[value or None for value in row] for row in reader]
            keyed(page)
            rows += len(page)
    return Load(rows=rows, seconds=watch.seconds, megabytes=watch.megabytes)


def _simple_pages(client: Any, job: str) -> Iterator[str]:
    answer = client.get_query_results(job, "", PAGE)
    yield answer["records"]
    while answer["locator"]:
        answer = client.get_query_results(job, answer["locator"], PAGE)
        yield answer["records"]


def _keyed(database: str) -> Callable[[list[list[str | None]]], None]:
    columns = ", ".join(f"{name} text{' PRIMARY KEY' if name == 'Id' else ''}" for name in FIELDS)
    if database.startswith("sqlite"):
        lite = sqlite3.connect(database.removeprefix("sqlite:///"))
        lite.execute("PRAGMA journal_mode=WAL")
        lite.execute("PRAGMA synchronous=NORMAL")
        lite.execute(f"CREATE TABLE keyed ({columns})")
        sql = f"INSERT INTO keyed VALUES ({','.join('?' * len(FIELDS))})"

        def insert(page: list[list[str | None]]) -> None:
            with lite:
                lite.executemany(sql, page)

        return insert
    server = psycopg.connect(database)
    server.execute(f"CREATE TABLE keyed ({columns})".encode())
    server.commit()

    def send(page: list[list[str | None]]) -> None:
        marks = ",".join(["%s"] * len(FIELDS))
        with server.cursor() as cursor:
            cursor.executemany(f"INSERT INTO keyed VALUES ({marks})".encode(), page)
        server.commit()

    return send


class _ToPlainHttp(HTTPAdapter):
    """simple-salesforce writes https into every address; the practice org of this run speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **options)


def memory(name: str) -> float:
    """Bytes, by a name of /proc/self/status."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


CONTESTANTS: dict[str, Callable[[Job, str], Load]] = {
    "mirror": mirror,
    "bare": bare,
    "simple_salesforce": simple_salesforce,
}


def main() -> None:
    contestant, database, url, token, job, rows = sys.argv[1:]
    place = Place(url=url, token=token, leads=int(rows))
    done = CONTESTANTS[contestant](Job(place=place, id=job, rows=int(rows), seconds=0.0), database)
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
