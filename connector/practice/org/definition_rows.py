"""An org's own objects and fields as the rows of EntityDefinition, FieldDefinition and EntityParticle.

What a value looks like is taken from recorded answers where there were any (`Lookup()` as the type of an id,
`Contact.Account` as the durable id of `AccountId`), else from the reference.
"""

from __future__ import annotations

import json
from typing import Any

from connector.practice.org.founding import FOUNDED
from connector.practice.org.ids import made_id
from connector.practice.org.list_views import ListView
from connector.practice.schema import FieldDef, ObjectDef
from connector.practice.schema.describe import MASTER_RECORD_TYPE

Row = dict[str, Any]
_PLAIN = {
    "boolean": "Checkbox",
    "date": "Date",
    "datetime": "Date/Time",
    "time": "Time",
    "email": "Email",
    "phone": "Phone",
    "url": "URL",
    "picklist": "Picklist",
    "multipicklist": "Picklist (Multi-Select)",
    "combobox": "Combo Box",
    "address": "Address",
    "location": "Geolocation",
    "base64": "Base64",
    "anyType": "Any Type",
}
_NUMBERS = {"double": "Number", "currency": "Currency", "percent": "Percent"}
_RESULTS = {"boolean": "Checkbox", "string": "Text", "int": "Number", **_NUMBERS}
# Organization-wide defaults that are not Public Read/Write.
_SHARING = {"Lead": "ReadWriteTransfer", "Contact": "ControlledByParent"}


def entity_id(definition: ObjectDef) -> str:
    """The durable id of an object: its name, or the 15 characters of a custom object's own id."""
    return made_id("01I", definition.name)[:15] if definition.custom else definition.name


def field_id(definition: ObjectDef, field: FieldDef) -> str:
    """The durable id of a field."""
    own = made_id("00N", f"{definition.name}.{field.name}")[:15] if field.custom else _bare(field)
    return f"{entity_id(definition)}.{own}"


def _bare(field: FieldDef) -> str:
    """The developer name: without `__c`, and a standard reference without its `Id`."""
    if field.custom:
        return field.name.removesuffix("__c")
    return field.name.removesuffix("Id") if field.type == "reference" else field.name


def ui_type(field: FieldDef) -> str:
    """The type as the screens of Setup word it: `Text(80)`, `Lookup(User,Group)`, `Currency(16, 2)`."""
    if field.auto_number:
        return "Auto Number"
    if field.summary:
        return f"Roll-Up Summary ({field.summary.operation.upper()} {field.summary.child})"
    if field.calculated:
        return f"Formula ({_RESULTS.get(field.type, _PLAIN.get(field.type, 'Text'))})"
    if field.type == "id":
        return "Lookup()"
    if field.type == "reference":
        kind = "Master-Detail" if field.cascade_delete else "Lookup"
        return f"{kind}({','.join(field.reference_to)})"
    if field.extra_type_info == "personname" and field.name_field:
        return "Name"
    if field.name == "Fax":
        return "Fax"
    return _sized_type(field)


def _sized_type(field: FieldDef) -> str:
    if field.type in _NUMBERS:
        return f"{_NUMBERS[field.type]}({field.precision - field.scale}, {field.scale})"
    if field.type == "int":
        return f"Number({field.digits}, 0)"
    if field.type == "textarea":
        long = "Rich Text Area" if field.html_formatted else "Long Text Area"
        return f"{long if field.length > 255 else 'Text Area'}({field.length})"
    return _PLAIN.get(field.type) or f"Text({field.length}){_marks(field)}"


def _marks(field: FieldDef) -> str:
    outside = " (External ID)" if field.external_id else ""
    case = "Sensitive" if field.case_sensitive else "Insensitive"
    return outside + (f" (Unique Case {case})" if field.unique else "")


