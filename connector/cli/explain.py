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
from connector.cli.options import Config, Json, settings, spoken
from connector.flows.asked import Asked
from connector.flows.drift import fitted, remembered
from connector.flows.explain import explain, of_verdict
from connector.flows.explanation import Explanation
from connector.flows.eyes import View
from connector.messages import LANGUAGES
from connector.profiles import read_profiles
from connector.telemetry import clock


def register(app: typer.Typer) -> None:
    app.command("explain")(explain_)


@guarded
def explain_(
    record: Annotated[
        str, typer.Argument(metavar="[RECORD_ID]", help="15 or 18 characters, from the record's address.")
    ] = "",
    config: Config = None,
    as_json: Json = False,
    language: Annotated[
        str, typer.Option("--language", "--lang", help=f"One of {', '.join(LANGUAGES)}, or a locale of one.")
    ] = "en",
    verdict: Annotated[
        int | None, typer.Option(min=1, help="A ledger entry's number: that ruling alone, as it stood then.")
    ] = None,
    view: Annotated[
        View,
        typer.Option(help="For whom: desk names everybody, manager whom `masks` leave, partner no rival."),
    ] = View.DESK,
    life: Annotated[
        bool, typer.Option("--timeline", help="Only the timeline of the deal or customer, all of it.")
    ] = False,
    firm: Annotated[
        str,
        typer.Option(
            metavar="RECORD_ID", help="The firm whose view it is, or its manager's, where several acted."
        ),
    ] = "",
) -> None:
    """Say what was decided about a record: the rule, the records that decided it, who was first by which clock.

    A lead, a registration, a deal or an order; also a partner firm (its leads, registrations and acts) or a conflict.
    """
    spoken(language, as_json=as_json)
    if life and verdict is not None:
        raise fail(Exit.USAGE, "--timeline tells of a record, not of one --verdict", as_json=as_json)
    if bool(record) == (verdict is not None):
        raise fail(Exit.USAGE, "name a record, or --verdict with a ledger entry's number", as_json=as_json)
    try:
        ident = record_id(record) if record else None
        reader = record_id(firm) if firm else None
    except BadRecordId as bad:
        raise fail(Exit.USAGE, str(bad), as_json=as_json) from None
    loaded = settings(config, quiet=True)
    profiles = read_profiles(loaded.profiles)
    voice = speaker(profiles.mapping)
    with opened_store(loaded) as store:
        with store.reading() as kept:
            url = kept.notes.get(INSTANCE_URL) or ""
            known = remembered(kept)
        mapping = fitted(profiles.mapping, known, known).mapping if profiles.mapping else None
        ident = ident or of_verdict(store, verdict or 0)
        if ident is None:
            raise NotFound(f"the ledger has no entry {verdict}")
        asked = Asked(
            view=view,
            firm=reader,
            verdict=verdict,
            policies=profiles.policies,
            mapping=mapping,
            now=clock.now(),
            texts=profiles.texts,
        )
        found = explain(store, voice, ident, url, language, asked=asked)
    if found.empty and view is View.PARTNER:
        none = f"{ident} is nothing of the partner's" + (
            f" {reader}" if reader else ": name the firm by --firm"
        )
        raise NotFound(f"{none}; --view desk tells of every record")
    if found.empty:
        raise NotFound(f"the ledger holds nothing about {ident}: it was not judged, or is not mirrored")
    if as_json:
        typer.echo(json.dumps(document(found), ensure_ascii=False))
    else:
        page = Page(Console(highlight=False), voice, language)
        (page.life if life else page.show)(found)


def document(found: Explanation) -> dict[str, Any]:
    """The explanation as JSON values. Codes stay the same in every language; only the texts follow it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(found), default=_text))
    return plain


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
