"""`connector check`: every fault in the profiles, and of the profiles against the org, in one run."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from connector.bootstrap import KEYRING_SERVICE, describes, org_settings
from connector.canonical.fault import Fault
from connector.cli.exit import Exit, guarded
from connector.cli.options import Config, Json, settings
from connector.mapping import check_login, compile_mapping, tiers
from connector.policy import Named, strangers
from connector.ports.org import DaemonStopped, OrgPort
from connector.profiles import Profiles, read_profiles
from connector.salesforce import OrgSettings, connect
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
    asked = False
    if not offline:
        reach = _reach(loaded)
        asked = isinstance(reach, OrgSettings)
        faults += _against_org(reach, profiles) if isinstance(reach, OrgSettings) else reach
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


def _reach(loaded: Settings) -> OrgSettings | Sequence[Fault]:
    """How to reach the org, as `run` would; without any login, why not: only a client id makes that worth saying."""
    org = loaded.org
    try:
        return org_settings(loaded)
    except DaemonStopped as stopped:
        if org.access_token or org.client_secret or org.client_secret_file or org.private_key_file:
            raise
        note = Fault(
            file="settings",
            where="org.client_id",
            found=f"a client id, but {stopped}",
            fix=f"or keep the secret in the keyring, under {KEYRING_SERVICE}",
            note=True,
        )
        return (note,) if org.client_id else ()


def _against_org(reach: OrgSettings, profiles: Profiles) -> Sequence[Fault]:
    if profiles.mapping is None:
        return ()
    org = connect(reach)
    described = describes(org, profiles.mapping)
    mapping, faults = compile_mapping(profiles.mapping, described)
    return (
        *faults,
        *(check_login(mapping, described) if mapping else ()),
        *_names(org, profiles, tiers(profiles.mapping, described)),
    )


def _names(org: OrgPort, profiles: Profiles, known_tiers: Sequence[str]) -> Sequence[Fault]:
    """What the policies name, against the org's own queues and picklist."""
    rows = org.query("SELECT DeveloperName FROM Group WHERE Type = 'Queue'")
    queues = [name for row in rows if (name := row["DeveloperName"])]
    unknown = strangers(profiles.mentions, Named.QUEUE, queues)
    return (*unknown, *(strangers(profiles.mentions, Named.TIER, known_tiers) if known_tiers else ()))


def _show(faults: Sequence[Fault], *, asked: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        console.print(str(fault), markup=False, style="dim" if fault.note else None)
    serious = sum(not fault.note for fault in faults)
    where = "the profiles, and against the org" if asked else "the profiles (the org was not asked)"
    console.print(f"{serious} fault{'s' if serious != 1 else ''} in {where}.")
