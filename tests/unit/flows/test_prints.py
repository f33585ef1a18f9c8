"""Normal forms that outlive a batch: of the same row only, and never more than fit."""

from dataclasses import replace

import pytest

from connector.canonical.kind import Kind
from connector.flows import matcher
from connector.flows.matcher import Prints
from connector.matching import Identity, fingerprint
from connector.ports.store import SourceVersion
from tests.support.builders import START, ident

MADE = (START, fingerprint(Identity(name="Molkerei Gera GmbH")))


def version(number: int, row: object) -> SourceVersion:
    return SourceVersion(
        object="Lead",
        id=ident("00Q", number),
        stamp=START,
        valid_from=START,
        valid_to=None,
        certain_from=START,
        deleted=False,
        master=None,
        values={},
        row=row,
    )


def test_another_row_of_the_same_record_is_read_anew() -> None:
    prints, seen = Prints(), version(1, ("Gera",))
    prints.keep(Kind.LEAD, seen, MADE)
    assert prints.of(Kind.LEAD, replace(seen, stamp=START)) == MADE
    assert prints.of(Kind.LEAD, version(1, ("Fulda",))) is None
    assert prints.of(Kind.CUSTOMER, seen) is None


def test_a_version_that_no_store_gave_is_never_taken_for_another() -> None:
    prints, seen = Prints(), version(1, None)
    prints.keep(Kind.LEAD, seen, MADE)
    assert prints.of(Kind.LEAD, seen) is None


def test_the_oldest_go_when_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matcher, "_MOST_PRINTS", 2)
    prints = Prints()
    rows = [version(number, (number,)) for number in range(3)]
    for row in rows:
        prints.keep(Kind.LEAD, row, MADE)
    assert [prints.of(Kind.LEAD, row) is not None for row in rows] == [False, True, True]
