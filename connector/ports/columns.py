"""Columns of canonical text that stay in Arrow's memory until somebody wants them as Python values.

A snapshot moves millions of values that nobody looks at one by one: parsed by Arrow, joined by Arrow, sent to the
database. To everyone else a `TextColumn` is a sequence of `str | None`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, overload

Text = str | None


class TextColumn(Sequence[Text]):
    """A sequence over `arrow`, a pyarrow array of strings; turned into Python values once, when first read."""

    __slots__ = ("_texts", "arrow")

    def __init__(self, arrow: Any) -> None:
        self.arrow = arrow
        self._texts: list[Text] | None = None

    def __len__(self) -> int:
        return len(self.arrow)

    @overload
    def __getitem__(self, place: int) -> Text: ...
    @overload
    def __getitem__(self, place: slice) -> list[Text]: ...
    def __getitem__(self, place: int | slice) -> Text | list[Text]:
        return self.texts()[place]

    def __iter__(self) -> Iterator[Text]:
        return iter(self.texts())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) or not isinstance(other, Sequence):
            return NotImplemented
        return self.texts() == list(other)

    __hash__ = None  # type: ignore[assignment]  # equal to lists, which have none

    def __repr__(self) -> str:
        return f"TextColumn({self.texts()!r})"

    def texts(self) -> list[Text]:
        """All values."""
        if self._texts is None:
            self._texts = self.arrow.to_pylist()
        return self._texts
