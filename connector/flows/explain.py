"""Explain: why a record stands as it does, from the ledger alone (R4.14, law 18)."""

from collections.abc import Iterator, Mapping, Sequence

from connector.canonical.accounts import BenefitEntry, DealEntry
from connector.canonical.docket import (
    ClaimEntry,
    ClaimState,
    ConflictEntry,
    CreditEntry,
    Entry,
    RegistrationEntry,
)
from connector.canonical.fact import Fact, FactKind
from connector.canonical.ids import RecordId
from connector.canonical.order_docket import OrderEntry, PaymentEntry, SlipEntry
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.flows import precedence
from connector.flows.acts import acts
from connector.flows.asked import Asked
from connector.flows.elsewhere import lines_about, lines_of_conflict
from connector.flows.explanation import Dispute, Explanation, Firm, Line, Step
from connector.flows.eyes import DESK, Eyes, View, of_manager, of_partner
from connector.flows.policy_keys import PolicyKeys, policy_keys
from connector.flows.publishing import POLICY
from connector.flows.remaining import appeal
from connector.flows.teller import Teller
from connector.flows.timeline import OURS, desks_own, timeline
from connector.messages import Speaker, Telling
from connector.policy.model import Policies
from connector.policy.text import Setting
from connector.ports.store import AttemptState, LedgerLine, Store, Transaction

_SETTLED = (AttemptState.DONE, AttemptState.SUPERSEDED)
_BY_RULES = ("by rule", "automatic")  # so a conflict's resolution begins where no person gave it
_OF_HELD = (Phrase.CLAIM_WITHIN_QUOTA, Phrase.CLAIM_OVER_QUOTA)
_OF_UNWORKED = (Phrase.CLAIM_UNWORKED_WITHIN_QUOTA, Phrase.CLAIM_UNWORKED_OVER_QUOTA)
_LEADS_ASKED = 25  # how many of a firm's newest leads are asked for the quota that was told


_ALL = Asked()


def explain(
    store: Store,
    speaker: Speaker,
    record: str,
    instance_url: str,
    language: str = "en",
    *,
    asked: Asked = _ALL,
) -> Explanation:
    """What was decided about `record`, by which rule, from which records, who was first, and by which clock.

    A partner firm's own record tells its leads, registrations and acts, a conflict's own record its two sides. For
    one verdict only that entry of the ledger is told, as it stood then. Of what is none of its own a partner is told
    nothing at all, not even that it is there (law 17).
    """
    with store.reading() as view:
        ident = RecordId(record)
        eyes = _eyes(view, ident, asked)
        teller = Teller(view, speaker, url=instance_url, language=language, eyes=eyes)
        if eyes.of_a_partner and (not eyes.see(ident) or _is_a_conflict(teller, ident)):
            return Explanation(record=record, language=speaker.language(language))
        lines = [line for line in _lines(teller, ident) if asked.verdict in (None, line.seq)]
        since, keys = _policies(view, asked.policies), policy_keys(view, asked.texts)
        then = asked.verdict is not None
        partner = eyes.of_a_partner
        filing = _filing(lines) if then else view.docket.get(RegistrationEntry, ident)
        return Explanation(
            record=record,
            name=teller.name(record),
            link=teller.link(record),
            language=speaker.language(language),
            steps=tuple(
                step
                for line, step in ((line, _step(teller, line, ident, since, keys)) for line in lines)
                if not partner or step.reasons or step.docket or _tells(teller, line.fact)
            ),
            stands=() if then else tuple(_stands(teller, ident)),
            waiting=() if then or partner else tuple(_waiting(teller, record)),
            firm=None if then else _firm(teller, record, asked),
            conflicts=()
            if then or partner
            else tuple(_dispute(teller, entry) for entry in _conflicts(teller, record)),
            timeline=() if then else timeline(teller, ident, asked.mapping),
            appeal=appeal(teller, filing, asked, lines[0].fact.instant if then and lines else asked.now),
            as_of=asked.verdict,
        )


def _tells(teller: Teller, fact: Fact) -> bool:
    """Whether an act that ruled nothing of a partner's own tells that partner anything."""
    return teller.eyes.see(fact.record) and not desks_own(fact)


def _lines(teller: Teller, record: RecordId) -> Sequence[LedgerLine]:
    """The entries about a record; of a conflict's own record those that made the conflict what it is."""
    lines = {line.seq: line for line in lines_about(teller.view, record)}
    for conflict in _own_conflict(teller, record):
        lines |= {line.seq: line for line in lines_of_conflict(teller.view, conflict)}
    return [lines[seq] for seq in sorted(lines)]


