"""Logging in to the practice org, as the OAuth and SOAP endpoints of the real service answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connector.practice.server import Running
from tests.contract.practice.client import Client


def token(running: Running, **form: str) -> requests.Response:
    return requests.post(f"{running.instance_url}/services/oauth2/token", data=form, timeout=10)


def app_login(running: Running, **changes: str) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": running.greeting["client_id"],
        "client_secret": running.greeting["client_secret"],
    }
    return token(running, **(form | changes))


def assertion(running: Running, *, key: bytes | None = None, algorithm: str = "RS256", **claims: Any) -> str:
    made = {
        "iss": running.greeting["client_id"],
        "sub": running.greeting["username"],
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,  # noqa: TID251 - an assertion is signed by the client's clock
    }
    signing = key or Path(running.greeting["private_key_file"]).read_bytes()
    return jwt.encode(made | claims, signing, algorithm=algorithm)


def jwt_login(running: Running, text: str) -> requests.Response:
    return token(running, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=text)


def works(running: Running, access_token: str) -> bool:
    return Client(running, token=access_token).get("limits").status_code == 200


def test_client_credentials_answer_a_token_in_the_real_shape(empty_org: Running) -> None:
    answer = app_login(empty_org)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "access_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    }
    assert re.fullmatch(r"00D\w{12}![\w.]+", body["access_token"])
    assert re.fullmatch(r"\d{13}", body["issued_at"])
    assert body["token_type"] == "Bearer"
    assert body["instance_url"] == empty_org.instance_url
    assert re.fullmatch(r".*/id/00D\w{15}/005\w{15}", body["id"])
    assert "Sforce-Limit-Info" not in answer.headers
    assert works(empty_org, body["access_token"])


def test_the_signature_is_the_secrets_hmac_of_id_and_time(empty_org: Running) -> None:
    body = app_login(empty_org).json()
    secret = empty_org.greeting["client_secret"].encode()
    signed = hmac.new(secret, (body["id"] + body["issued_at"]).encode(), hashlib.sha256).digest()
    assert base64.b64decode(body["signature"]) == signed


def test_client_credentials_are_taken_from_basic_authorization(empty_org: Running) -> None:
    answer = requests.post(
        f"{empty_org.instance_url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(empty_org.greeting["client_id"], empty_org.greeting["client_secret"]),
        timeout=10,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changes", "error", "description"),
    [
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"client_id": "wrong"}, "invalid_client_id", "client identifier invalid"),
        ({"grant_type": "magic"}, "unsupported_grant_type", "grant type not supported"),
    ],
)
def test_a_refused_login_is_an_object_not_an_array(
    empty_org: Running, changes: dict[str, str], error: str, description: str
) -> None:
    answer = app_login(empty_org, **changes)
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}


def test_a_signed_assertion_logs_its_user_in(empty_org: Running) -> None:
    answer = jwt_login(empty_org, assertion(empty_org))
    assert answer.status_code == 200, answer.text
    access_token = answer.json()["access_token"]
    info = requests.get(
        f"{empty_org.instance_url}/services/oauth2/userinfo",
        headers={"Authorization": f"Bearer {access_token}"},
        timeout=10,
    ).json()
    assert info["preferred_username"] == empty_org.greeting["username"]


def test_an_assertion_for_the_instance_itself_is_accepted(empty_org: Running) -> None:
    assert jwt_login(empty_org, assertion(empty_org, aud=empty_org.instance_url)).status_code == 200


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1_000_000_000}, "invalid_grant", "expired authorization code"),
        ({"sub": "nobody@practice.example"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"iss": "another app"}, "invalid_client_id", "client identifier invalid"),
    ],
)
def test_a_wrong_assertion_is_refused_with_its_reason(
    empty_org: Running, claims: dict[str, Any], error: str, description: str
) -> None:
    answer = jwt_login(empty_org, assertion(empty_org, **claims))
    assert (answer.status_code, answer.json()) == (400, {"error": error, "error_description": description})


def test_an_assertion_signed_with_another_key_is_refused(empty_org: Running) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    answer = jwt_login(empty_org, assertion(empty_org, key=other))
    assert answer.json() == {"error": "invalid_client", "error_description": "invalid client credentials"}


def test_text_that_is_no_assertion_is_refused(empty_org: Running) -> None:
    answer = jwt_login(empty_org, "not.a.jwt")
    assert answer.json() == {"error": "invalid_grant", "error_description": "invalid assertion"}


@pytest.mark.parametrize("tail", [True, False])
def test_a_password_logs_in_with_and_without_the_security_token(empty_org: Running, tail: bool) -> None:  # noqa: FBT001
    greeting = empty_org.greeting
    given = greeting["password"] + (greeting["security_token"] if tail else "")
    answer = app_login(empty_org, grant_type="password", username=greeting["username"], password=given)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()


def test_a_wrong_password_is_an_authentication_failure(empty_org: Running) -> None:
    answer = app_login(
        empty_org, grant_type="password", username=empty_org.greeting["username"], password="wrong"
    )
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "authentication failure"}


def test_the_web_flow_gives_a_refresh_token_that_works_until_it_is_revoked(empty_org: Running) -> None:
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client_id = empty_org.greeting["client_id"]
    back = requests.get(
        f"{empty_org.instance_url}/services/oauth2/authorize",
        params={
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": "http://localhost:1717/OauthRedirect",
            "state": "s1",
            "code_challenge": challenge,
        },
        allow_redirects=False,
        timeout=10,
    )
    assert back.status_code == 302
    sent = parse_qs(urlsplit(back.headers["Location"]).query)
    assert sent["state"] == ["s1"]
    form = {"grant_type": "authorization_code", "client_id": client_id, "code": sent["code"][0]}
    form["redirect_uri"] = "http://localhost:1717/OauthRedirect"
    first = token(empty_org, **form, code_verifier=verifier)
    assert first.status_code == 200, first.text
    assert token(empty_org, **form, code_verifier=verifier).json()["error"] == "invalid_grant"

    refresh = first.json()["refresh_token"]
    again = token(empty_org, grant_type="refresh_token", client_id=client_id, refresh_token=refresh)
    assert works(empty_org, again.json()["access_token"])
    assert "refresh_token" not in again.json()

    revoked = requests.post(
        f"{empty_org.instance_url}/services/oauth2/revoke", data={"token": refresh}, timeout=10
    )
    assert (revoked.status_code, revoked.content) == (200, b"")
    refused = token(empty_org, grant_type="refresh_token", client_id=client_id, refresh_token=refresh)
    assert refused.json() == {"error": "invalid_grant", "error_description": "expired access/refresh token"}


def test_a_revoked_session_answers_invalid_session_id(empty_org: Running) -> None:
    access_token = app_login(empty_org).json()["access_token"]
    requests.post(
        f"{empty_org.instance_url}/services/oauth2/revoke", data={"token": access_token}, timeout=10
    )
    answer = Client(empty_org, token=access_token).get("limits")
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_introspection_tells_whether_a_token_still_works(empty_org: Running) -> None:
    access_token = app_login(empty_org).json()["access_token"]
    form = {
        "client_id": empty_org.greeting["client_id"],
        "client_secret": empty_org.greeting["client_secret"],
    }
    url = f"{empty_org.instance_url}/services/oauth2/introspect"
    live = requests.post(url, data={**form, "token": access_token}, timeout=10).json()
    assert live["active"] is True
    assert live["username"] == empty_org.greeting["username"]
    dead = requests.post(url, data={**form, "token": "00Dnothing!x"}, timeout=10).json()
    assert dead == {"active": False}


def test_userinfo_names_the_user_the_org_and_the_addresses(client: Client) -> None:
    info = client.get("/services/oauth2/userinfo").json()
    assert info["organization_id"][:15] == client.running.access_token.partition("!")[0]
    assert info["user_id"].startswith("005")
    assert info["urls"]["rest"] == f"{client.url}/services/data/v{{version}}/"
    assert info["user_type"] == "STANDARD"
    assert info["photos"]["picture"] == info["picture"]
    # Copenhagen, without the hour of summer time.
    assert (info["zoneinfo"], info["utcOffset"]) == ("Europe/Copenhagen", 3_600_000)


@pytest.mark.parametrize(
    ("header", "word"), [({}, "Missing_OAuth_Token"), ({"Authorization": "Bearer x"}, "Bad_OAuth_Token")]
)
def test_userinfo_refuses_with_a_word_and_403(empty_org: Running, header: dict[str, str], word: str) -> None:
    answer = requests.get(f"{empty_org.instance_url}/services/oauth2/userinfo", headers=header, timeout=10)
    assert (answer.status_code, answer.text) == (403, word)


def test_the_identity_address_of_a_token_answer_tells_who_it_is(empty_org: Running) -> None:
    body = app_login(empty_org).json()
    shown = requests.get(
        body["id"], headers={"Authorization": f"OAuth {body['access_token']}"}, timeout=10
    ).json()
    assert shown["id"] == body["id"]
    assert shown["username"] == empty_org.greeting["username"]


SOAP = """<?xml version="1.0" encoding="utf-8" ?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>
<n1:login xmlns:n1="urn:partner.soap.sforce.com">
<n1:username>{}</n1:username><n1:password>{}</n1:password></n1:login>
</env:Body></env:Envelope>"""


def test_a_soap_login_answers_a_session_id(empty_org: Running) -> None:
    greeting = empty_org.greeting
    answer = requests.post(
        f"{empty_org.instance_url}/services/Soap/u/59.0",
        data=SOAP.format(greeting["username"], greeting["password"] + greeting["security_token"]),
        headers={"Content-Type": "text/xml", "SOAPAction": "login"},
        timeout=10,
    )
    assert answer.status_code == 200
    found = re.search("<sessionId>(.*?)</sessionId>", answer.text)
    assert found
    assert works(empty_org, found.group(1))
    assert f"<serverUrl>{empty_org.instance_url}/services/Soap/u/59.0/00D" in answer.text


def test_a_refused_soap_login_is_a_fault(empty_org: Running) -> None:
    answer = requests.post(
        f"{empty_org.instance_url}/services/Soap/u/59.0",
        data=SOAP.format(empty_org.greeting["username"], "wrong"),
        headers={"Content-Type": "text/xml", "SOAPAction": "login"},
        timeout=10,
    )
    assert answer.status_code == 500
    assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in answer.text
    assert "<faultcode>sf:INVALID_LOGIN</faultcode>" in answer.text


def test_an_assertion_is_good_by_the_clients_clock_when_the_orgs_was_moved_on(client: Client) -> None:
    client.act("advance", seconds=3600)
    assert jwt_login(client.running, assertion(client.running)).status_code == 200


def test_an_expiry_in_milliseconds_is_accepted_as_the_sf_command_line_sends_it(empty_org: Running) -> None:
    milliseconds = int(time.time() * 1000) + 300  # noqa: TID251 - as that client computes it
    assert jwt_login(empty_org, assertion(empty_org, exp=milliseconds)).status_code == 200
