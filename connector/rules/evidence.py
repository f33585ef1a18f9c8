"""Whether a filing is complete and proves a relationship (R1.3, R1.6 to R1.10, R1.13)."""

from collections.abc import Iterable, Iterator
from datetime import date

from connector.canonical.own import PREFIX
from connector.canonical.phrase import Phrase
from connector.canonical.records import Registration
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import day_before
from connector.policy.model import EvidenceRule, OfficeHours, Proofs, Then
from connector.rules.case import FilingCase, finding, local_day
from connector.rules.reuse import Reuse
from connector.rules.rule import rule

RULE = "evidence"


@rule("complete_filing", "R1.3", "R1.6", "R1.7", "R1.8", "R1.13")
def complete(case: FilingCase) -> Iterator[Finding]:
    """R1.13: everything missing is said at once; R1.3: until then the filing holds no place."""
    absent = missing_items(case.filing, case.terms.complete_filing.required)
    for item in absent:
        exhibit = Exhibit(record=case.filing.id, field=item)
        yield finding("complete_filing", Effect.LACK, Phrase.MISSING, exhibit, item=item)
    for item in missing_items(case.filing, case.terms.complete_filing.may_say_none):
        if item not in absent:  # asked, and may be left empty: the desk sees that it was (R1.7)
            exhibit = Exhibit(record=case.filing.id, field=item)
            yield finding("complete_filing", Effect.NOTE, Phrase.LEFT_EMPTY, exhibit, desk=True, item=item)
    if not absent:
        yield finding("complete_filing", Effect.PASS, Phrase.FILING_COMPLETE)


def missing_items(filing: Registration, needs: tuple[str, ...]) -> tuple[str, ...]:
    """The needed items that the filing leaves empty, in the policy's order."""
    return tuple(item for item in needs if not _given(filing, item))


def _given(filing: Registration, item: str) -> bool:
    if item.startswith(PREFIX):
        return dict(filing.own).get(item.removeprefix(PREFIX)) not in (None, "", (), 0)
    value: object = filing
    for part in item.split("."):
        value = getattr(value, part, None)
    if item == "decision_makers":
        return bool(filing.decision_makers) and all(person.name for person in filing.decision_makers)
    return value not in (None, "", (), 0)


@rule("first_contact", "R1.10")
def contact_window(case: FilingCase) -> Iterator[Finding]:
    """R1.10: first contact inside the window before filing, default 90 days, and no long silence since."""
    window, contact = case.terms.evidence.first_contact_within, case.filing.first_contact
    if window is None or contact is None:
        return
    exhibit = Exhibit(record=case.filing.id, field="first_contact", value=contact.isoformat())
    filed = local_day(case.place.latest, case.policy)
    if contact > filed:
        yield finding(
            "first_contact",
            Effect.ASK,
            Phrase.FIRST_CONTACT_AFTER_FILING,
            exhibit,
            contact=contact.isoformat(),
        )
    elif contact < (edge := day_before(filed, window, case.policy.office_hours)):
        yield finding(
            "first_contact",
            Effect.REFUSE,
            Phrase.FIRST_CONTACT_TOO_OLD,
            exhibit,
            contact=contact.isoformat(),
            days=(filed - edge).days,
        )


@rule(RULE, "R1.8", "R1.9")
def weight(case: FilingCase) -> Iterator[Finding]:
    """R1.9: each kind of proof has its points; the total has to reach what the policy needs."""
    rule = case.terms.evidence
    if not rule.needs:
        return
    total = points(case.filing, rule, case.reused)
    short = _SHORT[rule.then]
    effect = Effect.NOTE if total >= rule.needs else short
    for reuse in case.reused:
        shown = Exhibit(record=reuse.other.id, field="evidence", value=reuse.proof.file)
        yield finding(RULE, effect, Phrase.EVIDENCE_REUSED, shown)
    if total >= rule.needs:
        exhibits = [
            Exhibit(record=proof.id, field="evidence", value=proof.kind) for proof in case.filing.evidence
        ]
        yield finding(RULE, Effect.PASS, Phrase.EVIDENCE_ENOUGH, *exhibits, points=total, needed=rule.needs)
    else:
        exhibit = Exhibit(record=case.filing.id, field="evidence", value=str(total))
        yield finding(RULE, short, Phrase.EVIDENCE_SHORT, exhibit, points=total, needed=rule.needs)


