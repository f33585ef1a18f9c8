"""The practice org as a running server: in this process (`serve`) or in a thread (`start_in_thread`)."""

from __future__ import annotations

import contextlib
import json
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from connector.practice.certificate import KeyPair, make_key_pair
from connector.practice.clock import PracticeClock
from connector.practice.http.acts import Stories
from connector.practice.http.app import build_app
from connector.practice.http.bulk import Desk
from connector.practice.http.latency import LatencyMiddleware, PastReads
from connector.practice.http.oauth import ClientApp
from connector.practice.http.service import AppSettings, Service
from connector.practice.http.wire import AbortableProtocol
from connector.practice.open_access import NAME as OPEN_ACCESS
from connector.practice.open_access import add_open_access
from connector.practice.org import Org
from connector.practice.schema.definition import Schema
from connector.practice.schema.loading import load_schema
from connector.practice.schema.value_sets import value_sets
from connector.practice.seed import CUSTOMER_SCHEMA, seed
from connector.practice.soql.parsing import parse

API_VERSION = "66.0"
_START_SECONDS = 10.0


class ServeError(Exception):
    """The server cannot start; the message names what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """What `connector practice serve` was asked for.

    `port` 0 takes any free one; `leads` is how many to seed; `schema` names files that declare further
    objects and fields; `latency` is None or `real`. `least_privilege` leaves the integration user the
    shipped permission set alone; without it that login may do everything. `starts` stops the org's clock at a
    time, so that it moves by `/practice/acts/advance` alone.
    """

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 7
    leads: int = 2000
    profile: str | None = None
    empty: bool = False
    tls: bool = False
    schema: tuple[Path, ...] = ()
    latency: str | None = None
    least_privilege: bool = False
    starts: datetime | None = None


def project_folder() -> Path:
    """The sf project whose objects, rules and flows the org runs: the one we ship."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data" / "salesforce", package.parent / "deploy" / "salesforce"):
        if folder.is_dir():
            return folder
    raise ServeError(
        "the org package is missing: neither connector/_data/salesforce nor deploy/salesforce exists"
    )


@dataclass(frozen=True, kw_only=True)
class _Org:
    """Everything a server needs, built; the folder it may write in; what a client needs to log in."""

    service: Service
    app: ASGIApp
    certificate: KeyPair | None
    listening: socket.socket
    greeting: dict[str, Any]


class Running:
    """A server in a thread. `greeting` is the JSON object that `serve` prints first."""

    def __init__(
        self, built: _Org, server: uvicorn.Server, thread: threading.Thread, closing: contextlib.ExitStack
    ) -> None:
        self.service = built.service
        self.greeting = built.greeting
        self.instance_url: str = built.greeting["instance_url"]
        self.access_token: str = built.greeting["access_token"]
        self._server = server
        self._thread = thread
        self._closing = closing

    def stop(self) -> None:
        """Stop serving and remove everything the server wrote."""
        self._server.should_exit = True
        self._thread.join()
        self._closing.close()


def serve(options: ServeOptions) -> int:
    """Serve until SIGTERM or SIGINT; the first line on stdout is the greeting. Returns the exit code."""
    stopping = threading.Event()
    servers: list[uvicorn.Server] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        if not servers:
            raise SystemExit(0)  # still seeding: nobody is being served
        servers[0].should_exit = True

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    try:
        with _built(options) as built:
            server = _server(built, greet=True)
            servers.append(server)
            server.run(sockets=[built.listening])
    except ServeError as fault:
        print(f"practice org: {fault}", file=sys.stderr)  # noqa: T201 - the one error line
        return 1
    return 0


