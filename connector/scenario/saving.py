"""What the org does by itself when somebody saves: stamps of its before-save flows, and fields told by others."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter

from connector.canonical.ids import RecordId
from connector.canonical.kind import Kind
from connector.canonical.money import Money
from connector.canonical.own import SORTS
from connector.canonical.records import MODELS, FilingStatus, Record
from connector.mapping import ProfileMapping
from connector.mapping.model import ReadEntry, SectionMap
from connector.policy.words import money
from connector.scenario.picklists import text_of
from connector.scenario.values import attributes, blank

R = TypeVar("R", bound=Record)
WON = Decimal(10)


def stamped(before: Record | None, after: R, moment: datetime, by: RecordId | None) -> R:
    """The record with the stamps that our package sets on the save itself.

    `<word>_since` and `<word>_before` follow any word, `<word>_at` and `<word>_by` (after a ruling in a review
    field `<word>ed_at`, `<word>ed_by`) too; `filed_at` follows the submission. A user cannot set any of them.
    """
    fields = type(after).model_fields
    update: dict[str, Any] = {}
    for name in fields:
        was = getattr(before, name) if before is not None else None
        now = getattr(after, name)
        if was == now or (before is None and now in (None, "", False)):
            continue
        stamps = {
            f"{name}_since": moment,
            f"{name}_before": was,
            f"{name}ed_at": moment,
            f"{name}ed_by": by,
            f"{name}_at": moment,
            f"{name}_by": by,
        }
        told = before is None and by is None  # a record from before the story: it says itself when what was
        update |= {
            stamp: value
            for stamp, value in stamps.items()
            if stamp in fields and not (told and getattr(after, stamp) is not None)
        }
        if now == FilingStatus.SUBMITTED and "filed_at" in fields:
            update["filed_at"] = moment
    return after.model_copy(update=update)


def alongside(mapping: ProfileMapping, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Words that the profile reads from the same org field as one of these: `worked` goes with `status`.

    A deal's stage also tells whether it is closed and won, as the org's own stages do.
    """
    out: dict[str, Any] = {}
    for section in mapping.of(kind):
        for word, value in values.items():
            entry = section.read.get(word)
            if entry is None or not entry.field or (entry.values is None and value is None):
                continue
            org = org_value(entry, value)
            for other, beside in section.read.items():
                if other not in values and beside.field == entry.field and org is not None:
                    said = (beside.values or {}).get(org, org)
                    out[other] = (
                        _typed(SORTS[beside.own][0], said) if beside.own else typed_as(kind, other, said)
                    )
    if kind is Kind.OPPORTUNITY and values.get("stage") is not None:
        won = values["stage"] == WON
        out |= {"closed": won, "won": won}  # a deal at an earlier stage again is open again
    return {word: value for word, value in out.items() if word not in values}


def org_value(entry: ReadEntry, value: Any) -> str | None:
    """What stands in the org's field for a canonical value."""
    text = text_of(value)
    if entry.values is None:
        return text
    return next((org for org, canonical in entry.values.items() if canonical == text), text)


def typed_as(kind: Kind, path: str, text: str | None) -> Any:
    """A canonical text as the attribute's own type; None where there is nothing to say."""
    if text is None:
        return blank(MODELS[kind], path) if "." not in path else None
    return _typed(attributes(MODELS[kind])[path], text)


def _typed(annotation: Any, text: str | None) -> Any:
    if text is None:
        return None
    if Money in (annotation, *get_args(annotation)):
        return money(text)
    return TypeAdapter(annotation).validate_python(text)


def attribute_of(mapping: ProfileMapping, kind: Kind, slot: str) -> str | None:
    """The canonical attribute that reads the field which a slot writes; None when the profile reads it nowhere."""
    for section in mapping.of(kind):
        target = section.write.get(slot)
        if target is not None:
            return _reads(section, target.field)
    return None


def written(mapping: ProfileMapping, kind: Kind, slot: str) -> bool:
    """Whether the profile writes a slot at all."""
    return any(slot in section.write for section in mapping.of(kind))


def _reads(section: SectionMap, field: str) -> str | None:
    own_words = ((name, entry) for name, entry in section.read.items() if not entry.own)
    return next((name for name, entry in own_words if entry.field == field), None)
