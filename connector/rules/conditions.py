"""The programme's own further conditions: rows of the policy, each with its `when` and what follows."""

from collections.abc import Iterable, Iterator

from connector.canonical.ids import RecordId
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.model import ConditionFailed
from connector.policy.outcomes import Condition
from connector.rules.case import Case, ClaimCase, FilingCase, finding
from connector.rules.consequence import after
from connector.rules.rule import rule


@rule("conditions", "R1.14")
def conditions(case: FilingCase) -> Iterator[Finding]:
    """Every row whose `when` holds applies; the partner reads its name."""
    yield from _applying("conditions", case, case.filing.id, case.terms.conditions)


@rule("claim_conditions", "R3.9")
def claim_conditions(case: ClaimCase) -> Iterator[Finding]:
    """The same of a claim: who may have which lead, from when, out of which queue."""
    yield from _applying("claim_conditions", case, case.lead.id, case.terms.claim_conditions)


def _applying(name: str, case: Case, record: RecordId, rows: Iterable[Condition]) -> Iterator[Finding]:
    """A row that nobody can answer goes to a person, and keeps no other from applying (law 8)."""
    for row in rows:
        effect = after(row.then)
        try:
            applies = effect is not None and row.holds(case.circumstances)
        except ConditionFailed as failure:
            yield finding(name, Effect.ASK, Phrase.TERMS_UNKNOWN, desk=True, key=name, reason=str(failure))
            continue
        if effect is not None and applies:
            exhibit = Exhibit(record=record, field="condition", value=row.name)
            yield finding(name, effect, Phrase.CONDITION, exhibit, condition=row.name)
