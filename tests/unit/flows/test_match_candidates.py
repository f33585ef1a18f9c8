"""Laws 6, 9 over a real file: candidates are those of the fact's moment, whatever the mirror has learned since."""

from collections.abc import Callable

import pytest

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.flows.matcher import index_row
from connector.flows.records import RecordReader
from tests.support.org import MemoryOrg
from tests.support.process import Cast, Process

CUSTOMER = "Stadtwerke Auenried GmbH"
OTHERS = ("Molkerei Gera GmbH", "Ziegelei Fulda AG", "Spedition Hameln KG")
FILING = "Deal_Registration__c"


def filed(org: MemoryOrg, people: Cast, number: int) -> RecordId:
    """A complete filing of one customer by the firm of this number."""
    user = people.users[number]
    filing = org.create(
        FILING,
        user,
        Partner_Account__c=people.firms[number],
        Customer_Name__c=CUSTOMER,
        Customer_City__c="Augsburg",
        Status__c="Draft",
        Industry__c="Utilities",
        Employees__c="400",
        Products__c="Edge Gateway",
        Amount__c="50000",
        CurrencyIsoCode="EUR",
        Expected_Close__c="2026-06-30",
        Buying_Stage__c="Discovery",
        Competitors__c="none",
        Origin__c="Referral",
        First_Contact__c="2026-02-20",
        Next_Steps__c="Workshop",
    )
    org.create(
        "Decision_Maker__c", user, Registration__c=filing, Name="Ines Aumüller", Title__c="Head of Grid"
    )
    org.create(
        "Registration_Evidence__c",
        user,
        Registration__c=filing,
        Kind__c="Meeting",
        Customer_Confirmed__c="true",
        Happened_On__c="2026-02-20",
    )
    org.save(FILING, filing, user, Status__c="Submitted")
    return filing


def seen_by(process: Process, filing: RecordId) -> set[str]:
    """The phrases of the first verdict on a filing."""
    with process.store.reading() as view:
        verdicts = [line.verdict for line in view.ledger.of_record(filing) if line.verdict]
    return {str(finding.message) for finding in verdicts[0].findings}


def waits(process: Process, filing: RecordId) -> bool:
    """The filing still waits for the seal."""
    with process.store.reading() as view:
        waiting = {fact.record for fact in view.facts.pending(None, 100)}
        return filing in waiting and not view.ledger.of_record(filing)


def nothing(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    """Nobody touches it."""


def renamed(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    org.save(FILING, filing, Customer_Name__c=OTHERS[0])


def renamed_again_and_again(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    for name in OTHERS:
        org.save(FILING, filing, Customer_Name__c=name)
        process.turn()
        org.wait(1)
    org.save(FILING, filing, Next_Steps__c="Another workshop")


def deleted(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    org.delete(FILING, filing)


def erased(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    org.erase(FILING, filing)


def deleted_and_back_under_another_name(process: Process, org: MemoryOrg, filing: RecordId) -> None:
    org.delete(FILING, filing)
    process.turn()
    org.wait(1)
    org.undelete(FILING, filing)
    org.save(FILING, filing, Customer_Name__c=OTHERS[0])


ACTS = (nothing, renamed, renamed_again_and_again, deleted, erased, deleted_and_back_under_another_name)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_a_rival_is_seen_as_it_was_filed_whatever_becomes_of_it_before_the_seal(
    process: Process,
    org: MemoryOrg,
    people: Cast,
    act: Callable[[Process, MemoryOrg, RecordId], None],
) -> None:
    """R1.1, laws 6 and 9: two filings of one customer within a day go to a person."""
    org.wait(10)
    process.begin()
    org.wait(1)
    first = filed(org, people, 0)
    org.wait(1)
    second = filed(org, people, 1)
    org.wait(1)
    process.turn()
    assert waits(process, second)
    org.wait(1)
    act(process, org, first)
    process.turn(watermark=act is erased)
    assert waits(process, second)
    process.settle_down()
    assert Phrase.RIVAL_SAME_TIME in seen_by(process, second)


def test_a_save_that_renames_nobody_leaves_the_index_alone(
    process: Process, org: MemoryOrg, people: Cast
) -> None:
    org.wait(10)
    process.begin()
    org.wait(5)
    filing = filed(org, people, 0)
    process.turn()
    org.wait(5)
    org.save(FILING, filing, Next_Steps__c="Another workshop")
    process.turn()
    with process.store.reading() as view:
        record = RecordReader(view, process.connector.mapping).record(Kind.REGISTRATION, filing, org.clock)
        row = index_row(Kind.REGISTRATION, record) if record else None
        assert row is not None
        assert set(view.matches.postings(row[2])) == set(row[2])
