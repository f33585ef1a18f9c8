"""The SOAP `login` call, which older clients still use for a username and password; others need its session."""

from __future__ import annotations

import re
from html import unescape
from xml.sax.saxutils import escape

from connector.practice.http.call import Answer, Call
from connector.practice.http.oauth.client_app import client_app
from connector.practice.http.oauth.token import instance_url
from connector.practice.http.route import Route
from connector.practice.http.soap.desk import answer_soap
from connector.practice.http.soap.envelope import XML, fault
from connector.practice.http.soap.partner import user_info
from connector.practice.org import User

_INVALID_LOGIN = "Invalid username, password, security token; or user locked out."


def _login(call: Call) -> Answer:
    text = call.body.decode("utf-8", "replace")
    api = "partner" if call.places["api"] == "u" else "enterprise"
    if not re.search(r"<(?:\w+:)?login[\s>]", text):
        return answer_soap(call)
    username, password = _element(text, "username"), _element(text, "password")
    user = call.service.org.user_by_username(username)
    if user is None or not user.is_active or not client_app(call).accepts_password(username, password):
        return fault(f"urn:fault.{api}.soap.sforce.com", "INVALID_LOGIN", _INVALID_LOGIN, "LoginFault")
    return Answer(body=_logged_in(call, api, user).encode(), media_type=XML)


def _element(text: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>(.*?)</(?:\w+:)?{name}>", text, re.DOTALL)
    return unescape(found.group(1)).strip() if found else ""


def _logged_in(call: Call, api: str, user: User) -> str:
    organization = call.service.org.organization_id
    base = instance_url(call)
    version = call.places["version"]
    letter = call.places["api"]
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in user_info(call, user).items())
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
