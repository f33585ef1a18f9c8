"""SOSL: a search over the text of many objects, its words matched as the search index would.

`parse(text)` reads a statement; `found_ids` finds the rows of one object; `connector.practice.http.searches`
turns both into the answers of `search` and `parameterizedSearch`.
"""

from connector.practice.sosl.finding import found_ids
from connector.practice.sosl.parsing import Returning, Search, parse

__all__ = ["Returning", "Search", "found_ids", "parse"]
