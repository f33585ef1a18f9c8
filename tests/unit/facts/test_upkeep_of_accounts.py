"""R4.3: who opened or closed a user's account, and who said in which zone it works."""

from datetime import UTC, datetime, timedelta

from connector.canonical.ids import RecordId
from connector.canonical.records import Person, PersonState
from connector.facts.change import Seen
from connector.facts.upkeep import of_account

LIVE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MANAGER, ACCOUNT, OURS = (RecordId(f"00500000000000{n}AAA") for n in (1, 2, 9))


def account(**values: object) -> Person:
    stamps = {"created_at": LIVE, "changed_at": LIVE, "changed_by": MANAGER, "stamp": LIVE}
    return Person(**{"id": ACCOUNT, "role": "渠道销售", **stamps, **values})


def done(
    before: Person | None, after: Person, *, seen_before: datetime = LIVE
) -> list[tuple[str, str | None]]:
    seen = Seen(before=before, after=after, seen_before=seen_before, ours=OURS, firm_of=lambda _: None)
    return [(fact.value, fact.actor) for fact in of_account(seen)]


def test_a_new_account_was_opened_by_who_made_it_and_its_zone_set_with_it() -> None:
    later = LIVE + timedelta(minutes=1)
    made = account(created_by=MANAGER, changed_by=ACCOUNT, changed_at=later, stamp=later, zone="华北")
    assert done(None, made) == [("account_opened", MANAGER), ("zone_set", MANAGER)]


def test_switching_an_account_off_and_on_again_closes_and_opens_it() -> None:
    off = account(state=PersonState.INACTIVE)
    assert done(account(), off) == [("account_closed", MANAGER)]
    assert done(off, account()) == [("account_opened", MANAGER)]


def test_a_first_login_opens_nothing() -> None:
    assert done(account(state=PersonState.INVITED), account()) == []


def test_an_account_that_was_made_closed_was_not_opened() -> None:
    assert done(None, account(state=PersonState.INACTIVE)) == []


def test_the_zone_is_set_by_who_saved_it_last_and_the_fact_names_both_zones() -> None:
    before, after = account(zone="华北"), account(zone="华东", changed_by=ACCOUNT)
    assert done(before, after) == [("zone_set", ACCOUNT)]
    seen = Seen(before=before, after=after, seen_before=LIVE, ours=OURS, firm_of=lambda _: None)
    (fact,) = of_account(seen)
    assert (fact.detail["zone_before"], fact.detail["zone"]) == ("华北", "华东")


def test_accounts_without_a_role_are_no_matter_of_the_role_table() -> None:
    assert done(account(role="", zone="华北"), account(role="", zone="华东")) == []
