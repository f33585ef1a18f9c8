"""`connector status`: what ops look at first."""

import json
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table

from connector.bootstrap import opened_store
from connector.cli.exit import guarded
from connector.cli.options import Config, Json, settings
from connector.flows.status import Status, status

_FAULTS_SHOWN = 20
_PAIRS_SHOWN = 10


def register(app: typer.Typer) -> None:
    app.command("status")(status_)


@guarded
def status_(config: Config = None, as_json: Json = False) -> None:
    """Say where every stream stands, what was judged, and what waits; the org is not asked."""
    with opened_store(settings(config, quiet=True)) as store:
        found = status(store)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
    else:
        _show(found)


def _show(found: Status) -> None:
    console = Console(highlight=False)
    table = Table("stream", "live", "deleted", "complete until", title="mirror")
    for stream in found.streams:
        mark = f"{stream.watermark:%Y-%m-%d %H:%M:%S}" if stream.watermark else "–"
        table.add_row(stream.object, str(stream.live), str(stream.deleted), mark)
    console.print(table)
    console.print(
        f"live since {found.go_live or '(not yet)'}, judged for good until {found.sealed_until or '(nothing yet)'}"
    )
    console.print(f"{found.facts} facts, {found.ledger} ledger entries, head {found.ledger_head[:16]}")
    _show_stops(found, console)
    for fault in found.faults[:_FAULTS_SHOWN]:
        console.print(
            f"fault: {fault.object} {fault.record} {fault.field}: {fault.reason}",
            style="yellow",
            markup=False,
        )
    if len(found.faults) > _FAULTS_SHOWN:
        console.print(f"… and {len(found.faults) - _FAULTS_SHOWN} more faults: `connector status --json`")
    if found.faults_beyond:
        console.print(f"beyond those kept, faults were seen {found.faults_beyond} times more")
    _show_pairs(console, found)
    for name in ("outbox", "claims", "registrations", "conflicts"):
        counts: dict[str, int] = getattr(found, name)
        console.print(
            f"{name}: " + (", ".join(f"{word} {count}" for word, count in counts.items()) or "none")
        )


def _show_pairs(console: Console, found: Status) -> None:
    """Law 16: what adoption met is reported; no conflict was opened for it."""
    if not found.adopted_pairs:
        return
    console.print(
        f"two parties on one customer at go-live (no conflict was opened): {len(found.adopted_pairs)}"
    )
    for pair in found.adopted_pairs[:_PAIRS_SHOWN]:
        with_whom = "direct sales" if pair.kind == "partner_direct" else "another partner"
        sure = "one customer" if pair.certain else "perhaps one customer"
        console.print(
            f"  {pair.left} and {pair.right}: {with_whom}, {sure} (score {pair.score:.2f})", markup=False
        )
    if len(found.adopted_pairs) > _PAIRS_SHOWN:
        console.print(f"  … and {len(found.adopted_pairs) - _PAIRS_SHOWN} more: `connector status --json`")


def _show_stops(found: Status, console: Console) -> None:
    """What stands still until a person acts."""
    for stream in found.streams:
        if stream.stopped:
            console.print(f"stopped: {stream.object}: {stream.stopped}", style="red", markup=False)
    if found.paused:
        console.print(f"paused since {found.paused}: `connector outbox resume`", style="red", markup=False)
    if found.held:
        console.print(
            f"held back: {found.held} values; live writing: {found.live}", style="yellow", markup=False
        )
    if found.pauses:
        console.print(f"the daemon pauses: {found.pauses}", style="yellow", markup=False)
