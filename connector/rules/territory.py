"""Whether a firm's territory holds a country: named itself, or through a region of the policy (R0.6, R3.9)."""

from collections.abc import Collection, Mapping


def covers(territory: Collection[str], country: str, regions: Mapping[str, Collection[str]]) -> bool:
    """A territory names countries and, by the policy's `regions`, whole regions of them."""
    held = {place.casefold() for place in territory}
    there = country.casefold()
    inside = (name.casefold() for name, own in regions.items() if there in {each.casefold() for each in own})
    return bool(there) and (there in held or any(name in held for name in inside))
