"""The product lines of some products, by the policy's `product_lines`."""

from collections.abc import Mapping, Sequence

from connector.canonical.kind import Kind
from connector.canonical.records import Opportunity, Registration
from connector.rules.world import World


def lines_of(products: Sequence[str], lines: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """In the policy's order; a product of no line is a line of its own."""
    named = tuple(line for line, members in lines.items() if set(members) & set(products))
    known = {product for members in lines.values() for product in members}
    return (*named, *(product for product in dict.fromkeys(products) if product not in known))


def sold(deal: Opportunity, world: World) -> tuple[str, ...]:
    """The products of a deal as it names them; else as the registrations do that were filed for it."""
    if deal.products:
        return deal.products
    filed = world.linked(Kind.REGISTRATION, "opportunity", deal.id)
    return tuple(product for each in filed if isinstance(each, Registration) for product in each.products)
