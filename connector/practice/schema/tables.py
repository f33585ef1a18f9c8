"""Standard objects, read from the tables under `standard/`.

A field is one line, `type(length or precision,scale) | label | words`. The describe's attributes follow
from the type by rule (`kind_defaults`); the words say what the rule does not:

- `required`; `ro` (neither createable nor updateable), `nocreate`, `noupdate`; `defaulted`, `default=`;
- `name` (the name field), `idlookup`, `unique`, `extid`, `auto=` (display format);
- `to=A,B` (`*` adds every custom object), `rel=`, `child=` (the child relationship's name),
  `cascade`, `restricted_delete`, `prefilter`;
- `values=` (a set in picklists.yaml), `restricted`; `of=` (compound field), `extra=` (extraTypeInfo),
  `bytes=`;
- `perm`, `noperm`, `nofilter`, `nosort`, `nogroup` override the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from connector.practice.schema.definition import FieldDef, ObjectDef, PicklistValue

TABLES = ("org", "people", "sales", "work", "channel")
ADDRESS_GROUPS = {"$billing": "Billing", "$shipping": "Shipping", "$mailing": "Mailing", "$other": "Other"}
_TYPE = re.compile(r"^(\w+)(?:\((\d+)(?:,(\d+))?\))?$")
HISTORY_PREFIX = "017"
NUMERIC = frozenset({"double", "currency", "percent"})


_UNSORTABLE = {"filterable": False, "groupable": False, "sortable": False, "aggregatable": False}
_EXTRA: Mapping[str, Mapping[str, Any]] = {
    "id": {
        "nillable": False,
        "createable": False,
        "updateable": False,
        "id_lookup": True,
        "defaulted_on_create": True,
    },
    "multipicklist": {"groupable": False, "sortable": False},
}


def kind_defaults(kind: str, size: int, scale: int) -> dict[str, Any]:
    """The describe attributes a type implies. `size` is a length, or a precision for numbers."""
    made: dict[str, Any] = {"type": kind}
    if kind in NUMERIC:
        made |= {"precision": size, "scale": scale, "groupable": False}
    elif kind == "int":
        made |= {"digits": size or 8}
    elif kind in {"id", "reference"}:
        made |= {"length": 18, "byte_length": 18}
    elif kind == "boolean":
        made |= {
            "aggregatable": False,
            "nillable": False,
            "defaulted_on_create": True,
            "default_value": False,
        }
    elif kind in {"datetime", "time"}:
        made |= {"groupable": False}
    elif kind in {"address", "location"}:
        made |= {
            "createable": False,
            "updateable": False,
            "groupable": False,
            "sortable": False,
            "aggregatable": False,
            "query_by_distance": True,
        }
    elif kind != "date":
        made |= {"length": size, "byte_length": size * 3}
    extra = dict(_EXTRA.get(kind, {}))
    return made | extra | (_UNSORTABLE if kind == "textarea" and size > 255 else {})


def _words(text: str) -> tuple[frozenset[str], dict[str, str]]:
    plain, named = set(), {}
    for word in text.split():
        key, found, value = word.partition("=")
        if found:
            named[key] = value
        else:
            plain.add(key)
    return frozenset(plain), named


def read_field(name: str, line: str) -> FieldDef:
    """One field from its line."""
    parts = [part.strip() for part in line.split("|")]
    matched = _TYPE.match(parts[0])
    if matched is None:
        raise ValueError(
            f"field {name}: cannot read the type in {line!r}; write type(length) or type(precision,scale)"
        )
    kind = matched[1]
    made = kind_defaults(kind, int(matched[2] or 0), int(matched[3] or 0))
    words, named = _words(parts[2] if len(parts) > 2 else "")
    made |= {"name": name, "label": parts[1]}
    if "required" in words:
        made["nillable"] = False
    if "ro" in words or "auto" in named:
        made |= {"createable": False, "updateable": False}
    if "nocreate" in words:
        made["createable"] = False
    if "noupdate" in words:
        made["updateable"] = False
    made |= _references(words, named)
    made |= _defaults(kind, words, named)
    for word, attribute in (("filter", "filterable"), ("sort", "sortable"), ("group", "groupable")):
        if "no" + word in words:
            made[attribute] = False
    if "nosort" in words and "nofilter" in words:
        made["aggregatable"] = False
    if kind == "anyType":
        made["aggregatable"] = False
    made["permissionable"] = _permissionable(made, words)
    return FieldDef(**made)


def _references(words: frozenset[str], named: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    targets = tuple(named["to"].split(",")) if "to" in named else ()
    made |= {
        "reference_to": tuple(target for target in targets if target != "*"),
        "any_custom": "*" in targets,
        "relationship_name": named.get("rel"),
        "child_relationship_name": named.get("child"),
        "name_pointing": len(targets) > 1,
        "deletes_with_parent": "cascade" in words,
        "restricted_delete": "restricted_delete" in words,
        "search_prefilterable": "prefilter" in words,
    }
    return made


def _defaults(kind: str, words: frozenset[str], named: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name_field": "name" in words,
        "compound_field_name": named.get("of"),
        "extra_type_info": named.get("extra"),
        "restricted_picklist": "restricted" in words,
        "auto_number": named.get("auto"),
        "unique": "unique" in words,
        "external_id": "extid" in words,
    }
    if "idlookup" in words:
        made["id_lookup"] = True
    if "bytes" in named:
        made["byte_length"] = int(named["bytes"])
    if "values" in named:
        made["picklist_values"] = picklists()[named["values"]]
        chosen = next((value.value for value in made["picklist_values"] if value.default), None)
        if chosen is not None:
            made |= {"default_value": chosen, "defaulted_on_create": True}
    if "default" in named:
        made |= {"default_value": named["default"] == "true" if kind == "boolean" else named["default"]}
        made["defaulted_on_create"] = True
    if "defaulted" in words or "auto" in named:
        made["defaulted_on_create"] = True
    return made


def _permissionable(made: Mapping[str, Any], words: frozenset[str]) -> bool:
    if "perm" in words or "noperm" in words:
        return "perm" in words
    if made["type"] == "address":
        return True
    return bool(made.get("nillable", True) and made.get("createable", True) and made.get("updateable", True))


@lru_cache
def picklists() -> dict[str, tuple[PicklistValue, ...]]:
    """The standard value sets by name."""
    return {name: tuple(_value(entry) for entry in entries) for name, entries in _load("picklists").items()}


def _value(entry: Any) -> PicklistValue:
    if isinstance(entry, str):
        return PicklistValue(value=entry, label=entry)
    if "value" in entry:
        return PicklistValue(**{"label": entry["value"], **entry})
    ((value, label),) = entry.items()
    return PicklistValue(value=str(value), label=label)


def _load(name: str) -> dict[str, Any]:
    text = (files(__package__) / "standard" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


@lru_cache
def groups() -> dict[str, dict[str, str]]:
    """Shared groups of fields by name, such as `$audit`."""
    return {name: dict(fields) for name, fields in _load("groups").items()}


def expand(fields: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Field lines with the `$groups` among them spelt out."""
    for name, line in fields.items():
        if name in ADDRESS_GROUPS:
            prefix = ADDRESS_GROUPS[name]
            for part, shared in groups()["$address"].items():
                yield part.replace("{}", prefix), shared.replace("{}", prefix)
        elif name.startswith("$"):
            yield from expand(groups()[name])
        elif line is not None:
            yield name, line


