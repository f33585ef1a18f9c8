"""What the org should show because of a decision: conflict records, and texts in the reader's language."""

from collections.abc import Iterable

from connector.canonical.docket import ConflictEntry
from connector.canonical.ids import RecordId
from connector.canonical.intent import Creation, Desired, Say
from connector.canonical.kind import Kind
from connector.canonical.verdict import Effect, Finding


def in_conflict(conflicts: Iterable[ConflictEntry]) -> tuple[Desired, ...]:
    """The flag on each registration that these conflicts are about."""
    return tuple(
        want(Kind.REGISTRATION, record, "in_conflict", "true")
        for each in conflicts
        for record, kind in ((each.left, each.left_kind), (each.right, each.right_kind))
        if kind is Kind.REGISTRATION
    )


def conflict_record(entry: ConflictEntry) -> Creation:
    """The desk's record of a conflict (private: partners hold no permission on it, law 17)."""
    return Creation(
        subject=Kind.CONFLICT,
        key=entry.key,
        values={
            "kind": entry.kind,
            "left": entry.left,
            "right": entry.right,
            "evidence": entry.evidence,
            "status": entry.state.value,
            "resolution": entry.resolution or None,
        },
    )


def say(reader: RecordId | None, *sentences: tuple[str, dict[str, str]]) -> Say:
    return Say(sentences=tuple(sentences), reader=reader)


def sentences(findings: Iterable[Finding], *effects: Effect) -> tuple[tuple[str, dict[str, str]], ...]:
    """The findings of these effects that a partner may read, as sentences, each said once."""
    seen: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, dict[str, str]]] = {}
    for found in findings:
        if not found.desk and found.effect in effects:
            seen.setdefault((found.message, tuple(found.params.items())), (found.message, dict(found.params)))
    return tuple(seen.values())


def want(
    subject: Kind,
    record: RecordId,
    slot: str,
    value: str | Say | None,
    *,
    contested: bool = False,
    expected: str | None = None,
) -> Desired:
    return Desired(
        subject=subject, record=record, slot=slot, value=value, contested=contested, expected=expected
    )
