"""SOQL: text to syntax tree to SQL over the practice org's own tables, with errors worded as the real ones.

`compile_query(schema, soql, user, now)` is the way in; `CompiledQuery.rows` streams flat tuples (Bulk 2.0),
`CompiledQuery.records` nested JSON (REST).
"""

from connector.practice.soql.compiled import CompiledQuery, OutputColumn
from connector.practice.soql.compiling import compile_query

__all__ = ["CompiledQuery", "OutputColumn", "compile_query"]
