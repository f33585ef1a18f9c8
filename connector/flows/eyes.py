"""Through whose eyes an explanation is told: our desk's, or a partner firm's, who reads no rival's name (law 17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from connector.canonical.docket import ClaimEntry, CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.verdict import Exhibit, Finding
from connector.ports.store import LedgerLine, Transaction
from connector.rules.rivals import Relation

_NAMING = frozenset({"holder", "firm", "winner", "loser", "reason", "score", "to"})
"""Parameters of findings that carry somebody's name, a score or a desk's note."""


class View(StrEnum):
    """For whom an explanation is told."""

    DESK = "desk"  # our own people: everybody is named
    PARTNER = "partner"  # a partner firm: its own records and people only


@dataclass(frozen=True, kw_only=True, slots=True)
class Eyes:
    """What one reader may see. `own` are the firm, its people and its records; None: the desk, which sees all."""

    own: frozenset[str] | None = None

    @property
    def of_a_partner(self) -> bool:
        return self.own is not None

    def see(self, record: str | None) -> bool:
        return self.own is None or not record or record in self.own

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
        return self.see(about) and not (fact.kind is FactKind.CLAIMED and not self.see(fact.value))

    def holds(self, entry: Entry) -> bool:
        """Whether a line of the docket is this reader's own."""
        if self.own is None:
            return True
        if isinstance(entry, ClaimEntry | RegistrationEntry):
            return entry.firm in self.own
        return isinstance(entry, CreditEntry) and entry.record in self.own


DESK = Eyes()


def of_partner(view: Transaction, record: RecordId, firm: RecordId | None = None) -> Eyes:
    """The eyes of `firm`; without one, of the firm whose record this is: its registrant, holder or credited firm."""
    reader = firm or next(_firms(view, record), record)
    return Eyes(own=frozenset(_own(view, reader)) | ({record} if firm in (None, record) else frozenset()))


def _firms(view: Transaction, record: RecordId) -> Iterator[RecordId]:
    filing = view.docket.get(RegistrationEntry, record)
    if filing is not None:
        yield filing.firm
    claims = view.docket.find(ClaimEntry, f"lead:{record}", open_only=False)
    for claim in sorted(claims, key=lambda claim: (claim.open, claim.opened), reverse=True):
        yield claim.firm
    for filing in view.docket.find(RegistrationEntry, f"opportunity:{record}", open_only=False):
        yield filing.firm
    credit = view.docket.get(CreditEntry, record)
    if credit is not None:
        yield credit.firm


def _own(view: Transaction, firm: RecordId) -> Iterator[str]:
    yield firm
    for filing in view.docket.find(RegistrationEntry, f"firm:{firm}", open_only=False):
        yield from filter(None, (filing.registration, filing.registrant, filing.opportunity))
    for claim in view.docket.find(ClaimEntry, f"firm:{firm}", open_only=False):
        yield from (claim.lead, claim.holder)
