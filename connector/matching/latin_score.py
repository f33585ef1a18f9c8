"""Two names in letters against each other, word by word."""

import re
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from connector.matching import weights
from connector.matching.frequencies import Frequencies
from connector.matching.identity import Contribution, MatchPolicy
from connector.matching.keys import KeyKind, key
from connector.matching.latin import LatinName, Word

_KNOWN_BASE = 1000  # from so many records a table knows which spellings are words of their own
_KNOWN_WORD = 5
# One letter in a short word makes another surname (Meier, Maier) as often as it is a slip.
_ONE_EDIT = {3: 0.75, 4: 0.82, 5: 0.85, 6: 0.89}
_ABBREVIATED = 0.72  # `deli` for `delicatessen`: helps, and never decides by itself
_DOUBLED = re.compile(r"(.)\1")
_RARE_WORD = 3
_CARRIES = 0.7  # identifying weight a contained name needs: `Fuller` has it, `Academy` has not


def name_contributions(
    first: LatinName,
    second: LatinName,
    *,
    homes: tuple[str, str],
    frequencies: Frequencies,
    policy: MatchPolicy,
) -> list[Contribution]:
    """Words, numbers, countries and legal form; `homes` are the countries of the two addresses."""
    found = [words(first, second, frequencies)]
    if found[0].weight <= 0:
        return found
    numbers = _numbers(first, second)
    if numbers:
        found.append(numbers)
    countries = _countries(first, second, homes, policy)
    if countries:
        found.append(countries)
    if first.forms and second.forms and not first.forms & second.forms:
        note = f"{'/'.join(sorted(first.forms))} against {'/'.join(sorted(second.forms))}"
        found.append(Contribution(field="legal form", weight=weights.FORMS_DIFFER, note=note))
    return found


def words(first: LatinName, second: LatinName, frequencies: Frequencies) -> Contribution:
    """How far the words agree; whatever else is said of the names counts against them."""
    one = [word for word in first.words if word.kind not in "cn"]
    two = [word for word in second.words if word.kind not in "cn"]
    if not one or not two:  # a name of countries and numbers alone is judged by them
        one, two = list(first.words), list(second.words)
    shared = [word for word in one if word in two]
    one = [word for word in one if word not in shared]
    two = [word for word in two if word not in shared]
    total = sum(_info(word, frequencies) for word in shared)
    if not one and not two:
        same = _weighed(1.0, total, f"same core '{' '.join(word.text for word in first.words)}'")
        rarity = frequencies.rarity(key(KeyKind.CORE, first.core))
        return replace(same, weight=same.weight * (0.7 + 0.3 * rarity))
    left, right = "".join(word.text for word in one), "".join(word.text for word in two)
    if first.joined == second.joined or left == right:
        total += max(1.0, sum(_info(word, frequencies) for word in one))
        return _weighed(1.0, total, f"same letters '{first.joined}'")
    initials = _initials(first, second) or _initials(second, first)
    if initials:
        return Contribution(field="name", weight=weights.INITIALS_AGREE, note=f"initials '{initials}'")
    return _with_rest(shared, one, two, frequencies)


def _with_rest(
    shared: list[Word], one: list[Word], two: list[Word], frequencies: Frequencies
) -> Contribution:
    """The weight of words that are shared, words that are nearly shared, and what each side has alone."""
    gained, lost, near = _slips(one, two, frequencies)
    total = gained + sum(_info(word, frequencies) for word in shared)
    more_one = sum(_info(word, frequencies) for word in one)
    more_two = sum(_info(word, frequencies) for word in two)
    against = weights.ONE_SIDED * (more_one + more_two) + weights.BOTH_SIDED * min(more_one, more_two)
    agreement = total / (total + lost + against) if total else 0.0
    notes = [f"like {', '.join(near)}"] if near else []
    if one or two:
        notes.append(f"'{_text(one)}' against '{_text(two)}'")
    judged = _weighed(agreement, total, "; ".join(notes))
    if total < _CARRIES or (more_one and more_two):
        return judged
    inside = weights.CONTAINED_RARE if _rare(shared, frequencies) else weights.CONTAINED
    if judged.weight >= inside:
        return judged
    return Contribution(field="name", weight=inside, note=judged.note + ", one inside the other")


