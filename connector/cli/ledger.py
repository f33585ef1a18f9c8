"""`connector ledger verify`: is the record of every decision still whole?"""

import json
import re
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from connector.bootstrap import opened_store
from connector.canonical.chain import START
from connector.cli import ledger_extract
from connector.cli.exit import Exit, fail, guarded
from connector.cli.options import Config, Json, settings
from connector.ports.store import Ledger

_HEAD = re.compile(r"[0-9a-f]{64}")

app = typer.Typer(no_args_is_help=True, help="The append-only record of every decision.")


@app.callback()
def _group() -> None:
    """The append-only record of every decision."""


ledger_extract.register(app)


@app.command("verify")
@guarded
def verify(
    kept: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="HEAD",
            help="A head that was kept elsewhere: it has to be an entry's still, or the end was cut off.",
        ),
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Recompute the hash chain from the first entry; name the first that does not fit (R0.10)."""
    if kept is not None and not _HEAD.fullmatch(kept):
        expected = "expected its 64 characters 0-9 and a-f, as `connector ledger verify` printed them"
        raise fail(Exit.USAGE, f"{kept!r} is no head of a ledger: {expected}", as_json=as_json)
    with opened_store(settings(config, quiet=True)) as store, store.reading() as view:
        broken = view.ledger.verify()
        entries, head = view.ledger.head() if broken is None else _claimed(view.ledger, broken)
        place = _place(view.ledger, kept) if broken is None and kept else None
    lost = broken is None and kept is not None and place is None
    if as_json:
        body = {
            "whole": broken is None and not lost,
            "first_broken": broken,
            "entries": entries,
            "head": head,
        }
        typer.echo(json.dumps(body | ({"kept_head": place} if kept else {})))
    else:
        typer.echo(_said(broken, entries, head))
        if lost:
            typer.echo(f"No entry has the head {kept}: what was recorded up to it was cut off or made anew.")
        elif place is not None:
            typer.echo(f"The head that was kept is that of entry {place}.")
    if broken is not None or lost:
        raise typer.Exit(int(Exit.FAULTS))


def _said(broken: int | None, entries: int, head: str) -> str:
    if broken is None:
        return f"The ledger is whole: {entries} entries, head {head}."
    compare = "Compare with a backup and with the head that was kept elsewhere."
    if broken == entries + 1:
        return f"Entry {broken} is missing: the ledger ends before it, and the database still names it. {compare}"
    return (
        f"Entry {broken} of {entries} does not fit the chain: it, or one before it, was changed after it was "
        f"recorded. {compare}"
    )


def _place(ledger: Ledger, kept: str) -> int | None:
    """The number of the entry that had this head; 0 is the start of every ledger."""
    if kept == START:
        return 0
    return next((proof.seq for proof in ledger.proofs() if proof.digest == kept), None)


def _claimed(ledger: Ledger, broken: int) -> tuple[int, str]:
    """The head that a broken ledger claims to have, whatever was written there."""
    try:
        entries, head = ledger.head()
    except DBAPIError:
        return broken, ""
    return (entries, head) if isinstance(entries, int) and isinstance(head, str) else (broken, "")
