from collections.abc import Iterator
from datetime import timedelta

import pytest

from connector.canonical.ids import BadRecordId
from connector.canonical.time import instant_text
from connector.ports.org import Batch
from connector.ports.store import Mirror
from connector.store import BadBatch, SqlStore, UndeclaredLink, open_store
from tests.contract.store.stores import fresh_org
from tests.contract.store.synthetic import BORN, NOON, batch, lead_id, row, second, user_id

ODD = 'NUL \0, tab \t, line\r\n feed, \\N and \\\\, "quotes", \x01\x1f\x7f, 上海电气 ㈱ 😀, \u2028, {a: [1]}'


@pytest.fixture
def mirror(store: SqlStore) -> Iterator[Mirror]:
    with store.transaction() as tx:
        yield tx.mirror


def test_a_row_loaded_reads_back_as_the_org_gave_it(mirror: Mirror) -> None:
    given = row(1, 0, LastName=ODD, Title=None, Empty="")
    assert mirror.load(batch(given)) == 1
    held = mirror.get("Lead", [lead_id(1)])[lead_id(1)]
    assert held.values == given
    assert (held.stamp, held.deleted, held.master) == (NOON, False, None)


def test_odd_characters_survive_apply_as_well(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    mirror.apply(batch(row(1, 1, LastName=ODD)))
    assert mirror.get("Lead", [lead_id(1)])[lead_id(1)].values["LastName"] == ODD


def test_a_new_record_is_valid_since_its_creation_but_certain_only_since_its_stamp(mirror: Mirror) -> None:
    """Law 5: what the record looked like before its stamp, nobody can vouch for."""
    mirror.load(batch(row(1, 0), row(2, 0, created=None)))
    held = mirror.get("Lead", [lead_id(1), lead_id(2)])
    assert (held[lead_id(1)].valid_from, held[lead_id(1)].certain_from) == (BORN, NOON)
    assert (held[lead_id(2)].valid_from, held[lead_id(2)].certain_from) == (NOON, NOON)


def test_loading_a_page_twice_is_loading_it_once(mirror: Mirror) -> None:
    page = batch(row(1, 0), row(2, 0))
    assert mirror.load(page) == 2
    assert mirror.load(page) == 0
    assert [version.id for version in mirror.scan("Lead")] == [lead_id(1), lead_id(2)]


def test_a_late_snapshot_row_does_not_undo_what_the_stream_brought(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 5, LastName="New")))
    mirror.load(batch(row(1, 0, LastName="Old"), row(2, 0)))
    assert mirror.get("Lead", [lead_id(1)])[lead_id(1)].values["LastName"] == "New"
    assert mirror.get("Lead", [lead_id(2)])


def test_a_record_twice_in_one_page_is_held_once(mirror: Mirror) -> None:
    mirror.load(batch(row(1, 0), row(1, 3, LastName="New"), row(1, 1, LastName="Stale")))
    assert mirror.get("Lead", [lead_id(1)])[lead_id(1)].values["LastName"] == "New"


def test_applying_says_before_and_after(mirror: Mirror) -> None:
    [first] = mirror.apply(batch(row(1, 0)))
    assert first.before is None
    [change] = mirror.apply(batch(row(1, 7, OwnerId=user_id(2))))
    assert change.before is not None
    assert (change.before.values["OwnerId"], change.after.values["OwnerId"]) == (user_id(1), user_id(2))
    assert (change.before.valid_to, change.after.valid_from, change.after.valid_to) == (
        second(7),
        second(7),
        None,
    )


def test_the_same_row_again_is_no_change(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    assert mirror.apply(batch(row(1, 0))) == []


def test_an_older_stamp_is_no_change(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 5)))
    assert mirror.apply(batch(row(1, 4, LastName="Old"))) == []


def test_drift_under_an_equal_stamp_is_a_change_that_keeps_the_interval(mirror: Mirror) -> None:
    """Law 20: a formula field moves without the record being saved."""
    mirror.apply(batch(row(1, 0)))
    mirror.apply(batch(row(1, 5, Score__c="1")))
    [change] = mirror.apply(batch(row(1, 5, Score__c="2")))
    assert change.before is not None
    assert (change.before.values["Score__c"], change.after.values["Score__c"]) == ("1", "2")
    assert change.after.valid_from == second(5)
    assert mirror.as_of("Lead", lead_id(1), second(4)) is not None


