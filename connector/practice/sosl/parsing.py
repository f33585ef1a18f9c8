"""A SOSL statement to its parts. What it returns of each object is SOQL in all but its FROM."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.practice.org.results import ApiError
from connector.practice.sosl.terms import Term, term_of

_GROUPS = frozenset({"ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"})
_NAME = re.compile(r"\s*([A-Za-z_]\w*)")
_CLAUSE = re.compile(r"\b(USING\s+\w+|WHERE|ORDER\s+BY|LIMIT|OFFSET)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Returning:
    """One object of a search; `where` is a SOQL condition, `tail` what may follow it (ORDER BY, LIMIT)."""

    object: str
    fields: tuple[str, ...] = ()
    where: str = ""
    tail: str = ""


@dataclass(frozen=True, kw_only=True)
class Search:
    """A whole search. No `returning`: every object that can be searched, its ids alone."""

    term: Term
    group: str = "ALL"
    returning: tuple[Returning, ...] = ()
    limit: int | None = None


def refused(message: str) -> ApiError:
    """Return a MALFORMED_SEARCH, with which a search that cannot be read is answered."""
    return ApiError(400, "MALFORMED_SEARCH", message)


def checked_term(text: str) -> Term:
    """Read the words to look for; one letter alone is refused."""
    letters = re.sub(r"[\W_]", "", text)
    if not letters:
        raise refused("No search term found. The search term must be enclosed in braces.")
    if len(letters) == 1 and letters.isascii():
        raise refused(f"search term must be longer than one character: {text.strip()}")
    return term_of(text)


def parse(text: str) -> Search:
    """Return the parts of a statement such as `FIND {Acme} IN NAME FIELDS RETURNING Account(Id, Name)`.

    Raises 400 MALFORMED_SEARCH.
    """
    start = re.match(r"\s*FIND\b\s*", text, re.IGNORECASE)
    if start is None:
        word = (text.split() or ["<EOF>"])[0]
        raise refused(f"unexpected token: {word}")
    braces = re.compile(r"\{((?:[^{}\\]|\\.)*)\}").match(text, start.end())
    if braces is None:
        raise refused("No search term found. The search term must be enclosed in braces.")
    term = checked_term(braces[1])
    rest = text[braces.end() :]
    group, rest = _group(rest)
    returning, rest = _returning(rest)
    limit, rest = _limit(_without_options(rest))
    if rest.strip():
        raise refused(f"unexpected token: {rest.split()[0]}")
    return Search(term=term, group=group, returning=tuple(returning), limit=limit)


def _group(rest: str) -> tuple[str, str]:
    found = re.match(r"\s*IN\s+(\w+)\s+FIELDS\b", rest, re.IGNORECASE)
    if found is None:
        return "ALL", rest
    if found[1].upper() not in _GROUPS:
        raise refused(f"unexpected token: {found[1]}")
    return found[1].upper(), rest[found.end() :]


def _returning(rest: str) -> tuple[list[Returning], str]:
    found = re.match(r"\s*RETURNING\b", rest, re.IGNORECASE)
    if found is None:
        return [], rest
    rest = rest[found.end() :]
    listed: list[Returning] = []
    while True:
        name = _NAME.match(rest)
        if name is None:
            raise refused(f"unexpected token: {(rest.split() or ['<EOF>'])[0]}")
        rest = rest[name.end() :]
        inner = ""
        if rest.lstrip().startswith("("):
            inner, rest = _bracketed(rest.lstrip())
        listed.append(returning_of(name[1], inner))
        if not rest.lstrip().startswith(","):
            return listed, rest
        rest = rest.lstrip()[1:]


def _bracketed(text: str) -> tuple[str, str]:
    """Split a text that begins with a bracket after the one that closes it."""
    depth = 0
    blank = _QUOTED.sub(lambda found: "x" * len(found[0]), text)
    for place, character in enumerate(blank):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    raise refused("unexpected token: <EOF>")


def returning_of(name: str, inner: str) -> Returning:
    """Read what stands in the brackets behind an object: fields, then WHERE, ORDER BY and LIMIT."""
    blank = _QUOTED.sub(lambda found: "x" * len(found[0]), inner)
    clauses = list(_CLAUSE.finditer(blank))
    head = inner[: clauses[0].start()] if clauses else inner
    where, tail = "", ""
    for number, clause in enumerate(clauses):
        end = clauses[number + 1].start() if number + 1 < len(clauses) else len(inner)
        if clause[1].upper() == "WHERE":
            where = inner[clause.end() : end].strip()
        elif not clause[1].upper().startswith("USING"):
            tail += " " + inner[clause.start() : end].strip()
    fields = tuple(each.strip() for each in head.split(",") if each.strip())
    return Returning(object=name, fields=fields, where=where, tail=tail)


def _without_options(rest: str) -> str:
    """Leave out WITH clauses and UPDATE TRACKING, which change no row that is found here."""
    rest = re.sub(r"\bUPDATE\s+(TRACKING|VIEWSTAT)\b,?\s*(TRACKING|VIEWSTAT)?", "", rest, flags=re.IGNORECASE)
    return re.sub(r"\bWITH\b.*?(?=\bWITH\b|\bLIMIT\b|$)", "", rest, flags=re.IGNORECASE | re.DOTALL)


def _limit(rest: str) -> tuple[int | None, str]:
    found = re.match(r"\s*LIMIT\s+(\d+)\b", rest, re.IGNORECASE)
    return (int(found[1]), rest[found.end() :]) if found else (None, rest)
