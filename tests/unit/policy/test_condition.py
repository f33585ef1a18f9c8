"""`when:` conditions: what they may name, how money is compared, and when they cannot be answered."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.canonical.docket import ClaimEntry, RegistrationEntry
from connector.canonical.document import Scalar
from connector.canonical.fact import Fact, FactKind
from connector.canonical.fault import Fault
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money, Rates
from connector.canonical.own import OwnSort
from connector.canonical.records import Lead, Registration
from connector.canonical.shape import Reading
from connector.canonical.time import at
from connector.policy.circumstances import CLAIM, FILING, as_cel
from connector.policy.condition import CelCondition, ConditionShape, Terms
from connector.policy.model import ConditionFailed, OfficeHours
from connector.policy.samples import sorts
from connector.rules.background import Background
from connector.rules.circumstances import looked_up, of_filing
from connector.rules.days import days_of
from connector.rules.docket import MemoryDocket
from connector.rules.terms import named
from tests.support.channel import filings_policy
from tests.support.world import Records, World

RATES = Rates(base="EUR", version="t", dated={date(2026, 1, 1): {"USD": Decimal("1.10")}})
LINES = {"Cloud": ("Cloud Control", "Analytics"), "Edge": ("Edge Gateway",)}


def compiled(source: str) -> tuple[CelCondition | None, list[Fault]]:
    reading = Reading(file="policy.yaml")
    node = Scalar(where="when", line=7, column=10, text=source, plain=False)
    shape = ConditionShape(FILING, Terms(rates=RATES, lines=LINES))
    return shape.read(node, reading), reading.faults


def holds(source: str, **circumstances: object) -> bool:
    condition, faults = compiled(source)
    assert condition is not None, [str(fault) for fault in faults]
    return condition.holds(circumstances)


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def test_a_condition_reads_names_lists_and_texts() -> None:
    assert holds('tier == "Gold" && "DE" in territory', tier="Gold", territory=("DE", "AT"))
    assert not holds("stage < 4", stage=Decimal("9.5"))
    assert holds('products.exists(p, p.startsWith("Cloud"))', products=["Cloud Control"])


def test_money_is_compared_to_the_last_cent_where_floats_would_not() -> None:
    """9007199254740993 is no float: an amount one cent above a limit has to be above it."""
    limit = 90071992547409
    above, at = euros(f"{limit}.01"), euros(f"{limit}.00")
    assert holds(f"eur(amount) > {limit}", amount=above)
    assert not holds(f"eur(amount) > {limit}", amount=at)
    assert holds("eur(amount) == 0.3", amount=euros("0.30"))


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.decimals(min_value=0, max_value=10**12, places=2),
)
def test_comparing_money_agrees_with_decimals(amount: Decimal, limit: Decimal) -> None:
    money = Money(amount=amount, currency="EUR")
    assert holds(f"eur(amount) >= {limit:f}", amount=money) == (amount >= limit)
    assert holds(f"{limit:f} > eur(amount)", amount=money) == (limit > amount)


def test_money_in_another_currency_is_compared_at_the_rate_of_the_day() -> None:
    """R0.2: a minimum in the deal's own currency."""
    dollars = Money(amount=Decimal(110), currency="USD")
    assert holds("eur(amount) == 100", amount=dollars, on=date(2026, 5, 1))
    assert holds("usd(amount) == 110", amount=dollars)
    assert holds('money(amount) >= money("110 USD")', amount=dollars, on="2026-05-01")


@pytest.mark.parametrize(
    ("source", "circumstances"),
    [
        ("eur(amount) >= 1", {"amount": Money(amount=Decimal(1), currency="USD")}),
        ("eur(amount) >= 1", {"amount": Money(amount=Decimal(1), currency="JPY"), "on": date(2026, 5, 1)}),
        ("eur(amount) >= 1", {"amount": None}),
        ("eur(amount) >= 1", {"amount": euros("0.00001")}),
        ("stage < 4", {"stage": None}),
        ('tier == "Gold"', {}),
    ],
)
def test_a_condition_that_cannot_be_answered_says_so(source: str, circumstances: dict[str, object]) -> None:
    """Law 8: defer on doubt."""
    with pytest.raises(ConditionFailed, match=r"tier|stage|eur"):
        holds(source, **circumstances)


