"""`connector ledger extract` and `verify-extract`: proof for one dispute, for people without the database."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from connector.bootstrap import opened_store
from connector.canonical.ids import BadRecordId, record_id
from connector.canonical.time import instant_text
from connector.cli.exit import Exit, NotFound, Unreadable, fail, guarded
from connector.cli.options import Config, Json, settings
from connector.flows.extract import NoExtract, NothingRecorded, Verified, extract, verify
from connector.store import organizations
from connector.telemetry import clock

_KEYS = "openssl genpkey -algorithm ed25519 -out key.pem"


def register(app: typer.Typer) -> None:
    app.command("extract")(extract_)
    app.command("verify-extract")(verify_extract)


@guarded
def extract_(
    record: Annotated[str, typer.Option(help="The disputed record; its rivals come with it.")],
    out: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)],
    key: Annotated[
        Path | None, typer.Option(help=f"PEM file of an Ed25519 private key ({_KEYS}).", dir_okay=False)
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write every entry about a record and its rivals, opened, with the chain up to the head, and sign it (R0.10)."""
    try:
        ident = record_id(record)
    except BadRecordId as bad:
        raise fail(Exit.USAGE, str(bad), as_json=as_json) from None
    signer = _private(key) if key else None
    loaded = settings(config, quiet=True)
    with opened_store(loaded) as store:
        org = organizations(loaded.database)[0]
        lines = extract(store, org, ident, instant_text(clock.now()), signer)
        try:
            first = next(lines)
        except NothingRecorded as nothing:
            raise NotFound(str(nothing)) from None
        number = 0
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.write(first)
            for line in lines:
                number += 1
                file.write(line)
    records = json.loads(first)["records"]
    if as_json:
        body = {"file": str(out), "records": records, "entries": number - 1, "signed": signer is not None}
        typer.echo(json.dumps(body))
    else:
        sign = "signed" if signer else "not signed: give --key"
        typer.echo(f"{out}: {number - 1} entries, {len(records)} records opened, {sign}.")


@guarded
def verify_extract(
    file: Annotated[
        Path, typer.Argument(help="What `connector ledger extract` wrote.", exists=True, dir_okay=False)
    ],
    public_key: Annotated[
        Path | None,
        typer.Option(help="PEM file of the signer's public key, got from them.", exists=True, dir_okay=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute an extract: chain, evidence and signature; name everything that was altered. Needs no database."""
    given = _public(public_key) if public_key else None
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            found = verify(lines, given)
    except NoExtract as wrong:
        raise Unreadable(f"{file}: {wrong}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{file}: this is no ledger extract: it is no text") from None
    if as_json:
        typer.echo(json.dumps({"whole": not found.altered, **asdict(found)}))
    else:
        _show(found)
    if found.altered:
        raise typer.Exit(int(Exit.FAULTS))


def _show(found: Verified) -> None:
    for altered in found.altered:
        typer.echo(altered)
    if not found.altered:
        typer.echo(
            f"Whole: {found.lines} entries of org {found.org}, {found.opened} of them with their evidence"
            + (f", the evidence of {found.erased} erased" if found.erased else "")
            + f". It ends in entry {found.head[0]}, head {found.head[1]}: compare with the head that was anchored."
        )
    if not found.signed_by:
        typer.echo("It is not signed: it proves that nothing was altered, not who made it.")
    elif not found.known_signer:
        typer.echo(f"Signed by the key {found.signed_by}: ask the signer for it and give it as --public-key.")


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unreadable(f"{path} is no Ed25519 private key without a password: make one with `{_KEYS}`")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable(f"{path} is no Ed25519 public key: `openssl pkey -in key.pem -pubout` makes one")
    return key
