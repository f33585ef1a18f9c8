"""An approved registration's customer is edited: that is a fact; any other edit of it is none (R1.2, R1.3)."""

from datetime import date

from connector.canonical.fact import FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, Registration
from connector.facts.change import Seen
from connector.facts.derive import derive
from tests.support.builders import OURS, after, filing, firm, seller

ANNA = seller(1, firm(1))
FILED = filing(1, ANNA)
RENAMED = {"customer": FILED.customer.model_copy(update={"name": "Optik Jena GmbH"})}


def kinds(status: FilingStatus, **changes: object) -> list[tuple[FactKind, str]]:
    before: Registration = FILED.model_copy(update={"status": status})
    stamps = {"changed_at": after(hours=3), "stamp": after(hours=3), "changed_by": ANNA.id}
    edited = before.model_copy(update={**stamps, **changes})
    seen = Seen(before=before, after=edited, seen_before=after(hours=1), ours=OURS, firm_of=lambda _: None)
    return [(fact.kind, fact.value) for fact in derive(Kind.REGISTRATION, seen)]


def test_another_customer_of_an_approved_registration_is_told() -> None:
    assert kinds(FilingStatus.APPROVED, **RENAMED) == [(FactKind.ENTERED, "customer")]
    assert kinds(FilingStatus.PARTLY_APPROVED, **RENAMED) == [(FactKind.ENTERED, "customer")]


def test_another_edit_of_an_approved_registration_is_none() -> None:
    assert kinds(FilingStatus.APPROVED, next_steps="call them") == []


def test_another_day_for_the_close_of_an_approved_registration_is_told() -> None:
    later = {"close_by": date(2026, 12, 1)}
    assert kinds(FilingStatus.APPROVED, **later) == [(FactKind.CLOSE_MOVED, "2026-12-01")]
    assert kinds(FilingStatus.APPROVED, close_by=None) == [(FactKind.CLOSE_MOVED, "")]
    both = kinds(FilingStatus.APPROVED, **later, **RENAMED)
    assert both == [(FactKind.ENTERED, "customer"), (FactKind.CLOSE_MOVED, "2026-12-01")]
    assert [kind for kind, _ in kinds(FilingStatus.IN_REVIEW, **later)] == [FactKind.AMENDED]
    assert kinds(FilingStatus.REJECTED, **later) == []


def test_a_filing_that_waits_is_amended_as_a_whole() -> None:
    assert [kind for kind, _ in kinds(FilingStatus.IN_REVIEW, **RENAMED)] == [FactKind.AMENDED]


def test_a_registration_that_ended_names_whom_it_likes() -> None:
    assert kinds(FilingStatus.LAPSED, **RENAMED) == []
