"""`connector run`: the daemon."""

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from connector.bootstrap import build
from connector.cli.exit import guarded
from connector.cli.options import Config, settings
from connector.cli.progress import bars
from connector.daemon.loop import Loop


def register(app: typer.Typer) -> None:
    app.command("run")(run)


@guarded
def run(
    config: Config = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Judge everything, write nothing.")] = False,  # noqa: FBT002
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
        loop.start(progress)
    loop.run()
    connector.store.close()
