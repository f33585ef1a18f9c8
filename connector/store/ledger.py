"""The ledger: append-only, chained by hash, provable even after personal evidence was erased (law 18).

An entry is kept twice. The *line* in `ledger` can never change: it holds the entry without what may be
personal, and a commitment, `sha256(salt + whole entry)`. The whole entry and its salt are in
`ledger_evidence`, from where they may be erased. The chain is `digest = sha256(previous + canonical JSON of
the line)`; without the salt nobody can guess erased evidence from its commitment.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, type_coerce, union_all, update
from sqlalchemy.exc import DBAPIError

from connector.canonical.chain import START, canonical, commit, digest, recorded, without_evidence
from connector.canonical.docket import ENTRY_TYPES, Entry
from connector.canonical.fact import Fact
from connector.canonical.verdict import Verdict
from connector.ports.store import Decided, LedgerLine, LedgerProof
from connector.store.instants import TEXT
from connector.store.rows import chunks
from connector.store.schema import LEDGER, LEDGER_EVIDENCE, OUTBOX

_PAGE = 500
_NO_TEXT = "utf-8"  # SQLite keeps any bytes as text, and fails when they are read

_HEAD = (
    select(LEDGER.c.seq, LEDGER.c.digest)
    .where(LEDGER.c.org == bindparam("org"))
    .order_by(LEDGER.c.seq.desc())
    .limit(1)
)
_APPEND = insert(LEDGER)
_APPEND_EVIDENCE = insert(LEDGER_EVIDENCE)
_LINES = (
    select(
        LEDGER,
        LEDGER_EVIDENCE.c.seq.label("side"),
        LEDGER_EVIDENCE.c.salt,
        LEDGER_EVIDENCE.c.body.label("whole"),
    )
    .select_from(
        LEDGER.outerjoin(
            LEDGER_EVIDENCE,
            (LEDGER.c.org == LEDGER_EVIDENCE.c.org) & (LEDGER.c.seq == LEDGER_EVIDENCE.c.seq),
        )
    )
    .where(LEDGER.c.org == bindparam("org"))
    .order_by(LEDGER.c.seq)
)
_OF_RECORD = _LINES.where(LEDGER.c.record == bindparam("record"))
_AFTER = _LINES.where(LEDGER.c.seq > bindparam("after")).limit(_PAGE)
_AS_KEPT = (
    _LINES.with_only_columns(
        *(column for column in LEDGER.c if column.name != "recorded_at"),
        type_coerce(LEDGER.c.recorded_at, TEXT).label("recorded_at"),
        LEDGER_EVIDENCE.c.seq.label("side"),
        LEDGER_EVIDENCE.c.salt,
        LEDGER_EVIDENCE.c.body.label("whole"),
    )
    .where(LEDGER.c.seq > bindparam("after"))
    .limit(bindparam("most"))
)
"""For verification, which must be able to look at whatever stands there: an instant need not be one."""


_NAMED = union_all(
    select(func.max(OUTBOX.c.ledger_seq).label("seq")).where(OUTBOX.c.org == bindparam("org")),
    select(func.max(LEDGER_EVIDENCE.c.seq).label("seq")).where(LEDGER_EVIDENCE.c.org == bindparam("org")),
)
"""The newest lines of which the rest of the database knows: a chain cannot tell that its tail was cut off."""


class SqlLedger:
    """One org's ledger inside one transaction."""

    def __init__(self, connection: Connection, org: int, organization: str) -> None:
        self._connection, self._org, self._organization = connection, org, organization

    def append(
        self, fact: Fact, verdict: Verdict | None, entries: Sequence[Entry], recorded_at: datetime
    ) -> LedgerLine:
        return self.extend([(fact, verdict, entries)], recorded_at)[0]

    def extend(self, decided: Iterable[Decided], recorded_at: datetime) -> Sequence[LedgerLine]:
        """Append many in their order, by one look at the head and one statement for each table."""
        seq, previous = self.head()
        lines: list[LedgerLine] = []
        rows: list[dict[str, Any]] = []
        sides: list[dict[str, Any]] = []
        for fact, verdict, entries in decided:
            seq += 1
            dump = _dump(fact, verdict, entries)
            whole, public = canonical(dump), canonical(without_evidence(dump))
            salt = secrets.token_hex(16)
            commitment = commit(salt, whole)
            proof = self._digest(previous, seq, recorded_at, commitment, public)
            rows.append(
                {
                    "org": self._org,
                    "seq": seq,
                    "record": fact.record,
                    "recorded_at": recorded_at,
                    "commitment": commitment,
                    "body": public,
                    "previous": previous,
                    "digest": proof,
                }
            )
            sides.append({"org": self._org, "seq": seq, "salt": salt, "body": whole})
            line = LedgerLine(
                seq=seq, fact=fact, verdict=verdict, entries=tuple(entries),
                recorded_at=recorded_at, previous=previous, digest=proof,
            )  # fmt: skip
            lines.append(line)
            previous = proof
        if rows:
            self._connection.execute(_APPEND, rows)
            self._connection.execute(_APPEND_EVIDENCE, sides)
        return lines

    def of_record(self, record: str) -> Sequence[LedgerLine]:
        """Lines whose fact is about this record, oldest first."""
        rows = self._connection.execute(_OF_RECORD, {"org": self._org, "record": record})
        return [_line(row) for row in rows]

    def scan(self, after: int = 0) -> Iterator[LedgerLine]:
        """Lines behind number `after`, oldest first, streamed."""
        return (_line(row) for row in self._walk(after))

    def proofs(self, after: int = 0) -> Iterator[LedgerProof]:
        """The lines behind number `after` as they are hashed, with what opens their commitments, streamed."""
        for row in self._walk(after):
            yield LedgerProof(
                seq=row.seq,
                record=row.record,
                recorded_at=recorded(row.recorded_at),
                commitment=row.commitment,
                public=row.body,
                previous=row.previous,
                digest=row.digest,
                salt=row.salt,
                whole=row.whole,
            )

    def head(self) -> tuple[int, str]:
        """Number and digest of the last line; `(0, START)` for an empty ledger."""
        last = self._connection.execute(_HEAD, {"org": self._org}).first()
        return (0, START) if last is None else (last.seq, last.digest)

    def verify(self) -> int | None:
        """The first line whose number, link, digest, record or evidence does not fit; None when all do.

        One behind the last line is one that is missing there: a write of ours, or kept evidence, still names it.
        """
        expected, previous, most = 1, START, _PAGE
        while True:
            try:
                page = self._connection.execute(
                    _AS_KEPT, {"org": self._org, "after": expected - 1, "most": most}
                ).all()
            except DBAPIError as fault:
                if _NO_TEXT not in str(fault.orig).lower():
                    raise
                if most == 1:
                    return expected
                most = 1  # nobody can read what stands in one of these lines: which?
                continue
            for row in page:
                if row.seq != expected or row.previous != previous or not self._fits(row):
                    return expected
                expected, previous = expected + 1, row.digest
            if not page:
                return expected if self._named() >= expected else None

    def _named(self) -> int:
        named = self._connection.execute(_NAMED, {"org": self._org}).scalars()
        return max((seq for seq in named if isinstance(seq, int)), default=0)

    def erase(self, seqs: Iterable[int]) -> int:
        """Forget the personal evidence of these lines for good; the chain still proves them. Lines erased."""
        erased = 0
        side = LEDGER_EVIDENCE.c
        for some in chunks(list(seqs)):
            forget = update(LEDGER_EVIDENCE).where(
                side.org == self._org, side.seq.in_(some), side.salt.is_not(None)
            )
            erased += self._connection.execute(forget.values(salt=None, body=None)).rowcount
        return erased

    def _digest(self, previous: str, seq: int, recorded_at: datetime, commitment: str, public: str) -> str:
        return digest(previous, self._organization, seq, recorded(recorded_at), commitment, public)

    def _walk(self, after: int) -> Iterator[Row[Any]]:
        while page := self._connection.execute(_AFTER, {"org": self._org, "after": after}).all():
            yield from page
            after = page[-1].seq

    def _fits(self, row: Any) -> bool:
        """Whether a line's own parts fit each other: what was written there need not be text at all."""
        try:
            proof = digest(
                row.previous, self._organization, row.seq, row.recorded_at, row.commitment, row.body
            )
            about = json.loads(row.body)["fact"]["record"]
            return bool(row.digest == proof and row.record == about and _proves(row))
        except (ValueError, TypeError, KeyError, AttributeError):
            return False


def _proves(row: Row[Any]) -> bool:
    """Whether the side row is what was committed to, or was erased in the open."""
    if row.side is None:
        return False
    if row.whole is None:
        return row.salt is None
    return row.salt is not None and commit(row.salt, row.whole) == row.commitment


def _dump(fact: Fact, verdict: Verdict | None, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "fact": fact.model_dump(mode="json"),
        "verdict": None if verdict is None else verdict.model_dump(mode="json"),
        "entries": [{"table": entry.table, "entry": entry.model_dump(mode="json")} for entry in entries],
    }


def _line(row: Row[Any]) -> LedgerLine:
    entry = json.loads(row.whole if row.whole is not None else row.body)
    verdict = entry["verdict"]
    return LedgerLine(
        seq=row.seq,
        fact=Fact.model_validate(entry["fact"]),
        verdict=None if verdict is None else Verdict.model_validate(verdict),
        entries=tuple(ENTRY_TYPES[one["table"]].model_validate(one["entry"]) for one in entry["entries"]),
        recorded_at=row.recorded_at,
        previous=row.previous,
        digest=row.digest,
    )