def test_an_amounts_currency_may_be_named_and_texts_may_hold_any_word() -> None:
    assert holds('amount.currency == "EUR"', amount=euros("1"))
    assert holds('origin == "amount > product.x"', origin="amount > product.x")
    assert holds("eur(amount) >= 5 ? true : false", amount=euros("5"))
    assert holds("!(eur(amount) < eur(amount))", amount=euros("5"))


def test_the_product_line_is_what_all_products_share() -> None:
    assert holds('product.line == "Cloud"', products=["Cloud Control", "Analytics"])
    assert not holds('product.line == "Cloud"', products=["Cloud Control", "Edge Gateway"])
    assert holds('product.name == "Edge Gateway"', products=["Edge Gateway"])


@pytest.mark.parametrize(
    ("source", "column", "nearest"),
    [
        ('teir == "Gold"', 11, "tier"),
        ('tier == "Gold" && ammount == 1', 29, "amount"),
        ("euros(amount) > 1", 11, "eur"),
        ('tier = "Gold"', 16, ""),
        ('tier == "Gold" &&', 28, ""),
        ("eur(amount) + 1 > 2", 11, ""),
        ("eur(amount) > 1 + 2", 25, ""),
        ("eur(amount) > 0.00001", 25, ""),
        ("eur(amount)", 11, ""),
        ('eur(amount) > 100000 && tier = "Gold"', 40, ""),
        ("eur(amount) > 0x10", 25, ""),
        ("eur(amount) > 1e5", 25, ""),
        ("eur(amount) > -5", 25, ""),
        ("-eur(amount) < 5", 12, ""),
        ("(eur(amount)) < 5", 12, ""),
        ("amount > 5", 11, ""),
        ('tier == "Gold" && amount.amount == "5"', 29, ""),
        ('product == "Cloud"', 11, ""),
        ('product.lin == "Cloud"', 11, "product.line"),
        ("size(products) > eur(amount)", 24, ""),
    ],
)
def test_a_faulty_condition_names_its_column_and_the_nearest_name(
    source: str, column: int, nearest: str
) -> None:
    condition, faults = compiled(source)
    assert condition is None
    assert [(fault.line, fault.column, fault.nearest) for fault in faults] == [(7, column, nearest)]


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        ("tier > 5", 11, "tier holds a text"),
        ("tier", 11, "expected a comparison, true or false; tier holds a text"),
        ("eur(amount) >= 20 && tier", 11, "amount holds an amount; tier holds a text"),
        ('tier == "Gold" || year == "2027"', 29, "year compared with a text; year holds a number"),
        ("tender == 1", 11, "tender compared with a number; tender holds true or false"),
        ("region != true", 11, "region compared with true or false; region holds a text"),
        ('lines == "Cloud"', 11, "lines compared with a text; lines holds a list"),
        ("size(stage) > 2", 11, "stage holds a number"),
        ("business_days(tier) > 1", 11, "business_days() takes a whole number of days; tier holds a text"),
        ("listed(tier, 5)", 11, "listed() takes a text and a list; tier holds a text"),
    ],
)
def test_a_condition_that_no_act_can_answer_is_a_fault_of_the_file(
    source: str, column: int, said: str
) -> None:
    """Accepted, it would send every filing of the programme to a person."""
    condition, faults = compiled(source)
    assert condition is None
    assert [(fault.line, fault.column) for fault in faults] == [(7, column)]
    assert said in str(faults[0])


@pytest.mark.parametrize(
    "source",
    [
        'origin == "tier == 5"',
        'lines.exists(tier, tier == "Cloud")',
        "1000 / purchases > 3",
        'on >= "2027-01-01" && stage == 4',
        'tender ? lines[0] == "Cloud" : true',
        'competitors.contains("Acme") && tender != false',
    ],
)
def test_a_condition_that_some_act_can_answer_is_none(source: str) -> None:
    condition, faults = compiled(source)
    assert faults == []
    assert condition is not None


