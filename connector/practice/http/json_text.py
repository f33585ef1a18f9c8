"""JSON as its sender wrote it: what is wrong with it, worded as the service's parser words it, and where."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"\w+")
_LITERALS = frozenset({"true", "false", "null"})
_DEEPEST = 500
_TOKENS = {
    bool: "VALUE_BOOLEAN",
    int: "VALUE_NUMBER_INT",
    float: "VALUE_NUMBER_FLOAT",
    str: "VALUE_STRING",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}


class JsonFaultError(Exception):
    """The first fault of a text; the message ends in its place, `at [line:1, column:3]`."""

    def __init__(self, words: str, text: str, at: int) -> None:
        super().__init__(f"{words} at {place(text, at)}")


def place(text: str, at: int) -> str:
    """The offset `at` as line and column, both counted from one."""
    line, start = text.count("\n", 0, at) + 1, text.rfind("\n", 0, at) + 1
    return f"[line:{line}, column:{at - start + 1}]"


def token_of(value: object) -> str:
    """The parser's name for the token that a value begins with."""
    return _TOKENS.get(type(value), "VALUE_NULL")


def fault_of(text: str) -> str:
    """Say what a text that is no JSON has wrong first; empty when it has nothing wrong."""
    try:
        at = _value(text, _space(text, 0), 0)
        at = _space(text, at)
        if at < len(text):
            raise _unexpected(text, at, "expected end of input")
    except JsonFaultError as fault:
        return str(fault)
    return ""


def value_place(text: str, name: str, value: object) -> str:
    """Where the value of the member `name` begins; the start of the text when it is not found."""
    written = re.escape(json.dumps(value, ensure_ascii=False))
    for shape in (rf'"{re.escape(name)}"\s*:\s*(?={written})', rf'"{re.escape(name)}"\s*:\s*'):
        found = re.search(shape, text)
        if found:
            return place(text, found.end())
    return place(text, 0)


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _unexpected(text: str, at: int, expecting: str) -> JsonFaultError:
    if at >= len(text):
        return JsonFaultError("Unexpected end-of-input", text, len(text))
    # The parser has read the character when it complains, so it names the column after it.
    return JsonFaultError(
        f"Unexpected character ('{text[at]}' (code {ord(text[at])})): {expecting}", text, at + 1
    )


def _value(text: str, at: int, depth: int) -> int:
    """Return the offset behind the value at `at`."""
    if depth > _DEEPEST:
        raise JsonFaultError("Document nesting depth exceeds the maximum allowed", text, at)
    first = text[at : at + 1]
    if first == "{":
        return _members(text, at, depth)
    if first == "[":
        return _items(text, at, depth)
    if first == '"':
        return _string(text, at)
    number = _NUMBER.match(text, at)
    if number:
        return number.end()
    word = _WORD.match(text, at)
    if word and word.group() in _LITERALS:
        return word.end()
    if word:
        raise JsonFaultError(
            f"Unrecognized token '{word.group()}': was expecting 'null', 'true', 'false' or NaN",
            text,
            word.end(),
        )
    raise _unexpected(
        text, at, "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
    )


def _members(text: str, at: int, depth: int) -> int:
    at = _space(text, at + 1)
    if text[at : at + 1] == "}":
        return at + 1
    while True:
        if text[at : at + 1] != '"':
            raise _unexpected(text, at, "was expecting double-quote to start field name")
        at = _space(text, _string(text, at))
        if text[at : at + 1] != ":":
            raise _unexpected(text, at, "was expecting a colon to separate field name and value")
        at = _space(text, _value(text, _space(text, at + 1), depth + 1))
        if text[at : at + 1] == "}":
            return at + 1
        if text[at : at + 1] != ",":
            raise _unexpected(text, at, "was expecting comma to separate OBJECT entries")
        at = _space(text, at + 1)


def _items(text: str, at: int, depth: int) -> int:
    at = _space(text, at + 1)
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        at = _space(text, _value(text, at, depth + 1))
        if text[at : at + 1] == "]":
            return at + 1
        if text[at : at + 1] != ",":
            raise _unexpected(text, at, "was expecting comma to separate ARRAY entries")
        at = _space(text, at + 1)


def _string(text: str, at: int) -> int:
    end = at + 1
    while end < len(text):
        character = text[end]
        if character == '"':
            return end + 1
        if character == "\\":
            end += 1
        elif character < " ":
            raise JsonFaultError(
                f"Illegal unquoted character ((CTRL-CHAR, code {ord(character)})): has to be escaped using "
                "backslash to be included in string value",
                text,
                end + 1,
            )
        end += 1
    raise JsonFaultError("Unexpected end-of-input in a String value", text, len(text))
