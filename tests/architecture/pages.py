"""Pages of `docs/` that are made from the code, so that they cannot fall behind it.

`python -m tests.architecture.pages` writes them; a test says when that is due.
"""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from connector.canonical.phrase import Phrase
from connector.cli import app
from connector.cli.config import SECRETS, rendered
from connector.cli.exit import Exit
from connector.mapping.file import mapping_schema
from connector.policy.circumstances import CLAIM, DEAL, EXTENSION, FILING, FIRST, FUNCTIONS, LINE
from connector.policy.file import policy_schema
from connector.scenario.schema import scenario_schema
from connector.settings import OrgSection, Settings, SyncSection
from tests.architecture.code import ROOT, names_read, sentences

DOCS = ROOT / "docs"

READ_AS: Mapping[str, tuple[str, ...]] = {
    "worked_lead.remind": ("terms.remind", "claims.remind"),
    "complete_filing.may_say_none": ("may_say_none",),
    "evidence.then": ("evidence.then", "rule.then"),
    "first_filing.counts_from": ("counts_from",),
    "decide_within": ("decide_within",),
    "escalate": ("escalate",),
    "benefits": ("benefits",),
    "rebate_budget": ("rebate_budget",),
    "safety": ("safety",),
}
"""Policy keys that may be accepted without anything acting on them, and how code that does would read them."""


def pages() -> Mapping[str, str]:
    """Name of the page to its whole text."""
    return {
        "cli.md": cli(),
        "configuration.md": configuration(),
        "policy.md": policy(),
        "messages.md": messages(),
    }


# ── the command line


def commands() -> Mapping[str, Any]:
    """Every verb by its words (`outbox list`), as the command line itself knows it."""
    return dict(_walk(typer.main.get_command(app), ()))


def _walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, below in getattr(command, "commands", {}).items():
        if getattr(below, "commands", None):
            yield from _walk(below, (*words, name))
        else:
            yield " ".join((*words, name)), below


def options(command: Any) -> Iterator[Any]:
    yield from (each for each in command.params if each.param_type_name == "option")


def arguments(command: Any) -> Iterator[Any]:
    yield from (each for each in command.params if each.param_type_name == "argument")


def exit_codes() -> Mapping[Exit, str]:
    """What each exit code means: the comment beside its member."""
    source = inspect.getsource(Exit)
    said = dict(re.findall(r"^\s+([A-Z_]+) = \d+(?:  # (.+))?$", source, re.MULTILINE))
    return {code: said[code.name] or "what was asked for is done" for code in Exit}


def cli() -> str:
    return "\n".join([_CLI_HEAD, *(_verb(name, each) for name, each in commands().items()), _exits()])


def _verb(name: str, command: Any) -> str:
    words = " ".join(each.metavar or f"{each.name.upper()} …" for each in arguments(command))
    lines = [
        f"## `connector {name}`\n",
        command.help,
        "",
        "```",
        f"connector {name} [OPTIONS] {words}".rstrip(),
        "```",
    ]
    given = [*arguments(command), *options(command)]
    if given:
        lines += ["", "| option | meaning | default |", "|---|---|---|", *(_option(each) for each in given)]
    return "\n".join([*lines, ""])


def _option(each: Any) -> str:
    is_option = each.param_type_name == "option"
    named = ", ".join(
        f"`{word}`" for word in (each.opts if is_option else [each.metavar or each.name.upper()])
    )
    extra = f" Also from `{each.envvar}`." if each.envvar else ""
    plain = each.default in (None, False, True)
    default = "required" if each.required else "" if plain else f"`{each.default}`"
    return f"| {named} | {each.help}{extra} | {default} |"


def _exits() -> str:
    rows = [f"| {code.value} | {code.name.lower()} | {said} |" for code, said in exit_codes().items()]
    return "\n".join([_EXIT_HEAD, *rows, ""])


# ── settings


