"""What a formula says when it cannot be read or computed."""

from __future__ import annotations


class FormulaError(Exception):
    """A formula is wrong, or asks for what is not there; names the position and the unknown thing.

    `line` and `column` count from 1 in the formula's own text.
    """

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column
