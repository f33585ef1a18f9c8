"""`connector sync --once`: one round, then leave."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from connector.bootstrap import Connector, build
from connector.canonical.verdict import Outcome
from connector.cli.exit import guarded
from connector.cli.options import Config, Json, settings
from connector.cli.progress import bars
from connector.daemon.loop import Loop, Turn

MOST_TURNS = 200
SHOWN = 40
"""Rows of a list that the table shows; the JSON has them all."""


def register(app: typer.Typer) -> None:
    app.command("sync")(sync)


@guarded
def sync(
    config: Config = None,
    as_json: Json = False,
    once: Annotated[bool, typer.Option("--once", help="Leave when nothing is left to do.")] = True,  # noqa: ARG001
    shadow: Annotated[bool, typer.Option("--shadow", help="Judge everything, write nothing.")] = False,
) -> None:
    """Catch up with the org, judge what is due, write what is wanted, and say what was done."""
    connector = build(settings(config, quiet=True), shadow=shadow or None)
    loop = Loop(connector)
    with bars() as progress:
        loop.start(progress)
    turns = _until_quiet(loop)
    connector.store.release_lease(connector.settings.worker)
    done = summary(connector, turns)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False))
    else:
        _show(done)
    connector.store.close()


def _until_quiet(loop: Loop) -> list[Turn]:
    turns = [loop.turn(watermark=True)]
    while len(turns) < MOST_TURNS and not turns[-1].quiet:
        turns.append(loop.turn())
    return turns


def summary(connector: Connector, turns: list[Turn]) -> dict[str, object]:
    """What the turns did together, and what waits."""
    with connector.store.reading() as view:
        counts = {state.value: number for state, number in view.outbox.counts().items() if number}
        mirrored = {row.object: row.live for row in view.mirror.count()}
    shadow = [item for turn in turns[-1:] for item in turn.dispatched.shadow]
    return {
        "mirrored": mirrored,
        "changes": sum(turn.changes for turn in turns),
        "facts": sum(turn.settled.facts for turn in turns),
        "verdicts": {
            outcome.value: sum(turn.settled.verdicts(outcome) for turn in turns) for outcome in Outcome
        },
        "written": sum(turn.dispatched.written for turn in turns),
        "outbox": counts,
        "would_write": [
            {"object": i.object, "record": i.record or i.key, "field": i.field, "value": i.value}
            for i in shadow
        ],
        "api_calls": connector.org.budget().own_calls,
    }


def _show(done: dict[str, object]) -> None:
    table = Table(title="sync", show_header=False)
    for name, value in done.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {number}" for key, number in value.items())  # noqa: PLW2901
        if isinstance(value, list):
            value = "\n".join(_lines(value))  # noqa: PLW2901
        if value not in ("", None):
            table.add_row(name.replace("_", " "), str(value))
    Console().print(table)


def _lines(rows: list[dict[str, object]]) -> list[str]:
    lines = [f"{row['object']} {row['record']} {row['field']} = {row['value']}" for row in rows[:SHOWN]]
    return [*lines, f"… and {len(rows) - SHOWN} more: `--json` lists them"] if len(rows) > SHOWN else lines
