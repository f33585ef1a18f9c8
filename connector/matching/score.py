"""The score of a pair: named weights that add up, and three bounds no sum may cross (law 9).

The bounds, in this order:
1. a shared line, domain or common key always reaches a person: the answer is at least `unsure`;
2. a shared line or domain alone never decides: without a name that agrees it is at most `unsure`;
   The two of line and street carry a name that is contained in the other;
3. `at_least` and `ask_a_person_from` of the policy cut the score into the three outcomes.
"""

from math import exp, log

from connector.matching import contact_score, han_score, latin_score, regions, weights
from connector.matching.fingerprint import Fingerprint
from connector.matching.frequencies import Frequencies
from connector.matching.identity import Comparison, Contribution, MatchPolicy, Outcome
from connector.matching.keys import KeyKind, identifying_keys, key, kind_of

_MARGIN = 1e-6
_ROUNDING = 1e-9  # sums in another order may differ by so much
_REACH_A_PERSON = frozenset({KeyKind.LINE, KeyKind.DOMAIN, KeyKind.DUNS})


def compare(a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy) -> Comparison:
    """Are these the same customer? Symmetric, and a function of its arguments alone (R1.2, R4.7, law 9)."""
    if b.order < a.order:
        a, b = b, a
    found = [Contribution(field="before any evidence", weight=weights.PRIOR, note="two records of a base")]
    name = _name(a, b, frequencies, policy)
    found += name
    found += contact_score.contributions(a, b, frequencies, policy)
    total = sum(each.weight for each in found)
    supported = _supported(name, found) or bool(a.duns and a.duns == b.duns)
    bound = _bound(a, b, total, supported=supported, frequencies=frequencies, policy=policy)
    if bound:
        found.append(bound)
        total += bound.weight
    score = _probability(total)
    return Comparison(outcome=_outcome(score, policy), score=score, contributions=tuple(found))


def alike(a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy) -> Comparison | None:
    """What `compare` says, or None where that is DIFFERENT.

    Most candidates share one weak key and nothing else: the best that they could still come to tells them apart
    before anything is explained.
    """
    if b.order < a.order:
        a, b = b, a
    if _apart(a, b, frequencies, policy):
        return None
    answer = compare(a, b, frequencies, policy)
    return None if answer.outcome is Outcome.DIFFERENT else answer


def _apart(a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy) -> bool:
    """Whether two names in letters stay below `ask_a_person_from` at their best, and share nothing more telling."""
    one, two = a.latin, b.latin
    if one is None or two is None or one.core == two.core or a.full == b.full:
        return False
    if (a.duns and b.duns) or contact_score.point_at_one(a, b):
        return False
    most = weights.PRIOR + contact_score.most(a, b) + _ROUNDING
    least = _log_odds(policy.ask_a_person_from)
    if most + weights.AGREEMENT[-1][1] < least:
        return True
    return most + latin_score.words(one, two, frequencies).weight < least


def _supported(name: list[Contribution], found: list[Contribution]) -> bool:
    """Whether the names agree enough for a SAME, alone or where line and street agree with them."""
    weight = sum(each.weight for each in name)
    if weight >= weights.NAME_SUPPORTS:
        return True
    beside = {each.field for each in found if each.weight > 0}
    return weight > 0 and {"phone or fax", "street"} <= beside


def _outcome(score: float, policy: MatchPolicy) -> Outcome:
    if score >= policy.at_least:
        return Outcome.SAME
    return Outcome.UNSURE if score >= policy.ask_a_person_from else Outcome.DIFFERENT


def _name(
    a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy
) -> list[Contribution]:
    if a.han and b.han:
        found = han_score.name_contributions(a.han, b.han, a, b, frequencies)
        found += _places(a, b)
        found += _branches(a.han.branch, b.han.branch, policy)
        return found
    if a.latin and b.latin:
        found = latin_score.name_contributions(
            a.latin, b.latin, homes=(a.country, b.country), frequencies=frequencies, policy=policy
        )
        found += _branches(a.latin.branch, b.latin.branch, policy)
        return found
    letters, pinyin = (a.latin, b.pinyin) if a.latin else (b.latin, a.pinyin)
    if (
        letters
        and len(pinyin) > 3
        and (letters.joined.startswith(pinyin) or any(word.text == pinyin for word in letters.words))
    ):
        return [Contribution(field="name", weight=weights.PINYIN_AGREES, note=f"brand reads '{pinyin}'")]
    return []


def _places(a: Fingerprint, b: Fingerprint) -> list[Contribution]:
    note = f"{regions.shown(a.place)} against {regions.shown(b.place)}"
    if a.han and b.han and regions.opposite(a.han.place, b.han.place):
        return [Contribution(field="region", weight=weights.PLACES_DIFFER, note=note)]
    if regions.opposite(a.place, b.place):
        return [Contribution(field="region", weight=weights.PLACES_DIFFER_BY_ADDRESS, note=note)]
    if regions.agree(a.place, b.place):
        return [Contribution(field="region", weight=weights.PLACES_AGREE, note=note)]
    return []


def _branches(one: str, two: str, policy: MatchPolicy) -> list[Contribution]:
    if one == two:
        return []
    note = f"'{one or 'the firm'}' against '{two or 'the firm'}'"
    if one and two:
        if _one_branch(*sorted((one, two), key=len)):
            return []
        weight = weights.BRANCHES_DIFFER if policy.branch == "same" else weights.BRANCH_AGAINST
        return [Contribution(field="branch", weight=weight, note=note)]
    weight = 0.0 if policy.branch == "same" else weights.BRANCH_AGAINST
    return [Contribution(field="branch", weight=weight, note=note)]


def _one_branch(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


def _bound(
    a: Fingerprint,
    b: Fingerprint,
    total: float,
    *,
    supported: bool,
    frequencies: Frequencies,
    policy: MatchPolicy,
) -> Contribution | None:
    ceiling = _log_odds(policy.at_least) - _MARGIN
    if total > ceiling and not supported:
        note = "a shared line, domain or address alone never decides"
        return Contribution(field="bound", weight=ceiling - total, note=note)
    floor = _log_odds(policy.ask_a_person_from) + _MARGIN
    if total >= floor:
        return None
    reason = _reason_to_ask(a, b, frequencies, policy)
    return Contribution(field="bound", weight=floor - total, note=reason) if reason else None


def _reason_to_ask(a: Fingerprint, b: Fingerprint, frequencies: Frequencies, policy: MatchPolicy) -> str:
    """Why a pair that looks different still goes to a person; empty when it need not."""
    for number in sorted({*identifying_keys(a)} & {*identifying_keys(b)}):
        kind = kind_of(number)
        if kind in _REACH_A_PERSON:
            return f"a shared {kind.name.lower()} always reaches a person"
        if frequencies.df(number) > policy.key_cap:
            return f"a shared {kind.name.lower()} is too common to search, so a doubt remains"
    if a.full and a.full == b.full and frequencies.df(key(KeyKind.FULL, a.full)) > policy.key_cap:
        return "the shared name is too common to search, so a doubt remains"
    return ""


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def _log_odds(probability: float) -> float:
    return log(probability / (1.0 - probability))
