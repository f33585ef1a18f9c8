"""The warehouse keys of a policy file: which there are, what may stand there, what they mean (R4.1 to R4.10)."""

from collections.abc import Mapping
from typing import Any

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.paths import paths_of
from connector.canonical.records import Lead
from connector.canonical.shape import (
    Key,
    ListOf,
    OneOf,
    Reading,
    Schema,
    Section,
    Shape,
    TableOf,
    Word,
    listed,
)
from connector.policy import words
from connector.policy.warehouse import (
    By,
    Cause,
    Counted,
    Duplicates,
    EntryTerms,
    Follows,
    Grant,
    Held,
    May,
    Role,
    Sees,
    Track,
    TransferIn,
    WarehousePolicy,
)


def _one_of(enum: Any) -> OneOf[Any]:
    return OneOf({each.value: each for each in enum})


class _Limit(Shape[int]):
    """A number of leads, or `none`; None is no legitimate value of a shape, so that -1 stands for it here."""

    NONE = -1
    _word = Word(words.whole, "a number of leads, or none", {"type": ["integer", "string"], "minimum": 0})

    def read(self, node: Node, reading: Reading) -> int | None:
        if isinstance(node, Scalar) and node.text == "none":
            return self.NONE
        return self._word.read(node, reading)

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "none"}]}


def _role(*, warehouse: int, may: tuple[May, ...] = (), **rest: Any) -> Role:
    return Role(warehouse=None if warehouse < 0 else warehouse, may=frozenset(may), **rest)


MAY = ListOf(_one_of(May))

ROLE = Section(
    {
        "warehouse": Key(_Limit(), "how many leads it holds, or none", required=True),
        "per": Key(_one_of(Counted), "whose holdings fill it: those of the person, or of the whole firm"),
        "may": Key(MAY, "what the role may do"),
        "sees": Key(_one_of(Sees), "whose leads, notes and contact volume it sees"),
    },
    _role,
)

TRACK = Section(
    {
        "warehouse": Key(TableOf(words.WHOLE), "role: how many leads of this track it holds"),
        "work_within": Key(words.SPAN, "a lead of this track has to be worked in this time"),
    },
    Track,
)


def _grant(*, may: tuple[May, ...] = (), **rest: Any) -> Grant:
    return Grant(may=frozenset(may), **rest)


GRANT = Section(
    {
        "role": Key(words.TEXT, "for everybody with this role"),
        "person": Key(words.TEXT, "for this person, by name"),
        "zones": Key(ListOf(words.TEXT), "only for customers of these zones"),
        "may": Key(MAY, "what may be done beyond the role's row"),
        "warehouse": Key(words.WHOLE, "the limit instead of the role's"),
        "from": Key(words.DAY, "its first day", into="since"),
        "until": Key(words.DAY, "its last day"),
    },
    _grant,
)

ENTRY_ITEMS = tuple(
    path for path in paths_of(Lead) if path.startswith("identity.") or path in ("licence_name", "track")
)

ENTRY = Section(
    {
        "needs": Key(
            ListOf(OneOf({name: name for name in ENTRY_ITEMS})),
            "what has to be known of the customer: words of the lead's `read:`",
        ),
        "missing": Key(_one_of(Held), "what follows a lack"),
        "not_valid": Key(_one_of(Held), "a number or address that cannot be real, or is the partner's own"),
        "confirmed": Key(words.TRUTH, "who confirmed it with the customer, and when, has to be named"),
        "confirmed_within": Key(words.SPAN, "how old the confirmation may be"),
    },
    EntryTerms,
)

DUPLICATES = Section(
    {
        "in_a_warehouse": Key(_one_of(Follows), "somebody else holds this customer: hand it over"),
        "perhaps": Key(_one_of(Follows), "somebody else holds what may be this customer"),
        "in_the_wrong_pool": Key(_one_of(Follows), "it lies in the public pool of another zone"),
        "in_its_own_pool": Key(_one_of(Follows), "it lies in the public pool of its own zone"),
        "refused_to": Key(words.TEXT, "developer name of the queue to which a refused entry goes"),
    },
    Duplicates,
)

TRANSFER_IN = Section(
    {
        "by": Key(_one_of(By), "how a lead comes out of a public pool"),
        "approved_by": Key(ListOf(words.TEXT), "the roles that approve an application"),
    },
    TransferIn,
)

KEYS: Mapping[str, Key[Any]] = {
    "roles": Key(TableOf(ROLE), "who has a warehouse, what each may do, whose leads each sees"),
    "tracks": Key(
        TableOf(TRACK, names=("new", "renewal")), "new business and renewal, each with limits of its own"
    ),
    "grants": Key(ListOf(GRANT), "rights beyond the role table, inside a scope and until a day"),
    "entry": Key(ENTRY, "what is needed before entry and before transfer-in"),
    "duplicates": Key(DUPLICATES, "the same customer somewhere else"),
    "zones": Key(TableOf(ListOf(words.TEXT)), "zone: its provinces and cities"),
    "public_pools": Key(TableOf(words.TEXT), "queue of a public pool: its zone"),
    "transfer_in": Key(TRANSFER_IN, "how a lead comes out of a public pool"),
    "transfer_keeps_work_by": Key(words.TRUTH, "a transfer does not restart the duty to work the lead"),
    "automatic": Key(ListOf(_one_of(Cause)), "causes for which a holding is undone without asking a person"),
}


def warehouse(automatic: tuple[Cause, ...] = (), **given: Any) -> WarehousePolicy:
    """The warehouse half from what stood under `KEYS`."""
    return WarehousePolicy(automatic=frozenset(automatic), **given)


def senseless(tree: Table, reading: Reading) -> None:
    """Record a fault for each role and zone that is named and not in its table."""
    roles, zones = _names(tree.get("roles")), _names(tree.get("zones"))
    for node in _values(tree.get("grants"), "role"):
        _known(node, roles, "a role of `roles`", reading)
    for node in _values(tree.get("transfer_in"), "approved_by"):
        _known(node, roles, "a role of `roles`", reading)
    for node in _values(tree.get("grants"), "zones"):
        _known(node, zones, "a zone of `zones`", reading)
    pools = tree.get("public_pools")
    for _, zone in pools.entries if isinstance(pools, Table) else ():
        if isinstance(zone, Scalar):
            _known(zone, zones, "a zone of `zones`", reading)
    tracks = tree.get("tracks")
    for _, track in tracks.entries if isinstance(tracks, Table) else ():
        limits = track.get("warehouse") if isinstance(track, Table) else None
        for key, _ in limits.entries if isinstance(limits, Table) else ():
            _known(key, roles, "a role of `roles`", reading)


def _names(node: Node | None) -> tuple[str, ...]:
    return tuple(key.text for key, _ in node.entries) if isinstance(node, Table) else ()


def _values(node: Node | None, key: str) -> list[Scalar]:
    """The scalars under one key, of one table or of each in a list."""
    rows = node.items if isinstance(node, Listing) else (node,)
    found = [row.get(key) for row in rows if isinstance(row, Table)]
    each = [item for one in found for item in (one.items if isinstance(one, Listing) else (one,))]
    return [item for item in each if isinstance(item, Scalar)]


def _known(node: Scalar, names: tuple[str, ...], what: str, reading: Reading) -> None:
    if node.text not in names:
        near = nearest(node.text, names)
        reading.fault(node, expected=f"{what}: {listed(names, near)}" if names else what, near=near)
