"""`connector reconcile`: the mirror against the org, by counts and checksums per object and day."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from connector.bootstrap import Connector, build
from connector.cli.exit import Exit, NotFound, guarded
from connector.cli.options import Config, Json, settings
from connector.cli.progress import bars
from connector.daemon.loop import Loop
from connector.flows.reconcile import Drift, Reconciled, Wanted, summed

SHOWN = 3
"""Record ids of each sort that a line names; `--json` names all."""


def register(app: typer.Typer) -> None:
    app.command("reconcile")(reconcile)


@guarded
def reconcile(
    objects: Annotated[
        list[str] | None, typer.Argument(help="Objects of the org; default: every mirrored one.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what differs and change nothing; the daemon may go on.")
    ] = False,
    counts_only: Annotated[
        bool,
        typer.Option("--counts", help="Compare row counts only: two API calls an object, blind to values."),
    ] = False,
    believe_losses: Annotated[
        bool, typer.Option("--believe-losses", help="Bury what the org no longer shows, however much it is.")
    ] = False,
) -> None:
    """Compare the mirror with the org by counts and checksums per day, and repair what differs by id.

    Finds what no stream tells: hard deletes of more than 30 days ago, formula fields that moved without a stamp.
    """
    loaded = settings(config, quiet=True)
    # a name of its own on the lease: under the daemon's it would take the lease away from it
    connector = build(loaded.model_copy(update={"worker": f"{loaded.worker}, reconcile"}))
    try:
        wanted = Wanted(
            objects=_known(connector, objects or []),
            counts_only=counts_only,
            dry_run=dry_run,
            believe_losses=believe_losses,
        )
        with bars() as progress:
            done = list(Loop(connector).reconcile(wanted, progress))
        if not dry_run:
            connector.store.release_lease(connector.settings.worker)
        calls = connector.org.budget().own_calls
    finally:
        connector.store.close()
    if as_json:
        found = [{**asdict(each), "found": each.found} for each in done]
        said = {**summed(done), "dry_run": dry_run, "api_calls": calls, "results": found}
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        _show(done, dry_run=dry_run)
    if any(each.stopped or each.withheld or (dry_run and each.found) for each in done):
        raise typer.Exit(int(Exit.FAILED))


def _known(connector: Connector, names: list[str]) -> tuple[str, ...]:
    real = {name.lower(): name for name in connector.mapping.objects}
    unknown = [name for name in names if name.lower() not in real]
    if unknown:
        raise NotFound(f"{unknown[0]} is not mirrored; mirrored are {', '.join(connector.mapping.objects)}")
    return tuple(real[name.lower()] for name in names)


def _show(done: list[Reconciled], *, dry_run: bool) -> None:
    console = Console(highlight=False)
    table = Table("object", "days", "org", "mirror", "differ", "repaired", title="reconcile")
    for each in done:
        figures = (each.days, each.org_rows, each.mirror_rows, each.found, each.repaired)
        table.add_row(each.object, *(["–"] * 5 if each.stopped else [str(figure) for figure in figures]))
    console.print(table)
    for each in done:
        for drift in each.drifts:
            console.print(f"{each.object} {drift.day}: {_told(drift)}", markup=False)
        if each.withheld:
            console.print(
                f"{each.object}: {each.withheld} of {each.mirror_rows} records are gone from the org, too many to be "
                "believed unasked. Has the login lost sight of them? If they were deleted: --believe-losses.",
                markup=False,
            )
        if each.stopped:
            console.print(f"{each.object} was not compared: {each.stopped}", markup=False)
    if dry_run and any(each.found for each in done):
        console.print("Nothing was changed: this was a dry run.")


def _told(drift: Drift) -> str:
    """One day in one line."""
    fields = sorted({name for names in drift.differing.values() for name in names})
    parts = [
        _listed("missing here", drift.missing),
        _listed("gone from the org", drift.surplus),
        _listed(f"other values ({', '.join(fields)})", tuple(drift.differing)),
    ]
    return f"{drift.org_rows} rows in the org, {drift.mirror_rows} here; " + "; ".join(filter(None, parts))


def _listed(what: str, ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return f"{len(ids)} {what}: {', '.join(ids[:SHOWN])}{more}" if ids else ""
