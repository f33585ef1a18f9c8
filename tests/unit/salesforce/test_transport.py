from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
import responses
from responses import matchers

from connector.ports.org import UNKNOWN_OUTCOME, BudgetSpent, DaemonStopped, ErrorKind, RetryLater, Row
from connector.salesforce import OrgSettings, SalesforceOrg, connect
from tests.unit.salesforce.conftest import ROOT, TOKEN, URL, error

LEAD = "00Q000000000001AAA"
LIMITED = {"Sforce-Limit-Info": "api-usage=18/15000"}
CONDITION = matchers.header_matcher({"If-Unmodified-Since": "Sat, 21 Nov 2026 11:59:58 GMT"})
MakeOrg = Callable[..., SalesforceOrg]


def count(org: SalesforceOrg) -> int:
    return org.count("Lead")


def answer(total: int = 3) -> dict[str, object]:
    return {"totalSize": total, "done": True, "records": []}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, error("SERVER_UNAVAILABLE")),
        (403, error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.")),
        (400, error("QUERY_TIMEOUT")),
        (420, None),
        (502, None),
    ],
)
def test_a_passing_fault_is_tried_again(
    wire: responses.RequestsMock, org: SalesforceOrg, naps: list[float], status: int, body: object
) -> None:
    wire.get(f"{ROOT}/query", status=status, json=body)
    wire.get(f"{ROOT}/query", json=answer())
    assert count(org) == 3
    assert len(naps) == 1


def test_a_fault_that_stays_is_handed_to_the_caller(
    wire: responses.RequestsMock, make_org: MakeOrg, naps: list[float]
) -> None:
    wire.get(f"{ROOT}/query", status=503, json=error("SERVER_UNAVAILABLE"))
    with pytest.raises(RetryLater) as fault:
        count(make_org(attempts=3))
    assert len(naps) == 2
    assert fault.value.delay > 0


def test_a_refusal_is_not_repeated(
    wire: responses.RequestsMock, org: SalesforceOrg, naps: list[float]
) -> None:
    wire.get(f"{ROOT}/query", status=400, json=error("MALFORMED_QUERY", "unexpected token: SELEKT"))
    with pytest.raises(Exception, match="unexpected token: SELEKT"):
        count(org)
    assert naps == []


def test_a_pause_the_org_asks_for_is_kept(
    wire: responses.RequestsMock, org: SalesforceOrg, naps: list[float]
) -> None:
    wire.get(f"{ROOT}/query", status=429, headers={"Retry-After": "42"})
    wire.get(f"{ROOT}/query", json=answer())
    count(org)
    assert naps == [42.0]


