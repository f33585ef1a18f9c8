"""Whatever is written as a formula, it has a value or one clear error with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.practice.formula import Context, FormulaError, Value, compile_formula, evaluate
from connector.practice.formula.signatures import SIGNATURES

CONTEXT = Context(now=datetime(2026, 11, 21, tzinfo=UTC))
RECORD = {"Amount": 12.5, "Name": "Æble", "CloseDate": "2026-12-24", "Hot__c": True, "Blank__c": None}
LEAVES = st.sampled_from(
    [*RECORD, "1", "0", "2.50", "''", "'abc'", "TRUE", "NULL", "NOW()", "TODAY()", "DATE(2026, 2, 28)", "-3"]
)
OPERATORS = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">=", "&&", "||"])
NAMES = st.sampled_from([name for name, each in SIGNATURES.items() if not each.of_field])


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(NAMES, st.lists(inner, max_size=4)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        inner.map(lambda t: f"!{t}"),
    )


def outcome(text: str) -> Value | FormulaError:
    try:
        return evaluate(
            compile_formula(text), record=RECORD, prior=dict(RECORD), is_new=False, context=CONTEXT
        )
    except FormulaError as error:
        return error


def is_placed(error: FormulaError, text: str) -> bool:
    lines = text.split("\n")
    inside = 1 <= error.line <= len(lines) and 1 <= error.column <= len(lines[error.line - 1]) + 1
    return inside and bool(error.message)


@given(st.recursive(LEAVES, grow, max_leaves=12))
def test_any_expression_has_a_value_or_a_placed_error(text: str) -> None:
    found = outcome(text)
    if isinstance(found, FormulaError):
        assert is_placed(found, text)
    else:
        assert found is None or isinstance(found, str | bool | Decimal | date)


@given(st.text(alphabet="ANDORIF(),'\"{}!$.+-*/<>=&|0123 \n\\@é", max_size=60))
def test_any_text_is_a_formula_or_refused_with_its_place(text: str) -> None:
    found = outcome(text)
    assert not isinstance(found, FormulaError) or is_placed(found, text)


@pytest.mark.parametrize("text", ["NOT(" * 3000 + "TRUE" + ")" * 3000, "1" + " + 1" * 5000])
def test_a_formula_nested_too_deeply_is_refused_and_not_a_crash(text: str) -> None:
    with pytest.raises(FormulaError, match="nested too deeply"):
        evaluate(compile_formula(text), record={}, prior=None, is_new=True, context=CONTEXT)


def test_padding_and_powers_stay_within_bounds() -> None:
    padded = evaluate(
        compile_formula("LEN(LPAD('x', 9999999999))"), record={}, prior=None, is_new=True, context=CONTEXT
    )
    assert padded == 32_768
    with pytest.raises(FormulaError):
        evaluate(compile_formula("10 ^ 99999999999"), record={}, prior=None, is_new=True, context=CONTEXT)
