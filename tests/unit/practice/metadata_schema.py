"""An XML schema for source-format metadata, cut from the metadata WSDL that simple-salesforce bundles."""

from __future__ import annotations

import copy
from functools import cache
from importlib.resources import files

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"
METADATA = "http://soap.sforce.com/2006/04/metadata"
ROOTS = (
    "CustomField",
    "CustomObject",
    "CustomPermission",
    "Flow",
    "PermissionSet",
    "Queue",
    "StandardValueSet",
    "ValidationRule",
)


def _references(node: etree._Element) -> set[str]:
    """Local names of the WSDL's own types that `node` uses."""
    return {
        value.removeprefix("tns:")
        for item in node.iter(f"{{{XSD}}}*")
        for key in ("type", "base", "ref")
        if (value := str(item.get(key, ""))).startswith("tns:")
    }


@cache
def metadata_schema() -> etree.XMLSchema:
    """The types reachable from ROOTS, each root also declared as a document element.

    The WSDL declares its types inside one `xsd:schema` whose `tns` prefix is bound on the outer
    `definitions` element, and declares no document element for any metadata type: both are put right here.
    """
    wsdl = etree.fromstring(files("simple_salesforce").joinpath("metadata.wsdl").read_bytes())
    source = wsdl.find(f".//{{{XSD}}}schema")
    assert source is not None
    types = {str(node.get("name")): node for node in source if str(node.tag).endswith("Type")}
    wanted: set[str] = set()
    queue = list(ROOTS)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue.extend(_references(types[name]))
    schema = etree.Element(f"{{{XSD}}}schema", nsmap={"xsd": XSD, "tns": METADATA})
    schema.set("targetNamespace", METADATA)
    schema.set("elementFormDefault", "qualified")
    for name in ROOTS:
        etree.SubElement(schema, f"{{{XSD}}}element", name=name, type=f"tns:{name}")
    for name in sorted(wanted):
        schema.append(copy.deepcopy(types[name]))
    return etree.XMLSchema(schema)
