"""Groups by the org's own links: whole, bounded, and without end in a circle."""

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import Record
from connector.canonical.time import at
from connector.rules.docket import MemoryDocket
from connector.rules.filing_case import case_of
from connector.rules.group import affiliated, members
from tests.support.builders import START, customer, filing, firm, ident, seller, someone
from tests.support.channel import filings_policy
from tests.support.world import Records, World


def world(*records: Record) -> World:
    kept = Records()
    for record in records:
        kept.put(record)
    fact = Fact(kind=FactKind.FILED, subject=Kind.REGISTRATION, record=ident("a01", 1), when=at(START))
    return World(fact, MemoryDocket(), kept)


def test_a_group_is_the_whole_tree_from_wherever_one_looks() -> None:
    top = customer(1, someone(1))
    left, right = customer(2, someone(2), group=top.id), customer(3, someone(3), group=top.id)
    below, stranger = customer(4, someone(4), group=left.id), customer(5, someone(5))
    seen = world(top, left, right, below, stranger)
    for one in (top, left, right, below):
        assert members(seen, (one,), 200) == ((top, left, right, below), False)


def test_a_group_too_large_is_cut_and_says_so() -> None:
    top = customer(1, someone(1))
    rest = [customer(n, someone(n), group=top.id) for n in range(2, 8)]
    found, too_large = members(world(top, *rest), (top,), 3)
    assert too_large
    assert len(found) == 3


def test_a_circle_of_parents_ends() -> None:
    one, other = customer(1, someone(1)), customer(2, someone(2))
    seen = world(one.model_copy(update={"group": other.id}), other.model_copy(update={"group": one.id}))
    found, _ = members(seen, (one,), 200)
    assert {each.id for each in found} == {one.id, other.id}


def test_affiliated_firms_are_those_under_one_parent_known_to_the_channel_or_not() -> None:
    holding: RecordId = ident("001", 900)  # an account that is no partner
    nord, ost, west = firm(1, group=holding), firm(2, group=holding), firm(3)
    seen = world(nord, ost, west)
    assert affiliated(seen, nord.id) == (nord.id, ost.id)
    assert affiliated(seen, west.id) == (west.id,)


def test_a_filing_for_a_customer_of_a_group_too_large_says_so_where_the_policy_covers_the_group() -> None:
    """Law 9: whoever was not looked at may be a rival."""
    top = customer(1, someone(1))
    rest = [customer(n, someone(n), group=top.id) for n in range(2, 8)]
    anna = seller(1, firm(1))
    mine = filing(1, anna, someone(1))
    entry = RegistrationEntry(registration=mine.id, firm=firm(1).id, filed=at(START), complete=at(START))
    fact = Fact(kind=FactKind.FILED, subject=Kind.REGISTRATION, record=mine.id, when=at(START))
    kept = Records()
    for record in (firm(1), anna, mine, top, *rest):
        kept.put(record)
    for covers, at_most, too_large in (("group", 3, True), ("group", 7, False), ("customer", 3, False)):
        terms = filings_policy().registrations
        assert terms is not None
        protection = terms.protection.model_copy(update={"covers": covers, "group_at_most": at_most})
        policy = filings_policy(protection=protection)
        assert policy.registrations is not None
        seen = World(fact, MemoryDocket((entry,)), kept)
        case = case_of(fact, seen, policy, terms=policy.registrations, filing=mine, entry=entry)
        assert case.group_too_large is too_large