def history_fields(parent: str, key: str, relationship: str) -> dict[str, FieldDef]:
    """The fields of a history object whose rows point at `parent` through `key`."""
    lines = dict(groups()["$history"])
    pointing = lines.pop("PARENT") + f" to={parent} rel={relationship} child=Histories cascade"
    made: dict[str, FieldDef] = {}
    for name, line in lines.items():
        made[name] = read_field(name, line)
        if name == "IsDeleted":
            made[key] = read_field(key, pointing.replace("Parent ID", f"{relationship} ID"))
    return made


def history_object(name: str, label: str, parent: str, key: str) -> ObjectDef:
    """A field history object: rows are written by the engine alone."""
    return ObjectDef(
        name=name,
        label=label,
        label_plural=label,
        key_prefix=HISTORY_PREFIX,
        fields=history_fields(parent, key, parent if key != "ParentId" else "Parent"),
        createable=False,
        updateable=False,
        deletable=False,
        undeletable=False,
        searchable=False,
        layoutable=False,
        triggerable=False,
    )


_FLAGS = {
    "createable": "createable",
    "updateable": "updateable",
    "deletable": "deletable",
    "undeletable": "undeletable",
    "searchable": "searchable",
    "layoutable": "layoutable",
    "triggerable": "triggerable",
    "mergeable": "mergeable",
    "feedEnabled": "feed_enabled",
    "queryable": "queryable",
    "retrieveable": "retrieveable",
    "replicateable": "replicateable",
}


def definition_objects() -> dict[str, ObjectDef]:
    """The objects whose rows tell of the org's objects and fields; none of the org's own tables."""
    return {
        name: ObjectDef(
            name=name,
            label=row["label"],
            label_plural=row["label"] + "s",
            key_prefix=row["prefix"],
            fields={key: read_field(key, line) for key, line in expand(row["fields"])},
            createable=False,
            updateable=False,
            deletable=False,
            undeletable=False,
            retrieveable=False,
            replicateable=False,
            searchable=False,
            layoutable=False,
            triggerable=False,
        )
        for name, row in _load("definitions").items()
    }


def standard_objects() -> dict[str, ObjectDef]:
    """Every standard object, child relationships not yet drawn."""
    made: dict[str, ObjectDef] = {}
    for table in TABLES:
        for name, row in _load(table).items():
            if "history_of" in row:
                made[name] = history_object(name, row["label"], *row["history_of"])
                continue
            flags = row.get("flags", {})
            made[name] = ObjectDef(
                name=name,
                label=row["label"],
                label_plural=row.get("plural", row["label"] + "s"),
                key_prefix=row["prefix"],
                fields={key: read_field(key, line) for key, line in expand(row["fields"])},
                history_tracked=frozenset(row.get("history", ())),
                history_object=row.get("history_object"),
                flags={flag: value for flag, value in flags.items() if flag not in _FLAGS},
                scopes=tuple(pair for scope in row.get("scopes", ()) for pair in scope.items()),
                **{attribute: flags[flag] for flag, attribute in _FLAGS.items() if flag in flags},
            )
    return made