def start_in_thread(options: ServeOptions) -> Running:
    """Start a server and return once it answers; `stop()` ends it."""
    closing = contextlib.ExitStack()
    try:
        built = closing.enter_context(_built(options))
        server = _server(built)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [built.listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                raise ServeError("the server thread did not start")  # noqa: TRY301 - the clean-up is the same
            time.sleep(0.01)
    except BaseException:
        closing.close()
        raise
    return Running(built, server, thread, closing)


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, which must clean up before the process ends, and greets once it listens."""

    def __init__(self, config: uvicorn.Config, greeting: dict[str, Any] | None) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._greeting is not None:
            print(json.dumps(self._greeting), flush=True)  # noqa: T201 - the greeting is what stdout is for

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(built: _Org, *, greet: bool = False) -> uvicorn.Server:
    config = uvicorn.Config(
        built.app,
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=60,
        ssl_keyfile=built.certificate.key_file if built.certificate else None,
        ssl_certfile=built.certificate.certificate_file if built.certificate else None,
    )
    return _Server(config, built.greeting if greet else None)


def schema_of(options: ServeOptions) -> Schema:
    """The shipped package, with the profile's own package directory and its value sets (`staged-sales`)."""
    read = _shipped if not options.schema else _shipped.__wrapped__  # files somebody edits are read anew
    return read(options.profile or "", tuple(options.schema)).with_objects(())


@cache
def _shipped(profile: str, declared: tuple[Path, ...]) -> Schema:
    """Read once for all the orgs of a process: what ships does not change while it runs."""
    folder, own = project_folder(), profile.replace("_", "-")
    stages = value_sets(folder / own) if own else ()
    return load_schema(folder, [CUSTOMER_SCHEMA, *declared], stages, (own,))


@contextlib.contextmanager
def _built(options: ServeOptions) -> Iterator[_Org]:
    """Build the org in a folder of its own, which goes when the server does."""
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="practice-org-")))
        listening = closing.enter_context(_listening(options))
        # The SOQL grammar takes seconds to compile; the first client should not pay for that.
        warming = threading.Thread(target=parse, args=("SELECT Id FROM Lead",), daemon=True)
        warming.start()
        schema = add_open_access(schema_of(options))
        clock = PracticeClock(frozen_at=options.starts) if options.starts else None
        org = Org(schema, path=folder / "org.db", clock=clock)
        closing.callback(org.close)
        stories = (
            {}
            if options.empty
            else seed(org, seed=options.seed, leads=options.leads, profile=options.profile)
        )
        app = build_app(org, AppSettings(api_version=API_VERSION, latency=options.latency == "real"))
        service: Service = app.state.service
        desk = service.keep(Desk, lambda: Desk(folder))
        closing.callback(desk.close)
        service.keep(Stories, lambda: Stories(stories))
        now = org.now()
        client_keys = make_key_pair(folder, "client", now=now)
        client = service.keep(
            ClientApp,
            lambda: ClientApp(
                client_secret=secrets.token_hex(32).upper(), certificate=client_keys.certificate
            ),
        )
        server_keys = make_key_pair(folder, "server", now=now) if options.tls else None
        port = listening.getsockname()[1]
        service.instance_url = f"{'https' if server_keys else 'http'}://{options.host}:{port}"
        user = org.user_by_username(client.run_as)
        if user is None:
            raise ServeError(f"the org has no user {client.run_as}")
        if not options.least_privilege:
            org.assign(user.id, OPEN_ACCESS)
        greeting = {
            "instance_url": service.instance_url,
            "access_token": org.issue_token(user),
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "username": user.username,
            "api_version": API_VERSION,
            "private_key_file": str(client_keys.key_file),
            "password": client.password,
            "security_token": client.security_token,
        }
        if server_keys:
            greeting["ca_file"] = str(server_keys.certificate_file)
        wrapped: ASGIApp = app
        if options.latency == "real":
            past = PastReads(folder / "org.db")
            closing.callback(past.close)
            service.late_reader = past.reader
            wrapped = LatencyMiddleware(app)
        warming.join()
        yield _Org(
            service=service, app=wrapped, certificate=server_keys, listening=listening, greeting=greeting
        )


def _listening(options: ServeOptions) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((options.host, options.port))
    except OSError as fault:
        found.close()
        raise ServeError(
            f"cannot listen on {options.host}:{options.port}: {fault.strerror}; try --port 0"
        ) from fault
    return found
