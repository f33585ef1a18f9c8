"""How an org looks on a screen: tabs, themes, layouts. Shapes are documented; what they hold follows the schema."""

from __future__ import annotations

import zlib
from typing import Any

from connector.practice.http.call import Answer, Call
from connector.practice.http.describes import described
from connector.practice.http.places import named_object, not_found
from connector.practice.http.route import Route
from connector.practice.org.ids import made_id
from connector.practice.schema import ObjectDef

_HUES = ("6F7CCB", "F88962", "FCB95B", "4BC076", "A094ED", "3BA755", "EF7EAD", "54698D")


def _colors(definition: ObjectDef) -> list[dict[str, str]]:
    hue = _HUES[zlib.crc32(definition.name.encode()) % len(_HUES)]
    return [{"color": hue, "context": "primary", "theme": theme} for theme in ("theme4", "theme3")]


def _icons(call: Call, definition: ObjectDef) -> list[dict[str, Any]]:
    stem = "custom" if definition.custom else definition.label_plural.lower().replace(" ", "")
    return [
        {
            "contentType": "image/png",
            "height": size,
            "theme": "theme3",
            "url": f"{call.service.instance_url}/img/icon/{stem}{size}.png",
            "width": size,
        }
        for size in (32, 16)
    ]


def _shown(call: Call) -> list[ObjectDef]:
    """Return the objects with a screen of their own that the login may read."""
    every = sorted(call.service.org.schema, key=lambda each: each.name)
    return [each for each in every if each.layoutable and call.user.access.object(each).read]


def _tabs(call: Call) -> Answer:
    tabs = []
    for each in _shown(call):
        icons = _icons(call, each)
        tabs.append(
            {
                "colors": _colors(each),
                "custom": each.custom,
                "iconUrl": icons[0]["url"],
                "icons": icons,
                "label": each.label_plural,
                "miniIconUrl": icons[1]["url"],
                "name": each.name if each.custom else f"standard-{each.name}",
                "sobjectName": each.name,
                "url": f"{call.service.instance_url}/{each.key_prefix}/o",
            }
        )
    return Answer(body=tabs)


def _theme(call: Call) -> Answer:
    items = [
        {"colors": _colors(each), "icons": _icons(call, each), "name": each.name} for each in _shown(call)
    ]
    return Answer(body={"themeItems": items})


def _laid_out(call: Call) -> tuple[ObjectDef, dict[str, Any]]:
    definition = named_object(call)
    if not definition.layoutable:
        raise not_found()
    return definition, described(call, definition)


def _layouts(call: Call) -> Answer:
    definition, told = _laid_out(call)
    layout_id = made_id("00h", definition.name)
    mappings = [
        {**each, "layoutId": layout_id, "picklistsForRecordType": None} for each in told["recordTypeInfos"]
    ]
    return Answer(
        body={
            "layouts": [_layout(definition, told, layout_id)],
            "recordTypeMappings": mappings,
            "recordTypeSelectorRequired": [False],
        }
    )


def _layout_of_type(call: Call) -> Answer:
    definition, told = _laid_out(call)
    if call.places["type"] not in {each["recordTypeId"] for each in told["recordTypeInfos"]}:
        raise not_found()
    return Answer(body=_layout(definition, told, made_id("00h", definition.name)))


def _layout(definition: ObjectDef, told: dict[str, Any], layout_id: str) -> dict[str, Any]:
    fields = [each for each in told["fields"] if each["type"] != "id" and not each["compoundFieldName"]]
    editable = [each for each in fields if each["createable"] or each["updateable"]]
    return {
        "buttonLayoutSection": {"detailButtons": []},
        "detailLayoutSections": [_section(definition, fields, layout_id)],
        "editLayoutSections": [_section(definition, editable, layout_id)],
        "feedView": None,
        "highlightsPanelLayout": None,
        "id": layout_id,
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [],
        "saveOptions": [],
    }


def _section(definition: ObjectDef, fields: list[dict[str, Any]], layout_id: str) -> dict[str, Any]:
    items = [
        {
            "editableForNew": each["createable"],
            "editableForUpdate": each["updateable"],
            "label": each["label"],
            "layoutComponents": [
                {
                    "details": each,
                    "displayLines": 1,
                    "tabOrder": number,
                    "type": "Field",
                    "value": each["name"],
                }
            ],
            "placeholder": False,
            "required": not each["nillable"] and not each["defaultedOnCreate"],
        }
        for number, each in enumerate(fields, 1)
    ]
    rows = [items[start : start + 2] for start in range(0, len(items), 2)]
    return {
        "collapsed": False,
        "columns": 2,
        "heading": f"{definition.label} Information",
        "layoutRows": [{"layoutItems": row, "numItems": len(row)} for row in rows],
        "layoutSectionId": made_id("01B", definition.name),
        "parentLayoutId": layout_id,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": False,
        "useHeading": True,
    }


def _compact_layouts(call: Call) -> Answer:
    definition, told = _laid_out(call)
    root = f"{call.base}/sobjects/{definition.name}/describe/compactLayouts"
    own_id = made_id("0AH", definition.name)
    named = [each for each in told["fields"] if each["nameField"]]
    layout = {
        "actions": [],
        "fieldItems": _section(definition, named, own_id)["layoutRows"][0]["layoutItems"] if named else [],
        "id": own_id,
        "imageItems": [],
        "label": "System Default",
        "name": "SYSTEM",
        "objectType": definition.name,
    }
    mappings = [
        {
            "available": each["available"],
            "compactLayoutId": own_id,
            "compactLayoutName": "SYSTEM",
            "recordTypeId": each["recordTypeId"],
            "recordTypeName": each["name"],
            "urls": {"compactLayout": f"{root}/{each['recordTypeId']}"},
        }
        for each in told["recordTypeInfos"]
    ]
    return Answer(
        body={
            "compactLayouts": [layout],
            "defaultCompactLayoutId": own_id,
            "recordTypeCompactLayoutMappings": mappings,
            "urls": {"primary": f"{root}/primary"},
        }
    )


def _approval_layouts(call: Call) -> Answer:
    """Answer no layouts: no approval process of this org has a screen of its own."""
    _laid_out(call)
    return Answer(body={"approvalLayouts": []})


_OBJECT = "/services/data/v{version}/sobjects/{object}/describe"
routes = [
    Route("/services/data/v{version}/tabs", {"GET": _tabs}),
    Route("/services/data/v{version}/theme", {"GET": _theme}),
    Route(f"{_OBJECT}/layouts", {"GET": _layouts}),
    Route(f"{_OBJECT}/layouts/{{type}}", {"GET": _layout_of_type}),
    Route(f"{_OBJECT}/compactLayouts", {"GET": _compact_layouts}),
    Route(f"{_OBJECT}/approvalLayouts", {"GET": _approval_layouts}),
]