def entity_row(definition: ObjectDef) -> Row:
    """One row of EntityDefinition."""
    durable, screen = entity_id(definition), definition.layoutable
    listed = bool(dict(definition.flags).get("mruEnabled", screen))
    sharing = "Private" if definition.private else _SHARING.get(definition.name, "ReadWrite")
    master = {
        "available": True,
        "defaultRecordTypeMapping": True,
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
    }
    return {
        "Id": durable,
        "DurableId": durable,
        "QualifiedApiName": definition.name,
        "DeveloperName": definition.name.removesuffix("__c"),
        "MasterLabel": definition.label,
        "Label": definition.label,
        "PluralLabel": definition.label_plural,
        "DefaultCompactLayoutId": f"{durable}.SYSTEM" if screen else None,
        "IsCustomizable": screen,
        "IsApexTriggerable": definition.triggerable,
        "IsWorkflowEnabled": screen,
        "IsProcessEnabled": screen,
        "IsCompactLayoutable": screen,
        "DeploymentStatus": "Deployed" if definition.custom else None,
        "KeyPrefix": definition.key_prefix or None,
        "IsReplicateable": definition.replicateable,
        "IsRetrieveable": definition.retrieveable,
        "IsSearchLayoutable": definition.searchable,
        "IsSearchable": definition.searchable,
        "IsTriggerable": definition.triggerable,
        "IsIdEnabled": True,
        "IsEverCreatable": definition.createable,
        "IsEverUpdatable": definition.updateable,
        "IsEverDeletable": definition.deletable,
        "IsFeedEnabled": definition.feed_enabled,
        "IsQueryable": definition.queryable,
        "IsMruEnabled": listed,
        "DetailUrl": "/{ID}" if screen else None,
        "EditUrl": "/{ID}/e" if screen else None,
        "NewUrl": f"/{definition.key_prefix}/e" if screen else None,
        "EditDefinitionUrl": f"/{durable}" if definition.custom else None,
        "PublisherId": "<local>" if definition.custom else "System",
        "IsLayoutable": screen,
        "RecordTypesSupported": json.dumps({"recordTypeInfos": [master] if screen else []}),
        "InternalSharingModel": sharing,
        "ExternalSharingModel": "ControlledByParent" if sharing == "ControlledByParent" else "Private",
    }


def list_view_row(view: ListView) -> Row:
    """One row of ListView."""
    return {
        "Id": view.id,
        "Name": view.label,
        "DeveloperName": view.name,
        "SobjectType": view.object.name,
        "IsSoqlCompatible": True,
        **dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), FOUNDED),
    }


def _common(definition: ObjectDef, field: FieldDef) -> Row:
    """What a field and its particle both say."""
    durable, polymorphic = field_id(definition, field), len(field.reference_to) > 1
    return {
        "Id": durable,
        "DurableId": durable,
        "EntityDefinitionId": entity_id(definition),
        "QualifiedApiName": field.name,
        "DeveloperName": _bare(field),
        "MasterLabel": field.label,
        "Label": field.label,
        "Length": field.length,
        "ValueTypeId": field.type,
        "ExtraTypeInfo": field.extra_type_info,
        "IsCalculated": field.calculated,
        "IsHtmlFormatted": field.html_formatted,
        "IsNameField": field.name_field,
        "IsNillable": field.nillable,
        "IsCompactLayoutable": field.type not in {"id", "address"} and not field.html_formatted,
        "Precision": field.precision,
        "Scale": field.scale,
        "IsFieldHistoryTracked": field.name in definition.history_tracked,
        "IsApiFilterable": field.filterable,
        "IsApiSortable": field.sortable,
        "IsApiGroupable": field.groupable,
        "IsListVisible": True,
        "RelationshipName": field.relationship_name,
        "ReferenceTo": json.dumps({"referenceTo": list(field.reference_to) or None}),
        "IsPolymorphicForeignKey": polymorphic,
    }


def field_row(definition: ObjectDef, field: FieldDef) -> Row:
    """One row of FieldDefinition."""
    controller = definition.field(field.controller_name) if field.controller_name else None
    indexed = field.name in {"Id", "CreatedDate", "SystemModstamp", "RecordTypeId"} or field.name_field
    return _common(definition, field) | {
        "DataType": ui_type(field),
        "IsWorkflowFilterable": field.filterable,
        "IsIndexed": indexed or field.type == "reference" or field.unique or field.external_id,
        "IsListFilterable": field.filterable,
        "IsListSortable": field.sortable,
        "ControllingFieldDefinitionId": field_id(definition, controller) if controller else None,
        "IsCompound": not field.stored,
        "IsSearchPrefilterable": field.search_prefilterable,
        "PublisherId": "<local>" if field.custom else "System",
    }


def particle_row(definition: ObjectDef, field: FieldDef) -> Row:
    """One row of EntityParticle."""
    common = _common(definition, field)
    return common | {
        "FieldDefinitionId": common["DurableId"],
        "Name": _bare(field),
        "DataType": field.type,
        "IsAutonumber": field.auto_number is not None,
        "ByteLength": field.byte_length,
        "IsCaseSensitive": field.case_sensitive,
        "IsUnique": field.unique,
        "IsCreatable": field.createable,
        "IsUpdatable": field.updateable,
        "IsDefaultedOnCreate": field.defaulted_on_create,
        "IsWriteRequiresMasterRead": field.write_requires_master_read,
        "IsPermissionable": field.permissionable,
        "Digits": field.digits,
        "InlineHelpText": field.inline_help,
        "IsNamePointing": field.name_pointing,
        "IsLayoutable": field.type != "id",
        "IsDependentPicklist": field.controller_name is not None,
        "DefaultValueFormula": field.default_formula,
        "IsIdLookup": field.id_lookup,
        "RelationshipOrder": field.relationship_order,
        "IsComponent": field.compound_field_name is not None,
    }
