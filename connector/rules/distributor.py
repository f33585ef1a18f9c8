"""A distributor files for a reseller: the filing is the reseller's, and who brought it in is remembered."""

from collections.abc import Iterator

from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Exhibit, Finding
from connector.rules.case import FilingCase, finding
from connector.rules.consequence import short_of
from connector.rules.rule import rule
from connector.rules.world import World


def parties(filing: Registration, world: World) -> tuple[RecordId | None, RecordId | None]:
    """The firm that the filing is for, and the distributor that filed it, if another."""
    person = world.person(filing.filed_by)
    filer = filing.partner or (person.firm if person else None)
    if filing.filed_for is None or filing.filed_for == filer:
        return filer, None
    return filing.filed_for, filer


@rule("filed_for", "R1.2")
def filed_for(case: FilingCase) -> Iterator[Finding]:
    """Only some firms may file for another."""
    tiers, distributor = case.terms.who_may_file_for_another, case.world.partner(case.entry.distributor)
    effect = short_of(tiers.others)
    if case.entry.distributor is None or effect is None or (distributor and distributor.tier in tiers.prefer):
        return
    tier = distributor.tier if distributor else ""
    exhibit = Exhibit(record=case.entry.distributor, field="tier", value=tier)
    yield finding("filed_for", effect, Phrase.MAY_NOT_FILE_FOR_ANOTHER, exhibit)
