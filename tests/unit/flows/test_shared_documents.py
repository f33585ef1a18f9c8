"""R1.9 over a real file: which other filings show the same document is looked up among mirrored child rows."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.time import at
from connector.flows.fields import links
from connector.flows.matcher import Matcher
from connector.flows.records import RecordReader
from connector.flows.world import MirrorWorld
from connector.matching import Frequencies
from connector.rules.docket import MemoryDocket
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process, mapped

FILE = "sha256:5b1c"
CUSTOMERS = ("Stadtwerke Auenried GmbH", "Molkerei Gera GmbH")


def filed(
    org: MemoryOrg, people: Cast, customer: str, file: str = FILE, status: str = "Submitted"
) -> RecordId:
    filing = org.create(
        "Deal_Registration__c",
        people.users[0],
        Partner_Account__c=people.firms[0],
        Customer_Name__c=customer,
        Status__c=status,
    )
    org.create(
        "Registration_Evidence__c",
        people.users[0],
        Registration__c=filing,
        Kind__c="Discovery Deliverable",
        File_Hash__c=file,
    )
    return filing


def sharing(process: Process, moment: datetime, file: str = FILE) -> Sequence[RecordId]:
    """Who shows the document, by the world as of `moment`."""
    with process.store.reading() as view:
        records = RecordReader(view, process.connector.mapping)
        fact = Fact(
            kind=FactKind.ENTERED, subject=Kind.LEAD, record=RecordId("00Q" + "0" * 15), when=at(moment)
        )
        world = MirrorWorld(fact, MemoryDocket(), records, Matcher(records, Frequencies.EMPTY))
        return [filing.id for filing in world.filings_with_file(file)]


def test_a_document_is_an_index_that_stands_before_the_first_load() -> None:
    assert "File_Hash__c" in links(mapped())["Registration_Evidence__c"]


def test_filings_that_show_one_document_are_found_as_of_the_moment(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    """Law 5: neither what came later, nor a draft, nor another document."""
    first = filed(org, people, CUSTOMERS[0])
    filed(org, people, CUSTOMERS[1], file="sha256:77aa")
    filed(org, people, CUSTOMERS[1], status="Draft")
    org.wait(10)
    process.begin()
    before = org.clock
    org.wait(5)
    second = filed(org, people, CUSTOMERS[1])
    org.wait(5)
    process.turn()
    assert sharing(process, before) == [first]
    assert sharing(process, org.clock) == sorted([first, second])
    assert sharing(process, org.clock, "sha256:never") == []


@pytest.mark.parametrize("same", [True, False], ids=["one customer", "two customers"])
def test_the_second_customers_filing_reads_that_the_document_proves_nothing(
    process: Process, org: MemoryOrg, people: Cast, *, same: bool
) -> None:
    filed(org, people, CUSTOMERS[0])
    org.wait(10)
    process.begin()
    org.wait(5)
    second = filed(org, people, CUSTOMERS[0 if same else 1])
    process.settle_down()
    with process.store.reading() as view:
        lines = view.ledger.of_record(second)
    said = {found.message for line in lines if line.verdict for found in line.verdict.findings}
    assert (Phrase.EVIDENCE_REUSED in said) != same
    assert Phrase.EVIDENCE_SHORT in said
