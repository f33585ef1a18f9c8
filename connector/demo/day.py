"""A day in the channel: what people do, and what each of them then reads on the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from connector.demo.people import People, Record

MINUTE_AND_A_HALF = 90
"""The org tells in whole minutes how far its answers are complete; then rulings are sealed."""

FILING = {
    "Customer_Name__c": "Stadtwerke Auenried GmbH", "Customer_City__c": "Augsburg", "Customer_Country__c": "Germany",
    "Customer_Website__c": "https://www.stadtwerke-auenried.example", "Industry__c": "Utilities", "Employees__c": 420,
    "Products__c": "Edge Gateway", "Amount__c": 64000, "CurrencyIsoCode": "EUR", "Buying_Stage__c": "Discovery",
    "Origin__c": "Referral", "Next_Steps__c": "Proof of concept at the Lechhausen plant", "Competitors__c": "none",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One thing that happened, told to a person: who did what, and what the record then said."""

    title: str
    act: str
    sobject: str
    record: str
    shown: Record
    reads: tuple[str, ...]


def day(people: People) -> Iterator[Scene]:
    """Play every scene in order; each waits until the org shows the verdict."""
    for scene in (
        _trade_fair, _new_filing, _late_completion, _two_partners, _name_variant, _fake_contact, _conversion, _poach,
        _poison, _unworked,
    ):  # fmt: skip
        yield from scene(people)


def _trade_fair(people: People) -> Iterator[Scene]:
    story = people.stories["trigger_happy_claimer"]
    leads = [story[f"lead_{number}"] for number in range(1, 7)]
    for lead in leads:
        people.save(story["username"], "Lead", lead, OwnerId=story["user"])
        people.let_time_pass(2)
    seal(people)
    held = people.wait_for(
        "Lead", leads[0], lambda row: row["Claim_Verdict__c"] == "Held", "the first claim is held"
    )
    back = [
        people.wait_for(
            "Lead", lead, lambda row: row["OwnerId"] == story["queue"], "a claim over quota goes back"
        )
        for lead in leads[2:]
    ]
    act = f"after a trade fair, a partner with {story['held']} leads and a quota of {story['quota']} claims 6 more"
    reads = ("Claim_Verdict__c", "Claim_Message__c")
    yield Scene(
        title="The trigger-happy claimer", act=act, sobject="Lead", record=leads[0], shown=held, reads=reads
    )
    yield Scene(
        title="The trigger-happy claimer",
        act="the third to sixth claim go back to the queue",
        sobject="Lead",
        record=leads[2],
        shown=back[0],
        reads=reads,
    )


def _new_filing(people: People) -> Iterator[Scene]:
    story = people.stories["two_partners_one_deal"]
    record = file(people, story["second_username"], story["second_firm"], FILING)
    people.wait_for(
        "Deal_Registration__c", record, lambda row: row["Ruling__c"] == "Approve", "approved at once"
    )
    seal(people)
    shown = people.wait_for(
        "Deal_Registration__c",
        record,
        lambda row: row["Status__c"] == "Approved" and row["Protected_Until__c"],
        "the protection window starts at the notice",
    )
    yield Scene(
        title="A complete filing",
        act="a Gold or Platinum partner files a complete registration",
        sobject="Deal_Registration__c",
        record=record,
        shown=shown,
        reads=("Status__c", "Ruling_Message__c", "Protected_From__c", "Protected_Until__c"),
    )