def _eyes(view: Transaction, record: RecordId, asked: Asked) -> Eyes:
    if asked.view is View.PARTNER:
        return of_partner(view, record, asked.firm)
    if asked.view is View.MANAGER:
        hidden = asked.policies.hidden_from_managers(asked.now)
        return of_manager(view, record, asked.firm, hidden, asked.mapping)
    return DESK


def of_verdict(store: Store, number: int) -> RecordId | None:
    """The record that the ledger's entry `number` is about; None when there is no such entry."""
    with store.reading() as view:
        line = next(iter(view.ledger.scan(number - 1)), None)
        if line is None or line.seq != number:
            return None
        return line.verdict.record if line.verdict else line.fact.record


def _filing(lines: Sequence[LedgerLine]) -> RegistrationEntry | None:
    found = (entry for line in lines for entry in line.entries if isinstance(entry, RegistrationEntry))
    return next(found, None)


def _policies(view: Transaction, loaded: Policies) -> Mapping[str, str]:
    """Label → from when on it was in force: its own day, or the moment after what was sealed when it was published."""
    days = {policy.label: policy.in_force.isoformat() for policy in loaded.versions}
    published = [line.fact for line in view.ledger.of_record(POLICY)]
    told = {fact.value: fact.detail.get("effective") or fact.detail.get("in_force", "") for fact in published}
    return days | told


def _step(
    teller: Teller, line: LedgerLine, record: RecordId, since: Mapping[str, str], keys: PolicyKeys
) -> Step:
    verdict, fact = line.verdict, line.fact
    own = fact.record == record or fact.kind is FactKind.ADOPTED
    seen, judged = teller.eyes.see(fact.record), teller.eyes.judged(line)
    happened = teller.happened(fact) if seen else ""
    findings = verdict.findings if verdict and judged else ()
    policy = verdict.policy if verdict else ""
    shown = (
        not teller.eyes.of_a_partner
    )  # a policy's rows name firms and lists that are no partner's business
    started = since.get(policy, "")
    return Step(
        number=line.seq,
        kind=fact.kind.value,
        happened=happened if own and seen else _elsewhere(teller, fact.record, happened),
        at=fact.instant,
        when=teller.when(fact.instant),
        certain=teller.certain(fact),
        who=_who(teller, fact) if seen else "",
        outcome=verdict.outcome if verdict and judged else None,
        ruled=teller.word("outcome", verdict.outcome.value) if verdict and judged else "",
        policy=policy,
        policy_since=teller.value(started) if started else "",
        reasons=teller.reasons(findings, lambda found: keys.of_finding(found, line) if shown else ()),
        race=precedence.of_ruling(teller, fact, findings, line.entries),
        docket=teller.entries(_about(line, fact.record), fact, record),
        recorded_at=line.recorded_at,
        settings=_windows(teller, line, keys) if shown else (),
    )


def _elsewhere(teller: Teller, record: str, happened: str) -> str:
    """What happened on another record, or one that this reader knows nothing of but that it is there."""
    name = teller.name(record)
    return teller.labelled(name, happened) if happened else name


def _who(teller: Teller, fact: Fact) -> str:
    """The person who did it, unless what happened names them already; our own deadlines and records are nobody's."""
    if fact.actor is None or fact.kind in OURS or not teller.eyes.see(fact.actor):
        return ""
    return "" if fact.actor in {fact.value, fact.prior} else teller.name(fact.actor)


def _windows(teller: Teller, line: LedgerLine, keys: PolicyKeys) -> tuple[Setting, ...]:
    """What said how long a window that this entry opened lasts, or when the deadline that was reached falls due."""
    for entry in line.entries:
        if isinstance(entry, RegistrationEntry) and entry.state.protects and line.verdict:
            return keys.of_window(entry.policy or line.verdict.policy, line.seq)
    filing = teller.view.docket.get(RegistrationEntry, line.fact.record)
    policy = line.verdict.policy if line.verdict else filing.policy if filing else _last_policy(teller, line)
    return keys.of_deadline(line, policy)


def _last_policy(teller: Teller, line: LedgerLine) -> str:
    """The version by which the record was last ruled on before this entry; "" where nobody has ruled on it."""
    before = (each for each in teller.view.ledger.of_record(line.fact.record) if each.seq < line.seq)
    return next(reversed([each.verdict.policy for each in before if each.verdict]), "")


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
        holder = dict.fromkeys((teller.name(claim.holder), teller.name(claim.firm)))
        since = teller.tell(Telling.PAGE_SINCE, since=instant_text(claim.opened.latest))
        said = teller.listed(teller.entry(claim), *holder, since)
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
            said = teller.labelled(item.field, teller.word("attempt", item.state.value))
            yield said + (f" ({item.reason})" if item.reason else "")


