"""Explain: why a record stands as it does, from the ledger alone (R4.14, law 18)."""

from collections.abc import Iterator

from connector.canonical.accounts import BenefitEntry, DealEntry
from connector.canonical.docket import ClaimEntry, ConflictEntry, CreditEntry, Entry, RegistrationEntry
from connector.canonical.fact import FactKind
from connector.canonical.ids import RecordId
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.flows import precedence
from connector.flows.elsewhere import lines_about
from connector.flows.explanation import Dispute, Explanation, Firm, Line, Step
from connector.flows.teller import Teller
from connector.flows.timeline import timeline
from connector.messages import Speaker, Telling
from connector.ports.store import AttemptState, LedgerLine, Store

_SETTLED = (AttemptState.DONE, AttemptState.SUPERSEDED)
_LEADS_ASKED = 25  # how many of a firm's newest leads are asked for the quota that was told


def explain(
    store: Store, speaker: Speaker, record: str, instance_url: str, language: str = "en"
) -> Explanation:
    """What was decided about `record`, by which rule, from which records, who was first, and by which clock.

    A partner firm's own record tells its leads and registrations, a conflict's own record its two sides.
    """
    with store.reading() as view:
        teller = Teller(view, speaker, url=instance_url, language=language)
        lines = lines_about(view, RecordId(record))
        return Explanation(
            record=record,
            name=teller.name(record),
            link=teller.link(record),
            language=speaker.language(language),
            steps=tuple(_step(teller, line, RecordId(record)) for line in lines),
            stands=tuple(_stands(teller, RecordId(record))),
            waiting=tuple(_waiting(teller, record)),
            firm=_firm(teller, record),
            conflicts=tuple(_dispute(teller, entry) for entry in _conflicts(teller, record)),
            timeline=timeline(teller, record),
        )


def _step(teller: Teller, line: LedgerLine, record: RecordId) -> Step:
    verdict, fact = line.verdict, line.fact
    own = fact.record == record or fact.kind is FactKind.ADOPTED
    happened = teller.happened(fact)
    findings = verdict.findings if verdict else ()
    return Step(
        number=line.seq,
        kind=fact.kind.value,
        happened=happened if own else f"{teller.name(fact.record)}: {happened}",
        at=fact.instant,
        when=teller.when(fact.instant),
        certain=teller.certain(fact),
        outcome=verdict.outcome if verdict else None,
        ruled=teller.word("outcome", verdict.outcome.value) if verdict else "",
        policy=verdict.policy if verdict else "",
        reasons=teller.reasons(findings),
        race=precedence.of_ruling(teller, fact, findings, line.entries),
        docket=teller.entries(_about(line, fact.record)),
        recorded_at=line.recorded_at,
    )


def _about(line: LedgerLine, record: RecordId) -> Iterator[Entry]:
    """Lines of the docket that this entry wrote about the record: an adoption writes a batch of them."""
    for entry in line.entries:
        if line.fact.kind is not FactKind.ADOPTED or record in _names(entry):
            yield entry


def _names(entry: Entry) -> tuple[str, ...]:
    """The records that a line of the docket is about."""
    if isinstance(entry, ClaimEntry):
        return (entry.lead,)
    if isinstance(entry, RegistrationEntry):
        return (entry.registration,)
    if isinstance(entry, ConflictEntry):
        return entry.left, entry.right
    if isinstance(entry, OrderEntry):
        return (entry.order,)
    if isinstance(entry, BenefitEntry):
        return (entry.registration, *((entry.opportunity,) if entry.opportunity else ()))
    if isinstance(entry, DealEntry):
        return (entry.record,)
    return (entry.record, entry.through) if isinstance(entry, CreditEntry) else ()


def _stands(teller: Teller, record: RecordId) -> Iterator[str]:
    """How the record stands in the docket now: also what was taken over at go-live and never judged."""
    docket = teller.view.docket
    filing = docket.get(RegistrationEntry, record)
    if filing is not None:
        yield _with_adoption(teller, teller.entry(filing), adopted=filing.adopted)
    papers = (docket.get(kind, record) for kind in (OrderEntry, SlipEntry, PaymentEntry))
    yield from (teller.entry(paper) for paper in papers if paper is not None)
    for claim in docket.find(ClaimEntry, f"lead:{record}"):
        holder = ", ".join(dict.fromkeys((teller.name(claim.holder), teller.name(claim.firm))))
        since = teller.tell(Telling.PAGE_SINCE, since=instant_text(claim.opened.latest))
        said = f"{teller.entry(claim)}, {holder}, {since}"
        yield _with_adoption(teller, said, adopted=claim.adopted)
    credit = docket.get(CreditEntry, record)
    if credit is not None:
        yield teller.entry(credit)


