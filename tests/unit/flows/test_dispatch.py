from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, lead, live, mirrored


def test_smoke(process: Process, org: MemoryOrg, people: Cast) -> None:
    ident = lead(org, 1, people.queue)
    org.wait(10)
    process.begin()
    org.wait(10)
    org.save("Lead", ident, people.users[0], OwnerId=people.users[0])
    process.settle_down()
    assert org.shown("Lead", ident)["Claim_Verdict__c"] == "Held"
    assert mirrored(process) == live(org)
