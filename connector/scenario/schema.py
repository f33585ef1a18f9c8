"""The scenario file as JSON Schema, for editors: from the same models and verbs that the loader reads by."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from connector.canonical.docket import ENTRY_TYPES
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.own import OWN
from connector.canonical.phrase import Phrase
from connector.canonical.records import MODELS, Record
from connector.canonical.shape import ListOf, Schema
from connector.canonical.verdict import Outcome
from connector.mapping.slots import SLOTS
from connector.policy.file import SCHEMA_ID
from connector.scenario.expectations import SPECIAL
from connector.scenario.file import KEYS, MAY, NEEDED
from connector.scenario.rights import RIGHT
from connector.scenario.times import DAY, MOMENT
from connector.scenario.values import attributes
from connector.scenario.verbs import VERBS

_TEXT: Schema = {"type": "string"}
_ANY: Schema = {}


def scenario_schema() -> Schema:
    """What may stand in a scenario file. Names of records are free, so that an editor cannot check them."""
    bodies: dict[str, Schema] = {
        "scenario": _TEXT,
        "proves": _one_or_several({"type": "string", "pattern": r"^R[0-4]\.\d{1,2}$"}),
        "profile": _one_or_several(_TEXT),
        "policy": {"type": "object"},
        "policies": {"type": "array", "items": {"type": "object"}},
        "not_on": {"type": "object", "additionalProperties": _TEXT},
        "starts": {"type": "string", "description": "2026-03-02 09:00"},
        "given": _closed({kind.value: _by_name(_given(kind)) for kind in Kind}),
        "when": {"type": "array", "items": _step()},
        "until": {"type": "string", "description": MOMENT},
        "then": {"$ref": "#/$defs/then"},
    }
    top = _closed({key: bodies[key] | {"description": said} for key, said in KEYS.items()})
    return {
        "$schema": SCHEMA_ID,
        "title": "Channel Connector scenario",
        **top,
        "required": list(NEEDED),
        "$defs": {"then": _then(), "phrases": _one_or_several({"enum": [each.value for each in Phrase]})},
    }


def _step() -> Schema:
    allowed = dict.fromkeys(("at", "who", "does", "what", "seen", *_takes(), "then"), _ANY)
    own: dict[str, Schema] = {
        "at": {"type": "string", "description": MOMENT},
        "who": _TEXT | {"description": "the person who acts"},
        "does": {"enum": list(VERBS), "description": "; ".join(f"{n}: {v.doc}" for n, v in VERBS.items())},
        "seen": {"type": "string", "description": "when the connector learns of it, if later"},
        "what": _TEXT | {"description": "the record that is acted on"},
        "with": {"type": "object", "description": "the words that change"},
        "kind": {"enum": [kind.value for kind in Kind]},
        "to": _TEXT,
        "into": _TEXT,
        "makes": _closed({Kind.OPPORTUNITY.value: _TEXT, Kind.CUSTOMER.value: _TEXT}),
        "then": {"$ref": "#/$defs/then"},
    }
    return _closed({name: own.get(name, _ANY) for name in allowed})


def _takes() -> Iterable[str]:
    return dict.fromkeys(each for verb in VERBS.values() for each in verb.takes)


def _then() -> Schema:
    special: dict[str, Schema] = {name: {"description": said} for name, said in SPECIAL.items()}
    special["outcome"] |= {"enum": [*(each.value for each in Outcome), None]}
    for name in ("because", "notes", "says"):
        special[name] |= {"$ref": "#/$defs/phrases"}
    words: dict[str, Schema] = dict(special)
    for kind, model in MODELS.items():
        words |= dict.fromkeys((*attributes(model), *SLOTS.get(kind, {})), _ANY) | special
    row = {
        "type": "object",
        "properties": {"table": {"enum": list(ENTRY_TYPES)}, "count": {"type": "integer"}},
    }
    return {
        "type": "object",
        "properties": {
            "conflicts": _one_or_several({"type": "object"}),
            "docket": _one_or_several({**row, "required": ["table"]}),
        },
        "additionalProperties": _closed(words) | _OWN,
    }


def _given(kind: Kind) -> Schema:
    """The words of a given record; a person's rights in the org stand beside them."""
    words = _words(MODELS[kind])
    if kind is Kind.PERSON:
        words["properties"][MAY] = ListOf(RIGHT).schema() | {
            "description": "rights in the org beyond the package's"
        }
    return words


def _words(model: type[BaseModel]) -> Schema:
    known = _closed({name: _value(annotation) for name, annotation in attributes(model).items()})
    return known | _OWN if issubclass(model, Record) else known


def _value(annotation: Any) -> Schema:
    if get_origin(annotation) in (Union, UnionType):
        inner = next(each for each in get_args(annotation) if each is not type(None))
        return {"anyOf": [_value(inner), {"type": "null"}]}
    if get_origin(annotation) is tuple:
        return _one_or_several(_value(get_args(annotation)[0]))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {"enum": [each.value for each in annotation]}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not Money:
        return _words(annotation)
    return dict(_SCALARS.get(annotation, {"type": ["string", "null"]}))


_OWN: Schema = {"patternProperties": {rf"^{OWN}\.": {"description": "a field under the mapping's `own:`"}}}
_SCALARS: Mapping[Any, Schema] = {
    Money: {"type": "string", "description": "an amount with its currency, such as `20000 EUR`"},
    datetime: {"type": "string", "description": MOMENT},
    date: {"type": "string", "description": DAY},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Decimal: {"type": "number"},
}


def _one_or_several(item: Schema) -> Schema:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _by_name(item: Schema) -> Schema:
    return {"type": "object", "additionalProperties": {"anyOf": [item, {"type": "null"}]}}


def _closed(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}
