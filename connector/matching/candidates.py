"""Who might be the same customer: rare shared keys count most, keys on too many records are not searched."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import Final

from connector.matching.fingerprint import Fingerprint
from connector.matching.keys import IDENTIFYING, KeyKind, keys, kind_of

# Postings read for one look-up at most, rarest keys first; identifying keys are always read.
_READ_AT_MOST: Final = 1500
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
    postings: Callable[[Sequence[int]], Mapping[int, Sequence[str]]],
    df: Callable[[Sequence[int]], Mapping[int, int]],
    *,
    cap: int,
    top: int = 100,
) -> CandidateList:
    """The `top` records that share the rarest keys with `fp`.

    `df` answers on how many records each key stands (absent: none); `postings` answers those records' ids.
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
    scores: defaultdict[str, float] = defaultdict(float)
    for number, ids in postings(read).items() if read else ():
        worth = _TRUST.get(kind_of(number), 1.0) * log(1.0 + cap / max(1, counts.get(number, 1)))
        for each in ids:
            scores[each] += worth
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:top]
    return CandidateList((each for each, _ in best), skipped=skipped)
