"""`connector config`: every setting, with its meaning and its default."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connector.cli.exit import guarded
from connector.cli.options import Json
from connector.settings import OrgSection, Settings, SyncSection

app = typer.Typer(no_args_is_help=True, help="Settings.")

SECRETS = frozenset({"client_secret", "access_token"})


@app.callback()
def _group() -> None:
    """Settings."""


@app.command("example")
@guarded
def example(
    path: Annotated[
        Path | None, typer.Option("--write", help="Write it to this file, never over another.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a settings file that explains every setting; every value shown is the default."""
    text = rendered()
    if path is not None:
        _write(path, text)
    if as_json:
        typer.echo(json.dumps({"toml": text, "written": str(path) if path else None}))
    elif path is None:
        typer.echo(text, nl=False)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:  # `x` refuses to overwrite
            file.write(text)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already: choose another name, or remove it first") from None


def rendered() -> str:
    """The example file, made from the settings themselves so that it cannot fall behind them."""
    parts = ["# Settings of the Channel Connector. Every value shown is the default.\n"]
    parts += _section(Settings, skip={"org", "sync"})
    parts += ["\n[org]\n", *_section(OrgSection), "\n[sync]\n", *_section(SyncSection)]
    return "".join(parts)


def _section(model: type[BaseModel], skip: set[str] | None = None) -> list[str]:
    lines: list[str] = []
    for name, field in model.model_fields.items():
        if name in (skip or set()):
            continue
        lines.append(f"\n# {field.description}\n" if field.description else "\n")
        if name in SECRETS:
            lines.append(f"# {name}: from the environment, never here\n")
        else:
            lines.append(_line(name, field.default))
    return lines


def _line(name: str, value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return f"# {name} =\n"
    if isinstance(value, bool):
        return f"{name} = {str(value).lower()}\n"
    if isinstance(value, tuple):
        return f"{name} = [{', '.join(repr(each).replace(chr(39), chr(34)) for each in value)}]\n"
    return f'{name} = "{value}"\n' if isinstance(value, str) else f"{name} = {value}\n"
