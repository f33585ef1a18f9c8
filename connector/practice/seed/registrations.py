"""The programme's registrations of the past, and the few that wait for a ruling."""

from __future__ import annotations

from connector.practice.seed.companies import FILING_SERIAL, company
from connector.practice.seed.customers import Book, Deal, deal
from connector.practice.seed.filings import APPROVED, REJECTED, Filing, file
from connector.practice.seed.world import World

PROTECTION_DAYS = 90
_WITH_DEAL = (("Approved", 9), ("Lapsed", 3), ("Won", 4), ("Lost", 2))
_WITHOUT_DEAL = (
    ("Rejected", 5),
    ("Withdrawn", 2),
    ("Incomplete", 2),
    ("In Review", 1),
    ("Submitted", 3),
    ("Draft", 4),
)
_BATCH = 2_000  # rows kept before they are written


def place_registrations(world: World, shelf: Book, *, rounds: int) -> None:
    """Write `rounds` times the usual set of registrations, as far as there are partner deals for them."""
    deals = _partner_deals(world, shelf, rounds)
    serial = 0
    for turn in range(rounds):
        for status, count in _WITH_DEAL:
            for _ in range(count):
                found = next((d for d in deals if _fits(status, d)), None)
                if found is not None:
                    deals.remove(found)
                    _granted(world, found, status)
        for status, count in _WITHOUT_DEAL:
            for number in range(count):
                _standing(world, status, f"{turn}/{status}/{number}", serial)
                serial += 1
        if len(world.pending["Deal_Registration__c"]) >= _BATCH:
            world.flush()


def _partner_deals(world: World, shelf: Book, rounds: int) -> list[Deal]:
    wanted = rounds * sum(count for _, count in _WITH_DEAL) * 3
    found: list[Deal] = []
    for number in range(shelf.count):
        made = deal(world, shelf, number)
        if made.owner.firm:
            found.append(made)
        if len(found) >= wanted:
            break
    return found


def _fits(status: str, made: Deal) -> bool:
    wanted = {"Won": (8,), "Lost": (9,)}.get(status, range(3, 8))
    return made.stage in wanted


def _granted(world: World, made: Deal, status: str) -> None:
    """A registration that was approved once; its window still runs, or has run out."""
    rng = world.dice(f"granted/{made.number}")
    age = rng.randint(98, 130) if status == "Lapsed" else rng.randint(8, 80)
    decided = world.times.ago(days=age, minutes=rng.randint(0, 600))
    ends = world.times.ago(days=age - PROTECTION_DAYS)
    since = {"Approved": decided, "Lapsed": ends}.get(status, world.times.ago(days=rng.randint(2, 7)))
    file(
        world,
        Filing(
            firm=world.firms[made.owner.firm],
            user=made.owner,
            company=made.company,
            created=world.times.ago(days=age + 3),
            filed=world.times.ago(days=age + 2),
            status=status,
            since=since,
            contact_days=age + 30,
            opportunity=made.opportunity,
            ruled_by=world.manager,
            more=(
                ("Ruling__c", "Approve"),
                ("Ruling_Message__c", APPROVED[made.owner.place.language]),
                ("Protected_From__c", decided),
                ("Protected_Until__c", ends),
                ("Review_Decision__c", "Approve"),
                ("Review_Decided_At__c", decided),
                ("Review_Decided_By__c", world.manager),
            ),
        ),
    )


def _standing(world: World, status: str, topic: str, serial: int) -> None:
    """A registration without an opportunity: refused, withdrawn, incomplete, waiting or not yet filed."""
    rng = world.dice(f"standing/{topic}")
    firms = [f for f in world.firms.values() if f.certified > 0 and f.tier in {"Gold", "Platinum"}]
    firm = firms[serial % len(firms)]
    user = rng.choice(firm.active)
    filed = world.times.ago(hours=rng.randint(30, 60) if status == "Submitted" else rng.randint(90, 900))
    later = world.times.ago(hours=rng.randint(31, 80))
    ruled = status in {"Rejected", "Incomplete", "In Review"}
    more: tuple[tuple[str, object], ...] = ()
    if status == "Rejected":
        more = (("Ruling__c", "Reject"), ("Ruling_Message__c", REJECTED[user.place.language]))
    file(
        world,
        Filing(
            firm=firm,
            user=user,
            company=company(rng, firm.place, FILING_SERIAL + serial),
            created=world.times.ago(days=40)
            if status != "Draft"
            else world.times.ago(days=2, minutes=serial),
            filed=None if status == "Draft" else filed,
            status=status,
            since=world.times.ago(days=2, minutes=serial)
            if status == "Draft"
            else filed
            if status == "Submitted"
            else later,
            contact_days=150 if status == "Rejected" else 20 + serial % 30,
            complete=status != "Incomplete",
            ruled_by=world.manager if ruled else None,
            more=more,
        ),
    )
