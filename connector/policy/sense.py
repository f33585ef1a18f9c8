"""What a policy says that is well written and still cannot be meant: an unknown language, a currency without a rate."""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from connector.canonical.document import Listing, Node, Scalar, Table
from connector.canonical.fault import nearest
from connector.canonical.money import Rates
from connector.canonical.shape import Reading
from connector.canonical.staged import STAGES
from connector.policy.circumstances import RIVALS
from connector.policy.words import percent

_MONEY = re.compile(r"\d[\d_]*(?:\.\d+)? +([A-Z]{3})")
_QUOTED_MONEY = re.compile(rf"""["']{_MONEY.pattern}["']""")
_POINTS = re.compile(r"(\d{1,6})(?: points?)?")


def senseless(tree: Table, reading: Reading, *, rates: Rates, languages: Collection[str]) -> None:
    """Record a fault for each value that no programme can mean.

    Args:
        tree: the policy file.
        reading: takes the faults.
        rates: the file's rates; without any, amounts may be in every currency.
        languages: those that messages are written in; empty: not checked.
    """
    _language(tree, reading, languages)
    _stage(tree, reading)
    _points(tree, reading)
    _quality(tree, reading)
    _rivals(tree, reading)
    _windows(tree, reading)
    _rebates(tree, reading)
    _budget(tree, reading)
    _sums(tree, reading, rates)
    if rates.dated:
        _currencies(tree, reading, {rates.base, *(code for table in rates.dated.values() for code in table)})


_QUALITY = re.compile(r"(?<![\w.])quality(?!\w)")


def _quality(tree: Table, reading: Reading) -> None:
    """A condition on the score of a firm whose score nobody keeps would defer every act."""
    if tree.get("partner_quality") is not None:
        return
    for node in scalars(tree):
        if node.where.endswith(".when") and (found := _QUALITY.search(node.text)):
            reading.fault(
                inside(node, found.start()),
                found="'quality' without `partner_quality`",
                expected="a `partner_quality` with its `points`",
            )


_RIVALS = re.compile(rf"(?<![\w.])(?:{'|'.join(sorted(RIVALS))})(?!\w)")
_WHO_IS_A_RIVAL = (
    "customer_letter",
    "first_filing.same_time_within",
    "first_filing.dormant",
    "direct_sales.already_working.activity_within",
    "open_registrations_count",
    "protection.covers",
    "protection.group_at_most",
    "tender.proof_outranks",
)
"""What decides which other filing is a rival."""


def _rivals(tree: Table, reading: Reading) -> None:
    """Who is a rival cannot depend on how many rivals there are."""
    for key in _WHO_IS_A_RIVAL:
        path = key.split(".")
        for node in _above(tree, path):
            found = _RIVALS.search(node.text)
            if found:
                reading.fault(
                    inside(node, found.start()),
                    found=f"{found[0]!r} at {key!r}, which decides who is a rival",
                    expected="a condition that does not ask for the rivals",
                )


def _above(node: Node, path: Sequence[str]) -> Iterator[Scalar]:
    """The conditions of every row, at any level, on the way to a key that the row has."""
    for row in node.items if isinstance(node, Listing) else (node,):
        if not isinstance(row, Table):
            continue
        inner = row.get(path[0]) if path else None
        if path and inner is None:
            continue
        condition = row.get("when")
        if isinstance(condition, Scalar):
            yield condition
        if inner is not None:
            yield from _above(inner, path[1:])
        elif isinstance(value := row.get("is"), Table | Listing):
            yield from _above(value, path)


def _windows(tree: Table, reading: Reading) -> None:
    """A window ends before a day or after it, and one that follows the close has to end some day all the same."""
    for protection in _rows(tree.get("protection")):
        for row in _rows(protection.get("ends_with")):
            minus = row.get("minus")
            if minus is not None and row.get("plus") is not None:
                reading.fault(minus, found="`minus` beside `plus`", expected="one of them")
            follows, day = row.get("follows"), row.get("day")
            if not isinstance(follows, Scalar) or follows.text != "true":
                continue
            if isinstance(day, Scalar) and day.text != "close_by":
                reading.fault(
                    follows, found=f"a window that follows {day.text!r}", expected="`day: close_by`"
                )
            later = row.get("whichever")
            if protection.get("lasts") is None or (isinstance(later, Scalar) and later.text == "later"):
                reading.fault(
                    follows,
                    found="a window that follows the close without a last end",
                    expected="`lasts` beside `ends_with`, which the window never outlasts, and `whichever: earlier`",
                )


def _rows(node: Node | None) -> Iterator[Table]:
    """The rows of a section; itself where it has none."""
    for row in node.items if isinstance(node, Listing) else (node,):
        if isinstance(row, Table):
            yield row


def _rebates(tree: Table, reading: Reading) -> None:
    usual = tree.get("usual_rebates")
    least, most = (usual.get(name) if isinstance(usual, Table) else None for name in ("at_least", "at_most"))
    if not isinstance(least, Scalar) or not isinstance(most, Scalar):
        return
    smallest, largest = _share(least), _share(most)
    if smallest is not None and largest is not None and smallest > largest:
        reading.fault(most, expected=f"no less than `at_least`, {least.text}")


