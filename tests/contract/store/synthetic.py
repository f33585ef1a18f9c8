"""Small made-up rows, facts, verdicts and wishes."""

from datetime import UTC, datetime, timedelta

from connector.canonical.docket import ClaimEntry
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId, record_id
from connector.canonical.kind import Kind
from connector.canonical.time import at, instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Outcome, Verdict
from connector.ports.org import Batch
from connector.ports.store import Wish

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BORN = NOON - timedelta(days=30)


def second(number: int) -> datetime:
    return NOON + timedelta(seconds=number)


def lead_id(number: int) -> RecordId:
    return record_id(f"00Q{number:012}")


def user_id(number: int) -> RecordId:
    return record_id(f"005{number:012}")


def firm_id(number: int) -> RecordId:
    return record_id(f"001{number:012}")


def row(
    number: int, stamp: int, *, created: datetime | None = BORN, **values: str | None
) -> dict[str, str | None]:
    """A lead as the org gives it, saved `stamp` seconds after noon."""
    return {
        "Id": lead_id(number),
        "SystemModstamp": instant_text(second(stamp)),
        "CreatedDate": None if created is None else instant_text(created),
        "IsDeleted": "false",
        "MasterRecordId": None,
        "OwnerId": user_id(1),
        "LastName": "Sørensen",
        **values,
    }


def batch(*rows: dict[str, str | None], name: str = "Lead") -> Batch:
    fields = tuple(rows[0])
    return Batch(object=name, fields=fields, columns=tuple([one[field] for one in rows] for field in fields))


def claimed(number: int = 1, when: int = 0, **changes: object) -> Fact:
    fact = Fact(
        kind=FactKind.CLAIMED,
        subject=Kind.LEAD,
        record=lead_id(number),
        when=at(second(when)),
        value=user_id(1),
    )
    return fact.model_copy(update=changes)


def approved(number: int = 1) -> Verdict:
    finding = Finding(
        rule="claim.quota",
        effect=Effect.PASS,
        message="quota_left",
        params={"left": "3", "name": "Jonas Sørensen"},
        exhibits=(Exhibit(record=lead_id(number), field="Phone", value="+45 12 34 56 78"),),
    )
    return Verdict(
        subject=Kind.LEAD, record=lead_id(number), outcome=Outcome.APPROVE, findings=(finding,), policy="v1"
    )


def claim(number: int = 1, **changes: object) -> ClaimEntry:
    entry = ClaimEntry(lead=lead_id(number), holder=user_id(1), firm=firm_id(1), opened=at(second(0)))
    return entry.model_copy(update=changes)


def wish(number: int = 1, **changes: object) -> Wish:
    """Wants the claim verdict of a lead written."""
    fields: dict[str, object] = {
        "object": "Lead",
        "record": lead_id(number),
        "key": None,
        "field": "Claim_Verdict__c",
        "value": "approved",
        "contested": False,
        "expected": None,
        "provisional": False,
        "cause": f"fact {number}",
        "caused_at": NOON,
        "ledger_seq": None,
        **changes,
    }
    return Wish(**fields)  # type: ignore[arg-type]
