"""The words between the braces of a search: AND, OR, AND NOT, brackets, phrases in quotes, `*` and `?`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r'\s*(?:(?P<bracket>[()])|"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>(?:[^\s()"\\]|\\.)+))')
_PLAIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Words:
    """Words that must follow each other in one field; `*` and `?` stand for characters of a word."""

    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Both:
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Either:
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Without:
    """Rows that the term does not match."""

    term: Term


Term = Words | Both | Either | Without


def term_of(text: str) -> Term:
    """Read a search term; words side by side must all be there, as AND would say."""
    return _any(list(_pieces(text)))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for found in _PIECE.finditer(text):
        kind = found.lastgroup or "word"
        value = found[kind]
        if kind == "word" and value.upper() in {"AND", "OR", "NOT"}:
            kind, value = "operator", value.upper()
        yield kind, value


def _any(pieces: list[tuple[str, str]]) -> Term:
    terms = [_all(pieces)]
    while pieces and pieces[0] == ("operator", "OR"):
        pieces.pop(0)
        terms.append(_all(pieces))
    return terms[0] if len(terms) == 1 else Either(tuple(terms))


def _all(pieces: list[tuple[str, str]]) -> Term:
    terms: list[Term] = []
    while pieces and pieces[0] not in {("operator", "OR"), ("bracket", ")")}:
        kind, value = pieces.pop(0)
        if kind == "operator":
            if value == "NOT" and pieces:
                terms.append(Without(_one(*pieces.pop(0), pieces)))
            continue
        terms.append(_one(kind, value, pieces))
    return terms[0] if len(terms) == 1 else Both(tuple(terms))


def _one(kind: str, value: str, pieces: list[tuple[str, str]]) -> Term:
    if kind != "bracket":
        plain = re.sub(r"\\(.)", r"\1", value).casefold()
        return Words(tuple(re.findall(r"[\w*?]+", plain)))
    inner = _any(pieces)
    if pieces and pieces[0] == ("bracket", ")"):
        pieces.pop(0)
    return inner


def words_of(text: str) -> list[str]:
    """Return the words of a field's text, as the index holds them."""
    return _WORD.findall(text.casefold())


def matches(term: Term, fields: Sequence[Sequence[str]]) -> bool:
    """Whether a row matches, its fields given as lists of words."""
    if isinstance(term, Both):
        return all(matches(each, fields) for each in term.terms)
    if isinstance(term, Either):
        return any(matches(each, fields) for each in term.terms)
    if isinstance(term, Without):
        return not matches(term.term, fields)
    patterns = [_pattern(each) for each in term.patterns]
    return bool(patterns) and any(_follow(patterns, words) for words in fields)


def _pattern(written: str) -> re.Pattern[str]:
    return re.compile("".join({"*": r"\w*", "?": r"\w"}.get(each, re.escape(each)) for each in written))


def _follow(patterns: Sequence[re.Pattern[str]], words: Sequence[str]) -> bool:
    last = len(words) - len(patterns)
    return any(
        all(pattern.fullmatch(words[start + step]) for step, pattern in enumerate(patterns))
        for start in range(last + 1)
    )


def narrowed(term: Term, columns: Sequence[str]) -> tuple[str, list[str]]:
    """Return SQL that every matching row satisfies, and its parameters: the plain letters of each word."""
    if isinstance(term, Words):
        plain = [run for pattern in term.patterns for run in _PLAIN.findall(pattern) if _is_safe(pattern)]
        sql = [" OR ".join(f"{column} LIKE ?" for column in columns) for _ in plain]
        values = [f"%{run}%" for run in plain for _ in columns]
        return " AND ".join(f"({each})" for each in sql) or "1", values
    if isinstance(term, Without):
        return "1", []
    parts = [narrowed(each, columns) for each in term.terms]
    joint = " AND " if isinstance(term, Both) else " OR "
    return "(" + (joint.join(sql for sql, _ in parts) or "1") + ")", [
        value for _, values in parts for value in values
    ]


def _is_safe(pattern: str) -> bool:
    """Whether the text in the table holds the same letters: folding may have made others (`ß` to `ss`)."""
    return "ss" not in pattern and "fi" not in pattern and "fl" not in pattern
