"""What a firm and its people did, act by act, from the ledger: the record that nobody can alter unseen (R0.10)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Person
from connector.flows.explanation import Act
from connector.flows.records import RecordReader
from connector.flows.teller import Teller
from connector.mapping import CompiledMapping
from connector.ports.store import LedgerLine

_OURS = frozenset({FactKind.TICK, FactKind.ADOPTED, FactKind.POLICY_PUBLISHED})


def acts(teller: Teller, firm: RecordId, mapping: CompiledMapping | None) -> tuple[Act, ...]:
    """The acts of the firm, and what came of each; oldest first.

    An act is the firm's when one of its people did it or a lead came to or back from one of them: also a claim that
    came too late and left no trace elsewhere, so that the whole ledger is read. Our own deadlines, and what other
    firms did with the same lead, are not. `mapping` tells who belongs to the firm; without it, the docket alone does.
    """
    people = frozenset(_people(teller, firm, mapping))
    if not people:
        return ()
    lines = (line for line in teller.view.ledger.scan() if _is_theirs(line.fact, firm, people))
    return tuple(_act(teller, line) for line in sorted(lines, key=lambda line: (line.fact.instant, line.seq)))


def _people(teller: Teller, firm: RecordId, mapping: CompiledMapping | None) -> Iterator[str]:
    for claim in teller.view.docket.find(ClaimEntry, f"firm:{firm}", open_only=False):
        yield claim.holder
    for filing in teller.view.docket.find(RegistrationEntry, f"firm:{firm}", open_only=False):
        if filing.registrant:
            yield filing.registrant
    known = RecordReader(teller.view, mapping).all(Kind.PERSON) if mapping else ()
    yield from (each.id for each in known if isinstance(each, Person) and each.firm == firm)


def _is_theirs(fact: Fact, firm: RecordId, people: frozenset[str]) -> bool:
    if fact.kind in _OURS:
        return False
    gave_back = fact.prior if fact.kind is FactKind.RELEASED else ""
    return fact.record == firm or bool(people & {fact.actor or "", fact.value, gave_back})


def _act(teller: Teller, line: LedgerLine) -> Act:
    fact, verdict = line.fact, line.verdict
    return Act(
        number=line.seq,
        record=fact.record,
        name=teller.name(fact.record),
        link=teller.link(fact.record),
        at=fact.instant,
        when=teller.when(fact.instant),
        who=teller.name(fact.actor),
        happened=teller.happened(fact),
        ruled=teller.word("outcome", verdict.outcome.value) if verdict else "",
    )
