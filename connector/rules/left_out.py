"""Product lines that a rule leaves out of an approval, or leaves to a person, while the others stand (R1.14)."""

from collections.abc import Sequence

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import FilingCase, finding

JOIN = "; "


def left_out(rule: str, effect: Effect, case: FilingCase, lines: Sequence[str]) -> Finding:
    """Some lines of a filing: refused, so that the approval goes without them, or asked of a person."""
    shown = [Exhibit(record=case.filing.id, field="line", value=line) for line in lines]
    asked = effect is Effect.ASK
    said = Phrase.LINES_IN_REVIEW if asked else Phrase.LINES_REFUSED
    return finding(rule, Effect.ASK if asked else Effect.NOTE, said, *shown, lines=JOIN.join(lines))


def refused_lines(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The lines that findings leave out of an approval, each once."""
    said = (f for f in findings if f.message == Phrase.LINES_REFUSED and f.effect is Effect.NOTE)
    return tuple(dict.fromkeys(exhibit.value for found in said for exhibit in found.exhibits))
