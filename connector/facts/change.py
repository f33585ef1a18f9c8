"""One canonical record before and after, and what is needed to say when and by whom it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.records import Record
from connector.canonical.time import TimeSource, When, at, between

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen(Generic[R]):
    """`before` is None for a record that is new (or was outside the filter), `after` for one that is gone.

    `seen_before` is the last moment at which the mirror is known to have equalled the org: the change came
    after it. `ours` is the connector's own login; `firm_of` answers a user's partner firm.
    """

    before: R | None
    after: R | None
    seen_before: datetime
    ours: RecordId
    firm_of: Callable[[RecordId | None], RecordId | None]
    role_of: Callable[[RecordId | None], str] = lambda _: ""
    """A user's role; our own people with one can hold leads too."""
    owner_changes_in: Callable[[datetime], Sequence[Fact]] = lambda _: ()
    """The facts of owner changes of this record that are known of a second already."""
    gone_at: datetime | None = None
    """The record had left the org at that moment, and has come back since."""
    left: R | None = None
    """As it was then; None where nobody knows."""

    def party_of(self, user: RecordId | None) -> RecordId | None:
        """Whose holdings a user's are: the partner firm's, or the user's own where our own people have roles."""
        return self.firm_of(user) or (user if self.role_of(user) else None)

    @property
    def actor(self) -> RecordId | None:
        """Who saved the version in which the change was seen."""
        return self.after.changed_by if self.after else None

    @property
    def person(self) -> RecordId | None:
        """Who acted; None when our own later write is all that the record still tells."""
        return None if self.actor == self.ours else self.actor

    def when(self, stamp: datetime | None) -> When:
        """The org's own stamp if it lies inside this change, else the interval that is certain (law 1).

        A long transaction's stamps may lie before `seen_before`; no save of a locked record comes between.
        """
        if self.after is not None and self._as_it_went(stamp):
            return at(self.after.changed_at)
        if self.after is not None and stamp is not None:
            inside = self.before is None or stamp >= self.before.stamp
            if inside and stamp <= self.after.changed_at:
                return at(stamp, TimeSource.STAMPED)
        return self.sometime

    @property
    def came_back(self) -> When:
        """When it came out of the recycle bin: on its last save, unless another owner had it by then already."""
        since = getattr(self.after, "owner_since", None)
        if self.after is None or self.gone_at is None or since is None or since <= self.gone_at:
            return self.when(None)
        return between(self.gone_at, min(since, self.after.changed_at))

    def _as_it_went(self, stamp: datetime | None) -> bool:
        """An undeleted record still bears the stamps from before: what it shows holds anew since it came back."""
        return self.gone_at is not None and (stamp is None or stamp <= self.gone_at)

    @property
    def created(self) -> When:
        """When a new record came to be. Created before the mirror was complete, yet unseen then: backdated.

        A backdated record earns no priority from its date (law 1).
        """
        if self.after is None or self.after.created_at < self.seen_before:
            return self.sometime
        return at(self.after.created_at, TimeSource.STAMPED)

    @property
    def sometime(self) -> When:
        """The interval that is certain: since the record was last seen, until it was last saved."""
        if self.after is None:
            return between(self.seen_before, self.seen_before)
        return between(self._floor, self.after.changed_at)

    @property
    def fresh(self) -> bool:
        return self.before is None

    @property
    def _floor(self) -> datetime:
        return max(self.seen_before, self.before.stamp) if self.before else self.seen_before
