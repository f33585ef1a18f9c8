"""Three ways into the practice org, plain and over TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.ports.org import DaemonStopped, RetryLater
from connector.practice.server import ServeOptions, start_in_thread
from connector.salesforce import SalesforceOrg
from tests.contract.salesforce.conftest import Practice

MakeOrg = Callable[..., SalesforceOrg]


def test_client_credentials_log_in(make_org: MakeOrg, practice: Practice) -> None:
    identity = make_org().identity()
    assert identity.username == practice.greeting["username"]
    assert identity.instance_url == practice.url
    assert identity.api_version == practice.greeting["api_version"]


def test_a_signed_jwt_logs_in(make_org: MakeOrg, practice: Practice) -> None:
    org = make_org(client_secret=None, private_key=practice.key, username=practice.greeting["username"])
    assert org.identity().username == practice.greeting["username"]


def test_a_jwt_logs_in_when_the_orgs_clock_is_far_from_ours(make_org: MakeOrg, practice: Practice) -> None:
    practice.act("acts/advance", seconds=86_400)
    org = make_org(client_secret=None, private_key=practice.key, username=practice.greeting["username"])
    assert org.count("Lead") > 0


def test_a_token_got_elsewhere_logs_in(make_org: MakeOrg, practice: Practice) -> None:
    token = practice.act("login", username=practice.greeting["username"])["access_token"]
    org = make_org(client_secret=None, access_token=token, instance_url=practice.url)
    assert org.identity().username == practice.greeting["username"]


def test_calls_that_meet_one_expired_token_share_one_new_one(make_org: MakeOrg, practice: Practice) -> None:
    org = make_org()
    before = org.budget().calls["login"]
    practice.fault(expire_tokens=True)
    with ThreadPoolExecutor(8) as pool:
        counts = set(pool.map(lambda _: org.count("Lead"), range(16)))
    assert len(counts) == 1
    assert org.budget().calls["login"] == before + 1


def test_a_wrong_secret_stops_the_daemon_without_showing_it(make_org: MakeOrg) -> None:
    with pytest.raises(DaemonStopped, match="invalid_client") as refusal:
        make_org(client_secret="n0t-the-secret")
    assert "n0t-the-secret" not in str(refusal.value)


def test_an_unknown_user_stops_the_daemon(make_org: MakeOrg, practice: Practice) -> None:
    with pytest.raises(DaemonStopped, match="invalid_grant"):
        make_org(client_secret=None, private_key=practice.key, username="nobody@nowhere.example")


@pytest.fixture(scope="module")
def secure() -> Iterator[Practice]:
    running = start_in_thread(ServeOptions(empty=True, tls=True))
    yield Practice(running)
    running.stop()


def test_a_private_authority_is_trusted_on_request(secure: Practice, make_org: MakeOrg) -> None:
    given = {key: secure.greeting[key] for key in ("client_id", "client_secret")}
    org = make_org(login_url=secure.url, ca_bundle=secure.greeting["ca_file"], **given)
    assert org.identity().instance_url.startswith("https://")


def test_an_unknown_certificate_is_not_trusted(secure: Practice, make_org: MakeOrg) -> None:
    with pytest.raises(RetryLater, match=r"(?i)certificate"):
        make_org(login_url=secure.url, attempts=1)
