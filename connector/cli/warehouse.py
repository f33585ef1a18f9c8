"""`connector warehouse USER`: the warehouses that a user's role sees, with notes and contact volume (R4.2, R4.3)."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from connector import desk
from connector.cli.exit import Exit, NotFound, fail, guarded
from connector.cli.options import Config, Json, settings
from connector.flows.warehouse import Warehouse, seen_by
from connector.telemetry import clock


def register(app: typer.Typer) -> None:
    app.command("warehouse")(warehouse)


@guarded
def warehouse(
    user: Annotated[str, typer.Argument(metavar="USER", help="Whose view: a user's id, or full name.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show who holds how many leads against which limit, as far as this user's role sees it; the org is not asked."""
    loaded = settings(config, quiet=True)
    now = clock.now()
    with desk.opened(loaded) as office:
        policy = office.profiles.policies.for_claims(now)
        if policy is None or policy.warehouse is None:
            raise fail(
                Exit.FAULTS, "no policy in force has `roles`, and so there are no warehouses", as_json=as_json
            )
        found = seen_by(office.store, office.mapping, policy, user, now.date())
    if found is None:
        raise NotFound(f"the mirror knows no user {user!r}: give the id, or the name as the org has it")
    if as_json:
        typer.echo(json.dumps({"warehouses": [asdict(each) for each in found]}, ensure_ascii=False))
    else:
        _show(found)


def _show(found: Sequence[Warehouse]) -> None:
    table = Table("holder", "role", "new", "renewal", "limit", "contacts", "latest notes")
    for each in found:
        limit = "none" if each.limit is None else f"{each.limit} per {each.per.value}"
        table.add_row(
            each.name, each.role, str(each.held), str(each.renewals), limit, str(each.contacts), "\n".join(each.notes)
        )  # fmt: skip
    Console(highlight=False).print(table)
