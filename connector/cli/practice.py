"""`connector practice serve`: a practice org, which answers as Salesforce does."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connector.cli.exit import Exit, fail
from connector.practice.seed.programme import PROFILES
from connector.practice.server import ServeError, ServeOptions, serve

app = typer.Typer(no_args_is_help=True, help="A practice Salesforce org on this machine.")


class Latency(StrEnum):
    """How long answers take."""

    REAL = "real"


@app.callback()
def _group() -> None:
    """A practice Salesforce org on this machine."""


@app.command("serve")
def serve_(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same org.")] = 7,
    leads: Annotated[int, typer.Option(min=0, help="How many leads to make.")] = 600,
    profile: Annotated[str | None, typer.Option(help="Seed what this profile needs.")] = None,
    empty: Annotated[bool, typer.Option("--empty", help="No programme, just the org.")] = False,
    tls: Annotated[bool, typer.Option("--tls", help="https with a certificate made for this run.")] = False,
    schema: Annotated[list[Path] | None, typer.Option(help="File that declares further objects.")] = None,
    latency: Annotated[Latency | None, typer.Option(help="`real`: the real service's delays.")] = None,
    least_privilege: Annotated[
        bool,
        typer.Option("--least-privilege", help="The integration user has the shipped permission set alone."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="An error as one JSON object too.")] = False,
) -> None:
    """Serve until SIGTERM. The first line on standard output is one JSON object with address and credentials."""
    if profile is not None and profile not in PROFILES:
        raise fail(Exit.FAULTS, f"profile {profile!r}: shipped are {', '.join(PROFILES)}", as_json=as_json)
    options = ServeOptions(
        port=port,
        seed=seed,
        leads=leads,
        profile=profile,
        empty=empty,
        tls=tls,
        schema=tuple(schema or ()),
        latency=latency.value if latency else None,
        least_privilege=least_privilege,
    )
    try:
        code = serve(options)
    except (ServeError, OSError) as fault:
        raise fail(Exit.FAULTS, str(fault), as_json=as_json) from None
    raise typer.Exit(code)
