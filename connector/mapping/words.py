"""The small words of a mapping file: field and object names, conditions, values."""

import re
from dataclasses import dataclass

from connector.canonical.document import Node, Scalar, Table
from connector.canonical.shape import Reading, Schema, Word
from connector.mapping.model import Place
from connector.mapping.where import Where, WhereFault, parse_where

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PATH_REASON = (
    "a relationship path changes without this record's own stamp moving: "
    "map the related object in a section of its own, or copy the value by a before-save flow"
)


def place_of(node: Node, reading: Reading) -> Place:
    return Place(file=reading.file, line=node.line, column=node.column, where=node.where)


def field_name(text: str) -> str:
    if "." in text and all(_NAME.fullmatch(part) for part in text.split(".")):
        raise ValueError(PATH_REASON)
    if not _NAME.fullmatch(text):
        raise ValueError("an API name has letters, digits and underscores only")
    return text


NAME_PATTERN = "^[a-z_][a-z0-9_]*$"


def own_name(text: str) -> str:
    if not re.fullmatch(NAME_PATTERN, text) or text in _RESERVED:
        raise ValueError("small letters, digits and underscores, and no word of CEL's own")
    return text


_RESERVED = frozenset(
    {
        "in",
        "true",
        "false",
        "null",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
NAME = Word(own_name, "a name for conditions, such as vertical")
FIELD = Word(field_name, "the API name of a field, such as Status__c")
OBJECT = Word(field_name, "the API name of an object, such as Lead")


@dataclass(frozen=True)
class WhereShape:
    """A condition; faults name the column inside it."""

    def read(self, node: Node, reading: Reading) -> Where | None:
        if not isinstance(node, Scalar) or node.null:
            reading.fault(node, expected="a condition such as Status__c != 'Draft'")
            return None
        try:
            where = parse_where(node.text)
        except WhereFault as error:
            reading.fault(
                within(node, error.at), found=repr(node.text), expected="a condition", fix=str(error)
            )
            return None
        paths = [each for each in where.comparisons() if "." in each.field]
        for each in paths:
            reading.fault(within(node, each.at), found=f"the path {each.field!r}", fix=PATH_REASON)
        return None if paths else where

    def schema(self) -> Schema:
        return {"type": "string", "description": "a condition such as Status__c != 'Draft'"}


def within(node: Scalar, offset: int) -> Node:
    return Node(where=node.where, line=node.line, column=node.column + offset + (0 if node.plain else 1))


@dataclass(frozen=True)
class ValuesShape:
    """`values:` org value to canonical value; null where the org's value has no canonical one."""

    def read(self, node: Node, reading: Reading) -> dict[str, str | None] | None:
        if not isinstance(node, Table):
            reading.fault(node, expected="a table: `value of the org: canonical value`")
            return None
        out: dict[str, str | None] = {}
        whole = True
        for key, value in node.entries:
            if isinstance(value, Scalar):
                out[key.text] = None if value.null else value.text
            else:
                reading.fault(value, expected="one canonical value")
                whole = False
        return out if whole else None

    def schema(self) -> Schema:
        return {
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "description": "value of the org: canonical value",
        }