def test_the_rules_supply_every_name_that_a_condition_may_use() -> None:
    """A name that a check accepts and no act has would defer every decision."""
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    common = {
        "id": RecordId("00Q000000000001AAA"),
        "created_at": moment,
        "changed_at": moment,
        "stamp": moment,
    }
    made = Registration(**common)
    entry = RegistrationEntry(registration=made.id, firm=made.id, filed=at(moment))
    fact = Fact(kind=FactKind.FILED, subject=Kind.REGISTRATION, record=made.id, when=at(moment))
    world = World(fact, MemoryDocket(), Records())
    policy = filings_policy()
    asked = looked_up(Background(made, made.id, world, policy), entry, world, policy, moment.date())
    filing = of_filing(made, None, None, LINES, moment, asked, days_of(moment, policy))
    assert all(filing[name] is not None for name in asked)
    held = ClaimEntry(lead=made.id, holder=made.id, firm=made.id, opened=at(moment))
    claim = named(Lead(**common), held, world, policy)
    assert all(claim[name] is not None for name in claim)
    folded = {"quality"}  # from the docket: `rules.quality.known`
    assert set(filing) | folded == set(FILING)
    assert set(claim) | folded == set(CLAIM)
    values = {name: value for name, value in {**filing, **claim}.items() if value is not None}
    every = {*FILING, *CLAIM}
    expected = sorts(every, ())
    known = values.keys() & expected.keys()
    assert {name: _sort(values[name]) for name in known} == {name: expected[name] for name in known}
    assert every == {*expected, "product", *(name for name in every if name.endswith(".own"))}


def _sort(value: object) -> OwnSort:
    """What a condition may compare such a value with."""
    plain = as_cel(value)
    if isinstance(plain, bool):
        return OwnSort.TRUTH
    if isinstance(plain, int | float):
        return OwnSort.NUMBER
    if isinstance(plain, dict):
        return OwnSort.MONEY
    return OwnSort.LIST if isinstance(plain, list) else OwnSort.TEXT


def in_office(source: str, on: str = "2026-12-21", **circumstances: object) -> bool:
    """Judged on a Monday by default; closed are Christmas Eve (a Thursday), Christmas Day and a Saturday."""
    closed = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)})
    shape = ConditionShape(FILING, Terms(office=OfficeHours(closed=closed)))
    reading = Reading(file="policy.yaml")
    condition = shape.read(Scalar(where="when", line=7, column=10, text=source, plain=False), reading)
    assert condition is not None, [str(fault) for fault in reading.faults]
    return condition.holds({"on": on, **circumstances})


@pytest.mark.parametrize(
    ("days", "office"),
    [(0, 0), (1, 1), (2, 2), (4, 2), (6, 2), (7, 3), (14, 8), (-1, -1), (-3, -1), (-7, -5)],
)
def test_days_to_a_close_are_counted_without_weekends_and_holidays(days: int, office: int) -> None:
    assert in_office(f"business_days(close_in_days) == {office}", close_in_days=days)


def test_an_act_on_a_day_without_office_counts_from_the_next_one() -> None:
    assert in_office("business_days(close_in_days) == 1", on="2026-12-26", close_in_days=2)


def test_a_date_of_the_programmes_own_is_so_many_days_away() -> None:
    assert in_office('days_until("2026-12-31") == 10')
    assert in_office('days_until("2026-12-20") == -1')
    assert in_office('business_days(days_until("2026-12-31")) == 6')


@pytest.mark.parametrize("source", ['days_until("soon") > 1', "days_until(tier) > 1"])
def test_nobody_can_say_how_far_away_a_day_is_that_nobody_gave(source: str) -> None:
    with pytest.raises(ConditionFailed):
        in_office(source, tier="")


def test_business_days_of_half_a_day_cannot_be_said() -> None:
    with pytest.raises(ConditionFailed, match="whole number"):
        in_office("business_days(close_in_days) > 1", close_in_days=0.5)


def test_the_day_of_the_act_has_to_be_known_to_count_from_it() -> None:
    with pytest.raises(ConditionFailed, match="the day of the act is not known"):
        holds("business_days(close_in_days) > 1", close_in_days=5)


@pytest.mark.parametrize(
    ("name", "where"), [("line", "`partial_approval`, `benefits`"), ("asked_by", "`protection.extend`")]
)
def test_a_name_that_another_part_of_the_policy_knows_says_which(name: str, where: str) -> None:
    condition, faults = compiled(f'tier == "Gold" && {name} == "x"')
    assert condition is None
    assert (faults[0].column, faults[0].nearest) == (29, "")
    assert f"{name} is known in {where}" in faults[0].fix
