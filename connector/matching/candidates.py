"""Who might be the same customer: rare shared keys count most, keys on too many records are not searched."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from heapq import nlargest
from math import log
from typing import Final, TypeVar

from connector.matching.fingerprint import Fingerprint
from connector.matching.keys import IDENTIFYING, KeyKind, keys, kind_of

P = TypeVar("P", int, str)

# Postings read for one look-up at most, rarest keys first; identifying keys are always read.
_READ_AT_MOST: Final = 1500
_TELLING: Final = 3  # times `top`: so many equals at the end are no evidence any more
_TRUST: Final = {
    KeyKind.FULL: 3.0,
    KeyKind.CORE: 2.0,
    KeyKind.JOINED: 1.6,
    KeyKind.LINE: 1.6,
    KeyKind.DUNS: 3.0,
}


class CandidateList(list[str]):
    """Candidate ids, best first, and the keys that were too common to search.

    `doubtful`: an identifying key was skipped, so whoever shares only that key is missing here, and
    "no match" may be at best *unsure* (law 9).
    """

    __slots__ = ("skipped",)

    def __init__(self, ids: Iterable[str] = (), *, skipped: tuple[int, ...] = ()) -> None:
        super().__init__(ids)
        self.skipped = skipped

    @property
    def doubtful(self) -> bool:
        return any(kind_of(number) in IDENTIFYING for number in self.skipped)


def candidates(
    fp: Fingerprint,
    postings: Callable[[Sequence[int]], Mapping[int, Sequence[P]]],
    df: Callable[[Sequence[int]], Mapping[int, int]],
    *,
    cap: int,
    top: int = 100,
    named: Callable[[Sequence[P]], Mapping[P, str]] | None = None,
) -> CandidateList:
    """The `top` records that share the rarest keys with `fp`.

    `df` answers on how many records each key stands (absent: none; beyond `cap` any number above it will do);
    `postings` answers those records, and `named` their ids where they are not ids themselves: only the best are
    asked for by name.
    """
    wanted = keys(fp)
    counts = df(wanted)
    skipped = tuple(number for number in wanted if counts.get(number, 0) > cap)
    usable = sorted(
        (number for number in wanted if 0 < counts.get(number, 0) <= cap),
        key=lambda number: (kind_of(number) not in IDENTIFYING, counts[number], number),
    )
    read: list[int] = []
    budget = _READ_AT_MOST
    for number in usable:
        budget -= counts[number]
        if budget < 0 and kind_of(number) not in IDENTIFYING and read:
            continue
        read.append(number)
    found = postings(read) if read else {}
    scores: defaultdict[P, float] = defaultdict(float)
    pointed: set[P] = set()
    for number in read:  # in one order, so that equal keys add up to equal sums
        worth = _TRUST.get(kind_of(number), 1.0) * log(1.0 + cap / max(1, counts.get(number, 1)))
        for each in found.get(number, ()):
            scores[each] += worth
        if kind_of(number) in IDENTIFYING:
            pointed.update(found.get(number, ()))
    reached = _reached(scores, pointed, top)
    ids = named(reached) if named else {each: str(each) for each in reached}
    return CandidateList(_best(scores, reached, ids)[:top], skipped=skipped)


def _reached(scores: Mapping[P, float], pointed: AbstractSet[P], top: int) -> list[P]:
    """Whoever scores at least as much as the last of the best.

    So many equals at the end that they say nothing (all share one weak key) are left out, as a key above the cap
    is: which of them came first would be chance. Whoever shares a key that points at one customer stays.
    """
    least = nlargest(top, scores.values())[-1] if len(scores) > top else 0.0
    reached = [each for each, score in scores.items() if score >= least]
    if len(reached) <= _TELLING * top:
        return reached
    return [each for each in reached if scores[each] > least or each in pointed]


def _best(scores: Mapping[P, float], reached: Iterable[P], ids: Mapping[P, str]) -> list[str]:
    """Ids by score; among equals the id decides, never the order in which they were indexed."""
    best: dict[str, float] = {}
    for each in reached:
        if each in ids:
            best[ids[each]] = max(scores[each], best.get(ids[each], 0.0))
    return [ident for ident, _ in sorted(best.items(), key=lambda item: (-item[1], item[0]))]
