from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connector.ports.org import DaemonStopped, RetryLater
from connector.salesforce import OrgSettings, SalesforceOrg, connect
from tests.unit.salesforce.conftest import TOKEN, URL

LOGIN = "https://login.salesforce.com"
MakeOrg = Callable[..., SalesforceOrg]
GIVEN = {"access_token": TOKEN, "instance_url": URL, "id": f"{LOGIN}/id/00D000000000001/005000000000001"}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def jwt_settings(pem: str, **changes: Any) -> dict[str, Any]:
    return {
        "access_token": None,
        "instance_url": None,
        "client_id": "app",
        "username": "integration@acme.example",
        "private_key": pem,
        **changes,
    }


def test_a_jwt_names_the_app_the_user_and_the_host(
    wire: responses.RequestsMock, make_org: MakeOrg, key: rsa.RSAPrivateKey, pem: str
) -> None:
    token = wire.post(f"{LOGIN}/services/oauth2/token", json=GIVEN)
    make_org(**jwt_settings(pem))
    form = parse_qs(str(token.calls[0].request.body))
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(form["assertion"][0], key.public_key(), algorithms=["RS256"], audience=LOGIN)
    assert claims["iss"] == "app"
    assert claims["sub"] == "integration@acme.example"


@pytest.mark.parametrize(("ahead", "logins"), [(0, 1), (-86_400, 2), (86_400, 2)])
def test_a_host_whose_clock_is_wrong_logs_in_by_the_orgs(
    wire: responses.RequestsMock, naps: list[float], pem: str, ahead: int, logins: int
) -> None:
    theirs = 1_795_262_400  # Sat, 21 Nov 2026 12:00:00 GMT
    dated: list[int] = []

    def judge(request: Any) -> tuple[int, dict[str, str], str]:
        assertion = parse_qs(request.body)["assertion"][0]
        claims = jwt.decode(assertion, options={"verify_signature": False})
        dated.append(claims["exp"])
        if 0 < claims["exp"] - theirs <= 300:
            return 200, {}, json.dumps(GIVEN)
        return 400, {}, json.dumps({"error": "invalid_grant", "error_description": "invalid assertion"})

    wire.add_callback(responses.POST, f"{LOGIN}/services/oauth2/token", callback=judge)
    wire.get(f"{LOGIN}/services/data", headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"})
    settings = OrgSettings(**{**jwt_settings(pem), "login_url": LOGIN})
    org = connect(settings, sleep=naps.append, wall=lambda: float(theirs + ahead))
    assert org.identity()
    assert len(dated) == logins


def test_client_credentials_go_to_my_domain(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    token = wire.post(f"{URL}/services/oauth2/token", json=GIVEN)
    org = make_org(access_token=None, instance_url=None, login_url=URL, client_id="app", client_secret="hush")
    assert parse_qs(str(token.calls[0].request.body)) == {"grant_type": ["client_credentials"]}
    assert token.calls[0].request.headers["Authorization"].startswith("Basic ")
    assert org.identity().instance_url == URL


def test_the_login_meets_who_it_is(org: SalesforceOrg) -> None:
    identity = org.identity()
    assert identity.organization_id == "00D000000000001EAA"
    assert identity.user_id == "005000000000001AAA"
    assert identity.username == "integration@acme.example"


def test_the_newest_api_version_is_pinned(org: SalesforceOrg) -> None:
    assert org.identity().api_version == "63.0"


def test_another_org_than_the_pinned_one_is_refused(make_org: MakeOrg) -> None:
    """A refreshed sandbox has another id: going on would mix two orgs."""
    assert make_org(organization_id="00D000000000001").identity()
    with pytest.raises(DaemonStopped, match="Was the sandbox refreshed"):
        make_org(organization_id="00D000000000002")


def test_a_refused_login_stops_the_daemon_and_says_what_to_do(
    wire: responses.RequestsMock, make_org: MakeOrg, pem: str
) -> None:
    wire.get(f"{LOGIN}/services/data", headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"})
    wire.post(
        f"{LOGIN}/services/oauth2/token",
        status=400,
        json={"error": "invalid_grant", "error_description": "user hasn't approved this consumer"},
    )
    with pytest.raises(DaemonStopped, match=r"invalid_grant.*pre-authorise"):
        make_org(**jwt_settings(pem))


def test_a_login_host_that_is_down_is_tried_again(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    wire.post(f"{URL}/services/oauth2/token", body=requests.exceptions.ConnectionError("down"))
    wire.post(f"{URL}/services/oauth2/token", status=503, body="<html>Sorry</html>")
    wire.post(f"{URL}/services/oauth2/token", json=GIVEN)
    assert make_org(access_token=None, login_url=URL, client_id="app", client_secret="hush").identity()


def test_a_login_host_that_stays_down_is_for_later(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    wire.post(f"{URL}/services/oauth2/token", body=requests.exceptions.ConnectionError("down"))
    with pytest.raises(RetryLater, match="no answer"):
        make_org(access_token=None, login_url=URL, client_id="app", client_secret="hush")


def test_a_key_that_is_none_stops_the_daemon(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    wire.get(f"{LOGIN}/services/data", headers={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"})
    with pytest.raises(DaemonStopped, match="private_key_file holds no RSA"):
        make_org(**jwt_settings("not a key"))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "no way to log in"),
        ({"access_token": "x"}, "needs instance_url"),
        ({"private_key": "x"}, "client_id and username"),
        ({"client_secret": "x"}, "needs client_id"),
        ({"access_token": "x", "instance_url": "acme.my.salesforce.com"}, "expected https"),
        ({"access_token": "x", "instance_url": "http://acme.my.salesforce.com"}, "send tokens readable"),
        ({"access_token": "x", "instance_url": URL, "budget_share": 0.0}, "api_share"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(DaemonStopped, match=fault):
        OrgSettings(**given)


def test_a_local_practice_org_may_speak_plain_http() -> None:
    assert OrgSettings(access_token="x", instance_url="http://127.0.0.1:8080").plain_http is False
