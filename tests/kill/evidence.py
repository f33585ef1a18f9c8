"""What is known of a record of which something is wrong: its versions, facts, ledger lines and writes, row by row."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from connector.demo.people import NotSeen, People
from connector.store import SqlStore
from connector.store.schema import FACT, LEDGER, MIRROR, MIRROR_VERSION, OUTBOX

_HISTORIES = {
    "00Q": ("LeadHistory", "LeadId"),
    "006": ("OpportunityFieldHistory", "OpportunityId"),
    "a": ("Deal_Registration__History", "ParentId"),
}
_RECORD = re.compile(r"\b(?:00Q|006|a0)\w{12,16}\b")


def keep(store: SqlStore, people: People, wrong: Sequence[str], file: Path) -> None:
    """Append all rows about the records that these sentences name; org and database are gone after a chapter."""
    records = sorted({found for line in wrong for found in _RECORD.findall(line)})
    told = (line for record in records for line in (*_known(store, record), *_by_the_org(people, record)))
    with file.open("a", encoding="utf-8") as out:
        for line in (*wrong, *told):
            out.write(f"{line}\n")


def _by_the_org(people: People, record: str) -> Iterator[str]:
    """The org's own history of a lead or a filing, oldest first."""
    history, parent = _HISTORIES.get(record[:3], _HISTORIES["a"])
    soql = (
        f"SELECT Field, OldValue, NewValue, DataType, CreatedById, CreatedDate FROM {history} "
        f"WHERE {parent} = '{record}' ORDER BY CreatedDate, Id"
    )
    yield f"── {history} by the org"
    try:
        yield from map(str, people.rows(soql, all_rows=True))
    except NotSeen as refused:
        yield str(refused)


def _known(store: SqlStore, record: str) -> Iterator[str]:
    asked = (
        select(MIRROR_VERSION).where(MIRROR_VERSION.c.id == record).order_by(MIRROR_VERSION.c.valid_from),
        select(MIRROR).where(MIRROR.c.id == record),
        select(MIRROR)
        .where(MIRROR.c.body.contains(record), MIRROR.c.object == "LeadHistory")
        .order_by(MIRROR.c.id),
        select(FACT).where(FACT.c.identity.startswith(record)).order_by(FACT.c.instant, FACT.c.rank),
        select(LEDGER).where(LEDGER.c.record == record).order_by(LEDGER.c.seq),
        select(OUTBOX).where(OUTBOX.c.target == record).order_by(OUTBOX.c.id),
    )
    with store._engine.connect() as desk:
        for query in asked:
            yield f"── {query.get_final_froms()[0].description}"
            for row in desk.execute(query):
                yield str(dict(row._mapping))
