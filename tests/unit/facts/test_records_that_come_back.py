"""What comes back out of the recycle bin has come back: by that alone nothing is filed, opened or ruled (R0.10)."""

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Registration
from connector.facts.change import Seen
from connector.facts.derive import derive
from tests.support.builders import OURS, after, filing, firm, seller

FIRM = firm(1)
ANNA, MANAGER = seller(1, FIRM), seller(8)


def facts(left: Registration | None, back: Registration) -> tuple[Fact, ...]:
    seen = Seen(
        before=None,
        after=back,
        seen_before=after(hours=1),
        ours=OURS,
        firm_of=lambda _: None,
        gone_at=after(hours=2),
        left=left,
    )
    return derive(Kind.REGISTRATION, seen)


def fetched(left: Registration, **changes: object) -> Registration:
    moment = after(hours=3)
    stamps = {"changed_at": moment, "stamp": moment, "changed_by": MANAGER.id}
    return left.model_copy(update={**stamps, **changes})


def test_an_undeleted_approval_is_told_with_whoever_fetched_it_and_is_no_ruling_of_theirs() -> None:
    left = filing(1, ANNA).model_copy(update={"status": FilingStatus.APPROVED, "review": "approve"})
    (fact,) = facts(left, fetched(left))
    assert (fact.kind, fact.actor, fact.instant) == (FactKind.RESTORED, MANAGER.id, after(hours=3))


def test_an_undeleted_filing_is_not_filed_once_more() -> None:
    left = filing(1, ANNA).model_copy(update={"status": FilingStatus.SUBMITTED})
    assert [fact.kind for fact in facts(left, fetched(left))] == [FactKind.RESTORED]


def test_a_status_from_before_the_deletion_that_nobody_had_seen_is_a_notification() -> None:
    left = filing(1, ANNA).model_copy(update={"status": FilingStatus.SUBMITTED})
    back = fetched(left, status=FilingStatus.APPROVED, status_since=after(hours=1))
    assert [fact.kind for fact in facts(left, back)] == [FactKind.RESTORED, FactKind.NOTIFIED]


def test_what_a_person_rules_after_fetching_it_is_their_ruling() -> None:
    left = filing(1, ANNA).model_copy(update={"status": FilingStatus.IN_REVIEW})
    back = fetched(left, status=FilingStatus.APPROVED, status_since=after(hours=3))
    assert [fact.kind for fact in facts(left, back)] == [FactKind.RESTORED, FactKind.REVIEWED]
