"""`connector run`: the daemon."""

import json
import signal
import threading
from collections import Counter
from contextlib import suppress
from types import FrameType
from typing import Annotated

import structlog
import typer

from connector.bootstrap import Connector, build
from connector.canonical.verdict import Outcome
from connector.cli.exit import guarded
from connector.cli.options import Config, Json, settings
from connector.cli.progress import bars
from connector.daemon.loop import LeaseTaken, Loop, Stopped, Turn, sleeping
from connector.flows.capture import Progress

log = structlog.get_logger()

STANDBY_LOOKS_EVERY = 5.0


def register(app: typer.Typer) -> None:
    app.command("run")(run)


@guarded
def run(
    config: Config = None,
    as_json: Json = False,
    shadow: Annotated[bool, typer.Option("--shadow", help="Judge everything, write nothing.")] = False,
) -> None:
    """Mirror, judge and write until SIGTERM; a turn under way is finished first."""
    loaded = settings(config)
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    turns = Counter[str]()
    with suppress(Stopped):
        _work(build(loaded, shadow=shadow or None, sleep=sleeping(stop)), stop, turns)
    if as_json:
        typer.echo(json.dumps({name: turns[name] for name in FIGURES}))


def _work(connector: Connector, stop: threading.Event, turns: Counter[str]) -> None:
    """Work while the lease is ours, stand by while it is another worker's, until `stop`.

    Raises LeaseLost when a process under our own name took the lease: the two would take it from each other
    for ever.
    """
    loop = Loop(connector, stop=stop)
    try:
        while not stop.is_set():
            with bars() as progress:
                _start(loop, progress)
            loop.run(lambda turn: turns.update(_figures(turn)))
    finally:
        connector.store.close()


FIGURES = ("turns", "changes", "facts", "approve", "reject", "defer", "written", "superseded", "dead")


def _figures(turn: Turn) -> dict[str, int]:
    """What a turn adds to the figures that `--json` prints at the end."""
    sent, judged = turn.dispatched, turn.settled
    return {
        "turns": 1,
        "changes": turn.changes,
        "facts": judged.facts,
        **{outcome.value: judged.verdicts(outcome) for outcome in Outcome},
        "written": sent.written,
        "superseded": sent.superseded,
        "dead": sent.dead,
    }


def _start(loop: Loop, progress: Progress) -> None:
    """Wait as the standby while another worker holds the lease; take over when it lapses."""
    told = False
    while not loop.stop.is_set():
        try:
            loop.start(progress)
        except LeaseTaken as taken:
            if not told:
                log.info("standby: another worker holds this org's lease", reason=str(taken))
            told = True
            loop.stop.wait(STANDBY_LOOKS_EVERY)
        else:
            return
