"""Progress bars on standard error for long work; silent where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from connector.flows.capture import Progress as Report


@contextmanager
def bars(console: Console | None = None) -> Iterator[Report]:
    """A report function that draws one bar per object."""
    console = console or Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description:>28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    tasks: dict[str, TaskID] = {}

    def report(name: str, done: int, expected: int) -> None:
        if name not in tasks:
            tasks[name] = progress.add_task(name, total=max(expected, done))
        progress.update(tasks[name], completed=done, total=max(expected, done))

    with progress:
        yield report
