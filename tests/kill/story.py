"""What the stories of the kills have in common: a lead under way, people who take it, and what must hold at the end."""

from connector.canonical.docket import ClaimEntry
from connector.canonical.time import instant_text
from tests.support.org import MemoryOrg
from tests.support.process import Process, lead


def claims(process: Process, record: str) -> list[ClaimEntry]:
    with process.store.reading() as view:
        return list(view.docket.find(ClaimEntry, f"lead:{record}", open_only=False))


def holders(process: Process, record: str) -> list[str]:
    return [claim.holder for claim in claims(process, record) if claim.open]


def live(process: Process, owner: str) -> str:
    """A lead of this owner, mirrored and adopted a minute after it was made."""
    record = lead(process.org, 1, owner)
    process.org.wait(60)
    process.begin()
    return record


def take(process: Process, record: str, who: str, owner: str | None = None) -> None:
    """`who` makes himself, or another, the owner of the lead."""
    process.org.save("Lead", record, who, OwnerId=owner or who)


def agreed(process: Process, record: str, *owners: str) -> None:
    """When all has settled, the docket says of the lead's owner what the org says."""
    process.settle_down()
    owner = process.org.shown("Lead", record)["OwnerId"]
    assert owner in owners
    assert holders(process, record) == ([owner] if str(owner).startswith("005") else [])


def colleagues(org: MemoryOrg, firm: str, number: int) -> list[str]:
    """More users of a firm."""
    login = instant_text(org.clock)
    return [
        org.create("User", Name=f"Colleague {each}", AccountId=firm, IsActive="true", LastLoginDate=login)
        for each in range(number)
    ]
