# ruff: noqa: T201 - a benchmark prints its table
"""How fast a customer is found among 100,000, while somebody else keeps writing.

Run: `python -m tests.benchmarks.match_lookup [--records 100000]`. A real SQLite file in WAL mode holds
`match_key(key, id)` and `match_df(key, records)`; a writer thread inserts throughout. Printed: time of
building, of a look-up (fingerprint and candidates), recall against planted variants, and the ratio against
`rapidfuzz.process.extract` over the same names in the same run.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from connector.matching import (
    Fingerprint,
    Frequencies,
    Identity,
    MatchPolicy,
    Outcome,
    candidates,
    compare,
    fingerprint,
    keys,
)

POLICY = MatchPolicy()
BATCH = 200
_HEADS_TEXT = """
ba be bo bra bri da del dor el far fen gar gla hal hel ister jan kal kor lam lin mar mel nor ol pal
per quin ral ros sal ster tal tor ul van ver wal wes yor zan
"""
_HEADS = _HEADS_TEXT.split()
_TAILS_TEXT = """
berg bridge burg co dale dan den dor field ford gard gen holm ia ix land len lin man mar mont na nia
on ora ra rix sen son stad tec ton tra um ville wick worth xis
"""
_TAILS = _TAILS_TEXT.split()
_TRADES_TEXT = """
Maschinenbau Logistics Software Solutions Engineering Systems Pharma Foods Energy Consulting Medical
Electronics Textil Bau Trading Automotive Optik Packaging Chemicals Robotics
"""
_TRADES = _TRADES_TEXT.split()
_FORMS = ["GmbH", "AG", "Ltd", "Inc.", "S.A.", "A/S", "SARL", "B.V.", "GmbH & Co. KG", "S.p.A.", "LLC"]
_TOWNS_TEXT = """
Hamburg Lyon Aarhus Madrid Leeds Turin Utrecht Boston Graz Malmö Porto Gent
"""
_TOWNS = _TOWNS_TEXT.split()
_STREETS_TEXT = """
Main Station Market Church Garden Mill Park Bridge Harbour Castle Forest River
"""
_STREETS = _STREETS_TEXT.split()
_REGIONS_TEXT = """
北京 上海 深圳市 广州 杭州 成都市 武汉 南京 苏州市 西安 青岛 厦门 江苏 浙江省 四川
"""
_REGIONS = _REGIONS_TEXT.split()
_CHARS = (
    "华中金天鑫宏瑞德海正信达兴恒盛隆泰康博远大新科创安元亿嘉凯润通联志成美丰源东方宇光明利永福顺昌立伟业"
)
_INDUSTRIES_TEXT = """
科技 电子 机械设备 信息技术 新材料 实业 投资 贸易 生物医药 新能源 建筑工程 物流 食品 环保科技
汽车零部件
"""
_INDUSTRIES = _INDUSTRIES_TEXT.split()


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One look-up's figures: seconds, and whether the planted original was among the answers."""

    seconds: float
    candidate: bool
    outcome: Outcome | None


def customers(count: int, rng: random.Random) -> Iterator[Identity]:
    """Synthetic customers, one in three Chinese."""
    for number in range(count):
        phone = f"{rng.randrange(20, 99)}{rng.randrange(10**7, 10**8)}"
        if number % 3 == 0:
            brand = "".join(rng.choice(_CHARS) for _ in range(rng.choice((2, 3, 3))))
            yield Identity(
                name=f"{rng.choice(_REGIONS)}{brand}{rng.choice(_INDUSTRIES)}有限公司",
                country="CN",
                phone="0" + phone,
                website=f"www.c{number}.com.cn" if number % 2 else "",
            )
            continue
        brand = (rng.choice(_HEADS) + rng.choice(_HEADS) + rng.choice(_TAILS)).title()
        second = f" {rng.choice(_HEADS).title()}{rng.choice(_TAILS)}" if number % 4 == 1 else ""
        yield Identity(
            name=f"{brand}{second} {rng.choice(_TRADES)} {rng.choice(_FORMS)}",
            city=rng.choice(_TOWNS),
            street=f"{rng.choice(_STREETS)} Street {rng.randrange(1, 300)}",
            postcode=str(rng.randrange(10000, 99999)),
            phone="+" + phone,
            website=f"https://www.{brand.casefold()}{number}.com" if number % 2 else "",
        )


