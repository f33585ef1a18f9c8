"""`connector undo`: writes of ours taken back, from the values before them."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.style import Style
from rich.table import Column, Table
from rich.text import Text

from connector import desk
from connector.bootstrap import INSTANCE_URL
from connector.canonical.ids import BadRecordId, record_id
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.options import Config, Json, settings
from connector.flows.undo import Fate, Selection, Undo, Undone, batch
from connector.telemetry import clock

_SHOWN = 50
_LONGEST = 40


def _moment(text: str) -> datetime:
    """A moment as `outbox list --json` shows it, or a person types it: in UTC unless it names an offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no moment: expected one such as 2026-11-22T12:46:57Z"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


WORDS = {
    Fate.BACK: "the value before goes back",
    Fate.CHANGED: "left alone: the org shows another value than ours",
    Fate.NEWER: "left alone: a newer value is on its way",
    Fate.GONE: "left alone: the record is deleted or read-only",
    Fate.CREATED: "left alone: created by us; delete the record in the org if it is wrong",
}


def register(app: typer.Typer) -> None:
    app.command("undo")(undo)


@guarded
def undo(
    written: Annotated[
        datetime | None,
        typer.Option(
            "--batch",
            parser=_moment,
            metavar="MOMENT",
            help="The writes of one round: its `written_at` (UTC) in `outbox list --all --json`.",
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=_moment, metavar="MOMENT", help="Every write from this moment (UTC) on."),
    ] = None,
    record: Annotated[str | None, typer.Option(help="Only this record's writes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken back.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Take writes back where our value still stands (law 15); the daemon writes the values before at its next turn.

    Mend the policy first: a record that it still judges wrong is judged so again at its next act.
    """
    if (written is None) == (since is None) and not (record and written is None):
        raise fail(Exit.USAGE, "name one of --batch, --since and --record", as_json=as_json)
    try:
        ident = record_id(record) if record else None
    except BadRecordId as bad:
        raise fail(Exit.USAGE, str(bad), as_json=as_json) from None
    chosen = _chosen(written, since, ident)
    with desk.opened(settings(config, quiet=True)) as office:
        work = Undo(office.store, office.mapping)
        done = work.plan(chosen) if dry_run else work.run(chosen, clock.now())
        with office.store.reading() as view:
            url = view.notes.get(INSTANCE_URL) or ""
    if not done.steps:
        raise NotFound("nothing of ours was written then: see `connector outbox list --all`")
    body = document(done, url, dry_run=dry_run)
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(body, Console(highlight=False))


def _chosen(written: datetime | None, since: datetime | None, record: str | None) -> Selection:
    if written is not None:
        found = batch(written)
        return Selection(since=found.since, until=found.until, record=record)
    return Selection(since=since, record=record)


def document(done: Undone, url: str, *, dry_run: bool) -> dict[str, Any]:
    """What was, or would be, taken back, as JSON values."""
    return {
        "dry_run": dry_run,
        "counts": {fate.value: len(done.of(fate)) for fate in Fate},
        "records": len({step.record for step in done.of(Fate.BACK)}),
        "fields": [
            {
                "object": step.object,
                "record": step.record,
                "link": f"{url}/{step.record}" if url and step.fate is not Fate.CREATED else step.record,
                "field": step.field,
                "ours": step.ours,
                "before": step.before,
                "fate": step.fate.value,
            }
            for step in done.steps
        ],
    }


def _show(body: dict[str, Any], console: Console) -> None:
    back = body["counts"]["back"]
    verb = "would go back" if body["dry_run"] else "goes back" if back == 1 else "go back"
    counts = _counted(back, "value"), _counted(body["records"], "record")
    console.print(f"{counts[0]} of {counts[1]} {verb}.")
    table = Table(Column("record", no_wrap=True), "field", "ours", "before", "what becomes of it")
    for each in body["fields"][:_SHOWN]:
        table.add_row(
            Text(each["record"], style=Style(link=each["link"])),
            each["field"],
            _short(each["ours"] or "(cleared)"),
            _short(each["before"] or "(empty)"),
            WORDS[Fate(each["fate"])],
        )
    console.print(table)
    if len(body["fields"]) > _SHOWN:
        console.print(f"… and {len(body['fields']) - _SHOWN} more: --json")


def _short(value: str) -> str:
    """What fits a cell, on one line; what was cut off shows as such."""
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