def test_the_order_of_columns_is_no_change(mirror: Mirror) -> None:
    given = row(1, 0)
    mirror.apply(batch(given))
    assert mirror.apply(batch(dict(reversed(given.items())))) == []


def test_a_newly_mapped_field_is_a_change_of_the_records_that_bring_it(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), row(2, 0)))
    [change] = mirror.apply(batch(row(1, 0, Phone="+45 1")))
    assert change.after.values["Phone"] == "+45 1"
    assert "Phone" not in mirror.get("Lead", [lead_id(2)])[lead_id(2)].values


def test_every_moment_has_the_version_that_was_valid_then(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0, LastName="a")))
    mirror.apply(batch(row(1, 5, LastName="b")))
    mirror.apply(batch(row(1, 9, LastName="c")))

    def name(moment: int) -> str | None:
        version = mirror.as_of("Lead", lead_id(1), second(moment))
        return None if version is None else version.values["LastName"]

    assert [name(moment) for moment in (-5, 0, 4, 5, 8, 9, 99)] == ["a", "a", "a", "b", "b", "c", "c"]
    assert mirror.as_of("Lead", lead_id(1), BORN - timedelta(seconds=1)) is None
    assert mirror.as_of("Lead", lead_id(1), BORN) is not None
    assert mirror.as_of("Lead", lead_id(2), NOON) is None


def test_a_past_version_says_when_it_ended(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    mirror.apply(batch(row(1, 5)))
    past = mirror.as_of("Lead", lead_id(1), second(2))
    assert past is not None
    assert (past.valid_from, past.valid_to, past.certain_from) == (BORN, second(5), NOON)


def test_ended_versions_come_newest_first_with_their_ends_and_without_the_current_one(mirror: Mirror) -> None:
    for moment, name in ((0, "a"), (5, "b"), (9, "c")):
        mirror.apply(batch(row(1, moment, LastName=name), row(2, 0)))
    found = mirror.ended("Lead", [lead_id(1), lead_id(2), lead_id(3)])
    assert {ident: [each.values["LastName"] for each in past] for ident, past in found.items()} == {
        lead_id(1): ["b", "a"]
    }
    assert [(each.valid_from, each.valid_to) for each in found[lead_id(1)]] == [
        (second(5), second(9)),
        (BORN, second(5)),
    ]


def test_a_deleted_row_is_a_tombstone_that_keeps_its_values_and_its_past(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    [change] = mirror.apply(batch(row(1, 5, IsDeleted="true", MasterRecordId=lead_id(2))))
    assert change.after.deleted
    assert change.after.master == lead_id(2)
    assert change.after.values["LastName"] == "Sørensen"
    assert mirror.as_of("Lead", lead_id(1), second(4)) is not None
    assert mirror.as_of("Lead", lead_id(1), second(5)) is None


def test_an_undeleted_row_lives_again(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    mirror.apply(batch(row(1, 5, IsDeleted="true")))
    mirror.apply(batch(row(1, 9)))
    alive = [mirror.as_of("Lead", lead_id(1), second(moment)) is not None for moment in (4, 6, 9)]
    assert alive == [True, False, True]


def test_a_hard_delete_is_told_once(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), row(2, 0)))
    [change] = mirror.remove("Lead", [lead_id(1), lead_id(9), lead_id(1)], second(5))
    assert change.before is not None
    assert change.after.deleted
    assert change.after.values == change.before.values
    assert mirror.remove("Lead", [lead_id(1)], second(6)) == []
    assert mirror.as_of("Lead", lead_id(1), second(4)) is not None
    assert mirror.as_of("Lead", lead_id(1), second(5)) is None
    assert mirror.as_of("Lead", lead_id(2), second(5)) is not None


def test_a_row_read_before_a_hard_delete_does_not_bring_the_record_back(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    mirror.remove("Lead", [lead_id(1)], second(5))
    assert mirror.apply(batch(row(1, 0))) == []
    assert mirror.as_of("Lead", lead_id(1), second(6)) is None


def test_a_repair_brings_back_what_was_only_out_of_sight(mirror: Mirror) -> None:
    """Law 20: a record we could not see for a while was taken for deleted; its stamp never moved."""
    mirror.declare_links("Lead", ["OwnerId"])
    mirror.apply(batch(row(1, 0), row(2, 0)))
    mirror.remove("Lead", [lead_id(1)], second(5))
    [change] = mirror.apply(batch(row(1, 0), row(2, -1, LastName="Stale")), repair=True)
    assert (change.after.deleted, change.after.stamp, change.after.valid_from) == (False, NOON, second(5))
    assert mirror.as_of("Lead", lead_id(1), second(6)) is not None
    assert [version.id for version in mirror.where("Lead", "OwnerId", user_id(1))] == [lead_id(1), lead_id(2)]
    assert mirror.apply(batch(row(1, 0)), repair=True) == []


def test_late_news_of_a_delete_does_not_bury_a_record_saved_since(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 9)))
    assert mirror.remove("Lead", [lead_id(1)], second(5)) == []