def variant(original: Identity, rng: random.Random) -> Identity:
    """The same customer as another partner would type it."""
    name = original.name
    if "有限公司" in name:
        name = rng.choice(
            (
                name.replace("有限公司", "股份有限公司"),
                name.replace("有限公司", ""),
                name.replace("市", "").replace("省", ""),
                name.replace("有限公司", "有限责任公司"),
            )
        )
        return Identity(name=name, phone=original.phone if rng.random() < 0.5 else "")
    words = name.split()
    choice = rng.randrange(4)
    if choice == 0:  # a slip of the pen in the brand
        place = rng.randrange(2, len(words[0]) - 1)
        words[0] = words[0][:place] + rng.choice("aeiourst") + words[0][place + 1 :]
    elif choice == 1:
        words = [word for word in words if word not in " ".join(_FORMS).split()]
    elif choice == 2:
        words = [word.upper() for word in words]
    else:
        words[-1:] = ["Limited"]
    kept = rng.random()
    return Identity(
        name=" ".join(words),
        city=original.city,
        phone=original.phone if kept < 0.3 else "",
        street=original.street if kept > 0.6 else "",
        postcode=original.postcode if kept > 0.6 else "",
    )


class Index:
    """The two tables as the store keeps them, on one connection."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute("PRAGMA cache_size=-65536")

    def create(self) -> None:
        self.connection.execute(
            "CREATE TABLE match_key (key INTEGER, id TEXT, PRIMARY KEY (key, id)) WITHOUT ROWID"
        )
        self.connection.execute("CREATE TABLE match_df (key INTEGER PRIMARY KEY, records INTEGER NOT NULL)")

    def fill(self, rows: Sequence[tuple[int, str]]) -> None:
        with self.connection:
            self.connection.executemany("INSERT INTO match_key VALUES (?, ?)", sorted(rows))
            self.connection.executemany(
                "INSERT INTO match_df VALUES (?, ?)", sorted(Counter(key for key, _ in rows).items())
            )

    def add(self, ident: str, found: Sequence[int]) -> None:
        self.connection.executemany("INSERT INTO match_key VALUES (?, ?)", [(key, ident) for key in found])
        self.connection.executemany(
            "INSERT INTO match_df VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET records = records + 1",
            [(key,) for key in found],
        )

    def postings(self, wanted: Sequence[int]) -> Mapping[int, Sequence[str]]:
        found: dict[int, list[str]] = {}
        marks = ",".join("?" * len(wanted))
        rows = self.connection.execute(f"SELECT key, id FROM match_key WHERE key IN ({marks})", wanted)
        for key, ident in rows:
            found.setdefault(key, []).append(ident)
        return found

    def df(self, wanted: Sequence[int]) -> Mapping[int, int]:
        marks = ",".join("?" * len(wanted))
        return dict(
            self.connection.execute(f"SELECT key, records FROM match_df WHERE key IN ({marks})", wanted)
        )


def keep_writing(path: Path, stop: threading.Event, written: list[int], rng: random.Random) -> None:
    """What settle does meanwhile: small transactions of new customers, about 500 a second."""
    with closing(Index(path).connection) as connection:
        index = Index.__new__(Index)
        index.connection = connection
        fresh = customers(10**9, rng)
        while not stop.is_set():
            with connection:
                for _ in range(10):
                    written[0] += 1
                    index.add(f"new-{written[0]}", keys(fingerprint(next(fresh))))
            stop.wait(0.02)


def look_up(
    identity: Identity,
    original: str,
    index: Index,
    store: Callable[[str], Identity],
    frequencies: Frequencies,
) -> Lookup:
    """Fingerprint, candidates from SQLite, and the score of each candidate."""
    start = time.perf_counter()
    mine = fingerprint(identity)
    found = candidates(mine, index.postings, index.df, cap=POLICY.key_cap)
    seconds = time.perf_counter() - start
    outcome = None
    if original in found:
        outcome = compare(mine, fingerprint(store(original)), frequencies, POLICY).outcome
    return Lookup(seconds=seconds, candidate=original in found, outcome=outcome)


def naive(asked: Sequence[tuple[Identity, int]], base: Sequence[Identity]) -> tuple[float, float]:
    """(mean seconds, recall among 100) of comparing with every name there is."""
    names = [each.name.casefold() for each in base]
    seconds: list[float] = []
    hits = 0
    for each, number in asked:
        start = time.perf_counter()
        best = process.extract(each.name.casefold(), names, scorer=fuzz.token_sort_ratio, limit=100)
        seconds.append(time.perf_counter() - start)
        hits += any(place == number for _, _, place in best)
    return statistics.fmean(seconds), hits / len(seconds)


def pair_seconds(
    first: Fingerprint, second: Fingerprint, frequencies: Frequencies, rounds: int = 20_000
) -> float:
    start = time.perf_counter()
    for _ in range(rounds):
        compare(first, second, frequencies, POLICY)
    return (time.perf_counter() - start) / rounds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--lookups", type=int, default=2_000)
    chosen = options.parse_args()
    rng = random.Random(20261121)
    start = time.perf_counter()
    base = list(customers(chosen.records, rng))
    prints = [fingerprint(each) for each in base]
    made = time.perf_counter() - start
    rows = [(key, str(number)) for number, each in enumerate(prints) for key in keys(each)]
    frequencies = Frequencies.build(keys(each) for each in prints)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.sqlite"
        index = Index(path)
        index.create()
        start = time.perf_counter()
        index.fill(rows)
        built = time.perf_counter() - start
        stop, written = threading.Event(), [0]
        writer = threading.Thread(target=keep_writing, args=(path, stop, written, random.Random(7)))
        writer.start()
        planted = [rng.randrange(len(base)) for _ in range(chosen.lookups)]
        asked = [variant(base[number], rng) for number in planted]
        results = [
            look_up(each, str(number), index, lambda ident: base[int(ident)], frequencies)
            for each, number in zip(asked, planted, strict=True)
        ]
        slow, slow_recall = naive(list(zip(asked, planted, strict=True))[:40], base)
        stop.set()
        writer.join()
        index.connection.close()
        size = path.stat().st_size
    times = sorted(each.seconds for each in results)
    pair = pair_seconds(prints[0], prints[3], frequencies)
    found = sum(each.candidate for each in results) / len(results)
    known = sum(each.outcome in (Outcome.SAME, Outcome.UNSURE) for each in results) / len(results)
    same = sum(each.outcome is Outcome.SAME for each in results) / len(results)
    print(f"records {len(base):,}, {len(rows) / len(base):.1f} keys each, file {size / 1e6:.0f} MB")
    print(f"fingerprint of a synthetic customer, making it included: {made / len(base) * 1e6:.0f} µs")
    print(f"sorted build {len(base) / built:,.0f} records/s; written meanwhile {written[0]:,} records")
    print(
        f"look-up p50 {times[len(times) // 2] * 1e3:.2f} ms, p99 {times[int(len(times) * 0.99)] * 1e3:.2f} ms"
    )
    print(f"compare {pair * 1e6:.1f} µs a pair")
    print(f"recall of planted variants: candidates {found:.3f}, same or unsure {known:.3f}, same {same:.3f}")
    print(f"rapidfuzz.process.extract {slow * 1e3:.1f} ms (recall {slow_recall:.3f})")
    print(f"the index is {slow / statistics.fmean(times):.0f} times faster")


if __name__ == "__main__":
    main()
