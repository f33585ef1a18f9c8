"""How leads are kept in warehouses (R4.1 to R4.10): roles, tracks, grants, entry, public pools, transfer-in.

The names are those of the YAML file. A warehouse is what one person, or one firm, holds: its holdings are the
claims of the docket, so that there is one account of who has what.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from connector.canonical.model import Model


class May(StrEnum):
    """What a role may do (R4.3)."""

    ENTER = "enter"  # put a new lead into the own warehouse
    APPLY = "apply"  # ask for a lead of a public pool (transfer-in)
    SELL = "sell"  # convert a lead
    TRANSFER = "transfer"  # pass a lead on to another holder
    APPROVE = "approve"  # rule on applications for transfer-in
    OPEN_ACCOUNTS = "open_accounts"  # open and close sales accounts of agents
    SET_ZONES = "set_zones"  # say which zone such an account works in


class Sees(StrEnum):
    """Whose leads, notes and contact volume a role sees; each word takes in the ones before it."""

    OWN = "own"
    SUBORDINATES = "subordinates"  # who reports to the user, at any remove; for a firm's role, its users
    ZONE = "zone"  # everybody who works in the user's zone
    ALL = "all"


class Counted(StrEnum):
    """Whose holdings fill one warehouse."""

    PERSON = "person"
    FIRM = "firm"  # all users of the firm with that role together


class Role(Model):
    """One row of the role table. `warehouse` is how many leads it holds; None: the role has no warehouse."""

    warehouse: int | None = None
    per: Counted = Counted.PERSON
    may: frozenset[May] = frozenset()
    sees: Sees = Sees.OWN


class Track(Model):
    """New business or renewal (R4.4): its holdings are counted apart, by limits and a duty of its own."""

    warehouse: Mapping[str, int] = {}  # role: its limit on this track; a role not named keeps that of its row
    work_within: timedelta | None = None  # None: the programme's own `worked_lead`


class Grant(Model):
    """A right beyond the role table, inside a scope and until a day (R4.5: 可增设范围内权限)."""

    role: str = ""
    person: str = ""
    zones: tuple[str, ...] = ()  # empty: everywhere
    may: frozenset[May] = frozenset()
    warehouse: int | None = None  # the limit instead of the role's
    since: date | None = None
    until: date | None = None  # its last day


class Held(StrEnum):
    """What follows a lack or a fault in what was entered."""

    REJECT = "reject"
    HOLD = "hold"  # kept, but on hold until it is put right; meanwhile it stands in nobody's way
    NOTE = "note"


class EntryTerms(Model):
    """What has to be known and confirmed before a lead is entered or transferred in (R4.6)."""

    needs: tuple[str, ...] = ()
    missing: Held = Held.HOLD
    not_valid: Held = Held.HOLD  # a number or address that cannot be real, or is the partner's own
    confirmed: bool = False  # who confirmed it with the customer, and when, has to be named
    confirmed_within: timedelta | None = None  # a confirmation may be this old


class Follows(StrEnum):
    """What follows a duplicate."""

    REJECT = "reject"
    REVIEW = "review"
    FLAG = "flag"
    IGNORE = "ignore"


class Duplicates(Model):
    """The same customer, found by name, landline or fax, somewhere else (R4.7, R4.10)."""

    in_a_warehouse: Follows = Follows.REVIEW
    perhaps: Follows = Follows.REVIEW  # may be the same customer
    in_the_wrong_pool: Follows = Follows.REJECT
    in_its_own_pool: Follows = Follows.FLAG
    refused_to: str = ""  # queue to which a refused entry goes


class By(StrEnum):
    """How a lead comes out of a public pool."""

    APPLICATION = "application"
    CLAIM = "claim"  # first come, first served


class TransferIn(Model):
    """How a lead leaves a public pool (R4.10)."""

    by: By = By.CLAIM
    approved_by: tuple[str, ...] = ()  # roles; empty: a clean application needs nobody


class Cause(StrEnum):
    """Why a holding is ruled to have been wrong from the start (R4.8, R4.9, law 7)."""

    ILLEGAL_ENTRY = "illegal_entry"
    ILLEGAL_TRANSFER_IN = "illegal_transfer_in"
    FAKE_CONTACT = "fake_contact"


class WarehousePolicy(Model):
    """The warehouse half of a policy file."""

    roles: Mapping[str, Role] = {}
    tracks: Mapping[str, Track] = {}
    grants: tuple[Grant, ...] = ()
    entry: EntryTerms = EntryTerms()
    duplicates: Duplicates = Duplicates()
    zones: Mapping[str, tuple[str, ...]] = {}  # zone: its provinces and cities
    public_pools: Mapping[str, str] = {}  # developer name of a queue: its zone
    transfer_in: TransferIn = TransferIn()
    transfer_keeps_work_by: bool = True  # a transfer does not restart the duty to work the lead
    automatic: frozenset[Cause] = frozenset()  # for the other causes a person rules
