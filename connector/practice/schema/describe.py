"""Describe answers made from the schema, attribute for attribute as the real service shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.practice.schema.definition import FieldDef, ObjectDef, Schema

MASTER_RECORD_TYPE = "012000000000000AAA"
Sight = Callable[[ObjectDef, FieldDef], tuple[bool, bool]]
"""Whether a login reads and edits a field."""

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "address": "urn:address",
    "location": "urn:location",
    "base64": "xsd:base64Binary",
    "anyType": "xsd:anyType",
}


def describe_field(field: FieldDef, *, known: Callable[[str], bool], editable: bool = True) -> dict[str, Any]:
    """One entry of a describe's `fields`."""
    polymorphic = len(field.reference_to) > 1
    return {
        "aggregatable": field.aggregatable,
        "aiPredictionField": False,
        "autoNumber": field.auto_number is not None,
        "byteLength": field.byte_length,
        "calculated": field.calculated,
        "calculatedFormula": field.formula,
        "cascadeDelete": field.cascade_delete,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound_field_name,
        "controllerName": field.controller_name,
        "createable": field.createable and editable,
        "custom": field.custom,
        "defaultValue": field.default_value,
        "defaultValueFormula": field.default_formula,
        "defaultedOnCreate": field.defaulted_on_create,
        "dependentPicklist": field.controller_name is not None,
        "deprecatedAndHidden": False,
        "digits": field.digits,
        "displayLocationInDecimal": False,
        "encrypted": field.type == "encryptedstring",
        "externalId": field.external_id,
        "extraTypeInfo": field.extra_type_info,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": field.formula_null_as_zero,
        "groupable": field.groupable,
        "highScaleNumber": False,
        "htmlFormatted": field.html_formatted,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.inline_help,
        "label": field.label,
        "length": field.length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": field.name_pointing,
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [
            {
                "active": value.active,
                "defaultValue": value.default,
                "label": value.label,
                "validFor": None,
                "value": value.value,
            }
            for value in field.picklist_values
        ],
        "polymorphicForeignKey": polymorphic,
        "precision": field.precision,
        "queryByDistance": field.query_by_distance,
        "referenceTargetField": None,
        "referenceTo": [target for target in field.reference_to if known(target) or not polymorphic],
        "relationshipName": field.relationship_name,
        "relationshipOrder": field.relationship_order,
        "restrictedDelete": field.restricted_delete,
        "restrictedPicklist": field.restricted_picklist,
        "scale": field.scale,
        "searchPrefilterable": field.search_prefilterable,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and editable,
        "writeRequiresMasterRead": field.write_requires_master_read,
    }


def _summary(definition: ObjectDef, version: str, *, full: bool, base_url: str) -> dict[str, Any]:
    root = f"/services/data/v{version}/sobjects/{definition.name}"
    history = definition.key_prefix == "017"
    urls = {"rowTemplate": f"{root}/{{ID}}", "describe": f"{root}/describe", "sobject": root}
    listed = dict(definition.flags).get("mruEnabled", definition.layoutable)
    if definition.layoutable:
        urls |= {
            "compactLayouts": f"{root}/describe/compactLayouts",
            "quickActions": f"{root}/quickActions",
            "layouts": f"{root}/describe/layouts",
        }
        if definition.name == "User":
            urls["namedLayouts"] = f"{root}/describe/namedLayouts/{{LayoutName}}"
            urls["passwordUtilities"] = f"{root}/{{ID}}/password"
        elif listed:
            urls["approvalLayouts"] = f"{root}/describe/approvalLayouts"
            urls["listviews"] = f"{root}/listviews"
        if full:
            urls |= {
                "uiDetailTemplate": f"{base_url}/{{ID}}",
                "uiEditTemplate": f"{base_url}/{{ID}}/e",
                "uiNewRecord": f"{base_url}/{definition.key_prefix}/e",
            }
    made: dict[str, Any] = {
        "activateable": False,
        "associateEntityType": "History" if history else None,
        "associateParentEntity": _parent_of_history(definition) if history else None,
        "createable": definition.createable,
        "custom": definition.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": definition.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": definition.feed_enabled,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": definition.key_prefix,
        "label": definition.label,
        "labelPlural": definition.label_plural,
        "layoutable": definition.layoutable,
        "mergeable": definition.mergeable,
        "mruEnabled": listed,
        "name": definition.name,
        "queryable": definition.queryable,
        "replicateable": definition.replicateable,
        "retrieveable": definition.retrieveable,
        "searchable": definition.searchable,
        "triggerable": definition.triggerable,
        "undeletable": definition.undeletable,
        "updateable": definition.updateable,
        "urls": urls,
    }
    return made | dict(definition.flags)


def _parent_of_history(definition: ObjectDef) -> str | None:
    return next(
        (field.reference_to[0] for field in definition.fields.values() if field.deletes_with_parent), None
    )


def describe(
    schema: Schema, name: str, version: str, *, base_url: str = "", sight: Sight | None = None
) -> dict[str, Any]:
    """The full describe of one object for API `version` (such as "60.0").

    Fields that `sight` hides are absent, as field-level security makes them in the real service.
    """
    definition = schema.object(name)
    root = f"/services/data/v{version}/sobjects/{definition.name}"
    fields = []
    for field in definition.fields.values():
        reads, edits = sight(definition, field) if sight else (True, True)
        if reads:
            fields.append(describe_field(field, known=schema.has, editable=edits))
    made = _summary(definition, version, full=True, base_url=base_url)
    made |= {
        "actionOverrides": [],
        "childRelationships": [
            {
                "cascadeDelete": child.cascade_delete,
                "childSObject": child.child,
                "deprecatedAndHidden": False,
                "field": child.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": child.name,
                "restrictedDelete": child.restricted_delete,
            }
            for child in definition.child_relationships
        ],
        "compactLayoutable": definition.layoutable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": fields,
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            {
                "active": True,
                "available": True,
                "defaultRecordTypeMapping": True,
                "developerName": "Master",
                "master": True,
                "name": "Master",
                "recordTypeId": MASTER_RECORD_TYPE,
                "urls": {"layout": f"{root}/describe/layouts/{MASTER_RECORD_TYPE}"},
            }
        ]
        if definition.layoutable
        else [],
        "searchLayoutable": definition.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": label, "name": scope} for scope, label in scopes_of(definition)],
    }
    return {key: made[key] for key in sorted(made)}


def scopes_of(definition: ObjectDef) -> tuple[tuple[str, str], ...]:
    """The scopes a query of the object may use, each with its label."""
    if definition.scopes:
        return definition.scopes
    if not definition.layoutable:
        return ()
    plural = definition.label_plural.lower()
    return (
        ("everything", f"All {plural}"),
        ("mine", f"My {plural}"),
        ("scopingRule", "Filter by scope"),
    )


def describe_global(
    schema: Schema, version: str, *, visible: Callable[[ObjectDef], bool] | None = None
) -> dict[str, Any]:
    """`{"encoding","maxBatchSize","sobjects"}`, one summary per object the login sees."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [
            _summary(definition, version, full=False, base_url="")
            for definition in sorted(schema, key=lambda each: each.name)
            if visible is None or visible(definition)
        ],
    }
