"""How a lead leaves a pool or a warehouse: by application, by transfer, or back by inactivity (R4.2, R4.3, R4.10)."""

from collections.abc import Iterator
from datetime import datetime

from connector.canonical.docket import ClaimEntry, ClaimState
from connector.canonical.phrase import Phrase
from connector.canonical.time import instant_text
from connector.canonical.transfer_in import TransferInEntry, TransferInState
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.calendar import after
from connector.policy.warehouse import By, May
from connector.rules.case import ClaimCase, finding
from connector.rules.rule import rule
from connector.rules.warehouse import holding
from connector.rules.warehouse.places import desk, home
from connector.rules.warehouse.zones import zone_of_pool
from connector.rules.world import World


@rule("transfer_in", "R4.10")
def transferred_in(case: ClaimCase) -> Iterator[Finding]:
    """R4.10: a lead leaves a public pool by an approved application only, where the policy says so."""
    terms = case.policy.warehouse
    if terms is None or case.entry.came != holding.TRANSFERRED_IN or terms.transfer_in.by is By.CLAIM:
        return
    if not zone_of_pool(case.world.pool(case.entry.pool), terms):
        return  # a queue that is no public pool, such as a trade fair's
    found = case.application
    if found is None:
        exhibit = Exhibit(record=case.lead.id, field="pool", value=case.entry.pool or "")
        yield finding("transfer_in", Effect.REFUSE, Phrase.TRANSFER_IN_NEEDED, exhibit)
        return
    since = instant_text(found.ruled_at or found.filed.latest)
    exhibit = Exhibit(record=found.application, field="application", value=found.ruled_by or "")
    yield finding("transfer_in", Effect.PASS, Phrase.TRANSFER_IN_BY_APPLICATION, exhibit, since=since)


def application_of(claim: ClaimEntry, world: World) -> TransferInEntry | None:
    """The approved application by which a holder has the lead, or gets it now."""
    found = world.docket.find(TransferInEntry, f"lead:{claim.lead}", open_only=False)
    ready = (TransferInState.APPROVED, TransferInState.DONE)
    mine = [one for one in found if one.applicant == claim.holder and one.state in ready]
    return max(mine, key=lambda one: (one.ruled_at or one.filed.latest, one.key), default=None)


@rule("transfer_right", "R4.2", "R4.3", "R4.5")
def may_transfer(case: ClaimCase) -> Iterator[Finding]:
    """R4.2, R4.3: whoever passes a lead from one holder to another needs the right to; our own login passes."""
    if case.policy.warehouse is None or case.entry.came != holding.TRANSFERRED or case.fact.actor is None:
        return
    rights = holding.rights(case, case.world.person(case.fact.actor))
    if rights is None:
        return
    exhibit = Exhibit(record=case.fact.actor, field="role", value=rights.role)
    if rights.may(May.TRANSFER):
        yield finding("transfer_right", Effect.PASS, Phrase.TRANSFER_ALLOWED, exhibit, role=rights.role)
    elif rights.row is None:
        yield finding("transfer_right", Effect.ASK, Phrase.ROLE_UNKNOWN, exhibit, role=rights.role or "-")
    else:
        yield finding(
            "transfer_right", Effect.REFUSE, Phrase.ROLE_MAY_NOT_TRANSFER, exhibit, role=rights.role
        )


def work_by(case: ClaimCase) -> datetime | None:
    """By when the lead has to be worked: by its track's duty, and a transfer does not restart it."""
    terms = case.policy.warehouse
    track = terms.tracks.get(holding.track_of(case.entry, case.world)) if terms else None
    within = (track.work_within if track else None) or case.terms.work_within
    due = after(case.fact.instant, within, case.policy.office_hours) if within else None
    if terms is None or not terms.transfer_keeps_work_by or case.entry.came != holding.TRANSFERRED:
        return due
    before = _passed_from(case)
    if before is None or before.work_by is None or before.state is ClaimState.WORKED:
        return due
    return before.work_by if before.work_by > case.fact.instant else due


def _passed_from(case: ClaimCase) -> ClaimEntry | None:
    """The holding from which the lead came, still open or ended in this very second."""
    found = case.world.docket.find(ClaimEntry, f"lead:{case.lead.id}", open_only=False)
    mine = [claim for claim in found if claim.holder == case.entry.taken_from and claim.key != case.entry.key]
    return max(mine, key=lambda claim: claim.opened, default=None)


def opening(claim: ClaimEntry) -> Phrase:
    """How a refusal begins: an entry is refused, a lead out of a pool goes back."""
    return Phrase.ENTRY_REFUSED if claim.came == holding.ENTERED else Phrase.CLAIM_RETURNED


def come_in(case: ClaimCase) -> tuple[TransferInEntry, ...]:
    """The application has done its work: the lead is in the warehouse."""
    if case.application is None or case.application.state is not TransferInState.APPROVED:
        return ()
    return (case.application.model_copy(update={"state": TransferInState.DONE}),)


RULES = (transferred_in, may_transfer)

__all__ = [
    "RULES",
    "application_of",
    "come_in",
    "desk",
    "home",
    "may_transfer",
    "opening",
    "transferred_in",
    "work_by",
]
