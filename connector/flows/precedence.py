"""Who was first, and by which clock: the parties of a ruling or a conflict in the order of their acts (law 1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ConflictEntry, Docket, Entry, RegistrationEntry
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId, is_user
from connector.canonical.phrase import Phrase
from connector.canonical.time import When, at, instant_text, parse_instant
from connector.canonical.verdict import Exhibit, Finding
from connector.flows.explanation import Race, Runner
from connector.flows.teller import Teller
from connector.messages import Telling
from connector.rules.rivals import Relation

_MOMENTS = frozenset({"since", "held_since"})
_TOGETHER = frozenset({Phrase.RIVAL_SAME_TIME, Phrase.CLAIM_SAME_SECOND})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """One party's act. Without a `when` its moment is the record's creation, which no fact bears."""

    record: RecordId
    firm: RecordId | None = None
    when: When | None
    moment: datetime
    act: Telling
    filed: datetime | None = None


def of_ruling(
    teller: Teller, fact: Fact, findings: Sequence[Finding], entries: Sequence[Entry]
) -> Race | None:
    """The record against the rivals that its findings name; None when nobody else was in it."""
    rivals = list(_rivals(teller.view.docket, fact, findings))
    if not rivals:
        return None
    plain = _Place(record=fact.record, when=fact.when, moment=fact.instant, act=Telling.RACE_CREATED)
    of_holders = any(is_user(rival.record) for rival in rivals)
    own = next(iter(_own(fact, entries, of_holders=of_holders)), None)
    own = own or next(_came(teller.view.docket, findings), plain)
    together = any(found.message in _TOGETHER for found in findings)
    return _race(teller, [own, *rivals], together=together)


def of_conflict(teller: Teller, entry: ConflictEntry) -> Race:
    """Both sides of a conflict, as the docket has them now."""
    sides = dict.fromkeys((entry.left, entry.right))
    return _race(teller, [_side(teller, side, entry.opened_at) for side in sides], together=False)


def _race(teller: Teller, places: Iterable[_Place], *, together: bool) -> Race:
    ordered = sorted(places, key=lambda place: (place.moment, place.record))
    first, second = (ordered[0].when, ordered[1].when) if len(ordered) > 1 else (None, None)
    overlap = first is not None and second is not None and first.overlaps(second)
    return Race(runners=tuple(_runner(teller, place) for place in ordered), together=together or overlap)


def _runner(teller: Teller, place: _Place) -> Runner:
    filed = instant_text(place.filed) if place.filed and place.filed != place.moment else ""
    words = {"filed": filed} if place.act is Telling.RACE_COMPLETE else {}
    return Runner(
        record=teller.shown(place.record),
        name=teller.name(place.record),
        link=teller.link(place.record),
        firm=teller.name(place.firm) if teller.eyes.see(place.firm) else "",
        at=place.moment,
        text=teller.tell(place.act, at=instant_text(place.moment), **words),
        clock=teller.clock(place.when) if place.when else teller.tell(Telling.CLOCK_CREATED),
    )


def _own(fact: Fact, entries: Iterable[Entry], *, of_holders: bool) -> Iterator[_Place]:
    """This record's own place: when its filing was complete, or when the lead was taken.

    `of_holders`: rivals on one lead are told apart by who took it.
    """
    for entry in entries:
        if isinstance(entry, RegistrationEntry) and entry.registration == fact.record:
            yield _of_filing(entry)
        elif isinstance(entry, ClaimEntry) and entry.lead == fact.record and entry.holder == fact.value:
            yield _of_claim(entry, entry.holder if of_holders else entry.lead)


def _came(docket: Docket, findings: Sequence[Finding]) -> Iterator[_Place]:
    """The holding that a ruling undoes: its place is when it began, whatever fact showed it to be wrong (R4.8)."""
    for shown in (each for found in findings for each in found.exhibits if each.field == "entered_at"):
        for claim in docket.find(ClaimEntry, f"lead:{shown.record}", open_only=False):
            if instant_text(claim.opened.latest) == shown.value:
                yield _of_claim(claim, claim.lead)


def _of_filing(entry: RegistrationEntry) -> _Place:
    when = entry.complete or entry.filed
    act = Telling.RACE_COMPLETE if entry.complete else Telling.RACE_FILED
    return _Place(
        record=entry.registration,
        firm=entry.firm,
        when=when,
        moment=when.latest,
        act=act,
        filed=entry.filed.latest,
    )


def _of_claim(entry: ClaimEntry, named: RecordId) -> _Place:
    when, act = entry.opened, Telling.RACE_CLAIMED
    return _Place(record=named, firm=entry.firm, when=when, moment=when.latest, act=act)


def _rivals(docket: Docket, fact: Fact, findings: Sequence[Finding]) -> Iterator[_Place]:
    seen: set[tuple[str, str]] = set()
    for found in findings:
        since = next((each.value for each in found.exhibits if each.field in _MOMENTS), "")
        if found.exhibits and found.exhibits[0].field == Relation.OWN_LAPSED:
            continue  # its moment is the end of a window, not an act
        if not since or (found.exhibits[0].record, since) in seen:
            continue
        seen.add((found.exhibits[0].record, since))
        yield _rival(docket, fact, found.exhibits[0], parse_instant(since))


def _rival(docket: Docket, fact: Fact, shown: Exhibit, moment: datetime) -> _Place:
    """The rival's time is what the finding told; how sure it is, the docket knows where it is still the same."""
    filing = docket.get(RegistrationEntry, shown.record)
    if filing is not None and filing.complete is not None and filing.complete.latest == moment:
        return _of_filing(filing)
    if filing is not None:
        act = Telling.RACE_COMPLETE
        return _Place(record=shown.record, firm=filing.firm, when=at(moment), moment=moment, act=act)
    claims = docket.find(ClaimEntry, f"lead:{shown.record}", open_only=False)
    held = next((claim for claim in claims if claim.opened.latest == moment), None)
    if held is not None:
        return _of_claim(held, held.holder if shown.record == fact.record else shown.record)
    return _Place(record=shown.record, when=None, moment=moment, act=Telling.RACE_CREATED)


def _side(teller: Teller, record: RecordId, opened: datetime) -> _Place:
    docket = teller.view.docket
    filing = docket.get(RegistrationEntry, record)
    if filing is not None:
        return _of_filing(filing)
    claims = list(docket.find(ClaimEntry, f"lead:{record}", open_only=False))
    before = [claim for claim in claims if claim.opened.latest <= opened] or claims
    if before:
        return _of_claim(max(before, key=lambda claim: claim.opened), record)
    version = teller.version(record)
    created = version.values.get("CreatedDate") if version else None
    moment = parse_instant(created) if created else opened
    return _Place(record=record, when=None, moment=moment, act=Telling.RACE_CREATED)
