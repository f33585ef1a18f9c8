"""What a policy calls one deal of a customer (R0.5): who files the same deal is a rival, who files another is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.canonical.docket import RegistrationEntry
from connector.canonical.records import Registration
from connector.policy.model import Policy, RegistrationPolicy
from connector.rules.lines import lines_of

_APART = ("deal", "product_line")
"""What a window covers where it leaves room for other deals of the same customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a window covers (deal, product_line, customer or group), and the product lines of the policy."""

    covers: str
    lines: Mapping[str, Sequence[str]]

    @property
    def within_a_firm(self) -> "Scope":
        """Between filings of one firm, which may have several deals of one product line."""
        return replace(self, covers="deal") if self.covers in _APART else self

    def apart(
        self, mine: Registration, entry: RegistrationEntry, other: Registration, moment: datetime
    ) -> bool:
        """Two deals of one customer: nothing in common, neither products nor an opportunity."""
        if mine.opportunity and mine.opportunity == other.opportunity:
            return False
        return self.leaves_room(mine.products, entry, other, moment)

    def leaves_room(
        self, products: Sequence[str], entry: RegistrationEntry, filing: Registration, moment: datetime
    ) -> bool:
        """Whether the registration's window covers none of these products.

        Where it covers whole product lines, two products of one line are in common. Lines that an approval left out of
        `entry`, or whose own window is over at the moment, are in common no longer.
        """
        if self.covers not in _APART or not products or not filing.products:
            return False
        held = self._held(entry, filing, moment)
        if self.covers == "product_line":
            return not set(lines_of(products, self.lines)) & set(lines_of(sorted(held), self.lines))
        return not set(products) & held

    def _held(self, entry: RegistrationEntry, filing: Registration, moment: datetime) -> set[str]:
        """The products of a registration whose lines it still holds."""
        over = {each.line for each in entry.line_windows if each.until is not None and each.until <= moment}
        gone = over | set(entry.refused_lines)
        line_of = {product: line for line, members in self.lines.items() for product in members}
        return {product for product in filing.products if line_of.get(product, product) not in gone}


def scope_of(terms: RegistrationPolicy, policy: Policy) -> Scope:
    """By the terms that hold for a filing, and the policy's product lines."""
    return Scope(covers=terms.protection.covers, lines=policy.product_lines)
