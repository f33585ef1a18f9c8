"""Ids of bulk jobs: `750`, the usual fifteen characters and the three that carry their case."""

from __future__ import annotations

import itertools

from connector.practice.org.ids import DIGITS, to18


class JobIds:
    """A counter of job ids."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def next(self) -> str:
        """A fresh 18-character id."""
        number, tail = next(self._numbers), ""
        while number:
            number, digit = divmod(number, len(DIGITS))
            tail = DIGITS[digit] + tail
        return to18("750Kz" + tail.rjust(10, "0"))
