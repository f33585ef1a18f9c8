"""The registration's own fields that count money: what a product line is worth, and how many units a benefit is for."""

from dataclasses import dataclass

from connector.canonical.document import Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.kind import Kind
from connector.canonical.own import PREFIX, OwnSort
from connector.canonical.shape import Reading, Schema, unknown
from connector.policy.condition import Terms


@dataclass(frozen=True)
class LineAmounts:
    """A table of product lines; each value is an `own.NAME` that the mapping's `registration` declares as money."""

    terms: Terms

    def read(self, node: Node, reading: Reading) -> dict[str, str] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `product line: own.NAME`")
            return None
        before = len(reading.faults)
        found: dict[str, str] = {}
        for line, value in node.entries:
            if line.text not in self.terms.lines:
                unknown(line, tuple(self.terms.lines) or ("a line of `product_lines`",), reading)
            found[line.text] = self._field(value, reading)
        return found if len(reading.faults) == before else None

    def _field(self, node: Node, reading: Reading) -> str:
        return _own(node, reading, self.terms, OwnSort.MONEY, "an amount (`type: money`)")

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": "string", "pattern": "^own[.]"}}


@dataclass(frozen=True)
class Quantity:
    """An `own.NAME` that the mapping's `registration` declares as a number."""

    terms: Terms
    expected: str = "own.NAME, a number of the registration's own"

    def read(self, node: Node, reading: Reading) -> str | None:
        return _own(node, reading, self.terms, OwnSort.NUMBER, "a number (`type: number`)") or None

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^own[.]", "$comment": self.expected}


def _own(node: Node, reading: Reading, terms: Terms, sort: OwnSort, said: str) -> str:
    """The field's name; "" with a fault where the mapping declares none such."""
    declared = terms.own.get(Kind.REGISTRATION, {})
    known = [f"{PREFIX}{name}" for name, each in declared.items() if each is sort]
    if not isinstance(node, Scalar) or node.text not in known:
        reading.fault(
            node,
            expected="one of " + ", ".join(known)
            if known
            else f"own.NAME, {said} that the mapping's `registration` declares under `own:`",
            near=nearest(node.text, known) if isinstance(node, Scalar) else "",
        )
        return ""
    return node.text.removeprefix(PREFIX)