def _with_adoption(teller: Teller, said: str, *, adopted: bool) -> str:
    return f"{said} ({teller.tell(Telling.HAPPENED_ADOPTED)})" if adopted else said


def _waiting(teller: Teller, record: str) -> Iterator[str]:
    version = teller.version(record)
    if version is None:
        return
    for item in teller.view.outbox.of_records(version.object, [record]).get(record, ()):
        if item.state not in _SETTLED:
            yield f"{item.field}: {item.state.value}" + (f" ({item.reason})" if item.reason else "")


def _firm(teller: Teller, record: str) -> Firm | None:
    docket = teller.view.docket
    held = sorted(docket.find(ClaimEntry, f"firm:{record}"), key=lambda claim: claim.opened, reverse=True)
    filed = sorted(
        docket.find(RegistrationEntry, f"firm:{record}", open_only=False),
        key=lambda entry: entry.filed,
        reverse=True,
    )
    if not held and not filed:
        return None
    return Firm(
        held=len(held),
        quota=_quota(teller, record),
        claims=tuple(_held(teller, claim) for claim in held),
        open_registrations=sum(entry.open for entry in filed),
        registrations=tuple(_line(teller, entry.registration, teller.entry(entry)) for entry in filed),
    )


def _held(teller: Teller, claim: ClaimEntry) -> Line:
    since = teller.tell(Telling.PAGE_SINCE, since=instant_text(claim.opened.latest))
    return _line(teller, claim.lead, f"{teller.name(claim.holder)}, {since}")


def _line(teller: Teller, record: RecordId, text: str) -> Line:
    return Line(record=record, name=teller.name(record), link=teller.link(record), text=text)


def _quota(teller: Teller, firm: str) -> int | None:
    """The quota that the firm was told at its newest judged claim: it depends on that claim's circumstances."""
    claims = teller.view.docket.find(ClaimEntry, f"firm:{firm}", open_only=False)
    judged = sorted((claim for claim in claims if not claim.adopted), key=lambda c: c.opened, reverse=True)
    for claim in judged[:_LEADS_ASKED]:
        for line in reversed(teller.view.ledger.of_record(claim.lead)):
            if line.verdict is None or line.fact.value != claim.holder:
                continue
            for found in line.verdict.findings:
                if found.message in (Phrase.CLAIM_WITHIN_QUOTA, Phrase.CLAIM_OVER_QUOTA):
                    return int(found.params["quota"])
    return None


def _conflicts(teller: Teller, record: str) -> list[ConflictEntry]:
    """The conflicts of a record; or, for a conflict's own record, that one, by the key it carries."""
    docket = teller.view.docket
    found = list(docket.find(ConflictEntry, f"record:{record}", open_only=False))
    version = teller.version(record)
    keys = [value for value in version.values.values() if value and value.count("|") == 2] if version else []
    named = (docket.get(ConflictEntry, key) for key in keys)
    return sorted([*found, *(entry for entry in named if entry)], key=lambda entry: entry.opened_at)


def _dispute(teller: Teller, entry: ConflictEntry) -> Dispute:
    resolution = ""
    if entry.resolution:
        how = teller.value(entry.resolution)
        resolution = teller.tell(Telling.PAGE_CONFLICT_RESOLVED, who=teller.name(entry.resolved_by), how=how)
    return Dispute(
        key=entry.key,
        kind=entry.kind,
        state=entry.state.value,
        text=f"{teller.entry(entry)} ({teller.tell(Telling.PAGE_SINCE, since=instant_text(entry.opened_at))})",
        opened_at=entry.opened_at,
        evidence=entry.evidence,
        likeness=teller.likeness(entry.evidence),
        race=precedence.of_conflict(teller, entry),
        resolution=resolution,
    )