def _slips(one: list[Word], two: list[Word], frequencies: Frequencies) -> tuple[float, float, list[str]]:
    """(weight gained, weight lost, notes) of words that are nearly alike; they leave both lists."""
    gained = lost = 0.0
    near: list[str] = []
    for word in list(one):
        best = max(two, key=lambda other: (_likeness(word, other, frequencies), other.text), default=None)
        likeness = _likeness(word, best, frequencies) if best else 0.0
        if best and likeness:
            info = max(_info(word, frequencies), _info(best, frequencies))
            one.remove(word)
            two.remove(best)
            gained += likeness * info
            lost += (1 - likeness) * info
            near.append(f"'{word.text}' for '{best.text}'")
    return gained, lost, near


def _text(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


def _rare(shared: list[Word], frequencies: Frequencies) -> bool:
    """Whether some shared word is known, in a base of some size, to stand on hardly any record."""
    return frequencies.records >= _KNOWN_BASE and any(
        word.info >= 1.0 and frequencies.df(key(KeyKind.WORD, word.text)) <= _RARE_WORD for word in shared
    )


def _weighed(agreement: float, total: float, note: str) -> Contribution:
    weight = weights.AGREEMENT[-1][1]
    for (low, below), (high, above) in zip(weights.AGREEMENT, weights.AGREEMENT[1:], strict=False):
        if agreement <= high:
            weight = below + (above - below) * (agreement - low) / (high - low)
            break
    if weight > 0 and total < weights.ENOUGH:  # common words alone confirm little
        weight *= 0.4 + 0.6 * total / weights.ENOUGH
    return Contribution(field="name", weight=weight, note=note)


def _info(word: Word, frequencies: Frequencies) -> float:
    if word.kind != "w" or not frequencies.records:
        return word.info
    return word.info * (0.35 + 0.65 * frequencies.rarity(key(KeyKind.WORD, word.text)))


def _likeness(word: Word, other: Word, frequencies: Frequencies) -> float:
    """0 for another word; below 1 for what is probably a slip of the pen or an ending."""
    one, two = word.text, other.text
    short = min(len(one), len(two))
    if short < 3 or word.kind == "n" or other.kind == "n":
        return 0.0
    if short >= 4 and abs(len(one) - len(two)) > 2 and (one.startswith(two) or two.startswith(one)):
        return _ABBREVIATED
    edits = Levenshtein.distance(one, two, score_cutoff=2)
    if edits == 1:
        doubled = len(one) != len(two) and _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", two)
        likeness = 0.95 if doubled else _ONE_EDIT.get(short, 0.95)
    elif edits == 2 and short >= 8:
        likeness = 0.86 if short == 8 else 0.9
    else:
        return 0.0
    if frequencies.records >= _KNOWN_BASE and all(
        frequencies.df(key(KeyKind.WORD, text)) >= _KNOWN_WORD for text in (one, two)
    ):
        return 0.6  # both spellings are words that many firms carry
    return likeness


def _initials(short: LatinName, long: LatinName) -> str:
    """`ibm` for International Business Machines; never for two-letter names."""
    name = short.joined
    letters = "".join(word.text[0] for word in long.words if word.kind == "w")
    return name if len(name) >= 3 and name == letters and len(long.words) > len(short.words) else ""


def _numbers(first: LatinName, second: LatinName) -> Contribution | None:
    one = {word.text for word in first.words if word.kind == "n"}
    two = {word.text for word in second.words if word.kind == "n"}
    if one == two:
        return None
    weight = weights.NUMBERS_DIFFER if one - two and two - one else weights.NUMBER_MISSING
    return Contribution(field="number", weight=weight, note=f"{_said(one)} against {_said(two)}")


def _countries(
    first: LatinName, second: LatinName, homes: tuple[str, str], policy: MatchPolicy
) -> Contribution | None:
    one = {word.text for word in first.words if word.kind == "c"}
    two = {word.text for word in second.words if word.kind == "c"}
    if one == two:
        return None
    note = f"{_said(one)} against {_said(two)}"
    if one - two and two - one:
        return Contribution(field="country", weight=weights.COUNTRIES_DIFFER, note=note)
    missing = (one ^ two) - ({homes[1]} if one - two else {homes[0]})
    if not missing or policy.subsidiary == "same":
        return Contribution(field="country", weight=0.0, note=note)
    return Contribution(field="country", weight=weights.COUNTRY_MISSING, note=note)


def _said(values: set[str]) -> str:
    return ", ".join(sorted(values)) or "none"
