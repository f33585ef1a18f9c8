"""`where:` conditions mean what SOQL means by them."""

import pytest

from connector.mapping.where import WhereFault, parse_where


def holds(source: str, **values: str | None) -> bool:
    where = parse_where(source)
    return where.test({})(values)


@pytest.mark.parametrize(
    ("source", "values", "answer"),
    [
        ("Status__c = 'Draft'", {"Status__c": "draft"}, True),  # text ignores case
        ("Status__c != 'Draft'", {"Status__c": None}, True),
        ("Status__c = 'Draft'", {"Status__c": None}, False),
        ("Status__c < 'Z'", {"Status__c": None}, False),
        ("IsPartner = true", {"IsPartner": "true"}, True),
        ("IsPartner = false", {"IsPartner": None}, True),
        ("IsPartner != true", {"IsPartner": "false"}, True),
        ("Amount__c >= 10", {"Amount__c": "9.5"}, False),
        ("Amount__c >= 10", {"Amount__c": "100"}, True),
        ("Amount__c = 10", {"Amount__c": "much"}, False),
        ("Parent__c = null", {"Parent__c": None}, True),
        ("Parent__c != NULL", {"Parent__c": "x"}, True),
        ("Day__c < 2026-02-01", {"Day__c": "2026-01-31"}, True),
        ("At__c >= 2026-02-01T00:00:00Z", {"At__c": "2026-02-01T00:00:00.000Z"}, True),
        ("A = 'x' or B = 'x' and C = 'x'", {"A": "x", "B": None, "C": None}, True),  # and binds tighter
        ("(A = 'x' or B = 'x') and C = 'x'", {"A": "x", "B": None, "C": None}, False),
        ("not A = 'x'", {"A": "y"}, True),
        ("A in ('x', 'y')", {"A": "Y"}, True),
        ("A not in ('x', 'y')", {"A": "z"}, True),
        ("A NOT IN ('x', 'y') AND B = 'it\\'s'", {"A": "z", "B": "It's"}, True),
        ("Order__c = 'x' and Nothing__c = 'y'", {"Order__c": "x", "Nothing__c": "y"}, True),
    ],
)
def test_a_condition_holds_as_soql_would_have_it(
    source: str,
    values: dict[str, str | None],
    answer: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    assert holds(source, **values) is answer


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ("Status__c", 9),
        ("Status__c == 'x'", 11),
        ("A = 'x' and", 11),
        ("IsPartner < true", 0),
        ("", 0),
        ("A = x", 4),
    ],
)
def test_a_faulty_condition_names_its_offset(source: str, at: int) -> None:
    with pytest.raises(WhereFault) as fault:
        parse_where(source)
    assert fault.value.at == at
