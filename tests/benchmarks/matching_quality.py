# ruff: noqa: T201 - a benchmark prints its table
"""How well the matcher tells customers apart, on the labelled pairs beside the checkout.

Run: `python -m tests.benchmarks.matching_quality [--misses]`. Figures are for the default policy: a pair
counts as found when the outcome is `same`; the second line of each set counts `unsure` as found, too.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from zlib import crc32

from connector.matching import (
    Comparison,
    Fingerprint,
    Frequencies,
    Identity,
    MatchPolicy,
    Outcome,
    compare,
    fingerprint,
    keys,
)
from tests.benchmarks.figures import Figure

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "matching"
POLICY = MatchPolicy()
FOLDS = 5


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One labelled pair and what the matcher said."""

    first: str
    second: str
    same: bool
    comparison: Comparison


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Precision, recall and F1 of one way to read the answers."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}"


def judged_pairs(file: str) -> list[Judged]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return [
            Judged(
                first=row["name1"],
                second=row["name2"],
                same=row["match"].casefold() == "true",
                comparison=compare(
                    fingerprint(Identity(name=row["name1"])),
                    fingerprint(Identity(name=row["name2"])),
                    Frequencies.EMPTY,
                    POLICY,
                ),
            )
            for row in csv.DictReader(lines)
        ]


def quality(pairs: Iterable[Judged], found_from: float = POLICY.at_least) -> Quality:
    pairs = list(pairs)
    found = [pair for pair in pairs if pair.comparison.score >= found_from]
    right = sum(pair.same for pair in found)
    return Quality(
        precision=right / len(found) if found else 1.0,
        recall=right / max(1, sum(pair.same for pair in pairs)),
    )


def best_threshold(pairs: Iterable[Judged]) -> float:
    """The score that gives the best F1 on `pairs`."""
    pairs = list(pairs)
    return max({pair.comparison.score for pair in pairs}, key=lambda score: quality(pairs, score).f1)


def recall_at_precision(pairs: Iterable[Judged], precision: float) -> float:
    pairs = list(pairs)
    curve = (quality(pairs, score) for score in {pair.comparison.score for pair in pairs})
    return max((point.recall for point in curve if point.precision >= precision), default=0.0)


def folds(pairs: Iterable[Judged]) -> Iterator[tuple[list[Judged], list[Judged]]]:
    """(kept for choosing, left out) splits; equal names stay on one side."""
    pairs = list(pairs)
    for fold in range(FOLDS):
        out = [pair for pair in pairs if crc32(min(pair.first, pair.second).encode()) % FOLDS == fold]
        yield [pair for pair in pairs if pair not in out], out


def left_out(pairs: Iterable[Judged]) -> Quality:
    """Quality on held-out folds at the threshold chosen on the other folds."""
    right = found = wanted = 0
    for kept, out in folds(pairs):
        threshold = best_threshold(kept)
        hits = [pair for pair in out if pair.comparison.score >= threshold]
        right += sum(pair.same for pair in hits)
        found += len(hits)
        wanted += sum(pair.same for pair in out)
    return Quality(precision=right / max(1, found), recall=right / max(1, wanted))


def sites() -> tuple[list[tuple[str, Fingerprint]], Frequencies]:
    """(true id, fingerprint) of every site, and the frequency table of this base."""
    with (DATA / "sites_with_true_ids.csv").open(encoding="utf-8", newline="") as lines:
        rows = [
            (
                row["True Id"],
                fingerprint(
                    Identity(
                        name=" ".join(row["Site name"].split()),
                        street=row["Address"],
                        postcode=row["Zip"],
                        phone=row["Phone"],
                        fax=row["Fax"],
                        email=row["Email Address"],
                        website=row["Website"],
                    )
                ),
            )
            for row in csv.DictReader(lines)
        ]
    return rows, Frequencies.build(keys(each) for _, each in rows)


def site_quality() -> dict[str, Quality]:
    """Pairwise quality over every pair that shares a key; pairs that share none count as missed."""
    rows, frequencies = sites()
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, (_, each) in enumerate(rows):
        for key in keys(each):
            holders[key].append(number)
    pairs = {pair for numbers in holders.values() if len(numbers) <= 300 for pair in combinations(numbers, 2)}
    sizes: defaultdict[str, int] = defaultdict(int)
    for true_id, _ in rows:
        sizes[true_id] += 1
    wanted = sum(size * (size - 1) // 2 for size in sizes.values())
    tally = {Outcome.SAME: [0, 0], Outcome.UNSURE: [0, 0], Outcome.DIFFERENT: [0, 0]}
    for one, two in pairs:
        outcome = compare(rows[one][1], rows[two][1], frequencies, POLICY).outcome
        tally[outcome][0] += rows[one][0] == rows[two][0]
        tally[outcome][1] += 1
    right, found = tally[Outcome.SAME]
    asked = [a + b for a, b in zip(tally[Outcome.SAME], tally[Outcome.UNSURE], strict=True)]
    return {
        "same": Quality(precision=right / max(1, found), recall=right / wanted),
        "same or unsure": Quality(precision=asked[0] / max(1, asked[1]), recall=asked[0] / wanted),
        "sharing a key": Quality(
            precision=sum(each[0] for each in tally.values()) / max(1, len(pairs)),
            recall=sum(each[0] for each in tally.values()) / wanted,
        ),
    }


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`; none where the labelled pairs are not beside the checkout."""
    if not DATA.is_dir():
        return [Figure(measure="matching: skipped", figure=0, unit="", note=f"no labelled pairs in {DATA}")]
    found: list[Figure] = []
    for title, file in (
        ("Chinese names", "zh_company_pairs.csv"),
        ("organisation names", "company_pairs.csv"),
    ):
        same = quality(judged_pairs(file))
        found += _quality_figures(title, same)
    return found + _quality_figures("sites with true ids", site_quality()["same"])


def _quality_figures(title: str, of: Quality) -> list[Figure]:
    return [
        Figure(measure=f"matching, {title}: {name}", figure=value, unit="")
        for name, value in (("precision", of.precision), ("recall", of.recall))
    ]


def main() -> None:
    for title, file in (
        ("Chinese names", "zh_company_pairs.csv"),
        ("organisation names", "company_pairs.csv"),
    ):
        pairs = judged_pairs(file)
        print(f"{title}: {len(pairs)} pairs, {sum(pair.same for pair in pairs)} the same")
        print(f"  same            {quality(pairs)}")
        print(f"  same or unsure  {quality(pairs, POLICY.ask_a_person_from)}")
        best = best_threshold(pairs)
        print(f"  best threshold  {quality(pairs, best)}  at {best:.3f}")
        print(f"  left-out folds  {left_out(pairs)}")
        print(f"  recall at precision 0.98: {recall_at_precision(pairs, 0.98):.3f}")
        if "--misses" in sys.argv:
            for pair in pairs:
                if pair.same != (pair.comparison.outcome is Outcome.SAME):
                    print(f"    {'same' if pair.same else 'not '} {pair.first} | {pair.second}")
                    print("     ", pair.comparison.explain().replace("\n", "\n      "))
    print("sites with true ids, pairwise")
    for reading, figures in site_quality().items():
        print(f"  {reading:15} {figures}")


if __name__ == "__main__":
    main()
