"""`connector check`: every fault in the profiles, and of the profiles against the org, in one run."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from connector.bootstrap import Profiles, describes, org_settings, read_profiles
from connector.canonical.fault import Fault
from connector.cli.exit import Exit, guarded
from connector.cli.options import Config, Json, settings
from connector.mapping import check_login, compile_mapping
from connector.salesforce import connect
from connector.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("check")(check)


@guarded
def check(
    config: Config = None,
    as_json: Json = False,
    profile: Annotated[
        list[str] | None, typer.Option(help="A profile's name or folder; default: the settings'.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the org.")] = False,
) -> None:
    """Say everything that is wrong with the profiles: file, line, column, what was expected, the nearest name."""
    loaded = settings(config, quiet=True)
    profiles = read_profiles(profile or loaded.profiles)
    faults = list(profiles.faults)
    asked = not offline and _has_login(loaded)
    if asked:
        faults += _against_org(loaded, profiles)
    serious = [fault for fault in faults if not fault.note]
    if as_json:
        body = {
            "faults": [fault.model_dump() for fault in serious],
            "notes": [fault.model_dump() for fault in faults if fault.note],
            "asked_the_org": asked,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _show(faults, asked=asked)
    if serious:
        raise typer.Exit(int(Exit.FAULTS))


def _has_login(loaded: Settings) -> bool:
    org = loaded.org
    return any((org.access_token, org.client_secret, org.client_secret_file, org.private_key_file))


def _against_org(loaded: Settings, profiles: Profiles) -> Sequence[Fault]:
    if profiles.mapping is None:
        return ()
    org = connect(org_settings(loaded))
    described = describes(org, profiles.mapping)
    mapping, faults = compile_mapping(profiles.mapping, described)
    return (*faults, *(check_login(mapping, described) if mapping else ()))


def _show(faults: Sequence[Fault], *, asked: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        console.print(str(fault), markup=False, style="dim" if fault.note else None)
    serious = sum(not fault.note for fault in faults)
    where = "the profiles, and against the org" if asked else "the profiles (the org was not asked)"
    console.print(f"{serious} fault{'s' if serious != 1 else ''} in {where}.")
