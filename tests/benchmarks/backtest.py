"""How fast a long history is judged once more, and in how much memory: `connector backtest` on a SQLite store.

python -m tests.benchmarks.backtest [--facts 20000]

A small practice org is mirrored; then firms and leads are loaded into its mirror, each lead taken by a partner user,
worked and released, with a ledger line for each act. The back-test tries a policy whose quota is smaller. Its peak of
memory is counted above what the process held before it began.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from connector.bootstrap import Connector
from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, is_queue, record_id
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Outcome, Verdict
from connector.flows.adopt import load_frequencies
from connector.flows.backtest import Backtest
from connector.flows.records import RecordReader
from connector.flows.settle import SEALED
from connector.policy.choosing import Choice, Option
from connector.policy.model import Policy
from connector.ports.org import Batch
from connector.ports.store import Transaction
from connector.store.scratch import open_scratch
from tests.benchmarks.channel import mirrored
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.loads import Watch

FACTS, FULL_FACTS, SEED_LEADS = 20_000, 1_000_000, 200
MOST_MEGABYTES = 500
_PAGE = 2_000
_ACTS = 3
"""Facts of each lead: claimed, worked, released."""

_LEADS_A_FIRM = 100

Values = dict[str, str | None]


def history(connector: Connector, facts: int, start: datetime) -> datetime:
    """Load leads with their facts and ledger lines; the moment up to which all of it is sealed."""
    leads = facts // _ACTS
    with connector.store.transaction() as tx:
        people = RecordReader(tx, connector.mapping).all(Kind.PERSON)
        model_user = next(each for each in people if isinstance(each, Person) and each.firm)
        model = next(v.values for v in tx.mirror.scan("Lead") if is_queue(v.values["OwnerId"] or ""))
    sellers = _channel(connector, model_user, max(1, leads // _LEADS_A_FIRM))
    for first in range(0, leads, _PAGE):
        numbers = range(first, min(first + _PAGE, leads))
        rows = [_lead(model, number, start) for number in numbers]
        with connector.store.transaction() as tx:
            tx.mirror.load(_batch("Lead", rows))
            for number in numbers:
                _told(tx, rows[number - first], number, start, sellers)
    end = start + timedelta(seconds=leads + 120)
    with connector.store.transaction() as tx:
        tx.notes.put(SEALED, instant_text(end))
    return end


def _channel(connector: Connector, model: Person, firms: int) -> list[tuple[RecordId, RecordId]]:
    """So many partner firms, each with one user: copies of one that the practice org has."""
    found = []
    with connector.store.transaction() as tx:
        account = next(iter(tx.mirror.get("Account", [model.firm or ""]).values())).values
        user = next(iter(tx.mirror.get("User", [model.id]).values())).values
        rows: dict[str, list[Values]] = {"Account": [], "User": []}
        for number in range(firms):
            firm, seller = record_id(f"001zz{number:010}"), record_id(f"005zz{number:010}")
            rows["Account"].append({**account, "Id": firm, "Name": f"Partner {number}"})
            rows["User"].append({**user, "Id": seller, "AccountId": firm, "Name": f"Seller {number}"})
            found.append((seller, firm))
        for name, some in rows.items():
            tx.mirror.load(_batch(name, some))
    return found


def _lead(model: Mapping[str, str | None], number: int, start: datetime) -> Values:
    made = instant_text(start - timedelta(days=1))
    stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), made)
    return {**model, **stamps, "Id": record_id(f"00Qzz{number:010}"), "Company": f"Customer {number} GmbH"}


def _told(
    tx: Transaction,
    row: Values,
    number: int,
    start: datetime,
    sellers: Sequence[tuple[RecordId, RecordId]],
) -> None:
    """The three acts on one lead, judged long ago."""
    lead, (seller, firm) = RecordId(row["Id"] or ""), sellers[number % len(sellers)]
    pool, opened = RecordId(row["OwnerId"] or ""), start + timedelta(seconds=number)
    claim = ClaimEntry(lead=lead, holder=seller, firm=firm, pool=pool, taken_from=pool, opened=at(opened))
    verdict = Verdict(
        subject=Kind.LEAD, record=lead, outcome=Outcome.APPROVE, findings=(), policy="acme-partner-leads/1"
    )
    steps = (
        (FactKind.CLAIMED, 0, seller, pool, verdict, ClaimState.ACTIVE),
        (FactKind.WORKED, 20, "Working", "", None, ClaimState.WORKED),
        (FactKind.RELEASED, 60, pool, seller, None, ClaimState.RELEASED),
    )
    facts = []
    for kind, later, value, prior, said, state in steps:
        when = opened + timedelta(seconds=later)
        fact = Fact(
            kind=kind, subject=Kind.LEAD, record=lead, when=at(when), value=value, prior=prior, actor=seller
        )
        closed = None if state.open else when
        tx.ledger.append(fact, said, [claim.model_copy(update={"state": state, "closed_at": closed})], when)
        facts.append(fact)
    tx.facts.settle(facts)


def _batch(name: str, rows: Sequence[Values]) -> Batch:
    fields = tuple(rows[0])
    columns = tuple([row[field] for row in rows] for field in fields)
    return Batch(object=name, fields=fields, columns=columns)


def smaller(connector: Connector, moment: datetime) -> Policy:
    """The claims policy in force, with a quota of five leads a firm."""
    policy = connector.policies.for_claims(moment)
    if policy is None or policy.claims is None:
        raise RuntimeError("the shipped profiles have no claims policy")
    five = Choice[int](options=(Option[int](value=5),))
    return policy.model_copy(update={"claims": policy.claims.model_copy(update={"quota": five})})


def measure(facts: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, mirrored(SEED_LEADS, Path(folder)) as connector:
        start = connector.org.now().replace(microsecond=0) + timedelta(minutes=1)
        sys.stderr.write(f"loading a history of {facts:,} facts\n")
        end = history(connector, facts, start)
        policy = smaller(connector, end)
        table = load_frequencies(connector.store)
        watch = Watch()
        started = time.perf_counter()
        with open_scratch() as scratch:
            work = Backtest(
                store=connector.store,
                scratch=scratch,
                mapping=connector.mapping,
                policies=connector.policies,
                frequencies=table,
            )
            found = work.run(policy, start - timedelta(days=1), None, _dots())
        seconds = time.perf_counter() - started
    judged = facts // _ACTS * _ACTS
    note = f"{judged:,} facts, {found.decisions:,} decisions, {found.diverged:,} records would have gone another way"
    return [
        Figure(measure="back-test, SQLite", figure=judged / seconds, unit="facts/s", note=note),
        Figure(
            measure="back-test, peak of memory above start",
            figure=watch.megabytes,
            unit="MB",
            against="limit",
            other=MOST_MEGABYTES,
            ratio=watch.megabytes / MOST_MEGABYTES,
        ),
    ]


def _dots() -> Callable[[str, int, int], None]:
    ticks: Iterator[int] = iter(range(0, 10**9, 50_000))
    state = {"next": next(ticks)}

    def report(name: str, done: int, expected: int) -> None:
        if name == "decisions" and done >= state["next"]:
            sys.stderr.write(f"  {done:,} of about {expected:,} decisions\n")
            while state["next"] <= done:
                state["next"] = next(ticks)

    return report


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return measure(FULL_FACTS if full else FACTS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--facts", type=int, default=FACTS)
    chosen = options.parse_args()
    show(measure(chosen.facts), "Back-test")


if __name__ == "__main__":
    main()