def configuration() -> str:
    parts = [_CONFIGURATION_HEAD]
    for title, model, prefix in (
        ("General", Settings, ""),
        ("`[org]`: the org and how to log in", OrgSection, "org"),
        ("`[sync]`: how often to look, how far to trust", SyncSection, "sync"),
    ):
        parts += [
            f"## {title}\n",
            "| setting | in the environment | meaning | default |",
            "|---|---|---|---|",
        ]
        parts += [*_settings(model, prefix), ""]
    return "\n".join([*parts, _EXAMPLE_HEAD, "```toml", rendered().rstrip(), "```", ""])


def _settings(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            continue
        variable = "CONNECTOR_" + "__".join(part.upper() for part in (prefix, name) if part)
        shown = "" if field.default is None else f"`{_toml(field.default)}`"
        shown = "never in the file" if name in SECRETS else shown
        yield f"| `{name}` | `{variable}` | {field.description} | {shown} |"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# ── the policy file


def _beside(names: Mapping[str, str]) -> Mapping[str, str]:
    return {name: said for name, said in names.items() if name not in FILING}


def policy() -> str:
    """Every key of policy.yaml, from the schema that the loader itself uses."""
    rows = [_key(path, said, below) for path, said, below in _keys(policy_schema(), "")]
    head = "| setting | meaning | what may stand there | rows | acted on |"
    return "\n".join([_POLICY_HEAD, head, "|---|---|---|---|---|", *rows, "", *_names()])


def _names() -> Iterator[str]:
    """What conditions may name, act by act."""
    yield _NAMES_HEAD
    for title, names in _CONDITIONS:
        yield from (f"### {title}\n", "| name | what |", "|---|---|")
        yield from (f"| `{name}` | {said.replace('|', chr(92) + '|')} |" for name, said in names.items())
        yield ""


_OF_THE_FIRST = {
    "first.NAME": "any plain name of a registration, of the one that was first: first.tier, first.amount, first.lines",
    **{name: said for name, said in FIRST.items() if name.removeprefix("first.") not in FILING},
}

_CONDITIONS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("Of a registration", FILING),
    ("Of a claim", CLAIM),
    ("Of a deal: `stale_deals`", DEAL),
    ("Beside those of a registration, in `protection.extend`", _beside(EXTENSION)),
    ("Beside those of a registration, in `partial_approval.lines` and `lasts`", _beside(LINE)),
    ("Beside those of a registration, in `second_filing`", _OF_THE_FIRST),
    ("Functions", FUNCTIONS),
)


def idle() -> frozenset[str]:
    """Keys of the policy that no rule, flow or worker reads."""
    read = names_read("rules", "facts", "flows", "daemon", "bootstrap.py")
    return frozenset(path for path, spellings in READ_AS.items() if not read & set(spellings))


def _key(path: str, said: str, below: Mapping[str, Any]) -> str:
    asleep = any(path == key or path.startswith(f"{key}.") for key in idle())
    rows = "yes" if _in_rows(below) else ""
    return f"| `{path}` | {said} | {_stands(below)} | {rows} | {'not yet' if asleep else 'yes'} |"


def _stands(below: Mapping[str, Any]) -> str:
    """What may stand under a key: its words, or what kind of value; "" for a section with keys of its own."""
    parts = list(_parts(below))
    words = next((each["enum"] for each in parts if "enum" in each), ())
    if 0 < len(words) <= _FEW:
        return ", ".join(f"`{word}`" for word in words)
    if _properties(below):
        return ""
    said = (each.get("$comment") or each.get("description", "") for each in parts)
    kinds = (_TYPES.get(str(each.get("type")), "") for each in parts)
    named = below.get("$comment") or next(filter(None, (*list(said)[1:], *kinds)), "")
    return str(named).replace("|", "\\|")


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema, what may stand in its place, and in a list of it; rows aside."""
    yield schema
    for each in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        if "when" not in each.get("properties", {}):
            yield from _parts(each)


_FEW = 12
_TYPES = {"boolean": "true or false", "integer": "a whole number", "number": "a number"}


def _in_rows(below: Mapping[str, Any]) -> bool:
    """Whether rows with `when` may stand there."""
    within = (each.get("items", each) for each in (*below.get("anyOf", ()),))
    rows = [row for each in within for row in (each, *each.get("anyOf", ()))]
    return any("$ref" in row.get("properties", {}).get("when", {}) for row in rows)


def keys(schema: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    """Dotted paths of a JSON Schema's keys with their descriptions, parents before children.

    Of a value that may be rows, too, those of one row: what a row has beside `when` and `is`.
    """
    yield from ((path, said) for path, said, _ in _keys(schema, above))


def _keys(schema: Mapping[str, Any], above: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, below in _properties(schema).items():
        path = f"{above}{name}"
        yield path, below.get("description", "").replace("|", "\\|"), below
        yield from _keys(below, f"{path}.")


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for each in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        found = {**_properties(each), **found}
    return {name: below for name, below in found.items() if not _selects(name, below)}


def _selects(name: str, below: Mapping[str, Any]) -> bool:
    """A row's `when` or `is`: what every row may have, and no key of its own."""
    return name == "is" or (name == "when" and "$ref" in below)


