"""`connector explain RECORD_ID`: why a record stands as it does, in plain words."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from connector.bootstrap import INSTANCE_URL, opened_store, speaker
from connector.canonical.ids import BadRecordId, record_id
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.explain_page import Page
from connector.cli.options import Config, Json, settings
from connector.flows.explain import explain
from connector.flows.explanation import Explanation
from connector.messages import LANGUAGES
from connector.profiles import read_profiles


def register(app: typer.Typer) -> None:
    app.command("explain")(explain_)


@guarded
def explain_(
    record: Annotated[
        str, typer.Argument(metavar="RECORD_ID", help="15 or 18 characters, from the record's address.")
    ],
    config: Config = None,
    as_json: Json = False,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}, or a locale of one.")] = "en",
) -> None:
    """Say what was decided about a record: the rule, the records that decided it, who was first by which clock.

    A lead, a registration or an opportunity; also a partner firm (its leads and registrations) or a conflict.
    """
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
    if found.empty:
        raise NotFound(f"the ledger holds nothing about {ident}: it was not judged, or is not mirrored")
    if as_json:
        typer.echo(json.dumps(document(found), ensure_ascii=False))
    else:
        Page(Console(highlight=False), voice, language).show(found)


def document(found: Explanation) -> dict[str, Any]:
    """The explanation as JSON values. Codes stay the same in every language; only the texts follow it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(found), default=_text))
    return plain


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
