"""`DISTANCE(Address, GEOLOCATION(37.8, -122.4), 'mi')`: how far a row's place is from a point."""

from __future__ import annotations

from connector.practice.soql import functions, tree
from connector.practice.soql.conditions import Operand
from connector.practice.soql.faults import malformed, pointed
from connector.practice.soql.scope import Scope

_PLACES = frozenset({"address", "location"})


def distance_of(call: tree.Call, scope: Scope) -> Operand:
    """Return the distance as SQL, null for a row without a place; refuse any other form."""
    if len(call.arguments) != 3:
        raise malformed(f"Invalid use of function {call.name}")
    path, point, unit = call.arguments
    if not (isinstance(path, tree.Path) and isinstance(unit, tree.Literal)):
        raise malformed(f"Invalid use of function {call.name}")
    radius = functions.RADII.get(unit.value)
    if radius is None:
        raise malformed(f"Invalid distance unit: {unit.value}. Valid unit: 'mi', 'km'")
    column = scope.column(path)
    if column.field.type not in _PLACES:
        message = f"field '{column.name}' is not supported by the function {call.name}"
        raise pointed(scope.text, path.at, "INVALID_FIELD", message)
    target = column.place.targets[0]
    parts = {
        ending: target.column(each.name)
        for each in target.object.fields.values()
        for ending in ("Latitude", "Longitude")
        if each.compound_field_name == column.field.name and each.name.endswith(ending)
    }
    there = ", ".join(str(degrees) for degrees in _degrees(point))
    sql = f"{functions.DISTANCE}({parts['Latitude']}, {parts['Longitude']}, {there}, {radius})"
    return Operand(sql, functions.DECIMAL, call.name, call.at)


def _degrees(point: tree.Path | tree.Call | tree.Literal) -> tuple[float, float]:
    if isinstance(point, tree.Call) and point.name.upper() == "GEOLOCATION" and len(point.arguments) == 2:
        given = [each for each in point.arguments if isinstance(each, tree.Literal) and each.kind == "number"]
        if len(given) == 2:
            latitude, longitude = (float(each.value) for each in given)
            if abs(latitude) <= 90 and abs(longitude) <= 180:
                return latitude, longitude
    raise malformed("DISTANCE needs a GEOLOCATION of a latitude and a longitude in degrees")
