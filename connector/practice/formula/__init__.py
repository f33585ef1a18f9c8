"""Salesforce formulas: compiled once, evaluated against a record.

Used for validation rules, formula fields and the formulas of record-triggered flows.
"""

from connector.practice.formula.compiled import Compiled, compile_formula
from connector.practice.formula.context import Context, FormulaUser
from connector.practice.formula.errors import FormulaError
from connector.practice.formula.evaluator import evaluate
from connector.practice.formula.text_functions import case_safe_id
from connector.practice.formula.values import Value, to_storage

__all__ = [
    "Compiled",
    "Context",
    "FormulaError",
    "FormulaUser",
    "Value",
    "case_safe_id",
    "compile_formula",
    "evaluate",
    "to_storage",
]