def _firm(teller: Teller, record: str, asked: Asked) -> Firm | None:
    docket = teller.view.docket
    held = sorted(docket.find(ClaimEntry, f"firm:{record}"), key=lambda claim: claim.opened, reverse=True)
    filed = sorted(
        docket.find(RegistrationEntry, f"firm:{record}", open_only=False),
        key=lambda entry: entry.filed,
        reverse=True,
    )
    is_firm = held or filed or ((version := teller.version(record)) and version.object == "Account")
    done = acts(teller, RecordId(record), asked.mapping) if is_firm else ()
    if not (held or filed or done):
        return None
    quota, of_unworked = _quota(teller, record)
    return Firm(
        held=len(held),
        quota=quota,
        unworked=sum(claim.state is not ClaimState.WORKED for claim in held) if of_unworked else None,
        claims=tuple(_held(teller, claim) for claim in held),
        open_registrations=sum(entry.open for entry in filed),
        registrations=tuple(_line(teller, entry.registration, teller.entry(entry)) for entry in filed),
        acts=done,
    )


def _held(teller: Teller, claim: ClaimEntry) -> Line:
    since = teller.tell(Telling.PAGE_SINCE, since=instant_text(claim.opened.latest))
    return _line(teller, claim.lead, teller.listed(teller.name(claim.holder), since))


def _line(teller: Teller, record: RecordId, text: str) -> Line:
    return Line(record=record, name=teller.name(record), link=teller.link(record), text=text)


def _quota(teller: Teller, firm: str) -> tuple[int | None, bool]:
    """The quota that the firm was told at its newest judged claim: it depends on that claim's circumstances.

    With it, whether it counts only the leads that are not worked yet.
    """
    claims = teller.view.docket.find(ClaimEntry, f"firm:{firm}", open_only=False)
    judged = sorted((claim for claim in claims if not claim.adopted), key=lambda c: c.opened, reverse=True)
    for claim in judged[:_LEADS_ASKED]:
        for line in reversed(teller.view.ledger.of_record(claim.lead)):
            if line.verdict is None or line.fact.value != claim.holder:
                continue
            for found in line.verdict.findings:
                if found.message in _OF_UNWORKED or found.message in _OF_HELD:
                    return int(found.params["quota"]), found.message in _OF_UNWORKED
    return None, False


def _conflicts(teller: Teller, record: str) -> list[ConflictEntry]:
    """The conflicts of a record; or, for a conflict's own record, that one."""
    found = teller.view.docket.find(ConflictEntry, f"record:{record}", open_only=False)
    return sorted([*found, *_own_conflict(teller, record)], key=lambda entry: entry.opened_at)


def _own_conflict(teller: Teller, record: str) -> Iterator[ConflictEntry]:
    """The conflict whose own record this is, by the key it carries."""
    version = teller.version(record)
    keys = [value for value in version.values.values() if value and value.count("|") == 2] if version else []
    for key in keys:
        entry = teller.view.docket.get(ConflictEntry, key)
        if entry is not None:
            yield entry


def _is_a_conflict(teller: Teller, record: str) -> bool:
    return any(True for _ in _own_conflict(teller, record))


def _how(teller: Teller, resolution: str) -> str:
    """How a conflict was settled: a person's own word, or why the rules settled it."""
    by, _, why = resolution.partition(": ")
    if by not in _BY_RULES:
        return teller.value(resolution)
    kinds = ("ended", "conflict_kind", "came", "word")
    told = (teller.word(kind, why.partition(" ")[0]) for kind in kinds)
    return teller.tell(Telling.PAGE_BY_RULE, why=next((word for word in told if word not in why), why))


def _dispute(teller: Teller, entry: ConflictEntry) -> Dispute:
    resolution = ""
    if entry.resolution:
        how = _how(teller, entry.resolution)
        resolution = teller.tell(Telling.PAGE_CONFLICT_RESOLVED, who=teller.name(entry.resolved_by), how=how)
    return Dispute(
        key=entry.key if all(map(teller.eyes.see, (entry.left, entry.right))) else "",
        kind=entry.kind,
        state=entry.state.value,
        text=f"{teller.entry(entry)} ({teller.tell(Telling.PAGE_OPENED, since=instant_text(entry.opened_at))})",
        opened_at=entry.opened_at,
        evidence="" if teller.eyes.without_evidence else entry.evidence,
        likeness=None if teller.eyes.without_evidence else teller.likeness(entry.evidence),
        race=precedence.of_conflict(teller, entry),
        resolution=resolution,
    )
