"""Lead warehouses on a running practice org: people enter, apply, approve and sell, and read there what was ruled."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from connector.demo.day import seal
from connector.demo.people import People, Record
from tests.acceptance.running import COMMAND, daemon_at_work

MANAGER = "channel.manager@practice.example"
pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The org in which two firms' users are 渠道销售 and the channel manager is of the 审批组."""

    people: People
    story: dict[str, str]
    queues: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    def enter(self, company: str, **values: Any) -> str:
        """The rival enters a lead: whole, and confirmed with the customer."""
        base = {
            "Company": company, "LastName": "王", "City": "北京", "Country": "China", "Street": "朝阳区建国路88号",
            "Phone": "010-65123456", "Fax": "010-65123457", "Licence_Name__c": company, "Customer_Confirmed__c": True,
        }  # fmt: skip
        return self.people.create(self.story["rival_username"], "Lead", **(base | values))

    def shows(self, sobject: str, record: str, **wanted: Any) -> Record:
        def seen(row: Record) -> bool:
            return all(row[name] == value for name, value in wanted.items())

        return self.people.wait_for(sobject, record, seen, f"it shows {wanted}")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("warehouse")
    with daemon_at_work("lead_warehouse", folder, _ground) as (made, environment):
        yield replace(made, environment={**environment, "NO_COLOR": "1"})


def _ground(people: People) -> Ground:
    story = dict(people.stories["meilaier"])
    for who in ("rival", "holder"):
        people.save(
            MANAGER, "User", story[f"{who}_user"], Channel_Role__c="渠道销售", LanguageLocaleKey="zh_CN"
        )
    (manager,) = people.rows(f"SELECT Id FROM User WHERE Username = '{MANAGER}'")
    people.save(MANAGER, "User", manager["Id"], Channel_Role__c="审批组")
    rows = people.rows("SELECT Id, DeveloperName FROM Group WHERE Type = 'Queue'")
    return Ground(people=people, story=story, queues={row["DeveloperName"]: row["Id"] for row in rows})


def test_a_customer_of_another_warehouse_is_refused_and_handed_over_unnamed(ground: Ground) -> None:
    """R4.7, law 17: the enterer reads that it is to be handed over, in Chinese, and never to whom."""
    lead = ground.enter(ground.story["company_to_enter"])
    ground.shows("Lead", lead, Claim_Verdict__c="Returned")
    seal(ground.people)
    row = ground.shows("Lead", lead, OwnerId=ground.queues["Entry_Desk"])
    assert "已在其他仓库中" in row["Claim_Message__c"]
    holder = ground.people.read("Account", ground.story["holder_firm"])
    assert holder["Name"] not in row["Claim_Message__c"]


def test_an_application_brings_a_lead_out_of_the_wrong_public_pool(ground: Ground) -> None:
    """R4.10: entry is blocked; the approval group's word moves the lead."""
    people, story = ground.people, ground.story
    south = ground.queues["Public_Pool_South"]
    values = {"Company": "北京长城钻探有限公司", "LastName": "赵", "City": "北京", "Country": "China"}
    pooled = people.create(MANAGER, "Lead", OwnerId=south, **values)
    entered = ground.enter("北京长城钻探有限公司")
    row = ground.shows("Lead", entered, Claim_Verdict__c="Returned")
    assert "无法录入" in row["Claim_Message__c"]
    application = people.create(
        story["rival_username"], "Transfer_In__c", Lead__c=pooled, Status__c="Submitted", Customer_Confirmed__c=True,
        Licence_Name__c="北京长城钻探有限公司", Phone__c="010-65123456", Fax__c="010-65123457",
        Street__c="朝阳区建国路88号",
    )  # fmt: skip
    ground.shows("Transfer_In__c", application, Ruling__c="Defer")
    seal(people)
    ground.shows("Transfer_In__c", application, Status__c="In Review")
    people.save(MANAGER, "Transfer_In__c", application, Review_Decision__c="Approve")
    seal(people)
    ground.shows("Transfer_In__c", application, Status__c="Approved")
    ground.shows("Lead", pooled, OwnerId=story["rival_user"])
    seal(people)
    ground.shows("Lead", pooled, OwnerId=story["rival_user"], Claim_Verdict__c="Held")


def test_a_sale_under_another_name_is_undone_when_the_account_shows_who_it_is(ground: Ground) -> None:
    """R4.8: although the deal is there, the entry was illegal and the credit is the earlier holder's."""
    people, story = ground.people, ground.story
    lead = ground.enter("蓝天项目部", Phone="010-87654321", Fax="010-87654322", Street="海淀区学院路30号")
    ground.shows("Lead", lead, Claim_Verdict__c="Held")
    seal(people)
    people.convert(story["rival_username"], lead, "蓝天订单")
    seal(people)
    made = people.read("Lead", lead)
    ground.shows("Opportunity", made["ConvertedOpportunityId"], Sourcing_Partner__c=story["rival_firm"])
    true = people.read("Lead", story["held_lead"])
    known = {"Name": story["company_to_enter"], "Phone": true["Phone"], "Fax": true["Fax"]}
    people.save(MANAGER, "Account", made["ConvertedAccountId"], **known)
    seal(people)
    deal = ground.shows(
        "Opportunity", made["ConvertedOpportunityId"], Sourcing_Partner__c=story["holder_firm"]
    )
    assert "违规录入" in deal["Conflict_Message__c"]
    kept = people.read("Lead", story["held_lead"])
    assert "业绩归您" in kept["Claim_Message__c"]


def test_a_role_sees_the_warehouses_that_its_row_allows_with_their_contact_volume(ground: Ground) -> None:
    """R4.2, R4.3: 审批组 sees all, 渠道销售 the own one alone; notes and the number of contacts are told."""
    people, story = ground.people, ground.story
    for subject in ("首次拜访", "报价电话"):
        people.create(
            story["holder_username"], "Task", WhoId=story["held_lead"], Subject=subject, Status="Completed"
        )
    seal(people)
    time.sleep(3)
    (manager,) = people.rows(f"SELECT Id FROM User WHERE Username = '{MANAGER}'")
    seen = {user: _warehouses(ground, user) for user in (manager["Id"], story["holder_user"])}
    everybody = {row["person"]: row for row in seen[manager["Id"]]}
    assert {story["holder_user"], story["rival_user"]} <= set(everybody)
    mine = everybody[story["holder_user"]]
    assert mine["limit"] == 400
    assert mine["contacts"] >= 2
    assert "报价电话" in mine["notes"]
    assert [row["person"] for row in seen[story["holder_user"]]] == [story["holder_user"]]


def _warehouses(ground: Ground, user: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [*COMMAND, "warehouse", user, "--json"], capture_output=True, text=True, timeout=60, check=False,
        env=ground.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    found: list[dict[str, Any]] = json.loads(done.stdout)["warehouses"]
    return found
