"""Custom objects and fields, from their metadata words to the describe's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connector.practice.schema.definition import FieldDef, ObjectDef, PicklistValue, Summary
from connector.practice.schema.metadata import Element
from connector.practice.schema.tables import expand, groups, kind_defaults, read_field

TYPES = {
    "AutoNumber": "string",
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "EncryptedText": "encryptedstring",
    "Html": "textarea",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "MasterDetail": "reference",
    "MultiselectPicklist": "multipicklist",
    "Number": "double",
    "Percent": "percent",
    "Phone": "phone",
    "Picklist": "picklist",
    "Summary": "double",
    "Text": "string",
    "TextArea": "textarea",
    "Time": "time",
    "Url": "url",
}
_LENGTHS = {
    "string": 255,
    "textarea": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "phone": 40,
    "email": 80,
    "url": 255,
    "encryptedstring": 175,
}
FORMULA_TEXT = 1300


def make_field(
    name: str,
    *,
    metadata_type: str,
    label: str,
    length: int = 0,
    precision: int = 18,
    scale: int = 0,
    formula: str | None = None,
    **chosen: Any,
) -> FieldDef:
    """A custom field of a metadata type; `chosen` overrides what the type implies."""
    kind = TYPES[metadata_type]
    size = precision if kind in {"double", "currency", "percent"} else length or _LENGTHS.get(kind, 0)
    if metadata_type == "AutoNumber":
        size = 30
    if formula is not None and kind == "string":
        size = FORMULA_TEXT
    made = kind_defaults(kind, size, scale)
    if kind == "reference":
        made["relationship_name"] = (
            name.removesuffix("c") + "r" if name.endswith("__c") else name.removesuffix("Id")
        )
    if kind == "textarea":
        made["extra_type_info"] = "richtextarea" if metadata_type == "Html" else "plaintextarea"
        made["html_formatted"] = metadata_type == "Html"
    made["permissionable"] = True
    made |= _kinds(metadata_type)
    if formula is not None:
        made |= {
            "calculated": True,
            "formula": formula,
            "createable": False,
            "updateable": False,
            "nillable": kind != "boolean",
            "defaulted_on_create": False,
            "default_value": None,
        }
    made |= {key: value for key, value in chosen.items() if value is not None}
    if made.get("external_id"):
        made["id_lookup"] = True
    if not made.get("nillable", True) and kind != "boolean" and formula is None:
        made["permissionable"] = False  # documented: required fields are always visible
    return FieldDef(name=name, label=label, custom=True, **made)


def _kinds(metadata_type: str) -> dict[str, Any]:
    if metadata_type == "AutoNumber":
        return {"createable": False, "updateable": False, "nillable": False, "defaulted_on_create": True}
    if metadata_type == "MasterDetail":
        return {
            "nillable": False,
            "updateable": False,
            "cascade_delete": True,
            "deletes_with_parent": True,
            "relationship_order": 0,
        }
    if metadata_type == "Summary":
        return {"calculated": True, "createable": False, "updateable": False}
    if metadata_type in {"LongTextArea", "Html"}:
        return {"filterable": False, "groupable": False, "sortable": False, "aggregatable": False}
    return {}


def read_custom_field(element: Element, *, origin: Path) -> FieldDef:
    """A field from its `.field-meta.xml`."""
    name = element.text("fullName") or origin.name.removesuffix(".field-meta.xml")
    metadata_type = element.text("type") or ""
    if metadata_type not in TYPES:
        raise ValueError(
            f"{origin}: field {name} has type {metadata_type or 'none'!r}, which the practice org"
            f" does not build; use one of {', '.join(sorted(TYPES))}"
        )
    values = _values(element)
    default = element.text("defaultValue")
    literal, default_formula = _default(metadata_type, default)
    chosen_value = next((value.value for value in values if value.default), None)
    reference = element.text("referenceTo")
    constraint = element.text("deleteConstraint")
    made = {
        "nillable": False if element.flag("required") else None,
        "unique": element.flag("unique") or None,
        "case_sensitive": element.flag("caseSensitive") or None,
        "external_id": element.flag("externalId") or None,
        "formula_null_as_zero": element.text("formulaTreatBlanksAs") == "BlankAsZero" or None,
        "picklist_values": values or None,
        "restricted_picklist": _restricted(element) or None,
        "reference_to": (reference,) if reference else None,
        "child_relationship_name": _child_name(element),
        "restricted_delete": constraint == "Restrict" or None,
        "deletes_with_parent": constraint == "Cascade" or None,
        "auto_number": element.text("displayFormat") if metadata_type == "AutoNumber" else None,
        "default_value": literal if chosen_value is None else chosen_value,
        "default_formula": default_formula,
        "defaulted_on_create": True if default is not None or chosen_value is not None else None,
        "updateable": True if element.flag("reparentableMasterDetail") else None,
        "inline_help": element.text("inlineHelpText"),
        "summary": _summary(element, origin) if metadata_type == "Summary" else None,
    }
    return make_field(
        name,
        metadata_type=metadata_type,
        label=element.text("label") or name,
        length=element.number("length"),
        precision=element.number("precision", 18),
        scale=element.number("scale"),
        formula=element.text("formula"),
        **made,
    )


def _summary(element: Element, origin: Path) -> Summary:
    if element.all("summaryFilterItems"):
        raise ValueError(f"{origin}: roll-up filters are not built in the practice org; leave them out")
    child, _, link = (element.text("summaryForeignKey") or "").partition(".")
    summarized = element.text("summarizedField")
    return Summary(
        child=child,
        link=link,
        operation=element.text("summaryOperation") or "count",
        field=summarized.partition(".")[2] if summarized else None,
    )


def _child_name(element: Element) -> str | None:
    name = element.text("relationshipName")
    return f"{name}__r" if name else None


def _restricted(element: Element) -> bool:
    value_set = element.one("valueSet")
    return value_set is not None and value_set.flag("restricted")


def _values(element: Element) -> tuple[PicklistValue, ...]:
    value_set = element.one("valueSet")
    inner = value_set.one("valueSetDefinition") if value_set is not None else None
    if inner is None:
        return ()
    return tuple(
        PicklistValue(
            value=each.text("fullName") or "",
            label=each.text("label") or each.text("fullName") or "",
            default=each.flag("default"),
            active=each.text("isActive") != "false",
        )
        for each in inner.all("value")
    )


def _default(metadata_type: str, text: str | None) -> tuple[str | bool | None, str | None]:
    if text is None:
        return None, None
    if metadata_type == "Checkbox":
        return text == "true", None
    return None, text


def custom_object(name: str, element: Element) -> ObjectDef:
    """A custom object from its `.object-meta.xml`, with the fields every custom object has."""
    label = element.text("label") or name.removesuffix("__c").replace("_", " ")
    name_meta = element.one("nameField")
    auto = name_meta.text("displayFormat") if name_meta and name_meta.text("type") == "AutoNumber" else None
    name_label = (name_meta.text("label") if name_meta else None) or f"{label} Name"
    tracked = {"Name"} if name_meta and name_meta.flag("trackHistory") else set()
    return bare_object(
        name,
        label=label,
        label_plural=element.text("pluralLabel") or label + "s",
        auto=auto,
        name_label=name_label,
        tracked=frozenset(tracked),
        private=element.text("sharingModel") == "Private",
    )


def bare_object(
    name: str,
    *,
    label: str,
    label_plural: str,
    auto: str | None = None,
    name_label: str = "Name",
    tracked: frozenset[str] = frozenset(),
    private: bool = False,
) -> ObjectDef:
    """A custom object with its system fields alone."""
    words = f"ro required name idlookup auto={auto}" if auto else "name idlookup noperm defaulted"
    lines = dict(groups()["$custom"])
    lines["Name"] = f"string(80) | {name_label} | {words}"
    return ObjectDef(
        name=name,
        label=label,
        label_plural=label_plural,
        key_prefix="",
        fields={key: read_field(key, line) for key, line in expand(dict(lines))},
        history_tracked=tracked,
        custom=True,
        private=private,
    )
