"""R1.3, law 1: the place in time of a filing is when it was whole, as far as the mirror can vouch for it."""

from datetime import datetime
from typing import Any

from connector.canonical.docket import RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.time import TimeSource, When
from connector.policy.model import FirstFiling
from connector.rules.docket import MemoryDocket
from connector.rules.filings import admitted
from tests.support.builders import START, after, filing
from tests.support.channel import filings_policy
from tests.support.world import Records, World
from tests.unit.rules.cases import ANNA, NORD, acted

MINE = filing(1, ANNA)
FILED = When(earliest=START, latest=after(hours=1), source=TimeSource.HISTORY)


def placed(certain: datetime | None, **terms: Any) -> When | None:
    """The place of a whole filing that the mirror is sure of since a moment."""

    class Mirror(World):
        def certain_from(self, kind: Kind, ident: RecordId) -> datetime | None:
            assert (kind, ident) == (Kind.REGISTRATION, MINE.id)
            return certain

    kept = Records()
    for record in (NORD, ANNA, MINE):
        kept.put(record)
    fact = acted(FactKind.FILED, Kind.REGISTRATION, MINE.id, when=FILED)
    (entry,) = admitted(fact, Mirror(fact, MemoryDocket(), kept), filings_policy(**terms))
    assert isinstance(entry, RegistrationEntry)
    return entry.complete


def test_what_the_mirror_is_sure_of_by_then_has_the_time_of_the_act() -> None:
    assert placed(after(hours=1)) == FILED
    assert placed(None) == FILED


def test_what_it_saw_whole_only_later_may_have_become_so_in_between() -> None:
    late = placed(after(hours=5))
    assert late == FILED.model_copy(update={"latest": after(hours=5)})
    assert late is not None
    assert late.source is TimeSource.HISTORY


def test_where_submitting_counts_a_whole_filing_has_the_time_of_its_submission() -> None:
    assert placed(after(hours=5), first_filing=FirstFiling(counts_from="submitted")) == FILED
