"""A canonical identity in the matcher's words."""

from connector.canonical.records import Identity
from connector.matching import Identity as MatchIdentity

_FIELDS = (
    "name", "country", "city", "street", "postcode", "phone", "fax", "mobile", "email", "website", "duns",
)  # fmt: skip


def identity_of(identity: Identity) -> MatchIdentity:
    """The same identity as the matching room takes it."""
    return MatchIdentity(**{name: getattr(identity, name) for name in _FIELDS})
