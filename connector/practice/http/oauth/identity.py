"""Who is logged in: `/services/oauth2/userinfo` and the address that a token answer carries as `id`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connector.practice.clock import stamp_of
from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.token import identity_url, instance_url
from connector.practice.http.route import Route
from connector.practice.org import User

_URLS = {
    "enterprise": "/services/Soap/c/{version}/",
    "metadata": "/services/Soap/m/{version}/",
    "partner": "/services/Soap/u/{version}/",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/",
    "tooling_rest": "/services/data/v{version}/tooling/",
}


def _caller(call: Call) -> User | str:
    """The user behind the token, or the plain word with which these two addresses refuse."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() in {"bearer", "oauth"} else ""
    token = token or call.query.get("oauth_token", "") or call.query.get("access_token", "")
    if not token:
        return "Missing_OAuth_Token"
    return call.service.org.user_by_token(token) or "Bad_OAuth_Token"


def _refused(word: str) -> Answer:
    return Answer(status=403, body=word.encode(), media_type="text/html;charset=UTF-8")


def _type_of(user: User) -> str:
    return (
        "STANDARD" if user.user_type == "Standard" else "POWER_PARTNER" if user.is_partner else user.user_type
    )


def _urls(call: Call, user: User) -> dict[str, str]:
    base = instance_url(call)
    organization = call.service.org.organization_id[:15]
    urls = {name: base + path + (organization if "Soap" in path else "") for name, path in _URLS.items()}
    return {**urls, "profile": f"{base}/{user.id}", "custom_domain": base}


def _photos(call: Call) -> dict[str, str]:
    root = f"{instance_url(call)}/profilephoto/005"
    return {"picture": f"{root}/F", "thumbnail": f"{root}/T"}


def _offset(call: Call, user: User) -> int:
    """Return the milliseconds between the user's zone and UTC, daylight saving left out."""
    here = call.service.org.now().astimezone(ZoneInfo(user.time_zone or "UTC"))
    offset, saved = here.utcoffset() or timedelta(), here.dst() or timedelta()
    return int((offset - saved).total_seconds() * 1000)


def _userinfo(call: Call) -> Answer:
    user = _caller(call)
    if isinstance(user, str):
        return _refused(user)
    given, _, family = user.name.rpartition(" ")
    body: dict[str, Any] = {
        "sub": identity_url(call, user),
        "user_id": user.id,
        "organization_id": call.service.org.organization_id,
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email": user.email or user.username,
        "email_verified": True,
        "given_name": given,
        "family_name": family,
        "zoneinfo": user.time_zone,
        "profile": f"{instance_url(call)}/{user.id}",
        "photos": _photos(call),
        "picture": f"{instance_url(call)}/profilephoto/005/F",
        "address": {},
        "is_salesforce_integration_user": False,
        "urls": _urls(call, user),
        "active": user.is_active,
        "user_type": _type_of(user),
        "language": user.language,
        "locale": user.locale,
        "utcOffset": _offset(call, user),
        "updated_at": stamp_of(call.service.org.now()),
    }
    return Answer(body=body)


def _identity(call: Call) -> Answer:
    user = _caller(call)
    if isinstance(user, str):
        return _refused(user)
    given, _, family = user.name.rpartition(" ")
    return Answer(
        body={
            "id": identity_url(call, user),
            "asserted_user": True,
            "user_id": user.id,
            "organization_id": call.service.org.organization_id,
            "username": user.username,
            "nick_name": user.username.partition("@")[0],
            "display_name": user.name,
            "email": user.email or user.username,
            "email_verified": True,
            "first_name": given or None,
            "last_name": family,
            "timezone": user.time_zone,
            "photos": _photos(call),
            "urls": _urls(call, user),
            "active": user.is_active,
            "user_type": _type_of(user),
            "language": user.language,
            "locale": user.locale,
            "utcOffset": _offset(call, user),
            "last_modified_date": stamp_of(call.service.org.now()),
            "is_app_installed": True,
        }
    )


routes = [
    Route("/services/oauth2/userinfo", {"GET": _userinfo, "POST": _userinfo}, login=False, counted=False),
    Route("/id/{organization}/{user}", {"GET": _identity, "POST": _identity}, login=False, counted=False),
]
