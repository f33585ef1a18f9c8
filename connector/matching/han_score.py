"""Two Chinese names against each other, part by part."""

from rapidfuzz.distance import Levenshtein

from connector.matching import weights
from connector.matching.fingerprint import Fingerprint
from connector.matching.frequencies import Frequencies
from connector.matching.han import HanName
from connector.matching.han_words import VAGUE
from connector.matching.identity import Contribution
from connector.matching.keys import KeyKind, key
from connector.matching.text import romanised

_BANK, _RURAL_BANK = ("银行",), ("农村商业银行",)


def name_contributions(
    first: HanName, second: HanName, a: Fingerprint, b: Fingerprint, frequencies: Frequencies
) -> list[Contribution]:
    """Brand and industry; the places are judged with the addresses."""
    if first.core == second.core:
        alone = a.place == b.place and not any(a.place[1:])
        rarity = frequencies.rarity(key(KeyKind.CORE, first.core))
        base = weights.BRAND_SAME if len(first.brand) > 1 else weights.BRAND_SAME_ONE_CHARACTER
        # Without any place a common core may be any of its bearers.
        weight = (base + weights.INDUSTRY_SAME) * (0.55 + 0.45 * rarity if alone else 0.75 + 0.25 * rarity)
        return [Contribution(field="name", weight=weight, note=f"same core '{first.core}'")]
    weight, note = _brand(first, second)
    found = [Contribution(field="name", weight=weight, note=note)]
    if weight > 0:
        weight, note = _industry(first, second)
        found.append(Contribution(field="industry", weight=weight, note=note))
    return found


def _brand(first: HanName, second: HanName) -> tuple[float, str]:
    one, two = first.brand, second.brand
    if one == two:
        if len(one) == 1:
            return weights.BRAND_SAME_ONE_CHARACTER, f"same brand '{one}', one character"
        return weights.BRAND_SAME, f"same brand '{one}'"
    against = f"brand '{one}' against '{two}'"
    short, long = sorted((one, two), key=len)
    if len(short) == len(long) >= 2 and Levenshtein.distance(one, two) == 1:
        if len(short) >= 3 and romanised(one) == romanised(two):
            return weights.BRAND_SOUNDS_ALIKE, against + ", sounds alike"
        if len(short) >= 5:
            return weights.BRAND_ONE_CHARACTER_OFF_LONG, against + ", one character in many"
        return weights.BRAND_DIFFERS, against + ", one character makes another firm"
    if len(short) >= 2 and _inside(short, long):
        return weights.BRAND_INSIDE, against + ", one inside the other"
    if len(short) >= 4 and Levenshtein.distance(one, two) == 1:
        return weights.BRAND_INSIDE, against + ", one character more"
    return weights.BRAND_DIFFERS, against


def _industry(first: HanName, second: HanName) -> tuple[float, str]:
    one, two = first.industry, second.industry
    if one == two:
        return weights.INDUSTRY_SAME, "same industry '" + "".join(one) + "'"
    note = f"industry '{''.join(one)}' against '{''.join(two)}'"
    only_one = [word for word in one if word not in two]
    only_two = [word for word in two if word not in one]
    if not only_one and not only_two:
        return weights.INDUSTRY_NEAR, note + ", other order"
    if first.brand_is_place and sorted((one, two)) == [_RURAL_BANK, _BANK]:
        return weights.RURAL_BANK, note
    if only_one and only_two:
        left, right = "".join(only_one), "".join(only_two)
        if left == right or _inside(*sorted((left, right), key=len)):
            return weights.INDUSTRY_NEAR, note
        if VAGUE.issuperset(only_one) and VAGUE.issuperset(only_two):
            return weights.INDUSTRY_VAGUE, note
        if set(left) & set(right) and len(one) == len(two) > 1:
            return 2 * weights.INDUSTRY_ONLY_ONE, note
        return weights.INDUSTRY_DIFFERS, note
    shared = len(one) - len(only_one)
    if shared and first.brand_is_place and second.brand_is_place:
        return weights.INDUSTRY_MORE_AFTER_PLACE, note
    return (weights.INDUSTRY_MORE if shared else weights.INDUSTRY_ONLY_ONE), note


def _inside(short: str, long: str) -> bool:
    """Whether the characters of `short` stand in `long`, in order."""
    rest = iter(long)
    return all(char in rest for char in short)