def test_a_delete_in_the_second_of_the_save_leaves_no_empty_version(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0, created=None)))
    mirror.remove("Lead", [lead_id(1)], second(0))
    mirror.apply(batch(row(1, 3)))
    assert mirror.as_of("Lead", lead_id(1), second(0)) is None
    assert mirror.as_of("Lead", lead_id(1), second(3)) is not None


def test_children_are_found_by_their_parent(mirror: Mirror) -> None:
    mirror.declare_links("Lead", ["OwnerId"])
    mirror.apply(batch(row(2, 0), row(1, 0), row(3, 0, OwnerId=user_id(2)), row(4, 0, OwnerId=None)))
    assert [version.id for version in mirror.where("Lead", "OwnerId", user_id(1))] == [lead_id(1), lead_id(2)]
    mirror.apply(batch(row(1, 5, OwnerId=user_id(2))))
    mirror.remove("Lead", [lead_id(2)], second(5))
    assert list(mirror.where("Lead", "OwnerId", user_id(1))) == []
    assert [version.id for version in mirror.where("Lead", "OwnerId", user_id(2))] == [lead_id(1), lead_id(3)]


def test_links_declared_after_the_records_came_are_built(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), row(2, 0, IsDeleted="true")))
    mirror.declare_links("Lead", ["OwnerId"])
    assert [version.id for version in mirror.where("Lead", "OwnerId", user_id(1))] == [lead_id(1)]


def test_a_first_load_leaves_no_link_behind(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.mirror.declare_links("Lead", ["OwnerId"])
        tx.mirror.load(batch(row(1, 0)))
    with store.transaction() as tx:
        tx.mirror.load(batch(row(2, 0)))
    with store.reading() as tx:  # not built yet, and a reader builds nothing
        found = [version.id for version in tx.mirror.where("Lead", "OwnerId", user_id(1))]
    assert found == [lead_id(1), lead_id(2)]
    with store.transaction() as tx:
        tx.mirror.apply(batch(row(1, 4, OwnerId=user_id(2))))
        assert [version.id for version in tx.mirror.where("Lead", "OwnerId", user_id(1))] == [lead_id(2)]
        tx.mirror.load(batch(row(3, 0), row(2, 0)))
        tx.mirror.load(batch(row(4, 0)))
    with store.reading() as tx:
        found = [version.id for version in tx.mirror.where("Lead", "OwnerId", user_id(1))]
    assert found == [lead_id(2), lead_id(3), lead_id(4)]


def test_a_look_up_by_an_undeclared_field_is_refused(mirror: Mirror) -> None:
    with pytest.raises(UndeclaredLink, match=r"Lead\.LastName is no declared link"):
        list(mirror.where("Lead", "LastName", "Sørensen"))


def test_a_scan_is_in_id_order_and_leaves_out_the_deleted(mirror: Mirror) -> None:
    mirror.apply(batch(row(3, 0), row(1, 0), row(2, 0, IsDeleted="true")))
    assert [version.id for version in mirror.scan("Lead")] == [lead_id(1), lead_id(3)]
    assert [version.id for version in mirror.scan("Lead", deleted=True)] == [
        lead_id(1),
        lead_id(2),
        lead_id(3),
    ]


def test_a_scan_goes_over_many_pages(mirror: Mirror) -> None:
    mirror.load(batch(*(row(number, 0) for number in range(1, 4502))))
    assert sum(1 for _ in mirror.scan("Lead")) == 4501
    assert len(mirror.apply(batch(*(row(number, number % 2) for number in range(1, 4502))))) == 2251


def test_live_and_deleted_records_are_counted_by_object(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), row(2, 0, IsDeleted="true"), row(3, 0)))
    mirror.apply(batch(row(4, 0), name="Account"))
    counted = [(one.object, one.live, one.deleted) for one in mirror.count()]
    assert counted == [("Account", 1, 0), ("Lead", 2, 1)]


