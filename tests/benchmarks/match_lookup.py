"""How fast a customer is found among 100,000, while somebody else keeps writing.

Run: `python -m tests.benchmarks.match_lookup [--records 100000]`. The connector's own store holds the match index
in a SQLite file; a writer thread inserts throughout. Shown: time of building, of a look-up (fingerprint and
candidates), recall against planted variants, and the ratio against `rapidfuzz.process.extract` over the same
names in the same run.
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz, process

from connector.canonical.ids import OrgId
from connector.canonical.kind import Kind
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
from connector.ports.store import MatchIndex, Store
from connector.store import open_store
from tests.benchmarks.figures import Figure, show

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


def keep_writing(store: Store, stop: threading.Event, written: list[int], rng: random.Random) -> None:
    """What settle does meanwhile: small transactions of new customers, about 500 a second."""
    fresh = customers(10**9, rng)
    while not stop.is_set():
        with store.transaction() as tx:
            tx.matches.put([_row(f"new{written[0] + n}", fingerprint(next(fresh))) for n in range(10)])
        written[0] += 10
        stop.wait(0.02)


def _row(ident: str, of: Fingerprint) -> tuple[str, str, Sequence[int]]:
    return ident, Kind.LEAD.value, keys(of)


def look_up(
    identity: Identity,
    original: str,
    index: MatchIndex,
    store: Callable[[str], Identity],
    frequencies: Frequencies,
) -> Lookup:
    """Fingerprint, candidates from the store, and whether the original is among them."""
    start = time.perf_counter()
    mine = fingerprint(identity)
    counted = partial(index.frequencies, most=POLICY.key_cap)
    found = candidates(mine, index.numbers, counted, cap=POLICY.key_cap, named=index.named)
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


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything that one run measured; seconds."""

    records: int
    keys_each: float
    made: float
    built: float
    written: int
    times: tuple[float, ...]
    pair: float
    candidates: float
    known: float
    same: float
    naive: float
    naive_recall: float

    def quantile(self, part: float) -> float:
        return self.times[int(len(self.times) * part)]


def measure(records: int, lookups: int) -> Found:
    rng = random.Random(20261121)
    start = time.perf_counter()
    base = list(customers(records, rng))
    prints = [fingerprint(each) for each in base]
    made = (time.perf_counter() - start) / records
    rows = [_row(str(number), each) for number, each in enumerate(prints)]
    frequencies = Frequencies.build(row[2] for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/index.db", OrgId("00D000000000001EAA"))
        start = time.perf_counter()
        with store.transaction() as tx:
            tx.matches.load(rows)
        built = time.perf_counter() - start
        stop, written = threading.Event(), [0]
        writer = threading.Thread(target=keep_writing, args=(store, stop, written, random.Random(7)))
        writer.start()
        planted = [rng.randrange(records) for _ in range(lookups)]
        asked = [variant(base[number], rng) for number in planted]
        results = []
        for each, number in zip(asked, planted, strict=True):
            with store.reading() as view:  # a look-up sees what was committed before it
                results.append(
                    look_up(each, str(number), view.matches, lambda ident: base[int(ident)], frequencies)
                )
        slow, slow_recall = naive(list(zip(asked, planted, strict=True))[:40], base)
        stop.set()
        writer.join()
        store.close()
    return Found(
        records=records,
        keys_each=sum(len(row[2]) for row in rows) / records,
        made=made,
        built=built,
        written=written[0],
        times=tuple(sorted(each.seconds for each in results)),
        pair=pair_seconds(prints[0], prints[3], frequencies),
        candidates=statistics.fmean(each.candidate for each in results),
        known=statistics.fmean(each.outcome in (Outcome.SAME, Outcome.UNSURE) for each in results),
        same=statistics.fmean(each.outcome is Outcome.SAME for each in results),
        naive=slow,
        naive_recall=slow_recall,
    )


def figures(found: Found) -> list[Figure]:
    """Look-ups beside `rapidfuzz.process.extract` over the same names, in the same run and under the same writer."""
    mean = statistics.fmean(found.times)
    return [
        Figure(
            measure=f"match look-up among {found.records:,}, in the store, while writing: mean",
            figure=mean * 1e3,
            unit="ms",
            against="rapidfuzz.process.extract",
            other=found.naive * 1e3,
            ratio=found.naive / mean,
            at_least=10.0,
            note=f"p50 {found.quantile(0.5) * 1e3:.2f} ms; {found.written:,} records written meanwhile",
        ),
        Figure(measure="match look-up: p99", figure=found.quantile(0.99) * 1e3, unit="ms"),
        Figure(
            measure="match look-up: planted variants among the candidates",
            figure=found.candidates,
            unit="",
            against="rapidfuzz, best 100",
            other=found.naive_recall,
            ratio=found.candidates / found.naive_recall if found.naive_recall else None,
            note=f"same or unsure {found.known:.3f}, same {found.same:.3f}",
        ),
        Figure(
            measure="match index: sorted build",
            figure=found.records / found.built,
            unit="records/s",
            note=f"{found.keys_each:.1f} keys each; fingerprint {found.made * 1e6:.0f} µs (making the customer"
            f" included), compare {found.pair * 1e6:.1f} µs a pair",
        ),
    ]


def run(*, full: bool) -> list[Figure]:
    """The figures for `make bench`."""
    return figures(measure(100_000, 2_000))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--lookups", type=int, default=2_000)
    chosen = options.parse_args()
    show(figures(measure(chosen.records, chosen.lookups)), "Matching")


if __name__ == "__main__":
    main()
