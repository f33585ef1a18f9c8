"""The notifications that a candidate would have sent: a window that waits for one starts with it (R0.5, law 5).

In the real history a notification is the trace of our own write, so that there is none for what only the candidate
approves. Nothing is written in a back-test: a deadline in its docket stands for the write.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from connector.canonical.docket import DeadlineEntry, Docket, Entry, RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.flows.settle import SEAL_AFTER
from connector.ports.scratch import Said
from connector.rules import protection, windows
from connector.rules.docket import OverlayDocket

_SECOND = timedelta(seconds=1)


class NotifyingDocket(OverlayDocket):
    """Whatever approves a filing here, and did not in the ledger, sets the deadline of its notification.

    An approval stands on the record once it is sealed and written: when the ledger's own entry on the same act was
    recorded, else `SEAL_AFTER` from the act on.
    """

    def __init__(self, base: Docket, said: Callable[[], Sequence[Said]]) -> None:
        super().__init__(base)
        self._said = said

    def put(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            fresh = isinstance(entry, RegistrationEntry) and self._approved_just_now(entry)
            super().put([entry])
            if fresh and isinstance(entry, RegistrationEntry):
                super().put(self._notice(entry))

    def _approved_just_now(self, entry: RegistrationEntry) -> bool:
        if not windows.waits_for_its_start(entry) or entry.ruled_at is None:
            return False
        before = self.get(RegistrationEntry, entry.registration)
        return before is None or not before.state.protects or before.ruled_at != entry.ruled_at

    def _notice(self, entry: RegistrationEntry) -> Iterable[Entry]:
        moment = entry.ruled_at
        if moment is None:
            return
        lines = [each.ruled for each in self._said() if each.ruled.instant == moment]
        mine = f"{entry.table}|{entry.key}|{entry.state}"
        if any(mine in each.states for each in lines):
            return  # the ledger approved it too: the real notification is in the history
        recorded = [each.recorded for each in lines if each.recorded and each.record == entry.registration]
        due = max(min(recorded, default=moment + SEAL_AFTER).replace(microsecond=0), moment + _SECOND)
        name, record = protection.NOTIFIED, entry.registration
        yield DeadlineEntry(name=name, subject=Kind.REGISTRATION, record=record, due=due)


def is_notice(fact: Fact) -> bool:
    """Whether this is a notification of the back-test's own making."""
    return fact.kind is FactKind.TICK and fact.value == protection.NOTIFIED


def awaits_real_one(docket: Docket, fact: Fact) -> bool:
    """Whether a filing waits for the notification that the history holds, although its record has diverged."""
    entry = docket.get(RegistrationEntry, fact.record)
    own = docket.get(DeadlineEntry, f"{fact.record}|{protection.NOTIFIED}")
    return entry is not None and windows.waits_for_its_start(entry) and (own is None or own.done)
