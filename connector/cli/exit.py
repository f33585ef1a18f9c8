"""Exit codes, and what each fault means to a person: one clear error, never a traceback."""

import json
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from tomllib import TOMLDecodeError
from typing import ParamSpec, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console

from connector.bootstrap import Faulty
from connector.daemon.loop import LeaseTaken
from connector.ports.org import BudgetSpent, DaemonStopped, OrgFault
from connector.settings import SecretInFile
from connector.store import BadStoreUrl, SchemaMissing

P = ParamSpec("P")
R = TypeVar("R")

errors = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """Documented in docs/cli.md; a test holds the two together."""

    DONE = 0
    FAILED = 1  # something went wrong that none of the others names
    USAGE = 2  # wrong words on the command line
    FAULTS = 3  # the configuration or a profile has faults
    REFUSED = 4  # the org refuses the login, or is another org than last time
    PAUSED = 5  # API budget spent, or the org does not answer: try again later
    TAKEN = 6  # another worker holds this org's lease
    NOT_FOUND = 7  # no such record, item or profile


class NotFound(Exception):
    """What was asked for does not exist; the message says what does."""


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
        as_json = bool(kwargs.get("as_json", False))
        try:
            return verb(*args, **kwargs)
        except Faulty as faulty:
            raise fail(Exit.FAULTS, str(faulty), as_json=as_json) from None
        except (SecretInFile, TOMLDecodeError, BadStoreUrl, SchemaMissing, FileNotFoundError) as fault:
            raise fail(Exit.FAULTS, str(fault), as_json=as_json) from None
        except ValidationError as invalid:
            raise fail(Exit.FAULTS, _settings(invalid), as_json=as_json) from None
        except LeaseTaken as taken:
            raise fail(Exit.TAKEN, str(taken), as_json=as_json) from None
        except DaemonStopped as stopped:
            raise fail(Exit.REFUSED, str(stopped), as_json=as_json) from None
        except BudgetSpent as spent:
            raise fail(Exit.PAUSED, f"paused: budget. {spent}", as_json=as_json) from None
        except OrgFault as fault:
            raise fail(Exit.PAUSED, str(fault), as_json=as_json) from None
        except NotFound as missing:
            raise fail(Exit.NOT_FOUND, str(missing), as_json=as_json) from None

    return run


def _settings(invalid: ValidationError) -> str:
    lines = [
        f"setting {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}, found {fault.get('input')!r}"
        for fault in invalid.errors()
    ]
    return "\n".join([*lines, "`connector config example` shows every setting with its meaning."])


def _plain(message: str) -> str:
    return message.replace("[", r"\[")
