"""How many arguments each function takes, and which ones ask for a field of the record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Signature:
    """`most` None: any number. `parity` 0: an even number only (CASE)."""

    least: int
    most: int | None
    of_field: bool = False
    parity: int | None = None

    def accepts(self, count: int) -> bool:
        if count < self.least or (self.most is not None and count > self.most):
            return False
        return self.parity is None or count % 2 == self.parity

    @property
    def expected(self) -> str:
        if self.parity is not None:
            return f"an even number from {self.least}"
        if self.most is None:
            return f"at least {self.least}"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


def _takes(least: int, most: int | None = -1, *, of_field: bool = False) -> Signature:
    return Signature(least=least, most=least if most == -1 else most, of_field=of_field)


SIGNATURES: dict[str, Signature] = {
    "AND": _takes(1, None),
    "OR": _takes(1, None),
    "NOT": _takes(1),
    "IF": _takes(3),
    "CASE": Signature(least=4, most=None, parity=0),
    "ISBLANK": _takes(1),
    "ISNULL": _takes(1),
    "BLANKVALUE": _takes(2),
    "NULLVALUE": _takes(2),
    "ISNEW": _takes(0),
    "ISCHANGED": _takes(1, of_field=True),
    "PRIORVALUE": _takes(1, of_field=True),
    "ISPICKVAL": _takes(2),
    "INCLUDES": _takes(2),
    "ISNUMBER": _takes(1),
    "TEXT": _takes(1),
    "VALUE": _takes(1),
    "LEFT": _takes(2),
    "RIGHT": _takes(2),
    "MID": _takes(3),
    "LEN": _takes(1),
    "CONTAINS": _takes(2),
    "BEGINS": _takes(2),
    "FIND": _takes(2, 3),
    "REGEX": _takes(2),
    "CASESAFEID": _takes(1),
    "UPPER": _takes(1, 2),
    "LOWER": _takes(1, 2),
    "TRIM": _takes(1),
    "SUBSTITUTE": _takes(3),
    "LPAD": _takes(2, 3),
    "RPAD": _takes(2, 3),
    "BR": _takes(0),
    "ROUND": _takes(2),
    "FLOOR": _takes(1),
    "CEILING": _takes(1),
    "MOD": _takes(2),
    "SQRT": _takes(1),
    "ABS": _takes(1),
    "MIN": _takes(1, None),
    "MAX": _takes(1, None),
    "TODAY": _takes(0),
    "NOW": _takes(0),
    "DATE": _takes(3),
    "DATEVALUE": _takes(1),
    "DATETIMEVALUE": _takes(1),
    "ADDMONTHS": _takes(2),
    "YEAR": _takes(1),
    "MONTH": _takes(1),
    "DAY": _takes(1),
    "WEEKDAY": _takes(1),
    "HOUR": _takes(1),
    "MINUTE": _takes(1),
    "SECOND": _takes(1),
}