def _late_completion(people: People) -> Iterator[Scene]:
    story = people.stories["late_completion"]
    record, user = story["incomplete_registration"], story["incomplete_username"]
    before = people.wait_for(
        "Deal_Registration__c",
        record,
        lambda row: row["Missing_Items__c"],
        "everything missing is said at once",
    )
    act = "filed first, but incomplete: everything missing is said at once, and it holds no place"
    yield Scene(
        title="The late completion",
        act=act,
        sobject="Deal_Registration__c",
        record=record,
        shown=before,
        reads=("Status__c", "Missing_Items__c"),
    )
    contact = (people_today(people) - timedelta(days=20)).isoformat()
    people.create(
        user, "Decision_Maker__c", Registration__c=record, Name="Dr. Frauke Petersen", Title__c="CTO"
    )
    people.create(
        user,
        "Registration_Evidence__c",
        Registration__c=record,
        Kind__c="Meeting",
        Customer_Confirmed__c=True,
        Happened_On__c=contact,
    )
    people.save(
        user,
        "Deal_Registration__c",
        record,
        Industry__c="Energy",
        Employees__c=900,
        First_Contact__c=contact,
        Next_Steps__c="Workshop in Hamburg",
        Origin__c="Campaign",
    )
    seal(people)
    shown = people.wait_for(
        "Deal_Registration__c",
        record,
        lambda row: row["Status__c"] == "Rejected",
        "the first complete filing won",
    )
    yield Scene(
        title="The late completion",
        act="completed now; but another filing was complete first",
        sobject="Deal_Registration__c",
        record=record,
        shown=shown,
        reads=("Status__c", "Ruling_Message__c"),
    )


def _two_partners(people: People) -> Iterator[Scene]:
    story = people.stories["two_partners_one_deal"]
    # the stories name them in the order of writing; the second one was filed minutes after the first
    rows = [
        people.read("Deal_Registration__c", story[f"{name}_registration"]) for name in ("first", "second")
    ]
    later = max(rows, key=lambda row: row["Submitted_At__c"])
    shown = people.wait_for(
        "Deal_Registration__c",
        later["Id"],
        lambda row: row["Status__c"] == "In Review",
        "two filings at nearly one time",
    )
    yield Scene(
        title="Two partners, one deal",
        act="two complete filings for one customer, minutes apart: a person decides",
        sobject="Deal_Registration__c",
        record=later["Id"],
        shown=shown,
        reads=("Status__c", "Ruling_Message__c", "In_Conflict__c"),
    )
    people.save(
        "channel.manager@practice.example", "Deal_Registration__c", later["Id"], Review_Decision__c="Reject"
    )
    seal(people)
    ruled = people.wait_for(
        "Deal_Registration__c",
        later["Id"],
        lambda row: row["Status__c"] == "Rejected",
        "the person's ruling stands",
    )
    yield Scene(
        title="Two partners, one deal",
        act="the channel manager rejects the later one",
        sobject="Deal_Registration__c",
        record=later["Id"],
        shown=ruled,
        reads=("Status__c", "Ruling_Message__c"),
    )


def _name_variant(people: People) -> Iterator[Scene]:
    story = people.stories["meilaier"]
    lead = people.create(
        story["rival_username"],
        "Lead",
        LastName="李",
        Company=story["company_to_enter"],
        City=story["city"],
        Country=story["country"],
        Phone=story["phone"],
        Status="New",
        OwnerId=story["rival_user"],
    )
    shown = people.verdict_on(
        "Lead", lead, lambda row: row["Claim_Verdict__c"] == "Conflict", "the name variant is recognised"
    )
    yield Scene(
        title="美来尔",
        act=f"{story['company_to_enter']} is entered; {story['held_company']} is already held",
        sobject="Lead",
        record=lead,
        shown=shown,
        reads=("Claim_Verdict__c", "Claim_Message__c"),
    )


def _fake_contact(people: People) -> Iterator[Scene]:
    story = people.stories["fake_contact"]
    number = story["caller_id"]
    lead = people.create(
        story["username"],
        "Lead",
        LastName="Ferrer",
        Company=story["company"],
        City=story["city"],
        Country=story["country"],
        Phone=number,
        Fax=number,
        Caller_Id__c=number,
        Status="New",
        OwnerId=story["user"],
    )
    shown = people.verdict_on(
        "Lead", lead, lambda row: row["Claim_Verdict__c"] == "On Hold", "the fake contact is held"
    )
    yield Scene(
        title="The caller's number",
        act="the caller's number is filed as landline and as fax",
        sobject="Lead",
        record=lead,
        shown=shown,
        reads=("Claim_Verdict__c", "Claim_Message__c"),
    )


