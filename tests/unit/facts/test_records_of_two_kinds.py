"""R0.10, law 1: one record of the org may be two of ours, as a deal that bears its own registration is."""

from pathlib import Path
from typing import Any

from connector.canonical.fact import Fact, FactKind
from connector.canonical.kind import Kind
from connector.canonical.records import FilingStatus
from connector.facts.change import Seen
from connector.facts.derive import derive, gone
from connector.store import open_store
from tests.contract.store.stores import fresh_org
from tests.support.builders import OURS, after, deal, euros, filing, firm, ident, seller

ANNA = seller(1, firm(1))
DEAL = deal(1, ANNA)
FILED = filing(1, ANNA, status=FilingStatus.SUBMITTED).model_copy(update={"id": DEAL.id})


def kept(path: Path, *facts: Fact) -> set[tuple[FactKind, Kind]]:
    store = open_store(f"sqlite:///{path}/connector.db", fresh_org())
    with store.transaction() as tx:
        tx.facts.add(facts)
        found = {(fact.kind, fact.subject) for fact in tx.facts.pending()}
    store.close()
    return found


def test_one_deletion_ends_the_deal_and_the_registration_that_it_bears(tmp_path: Path) -> None:
    facts = (gone(Kind.OPPORTUNITY, DEAL, None, after()), gone(Kind.REGISTRATION, FILED, None, after()))
    ended = {(FactKind.DELETED, Kind.OPPORTUNITY), (FactKind.DELETED, Kind.REGISTRATION)}
    assert kept(tmp_path, *facts) == ended


def test_a_merge_of_a_firm_that_is_a_customer_too_is_one_of_both(tmp_path: Path) -> None:
    master = ident("001", 9)
    facts = [gone(kind, firm(2), master, after()) for kind in (Kind.PARTNER, Kind.CUSTOMER)]
    assert kept(tmp_path, *facts) == {(FactKind.MERGED, Kind.PARTNER), (FactKind.MERGED, Kind.CUSTOMER)}


def test_one_save_corrects_the_closed_deal_and_amends_its_filing(tmp_path: Path) -> None:
    saved = {
        "changed_at": after(hours=2),
        "stamp": after(hours=2),
        "changed_by": ANNA.id,
        "amount": euros(90_000),
    }
    closed = DEAL.model_copy(update={"closed": True, "amount": euros(64_000)})
    facts: list[Fact] = []
    for kind, before in ((Kind.OPPORTUNITY, closed), (Kind.REGISTRATION, FILED)):
        seen: Seen[Any] = Seen(
            before=before,
            after=before.model_copy(update=saved),
            seen_before=after(hours=1),
            ours=OURS,
            firm_of=lambda _: None,
        )
        facts += derive(kind, seen)
    amended = {(FactKind.AMENDED, Kind.OPPORTUNITY), (FactKind.AMENDED, Kind.REGISTRATION)}
    assert amended <= kept(tmp_path, *facts)


def test_the_same_deletion_seen_twice_is_one_fact(tmp_path: Path) -> None:
    facts = (gone(Kind.REGISTRATION, FILED, None, after()), gone(Kind.REGISTRATION, FILED, None, after()))
    assert kept(tmp_path, *facts) == {(FactKind.DELETED, Kind.REGISTRATION)}
    assert len({fact.identity for fact in facts}) == 1
