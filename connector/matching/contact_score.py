"""Everything but the name: lines, domains, D-U-N-S number, address."""

from rapidfuzz import fuzz

from connector.matching import weights
from connector.matching.contacts import phone_tail, same_line
from connector.matching.fingerprint import Fingerprint
from connector.matching.frequencies import Frequencies
from connector.matching.identity import Contribution, MatchPolicy
from connector.matching.keys import KeyKind, key

_STREET_ALIKE = 85.0


def contributions(
    a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy
) -> list[Contribution]:
    """One contribution for each kind of evidence that both records carry."""
    found: list[Contribution] = []
    if a.duns and b.duns:
        if a.duns == b.duns:
            found.append(Contribution(field="duns", weight=weights.DUNS_SAME, note=a.duns))
        else:
            group = policy.subsidiary == "same"
            weight = weights.DUNS_DIFFER_IN_GROUP if group else weights.DUNS_DIFFER
            found.append(Contribution(field="duns", weight=weight, note=f"{a.duns} against {b.duns}"))
    if a.lines and b.lines:
        found.append(_lines(a, b, frequencies))
    if a.domains and b.domains:
        found.append(_domains(a, b, frequencies))
    if a.country and b.country and a.country != b.country and policy.subsidiary == "different":
        note = f"{a.country} against {b.country}"
        found.append(Contribution(field="country", weight=weights.COUNTRY_FIELDS_DIFFER, note=note))
    found += _address(a, b)
    return found


def point_at_one(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether a line or a domain of one is also the other's."""
    return not a.domains.isdisjoint(b.domains) or any(
        line == other or same_line(line, other) for line in a.lines for other in b.lines
    )


def most(a: Fingerprint, b: Fingerprint) -> float:
    """No less than what `contributions` add up to, for two records that share no line, domain or D-U-N-S number."""
    one, two = a.address, b.address
    total = 0.0
    if a.lines and b.lines:
        total += weights.LINES_DIFFER
    if a.domains and b.domains:
        total += weights.DOMAINS_DIFFER
    if one.street and two.street and one.number and two.number:
        total += weights.STREET_SAME if one.number == two.number else weights.STREETS_DIFFER
    if one.postcode and two.postcode:
        total += weights.POSTCODE_SAME if one.postcode == two.postcode else weights.POSTCODES_DIFFER
    if one.city and two.city:
        total += weights.CITY_SAME if _alike(one.city, two.city) else weights.CITIES_DIFFER
    return total


def _lines(a: Fingerprint, b: Fingerprint, frequencies: Frequencies) -> Contribution:
    shared = [line for line in a.lines if any(same_line(line, other) for other in b.lines)]
    if not shared:
        return Contribution(field="phone or fax", weight=weights.LINES_DIFFER, note="no number in common")
    tail = phone_tail(shared[0])
    rarity = frequencies.rarity(key(KeyKind.LINE, tail))
    return Contribution(
        field="phone or fax", weight=weights.LINE_SAME * (0.3 + 0.7 * rarity), note=f"both …{tail}"
    )


def _domains(a: Fingerprint, b: Fingerprint, frequencies: Frequencies) -> Contribution:
    shared = sorted(a.domains & b.domains)
    if shared:
        rarity = frequencies.rarity(key(KeyKind.DOMAIN, shared[0]))
        return Contribution(
            field="domain", weight=weights.DOMAIN_SAME * (0.3 + 0.7 * rarity), note=f"both {shared[0]}"
        )
    note = f"{', '.join(sorted(a.domains))} against {', '.join(sorted(b.domains))}"
    return Contribution(field="domain", weight=weights.DOMAINS_DIFFER, note=note)


def _address(a: Fingerprint, b: Fingerprint) -> list[Contribution]:
    one, two = a.address, b.address
    found: list[Contribution] = []
    if one.street and two.street and one.number and two.number:
        note = f"{one.street} {one.number} against {two.street} {two.number}"
        if one.number == two.number and _alike(one.street, two.street):
            found.append(Contribution(field="street", weight=weights.STREET_SAME, note=note))
        else:
            found.append(Contribution(field="street", weight=weights.STREETS_DIFFER, note=note))
    if one.postcode and two.postcode:
        same = one.postcode == two.postcode
        weight = weights.POSTCODE_SAME if same else weights.POSTCODES_DIFFER
        note = f"both {one.postcode}" if same else f"{one.postcode} against {two.postcode}"
        found.append(Contribution(field="post code", weight=weight, note=note))
    if one.city and two.city:
        same = _alike(one.city, two.city)
        weight = weights.CITY_SAME if same else weights.CITIES_DIFFER
        note = f"both {one.city}" if same else f"{one.city} against {two.city}"
        found.append(Contribution(field="city", weight=weight, note=note))
    return found


def _alike(one: str, two: str) -> bool:
    if one == two:
        return True
    short, long = sorted((one, two), key=len)
    return long.startswith(short + " ") or fuzz.ratio(one, two, score_cutoff=_STREET_ALIKE) > 0
