"""What a policy file names that only the org knows: queues and tiers, with their places in the file."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum

from connector.canonical.document import Listing, Node, Scalar, Table, parse
from connector.canonical.fault import Fault, nearest
from connector.canonical.model import Model
from connector.policy.sense import inside, scalars

_TEXT = r"""(?:"([^"\\]*)"|'([^'\\]*)')"""
_WORD = re.compile(_TEXT)
_TIER = re.compile(
    rf"""(?<![\w.])(?:first\.)?tier\s*(?:[=!]=\s*{_TEXT}|in\s*\[[^\]]*\])|{_TEXT}\s*[=!]=\s*(?:first\.)?tier(?!\w)"""
)


class Named(StrEnum):
    """What kind of thing is named."""

    QUEUE = "queue"
    TIER = "tier"


class Mention(Model):
    """One name in a policy file, and where it stands."""

    sort: Named
    name: str
    file: str
    line: int
    column: int
    where: str


def mentions(text: str, file: str) -> tuple[Mention, ...]:
    """Every queue and every tier that a policy file names; none for a file that cannot be read."""
    tree, _ = parse(text, file)
    if tree is None:
        return ()
    return tuple(
        Mention(sort=sort, name=name, file=file, line=node.line, column=node.column, where=node.where)
        for sort, name, node in _found(tree)
    )


def strangers(named: Collection[Mention], sort: Named, known: Collection[str]) -> tuple[Fault, ...]:
    """A fault for each mention of a sort that is not among the org's names."""
    return tuple(
        Fault(
            file=each.file,
            line=each.line,
            column=each.column,
            where=each.where,
            found=f"the {sort} {each.name!r}, which the org does not know",
            expected="one of " + ", ".join(sorted(known))
            if known
            else f"a {sort} of the org, which has none",
            nearest=nearest(each.name, known),
        )
        for each in named
        if each.sort is sort and each.name not in known
    )


def _found(tree: Table) -> Iterator[tuple[Named, str, Node]]:
    for node in _queues(tree):
        yield Named.QUEUE, node.text, node
    for key in ("who_may_file", "who_may_claim", "who_may_file_for_another"):
        for node in _preferred(tree.get(key)):
            yield Named.TIER, node.text, node
    orders = tree.get("orders")
    distributors = orders.get("for_another") if isinstance(orders, Table) else None
    ordering = distributors.get("prefer") if isinstance(distributors, Table) else None
    for node in scalars(ordering) if ordering else ():
        yield Named.TIER, node.text, node
    for node in scalars(tree):
        if node.where.endswith(".when"):
            yield from _compared(node)


def _queues(tree: Table) -> Iterator[Scalar]:
    disputes = tree.get("conflicts")
    desk, ladder = (
        (disputes.get("assign_to"), disputes.get("escalate")) if isinstance(disputes, Table) else (None, None)
    )
    rows = [
        row
        for steps in (tree.get("escalate"), tree.get("unclaimed_lead"), ladder)
        for row in (steps.items if isinstance(steps, Listing) else (steps,))
    ]
    appeals = [row.get("to") for row in _rows(tree.get("appeal")) if isinstance(row, Table)]
    heard = [each for node in appeals for each in _values(node)]
    worked = tree.get("worked_lead")
    after = [row.get("returns_to") for row in _rows(worked) if isinstance(row, Table)]
    returned = [each for node in after for each in _values(node)]
    places = (
        tree.get("return_to"),
        *returned,
        desk,
        *heard,
        *(row.get("to") for row in rows if isinstance(row, Table)),
    )
    yield from (node for node in places if isinstance(node, Scalar) and not node.null)
    pools, twice = tree.get("public_pools"), tree.get("duplicates")
    yield from (key for key, _ in pools.entries) if isinstance(pools, Table) else ()
    refused = twice.get("refused_to") if isinstance(twice, Table) else None
    yield from (refused,) if isinstance(refused, Scalar) and not refused.null else ()
    leads = tree.get("qualified_leads")
    routes = leads.get("queues") if isinstance(leads, Table) else None
    yield from (node for node in scalars(routes) if not node.null) if routes else ()


def _preferred(section: Node | None) -> Iterator[Scalar]:
    """The tiers that a section prefers, whichever of its rows names them."""
    for fitness in _rows(section):
        for tiers in _rows((fitness.get("tiers") or fitness) if isinstance(fitness, Table) else None):
            preferred = tiers.get("prefer") if isinstance(tiers, Table) else None
            yield from (
                (node for node in scalars(preferred) if not node.where.endswith(".when")) if preferred else ()
            )


def _rows(node: Node | None) -> tuple[Node, ...]:
    """The rows of a section that may have some; itself where it has none."""
    if node is None:
        return ()
    return node.items if isinstance(node, Listing) else (node,)


def _values(node: Node | None) -> Iterator[Node]:
    """What a value's rows give; itself where it has none."""
    for row in _rows(node):
        yield (row.get("is") or row) if isinstance(row, Table) else row


def _compared(node: Scalar) -> Iterator[tuple[Named, str, Node]]:
    """The texts that a condition compares a tier with; the empty one means a firm without a tier."""
    for comparison in _TIER.finditer(node.text):
        for word in _WORD.finditer(comparison[0]):
            name = word[1] or word[2]
            if name:
                yield Named.TIER, name, inside(node, comparison.start() + word.start())
