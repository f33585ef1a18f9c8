"""What a policy says of time: the protection window, extensions, decisions in time, appeals, silent deals."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import field_validator

from connector.canonical.model import Model
from connector.policy.choosing import Choice, Option
from connector.policy.duration import Duration
from connector.policy.varied import Varied


class Starts(StrEnum):
    """The event from which the protection window runs (R0.5, R1.4)."""

    SUBMITTED = "submitted"
    COMPLETED = "completed"
    APPROVED = "approved"
    PARTNER_NOTIFIED = "partner_notified"
    FIRST_VISIT = "first_visit"  # the partner's first activity on the deal after filing
    LAST_ACTIVITY = "last_activity"  # the partner's newest one: each moves the end


class Asker(StrEnum):
    """Who asks for something on a registration."""

    REGISTRANT = "registrant"  # the user who filed
    COLLEAGUE = "colleague"  # another user of the same firm
    DISTRIBUTOR = "distributor"  # a user of the distributor that filed for the firm
    CHANNEL_MANAGER = "channel_manager"  # one of our own people
    NOBODY = "nobody"  # the clock


class Answer(StrEnum):
    """What an admissible request gets."""

    GRANT = "grant"
    REVIEW = "review"
    REFUSE = "refuse"


PARTNERS = (Asker.REGISTRANT, Asker.COLLEAGUE, Asker.DISTRIBUTOR)


def _one_row(given: Any) -> Any:
    if isinstance(given, timedelta | Duration):
        return Choice[Duration](options=(Option[Duration](value=Duration.model_validate(given)),))
    return given


class Extension(Model):
    """When a window may be made longer (R1.4)."""

    times: int = 0
    by: Choice[Duration] = Choice[Duration]()
    activity_within: Duration | None = None  # the partner's, before the extension: the proof that it needs
    by_itself: Choice[bool] = Choice[bool]()  # at the window's end, unasked; without rows: yes
    asked_by: tuple[Asker, ...] = (*PARTNERS, Asker.CHANNEL_MANAGER)
    on_request: Choice[Answer] = Choice[Answer]()  # without rows: granted
    not_before: Duration | None = None  # before the window's end: no earlier may it be asked for
    late_by: Duration | None = None  # after the window's end: until then it may still be asked for

    @field_validator("by", mode="before")
    @classmethod
    def _one_length(cls, given: Any) -> Any:
        """One length for all is a choice of one row."""
        return _one_row(given)


class Renewal(Model):
    """A window that every activity of the partner renews, up to a hard end counted from its start (R1.4)."""

    by: Duration
    hard_end: Duration | None = None


class LastDay(StrEnum):
    """A day of the calendar or of the filing, with which a window ends."""

    CLOSE_BY = "close_by"  # the expected close, as the filing says it when the window opens; see `follows`
    END_OF_MONTH = "end_of_month"
    END_OF_QUARTER = "end_of_quarter"  # business quarters and years: `fiscal_year_starts`
    END_OF_YEAR = "end_of_year"


class Whichever(StrEnum):
    """Which of two ends is that of the window: the day's, or that of its length."""

    EARLIER = "earlier"
    LATER = "later"


class EndsWith(Model):
    """A window that ends with a day, or so long before or after it, where that is the earlier or later end (R1.4)."""

    day: LastDay
    plus: Duration | None = None  # so long after that day
    minus: Duration | None = None  # so long before its end
    whichever: Whichever = Whichever.EARLIER
    follows: bool = False  # a close moved later moves the end with it, as far as `lasts` reaches


class AfterWon(Model):
    """What becomes of the window, for the customer's other deals, once the registered one is won (R0.5)."""

    stays: bool = False
    lasts: Duration | None = None  # so long from the win on; None: to the window's own end


class Protection(Model):
    """The protection window (R0.5, R1.4). `lasts` without rows has no end; `none` protects nothing."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    covers: str = "deal"
    group_at_most: int = 200  # customers of one group; a larger one goes to a person (law 9)
    starts: Starts = Starts.APPROVED
    start_within: Duration | None = None  # a window still without its start lapses after this
    lasts: Choice[Duration] = Choice[Duration]()
    ends_with: EndsWith | None = None
    remind: tuple[Duration, ...] = ()
    extend: Extension = Extension()
    extend_rows: Varied[Extension] | None = (
        None  # where it depends on circumstances, the extension's own among them
    )
    renewed_by_activity: Renewal | None = None
    after_won: AfterWon = AfterWon()

    @field_validator("lasts", mode="before")
    @classmethod
    def _one_length(cls, given: Any) -> Any:
        """One length for all is a choice of one row."""
        return _one_row(given)


class Escalation(Model):
    """One step of the ladder (R1.12): how long after the filing came to a person, and who is called then."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}
    after: Duration
    to: str = ""
    when: object | None = None  # a `Condition`: only for filings of which it holds


class Deemed(StrEnum):
    """As what a filing counts that nobody has ruled."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Silence(Model):
    """What becomes of a filing that came to a person when nobody rules within this time (R1.12, R1.14)."""

    after: Duration
    then: Deemed


class Appeal(Model):
    """How often, how soon and by whom a rejection may be appealed, and which desk it goes to."""

    times: int = 0
    within: Duration | None = None
    asked_by: tuple[Asker, ...] = PARTNERS
    to: str = ""


class StaleDeals(Model):
    """After how much silence an open deal is flagged (R1.15)."""

    without_activity: Choice[Duration] = Choice[Duration]()
    activity_counts: bool = True
    stage_move_counts: bool = True
    registered_only: bool = False


class Earlier(StrEnum):
    """What a new version of a policy does to registrations filed under the one before (law 18)."""

    KEEP = "keep"  # they keep the version under which they were filed
    KEEP_APPROVED = "keep_approved"  # those approved before the change keep it, the others go by the new one
    NEW = "new"  # all go by the new one
