"""Exit codes, and what each fault means to a person: one clear error, never a traceback."""

import json
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from sqlalchemy.exc import DBAPIError, OperationalError

from connector.daemon.loop import LeaseTaken
from connector.ports.org import BudgetSpent, DaemonStopped, OrgFault, RetryLater
from connector.ports.store import LeaseLost
from connector.profiles import Faulty
from connector.settings import SecretInFile
from connector.store import BadStoreUrl, SchemaMissing

P = ParamSpec("P")
R = TypeVar("R")

errors = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """Documented in docs/cli.md; a test holds the two together."""

    DONE = 0
    FAILED = 1  # something went wrong that none of the others names
    USAGE = 2  # wrong words on the command line
    FAULTS = 3  # the configuration, a profile or a named file has faults, or a ledger was altered
    REFUSED = 4  # the org refuses the login or the call, or is another org than last time
    PAUSED = 5  # API budget spent, or the org or the database does not answer: try again later
    TAKEN = 6  # another worker holds this org's lease
    NOT_FOUND = 7  # no such record or item


class NotFound(Exception):
    """What was asked for does not exist; the message says what does."""


class Unreadable(Exception):
    """A file that a person named cannot be read as what it should be; the message names it."""


def fail(code: Exit, message: str, *, as_json: bool = False) -> typer.Exit:
    """Say the error where the caller looks: standard error for people, standard output for machines."""
    if as_json:
        sys.stdout.write(json.dumps({"error": {"code": code.name.lower(), "message": message}}) + "\n")
    else:
        errors.print(f"[bold red]error:[/] {_plain(message)}")
    return typer.Exit(int(code))


def guarded(verb: Callable[P, R]) -> Callable[P, R]:
    """Every fault that a person can mend, said in a line or two with its exit code."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except tuple(kind for kind, _, _ in MEANINGS) as fault:
            code, say = next((code, say) for kind, code, say in MEANINGS if isinstance(fault, kind))
            if isinstance(fault, OperationalError) and not _unusable(fault):
                code = Exit.PAUSED
            raise fail(code, say(fault), as_json=bool(kwargs.get("as_json", False))) from None

    return run


def _settings(invalid: ValidationError) -> str:
    lines = [_setting(dict(fault)) for fault in invalid.errors()]
    return "\n".join([*lines, "`connector config example` shows every setting with its meaning."])


def _setting(fault: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":  # its value may be a secret under a wrong name: never shown
        return f"setting {name}: there is no such setting"
    return f"setting {name}: {fault['msg']}, found {fault.get('input')!r}"


def _file(fault: OSError) -> str:
    return f"{fault.filename}: {fault.strerror}" if fault.filename and fault.strerror else str(fault)


def _database(fault: DBAPIError) -> str:
    return f"the database cannot be used: {str(fault.orig).strip()}. See the setting `database`."


def _unusable(fault: OperationalError) -> bool:
    """Whether the address leads nowhere, or not in: waiting mends neither. Anything else is an outage."""
    said = str(fault.orig).lower()
    return any(words in said for words in UNUSABLE)


UNUSABLE = (
    "unable to open database file",  # SQLite: no such folder, or no right to it
    "readonly database",
    "resolve host",  # libpq, in the words of its releases
    "translate host name",
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",  # the database or the role
    "permission denied",
)


def _plain(message: str) -> str:
    return message.replace("[", r"\[")


MEANINGS: tuple[tuple[type[Exception], Exit, Callable[[Any], str]], ...] = (
    (Faulty, Exit.FAULTS, str),
    (SecretInFile, Exit.FAULTS, str),
    (Unreadable, Exit.FAULTS, str),
    (BadStoreUrl, Exit.FAULTS, str),
    (SchemaMissing, Exit.FAULTS, str),
    (ValidationError, Exit.FAULTS, _settings),
    (SettingsError, Exit.FAULTS, lambda fault: f"environment: {fault}: expected JSON"),
    (DBAPIError, Exit.FAULTS, _database),
    (OSError, Exit.FAULTS, _file),
    (LeaseTaken, Exit.TAKEN, str),
    (LeaseLost, Exit.TAKEN, str),
    (DaemonStopped, Exit.REFUSED, str),
    (BudgetSpent, Exit.PAUSED, lambda fault: f"paused: budget. {fault}"),
    (RetryLater, Exit.PAUSED, str),
    (OrgFault, Exit.REFUSED, str),
    (NotFound, Exit.NOT_FOUND, str),
)
"""What a fault means to a person. The first row that fits speaks: a class stands before the one it belongs to."""
