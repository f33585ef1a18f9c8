"""Whether a claimed lead had come far enough when it was converted (R3.10)."""

from collections.abc import Iterator

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.fact import Fact
from connector.canonical.ids import RecordId
from connector.canonical.intent import Desired
from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.records import Lead
from connector.canonical.time import instant_text
from connector.canonical.verdict import Effect, Exhibit, Finding, Verdict
from connector.policy.choosing import Then
from connector.policy.claiming import ReadyToConvert
from connector.policy.model import Policy
from connector.rules.case import finding
from connector.rules.notices import say, sentences, want
from connector.rules.rule import rule
from connector.rules.verdict import verdict_on


@rule("ready_to_convert", "R3.10")
def ready_to_convert(terms: ReadyToConvert, lead: Lead, claim: ClaimEntry, fact: Fact) -> Iterator[Finding]:
    """R3.10 ("ha progresado lo suficiente"): worked, held long enough, and nothing missing that a deal needs."""
    effect = Effect.ASK if terms.then is Then.REVIEW else Effect.NOTE
    if terms.worked and not _worked(lead, claim, fact):
        exhibit = Exhibit(record=lead.id, field="worked", value="false")
        yield finding("ready_to_convert", effect, Phrase.CONVERTED_UNWORKED, exhibit)
    if terms.held_for is not None and fact.instant - claim.opened.latest < terms.held_for:
        exhibit = Exhibit(record=lead.id, field="owner_since", value=instant_text(claim.opened.latest))
        yield finding("ready_to_convert", effect, Phrase.CONVERTED_EARLY, exhibit, days=terms.held_for.days)
    for item in terms.needs:
        if not _given(lead, item):
            exhibit = Exhibit(record=lead.id, field=item)
            yield finding("ready_to_convert", effect, Phrase.CONVERTED_WITHOUT, exhibit, item=_called(item))
    if effect is Effect.NOTE:
        yield finding("ready_to_convert", Effect.PASS, Phrase.CONVERSION_LOOKED_AT)


def looked_at(
    fact: Fact, policy: Policy, lead: Lead, claim: ClaimEntry, deal: RecordId | None
) -> tuple[Verdict | None, tuple[Desired, ...]]:
    """The verdict on a conversion, and what the deal shows of it: the lead itself takes no writes any more."""
    terms = policy.claims.ready_to_convert if policy.claims else None
    if terms is None or terms.then is Then.IGNORE:
        return None, ()
    findings = tuple(ready_to_convert(terms, lead, claim, fact))
    if not findings:
        return None, ()
    verdict = verdict_on(Kind.LEAD, lead.id, findings, policy)
    lacking = sentences(findings, Effect.NOTE, Effect.ASK)
    if deal is None or not lacking:
        return verdict, ()
    return verdict, (want(Kind.OPPORTUNITY, deal, "readiness_message", say(claim.holder, *lacking)),)


def _worked(lead: Lead, claim: ClaimEntry, fact: Fact) -> bool:
    """A conversion itself sets a status that counts as work, so only one that stood before it does."""
    since = lead.status_since
    return claim.state is ClaimState.WORKED or (lead.worked and since is not None and since < fact.instant)


def _called(item: str) -> str:
    """The item by the name that the catalogues have for it: what a customer is called by, wherever it stands."""
    return item.replace("identity.", "customer.")


def _given(lead: Lead, item: str) -> bool:
    value: object = lead
    for part in item.split("."):
        value = getattr(value, part, None)
    return value not in (None, "", (), 0)
