"""R4.1, R4.2: the source's own numbers: "上限400" per salesperson, "上限1500" per dealer, with the shipped policy."""

from typing import Any

import pytest

from connector.canonical.docket import ClaimEntry
from connector.canonical.phrase import Phrase
from connector.canonical.records import Person
from connector.canonical.time import at
from connector.canonical.verdict import Outcome
from connector.policy.model import SameSecond
from connector.policy.warehouse import EntryTerms
from tests.support.builders import LONG_AGO, after, firm, ident, lead, pool, seller, who
from tests.support.channel import Channel, shipped

AGENCY = firm(1, name="北方代理", territory=("China",))
LI = seller(1, AGENCY, role="渠道销售")
WANG, ZHAO = seller(2, AGENCY, role="渠道商"), seller(3, AGENCY, role="渠道商")


def warehouse(
    held: dict[Person, int], *, same_second: SameSecond = SameSecond.PERSON, **terms: Any
) -> Channel:
    """The shipped policy, without what an entry has to name, and so many leads in each person's hands already."""
    policy = shipped("lead_warehouse")
    assert policy.warehouse is not None
    eased = policy.warehouse.model_copy(update={"entry": EntryTerms(), **terms})
    assert policy.claims is not None
    claims = policy.claims.model_copy(update={"same_second": same_second})
    story = Channel(policy.model_copy(update={"warehouse": eased, "claims": claims}))
    story.add(AGENCY, LI, WANG, ZHAO, pool(1, "Entry_Desk"))
    start = 100
    for person, count in held.items():
        for number in range(start, start + count):
            story.adopted.append(
                ClaimEntry(
                    lead=ident("00Q", number),
                    holder=person.id,
                    firm=AGENCY.id,
                    adopted=True,
                    opened=at(LONG_AGO),
                    role=person.role,
                    track="new",
                )
            )
        start += count
    return story


@pytest.mark.parametrize(
    ("held", "enters", "outcome"),
    [
        ({LI: 399}, LI, Outcome.APPROVE),
        ({LI: 400}, LI, Outcome.REJECT),
        ({WANG: 900, ZHAO: 599}, WANG, Outcome.APPROVE),
        ({WANG: 900, ZHAO: 600}, WANG, Outcome.REJECT),
        ({WANG: 1500, LI: 399}, LI, Outcome.APPROVE),  # the salesperson's warehouse is not the dealer's
    ],
)
def test_the_shipped_limits_are_400_per_person_and_1500_per_firm(
    held: dict[Person, int], enters: Person, outcome: Outcome
) -> None:
    story = warehouse(held)
    entered = lead(
        1, enters, who("北京长城钻探有限公司", country="China", city="北京"), created_at=after(days=1)
    )
    story.save(entered, after(days=1), enters)
    told = story.tell(after(days=2))
    assert told.outcome(entered) is outcome
    if outcome is Outcome.REJECT:
        full = Phrase.WAREHOUSE_FULL if enters is LI else Phrase.WAREHOUSE_FULL_FIRM
        assert told.reasons(entered) == {full}


@pytest.mark.parametrize(
    ("same_second", "outcome"),
    [(SameSecond.PERSON, Outcome.DEFER), (SameSecond.NOBODY, Outcome.REJECT)],
)
def test_two_entries_of_one_second_for_the_last_place_are_both_a_persons_or_nobodys(
    same_second: SameSecond, outcome: Outcome
) -> None:
    """Law 2: neither of them was first."""
    story = warehouse({LI: 399}, same_second=same_second)
    two = [
        lead(1, LI, who("北京长城钻探有限公司", country="China", city="北京"), created_at=after(days=1)),
        lead(2, LI, who("天津港务有限公司", country="China", city="天津"), created_at=after(days=1)),
    ]
    for entered in two:
        story.save(entered, after(days=1), LI)
    told = story.tell(after(days=2))
    for entered in two:
        assert told.outcome(entered) is outcome
        assert told.reasons(entered) == {Phrase.CLAIM_SAME_SECOND}
