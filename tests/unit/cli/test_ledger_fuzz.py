"""Law 18: whatever is handed over as an extract, or done to a database, ends in one plain answer."""

import hashlib
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from connector.canonical.ids import OrgId, record_id
from connector.cli.exit import Exit
from connector.flows.extract import extract
from connector.store import SqlStore, open_store
from tests.contract.store.synthetic import approved, claim, claimed, lead_id, second
from tests.unit.cli.conftest import Run

_copies = count(1)
ORG = OrgId(record_id("00D000000000077"))
LINES = 4
FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)

NUMBERS = st.one_of(st.integers(), st.integers(10**30, 10**40), st.floats(), st.booleans())
WORDS = st.one_of(st.text(max_size=20), st.just("\ud800"), st.just("\x1b[31m"), st.just(""))
VALUES = st.recursive(
    st.one_of(st.none(), NUMBERS, WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
COLUMNS = ("record", "recorded_at", "commitment", "body", "previous", "digest")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose ledger holds four entries."""
    path = tmp_path_factory.mktemp("ledger") / "connector.db"
    store = opened(path)
    with store.transaction() as tx:
        for number in range(1, LINES + 1):
            tx.ledger.append(claimed(number), approved(number), [claim(number)], second(number))
    store.close()
    return path


@pytest.fixture(scope="module")
def lines(kept: Path) -> tuple[str, ...]:
    """An unsigned extract, line by line: what it says is proved by its seal alone, which anybody can renew."""
    store = opened(kept)
    made = tuple(extract(store, ORG, lead_id(1), "2026-03-02T09:00:00.000Z", None))
    store.close()
    return made


def opened(path: Path) -> SqlStore:
    return open_store(f"sqlite:///{path}", ORG)


def answer(connector: Run, file: Path, content: bytes) -> Exit:
    """What `verify-extract` says of these bytes, to a person and to a program."""
    file.write_bytes(content)
    plain = connector("ledger", "verify-extract", str(file))
    told = connector("ledger", "verify-extract", str(file), "--json")
    assert plain.exit_code == told.exit_code
    assert isinstance(json.loads(told.stdout), dict)
    assert plain.output.strip()
    return Exit(plain.exit_code)


def resealed(body: list[Any]) -> bytes:
    """The lines with a seal that fits them, as somebody who knows the format would make it."""
    seal, out = hashlib.sha256(), []
    for line in body[:-1]:
        out.append(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n")
        seal.update(out[-1].encode())
    last = body[-1] | {"sha256": seal.hexdigest()} if isinstance(body[-1], dict) else body[-1]
    return "".join([*out, json.dumps(last, sort_keys=True, separators=(",", ":")) + "\n"]).encode()


def test_the_extract_that_is_altered_below_is_whole(
    connector: Run, lines: tuple[str, ...], tmp_path: Path
) -> None:
    assert answer(connector, tmp_path / "x", "".join(lines).encode()) is Exit.DONE
    assert answer(connector, tmp_path / "x", resealed([json.loads(each) for each in lines])) is Exit.DONE


@FUZZ
@given(
    content=st.one_of(st.binary(max_size=200), VALUES.map(lambda value: json.dumps(value).encode() + b"\n"))
)
def test_garbage_is_no_extract(connector: Run, tmp_path: Path, content: bytes) -> None:
    assert answer(connector, tmp_path / "x", content) is Exit.FAULTS
    assert answer(connector, tmp_path / "x", content + b"\n" + content) is Exit.FAULTS


@FUZZ
@given(where=st.floats(0, 1, exclude_max=True), data=st.data())
def test_a_cut_or_changed_byte_is_seen(
    connector: Run, lines: tuple[str, ...], tmp_path: Path, where: float, data: st.DataObject
) -> None:
    whole = "".join(lines).encode()
    place = int(where * (len(whole) - 1))
    assert answer(connector, tmp_path / "x", whole[:place]) is Exit.FAULTS
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    assert (
        answer(connector, tmp_path / "x", whole[:place] + bytes([other]) + whole[place + 1 :]) is Exit.FAULTS
    )


@FUZZ
@given(number=st.integers(0, LINES), value=VALUES, data=st.data())
def test_another_value_of_any_sort_is_seen_even_under_a_new_seal(  # noqa: PLR0917 - what hypothesis draws
    connector: Run, lines: tuple[str, ...], tmp_path: Path, number: int, value: object, data: st.DataObject
) -> None:
    body = [json.loads(each) for each in lines]
    name = data.draw(st.sampled_from(sorted({*body[number]} - {"made_at", "records"})))
    if json.dumps(body[number][name]) == json.dumps(value):
        return
    body[number][name] = value
    assert answer(connector, tmp_path / "x", resealed(body)) is Exit.FAULTS
    body[number] = value
    assert answer(connector, tmp_path / "x", resealed(body)) is Exit.FAULTS


@FUZZ
@given(whole=VALUES, salt=VALUES)
def test_evidence_that_opens_its_commitment_and_is_no_entry_is_seen(
    connector: Run, lines: tuple[str, ...], tmp_path: Path, whole: object, salt: object
) -> None:
    body = [json.loads(each) for each in lines]
    opened_line = next(line for line in body if line.get("opening"))
    said = json.dumps(whole)
    opened_line["opening"] = {"salt": salt, "whole": said}
    opened_line["commitment"] = hashlib.sha256(f"{salt}{said}".encode("utf-8", "replace")).hexdigest()
    assert answer(connector, tmp_path / "x", resealed(body)) is Exit.FAULTS


@FUZZ
@given(signature=VALUES, key=VALUES)
def test_a_signature_of_any_sort_is_none(
    connector: Run, lines: tuple[str, ...], tmp_path: Path, signature: object, key: object
) -> None:
    body = [json.loads(each) for each in lines]
    body[-1] |= {"signature": signature, "public_key": key}
    assert answer(connector, tmp_path / "x", resealed(body)) is Exit.FAULTS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 50,
        b"\xff\xfe",
        b'{"format":' + b"9" * 5000 + b"}\n{}\n",
        b"[" * 100_000 + b"\n\n",
    ],
    ids=["empty", "a line end", "zeros", "another encoding", "a number without end", "nesting without end"],
)
def test_a_file_that_breaks_readers_is_no_extract(connector: Run, tmp_path: Path, content: bytes) -> None:
    assert answer(connector, tmp_path / "x", content) is Exit.FAULTS


def test_a_folder_or_a_missing_file_is_said_to_be_one(connector: Run, tmp_path: Path) -> None:
    assert connector("ledger", "verify-extract", str(tmp_path)).exit_code == Exit.USAGE
    assert connector("ledger", "verify-extract", str(tmp_path / "none")).exit_code == Exit.USAGE


def _pem(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        _pem(ec.generate_private_key(ec.SECP256R1()).public_key()),
        _pem(rsa.generate_private_key(65537, 2048).public_key()),
    ],
    ids=["empty", "binary", "no key inside", "elliptic", "RSA"],
)
def test_a_key_of_another_sort_is_named(
    connector: Run, lines: tuple[str, ...], tmp_path: Path, content: bytes
) -> None:
    key, file = tmp_path / "key", tmp_path / "x"
    key.write_bytes(content)
    file.write_text("".join(lines), encoding="utf-8")
    done = connector("ledger", "verify-extract", str(file), "--public-key", str(key))
    assert done.exit_code == Exit.FAULTS
    assert "is no Ed25519 public key" in done.stderr


def tampered(kept: Path, folder: Path, change: Callable[[Any], object]) -> str:
    """The address of a copy of the database in which somebody with its password did `change`."""
    copy = folder / f"tampered-{next(_copies)}.db"  # SQLite keeps a log beside the file: no name twice
    copy.write_bytes(kept.read_bytes())
    engine = create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for trigger in found.scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        change(connection)
    engine.dispose()
    return f"sqlite:///{copy}"


@settings(FUZZ, max_examples=25)
@given(
    number=st.integers(1, LINES),
    column=st.sampled_from(COLUMNS),
    value=st.one_of(
        st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"])),
        st.binary(max_size=20),
        NUMBERS,
    ),
)
def test_verify_names_the_first_entry_that_was_tampered_with(  # noqa: PLR0917 - what hypothesis draws
    connector: Run, kept: Path, tmp_path: Path, number: int, column: str, value: object
) -> None:
    number_ = min(max(value, -(2**63)), 2**63 - 1) if isinstance(value, int) else value

    def change(connection: Any) -> None:
        connection.execute(
            text(f"UPDATE ledger SET {column} = :value WHERE seq = :seq"), {"value": number_, "seq": number}
        )

    database = tampered(kept, tmp_path, change)
    done = connector("ledger", "verify", "--json", CONNECTOR_DATABASE=database)
    assert done.exit_code == Exit.FAULTS
    assert json.loads(done.stdout)["first_broken"] == number


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE ledger SET body = CAST(x'ff' AS TEXT) WHERE seq = 3", 3),
        ("UPDATE ledger_evidence SET salt = x'ff00' WHERE seq = 2", 2),
        ("UPDATE ledger_evidence SET body = CAST(x'fffe' AS TEXT) WHERE seq = 4", 4),
        ("UPDATE ledger SET digest = CAST(x'ff' AS TEXT) WHERE seq = 4", 4),
        ("DELETE FROM ledger WHERE seq = 3", 3),
        ("UPDATE ledger SET seq = 30 WHERE seq = 3", 3),
    ],
)
def test_verify_reads_past_what_no_database_should_hold(
    connector: Run, kept: Path, tmp_path: Path, sql: str, broken: int
) -> None:
    database = tampered(kept, tmp_path, lambda connection: connection.execute(text(sql)))
    done = connector("ledger", "verify", CONNECTOR_DATABASE=database)
    assert done.exit_code == Exit.FAULTS
    assert f"Entry {broken} of" in done.stdout
