"""One module per verb. `main` is what the `connector` command runs."""

import typer

from connector import __version__
from connector.cli import (
    backtest,
    check,
    config,
    demo,
    explain,
    ledger,
    outbox,
    practice,
    reconcile,
    report,
    run,
    scenario,
    status,
    sync,
    undo,
    warehouse,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Mirrors a partner channel from Salesforce, judges claims and deal registrations, writes the verdicts back.",
)
for verb in (demo, run, sync, reconcile, check, status, explain, backtest, undo, scenario, warehouse):
    verb.register(app)
app.add_typer(outbox.app, name="outbox")
app.add_typer(ledger.app, name="ledger")
app.add_typer(practice.app, name="practice")
app.add_typer(config.app, name="config")
app.add_typer(report.app, name="report")


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    app()
