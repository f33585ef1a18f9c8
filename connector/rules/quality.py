"""Lead quality of a firm, folded from what came of its filings and claims; and spray (R0.7, R1.11)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from connector.canonical.accounts import DealEntry, DealState, QualityEntry, Result, week_key
from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    CreditEntry,
    RegistrationEntry,
    RegistrationState,
)
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.quality import Spray
from connector.rules.booking import Booked, Booking
from connector.rules.case import FilingCase, finding, local_day
from connector.rules.notices import say, want
from connector.rules.rule import rule
from connector.rules.scores import monday, outcomes, score_of

RULE = "spray"
_WEEK = timedelta(days=7)
_OF_FILING = {
    RegistrationState.APPROVED: Result.APPROVED,
    RegistrationState.EXTENDED: Result.APPROVED,
    RegistrationState.WON: Result.WON,
    RegistrationState.LOST: Result.LOST,
    RegistrationState.LAPSED: Result.LAPSED,
    RegistrationState.REJECTED: Result.REJECTED,
}
_OF_DEAL = {DealState.WON: Result.WON, DealState.LOST: Result.LOST}


_BASIS = {
    Phrase.QUALITY_FILINGS: ("filings", "met", "approved", "rejected", "lapsed"),
    Phrase.QUALITY_CLAIMS: ("claims", "converted", "recycled", "unworked", "released"),
    Phrase.QUALITY_DEALS: ("won", "lost"),
}


@rule(RULE, "R1.11")
def spray(case: FilingCase) -> Iterator[Finding]:
    """R1.11: many filings, few meetings, few deals: held for review, or the firm's cap is lowered."""
    quality = case.policy.partner_quality
    terms = quality.spray if quality else None
    if terms is None:
        return
    firm, moment = case.entry.firm, case.fact.instant
    total = outcomes(case.world.docket, case.policy, firm, moment, terms.within)
    if not sprays(terms, total):
        return
    exhibit = Exhibit(record=firm, field="filings", value=_counts(total))
    if terms.then == "review":
        yield finding(
            RULE, Effect.ASK, Phrase.SPRAY_REVIEW, exhibit, desk=True, filings=total.filings, met=total.met
        )
        return
    others = case.world.docket.find(RegistrationEntry, f"firm:{firm}")
    held = sum(1 for entry in others if entry.key != case.entry.key and entry.filed < case.entry.filed)
    if held >= terms.cap:
        yield finding(RULE, Effect.REFUSE, Phrase.SPRAY_CAP, exhibit, open=held, cap=terms.cap)


def sprays(terms: Spray, total: QualityEntry) -> bool:
    """All three: many filings, few of them with a meeting, few of them won."""
    if total.filings < max(terms.filings_at_least, 1):
        return False
    met, won = Decimal(total.met), Decimal(total.results.get(Result.WON, 0))
    return met / total.filings < terms.meetings_below and won / total.filings < terms.conversion_below


def kept(booking: Booking) -> Booked:
    """The weeks that one decision moves."""
    if booking.policy.partner_quality is None:
        return Booked()
    tally = _Tally(booking)
    tally.filings()
    tally.claims()
    tally.deals()
    return Booked(entries=[*tally.entries()])


def shown(booking: Booking) -> Booked:
    """The score of every firm whose weeks moved, once all decisions of the second are counted."""
    booked = Booked()
    for firm in sorted({entry.firm for _, entry in booking.moved(QualityEntry)}):
        found = list(lead_quality(booking, firm))
        booked.asides += found
        booked.desired += _shown(booking, firm) if found else []
    return booked


@rule("lead_quality", "R0.7")
def lead_quality(booking: Booking, firm: RecordId) -> Iterator[Finding]:
    """R0.7: the firm's score from what came of its filings and claims; told beside what was ruled."""
    terms = booking.policy.partner_quality
    if terms is not None:
        total = outcomes(booking.docket, booking.policy, firm, booking.fact.instant, terms.window)
        score = score_of(terms, total)
        exhibit = Exhibit(record=firm, field="filings", value=_counts(total))
        told = "-" if score is None else score
        yield finding("lead_quality", Effect.PASS, Phrase.QUALITY_SCORE, exhibit, desk=True, score=told)


