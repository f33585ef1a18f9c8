"""A staged sales process on a running practice org: people save deals, the daemon judges, its words are read there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from connector.demo.day import seal
from connector.demo.people import People
from tests.acceptance.running import daemon_at_work

MANAGER = "channel.manager@practice.example"
HELD, FLAG, MESSAGE = "Held", "Stage_Flag__c", "Stage_Message__c"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The org with a rep who reads Chinese, and whose manager is the channel manager."""

    people: People
    rep: str
    rep_id: str
    today: date
    partner: str

    def deal(self, stage: str, **values: Any) -> str:
        account = self.people.create(
            self.rep, "Account", Name=f"Kunde {stage} {len(values)}", BillingCountry="China"
        )
        close = (self.today + timedelta(days=90)).isoformat()
        base = {
            "Name": "边缘网关",
            "AccountId": account,
            "CloseDate": close,
            "StageName": stage,
            "OwnerId": self.rep_id,
        }
        return self.people.create(self.rep, "Opportunity", **(base | values))

    def shows(self, deal: str, **wanted: Any) -> dict[str, Any]:
        def seen(row: dict[str, Any]) -> bool:
            return all(row[name] == value for name, value in wanted.items())

        return self.people.wait_for("Opportunity", deal, seen, f"the deal shows {wanted}")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with daemon_at_work("staged_sales", tmp_path_factory.mktemp("staged"), _ground) as (made, _):
        yield made


def _ground(people: People) -> Ground:
    sellers = people.rows(
        "SELECT Id, Username FROM User WHERE UserType = 'Standard' AND Username LIKE '%@practice.example'"
    )
    names = {row["Username"]: row["Id"] for row in sellers}
    rep = next(name for name in sorted(names) if not name.startswith(("channel", "head", "connector")))
    people.save(MANAGER, "User", names[rep], ManagerId=names[MANAGER], LanguageLocaleKey="zh_CN")
    newest = people.rows("SELECT SystemModstamp FROM Lead ORDER BY SystemModstamp DESC LIMIT 1")
    partners = people.rows("SELECT Id FROM Account WHERE IsPartner = true ORDER BY Name LIMIT 1")
    return Ground(
        people=people,
        rep=rep,
        rep_id=names[rep],
        today=date.fromisoformat(newest[0]["SystemModstamp"][:10]),
        partner=partners[0]["Id"],
    )


KNOWN = {
    "Technical_Lead__c": "王强",
    "Purchase_Process_Known__c": True,
    "Budget_Known__c": True,
    "Amount": 30000,
}


@pytest.mark.parametrize(
    ("here", "there"), [("2 确认商机", "3 赢单计划"), ("Qualification", "Needs Analysis")]
)
def test_a_deal_without_its_managers_approval_goes_back_in_the_orgs_own_words_and_stays_once_approved(
    ground: Ground, here: str, there: str
) -> None:
    """R2.4, R2.1: held by compare-and-set on the stage, whichever of two picklist values it stood at."""
    deal = ground.deal(here, **KNOWN)
    ground.shows(deal, Stage_Step__c=2)
    ground.people.let_time_pass(5)
    ground.people.save(ground.rep, "Opportunity", deal, StageName=there)
    ground.shows(deal, **{FLAG: HELD})
    seal(ground.people)
    row = ground.shows(deal, StageName=here, **{FLAG: HELD})
    assert "经理批准赢得该商机的计划（第 3 阶段）" in row["Stage_Missing__c"]
    assert row[MESSAGE].startswith("该商机暂时不能进入第 3 阶段，已退回原阶段。")
    ground.people.let_time_pass(5)
    for what in ("Account Plan", "Opportunity Plan"):
        ground.people.create(
            MANAGER, "Deal_Sign_Off__c", Opportunity__c=deal, What__c=what, Decision__c="Yes"
        )
    ground.people.let_time_pass(5)
    ground.people.save(ground.rep, "Opportunity", deal, StageName=there)
    seal(ground.people)
    ground.shows(deal, StageName=there, Stage_Missing__c=None, **{FLAG: "Clear"})


def test_a_sign_off_is_never_changed(ground: Ground) -> None:
    """R2.2: who signed and when are the org's own stamps; what was signed stays."""
    deal = ground.deal("1 计划批准")
    row = ground.people.create(
        MANAGER, "Deal_Sign_Off__c", Opportunity__c=deal, What__c="Account Plan", Decision__c="No"
    )
    with pytest.raises(AssertionError, match="SIGN_OFF_IS_FINAL"):
        ground.people.save(MANAGER, "Deal_Sign_Off__c", row, Decision__c="Yes")


def test_a_promised_day_that_passes_reaches_the_rep_and_the_manager(ground: Ground) -> None:
    """R2.17: the tick falls due by the org's clock; the manager reads it in another language than the rep."""
    promised = (ground.today + timedelta(days=2)).isoformat()
    deal = ground.deal("9 收到订单", Amount=30000, Order_Received_On__c=ground.today.isoformat())
    ground.people.save(ground.rep, "Opportunity", deal, Payment_Promised_For__c=promised)
    seal(ground.people)
    assert ground.shows(deal, Stage_Step__c=7)["Exception_Flag__c"] is None
    ground.people.let_time_pass(4 * 86_400)
    row = ground.shows(deal, Exception_Flag__c="Late Payment")
    assert "客户承诺于" in row[MESSAGE]
    assert "客户" not in row["Manager_Message__c"]


def test_a_qualified_lead_goes_to_the_queue_of_its_route(ground: Ground) -> None:
    """R2.10, R2.15: pursued with all questions answered, it is routed by its value in dollars."""
    base = {
        "LastName": "Chen",
        "Company": "上海远洋机械有限公司",
        "CurrencyIsoCode": "USD",
        "Estimated_Value__c": 300000,
    }
    lead = ground.people.create(MANAGER, "Lead", Questions_Answered__c=20, **base)
    queue = ground.people.rows("SELECT Id FROM Group WHERE DeveloperName = 'Industry_Sales'")[0]["Id"]
    pool = ground.people.rows("SELECT Id FROM Group WHERE DeveloperName = 'Partner_Pool'")[0]["Id"]
    ground.people.save(MANAGER, "Lead", lead, OwnerId=pool)
    ground.people.let_time_pass(5)
    ground.people.create(MANAGER, "Deal_Sign_Off__c", Lead__c=lead, What__c="Pursue", Decision__c="Yes")
    seal(ground.people)

    def routed(row: dict[str, Any]) -> bool:
        return bool(row["OwnerId"] == queue and row["Route__c"] == "Direct" and row["Pursuit__c"] == "Pursue")

    ground.people.wait_for("Lead", lead, routed, "the lead goes to direct sales")