_SHORT = {
    Then.HOLD: Effect.LACK,
    Then.REVIEW: Effect.ASK,
    Then.REJECT: Effect.REFUSE,
    Then.FLAG: Effect.NOTE,
    Then.FLAG_AND_FREEZE_CREDIT: Effect.NOTE,
    Then.IGNORE: Effect.NOTE,
}
"""What too few points do: by default the filing is not whole yet and holds no place (R1.3, R1.9)."""


def proved(filing: Registration, rule: EvidenceRule, reused: Iterable[Reuse] = ()) -> bool:
    """Whether nothing is lacking for a place: points enough, or a policy that does not wait for them."""
    return rule.then is not Then.HOLD or points(filing, rule, reused) >= rule.needs


@rule("proofs", "R1.8", "R1.9", "R1.10")
def proofs(case: FilingCase) -> Iterator[Finding]:
    """Each row of `proofs` asks for so many proofs of its kinds, none of them too old on the day of filing."""
    day = local_day(case.entry.filed.latest, case.policy)
    for row in case.terms.evidence.proofs:
        held = counted(case.filing, row, day, case.policy.office_hours, case.reused)
        if held < row.at_least:
            exhibit = Exhibit(record=case.filing.id, field="evidence", value=str(held))
            yield finding(
                "proofs",
                _SHORT[row.then],
                Phrase.PROOFS_SHORT,
                exhibit,
                condition=row.name,
                points=held,
                needed=row.at_least,
            )


def counted(
    filing: Registration, row: Proofs, day: date, office: OfficeHours, reused: Iterable[Reuse] = ()
) -> int:
    """How many of the filing's proofs count for a row on that day; one without a day has no age."""
    worthless = {reuse.proof.id for reuse in reused}
    first = day_before(day, row.within, office) if row.within else None
    return sum(
        any(_proves(name, proof.kind, proof.customer_confirmed) for name in row.of)
        and (first is None or (proof.happened_on is not None and first <= proof.happened_on <= day))
        for proof in filing.evidence
        if proof.id not in worthless
    )


def all_there(
    filing: Registration, rule: EvidenceRule, day: date, office: OfficeHours, reused: Iterable[Reuse] = ()
) -> bool:
    """Whether no row that a filing waits for is short."""
    again = tuple(reused)
    rows = (row for row in rule.proofs if row.then is Then.HOLD)
    return all(counted(filing, row, day, office, again) >= row.at_least for row in rows)


def points(filing: Registration, rule: EvidenceRule, reused: Iterable[Reuse] = ()) -> int:
    """What the filing's proofs are worth together; each kind counts once, and a reused document for nothing."""
    worthless = {reuse.proof.id for reuse in reused}
    return sum(
        worth
        for name, worth in rule.points.items()
        if any(
            _proves(name, proof.kind, proof.customer_confirmed)
            for proof in filing.evidence
            if proof.id not in worthless
        )
    )


def _proves(name: str, kind: str, confirmed: bool) -> bool:  # noqa: FBT001 - a value read, not a switch
    if name.startswith("customer_confirmed_"):
        return confirmed and kind == name.removeprefix("customer_confirmed_")
    return kind == name


@rule("silence", "R1.10")
def silence(case: FilingCase) -> Iterator[Finding]:
    """R1.10: an old, silent relationship is no relationship: the last sign of life must be recent."""
    limit = case.terms.evidence.silence_at_most
    if limit is None or case.filing.first_contact is None:
        return
    signs = [case.filing.first_contact, *(e.happened_on for e in case.filing.evidence if e.happened_on)]
    last = max(signs)
    filed = local_day(case.place.latest, case.policy)
    if last < (edge := day_before(filed, limit, case.policy.office_hours)):
        exhibit = Exhibit(record=case.filing.id, field="evidence", value=last.isoformat())
        yield finding(
            "silence",
            Effect.ASK,
            Phrase.FIRST_CONTACT_TOO_OLD,
            exhibit,
            contact=last.isoformat(),
            days=(filed - edge).days,
        )


def proves_meeting(filing: Registration) -> bool:
    """Whether a meeting with the customer is among the proofs (R1.11)."""
    return any(proof.kind == "meeting" for proof in filing.evidence)