# ── what is said


def messages() -> str:
    """Every sentence, in English; the other languages are held to the same keys by the messages room's tests."""
    said = sentences("en")
    rows = [f"| `{phrase}` | {said[phrase]} |" for phrase in Phrase]
    return "\n".join([_MESSAGES_HEAD, "| key | in English |", "|---|---|", *rows, ""])


_MADE = (
    "<!-- Made from the code by `python -m tests.architecture.pages`. Change the code, then run that. -->\n"
)

_CLI_HEAD = f"""\
# The command line

{_MADE}
`make install` puts the command at `.venv/bin/connector`; `python -m connector` is the same. `connector --version`
prints the version; `--help` after any verb says what stands here.

Every verb that reads settings takes them from `--config`, else from `./connector.toml` if there is one; the
environment wins over the file ([configuration.md](configuration.md)). With `--json` an answer is one JSON object on
standard output, an error too: `{{"error": {{"code", "message"}}}}`. Logs, progress and errors for people go to
standard error.
"""

_EXIT_HEAD = """\
## Exit codes

| code | name | meaning |
|---|---|---|"""

_CONFIGURATION_HEAD = f"""\
# Settings

{_MADE}
A TOML file, by default `connector.toml` in the working directory, another with `--config` or `CONNECTOR_CONFIG`.
Every setting may come from the environment too; the environment wins. Nothing is needed to try the practice org's
demo.

Secrets never stand in the file, which backups and version control would copy: a file that holds one is refused.
They come from the environment, from a file of their own (`client_secret_file`, `private_key_file`), or, for the
client secret, from the keyring under the service name `channel-connector` and the client id as user.
"""

_EXAMPLE_HEAD = """\
## The example file

What `connector config example` prints; `--write connector.toml` writes it, and never over an existing file.
"""

_POLICY_HEAD = f"""\
# The policy file, key by key

{_MADE}
`policy.yaml` of a profile. [admin.md](admin.md) explains it by example, [rules.md](rules.md) says which rule reads
what. A key is left out when the programme has no such rule. Where a value depends on circumstances, write rows with
`when:`; they are tried from the top, and a row without `when` is the default: `[{{when: '…', is: 5}}, {{is: 3}}]`, or
for a section `[{{when: '…', key: …}}, {{key: …}}]`. *Rows* says which keys may have them. *Not yet* means: accepted and
checked, but nothing in this release acts on it. The [names](#names-for-conditions) that a `when` may use stand below.
"""

_NAMES_HEAD = """\
## Names for conditions

A `when` is a condition in CEL: `tier == "Gold" && eur(amount) >= 50000`, `region in ["EMEA", "APAC"]`,
`!("meeting" in evidence)`. A name that the place does not know is a fault of the file, with the nearest real one.
"""

_MESSAGES_HEAD = f"""\
# Every sentence the connector says

{_MADE}
Words in braces are filled in: dates and amounts as the reader's language writes them. A partner reads them on the
record in the language of their Salesforce user; the catalogues are under `connector/messages/catalogues`.
"""


def schemas() -> Mapping[str, str]:
    """Name of the JSON Schema under `mappings/` to its whole text: for editors of profiles and scenarios."""
    made = {"mapping": mapping_schema(), "policy": policy_schema(), "scenario": scenario_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }


def write(folder: Path = DOCS) -> None:
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, text in schemas().items():
        (ROOT / "mappings" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
