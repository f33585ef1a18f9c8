"""The words in which the real service refuses a query: clipped text, a caret, row and column."""

from __future__ import annotations

from connector.practice.org.results import ApiError

_ADVICE = "Please reference your WSDL or the describe call for the appropriate names."
_SHOWN_BEFORE = 40
_SHOWN_AFTER = 30


def pointed(text: str, at: int, code: str, message: str) -> ApiError:
    """Return a 400 whose message shows the part of the query around offset `at`."""
    row = text.count("\n", 0, at) + 1
    line_start = text.rfind("\n", 0, at) + 1
    line_end = text.find("\n", at)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    column = at - line_start
    start = _cut_before(line, column)
    end = _cut_after(line, column)
    caret = " " * (column - start) + "^"
    return ApiError(
        400, code, f"\n{line[start:end]}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n{message}"
    )


def _cut_before(line: str, column: int) -> int:
    start = max(0, column - _SHOWN_BEFORE)
    while 0 < start < column and line[start - 1] not in " ,":
        start += 1
    return start


def _cut_after(line: str, column: int) -> int:
    end = column
    while end < len(line) and line[end] not in " ,":
        end += 1
    while end < len(line):
        word = end + 1
        while word < len(line) and line[word] not in " ,":
            word += 1
        if word - column > _SHOWN_AFTER + 10:
            break
        end = word
    return end


def malformed(message: str) -> ApiError:
    """Return a plain MALFORMED_QUERY, as syntax errors are answered."""
    return ApiError(400, "MALFORMED_QUERY", message)


def unexpected(token: str) -> ApiError:
    return malformed(f"unexpected token: {token}")


def no_such_column(text: str, at: int, name: str, entity: str) -> ApiError:
    return pointed(
        text,
        at,
        "INVALID_FIELD",
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure "
        f"to append the '__c' after the custom field name. {_ADVICE}",
    )


def no_such_object(text: str, at: int, name: str) -> ApiError:
    return pointed(
        text,
        at,
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to "
        f"append the '__c' after the entity name. {_ADVICE}",
    )


def no_such_parent(text: str, at: int, name: str) -> ApiError:
    return pointed(
        text,
        at,
        "INVALID_FIELD",
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom "
        f"relationship, be sure to append the '__r' after the custom relationship name. {_ADVICE}",
    )


def no_such_child(text: str, at: int, name: str) -> ApiError:
    return pointed(
        text,
        at,
        "INVALID_TYPE",
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are attempting to use a "
        f"custom relationship, be sure to append the '__r' after the custom relationship name. {_ADVICE}",
    )
