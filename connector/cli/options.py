"""The options that verbs share."""

from datetime import date, datetime, time
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated

import typer

from connector import settings as settings_room
from connector.bootstrap import secrets_of
from connector.cli.exit import Exit, Unreadable, fail
from connector.messages import LANGUAGES
from connector.settings import Settings
from connector.telemetry import log

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="Settings file (TOML).", envvar="CONNECTOR_CONFIG", exists=True, dir_okay=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]

DEFAULT_CONFIG = Path("connector.toml")


def day(text: str) -> datetime:
    """A day as a person types it. Raises BadParameter for anything else."""
    try:
        return datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day: expected one such as 2026-11-22") from None


def spoken(language: str, *, as_json: bool) -> str:
    """The language as given, if a catalogue serves it; another is a mistake, not English."""
    word = language.replace("-", "_").partition("_")[0]
    if word not in {known.partition("_")[0] for known in LANGUAGES}:
        expected = f"expected one of {', '.join(LANGUAGES)}, or a locale of one such as de_AT"
        raise fail(Exit.USAGE, f"nothing is written in {language!r}: {expected}", as_json=as_json)
    return language


def settings(config: Path | None, *, quiet: bool = False) -> Settings:
    """Settings from the named file, else from ./connector.toml if there is one; starts the log."""
    path = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    try:
        loaded = settings_room.load(path)
    except (TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Unreadable(f"{path} is not a TOML file: {fault}") from None
    level = "warning" if quiet and loaded.log_level == "info" else loaded.log_level
    log.start(level, json=loaded.log_format == "json", secrets=secrets_of(loaded))
    return loaded