def _conversion(people: People) -> Iterator[Scene]:
    story = people.stories["convertible"]
    done = people.convert(story["username"], story["lead"], f"{story['company']} – fragt")
    deal = done["opportunityId"]
    shown = people.wait_for(
        "Opportunity",
        deal,
        lambda row: row["Sourcing_Partner__c"] == story["firm"],
        "the credit goes through",
    )
    yield Scene(
        title="A lead becomes a deal",
        act="the holder converts a worked lead: who brought it is kept for good",
        sobject="Opportunity",
        record=deal,
        shown=shown,
        reads=("Sourcing_Partner__c",),
    )


def _poach(people: People) -> Iterator[Scene]:
    story = people.stories["direct_takes_partner_deal"]
    deal = story["direct_opportunity"]
    people.save(story["direct_username"], "Opportunity", deal, StageName="Closed Won")
    shown = people.verdict_on(
        "Opportunity", deal, lambda row: row["Conflict_Flag__c"] == "Poached", "the poach is flagged"
    )
    yield Scene(
        title="Direct sales takes a partner's deal",
        act="a direct seller closes a deal that a partner has protected",
        sobject="Opportunity",
        record=deal,
        shown=shown,
        reads=("Conflict_Flag__c", "Conflict_Message__c"),
    )


def _poison(people: People) -> Iterator[Scene]:
    story = people.stories["poison"]
    record = story["registration"]
    people.save(story["username"], "Deal_Registration__c", record, Status__c="Submitted")
    seal(people)
    shown = people.read("Deal_Registration__c", record)
    yield Scene(
        title="The record nobody may touch",
        act="filed while on legal hold: our write is refused, and set aside",
        sobject="Deal_Registration__c",
        record=record,
        shown=shown,
        reads=("Status__c", "Ruling_Message__c"),
    )


def _unworked(people: People) -> Iterator[Scene]:
    story = people.stories["trigger_happy_claimer"]
    people.let_time_pass(timedelta(days=11).total_seconds())
    seal(people)
    lead = story["lead_1"]
    shown = people.wait_for(
        "Lead", lead, lambda row: row["OwnerId"] == story["queue"], "an unworked lead goes back"
    )
    yield Scene(
        title="Eleven days later",
        act="leads that nobody worked go back to their pools",
        sobject="Lead",
        record=lead,
        shown=shown,
        reads=("Claim_Verdict__c", "Claim_Message__c"),
    )


def file(people: People, username: str, firm: str, values: Record) -> str:
    """A partner user files: a draft, its decision maker and proof, then Submit."""
    contact = (people_today(people) - timedelta(days=30)).isoformat()
    close = (people_today(people) + timedelta(days=120)).isoformat()
    record = people.create(
        username,
        "Deal_Registration__c",
        Partner_Account__c=firm,
        Status__c="Draft",
        First_Contact__c=contact,
        Expected_Close__c=close,
        **values,
    )
    people.create(
        username, "Decision_Maker__c", Registration__c=record, Name="Ines Aumüller", Title__c="Head of Grid"
    )
    people.create(
        username,
        "Registration_Evidence__c",
        Registration__c=record,
        Kind__c="Meeting",
        Customer_Confirmed__c=True,
        Happened_On__c=contact,
    )
    people.let_time_pass(5)
    people.save(username, "Deal_Registration__c", record, Status__c="Submitted")
    return record


def seal(people: People) -> None:
    """Let the org's clock pass the minute, so that rulings on what went before are for good."""
    people.let_time_pass(MINUTE_AND_A_HALF)


def people_today(people: People) -> date:
    """The org's own day."""
    newest = people.rows("SELECT SystemModstamp FROM Lead ORDER BY SystemModstamp DESC LIMIT 1")
    return date.fromisoformat(newest[0]["SystemModstamp"][:10])
