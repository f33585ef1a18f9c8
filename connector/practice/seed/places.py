"""Countries: how people and firms there are called, written and rung up."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from ruamel.yaml import YAML

WEIGHTS: Mapping[str, int] = {
    "Germany": 22,
    "China": 18,
    "Spain": 16,
    "Denmark": 14,
    "United Kingdom": 7,
    "Austria": 6,
    "Switzerland": 6,
    "United States": 6,
    "Sweden": 3,
    "Mexico": 2,
}
_COUNTRIES = tuple(WEIGHTS)
_CUMULATED = tuple(accumulate(WEIGHTS.values()))
_LOCAL = 10_000_000  # telephone numbers inside one area
_LINES = (0, 4_150_000, 5_850_000)  # so far apart that the fax of one firm is no telephone of another


@dataclass(frozen=True, kw_only=True)
class Place:
    """One country."""

    name: str
    language: str
    locale: str
    zone: str
    currency: str
    pool: str
    prefix: str
    tld: str
    cities: tuple[str, ...]
    area: tuple[str, ...]
    postcode: tuple[str, ...]
    streets: tuple[str, ...]
    street: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    titles: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    firm: str

    def phone(self, city: str, serial: int, line: int = 0) -> str:
        """The number of a firm's `line` (0 landline, 1 fax, 2 mobile), shared by no other firm."""
        area = self.area[self.cities.index(city)]
        local = f"{((serial + _LINES[line]) * 7_368_787 + 1_234_567) % _LOCAL:07d}"
        return f"{self.prefix} {area} {local[:3]} {local[3:]}"

    def address(self, rng: random.Random, city: str) -> dict[str, str]:
        """`Street`, `City`, `PostalCode`, `Country`."""
        pattern = self.postcode[self.cities.index(city)]
        return {
            "Street": self.street.format(street=rng.choice(self.streets), number=rng.randint(1, 240)),
            "City": city,
            "PostalCode": "".join(str(rng.randint(0, 9)) if each == "#" else each for each in pattern),
            "Country": self.name,
        }


def read_data(name: str) -> dict[str, Any]:
    """One of the YAML tables beside the code."""
    text = files("connector.practice.seed").joinpath("data", name).read_text(encoding="utf-8")
    read: dict[str, Any] = YAML(typ="safe").load(text)
    return read


@cache
def places() -> Mapping[str, Place]:
    """Every country by name."""
    made = {}
    for name, row in read_data("places.yaml").items():
        given: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
        made[name] = Place(name=name, **given)
    return made


def any_place(rng: random.Random) -> Place:
    """A country, as often as the programme's customers live there."""
    return places()[rng.choices(_COUNTRIES, cum_weights=_CUMULATED)[0]]
