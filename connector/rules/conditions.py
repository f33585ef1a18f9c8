"""The programme's own further conditions: rows of the policy, each with its `when` and what follows."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Exhibit, Finding
from connector.rules.case import FilingCase, finding
from connector.rules.consequence import after
from connector.rules.rule import rule


@rule("conditions", "R1.14")
def conditions(case: FilingCase) -> Iterator[Finding]:
    """Every row whose `when` holds applies; the partner reads its name."""
    for row in case.terms.conditions:
        effect = after(row.then)
        if effect is not None and row.holds(case.circumstances):
            exhibit = Exhibit(record=case.filing.id, field="condition", value=row.name)
            yield finding("conditions", effect, Phrase.CONDITION, exhibit, condition=row.name)
