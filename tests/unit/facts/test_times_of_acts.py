"""Law 1: when an act happened, from the org's own stamps, with what is not known said as an interval."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus, PersonState, Record
from connector.canonical.time import TimeSource
from connector.facts.change import Seen
from connector.facts.derive import derive, gone, of_activity
from connector.facts.filings import proofs_after
from tests.support.builders import (
    OURS,
    activity,
    after,
    deal,
    filing,
    firm,
    lead,
    pool,
    proof,
    seller,
    who,
)

FIRM = firm(1)
ANNA, BERND, MANAGER = seller(1, FIRM), seller(2, FIRM), seller(8)
POOL = pool(1)
EARLY = after(days=-1)


def firm_of(user: RecordId | None) -> RecordId | None:
    return FIRM.id if user in (ANNA.id, BERND.id) else None


def facts(
    before: Record | None, after_: Record | None, kind: Kind, seen_before: datetime = EARLY
) -> list[Fact]:
    seen: Seen[Record] = Seen(
        before=before, after=after_, seen_before=seen_before, ours=OURS, firm_of=firm_of
    )
    return list(derive(kind, seen))


def saved(record: Record, at: datetime, by: RecordId = ANNA.id, **changes: Any) -> Record:
    return record.model_copy(update={"changed_at": at, "changed_by": by, "stamp": at, **changes})


POOLED = lead(1, POOL)


def taken(at: datetime, since: datetime | None, **changes: Any) -> Record:
    return saved(POOLED, at, owner=ANNA.id, owner_since=since, owner_before=POOL.id, **changes)


def test_a_claim_stamped_by_the_org_is_exact() -> None:
    (fact,) = facts(POOLED, taken(after(minutes=9), after(minutes=5)), Kind.LEAD)
    assert (fact.kind, fact.value, fact.prior) == (FactKind.CLAIMED, ANNA.id, POOL.id)
    assert (fact.when.earliest, fact.when.latest) == (after(minutes=5), after(minutes=5))
    assert fact.when.source is TimeSource.STAMPED


@pytest.mark.parametrize("stamp", [None, after(days=-500), after(days=3)])
def test_a_claim_without_a_stamp_inside_the_change_is_an_interval(stamp: datetime | None) -> None:
    """Between "last seen before" and LastModifiedDate, both ends told."""
    (fact,) = facts(POOLED, taken(after(minutes=9), stamp), Kind.LEAD)
    assert (fact.when.earliest, fact.when.latest) == (after(days=-1, seconds=1), after(minutes=9))
    assert fact.when.source is TimeSource.BETWEEN


def test_a_stamp_of_a_long_transaction_counts_although_it_lies_before_the_last_look() -> None:
    """The record was locked: nothing came between, so the act is as exact as its stamp."""
    (fact,) = facts(POOLED, taken(after(minutes=9), after(days=-3)), Kind.LEAD)
    assert (fact.when.earliest, fact.when.latest) == (after(days=-3), after(days=-3))


def test_the_interval_starts_where_the_record_was_last_seen() -> None:
    before = saved(POOLED, after(minutes=3))
    (fact,) = facts(before, taken(after(minutes=9), None), Kind.LEAD)
    assert fact.when.earliest == after(minutes=3, seconds=1)


def test_a_lead_created_in_a_partners_hands_was_claimed_at_its_creation() -> None:
    made = lead(2, ANNA, created_at=after(minutes=1), changed_at=after(minutes=9), stamp=after(minutes=9))
    (fact,) = facts(None, made, Kind.LEAD)
    assert (fact.kind, fact.instant, fact.when.exact) == (FactKind.CLAIMED, after(minutes=1), True)


def test_a_creation_date_before_what_was_already_complete_is_backdated_and_earns_no_priority() -> None:
    """Law 1: set audit fields, or imported."""
    late: dict[str, Any] = {"changed_at": after(minutes=9), "stamp": after(minutes=9)}
    claim = lead(2, ANNA, created_at=after(days=-30), **late)
    opened = deal(1, MANAGER, created_at=after(days=-30), **late)
    for record, kind in ((claim, Kind.LEAD), (opened, Kind.OPPORTUNITY)):
        (fact,) = facts(None, record, kind, seen_before=after())
        assert (fact.when.earliest, fact.when.latest) == (after(seconds=1), after(minutes=9))


def test_an_amendment_lies_somewhere_between_two_looks() -> None:
    draft = filing(1, ANNA, status=FilingStatus.INCOMPLETE, filed_at=EARLY)
    (fact,) = facts(draft, saved(draft, after(minutes=9), next_steps="Workshop 2"), Kind.REGISTRATION)
    assert fact.kind is FactKind.AMENDED
    assert not fact.when.exact


def test_what_only_we_wrote_amends_nothing() -> None:
    draft = filing(1, ANNA, status=FilingStatus.SUBMITTED, filed_at=EARLY)
    shown = saved(draft, after(minutes=9), OURS, status=FilingStatus.INCOMPLETE, message="Missing: …")
    assert facts(draft, shown, Kind.REGISTRATION) == []


def test_our_own_approval_on_the_record_is_the_notice_and_a_persons_is_a_ruling() -> None:
    draft = filing(1, ANNA, status=FilingStatus.SUBMITTED, filed_at=EARLY)
    stamps: dict[str, Any] = {"status": FilingStatus.APPROVED, "status_since": after(minutes=5)}
    for by, kind in ((OURS, FactKind.NOTIFIED), (MANAGER.id, FactKind.REVIEWED)):
        (fact,) = facts(draft, saved(draft, after(minutes=9), by, **stamps), Kind.REGISTRATION)
        assert (fact.kind, fact.instant) == (kind, after(minutes=5))


def test_a_ruling_given_in_both_places_at_once_is_one_ruling() -> None:
    draft = filing(1, ANNA, status=FilingStatus.SUBMITTED, filed_at=EARLY)
    both = saved(
        draft, after(minutes=9), MANAGER.id, status=FilingStatus.REJECTED, status_since=after(minutes=9),
        review="reject", reviewed_at=after(minutes=9), reviewed_by=MANAGER.id,
    )  # fmt: skip
    (fact,) = facts(draft, both, Kind.REGISTRATION)
    assert (fact.kind, fact.value, fact.actor) == (FactKind.REVIEWED, "reject", MANAGER.id)


def test_a_rejected_filing_submitted_again_is_filed_again() -> None:
    draft = filing(1, ANNA, status=FilingStatus.REJECTED, filed_at=EARLY)
    again = saved(draft, after(minutes=9), status=FilingStatus.SUBMITTED, filed_at=after(minutes=9))
    (fact,) = facts(draft, again, Kind.REGISTRATION)
    assert (fact.kind, fact.instant) == (FactKind.FILED, after(minutes=9))


def test_proofs_added_after_the_filing_are_known_by_their_own_dates() -> None:
    rows = (proof(1, created_at=EARLY), proof(2, created_at=after(days=2)))
    draft = filing(1, ANNA, evidence=rows, filed_at=after(days=1))
    assert [row.id for row in proofs_after(draft)] == [rows[1].id]


def test_a_lead_back_in_its_pool_was_released_by_whoever_saved_it() -> None:
    held = taken(after(minutes=1), after(minutes=1))
    back = saved(
        held, after(minutes=9), MANAGER.id, owner=POOL.id, owner_since=after(minutes=9), owner_before=ANNA.id
    )
    (fact,) = facts(held, back, Kind.LEAD)
    assert (fact.kind, fact.value, fact.prior, fact.actor) == (
        FactKind.RELEASED,
        POOL.id,
        ANNA.id,
        MANAGER.id,
    )


def test_behind_our_own_write_nobody_knows_who_acted() -> None:
    (fact,) = facts(POOLED, taken(after(minutes=9), after(minutes=5), changed_by=OURS), Kind.LEAD)
    assert fact.actor is None


def test_a_change_may_hold_several_facts() -> None:
    both = taken(
        after(minutes=9), after(minutes=5), worked=True, status="Contacted", status_since=after(minutes=8),
        identity=who("Molkerei Gera GmbH"),
    )  # fmt: skip
    found = {fact.kind: fact.instant for fact in facts(POOLED, both, Kind.LEAD)}
    assert found == {
        FactKind.CLAIMED: after(minutes=5),
        FactKind.ENTERED: after(minutes=9),
        FactKind.WORKED: after(minutes=8),
    }


def test_a_conversion_names_the_opportunity() -> None:
    held = taken(after(minutes=1), after(minutes=1))
    made = deal(1, ANNA).id
    (fact,) = facts(
        held, saved(held, after(minutes=9), converted=True, converted_opportunity=made), Kind.LEAD
    )
    assert (fact.kind, fact.value) == (FactKind.CONVERTED, made)


def test_a_merge_does_not_look_like_a_delete() -> None:
    assert gone(Kind.LEAD, POOLED, lead(2, POOL).id, after()).kind is FactKind.MERGED
    assert gone(Kind.LEAD, POOLED, None, after()).kind is FactKind.DELETED


def test_an_activity_on_a_lead_is_work_and_one_on_a_deal_is_a_sign_of_life() -> None:
    (fact,) = of_activity(activity(1, POOLED.id, ANNA, after(days=1)))
    assert (fact.kind, fact.record, fact.actor) == (FactKind.WORKED, POOLED.id, ANNA.id)
    (sign,) = of_activity(activity(1, deal(1, ANNA).id, ANNA, after(days=1)))
    assert (sign.kind, sign.subject) == (FactKind.ACTIVE, Kind.OPPORTUNITY)
    assert list(of_activity(activity(1, FIRM.id, ANNA, after(days=1)))) == []


def test_standing_changes_only_with_what_counts() -> None:
    assert facts(FIRM, saved(FIRM, after(), name="New name"), Kind.PARTNER) == []
    assert [f.value for f in facts(FIRM, saved(FIRM, after(), tier="Silver"), Kind.PARTNER)] == ["Silver"]
    off = saved(ANNA, after(), state=PersonState.INACTIVE)
    assert [f.kind for f in facts(ANNA, off, Kind.PERSON)] == [FactKind.STANDING_CHANGED]


CHANGES: list[tuple[Record, Callable[[], Record], Kind]] = [
    (POOLED, lambda: taken(after(minutes=9), after(minutes=5)), Kind.LEAD),
    (deal(1, ANNA), lambda: saved(deal(1, ANNA), after(minutes=9), owner=MANAGER.id), Kind.OPPORTUNITY),
]


@pytest.mark.parametrize(("before", "made", "kind"), CHANGES)
def test_the_identity_of_a_fact_is_record_kind_value_and_second(
    before: Record, made: Callable[[], Record], kind: Kind
) -> None:
    """Law 1: event, history and reconcile yield one fact, whatever each knew of its beginning."""
    (one,) = facts(before, made(), kind)
    (other,) = facts(before, made(), kind, seen_before=after(days=-9))
    assert one.identity == other.identity


def test_an_activity_on_a_lead_is_a_sign_of_life_of_a_registration_kept_there() -> None:
    """R1.4: only where the profile keeps registrations on Lead; it is work on a lead besides."""
    found = list(of_activity(activity(1, POOLED.id, ANNA, after(days=1)), {"00Q"}))
    assert [(each.kind, each.subject) for each in found] == [
        (FactKind.ACTIVE, Kind.REGISTRATION),
        (FactKind.WORKED, Kind.LEAD),
    ]