def test_a_checksum_tells_which_field_differs(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), row(2, 0), name="A"))
    mirror.apply(batch(row(2, 0), name="B"))
    mirror.apply(batch(dict(reversed(row(1, 0).items())), name="B"))
    assert mirror.checksum("A") == mirror.checksum("B")
    mirror.apply(batch(row(2, 0, LastName="Drifted"), name="B"))
    one, other = mirror.checksum("A"), mirror.checksum("B")
    assert [field for field in one if one[field] != other[field]] == ["LastName"]


def test_a_checksum_counts_live_records_only(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0), name="A"))
    mirror.apply(batch(row(1, 0), row(2, 0, IsDeleted="true"), name="B"))
    assert mirror.checksum("A") == mirror.checksum("B")


def test_a_creation_after_the_stamp_is_not_believed(mirror: Mirror) -> None:
    mirror.load(batch(row(1, 0, created=second(5))))
    assert mirror.get("Lead", [lead_id(1)])[lead_id(1)].valid_from == NOON


def test_a_history_row_is_stamped_by_its_creation(mirror: Mirror) -> None:
    """Documented Salesforce behaviour: history objects have a CreatedDate and no SystemModstamp."""
    one: dict[str, str | None] = {"Id": lead_id(1), "CreatedDate": instant_text(NOON), "NewValue": "x"}
    mirror.load(batch(one, name="LeadHistory"))
    held = mirror.get("LeadHistory", [lead_id(1)])[lead_id(1)]
    assert (held.stamp, held.valid_from, held.certain_from) == (NOON, NOON, NOON)
    assert mirror.apply(batch(one, name="LeadHistory")) == []


def test_a_fifteen_character_id_never_enters(mirror: Mirror) -> None:
    with pytest.raises(BadRecordId, match="Lead row 1: '00Q000000000002' is no 18-character id"):
        mirror.apply(batch(row(1, 0), row(2, 0, Id=lead_id(2)[:15])))


def test_a_fifteen_character_id_is_understood_when_asked_for(mirror: Mirror) -> None:
    mirror.apply(batch(row(1, 0)))
    assert list(mirror.get("Lead", [lead_id(1)[:15]])) == [lead_id(1)]


def test_a_batch_without_stamps_is_refused_by_name(mirror: Mirror) -> None:
    with pytest.raises(BadBatch, match="Lead has no SystemModstamp column"):
        mirror.load(Batch(object="Lead", fields=("Id",), columns=([lead_id(1)],)))
    with pytest.raises(BadBatch, match="Lead row 0 has no SystemModstamp"):
        mirror.load(batch(row(1, 0, SystemModstamp=None)))
    with pytest.raises(BadBatch, match="an instant or id holds"):
        mirror.load(batch(row(1, 0, SystemModstamp="2026-01-02\t03:04:05.000Z")))


def test_an_empty_batch_changes_nothing(mirror: Mirror) -> None:
    empty = Batch(object="Lead", fields=("Id", "SystemModstamp"), columns=([], []))
    assert mirror.load(empty) == 0
    assert mirror.apply(empty) == []
    assert mirror.count() == []


def test_orgs_do_not_see_each_other(store: SqlStore, url: str) -> None:
    with store.transaction() as tx:
        tx.mirror.load(batch(row(1, 0)))
    stranger = open_store(url, fresh_org())
    with stranger.reading() as tx:
        assert tx.mirror.count() == []
        assert tx.mirror.get("Lead", [lead_id(1)]) == {}
    stranger.close()
