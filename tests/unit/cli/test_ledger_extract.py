"""Law 18, R0.10: proof for one dispute, verified by somebody who has the file and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connector.cli.exit import Exit
from tests.support.org import MemoryOrg
from tests.support.process import Process, lead, mapped, small_channel
from tests.unit.cli.conftest import Run


@pytest.fixture
def disputed(tmp_path: Path) -> tuple[str, str]:
    """(database, lead): claimed by one firm, then taken over by another; two other leads between."""
    org = MemoryOrg(mapped())
    people = small_channel(org)
    leads = [lead(org, number, people.queue) for number in range(3)]
    org.wait(60)
    process = Process(org, tmp_path)
    process.begin()
    for number in (0, 1, 2, 0):
        user = people.users[number % 2]
        org.save("Lead", leads[number], user, OwnerId=user)
        org.wait(40)
        process.settle_down()
    org.save("Lead", leads[0], people.users[1], OwnerId=people.users[1])
    process.settle_down()
    process.stop()
    return f"sqlite:///{process.path}", leads[0]


@pytest.fixture
def keys(tmp_path: Path) -> tuple[str, str]:
    return pair(tmp_path, "key")


def pair(folder: Path, name: str) -> tuple[str, str]:
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return str(private), str(public)


@pytest.fixture
def made(connector: Run, disputed: tuple[str, str], keys: tuple[str, str], tmp_path: Path) -> Path:
    database, record = disputed
    file = tmp_path / "extract.jsonl"
    done = connector(
        *("ledger", "extract", "--record", record, "--out", str(file), "--key", keys[0]),
        CONNECTOR_DATABASE=database,
    )
    assert done.exit_code == Exit.DONE, done.output
    return file


Change = Callable[[list[dict[str, object]]], object]


def changed(file: Path, change: Change) -> Path:
    """The file with its lines changed by somebody who does not mend the seal."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    change(lines)
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    other = file.with_suffix(".changed")
    other.write_text(text, encoding="utf-8")
    return other


def test_a_whole_extract_is_verified_without_any_database(
    connector: Run, made: Path, keys: tuple[str, str]
) -> None:
    done = connector("ledger", "verify-extract", str(made), "--public-key", keys[1], "--json")
    assert done.exit_code == Exit.DONE, done.output
    found = json.loads(done.stdout)
    assert (found["whole"], found["known_signer"], found["altered"]) == (True, True, [])
    assert found["opened"] >= 2
    assert found["lines"] > found["opened"]


def test_entries_about_others_are_not_opened(made: Path, disputed: tuple[str, str]) -> None:
    lines = [json.loads(line) for line in made.read_text(encoding="utf-8").splitlines()]
    records = set(lines[0]["records"])
    for line in lines[1:-1]:
        about = json.loads(line["entry"])["fact"]["record"]
        assert ("opening" in line) == (about in records)
    assert any("opening" not in line for line in lines[1:-1])


def _opened(lines: list[dict[str, object]]) -> dict[str, object]:
    return next(line for line in lines if line.get("opening"))


def _other_evidence(lines: list[dict[str, object]]) -> None:
    opening = _opened(lines)["opening"]
    assert isinstance(opening, dict)
    opening["whole"] = str(opening["whole"]).replace("Held", "Lost").replace("approve", "reject")


def _other_entry(lines: list[dict[str, object]]) -> None:
    line = _opened(lines)
    line["entry"] = str(line["entry"]).replace("approve", "reject")


def _other_time(lines: list[dict[str, object]]) -> None:
    lines[2]["recorded_at"] = "2020-01-01T00:00:00.000000"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_evidence, "the evidence of entry {first} was altered"),
        (_other_entry, "entry {first} was altered"),
        (_other_time, "entry {second} was altered"),
        (lambda lines: lines.pop(2), "entry {second} is missing"),
        (lambda lines: lines.insert(3, lines[2]), "entry {second} stands there twice"),
        (lambda lines: lines.insert(3, lines.pop(2)), "entry {second} is out of order"),
        (lambda lines: lines.pop(-2), "does not end in the head"),
        (lambda lines: lines[0].update(made_at="2020-01-01T00:00:00.000Z"), "altered after it was sealed"),
    ],
    ids=[
        "evidence",
        "entry",
        "time",
        "a line gone",
        "a line twice",
        "two lines the other way round",
        "the last line gone",
        "the day of making",
    ],
)
def test_it_names_what_was_altered(
    connector: Run, made: Path, keys: tuple[str, str], change: Change, said: str
) -> None:
    first = int(json.loads(made.read_text(encoding="utf-8").splitlines()[1])["seq"])
    file = changed(made, change)
    done = connector("ledger", "verify-extract", str(file), "--public-key", keys[1])
    assert done.exit_code == Exit.FAULTS
    assert said.format(first=first, second=first + 1) in done.output
    assert "the signature on this file is not of" in done.output


def test_another_signer_is_not_the_one_that_the_reader_knows(
    connector: Run, made: Path, tmp_path: Path
) -> None:
    _, public = pair(tmp_path, "other")
    done = connector("ledger", "verify-extract", str(made), "--public-key", public)
    assert done.exit_code == Exit.FAULTS
    assert "the signature on this file is not of the key that was given" in done.output


def test_a_cut_or_foreign_file_is_no_extract(connector: Run, made: Path, tmp_path: Path) -> None:
    text = made.read_text(encoding="utf-8")
    for name, part in (
        ("cut", text[: text.rindex("\n", 0, -1) + 1]),
        ("foreign", "a,b\n1,2\n"),
        ("empty", ""),
        ("no text", "\udccf"),
    ):
        file = tmp_path / name
        file.write_text(part, encoding="utf-8", errors="surrogateescape")
        done = connector("ledger", "verify-extract", str(file))
        assert done.exit_code == Exit.FAULTS, name
        assert "codec" not in done.output, name


def test_a_record_without_an_entry_has_no_extract(
    connector: Run, disputed: tuple[str, str], tmp_path: Path
) -> None:
    done = connector(
        *("ledger", "extract", "--record", "00Q000000000999", "--out", str(tmp_path / "x")),
        CONNECTOR_DATABASE=disputed[0],
    )
    assert done.exit_code == Exit.NOT_FOUND
    assert not (tmp_path / "x").exists()


def test_a_key_of_another_sort_is_refused(
    connector: Run, disputed: tuple[str, str], keys: tuple[str, str], tmp_path: Path
) -> None:
    done = connector(
        *("ledger", "extract", "--record", disputed[1], "--out", str(tmp_path / "x"), "--key", keys[1]),
        CONNECTOR_DATABASE=disputed[0],
    )
    assert done.exit_code == Exit.FAULTS
    assert "openssl genpkey" in done.output
