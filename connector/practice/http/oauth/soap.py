"""The SOAP `login` call, which older clients still use for a username and password."""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.client_app import client_app
from connector.practice.http.oauth.token import instance_url
from connector.practice.http.route import Route
from connector.practice.org import User

_XML = "text/xml;charset=UTF-8"
_INVALID_LOGIN = "Invalid username, password, security token; or user locked out."
_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.{api}.soap.sforce.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>'
    "<faultcode>{code}</faultcode><faultstring>{code_bare}: {message}</faultstring>"
    '<detail><sf:{kind} xsi:type="sf:{kind}"><sf:exceptionCode>{code_bare}</sf:exceptionCode>'
    "<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:{kind}></detail>"
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)


def _login(call: Call) -> Answer:
    text = call.body.decode("utf-8", "replace")
    api = "partner" if call.places["api"] == "u" else "enterprise"
    if not re.search(r"<(?:\w+:)?login[\s>]", text):
        return _fault(
            api, "INVALID_OPERATION", "only the login call is answered here; use the REST API", "ApiFault"
        )
    username, password = _element(text, "username"), _element(text, "password")
    user = call.service.org.user_by_username(username)
    if user is None or not user.is_active or not client_app(call).accepts_password(username, password):
        return _fault(api, "INVALID_LOGIN", _INVALID_LOGIN, "LoginFault")
    return Answer(body=_logged_in(call, api, user).encode(), media_type=_XML)


def _element(text: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>(.*?)</(?:\w+:)?{name}>", text, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""


def _fault(api: str, code: str, message: str, kind: str) -> Answer:
    body = _FAULT.format(
        api=api, code=escape(code), code_bare=escape(code), message=escape(message), kind=kind
    )
    return Answer(status=500, body=body.replace("<faultcode>", "<faultcode>sf:").encode(), media_type=_XML)


def _logged_in(call: Call, api: str, user: User) -> str:
    organization = call.service.org.organization_id
    base = instance_url(call)
    version = call.places["version"]
    letter = call.places["api"]
    info = {
        "accessibilityMode": "false",
        "organizationId": organization,
        "organizationMultiCurrency": "true",
        "organizationName": "Practice",
        "profileId": user.profile_id,
        "sessionSecondsValid": "7200",
        "userEmail": user.email or user.username,
        "userFullName": user.name,
        "userId": user.id,
        "userLanguage": user.language,
        "userLocale": user.locale,
        "userName": user.username,
        "userTimeZone": user.time_zone,
        "userType": user.user_type,
        "userUiSkin": "Theme3",
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in info.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
        'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns="urn:{api}.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<soapenv:Body><loginResponse><result>"
        f"<metadataServerUrl>{base}/services/Soap/m/{version}/{organization[:15]}</metadataServerUrl>"
        "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
        f"<serverUrl>{base}/services/Soap/{letter}/{version}/{organization[:15]}</serverUrl>"
        f"<sessionId>{escape(call.service.org.issue_token(user))}</sessionId>"
        f"<userId>{user.id}</userId><userInfo>{inner}</userInfo>"
        "</result></loginResponse></soapenv:Body></soapenv:Envelope>"
    )


routes = [
    Route("/services/Soap/{api}/{version}", {"POST": _login}, login=False, counted=False),
    Route("/services/Soap/{api}/{version}/{organization}", {"POST": _login}, login=False, counted=False),
]
