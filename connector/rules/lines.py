"""The product lines of some products, by the policy's `product_lines`."""

from collections.abc import Mapping, Sequence


def lines_of(products: Sequence[str], lines: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """In the policy's order; a product of no line is a line of its own."""
    named = tuple(line for line, members in lines.items() if set(members) & set(products))
    known = {product for members in lines.values() for product in members}
    return (*named, *(product for product in dict.fromkeys(products) if product not in known))
