"""Formulas read and compute as Salesforce documents them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.practice.formula import Context, FormulaError, FormulaUser, compile_formula, evaluate
from connector.practice.formula.values import to_storage

NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
TYPES = {
    "Amount": "currency",
    "Probability": "percent",
    "Name": "string",
    "Status__c": "picklist",
    "Products__c": "multipicklist",
    "CloseDate": "date",
    "Since__c": "datetime",
    "Hot__c": "boolean",
    "OwnerId": "reference",
    "Owner.Name": "string",
    "Account.NumberOfEmployees": "int",
}

LOWER_TYPES = {name.lower(): kind for name, kind in TYPES.items()}
PARENTS: dict[tuple[str, ...], str | None] = {
    ("Owner", "Name"): "Ana",
    ("Account", "NumberOfEmployees"): None,
}


def value(text: str, record: Mapping[str, Any] | None = None, **given: Any) -> Any:
    context = Context(
        now=NOW,
        user=FormulaUser(
            fields={"Id": "005000000000001AAA", "TimeZoneSidKey": "Asia/Shanghai", "UserType": "Standard"},
            profile_name="Integration",
            permissions=frozenset({"Channel_Connector_Writes"}),
        ),
        resolve=lambda path, _record: PARENTS[path],
        field_type=lambda path: LOWER_TYPES.get(".".join(path).lower()),
        blank_as_zero=given.get("blank_as_zero", False),
    )
    return evaluate(
        compile_formula(text),
        record=record or {},
        prior=given.get("prior"),
        is_new=given.get("is_new", False),
        context=context,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ^ 3 ^ 1", 8),
        ("10 / 4", Decimal("2.5")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("-3 + 1", -2),
        ("7 - 2 - 1", 4),
        (".5 * 2", 1),
        ("1 < 2 && 2 >= 2 || FALSE", True),
        ("!TRUE", False),
        ("1 = 1 && 'a' != 'b' && 1 <> 2 && 2 == 2", True),
        ("1 /* a note */ + 1", 2),
        ("'a' & \"b\" & 'c'", "abc"),
        ("'a' + 'b'", "ab"),
        ("'it\\'s' & \"\\\"\\\\\"", "it's\"\\"),
        ("'a' = 'A'", False),
        ("{!$Flow.CurrentDateTime} = NOW()", True),
        ("$User.Id = '005000000000001AAA'", True),
        ("$user.USERTYPE", "Standard"),
        ("$Profile.Name", "Integration"),
        ("$Permission.Channel_Connector_Writes", True),
        ("$Permission.Something_Else", False),
    ],
)
def test_an_expression_has_its_documented_value(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IF(1 > 2, 'a', 'b')", "b"),
        ("CASE(2, 1, 'one', 2, 'two', 'many')", "two"),
        ("CASE(9, 1, 'one', 2, 'two', 'many')", "many"),
        ("AND(TRUE, 1 = 1)", True),
        ("OR(FALSE, NOT(TRUE))", False),
        ("LEFT('Channel', 4)", "Chan"),
        ("LEFT('ab', -1)", ""),
        ("RIGHT('Channel', 3)", "nel"),
        ("RIGHT('ab', 0)", ""),
        ("MID('Channel', 2, 3)", "han"),
        ("LEN('美来尔')", 3),
        ("CONTAINS('Channel', 'ann')", True),
        ("CONTAINS('Channel', 'ANN')", False),
        ("BEGINS('Channel', 'Cha')", True),
        ("FIND('n', 'Channel')", 4),
        ("FIND('n', 'Channel', 5)", 5),
        ("FIND('z', 'Channel')", 0),
        ("REGEX('12-34', '\\\\d{2}-\\\\d{2}')", True),
        ("REGEX('x12-34', '\\\\d{2}-\\\\d{2}')", False),
        ("UPPER('æb') & LOWER('ÆB')", "ÆBæb"),
        ("TRIM('  a b ')", "a b"),
        ("SUBSTITUTE('a-b-c', '-', '/')", "a/b/c"),
        ("LPAD('7', 3, '0') & RPAD('7', 3, '.')", "0077.."),
        ("LPAD('12345', 3)", "123"),
        ("VALUE('12.50') + 1", Decimal("13.5")),
        ("ISNUMBER('1e') || ISNUMBER('')", False),
        ("TEXT(12.500)", "12.5"),
        ("TEXT(DATE(2026, 2, 3))", "2026-02-03"),
        ("TEXT(NOW())", "2026-11-21 23:30:00Z"),
        ("ROUND(2.5, 0)", 3),
        ("ROUND(-2.5, 0)", -3),
        ("ROUND(1234.567, 2)", Decimal("1234.57")),
        ("ROUND(1251, -2)", 1300),
        ("FLOOR(-1.5) + CEILING(1.2)", 0),
        ("MOD(7, 3)", 1),
        ("MIN(3, 1, 2) + MAX(3, 1, 2)", 4),
        ("ABS(-4)", 4),
        ("SQRT(9)", 3),
        ("CASESAFEID('001D000000IqhSL')", "001D000000IqhSLIAZ"),
        ("CASESAFEID('001D000000IqhSLIAZ')", "001D000000IqhSLIAZ"),
    ],
)
def test_a_function_has_its_documented_value(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TODAY()", date(2026, 11, 22)),  # the running user's zone is Asia/Shanghai
        ("DATEVALUE(NOW())", date(2026, 11, 21)),
        ("DATEVALUE('2026-03-01')", date(2026, 3, 1)),
        ("DATETIMEVALUE('2026-03-01 10:00:00') - DATETIMEVALUE('2026-02-28 22:00:00')", Decimal("0.5")),
        ("DATE(2026, 3, 1) - DATE(2026, 2, 1)", 28),
        ("DATE(2026, 2, 27) + 2", date(2026, 3, 1)),
        ("2 + DATE(2026, 2, 27)", date(2026, 3, 1)),
        ("NOW() + 1", datetime(2026, 11, 22, 23, 30, tzinfo=UTC)),
        ("NOW() - 0.5", datetime(2026, 11, 21, 11, 30, tzinfo=UTC)),
        ("YEAR(DATE(2026, 2, 3)) * 10000 + MONTH(DATE(2026, 2, 3)) * 100 + DAY(DATE(2026, 2, 3))", 20260203),
        ("WEEKDAY(DATE(2026, 11, 22))", 1),  # a Sunday
        ("ADDMONTHS(DATE(2026, 1, 31), 1)", date(2026, 2, 28)),
        ("ADDMONTHS(DATE(2026, 2, 28), 1)", date(2026, 3, 31)),
        ("DATE(2026, 1, 1) < DATE(2026, 1, 2)", True),
    ],
)
def test_dates_and_instants_compute_in_days(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_stored_forms_are_read_by_the_type_of_their_field() -> None:
    record = {
        "Amount": 12.1,
        "Probability": 50,
        "CloseDate": "2026-12-24",
        "Since__c": "2026-11-21T20:00:00.000Z",
        "Hot__c": 1,
        "name": "2026-12-24",
    }
    assert value("Amount * 3", record) == Decimal("36.3")
    assert value("Probability", record) == Decimal("0.5")
    assert value("CloseDate - DATE(2026, 12, 20)", record) == 4
    assert value("(NOW() - Since__c) * 24", record) == Decimal("3.5")
    assert value("AND(Hot__c, Name = '2026-12-24')", record) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ISBLANK(Name)", True),
        ("ISNULL(Name)", False),
        ("Name = ''", True),
        ("'x' & Name", "x"),
        ("LEFT(Name, 3)", ""),
        ("BLANKVALUE(Name, 'none')", "none"),
        ("NULLVALUE(Name, 'none')", ""),
        ("ISBLANK(Amount) && ISNULL(Amount)", True),
        ("NULLVALUE(Amount, 7)", 7),
        ("Amount > 1", False),
        ("Amount < 1", False),
        ("Amount = NULL", True),
        ("Amount + 1", None),
        ("CloseDate + 1", None),
        ("ISBLANK(CloseDate)", True),
        ("IF(Hot__c, 1, 2)", 2),
        ("ISPICKVAL(Status__c, '')", True),
        ("ISBLANK(TEXT(Status__c))", True),
    ],
)
def test_a_blank_field_behaves_as_documented(text: str, expected: Any) -> None:
    assert value(text, {}) == expected


def test_blank_numbers_count_as_zero_where_the_field_says_so() -> None:
    assert value("Amount + 1", {"Amount": None}, blank_as_zero=True) == 1
    assert value("ISBLANK(Amount)", {"Amount": None}, blank_as_zero=True) is False


def test_change_functions_compare_the_saved_with_the_prior_record() -> None:
    prior, record = {"OwnerId": "00G1", "Amount": 20}, {"OwnerId": "0051", "Amount": 20.0}
    assert value("ISCHANGED(OwnerId)", record, prior=prior) is True
    assert value("ISCHANGED(ownerid) && ISCHANGED({!$Record.OwnerId})", record, prior=prior) is True
    assert value("ISCHANGED(Amount)", record, prior=prior) is False
    assert value("PRIORVALUE(OwnerId)", record, prior=prior) == "00G1"
    assert value("{!$Record__Prior.OwnerId}", record, prior=prior) == "00G1"


def test_on_a_new_record_nothing_is_changed_and_the_prior_value_is_the_present_one() -> None:
    record = {"OwnerId": "0051"}
    assert value("ISNEW()", record, is_new=True) is True
    assert value("ISCHANGED(OwnerId)", record, is_new=True) is False
    assert value("PRIORVALUE(OwnerId)", record, is_new=True) == "0051"
    assert value("$Record__Prior.OwnerId", record, is_new=True) is None


def test_picklists_are_compared_by_their_functions() -> None:
    record = {"Status__c": "Submitted", "Products__c": "Analytics;Edge Gateway"}
    assert value("ISPICKVAL(Status__c, 'Submitted')", record) is True
    assert value("CASE(Status__c, 'Draft', 1, 'Submitted', 2, 0)", record) == 2
    assert value("INCLUDES(Products__c, 'Edge Gateway')", record) is True
    assert value("INCLUDES(Products__c, 'Edge')", record) is False
    assert value("ISPICKVAL(PRIORVALUE(Status__c), 'Draft')", record, prior={"Status__c": "Draft"}) is True


def test_a_path_over_a_relationship_is_asked_of_the_resolver() -> None:
    user, queue = {"OwnerId": "005000000000001AAA"}, {"OwnerId": "00G000000000001AAA"}
    assert value("Owner.Name", user) == "Ana"
    assert value("Owner:User.Name", user) == "Ana"
    assert value("Owner:User.Name", queue) in (None, "")
    assert value("ISBLANK(Account.NumberOfEmployees)", user) is True


def test_only_the_branch_taken_is_computed() -> None:
    assert value("IF(TRUE, 1, 1 / 0)") == 1
    assert value("AND(FALSE, 1 / 0 = 1)") is False
    assert value("OR(TRUE, 1 / 0 = 1)") is True


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("ISCHNGED(OwnerId)", 1, 1, "Did you mean ISCHANGED?"),
        ("1 +", 1, 4, "Extra end of formula"),
        ("AND(\n  TRUE,\n  IF(1, 2)\n)", 3, 3, "Expected 3, received 2"),
        ("CASE(1, 2, 3)", 1, 1, "even number"),
        ("Amount Amount", 1, 8, "Extra 'Amount'"),
        ("'open", 1, 1, "Syntax error"),
        ("1 @ 2", 1, 3, "'@'"),
        ("", 1, 1, "end of formula"),
        ("ISCHANGED('x')", 1, 1, "field of the record"),
        ("PRIORVALUE(Owner.Name)", 1, 1, "related record"),
    ],
)
def test_a_text_that_is_no_formula_is_refused_with_its_place(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(FormulaError) as refused:
        compile_formula(text)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("1 + Amuont", 5, "Field Amuont does not exist. Check spelling. Did you mean Amount?"),
        ("1 / 0", 3, "no value"),
        ("'a' & 1", 5, "Expected Text, received Number"),
        ("DATE(2026, 2, 30)", 1, "cannot make a day"),
        ("VALUE('abc')", 1, "cannot read 'abc'"),
        ("NOW() > TODAY()", 7, "Expected DateTime, received Date"),
        ("NOT(1)", 5, "Expected Boolean"),
        ("YEAR(NOW())", 1, "Expected Date, received DateTime"),
        ("$Label.X", 1, "Unknown global $Label.X"),
        ("REGEX('a', '(')", 1, "cannot read the pattern"),
    ],
)
def test_what_cannot_be_computed_names_the_place_and_the_cause(text: str, column: int, words: str) -> None:
    with pytest.raises(FormulaError) as refused:
        value(text, {"Amount": 1})
    assert refused.value.column == column
    assert words in refused.value.message


def test_a_compiled_formula_tells_which_fields_it_reads() -> None:
    compiled = compile_formula("IF({!$Record.Amount} > 1, Owner:User.Name, $User.Id)")
    assert compiled.fields == {("Amount",), ("Owner", "Name")}


def test_a_computed_value_goes_back_in_the_stored_form() -> None:
    assert to_storage(NOW) == "2026-11-21T23:30:00.000Z"
    assert to_storage(date(2026, 1, 2)) == "2026-01-02"
    assert to_storage("") is None
    assert to_storage(Decimal("1.50")) == Decimal("1.50")