_PERIODS = ("year", "quarter", "month")


def _budget(tree: Table, reading: Reading) -> None:
    """Caps are compared with one sum, so that they are in one currency; a row without any caps nothing."""
    budget = tree.get("rebate_budget")
    if not isinstance(budget, Table):
        return
    firms = budget.get("each_firm")
    rows = [row for row in (firms.items if isinstance(firms, Listing) else ()) if isinstance(row, Table)]
    first = ""
    for row in (budget, *rows):
        caps = [cap for name in _PERIODS if isinstance(cap := row.get(name), Scalar)]
        if not caps and row is not budget:
            reading.fault(row, found="a row without a cap", expected="one of year, quarter, month")
        for cap in caps:
            said = _MONEY.fullmatch(cap.text.strip())
            first = first or (said[1] if said else "")
            if said and said[1] != first:
                reading.fault(cap, found=f"a cap in {said[1]}", expected=f"one in {first}, as the others are")


_ADDED = ("mdf", "incentive")


def _sums(tree: Table, reading: Reading, rates: Rates) -> None:
    """Without rates, a bonus can be added only to amounts of its own currency."""
    if rates.dated:
        return
    for kind in _ADDED:
        first = ""
        for key in ("benefits", "bonuses", "benefits_at_most"):
            for node in scalars(place) if (place := tree.get(key)) is not None else ():
                said = _MONEY.fullmatch(node.text.strip()) if node.where.endswith(f".{kind}") else None
                first = first or (said[1] if said else "")
                if said and key != "benefits" and said[1] != first:
                    found = f"an amount in {said[1]}, which without rates cannot be added to one in {first}"
                    reading.fault(node, found=found, fix=f"write it in {first}, or give `rates`")


def _share(node: Scalar) -> Decimal | None:
    try:
        return percent(node.text)
    except ValueError:
        return None  # said by its shape


def scalars(node: Node) -> Iterator[Scalar]:
    """Every value under a node, in file order."""
    if isinstance(node, Scalar):
        yield node
    for each in node.items if isinstance(node, Listing) else ():
        yield from scalars(each)
    for _, each in node.entries if isinstance(node, Table) else ():
        yield from scalars(each)


def inside(node: Scalar, offset: int) -> Node:
    """The place of a word within a value."""
    column = node.column + offset + (0 if node.plain else 1)
    return Node(where=node.where, line=node.line, column=column)


def _language(tree: Table, reading: Reading, languages: Collection[str]) -> None:
    node = tree.get("language")
    if not languages or not isinstance(node, Scalar) or node.null:
        return
    spoken = {name.partition("_")[0] for name in languages}
    if node.text.replace("-", "_").partition("_")[0] not in spoken:
        said = ", ".join(languages)
        reading.fault(node, expected=f"one of {said}, or a locale of one", near=nearest(node.text, languages))


def _stage(tree: Table, reading: Reading) -> None:
    early = (node for node in scalars(tree) if node.where.endswith("activity_before_stage"))
    latest = tree.get("latest_stage")
    stages = (node for node in scalars(latest) if not node.where.endswith(".when")) if latest else ()
    for node in (*stages, *early):
        _canonical(node, reading)


def _canonical(node: Scalar, reading: Reading) -> None:
    try:
        stage = Decimal(node.text)
    except InvalidOperation:
        return  # said by its shape
    if stage.is_finite() and stage not in STAGES:
        near = min(STAGES, key=lambda each: abs(each - stage))
        reading.fault(node, expected="a canonical stage: 1, 2 … 9, 9.5, 10", near=str(near))


def _points(tree: Table, reading: Reading) -> None:
    """Each kind of proof counts once, so the sum over the kinds is the most that a filing can have (R1.9)."""
    evidence = tree.get("evidence")
    if not isinstance(evidence, Table):
        return
    needs, worth = evidence.get("needs"), evidence.get("points")
    if not isinstance(needs, Scalar) or not (asked := _POINTS.fullmatch(needs.text.strip())):
        return
    given = [_POINTS.fullmatch(each.text.strip()) for each in scalars(worth)] if worth else []
    most = sum(int(each[1]) for each in given if each)
    if int(asked[1]) > most and all(given):
        reading.fault(
            needs,
            expected=f"at most {most} points, what every kind under `points` gives together",
            fix="ask for fewer, or give points to more kinds of proof",
        )


def _currencies(tree: Table, reading: Reading, known: set[str]) -> None:
    for node in scalars(tree):
        condition = node.where.endswith(".when")
        whole = None if condition else _MONEY.fullmatch(node.text.strip())
        for found in _QUOTED_MONEY.finditer(node.text) if condition else filter(None, (whole,)):
            if found[1] not in known:
                reading.fault(
                    inside(node, found.start(1)),
                    found=f"the currency {found[1]!r}, which has no rate",
                    expected="one of " + ", ".join(sorted(known)),
                    near=nearest(found[1], known),
                    fix="correct it, or give its rate under `rates`",
                )
