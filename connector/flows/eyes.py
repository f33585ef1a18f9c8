"""Through whose eyes an explanation is told: our desk's, or a partner firm's, who reads no rival's name (law 17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from connector.canonical.docket import ClaimEntry, CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.order_docket import OrderEntry
from connector.canonical.records import Partner, Person
from connector.canonical.transfer_in import TransferInEntry
from connector.canonical.verdict import Exhibit, Finding
from connector.flows.records import RecordReader
from connector.mapping import CompiledMapping
from connector.policy.masks import Hidden
from connector.ports.store import LedgerLine, Transaction
from connector.rules.rivals import Relation

_NAMING = frozenset({"holder", "firm", "winner", "loser", "reason", "score", "to"})
"""Parameters of findings that carry somebody's name, a score or a desk's note."""


class View(StrEnum):
    """For whom an explanation is told."""

    DESK = "desk"  # our own people: everybody is named
    MANAGER = "manager"  # who looks after one firm: of the others what the policy's `masks` leave
    PARTNER = "partner"  # a partner firm: its own records and people only


@dataclass(frozen=True, kw_only=True, slots=True)
class Eyes:
    """What one reader may see.

    `own` are the firm, its people and its records, and all that a partner sees; None: one of ours, who sees all but
    the records that are `masked`, and the evidence of matches where that is `hidden`.
    """

    own: frozenset[str] | None = None
    masked: frozenset[str] = frozenset()
    without_evidence: bool = False

    @property
    def of_a_partner(self) -> bool:
        return self.own is not None

    def see(self, record: str | None) -> bool:
        if self.own is None:
            return record not in self.masked
        return not record or record in self.own

    def read(self, finding: Finding) -> bool:
        """Whether this reader reads the finding at all."""
        return self.own is None or not (finding.desk or _NAMING & finding.params.keys())

    def meet(self, shown: Exhibit) -> bool:
        """Of another party's record a partner learns what that party is to its own, and nothing else."""
        return self.see(shown.record) or shown.field in set(Relation)

    def judged(self, line: LedgerLine) -> bool:
        """Whether what was found there is about this reader's own act; a rival's claim tells the rival's figures."""
        fact, verdict = line.fact, line.verdict
        about = verdict.record if verdict else fact.record
        if self.own is None:
            return True
        return self.see(about) and not (fact.kind is FactKind.CLAIMED and not self.see(fact.value))

    def holds(self, entry: Entry) -> bool:
        """Whether a line of the docket is this reader's own."""
        if self.own is None:
            return True
        if isinstance(entry, ClaimEntry | RegistrationEntry):
            return entry.firm in self.own
        if isinstance(entry, OrderEntry):
            return entry.order in self.own
        if isinstance(entry, TransferInEntry):
            return entry.application in self.own
        return isinstance(entry, CreditEntry) and entry.record in self.own


DESK = Eyes()


def of_partner(view: Transaction, record: RecordId, firm: RecordId | None = None) -> Eyes:
    """The eyes of `firm`; without one, of the firm whose record this is: its registrant, holder or credited firm.

    A record that is none of the firm's is not in them.
    """
    firms = tuple(_firms(view, record))
    reader = firm or next(iter(firms), record)
    own = frozenset(_own(view, reader))
    return Eyes(own=own | {record} if reader in firms or firm in (None, record) else own)


def of_manager(
    view: Transaction,
    record: RecordId,
    firm: RecordId | None,
    hidden: frozenset[Hidden],
    mapping: CompiledMapping | None,
) -> Eyes:
    """The eyes of who looks after `firm`, by default the firm whose record this is: others are masked by policy."""
    reader = firm or next(_firms(view, record), record)
    own = {*_own(view, reader), record}
    masked: set[str] = set()
    if Hidden.FIRM in hidden:
        masked |= {*_others(view, reader), *_known_firms(view, mapping)}
    if Hidden.PERSON in hidden:
        masked |= {*_their_people(view, reader), *_known_people(view, mapping, reader)}
    if Hidden.RECORD in hidden:
        masked |= set(_their_records(view, reader))
    return Eyes(masked=frozenset(masked - own), without_evidence=Hidden.EVIDENCE in hidden)


def _others(view: Transaction, firm: RecordId) -> Iterator[str]:
    yield from (claim.firm for claim in view.docket.all(ClaimEntry) if claim.firm != firm)
    yield from (entry.firm for entry in view.docket.all(RegistrationEntry) if entry.firm != firm)


def _known_firms(view: Transaction, mapping: CompiledMapping | None) -> Iterator[str]:
    """Partner firms that have done nothing yet."""
    found = RecordReader(view, mapping).all(Kind.PARTNER) if mapping else ()
    yield from (each.id for each in found if isinstance(each, Partner))


def _their_people(view: Transaction, firm: RecordId) -> Iterator[str]:
    yield from (claim.holder for claim in view.docket.all(ClaimEntry) if claim.firm != firm)
    filed = (entry for entry in view.docket.all(RegistrationEntry) if entry.firm != firm)
    yield from (entry.registrant for entry in filed if entry.registrant)


def _known_people(view: Transaction, mapping: CompiledMapping | None, firm: RecordId) -> Iterator[str]:
    found = RecordReader(view, mapping).all(Kind.PERSON) if mapping else ()
    yield from (each.id for each in found if isinstance(each, Person) and each.firm not in (None, firm))


def _their_records(view: Transaction, firm: RecordId) -> Iterator[str]:
    yield from (claim.lead for claim in view.docket.all(ClaimEntry) if claim.firm != firm)
    for entry in view.docket.all(RegistrationEntry):
        if entry.firm != firm:
            yield from filter(None, (entry.registration, entry.opportunity))


def _firms(view: Transaction, record: RecordId) -> Iterator[RecordId]:
    filing = view.docket.get(RegistrationEntry, record)
    if filing is not None:
        yield filing.firm
    claims = view.docket.find(ClaimEntry, f"lead:{record}", open_only=False)
    for claim in sorted(claims, key=lambda claim: (claim.open, claim.opened), reverse=True):
        yield claim.firm
    for filing in view.docket.find(RegistrationEntry, f"opportunity:{record}", open_only=False):
        yield filing.firm
    order = view.docket.get(OrderEntry, record)
    if order is not None and order.firm:
        yield order.firm
    application = view.docket.get(TransferInEntry, record)
    if application is not None:
        held = view.docket.find(ClaimEntry, f"lead:{application.lead}", open_only=False)
        yield from (claim.firm for claim in held if claim.holder == application.applicant)
    credit = view.docket.get(CreditEntry, record)
    if credit is not None:
        yield credit.firm


def _own(view: Transaction, firm: RecordId) -> Iterator[str]:
    yield firm
    for filing in view.docket.find(RegistrationEntry, f"firm:{firm}", open_only=False):
        yield from filter(None, (filing.registration, filing.registrant, filing.opportunity))
    people = set()
    for claim in view.docket.find(ClaimEntry, f"firm:{firm}", open_only=False):
        people.add(claim.holder)
        yield from (claim.lead, claim.holder)
    yield from (each.order for each in view.docket.find(OrderEntry, f"firm:{firm}", open_only=False))
    for person in people:
        asked = view.docket.find(TransferInEntry, f"applicant:{person}", open_only=False)
        yield from (each.application for each in asked)
