"""Companies that do not exist: a name, an address, telephone, fax and web address of their own each."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from anyascii import anyascii

from connector.practice.seed.places import Place, read_data

INDUSTRIES = (
    "Manufacturing",
    "Machinery",
    "Electronics",
    "Food & Beverage",
    "Healthcare",
    "Transportation",
    "Utilities",
    "Engineering",
    "Chemicals",
    "Construction",
)
_BRANDS = read_data("brands.yaml")
_HEADS, _MIDS, _TAILS = (tuple(map(str, _BRANDS[part])) for part in ("heads", "mids", "tails"))
_HAN = str(_BRANDS["han"])

# Numbers by what the company is there for: apart from each other in number and, for a while, in brand.
LEAD_SERIAL = 100_000
DEAL_SERIAL = 2_001_000
FILING_SERIAL = 3_007_000
STORY_SERIAL = 4_020_000


@dataclass(frozen=True, kw_only=True)
class Company:
    """One customer to be."""

    name: str
    place: Place
    serial: int
    address: dict[str, str]
    phone: str
    fax: str
    website: str
    domain: str
    industry: str
    employees: int

    @property
    def city(self) -> str:
        return self.address["City"]

    def billing(self) -> dict[str, Any]:
        """The fields of an Account."""
        return {
            "Name": self.name,
            **{f"Billing{key}": value for key, value in self.address.items()},
            "Phone": self.phone,
            "Fax": self.fax,
            "Website": self.website,
            "Industry": self.industry,
            "NumberOfEmployees": self.employees,
            "CurrencyIsoCode": self.place.currency,
        }


def _latin_brand(serial: int) -> str:
    total = len(_HEADS) * len(_MIDS) * len(_TAILS)
    rest, head = divmod((serial * 7_919 + 11) % total, len(_HEADS))
    tail, mid = divmod(rest, len(_MIDS))
    return f"{_HEADS[head]}{_MIDS[mid]}{_TAILS[tail]}"


def _han_brand(serial: int) -> str:
    size = len(_HAN)
    rest, first = divmod((serial * 50_021 + 7) % size**3, size)
    third, second = divmod(rest, size)
    return _HAN[first] + _HAN[second] + _HAN[third]


def _ascii(words: str) -> str:
    return "".join(c for c in anyascii(words).lower() if c.isalnum())[:14]


def company(
    rng: random.Random, place: Place, serial: int, *, name: str | None = None, city: str | None = None
) -> Company:
    """The company of that number; numbers of one country never share telephone or domain.

    Brands repeat after some 30,000 numbers (Latin) or 117,000 (Han), as they do in life.
    """
    drawn = rng.choice(place.cities)
    brand = _han_brand(serial) if place.language.startswith("zh") else _latin_brand(serial)
    city = city or drawn
    made = place.firm.format(
        brand=brand, trade=rng.choice(place.trades), form=rng.choice(place.forms), city=city
    )
    words = name.split("(")[0] if name else brand
    label = words.lower() if words.isascii() and words.isalnum() else _ascii(words)
    domain = f"{label}-{place.tld.replace('.', '-')}{serial}.example"
    return Company(
        name=name or made,
        place=place,
        serial=serial,
        address=place.address(rng, city),
        phone=place.phone(city, serial),
        fax=place.phone(city, serial, 1),
        website=f"https://www.{domain}",
        domain=domain,
        industry=rng.choice(INDUSTRIES),
        employees=rng.choice((12, 25, 40, 80, 150, 320, 700, 1500, 4200)),
    )


def email(first: str, last: str, firm: Company) -> str:
    """An address at the company's own domain."""
    return f"{_local_part(first, last)}@{firm.domain}"[:80]


@cache
def _local_part(first: str, last: str) -> str:
    """A name as a mail address has it; the names of all countries are a few hundred pairs each."""
    return "".join(c if c.isalnum() else "." for c in anyascii(f"{first}.{last}").lower()).strip(".")
