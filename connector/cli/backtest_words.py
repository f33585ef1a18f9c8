"""A back-test in a reader's words: the machine words and figures of its JSON answer, told in one language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.canonical.time import parse_instant
from connector.messages import Heading, Speaker

_MONEY = {
    "_promised_": Heading.BACKTEST_PROMISED,
    "_earned_": Heading.BACKTEST_EARNED,
    "_clawed_back_": Heading.BACKTEST_CLAWED_BACK,
}
_PROGRESS = {"ledger": Heading.BACKTEST_READING, "decisions": Heading.BACKTEST_JUDGING}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measure, told: its name, both sides, the change; `moved` where there is one."""

    name: str
    ledger: str
    candidate: str
    change: str
    moved: bool


class Words:
    """What the table and the page of a back-test say, in one reader's language."""

    def __init__(self, speaker: Speaker, language: str) -> None:
        self._speaker, self._language = speaker, language
        self._figures = speaker.figures(language)

    @property
    def tag(self) -> str:
        """The language as a page names it: `de-AT`, `zh-Hans-CN`."""
        return str(self._figures.locale).replace("_", "-")

    def tell(self, heading: Heading, **params: str) -> str:
        return self._speaker.sentence(heading, params, self._language)

    def counted(self, heading: Heading, **counts: int) -> str:
        """A sentence whose values are counts."""
        return self.tell(heading, **{name: self._figures.count(count) for name, count in counts.items()})

    def summary(self, body: Mapping[str, Any]) -> Iterator[str]:
        """What was compared, what became of it, and what a reader has to know of the figures."""
        days = {name: self._figures.day(parse_instant(body[name])) for name in ("since", "until")}
        decisions = self._figures.count(body["decisions"])
        yield self.tell(Heading.BACKTEST_SUMMARY, decisions=decisions, **days)
        yield self.counted(Heading.BACKTEST_DIVERGED, records=body["records_diverged"])
        if body["failed"]:
            yield self.counted(Heading.BACKTEST_FAILED, number=body["failed"])
        if body["unpriced"]:
            yield self.counted(Heading.BACKTEST_UNPRICED, number=body["unpriced"])

    def rows(self, figures: Mapping[str, Mapping[str, Any]], *, changed: bool = False) -> Sequence[Row]:
        """The figures; with `changed` those alone that would have been others."""
        return [
            self._row(name, pair) for name, pair in figures.items() if not changed or Decimal(pair["change"])
        ]

    def firm(self, name: str, tier: str) -> str:
        """A firm with its tier."""
        if not name:
            return self.tell(Heading.BACKTEST_NO_FIRM)
        return f"{name} ({tier or self.tell(Heading.BACKTEST_NO_TIER)})"

    def difference(self, each: Mapping[str, Any]) -> str:
        """One sort of difference: two rulings, or one with other consequences."""
        said = {"subject": self._word("subject", each["subject"]), "said": self._came(each["ledger"])}
        number = self._figures.count(each["count"])
        if each["ledger"] == each["candidate"]:
            return self.tell(Heading.BACKTEST_SAME_RULING, number=number, **said)
        would = self._came(each["candidate"])
        return self.tell(Heading.BACKTEST_DIFFERENCE, would=would, number=number, **said)

    def happened(self, kind: str) -> str:
        """What a decision was on: an act, or a deadline."""
        return self._speaker.sentence(f"happened.{kind}", {}, self._language)

    def when(self, at: str) -> str:
        """An instant of the answer, in the programme's zone."""
        return self._figures.instant(parse_instant(at), seconds=True)

    def progress(self, report: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
        """Report what goes on by its name in this language."""

        def told(name: str, done: int, expected: int) -> None:
            report(self.tell(_PROGRESS[name]) if name in _PROGRESS else name, done, expected)

        return told

    def _row(self, name: str, pair: Mapping[str, Any]) -> Row:
        named, currency = self._measure(name)
        change = Decimal(pair["change"])
        return Row(
            name=named,
            ledger=self._written(pair["ledger"], currency),
            candidate=self._written(pair["candidate"], currency),
            change=self._figures.change(self._written(pair["change"], currency), change),
            moved=bool(change),
        )

    def _measure(self, name: str) -> tuple[str, str]:
        """A measure's name, and the currency of its amounts: `rebate_promised_EUR` is in EUR, a count in none."""
        for mark, heading in _MONEY.items():
            benefit, found, currency = name.partition(mark)
            if found:
                kind = self._word("word", benefit)
                return self.tell(heading, benefit=kind[:1].upper() + kind[1:], currency=currency), currency
        return self._word("measure", name), ""

    def _written(self, value: int | str, currency: str) -> str:
        return self._figures.money(f"{value} {currency}") if currency else self._figures.count(int(value))

    def _came(self, word: str) -> str:
        """A ruling, or the state in which a decision left its record; some records have none."""
        return self._word("came", word or "recorded")

    def _word(self, kind: str, value: str) -> str:
        return self._speaker.word(kind, value, self._language)