class _Tally:
    """What one decision adds to and takes from the weeks of each firm."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking
        self.weeks: dict[tuple[RecordId, date], dict[str, int]] = {}

    def filings(self) -> None:
        for before, after in self.booking.moved(RegistrationEntry):
            if after.adopted:
                continue
            same = before is not None and before.filed == after.filed and before.firm == after.firm
            old = before if same else None
            if old is None and self.booking.fact.kind in (FactKind.FILED, FactKind.AMENDED):
                self._add(after.firm, after.filed.latest, "filings", 1)
            self._add(after.firm, after.filed.latest, "met", after.met - (old.met if old else False))
            was = _OF_FILING.get(old.state) if old else None
            self._moved(after.firm, after.filed.latest, was, _OF_FILING.get(after.state))

    def claims(self) -> None:
        for before, after in self.booking.moved(ClaimEntry):
            if before is None and self.booking.fact.kind in (FactKind.CLAIMED, FactKind.RESTORED):
                self._add(after.firm, after.opened.latest, "claims", 1)
            was = before.state if before else ClaimState.ACTIVE
            if was.open and not after.open:
                self._moved(after.firm, after.opened.latest, None, _of_claim(was, after.state))

    def deals(self) -> None:
        """A deal that came out of a lead; a registered one is counted by its registration."""
        for before, line in self.booking.moved(DealEntry):
            credit = self.booking.docket.get(CreditEntry, line.record)
            if credit is None or self.booking.docket.get(RegistrationEntry, credit.through) is not None:
                continue
            was = _OF_DEAL.get(before.state) if before else None
            self._moved(credit.firm, credit.since, was, _OF_DEAL.get(line.state))

    def entries(self) -> list[QualityEntry]:
        found = []
        for (firm, week), changes in self.weeks.items():
            entry = self.booking.docket.get(QualityEntry, week_key(firm, week))
            entry = entry or QualityEntry(firm=firm, week=week)
            counts = {name: changes.pop(name, 0) for name in ("filings", "claims", "met")}
            results = {**entry.results}
            for word, by in changes.items():
                results[word] = results.get(word, 0) + by
            update = {name: getattr(entry, name) + by for name, by in counts.items()}
            found.append(entry.model_copy(update={**update, "results": results}))
        return found

    def _moved(self, firm: RecordId, since: datetime, was: Result | None, now: Result | None) -> None:
        if was is now:
            return
        if was is not None:
            self._add(firm, since, was, -1)
        if now is not None:
            self._add(firm, since, now, 1)

    def _add(self, firm: RecordId, since: datetime, name: str, by: int) -> None:
        if by:
            place = (firm, monday(local_day(since, self.booking.policy)))
            week = self.weeks.setdefault(place, {})
            week[name] = week.get(name, 0) + by


def _of_claim(was: ClaimState, now: ClaimState) -> Result | None:
    if now is ClaimState.RELEASED:
        return Result.RELEASED if was is ClaimState.WORKED else Result.UNWORKED
    return {ClaimState.CONVERTED: Result.CONVERTED, ClaimState.RECYCLED: Result.RECYCLED}.get(now)


def _shown(booking: Booking, firm: RecordId) -> list[Desired]:
    """For the channel manager alone: these slots lie where no partner reads (law 17)."""
    terms = booking.policy.partner_quality
    if terms is None:
        return []
    total = outcomes(booking.docket, booking.policy, firm, booking.fact.instant, terms.window)
    score = score_of(terms, total)
    words = {each.value: str(total.results.get(each, 0)) for each in Result}
    counts = {"filings": str(total.filings), "met": str(total.met), "claims": str(total.claims), **words}
    said = [
        (phrase, {name: counts[name] for name in names})
        for phrase, names in _BASIS.items()
        if any(counts[name] != "0" for name in names)
    ]
    if terms.spray is not None:
        within = outcomes(booking.docket, booking.policy, firm, booking.fact.instant, terms.spray.within)
        figures = {"filings": str(within.filings), "met": str(within.met)}
        said += [(Phrase.QUALITY_SPRAY, figures)] if sprays(terms.spray, within) else []
    return [
        want(Kind.PARTNER, firm, "quality", str(score) if score is not None else None),
        want(Kind.PARTNER, firm, "quality_basis", say(None, *said)),
    ]


def _counts(total: QualityEntry) -> str:
    return f"{total.filings} filings, {total.met} met, {total.results.get(Result.WON, 0)} won"
