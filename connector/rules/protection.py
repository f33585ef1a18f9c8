"""The protection window: when it starts, how long it lasts, when it may be extended (R0.5, R1.4)."""

from datetime import datetime, timedelta

from connector.canonical.docket import DeadlineEntry, RegistrationEntry
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.policy.model import Protection, RegistrationPolicy

ENDS = "protection_ends"
REMIND = "protection_remind"


def starts_at(terms: Protection, entry: RegistrationEntry, decided: datetime) -> datetime | None:
    """When the window starts; None while it waits for the partner's notification ("efter meddelelse")."""
    if terms.starts == "submitted":
        return entry.filed.latest
    if terms.starts == "completed":
        return (entry.complete or entry.filed).latest
    return None if terms.starts == "partner_notified" else decided


def opened(terms: Protection, entry: RegistrationEntry, start: datetime) -> RegistrationEntry:
    """The entry with its window `[start, start + lasts)`; without a length it stays open."""
    end = start + terms.lasts if terms.lasts else None
    return entry.model_copy(update={"protected_from": start, "protected_until": end})


def deadlines(
    terms: RegistrationPolicy, entry: RegistrationEntry, decided: datetime | None = None
) -> tuple[DeadlineEntry, ...]:
    """The end of the window, and the reminders before it. None falls due before it was `decided` (law 4)."""
    end = entry.protected_until
    if end is None:
        return ()
    reminders = [
        deadline(reminder(REMIND, ahead), Kind.REGISTRATION, entry.registration, end - ahead)
        for ahead in terms.protection.remind
        if decided is None or end - ahead > decided
    ]
    last = end if decided is None else max(end, decided)
    return (deadline(ENDS, Kind.REGISTRATION, entry.registration, last), *reminders)


def reminder(name: str, ahead: timedelta) -> str:
    """The name of one reminder among several, by how long before the end it comes: `protection_remind_30`."""
    days, rest = divmod(ahead, timedelta(days=1))
    return f"{name}_{days}" if not rest else f"{name}_{round(ahead.total_seconds())}s"


def deadline(name: str, subject: Kind, record: RecordId, due: datetime) -> DeadlineEntry:
    return DeadlineEntry(name=name, subject=subject, record=record, due=due)
