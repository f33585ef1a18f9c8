"""The org's approval processes, read as people's rulings: from the approver's click to the fact (R1.14)."""

from collections.abc import Callable

from connector.canonical.fact import FactKind
from tests.contract.mirror.ground import Org, Twin

Mirror = Callable[..., Twin]


def test_the_word_that_ends_an_approval_process_is_a_ruling_by_its_approver(org: Org, mirror: Mirror) -> None:
    """A pending approval says nothing; the second look, after the approver's word, does."""
    org.act("define_approval", object="Deal_Registration__c")
    twin = mirror("Deal_Registration__c", "ProcessInstance")
    twin.snapshot()
    org.pass_time(10)
    filing = org.create("Deal_Registration__c", Customer_Name__c="Sol AG")
    sent = org.approval(actionType="Submit", contextId=filing, nextApproverIds=[org.me()])
    org.pass_time(10)
    twin.poll()
    assert [fact for fact in twin.facts() if fact.kind is FactKind.REVIEWED] == []
    org.approval(actionType="Reject", contextId=sent["newWorkitemIds"][0], comments="no")
    org.pass_time(10)
    twin.poll()
    (ruling,) = [fact for fact in twin.facts() if fact.kind is FactKind.REVIEWED]
    assert (ruling.record, ruling.value, ruling.actor) == (filing, "reject", org.me())
    assert ruling.detail["source"] == "approval"
