"""A signed extract of the ledger for one dispute, that somebody without the database can verify (R0.10, law 18).

Lines of JSON. The first says what the file holds; then come the ledger's lines from the first about the dispute to the
ledger's head, each as it is hashed, so that the chain can be recomputed; those about the disputed records also with the
whole entry and the salt that open their commitment. The last line seals all before it, with a signature where a key was
given. Lines about other records show what the chain hashes, which holds no value that a person typed.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from connector.canonical.chain import canonical, commit, digest, without_evidence
from connector.canonical.docket import ConflictEntry
from connector.ports.store import LedgerProof, Store, Transaction

FORMAT = "channel-connector ledger extract 1"
_HALF = "\\ud"  # how JSON writes a surrogate


class NothingRecorded(Exception):
    """The ledger holds no line about this record."""


class NoExtract(Exception):
    """The file is not an extract of the ledger, or not a whole one."""


def extract(
    store: Store, org: str, record: str, made_at: str, key: Ed25519PrivateKey | None
) -> Iterator[str]:
    """The lines of the file, each with its line end.

    Raises:
        NothingRecorded: there is nothing to extract.
    """
    with store.reading() as view:
        records = disputed(view, record)
        numbers = [line.seq for each in records for line in view.ledger.of_record(each)]
        if not numbers:
            raise NothingRecorded(f"the ledger holds nothing about {record}")
        last, head = view.ledger.head()
        first = min(numbers)
        yield from _sealed(
            _lines(view, org=org, records=records, first=first, head=(last, head), made_at=made_at), key
        )


def disputed(view: Transaction, record: str) -> tuple[str, ...]:
    """The record and its rivals: what its findings show, and the other sides of its conflicts."""
    lines = view.ledger.of_record(record)
    shown = {
        exhibit.record
        for line in lines
        if line.verdict
        for found in line.verdict.findings
        for exhibit in found.exhibits
    }
    conflicts = view.docket.find(ConflictEntry, f"record:{record}", open_only=False)
    sides = {side for conflict in conflicts for side in (conflict.left, conflict.right)}
    return (record, *sorted({*shown, *sides} - {record}))


def _lines(
    view: Transaction, *, org: str, records: tuple[str, ...], first: int, head: tuple[int, str], made_at: str
) -> Iterator[dict[str, object]]:
    begun = False
    for proof in view.ledger.proofs(first - 1):
        if not begun:
            begun = True
            yield {
                "format": FORMAT,
                "org": org,
                "records": records,
                "previous": proof.previous,
                "head": {"seq": head[0], "digest": head[1]},
                "made_at": made_at,
            }
        yield _line(proof, opened=proof.record in records)


def _line(proof: LedgerProof, *, opened: bool) -> dict[str, object]:
    line: dict[str, object] = {
        "seq": proof.seq,
        "recorded_at": proof.recorded_at,
        "commitment": proof.commitment,
        "entry": proof.public,
        "digest": proof.digest,
    }
    if opened:
        line["opening"] = None if proof.whole is None else {"salt": proof.salt, "whole": proof.whole}
    return line


def _sealed(lines: Iterable[dict[str, object]], key: Ed25519PrivateKey | None) -> Iterator[str]:
    seal = hashlib.sha256()
    for line in lines:
        text = canonical(line) + "\n"
        seal.update(text.encode())
        yield text
    last = {"sha256": seal.hexdigest()}
    if key is not None:
        last["signature"] = base64.b64encode(key.sign(seal.digest())).decode()
        last["public_key"] = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    yield canonical(last) + "\n"


@dataclass(kw_only=True)
class Verified:
    """What an extract proves, and every place where it was altered."""

    org: str = ""
    records: tuple[str, ...] = ()
    head: tuple[int, str] = (0, "")
    lines: int = 0
    opened: int = 0
    erased: int = 0
    signed_by: str = ""  # the signer's public key, base64; empty when unsigned
    known_signer: bool = False  # it is the key that the reader gave
    altered: tuple[str, ...] = ()


def verify(lines: Iterable[str], public_key: Ed25519PublicKey | None = None) -> Verified:
    """Recompute everything. With `public_key`, the file must be signed by it.

    Raises:
        NoExtract: the file is something else, or its end is missing.
    """
    work = _Verifier()
    pending: str | None = None
    for text in lines:
        if pending is not None:
            work.line(pending)
        pending = text
    if pending is None or work.first is None:
        raise NoExtract("this is no ledger extract, or its end is missing")
    work.end(pending, public_key)
    return work.found


class _Verifier:
    def __init__(self) -> None:
        self.found = Verified()
        self.first: dict[str, object] | None = None
        self._altered: list[str] = []
        self._seal = hashlib.sha256()
        self._previous = ""
        self._seq: int | None = None

    def line(self, text: str) -> None:
        self._seal.update(text.encode())
        body = _parsed(text)
        if self.first is None:
            self._begin(body)
            return
        self.found.lines += 1
        seq = body.get("seq")
        if not isinstance(seq, int) or isinstance(seq, bool):
            raise NoExtract(f"line {self.found.lines + 1} is no line of a ledger")
        if self._seq is not None and seq != self._seq + 1:
            self._say(_out_of_line(seq, self._seq))
        self._seq = seq
        fields = [body.get(name) for name in ("recorded_at", "commitment", "entry", "digest")]
        if not all(isinstance(field, str) for field in fields):
            raise NoExtract(f"entry {seq} lacks a part")
        recorded_at, commitment, entry, stated = (str(field) for field in fields)
        if digest(self._previous, self.found.org, seq, recorded_at, commitment, entry) != stated:
            self._say(f"entry {seq} was altered, or does not follow the entry before it")
        self._previous = stated
        if "opening" in body:
            self._open(seq, commitment, entry, body["opening"])

    def _begin(self, body: dict[str, object]) -> None:
        if body.get("format") != FORMAT:
            raise NoExtract(f"this is no ledger extract: expected {FORMAT!r}")
        org, previous, records, head = (body.get(name) for name in ("org", "previous", "records", "head"))
        last, digest_ = (head.get("seq"), head.get("digest")) if isinstance(head, dict) else (None, None)
        if not (
            isinstance(org, str)
            and isinstance(previous, str)
            and isinstance(records, list)
            and isinstance(last, int)
            and isinstance(digest_, str)
        ):
            raise NoExtract("the first line of the extract lacks a part, or holds something else there")
        self.first = body
        self.found.org, self._previous = org, previous
        self.found.records = tuple(map(str, records))
        self.found.head = (last, digest_)

    def _open(self, seq: int, commitment: str, entry: str, opening: object) -> None:
        """The whole entry must be what was committed to, and show outside what the line shows."""
        if opening is None:
            self.found.erased += 1
            return
        parts = opening if isinstance(opening, dict) else {}
        whole = str(parts.get("whole"))
        if commit(str(parts.get("salt")), whole) != commitment:
            self._say(f"the evidence of entry {seq} was altered: it is not what was committed to")
        elif _outside(whole) != entry:
            self._say(f"entry {seq} shows something else than its evidence")
        self.found.opened += 1

    def end(self, text: str, public_key: Ed25519PublicKey | None) -> None:
        body = _parsed(text)
        if "sha256" not in body:
            raise NoExtract("the end of the extract is missing")
        if (self._seq, self._previous) != self.found.head:
            self._say(
                f"the chain does not end in the head that the extract names, entry {self.found.head[0]}"
            )
        if body["sha256"] != self._seal.hexdigest():
            self._say("the file was altered after it was sealed")
        self._signature(body, public_key)
        self.found.altered = tuple(self._altered)

    def _signature(self, body: dict[str, object], public_key: Ed25519PublicKey | None) -> None:
        if "signature" not in body:
            if public_key is not None:
                self._say("the extract is not signed")
            return
        self.found.signed_by = str(body.get("public_key"))
        try:
            signer = public_key or Ed25519PublicKey.from_public_bytes(base64.b64decode(self.found.signed_by))
            signer.verify(base64.b64decode(str(body["signature"])), self._seal.digest())
        except (InvalidSignature, ValueError):
            of = "of the key that was given" if public_key else "of the key that the file names"
            self._say(f"the signature on this file is not {of}, or the file was altered after it was signed")
        else:
            self.found.known_signer = public_key is not None

    def _say(self, what: str) -> None:
        self._altered.append(what)


def _out_of_line(seq: int, before: int) -> str:
    """What is wrong where an entry's number is not the next one."""
    if seq == before:
        return f"entry {seq} stands there twice"
    if seq < before:
        return f"entry {seq} is out of order: it follows entry {before}"
    if seq == before + 2:
        return f"entry {before + 1} is missing: entry {seq} follows entry {before}"
    return f"entries {before + 1} to {seq - 1} are missing: entry {seq} follows entry {before}"


def _outside(whole: str) -> str | None:
    """What a line shows of this entry; None where it is no entry of a ledger."""
    try:
        return canonical(without_evidence(_parsed(whole)))
    except (AttributeError, KeyError, TypeError):
        return None


def _parsed(text: str) -> dict[str, object]:
    try:
        body = json.loads(text)
        if _HALF in text.lower():  # half of a character: it can be neither hashed nor shown
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NoExtract("this is no ledger extract: a line is no JSON") from None
    if not isinstance(body, dict):
        raise NoExtract("this is no ledger extract: a line is no object")
    return body
