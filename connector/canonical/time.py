"""When something happened, as the org recorded it, with its uncertainty (law 1)."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering
from zoneinfo import ZoneInfo

from connector.canonical.model import Model


class TimeSource(StrEnum):
    """What an act's time was read from, best first (law 1)."""

    STAMPED = "stamped"  # a before-save stamp of the org
    HISTORY = "history"  # a field history row
    EVENT = "event"  # a change event's commit time
    BETWEEN = "between"  # between "last seen before" and the modification stamp


@total_ordering
class When(Model):
    """An act's time: the seconds `earliest` … `latest`, both included; equal where the time is exact."""

    earliest: datetime
    latest: datetime
    source: TimeSource = TimeSource.STAMPED

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest

    def overlaps(self, other: "When") -> bool:
        """Simultaneous as far as anyone can tell: the policy says who decides, never the record id."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def __lt__(self, other: "When") -> bool:
        return (self.latest, self.earliest) < (other.latest, other.earliest)


@lru_cache(maxsize=4096)  # one act's day is asked for a dozen times
def day_in(zone: str, moment: datetime) -> date:
    """The day of an instant by the clocks of a zone (`Europe/Berlin`)."""
    return moment.astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=4096)  # one act's time stands in many keys, and strftime is slow
def compact(moment: datetime) -> str:
    """An instant to the second as keys hold it: 20260302T090000."""
    return f"{moment:%Y%m%dT%H%M%S}"


def at(moment: datetime, source: TimeSource = TimeSource.STAMPED) -> When:
    """An exact time, to the second."""
    second = moment.astimezone(UTC).replace(microsecond=0)
    return When(earliest=second, latest=second, source=source)


def between(after: datetime, until: datetime) -> When:
    """Somewhere after `after` (last seen before) and not later than `until` (the modification stamp)."""
    last = until.astimezone(UTC).replace(microsecond=0)
    first = min(after.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1), last)
    return When(earliest=first, latest=last, source=TimeSource.BETWEEN)


class Span(Model):
    """A window `[start, end)`; without an end it is still open."""

    start: datetime
    end: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


def parse_instant(text: str) -> datetime:
    """An org's stamp as canonical text (`2026-01-02T03:04:05.000Z`), timezone-aware, whole seconds."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def instant_text(moment: datetime) -> str:
    """The canonical text of an instant, as the mirror keeps it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