def test_a_spent_quota_says_paused_budget(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    wire.get(
        f"{ROOT}/query", status=403, json=error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    )
    with pytest.raises(BudgetSpent, match="paused: budget"):
        count(org)


def test_our_share_stops_us_before_the_org_does(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    wire.get(f"{ROOT}/query", json=answer(), headers={"Sforce-Limit-Info": "api-usage=5/10"})
    org = make_org(budget_share=0.1)
    count(org)
    with pytest.raises(BudgetSpent):
        count(org)
    assert org.budget().spent()


def test_every_call_has_a_time_out(wire: responses.RequestsMock, make_org: MakeOrg) -> None:
    kept = matchers.request_kwargs_matcher({"timeout": (3.0, 9.0), "stream": True})
    wire.get(f"{ROOT}/query", json=answer(), match=[kept])
    assert count(make_org(connect_timeout=3.0, read_timeout=9.0)) == 3


def test_a_call_waits_no_longer_than_the_lease_lasts(wire: responses.RequestsMock) -> None:
    """A lost lease must not write (law 19)."""
    kept = matchers.request_kwargs_matcher({"timeout": (2.0, 2.0), "stream": True})
    wire.get(f"{ROOT}/query", json=answer(), match=[kept])
    org = connect(OrgSettings(instance_url=URL, access_token=TOKEN), guard=lambda: 2.0)
    assert count(org) == 3


def test_a_lost_lease_sends_nothing(wire: responses.RequestsMock) -> None:
    class LeaseLostError(Exception):
        pass

    def lost() -> float:
        raise LeaseLostError

    with pytest.raises(LeaseLostError):
        connect(OrgSettings(instance_url=URL, access_token=TOKEN), guard=lost)
    assert len(wire.calls) == 0


class TestAWriteWithoutAnAnswer:
    def test_is_not_repeated_because_it_may_have_happened(
        self, wire: responses.RequestsMock, org: SalesforceOrg, naps: list[float]
    ) -> None:
        """After an unknown outcome, read first (law 11)."""
        wire.patch(f"{ROOT}/composite/sobjects", body=requests.exceptions.ReadTimeout("slow"))
        [result] = org.write([Row(object="Lead", id=LEAD, values={"Company": "x"})])
        assert result.code == UNKNOWN_OUTCOME
        assert result.kind is ErrorKind.RETRY
        assert wire.assert_call_count(f"{ROOT}/composite/sobjects", 1)

    def test_is_repeated_when_it_cannot_have_left(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        wire.patch(f"{ROOT}/composite/sobjects", body=requests.exceptions.ConnectTimeout("no route"))
        wire.patch(f"{ROOT}/composite/sobjects", json=[{"id": LEAD, "success": True, "errors": []}])
        [result] = org.write([Row(object="Lead", id=LEAD, values={"Company": "x"})])
        assert result.success

    def test_is_unknown_too_behind_a_gateway_that_gave_up(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        wire.patch(f"{ROOT}/composite/sobjects", status=504, body="<html>Gateway time-out</html>")
        [result] = org.write([Row(object="Lead", id=LEAD, values={"Company": "x"})])
        assert result.code == UNKNOWN_OUTCOME


class TestAConditionalWrite:
    SINCE = datetime(2026, 11, 21, 11, 59, 58, 700_000, tzinfo=UTC)
    PATH = f"{ROOT}/sobjects/Lead/{LEAD}"

    def row(self) -> Row:
        return Row(object="Lead", id=LEAD, values={"OwnerId": "005000000000001AAA"})

    def test_keeps_its_condition_through_retries(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        wire.patch(self.PATH, status=400, json=error("UNABLE_TO_LOCK_ROW"), match=[CONDITION])
        wire.patch(self.PATH, status=503, json=error("SERVER_UNAVAILABLE"), match=[CONDITION])
        wire.patch(self.PATH, status=204, match=[CONDITION])
        assert org.write_if_unmodified(self.row(), self.SINCE).success

    def test_keeps_its_condition_through_a_new_token(
        self, wire: responses.RequestsMock, make_org: MakeOrg
    ) -> None:
        """A client that drops it here turns a compare-and-set into an overwrite (law 12)."""
        for number in (1, 2):
            wire.post(
                f"{URL}/services/oauth2/token",
                json={"access_token": f"00D000000000001!{number}", "instance_url": URL},
            )
        org = make_org(access_token=None, login_url=URL, client_id="app", client_secret="hush")
        first = matchers.header_matcher({"Authorization": "Bearer 00D000000000001!1"})
        second = matchers.header_matcher({"Authorization": "Bearer 00D000000000001!2"})
        wire.patch(self.PATH, status=401, json=error("INVALID_SESSION_ID"), match=[first, CONDITION])
        wire.patch(self.PATH, status=204, match=[second, CONDITION])
        assert org.write_if_unmodified(self.row(), self.SINCE).success

    def test_that_lost_the_race_is_stale(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        wire.patch(self.PATH, status=412)
        result = org.write_if_unmodified(self.row(), self.SINCE)
        assert result.kind is ErrorKind.REFUSED_STALE

    def test_turns_assignment_rules_off(self, wire: responses.RequestsMock, org: SalesforceOrg) -> None:
        off = matchers.header_matcher({"Sforce-Auto-Assign": "FALSE"})
        wire.patch(self.PATH, status=204, match=[off])
        assert org.write_if_unmodified(self.row(), self.SINCE).success


class TestATokenTheOrgRefuses:
    def test_is_replaced_once(self, wire: responses.RequestsMock, make_org: MakeOrg) -> None:
        tokens = wire.post(
            f"{URL}/services/oauth2/token", json={"access_token": "00D000000000001!x", "instance_url": URL}
        )
        org = make_org(access_token=None, login_url=URL, client_id="app", client_secret="hush")
        wire.get(f"{ROOT}/query", status=401, json=error("INVALID_SESSION_ID", "Session expired or invalid"))
        with pytest.raises(DaemonStopped, match="a token it has just given"):
            count(org)
        assert tokens.call_count == 2

    def test_stops_the_daemon_when_it_cannot_be_renewed(
        self, wire: responses.RequestsMock, org: SalesforceOrg
    ) -> None:
        wire.get(f"{ROOT}/query", status=401, json=error("INVALID_SESSION_ID"))
        with pytest.raises(DaemonStopped, match="cannot be renewed"):
            count(org)

    def test_is_replaced_when_the_org_moved(self, wire: responses.RequestsMock, make_org: MakeOrg) -> None:
        moved = "https://acme2.my.salesforce.com"
        wire.post(f"{URL}/services/oauth2/token", json={"access_token": "a", "instance_url": URL})
        wire.post(f"{URL}/services/oauth2/token", json={"access_token": "b", "instance_url": moved})
        org = make_org(
            access_token=None, instance_url=None, login_url=URL, client_id="app", client_secret="hush"
        )
        wire.get(f"{ROOT}/query", status=302, headers={"Location": moved})
        wire.get(f"{moved}/services/data/v63.0/query", json=answer(9))
        assert count(org) == 9


def test_no_message_shows_a_token(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    wire.get(f"{ROOT}/query", status=400, json=error("MALFORMED_QUERY", f"what is {TOKEN}?"))
    with pytest.raises(Exception, match="hidden") as refusal:
        count(org)
    assert TOKEN not in str(refusal.value)
    assert TOKEN not in repr(OrgSettings(instance_url=URL, access_token=TOKEN))


def test_calls_are_counted_by_kind(wire: responses.RequestsMock, org: SalesforceOrg) -> None:
    wire.get(f"{ROOT}/query", json=answer(), headers=LIMITED)
    count(org)
    budget = org.budget()
    assert budget.calls["query"] == 1
    assert (budget.used, budget.limit) == (18, 15000)


def test_the_orgs_time_comes_from_its_answers(org: SalesforceOrg) -> None:
    assert abs((org.now() - datetime(2026, 11, 21, 12, tzinfo=UTC)).total_seconds()) < 60
