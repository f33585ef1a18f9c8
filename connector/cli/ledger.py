"""`connector ledger verify`: is the record of every decision still whole?"""

import json

import typer
from sqlalchemy.exc import DBAPIError

from connector.bootstrap import opened_store
from connector.cli import ledger_extract
from connector.cli.exit import Exit, guarded
from connector.cli.options import Config, Json, settings
from connector.ports.store import Ledger

app = typer.Typer(no_args_is_help=True, help="The append-only record of every decision.")


@app.callback()
def _group() -> None:
    """The append-only record of every decision."""


ledger_extract.register(app)


@app.command("verify")
@guarded
def verify(config: Config = None, as_json: Json = False) -> None:
    """Recompute the hash chain from the first entry; name the first that does not fit (R0.10)."""
    with opened_store(settings(config, quiet=True)) as store, store.reading() as view:
        broken = view.ledger.verify()
        entries, head = view.ledger.head() if broken is None else _claimed(view.ledger, broken)
    if as_json:
        typer.echo(
            json.dumps({"whole": broken is None, "first_broken": broken, "entries": entries, "head": head})
        )
    elif broken is None:
        typer.echo(f"The ledger is whole: {entries} entries, head {head}.")
    else:
        typer.echo(
            f"Entry {broken} of {entries} does not fit the chain: it, or one before it, was changed after it was "
            "recorded. Compare with a backup and with the head that was anchored elsewhere."
        )
    if broken is not None:
        raise typer.Exit(int(Exit.FAULTS))


def _claimed(ledger: Ledger, broken: int) -> tuple[int, str]:
    """The head that a broken ledger claims to have, whatever was written there."""
    try:
        entries, head = ledger.head()
    except DBAPIError:
        return broken, ""
    return (entries, head) if isinstance(entries, int) and isinstance(head, str) else (broken, "")
