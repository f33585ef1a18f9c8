"""`/services/oauth2/authorize`: the browser part of a login; here it approves at once and asks nobody."""

from __future__ import annotations

from urllib.parse import urlencode

from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.client_app import client_app
from connector.practice.http.oauth.grants_given import Code, GrantsGiven
from connector.practice.http.oauth.refusal import OAuthError, refusable
from connector.practice.http.route import Route


@refusable
def _authorize(call: Call) -> Answer:
    app = client_app(call)
    asked = call.query
    redirect_uri = asked.get("redirect_uri", "")
    if asked.get("client_id") != app.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if asked.get("response_type") != "code" or not redirect_uri:
        raise OAuthError("unsupported_response_type", "response type must be code, with a redirect_uri")
    code = Code(
        username=asked.get("login_hint") or app.run_as,
        redirect_uri=redirect_uri,
        challenge=asked.get("code_challenge", ""),
    )
    back = {"code": call.service.keep(GrantsGiven, GrantsGiven).give_code(code)}
    if "state" in asked:
        back["state"] = asked["state"]
    joint = "&" if "?" in redirect_uri else "?"
    return Answer(
        status=302, media_type=None, headers={"Location": f"{redirect_uri}{joint}{urlencode(back)}"}
    )


routes = [Route("/services/oauth2/authorize", {"GET": _authorize}, login=False, counted=False)]
