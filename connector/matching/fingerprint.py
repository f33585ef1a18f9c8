"""An identity in normal form, computed once per record and compared many times."""

from dataclasses import dataclass

from connector.matching import han, latin
from connector.matching.address import Address, read
from connector.matching.contacts import company_domain, phone_digits
from connector.matching.countries import country_code
from connector.matching.identity import Identity
from connector.matching.regions import NOWHERE, Place, leading_place, merged
from connector.matching.text import folded, has_han, romanised, squeezed


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint:
    """The normal form of one identity.

    `order` is a total order over contents, so that a pair is always compared the same way round.
    `full` is the name with nothing stripped: stripping regions or forms eats some brands.
    `lines` holds the digits of landline, fax and mobile alike.
    """

    order: str
    full: str
    han: han.HanName | None
    latin: latin.LatinName | None
    pinyin: str
    place: Place
    country: str
    lines: tuple[str, ...]
    domains: frozenset[str]
    address: Address
    duns: str


def fingerprint(identity: Identity) -> Fingerprint:
    """Normalise what a record says of itself. Pure: equal identities give equal fingerprints."""
    name = folded(identity.name)
    country = country_code(folded(identity.country)) if identity.country else ""
    chinese = han.split(name) if name and has_han(name) else None
    letters = latin.split(identity.name) if name and chinese is None else None
    place = chinese.place if chinese else NOWHERE
    if chinese and identity.city:
        place = merged(place, leading_place(folded(identity.city))[0])
    lines = dict.fromkeys(
        digits
        for text in (identity.phone, identity.fax, identity.mobile)
        if text and (digits := phone_digits(text, country))
    )
    return Fingerprint(
        order="\x1f".join(
            (
                *(name, identity.name, identity.country, identity.city, identity.street, identity.postcode),
                *(identity.phone, identity.fax, identity.mobile),
                *(identity.email, identity.website, identity.duns),
            )
        ),
        full=squeezed(name),
        han=chinese,
        latin=letters,
        pinyin=romanised(chinese.brand) if chinese else "",
        place=place,
        country=country,
        lines=tuple(lines),
        domains=company_domain(identity.email, identity.website),
        address=read(identity.street, identity.postcode, identity.city),
        duns=_duns(identity.duns),
    )


def _duns(text: str) -> str:
    """The nine digits of a D-U-N-S number; empty for a placeholder such as `-` or `000000000`."""
    digits = "".join(char for char in text if char in "0123456789").zfill(9)
    return digits if len(digits) == 9 and digits.strip("0") else ""
