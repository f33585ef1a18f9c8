"""What a benchmark says: figures, each beside its peer or bare limit from the same run."""

from collections.abc import Iterable
from dataclasses import dataclass
from os import getloadavg

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One line of the table.

    `ratio` says how we stand to `against`, and means the same for every figure of one kind: a share of a
    limit, how many times faster than a peer, or how many times longer than the small case.
    `at_least` or `at_most` is what the ratio should be, None where it is only reported.
    """

    measure: str
    figure: float
    unit: str
    against: str = ""
    other: float | None = None
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether a wanted ratio was reached; None where none is wanted."""
        if self.ratio is None or (self.at_least is None and self.at_most is None):
            return None
        low, high = self.at_least, self.at_most
        return (low is None or self.ratio >= low) and (high is None or self.ratio <= high)


def share(
    measure: str, figure: float, unit: str, against: str, other: float, *, at_least: float | None = None
) -> Figure:
    """A figure over another in the same unit."""
    return Figure(
        measure=measure,
        figure=figure,
        unit=unit,
        against=against,
        other=other,
        ratio=figure / other if other else None,
        at_least=at_least,
    )


def table(figures: Iterable[Figure], title: str = "") -> Table:
    """The figures for a terminal."""
    made = Table("measure", "figure", "against", "its figure", "ratio", "wanted", title=title or None)
    for one in figures:
        made.add_row(
            one.measure + (f"\n  [dim]{one.note}[/dim]" if one.note else ""),
            f"{_number(one.figure)} {one.unit}",
            one.against,
            "" if one.other is None else f"{_number(one.other)} {one.unit}",
            "" if one.ratio is None else f"{one.ratio:.2f}",
            _wanted(one),
        )
    return made


def show(figures: Iterable[Figure], title: str = "") -> None:
    """Print the table, and under it how busy the machine was."""
    console = Console(width=None if Console().is_terminal else 150)
    console.print(table(figures, title))
    console.print(
        f"load average {', '.join(f'{each:.1f}' for each in getloadavg())}: trust ratios, not figures"
    )


def _wanted(one: Figure) -> str:
    bounds = [f"≥ {one.at_least:g}"] if one.at_least is not None else []
    bounds += [f"≤ {one.at_most:g}"] if one.at_most is not None else []
    sign = {True: " ✓", False: " [red]✗[/red]", None: ""}[one.met]
    return " ".join(bounds) + sign


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
