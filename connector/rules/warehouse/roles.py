"""The role table, read for one person on one day: rights, limit, and the grants beyond it (R4.3, R4.5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from connector.canonical.ids import RecordId
from connector.canonical.records import Person
from connector.policy.warehouse import Counted, Grant, May, Role, Sees, WarehousePolicy

PersonOf = Callable[[RecordId | None], Person | None]

NEW = "new"
_FURTHEST = 50  # managers asked upwards: a chain that is longer is a circle


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """What one person may do for a customer of one zone. `row` is None for a role that the table does not name."""

    role: str
    row: Role | None
    grants: tuple[Grant, ...]

    def may(self, act: May) -> bool:
        """Whether the role, or a grant, allows the act."""
        own = self.row is not None and act in self.row.may
        return own or any(act in grant.may for grant in self.grants)

    @property
    def per(self) -> Counted:
        return self.row.per if self.row else Counted.PERSON

    def limit(self, terms: WarehousePolicy, track: str) -> int | None:
        """How many leads of the track the warehouse holds; None: there is no warehouse."""
        granted = [grant.warehouse for grant in self.grants if grant.warehouse is not None]
        if granted:
            return max(granted)
        own = terms.tracks.get(track or NEW)
        named = own.warehouse.get(self.role) if own else None
        return named if named is not None else self.row.warehouse if self.row else None


def rights_of(person: Person | None, terms: WarehousePolicy, day: date, zone: str) -> Rights:
    """The row of a person's role with the grants that hold on `day` for a customer of `zone` ("" if unknown)."""
    role = person.role if person else ""
    name = person.name if person else ""
    grants = tuple(grant for grant in terms.grants if _meant(grant, role, name) and _holds(grant, day, zone))
    return Rights(role=role, row=terms.roles.get(role), grants=grants)


def _meant(grant: Grant, role: str, name: str) -> bool:
    named = grant.role or grant.person
    return bool(named) and grant.role in ("", role) and grant.person in ("", name)


def _holds(grant: Grant, day: date, zone: str) -> bool:
    begun = grant.since is None or grant.since <= day
    over = grant.until is not None and grant.until < day
    return begun and not over and (not grant.zones or zone in grant.zones)


def sees(viewer: Person, holder: Person, terms: WarehousePolicy, person_of: PersonOf) -> bool:
    """R4.2, R4.3: whether `viewer` sees the leads, notes and contact volume of `holder`.

    One's own always; beyond that by the role's `sees`. A role that the table does not name sees its own only.
    """
    if viewer.id == holder.id:
        return True
    row = terms.roles.get(viewer.role)
    if row is None or row.sees is Sees.OWN:
        return False
    if row.sees is Sees.ALL or _under(viewer, holder, row, person_of):
        return True
    return row.sees is Sees.ZONE and bool(viewer.zone) and viewer.zone == holder.zone


def _under(viewer: Person, holder: Person, row: Role, person_of: PersonOf) -> bool:
    """A firm's role sees the users of its firm; everybody sees those who report to them, at any remove."""
    if row.per is Counted.FIRM and viewer.firm is not None and viewer.firm == holder.firm:
        return True
    above: RecordId | None = holder.manager
    for _ in range(_FURTHEST):
        if above is None or above == viewer.id:
            break
        person = person_of(above)
        above = person.manager if person else None
    return above == viewer.id
