"""What the names of a condition hold, by example: what no such values can answer is a fault of the policy file.

Without this, `tier > 5` would be accepted, and every filing of the programme would go to a person.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.canonical.money import Money
from connector.canonical.own import OwnSort
from connector.policy.circumstances import MONEY

_NUMBERS = """
age_days age_hours quality year quarter month days_left_in_month days_left_in_quarter days_left_in_year purchases
days_since_purchase direct_activity_days deal_stage deal_age_days rivals standing_rivals lapsed_before
open_registrations filed_in_30_days filed_in_365_days filed_in_quarter filed_in_year approved_in_quarter
approved_in_year registrations_won registrations_lapsed employees first_contact_days close_in_days tender_in_days
stage extension open_claims approved_days days_left
"""
_TRUTHS = """
new_customer incumbent has_incumbent direct_deal in_territory tender for_another certified trained partner registered
competitive_pressure
"""
_LISTS = "territory capabilities evidence confirmed_evidence lines products"
_TEXTS = """
tier firm person role country industry origin track on weekday account_class customer website city postcode region
current_vendor competitors distributor distributor_tier currency asked_by line queue
"""
_SORTS: Mapping[str, OwnSort] = {
    **dict.fromkeys(MONEY, OwnSort.MONEY),
    **dict.fromkeys(_NUMBERS.split(), OwnSort.NUMBER),
    **dict.fromkeys(_TRUTHS.split(), OwnSort.TRUTH),
    **dict.fromkeys(_LISTS.split(), OwnSort.LIST),
    **dict.fromkeys(_TEXTS.split(), OwnSort.TEXT),
}
"""What the plain names hold; those with parts of their own, such as `product`, are left out."""

_DAY = date(2027, 1, 29)
_FEW: Mapping[OwnSort, object] = {
    OwnSort.TEXT: "x",
    OwnSort.LIST: ("x",),
    OwnSort.NUMBER: Decimal(1),
    OwnSort.TRUTH: True,
    OwnSort.DATE: _DAY,
    OwnSort.MONEY: Money(amount=Decimal(1), currency="EUR"),
}
_MANY: Mapping[OwnSort, object] = {
    **_FEW,
    OwnSort.NUMBER: Decimal(1_000_000),
    OwnSort.TRUTH: False,
    OwnSort.MONEY: Money(amount=Decimal(1_000_000_000), currency="EUR"),
}
_CALLED = {
    OwnSort.TEXT: "a text",
    OwnSort.LIST: "a list",
    OwnSort.NUMBER: "a number",
    OwnSort.TRUTH: "true or false",
    OwnSort.DATE: "a date",
    OwnSort.MONEY: "an amount",
}
_EQUALS = re.compile(r"""(?<![\w.)\]])([a-z_][\w.]*)\s*(?:==|!=)\s*(?:(["'])|(\d)|(true|false)\b)""")
_NEVER = re.compile(r"No such overload|Undefined variable or function|neither true nor false|\(\) takes ")
_TAKES = re.compile(r"\w+\(\) takes [^.;]+")


class Mismatch(NamedTuple):
    """A name beside a value that it can never hold, and where that stands in the condition."""

    at: int
    name: str
    holds: str
    beside: str


def sorts(names: Iterable[str], bound: Collection[str]) -> dict[str, OwnSort]:
    """What each of the names of a place holds, as a condition writes it, without those that it binds itself."""
    plain = {name: name.removeprefix("first.") for name in names if name not in bound}
    return {name: _SORTS[word] for name, word in plain.items() if word in _SORTS}


def acts(own: Mapping[str, OwnSort], first: Mapping[str, OwnSort]) -> Iterator[dict[str, object]]:
    """Acts at which everything is known: one of small numbers, and one of large ones.

    Args:
        own: the programme's own fields that a condition names, as `customer.own.segment`.
        first: those that it names of the filing that was first, as `vertical`.
    """
    for samples in (_FEW, _MANY):
        plain: dict[str, object] = {name: samples[sort] for name, sort in _SORTS.items()}
        plain |= {"on": _DAY.isoformat(), "product": {"name": "x", "line": "x"}}
        tables: dict[str, dict[str, object]] = {}
        for path, sort in own.items():
            table, _, name = path.rpartition(".")
            tables.setdefault(table, {})[name] = samples[sort]
        of_first = plain | {"registration.own": {name: samples[sort] for name, sort in first.items()}}
        yield {**plain, **tables, "first": of_first}


def never(reason: str) -> bool:
    """Whether a condition that failed for this reason fails whatever its names hold."""
    return _NEVER.search(reason) is not None


def mismatches(source: str, words_only: str, sorts: Mapping[str, OwnSort]) -> Iterator[Mismatch]:
    """Names beside `==` or `!=` and a value of another sort: never equal, and nobody would notice.

    Args:
        source: the condition.
        words_only: its text with quoted parts blanked.
        sorts: what its names hold.
    """
    for found in _EQUALS.finditer(source):
        held = sorts.get(found[1]) if words_only[found.start(1)] != " " else None
        beside = OwnSort.TEXT if found[2] else OwnSort.NUMBER if found[3] else OwnSort.TRUTH
        alike = held is beside or (held is OwnSort.DATE and beside is OwnSort.TEXT)
        if held is not None and not alike:
            yield Mismatch(found.start(1), found[1], _CALLED[held], _CALLED[beside])


def said(reason: str, words_only: str, sorts: Mapping[str, OwnSort]) -> str:
    """What a function takes, where that is the fault, and what the names of the condition hold."""
    takes = _TAKES.findall(reason)
    named = dict.fromkeys(re.findall(r"(?<![\w.])[a-z_][\w.]*", words_only))
    return "; ".join([*takes, *(f"{name} holds {_CALLED[sorts[name]]}" for name in named if name in sorts)])
