"""`connector demo`: a practice org, mirrored and judged, and a day in the channel played on it."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from connector.bootstrap import Connector, build
from connector.canonical.ids import RecordId
from connector.cli.exit import Exit, fail, guarded
from connector.cli.explain_page import Page
from connector.cli.options import Json
from connector.cli.progress import bars
from connector.daemon.loop import Loop
from connector.demo.day import Scene, day, seal
from connector.demo.people import NotSeen, People
from connector.demo.proof import unproven
from connector.demo.tally import tally
from connector.flows.explain import explain
from connector.settings import load
from connector.telemetry import clock, log

POLL_EVERY = 0.3


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


@guarded
def demo(
    as_json: Json = False,
    leads: Annotated[int, typer.Option(min=200, help="How many leads the practice org has.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same org.")] = 7,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the database in this new file, for `explain`.")
    ] = None,
) -> None:
    """Start a practice org, mirror and judge it, play a day in the channel, and show what happened and why."""
    if keep and keep.exists():
        raise fail(Exit.USAGE, f"{keep} exists: the demo needs a new file to keep", as_json=as_json)
    log.start("error", json=False)
    console = Console(stderr=as_json, highlight=False)
    with tempfile.TemporaryDirectory() as folder, _practice_org(leads, seed) as hello:
        database = keep or Path(folder) / "demo.db"
        settings = load(
            None,
            database=f"sqlite:///{database.resolve()}",
            org={"instance_url": hello["instance_url"], "access_token": hello["access_token"]},
            sync={"poll_every": POLL_EVERY, "context_every": 1.0},
        )
        connector = build(settings)
        console.print(f"Practice org at {hello['instance_url']}: mirroring …")
        started = clock.elapsed()
        people = People(hello["instance_url"], hello["access_token"])
        with _daemon(connector, console):
            console.print(f"Mirrored and adopted in {clock.elapsed() - started:.1f} s. The day begins.\n")
            try:
                for scene in day(people):
                    _tell(scene, console)
            except NotSeen as missing:
                raise fail(
                    Exit.FAILED, f"the day did not go as it should. {missing}", as_json=as_json
                ) from None
            _settle_down(connector, people)
        unsound = unproven(people, connector.store, connector.mapping.objects)
        _explain(connector, people, console)
        figures = tally(connector, people, hello["instance_url"])
        connector.store.close()
    if not as_json:
        _show(figures, console)
    if unsound:
        raise fail(Exit.FAILED, "the demo proved nothing: " + "; ".join(unsound), as_json=as_json)
    if as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    console.print("Mirror and org are equal, every row and every field, read by an independent client.")
    console.print("Every value written stands in the org, and came back as an echo.")


@contextmanager
def _practice_org(leads: int, seed: int) -> Iterator[dict[str, Any]]:
    """A practice org in a process of its own, as `connector practice serve` starts it."""
    words = ["practice", "serve", "--leads", str(leads), "--seed", str(seed), "--least-privilege"]
    command = [sys.executable, "-m", "connector", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line:
                raise FileNotFoundError(
                    "the practice org did not start: run `connector practice serve` to see why"
                )
            yield json.loads(line)
        finally:
            server.terminate()


@contextmanager
def _daemon(connector: Connector, console: Console) -> Iterator[Loop]:
    """The daemon in a thread: the same loop as `connector run`."""
    stop = threading.Event()
    loop = Loop(connector, stop=stop)
    with bars(console) as progress:
        loop.start(progress)
    worker = threading.Thread(target=loop.run, name="daemon", daemon=True)
    worker.start()
    try:
        yield loop
    finally:
        stop.set()
        worker.join(timeout=30)


def _settle_down(connector: Connector, people: People) -> None:
    """Let everything still under way arrive: nothing waits, every write's echo is back."""
    seal(people)
    until = clock.elapsed() + 20
    busy = ("available", "running", "unknown", "retryable", "written")
    while clock.elapsed() < until:
        threading.Event().wait(2 * POLL_EVERY)
        with connector.store.reading() as view:
            counts = {state.value: number for state, number in view.outbox.counts().items()}
            waiting = len(view.facts.pending(None, 1))
        if not waiting and not any(counts[state] for state in busy):
            return


def _tell(scene: Scene, console: Console) -> None:
    lines = [
        f"{name}: {scene.shown[name]}" for name in scene.reads if scene.shown.get(name) not in (None, False)
    ]
    console.print(
        Panel("\n".join(lines) or "(unchanged)", title=scene.title, subtitle=scene.record, title_align="left")
    )
    console.print(f"  {scene.act}\n", style="italic")


def _explain(connector: Connector, people: People, console: Console) -> None:
    """Why one of them ended as it did, as `connector explain` tells it."""
    record = RecordId(people.stories["late_completion"]["incomplete_registration"])
    console.rule(f"Why? connector explain {record}")
    found = explain(connector.store, connector.speaker, record, people.url)
    Page(console, connector.speaker, "en").show(found)
    console.rule()


def _show(figures: dict[str, Any], console: Console) -> None:
    table = Table("object", "org", "mirror", title="what was mirrored")
    for name, count in figures["mirrored"].items():
        table.add_row(name, str(figures["org"][name]), str(count))
    console.print(table)
    for name in ("facts", "verdicts", "conflicts", "claims", "written", "echoes_confirmed", "dead_letters"):
        value = figures[name]
        said = (
            ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in value.items())
            if isinstance(value, dict)
            else value
        )
        console.print(f"{name.replace('_', ' ')}: {said}")
    wait = figures["verdict_latency_s"]
    console.print(
        f"from a partner's save to the verdict on the record: p50 {wait['p50']} s, p99 {wait['p99']} s"
    )
    console.print(f"API calls: {figures['api_calls']}")
