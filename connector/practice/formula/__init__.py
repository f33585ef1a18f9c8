"""Salesforce formulas: compiled once, evaluated against a record.

Used for validation rules, formula fields and the formulas of record-triggered flows.
"""

from connector.practice.formula.compiled import Compiled, compile_formula
from connector.practice.formula.context import Context, FormulaUser
from connector.practice.formula.errors import FormulaError
from connector.practice.formula.evaluator import evaluate

__all__ = ["Compiled", "Context", "FormulaError", "FormulaUser", "compile_formula", "evaluate"]
