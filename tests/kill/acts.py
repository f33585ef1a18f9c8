"""What people do in a channel, one act each. An act that the org refuses is no failure: people try things."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from connector.demo.day import FILING, people_today
from connector.demo.people import Record
from tests.kill.ground import ADMIN
from tests.kill.player import Person, Player

MANAGER = "channel.manager@practice.example"
TOWNS = ("Augsburg", "Aarhus", "Valencia", "Lyon", "Graz", "Gent")
TRADES = ("Utilities", "Energy", "Manufacturing", "Retail")


def _waiting(play: Player) -> list[Record]:
    return [row for row in play.sight.leads if row["OwnerId"] in play.queues]


def _holdings(play: Player) -> list[tuple[Record, Person]]:
    users = play.users
    return [(row, users[row["OwnerId"]]) for row in play.sight.leads if row["OwnerId"] in users]


def claim(play: Player) -> None:
    lead, person = play.one(_waiting(play)), play.one(play.partners)
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=person.id)


def claim_together(play: Player) -> None:
    """Two partners reach for one lead, one right after the other."""
    lead = play.one(_waiting(play))
    for person in play.dice.sample(play.partners, 2):
        play.people.save(person.username, "Lead", lead["Id"], OwnerId=person.id)


def claim_held(play: Player) -> None:
    """A partner user takes what another holds."""
    (lead, _), person = play.one(_holdings(play)), play.one(play.partners)
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=person.id)


def release(play: Player) -> None:
    lead, person = play.one(_holdings(play))
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=play.one(play.queues))


def give_back_and_take(play: Player) -> None:
    """The holder lets go and takes again within seconds: the owner looks as if nothing had happened."""
    lead, person = play.one(_holdings(play))
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=play.one(play.queues))
    if play.dice.random() < 0.5:
        play.let_time_pass(play.dice.randint(1, 5))
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=person.id)


def hand_over(play: Player) -> None:
    """Inside the firm."""
    lead, person = play.one(_holdings(play))
    colleague = play.one([each for each in play.partners if each.firm == person.firm and each != person])
    play.people.save(person.username, "Lead", lead["Id"], OwnerId=colleague.id)


def take_for_direct(play: Player) -> None:
    (lead, _), seller = play.one(_holdings(play)), play.one(play.sellers)
    play.people.save(MANAGER, "Lead", lead["Id"], OwnerId=seller.id)


def assign(play: Player) -> None:
    """The channel manager gives a lead to a partner, or puts it into a pool."""
    lead = play.one(play.sight.leads)
    owner = play.dice.choice([play.one(play.partners).id, play.one(play.queues)])
    play.people.save(MANAGER, "Lead", lead["Id"], OwnerId=owner)


def work(play: Player) -> None:
    lead, person = play.one(_holdings(play))
    status = play.dice.choice(("Working", "Working", "Nurturing", "New"))
    play.people.save(person.username, "Lead", lead["Id"], Status=status)


def call(play: Player) -> None:
    lead, person = play.one(_holdings(play))
    play.people.create(
        person.username, "Task", Subject="Call", WhoId=lead["Id"], OwnerId=person.id, Status="Completed"
    )


def rename(play: Player) -> None:
    lead, person = play.one(_holdings(play))
    play.people.save(
        person.username, "Lead", lead["Id"], Company=f"{lead['Company']} {play.dice.choice('XYZ')}"
    )


def enter(play: Player) -> None:
    """A partner user types in a lead of his own; sometimes one that another holds already."""
    person, twin = play.one(play.partners), play.one(play.sight.leads)
    play.made += 1
    name = twin["Company"] if play.dice.random() < 0.4 else f"Neuwerk {play.made} GmbH"
    values: Record = {
        "LastName": "Petersen",
        "Company": name,
        "City": play.dice.choice(TOWNS),
        "Country": "Germany",
    }
    play.people.create(person.username, "Lead", **values, Status="New", OwnerId=person.id)


def overwrite_message(play: Player) -> None:
    """A person sets what the connector owns (the profile says: flag)."""
    lead = play.one(play.sight.leads)
    play.note_edit("Lead", lead["Id"], "Claim_Message__c")
    play.people.save(MANAGER, "Lead", lead["Id"], Claim_Message__c="please call me")


def overwrite_verdict(play: Player) -> None:
    lead = play.one([row for row in play.sight.leads if row["Claim_Verdict__c"]])
    play.note_edit("Lead", lead["Id"], "Claim_Verdict__c")
    play.people.save(MANAGER, "Lead", lead["Id"], Claim_Verdict__c="Held")


def overwrite_count(play: Player) -> None:
    """The same on a field that the connector puts back (the profile says: restore)."""
    firm = play.one(play.partners).firm
    assert firm is not None
    play.note_edit("Account", firm, "Claims_Held__c")
    play.people.save(MANAGER, "Account", firm, Claims_Held__c=play.dice.randint(100, 200))


def overwrite_ruling(play: Player) -> None:
    filing = play.one(play.sight.filings)
    play.note_edit("Deal_Registration__c", filing["Id"], "Ruling_Message__c")
    play.people.save(MANAGER, "Deal_Registration__c", filing["Id"], Ruling_Message__c="see my mail")


def file(play: Player) -> None:
    """A new registration, complete or not, for a new customer or for one that was filed before."""
    person = play.one(play.partners)
    number = play.dice.randint(1, 40)
    contact = (people_today(play.people) - timedelta(days=30)).isoformat()
    close = (people_today(play.people) + timedelta(days=120)).isoformat()
    values = {
        **FILING,
        "Customer_Name__c": f"Wasserwerk {number} Holding AG",
        "Customer_City__c": TOWNS[number % 6],
    }
    if play.dice.random() < 0.3:
        values.pop("Employees__c")
    dates = {"First_Contact__c": contact, "Expected_Close__c": close}
    record = play.people.create(
        person.username,
        "Deal_Registration__c",
        Partner_Account__c=person.firm,
        Status__c="Draft",
        **dates,
        **values,
    )
    _prove(play, person, record, contact)
    play.people.save(person.username, "Deal_Registration__c", record, Status__c="Submitted")


def _prove(play: Player, person: Person, record: str, contact: str) -> None:
    maker = {"Registration__c": record, "Name": "Ines Aumüller", "Title__c": "Head of Grid"}
    proof = {"Kind__c": "Meeting", "Customer_Confirmed__c": True, "Happened_On__c": contact}
    play.people.create(person.username, "Decision_Maker__c", **maker)
    play.people.create(person.username, "Registration_Evidence__c", Registration__c=record, **proof)


def _filed(play: Player, *states: str) -> tuple[Record, Person]:
    users = play.users
    mine = [row for row in play.sight.filings if row["Status__c"] in states and row["CreatedById"] in users]
    filing = play.one(mine)
    return filing, users[filing["CreatedById"]]


def amend(play: Player) -> None:
    filing, person = _filed(play, "Submitted", "Incomplete", "In Review")
    values: Record = {
        "Employees__c": play.dice.randint(10, 900),
        "Amount__c": play.dice.randint(10, 90) * 1000,
    }
    play.people.save(person.username, "Deal_Registration__c", filing["Id"], **values)


def add_proof(play: Player) -> None:
    filing, person = _filed(play, "Submitted", "Incomplete", "In Review")
    contact = (people_today(play.people) - timedelta(days=10)).isoformat()
    _prove(play, person, filing["Id"], contact)


def withdraw(play: Player) -> None:
    filing, person = _filed(play, "Submitted", "Incomplete", "In Review", "Approved")
    play.people.save(person.username, "Deal_Registration__c", filing["Id"], Status__c="Withdrawn")


def file_again(play: Player) -> None:
    filing, person = _filed(play, "Rejected", "Withdrawn", "Lapsed")
    play.people.save(person.username, "Deal_Registration__c", filing["Id"], Status__c="Submitted")


def review(play: Player) -> None:
    filing = play.one([row for row in play.sight.filings if row["Status__c"] == "In Review"])
    decision = play.dice.choice(("Approve", "Reject"))
    play.people.save(MANAGER, "Deal_Registration__c", filing["Id"], Review_Decision__c=decision)


def rule_by_hand(play: Player) -> None:
    """A person sets the status itself, while the connector may be about to."""
    filing = play.one(
        [row for row in play.sight.filings if row["Status__c"] in ("Submitted", "In Review", "Incomplete")]
    )
    status = play.dice.choice(("Approved", "Rejected", "In Review"))
    play.people.save(MANAGER, "Deal_Registration__c", filing["Id"], Status__c=status)


def convert(play: Player) -> None:
    lead, person = play.one([each for each in _holdings(play) if each[0]["Status"] != "New"])
    play.people.convert(person.username, lead["Id"], f"{lead['Company']} – deal")


def merge(play: Player) -> None:
    one, other = play.dice.sample(play.sight.leads, 2)
    play.practice(
        "acts/merge", {"object": "Lead", "masterId": one["Id"], "loserIds": [other["Id"]], "actor": ADMIN}
    )


def delete(play: Player) -> None:
    lead = play.one(play.sight.leads)
    _gone(play, "Lead", lead["Id"])


def delete_filing(play: Player) -> None:
    filing = play.one(play.sight.filings)
    _gone(play, "Deal_Registration__c", filing["Id"])


def _gone(play: Player, sobject: str, ident: str) -> None:
    play.people._rest("DELETE", f"/sobjects/{sobject}/{ident}", play.people.become(ADMIN))


def undelete(play: Player) -> None:
    gone = play.people.rows(
        "SELECT Id FROM Lead WHERE IsDeleted = true AND MasterRecordId = null", all_rows=True
    )
    play.practice("acts/undelete", {"object": "Lead", "id": play.one(gone)["Id"], "actor": ADMIN})


def win(play: Player) -> None:
    """A direct seller closes a deal."""
    deal = play.one(play.sight.deals)
    stage = play.dice.choice(("Closed Won", "Closed Lost", "Negotiation/Review"))
    play.people.save(play.one(play.sellers).username, "Opportunity", deal["Id"], StageName=stage)


def open_deal(play: Player) -> None:
    account = play.one(
        play.people.rows("SELECT Id FROM Account WHERE IsPartner = false ORDER BY Id LIMIT 50")
    )
    seller = play.one(play.sellers)
    close = (people_today(play.people) + timedelta(days=60)).isoformat()
    play.made += 1
    values: Record = {"Name": f"Deal {play.made}", "AccountId": account["Id"], "StageName": "Prospecting"}
    play.people.create(seller.username, "Opportunity", **values, CloseDate=close, OwnerId=seller.id)


def hold(play: Player) -> None:
    """A transaction that stays open for a while: its rows are locked now, and appear later under older stamps."""
    if len(play.held) >= 2:
        let_go(play)
        return
    name = f"held-{play.made}-{play.dice.random()}"
    ops: list[dict[str, Any]] = []
    person = play.one(play.partners)
    for lead in {row["Id"] for row in (play.one(play.sight.leads), play.one(play.sight.leads))}:
        values = play.dice.choice(
            ({"OwnerId": person.id}, {"Status": "Working"}, {"Phone": "+49 821 555 0199"})
        )
        ops.append({"op": "update", "object": "Lead", "id": lead, "values": values})
    play.practice("acts/hold", {"name": name, "ops": ops, "actor": person.username})
    play.held.append(name)


def let_go(play: Player) -> None:
    name = play.one(play.held)
    play.held.remove(name)
    play.practice("acts/rollback" if play.dice.random() < 0.2 else "acts/commit", {"name": name})


def moment(play: Player) -> None:
    play.let_time_pass(play.dice.choice((1, 2, 5, 20, 61, 90)))


def days(play: Player) -> None:
    """Long enough for deadlines to fall due, and for what is held open to come late."""
    play.let_time_pass(timedelta(days=play.dice.choice((0.02, 0.3, 1, 4))).total_seconds())


Act = Callable[[Player], None]

ACTS: Mapping[str, tuple[Act, float]] = {
    act.__name__: (act, weight)
    for act, weight in (
        (claim, 16.0), (claim_together, 3.0), (claim_held, 4.0), (release, 6.0), (give_back_and_take, 5.0),
        (hand_over, 3.0), (take_for_direct, 1.0), (assign, 5.0), (work, 6.0), (call, 2.0), (rename, 2.0),
        (enter, 3.0), (overwrite_message, 2.0), (overwrite_verdict, 2.0), (overwrite_count, 0.3),
        (overwrite_ruling, 1.0), (file, 4.0), (amend, 4.0), (add_proof, 3.0), (withdraw, 1.0), (file_again, 2.0),
        (review, 4.0), (rule_by_hand, 2.0), (convert, 2.0), (merge, 1.0), (delete, 1.0), (delete_filing, 0.3),
        (undelete, 1.0), (win, 1.0), (open_deal, 1.0), (hold, 2.0), (let_go, 3.0), (moment, 12.0), (days, 0.25),
    )
}  # fmt: skip
