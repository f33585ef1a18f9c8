"""`connector explain RECORD_ID`: why a record stands as it does, in plain words."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from connector.bootstrap import INSTANCE_URL, opened_store, read_profiles, speaker
from connector.canonical.ids import BadRecordId, record_id
from connector.canonical.verdict import Effect
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.options import Config, Json, settings
from connector.flows.explain import Explanation, Step, explain
from connector.messages import LANGUAGES

_MARK = {Effect.PASS: "✓", Effect.NOTE: "·", Effect.REFUSE: "✗", Effect.ASK: "?", Effect.LACK: "…"}


def register(app: typer.Typer) -> None:
    app.command("explain")(explain_)


@guarded
def explain_(
    record: Annotated[
        str, typer.Argument(metavar="RECORD_ID", help="15 or 18 characters, from the record's address.")
    ],
    config: Config = None,
    as_json: Json = False,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.")] = "en",
) -> None:
    """Say what was decided about a record: the rule, the records that decided it, and the clock."""
    try:
        ident = record_id(record)
    except BadRecordId as bad:
        raise fail(Exit.USAGE, str(bad), as_json=as_json) from None
    loaded = settings(config, quiet=True)
    voice = speaker(read_profiles(loaded.profiles).mapping)
    with opened_store(loaded) as store:
        with store.reading() as view:
            url = view.notes.get(INSTANCE_URL) or ""
        found = explain(store, voice, ident, url, language)
    if not found.steps:
        raise NotFound(f"the ledger holds nothing about {ident}: it was not judged, or is not mirrored")
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
    else:
        show(found, Console(highlight=False))


def show(found: Explanation, console: Console) -> None:
    """The explanation for a person at a terminal."""
    console.print(f"[bold]{found.name}[/]  {found.link}\n")
    for step in found.steps:
        _show_step(step, console)
    for line in found.waiting:
        console.print(f"  waiting: {line}")


def _show_step(step: Step, console: Console) -> None:
    ruled = f" → [bold]{step.outcome.value}[/]" if step.outcome else ""
    console.print(f"{step.at:%Y-%m-%d %H:%M:%S} UTC  {step.happened}{ruled}")
    console.print(f"    the clock: {step.certain}", style="dim")
    for reason in step.reasons:
        console.print(f"    {_MARK[reason.effect]} {reason.text}  [dim]({reason.rule})[/]")
        for party in reason.parties:
            value = f" = {party.value}" if party.value else ""
            console.print(f"        {party.name}: {party.field}{value}  {party.link}", style="dim")
    for line in step.docket:
        console.print(f"    ⇒ {line}")
    if step.policy:
        console.print(f"    policy {step.policy}, ledger entry {step.number}", style="dim")
    console.print()
