"""Runs one call: finds the route, checks login, turns every error into the answer the real service gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from connector.practice.http.call import Answer, Call
from connector.practice.http.errors import error_answer, not_allowed
from connector.practice.http.meter import Meter
from connector.practice.http.route import find_route
from connector.practice.http.service import AppSettings
from connector.practice.http.session import login_of
from connector.practice.org import ApiError

# Documented: versions before this one were retired, and answer 410.
_RETIRED_BELOW = 31.0


def dispatch(call: Call) -> Answer:
    """Answer `call`; an `ApiError` raised on the way becomes its JSON array. Counts the call at depth 0."""
    found = find_route(call.service.routes, call.path)
    counted = found is not None and found.route.counted and call.depth == 0
    try:
        answer = _answer(call)
    except ApiError as error:
        answer = error_answer(error)
    # A refused session is not counted and tells nothing of the org's limits.
    if (counted or (found is None and call.path.startswith("/services/data"))) and answer.status != 401:
        meter = call.service.keep(Meter, Meter)
        used = meter.count() if call.depth == 0 else meter.used
        limit = call.service.settings.daily_limit
        answer = dataclasses.replace(
            answer, headers={**answer.headers, "Sforce-Limit-Info": f"api-usage={used}/{limit}"}
        )
    return answer


def _answer(call: Call) -> Answer:
    if call.method == "POST" and "_HttpMethod" in call.query:
        # Documented for clients that cannot send PATCH.
        call = call.replace(method=call.query["_HttpMethod"].upper())
    found = find_route(call.service.routes, call.path)
    if found is None:
        if call.path.startswith(("/services/data/v", "/services/apexrest/")):
            login_of(call)
        if call.path.startswith("/services/apexrest/"):
            raise ApiError(404, "NOT_FOUND", "Could not find a match for URL")
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    if found.route.login:
        call = call.replace(login=login_of(call))
    settings = call.service.settings
    _check_version(found.places.get("version"), settings)
    endpoint = found.route.endpoints.get(call.method)
    if endpoint is None and call.method == "HEAD":
        endpoint = found.route.endpoints.get("GET")
    if endpoint is None:
        known = found.route.endpoints
        raise not_allowed(call, {*known, *({"HEAD"} if "GET" in known else ())})
    meter = call.service.keep(Meter, Meter)
    if found.route.counted and call.depth == 0 and meter.used >= settings.daily_limit:
        raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    return endpoint(call.replace(places=found.places))


def _check_version(version: str | None, settings: AppSettings) -> None:
    """Raise 410 for a version that was retired, 404 for one that this org does not serve."""
    if version and float(version) < _RETIRED_BELOW:
        raise ApiError(410, "GONE", "The requested resource has been retired or removed.")
    if version and not float(settings.oldest_version) <= float(version) <= float(settings.api_version):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def dispatch_subrequest(
    call: Call, method: str, url: str, headers: Mapping[str, str], body: object = None
) -> Answer:
    """Run a subrequest of a composite call as the same login.

    `url` is relative (`/services/data/v60.0/...`, with its query string); `body` is the JSON value of the
    subrequest, or None. The answer's body is a JSON-able value, or None for 204 and 304.
    """
    split = urlsplit(url)
    return dispatch(
        call.replace(
            method=method.upper(),
            path=unquote(split.path),
            places={},
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers={name.lower(): str(value) for name, value in headers.items()},
            body=b"" if body is None else msgspec.json.encode(body),
            depth=call.depth + 1,
        )
    )
