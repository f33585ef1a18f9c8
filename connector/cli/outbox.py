"""`connector outbox`: what is to be written, what could not be, and what to do about it."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from connector.bootstrap import opened_store
from connector.cli.exit import NotFound, guarded
from connector.cli.options import Config, Json, settings
from connector.flows.breaker import reset, tripped
from connector.ports.store import AttemptState, OutboxItem
from connector.telemetry import clock

app = typer.Typer(no_args_is_help=True, help="Desired values on their way to the org, and dead letters.")

WAITING = (
    AttemptState.AVAILABLE,
    AttemptState.RUNNING,
    AttemptState.UNKNOWN,
    AttemptState.RETRYABLE,
    AttemptState.DEAD,
)
Ids = Annotated[list[int], typer.Argument(help="Numbers from `connector outbox list`.")]


@app.command("list")
@guarded
def list_(
    config: Config = None,
    as_json: Json = False,
    state: Annotated[list[AttemptState] | None, typer.Option(help="Only these states.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Delivered ones too.")] = False,
) -> None:
    """Show what waits and what is dead; dead letters say why and what to do."""
    with opened_store(settings(config, quiet=True)) as store, store.reading() as view:
        items = view.outbox.list(tuple(state or ()) or (() if everything else WAITING))
    if as_json:
        typer.echo(json.dumps({"items": [_plain(item) for item in items]}, ensure_ascii=False))
        return
    if not items:
        typer.echo("Nothing waits and nothing is dead.")
        return
    table = Table("no.", "state", "record", "field", "value", "why", title="outbox")
    for item in items:
        why = " ".join(part for part in (item.code, item.reason) if part)
        table.add_row(
            str(item.id),
            item.state.value,
            f"{item.object}\n{item.record or item.key}",
            item.field,
            (item.value or "(cleared)")[:60],
            why,
        )
    Console().print(table)


@app.command("retry")
@guarded
def retry(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Send dead or waiting items again at the next turn, once their cause is mended."""
    _move("retry", ids, config, as_json=as_json)


@app.command("discard")
@guarded
def discard(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Give items up: they stay in the list as discarded and are never written."""
    _move("discard", ids, config, as_json=as_json)


@app.command("resume")
@guarded
def resume(config: Config = None, as_json: Json = False) -> None:
    """Let contested writes go on after the breaker paused them; its counts start from zero (law 15)."""
    with opened_store(settings(config, quiet=True)) as store:
        with store.reading() as view:
            why = tripped(view)
        if why:
            reset(store)
    if as_json:
        typer.echo(json.dumps({"resumed": bool(why), "was_paused": why}, ensure_ascii=False))
    else:
        typer.echo(f"Contested writes go on. They had paused since {why}" if why else "Nothing was paused.")


def _move(what: str, ids: list[int], config: Config, *, as_json: bool) -> None:
    with opened_store(settings(config, quiet=True)) as store, store.transaction() as tx:
        moved = (tx.outbox.retry if what == "retry" else tx.outbox.discard)(ids, clock.now())
    if not moved:
        raise NotFound(f"none of {', '.join(map(str, ids))} is waiting or dead: see `connector outbox list`")
    if as_json:
        typer.echo(json.dumps({what: moved}))
    else:
        typer.echo(f"{moved} item{'s' if moved != 1 else ''}: {what}")


def _plain(item: OutboxItem) -> dict[str, object]:
    return {
        "id": item.id,
        "state": item.state.value,
        "object": item.object,
        "record": item.record,
        "key": item.key,
        "field": item.field,
        "value": item.value,
        "contested": item.contested,
        "expected": item.expected,
        "attempts": item.attempts,
        "code": item.code,
        "reason": item.reason,
        "cause": item.cause,
        "created_at": item.created_at.isoformat(),
        "written_at": item.written_at.isoformat() if item.written_at else None,
        "previous": item.previous,
    }
