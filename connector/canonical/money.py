"""Money: a Decimal with its currency, compared only through dated rates (R0.2)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from connector.canonical.model import Model


class Money(Model):
    """An amount in one currency; never a float."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"


class Rates(Model):
    """How many units of each currency one unit of `base` buys, by the day from which the rate holds."""

    base: str = "EUR"
    version: str = "none"
    dated: Mapping[date, Mapping[str, Decimal]] = {}

    def convert(self, money: Money, currency: str, on: date) -> Money | None:
        """`money` in `currency` at the rate of `on`; None where no rate is known (the caller defers)."""
        if money.currency == currency:
            return money
        source, target = self._rate(money.currency, on), self._rate(currency, on)
        if source is None or target is None:
            return None
        return Money(amount=(money.amount / source * target).quantize(Decimal("0.01")), currency=currency)

    def _rate(self, currency: str, on: date) -> Decimal | None:
        if currency == self.base:
            return Decimal(1)
        days = [day for day, table in self.dated.items() if day <= on and currency in table]
        return self.dated[max(days)][currency] if days else None
