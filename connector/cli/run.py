"""`connector run`: the daemon."""

import signal
import threading
from types import FrameType
from typing import Annotated

import structlog
import typer

from connector.bootstrap import build
from connector.cli.exit import guarded
from connector.cli.options import Config, settings
from connector.cli.progress import bars
from connector.daemon.loop import LeaseTaken, Loop
from connector.flows.capture import Progress

log = structlog.get_logger()

STANDBY_LOOKS_EVERY = 5.0


def register(app: typer.Typer) -> None:
    app.command("run")(run)


@guarded
def run(
    config: Config = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Judge everything, write nothing.")] = False,
) -> None:
    """Mirror, judge and write until SIGTERM; a turn under way is finished first."""
    loaded = settings(config)
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    connector = build(loaded, shadow=shadow or None)
    loop = Loop(connector, stop=stop)
    with bars() as progress:
        _start(loop, progress)
    loop.run()
    connector.store.close()


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
