"""What became of registrations, counted once each: a ruling on an appeal or an extension is none on the filing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from connector.canonical.docket import Entry, RegistrationEntry, RegistrationState
from connector.ports.scratch import Notes, Ruled

LAPSED = "registrations_lapsed"
_CAME_TO = {
    RegistrationState.REJECTED: "registrations_rejected",
    RegistrationState.WITHDRAWN: "registrations_withdrawn",
    RegistrationState.VOIDED: "registrations_voided",
}
_SIDES = ("ledger", "candidate")

Tiers = Callable[[str], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """One step of a measure: `change` is -1 where a registration came to something else after all."""

    measure: str
    firm: str
    tier: str
    change: int


def note_before(notes: Notes, entries: Iterable[Entry]) -> None:
    """Remember how registrations stood before the first day: those are no news of the days compared."""
    for entry in entries:
        if isinstance(entry, RegistrationEntry):
            for side in _SIDES:
                notes[_name(side, entry.registration)] = _text(
                    entry.state.value, entry.firm, "", counted=False
                )


def counted(notes: Notes, side: str, one: Ruled, tier_of: Tiers) -> Iterator[Counted]:
    """How the figures of one side change with a decision: each registration stands under what it came to last.

    A window's end counts beside it: such a registration was approved all the same.
    """
    for record, firm, state in one.filings:
        known = notes.get(_name(side, record))
        was, stood, under, news = (known or "|||").split("|")
        measure, before = came_to(state), came_to(was) if was else None
        tier = tier_of(firm)
        if state == RegistrationState.LAPSED and was != state:
            yield Counted(measure=LAPSED, firm=firm, tier=tier, change=1)
        if measure == before:
            notes[_name(side, record)] = _text(state, stood, under, counted=bool(news))
            continue
        if before and news:
            yield Counted(measure=before, firm=stood, tier=under, change=-1)
        yield Counted(measure=measure, firm=firm, tier=tier, change=1)
        notes[_name(side, record)] = _text(state, firm, tier, counted=True)


def came_to(state: str) -> str:
    """The measure of a registration in this state; what nobody has ruled on for good is deferred."""
    stands = RegistrationState(state)
    if stands.was_approved:
        return "registrations_approved"
    return _CAME_TO.get(stands, "registrations_deferred")


def _name(side: str, record: str) -> str:
    return f"{side}|{record}"


def _text(state: str, firm: str, tier: str, *, counted: bool) -> str:
    return f"{state}|{firm}|{tier}|{'counted' if counted else ''}"
