"""`connector report`: what the channel sold, and what it has in prospect, from the store alone."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from connector import desk
from connector.bootstrap import INSTANCE_URL, speaker
from connector.cli.exit import guarded
from connector.cli.options import Config, Json, day, settings
from connector.flows.deal_report import DealReport
from connector.flows.deal_report import deals as deals_of
from connector.flows.pipeline_report import Pipeline
from connector.flows.pipeline_report import pipeline as pipeline_of
from connector.flows.records import RecordReader
from connector.flows.teller import Teller
from connector.telemetry import clock

app = typer.Typer(no_args_is_help=True, help="Sales and pipeline of the channel; the org is not asked.")


@app.command("deals")
@guarded
def deals(
    since: Annotated[
        datetime | None, typer.Option(parser=day, metavar="DAY", help="First day, in the programme's zone.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Closed deals by partner and direct sales; each deal counts once (R0.9)."""
    with desk.opened(settings(config, quiet=True)) as office:
        zone = ZoneInfo(office.mapping.mapping.time_zone)
        voice = speaker(office.profiles.mapping)
        with office.store.reading() as view:
            teller = Teller(view, voice, url=view.notes.get(INSTANCE_URL) or "", language="en")
            found = deals_of(teller, since.replace(tzinfo=zone) if since else None)
    _say(found, as_json=as_json)


@app.command("pipeline")
@guarded
def pipeline(config: Config = None, as_json: Json = False) -> None:
    """By firm and tier: open registrations, protected amount, forecast, claims, conversion (R1.5)."""
    with desk.opened(settings(config, quiet=True)) as office, office.store.reading() as view:
        found = pipeline_of(RecordReader(view, office.mapping), office.profiles.policies, clock.now())
    _say(found, as_json=as_json)


def _say(found: DealReport | Pipeline, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
    elif isinstance(found, DealReport):
        _show_deals(found, Console(highlight=False))
    else:
        _show_pipeline(found, Console(highlight=False))


def _show_deals(found: DealReport, console: Console) -> None:
    table = Table("party", "firm", "deals", "brought by the firm", "amount", title="closed deals")
    for each in found.sums:
        amount = f"{each.amount:,.2f} {each.currency}"
        table.add_row(each.party, each.firm or "–", str(each.deals), str(each.sourced), amount)
    console.print(table)
    for deal in found.contested:
        console.print(
            f"contested, not counted: {deal.name} ({deal.party} {deal.firm})", style="yellow", markup=False
        )


def _show_pipeline(found: Pipeline, console: Console) -> None:
    money = f"protected {found.currency}", f"forecast {found.currency}"
    table = Table("firm", "tier", "open", *money, "claims", "left", "conversion", "quality", title="pipeline")
    for each in found.firms:
        table.add_row(
            each.name,
            each.tier or "–",
            str(each.registrations),
            f"{each.protected:,.2f}",
            f"{each.forecast:,.2f}",
            str(each.claims),
            _or_none(each.claims_remaining),
            f"{each.conversion:.0%}" if each.conversion is not None else "–",
            _or_none(each.quality),
        )
    console.print(table)
    tiers = Table("tier", "firms", "open", *money, "claims", title="by tier")
    for tier in found.tiers:
        figures = (f"{tier.protected:,.2f}", f"{tier.forecast:,.2f}")
        tiers.add_row(tier.tier or "–", str(tier.firms), str(tier.registrations), *figures, str(tier.claims))
    console.print(tiers)
    if unrated := sum(each.unrated for each in found.firms):
        console.print(f"deals without an amount or a rate: {unrated}", style="yellow")


def _or_none(value: Any) -> str:
    return "–" if value is None else str(value)
