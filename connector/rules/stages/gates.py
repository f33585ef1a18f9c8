"""What each stage asks for, and what was skipped on the way (R2.1 to R2.9, R2.13, R2.16)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from connector.canonical.phrase import Phrase
from connector.canonical.records import SignOff
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.policy.stages import NEEDS, PROMISED, SIGNED, Approver, Gate
from connector.rules.case import finding
from connector.rules.rule import rule
from connector.rules.stages.case import EFFECT, DealCase, above
from connector.rules.stages.plan import written


@rule("stage_known", "R2.1")
def stage_known(case: DealCase) -> Iterator[Finding]:
    """R2.1: the org's stage stands for a canonical one; where it does not, a person has to say."""
    exhibit = Exhibit(record=case.deal.id, field="stage", value=str(case.deal.stage or ""))
    if case.deal.stage is None:
        yield finding("stage_known", Effect.ASK, Phrase.STAGE_UNKNOWN, exhibit)
    else:
        yield finding("stage_known", Effect.PASS, Phrase.STAGE_KNOWN, exhibit, stage=case.deal.stage)


@rule("stage_evidence", "R2.3", "R2.5", "R2.6", "R2.7", "R2.8", "R2.9", "R2.16")
def stage_evidence(case: DealCase) -> Iterator[Finding]:
    """The evidence of every stage that the deal has reached, this one and those before it."""
    for stage, gate in reached(case):
        for need in gate.needs:
            if need not in SIGNED and not given(case, need):
                exhibit = Exhibit(record=case.deal.id, field=need)
                effect = weight(case, stage, gate)
                yield finding("stage_evidence", effect, Phrase.STAGE_MISSING, exhibit, item=need, stage=stage)


@rule("manager_approval", "R2.2", "R2.4")
def manager_approval(case: DealCase) -> Iterator[Finding]:
    """R2.2, R2.4: a manager's word on the plan, by who signed it. The owner's own does not count, nor a no."""
    for stage, gate in reached(case):
        for need in gate.needs:
            if need not in SIGNED:
                continue
            row = case.newest(SIGNED[need])
            if row is not None and row.word == "yes" and counts(case, row):
                shown = Exhibit(record=row.id, field=need, value=str(row.created_by or ""))
                yield finding("manager_approval", Effect.PASS, Phrase.STAGE_APPROVED, shown, item=need)
                continue
            effect = weight(case, stage, gate)
            exhibit = Exhibit(
                record=row.id if row else case.deal.id, field=need, value=row.word if row else ""
            )
            yield finding("manager_approval", effect, Phrase.STAGE_MISSING, exhibit, item=need, stage=stage)
            if row is not None:
                refused = row.word != "yes" and counts(case, row)
                phrase = Phrase.STAGE_PLAN_REFUSED if refused else Phrase.STAGE_NOT_A_MANAGER
                yield finding("manager_approval", Effect.NOTE, phrase, exhibit, item=need)


@rule("skipped_stage", "R2.13")
def skipped_stage(case: DealCase) -> Iterator[Finding]:
    """R2.13: a short cut was taken; what was skipped stays flagged until its evidence is supplied."""
    known = case.entry.skipped if case.entry else ()
    wanting = {
        Decimal(found.params["stage"]) for found in case.earlier if found.message == Phrase.STAGE_MISSING
    }
    for stage, _ in reached(case):
        passed = case.before is not None and case.before < stage < case.stage
        if stage in wanting and stage < case.stage and (passed or stage in known):
            exhibit = Exhibit(record=case.deal.id, field="stage", value=str(stage))
            yield finding("skipped_stage", Effect.NOTE, Phrase.STAGE_SKIPPED, exhibit, stage=stage)


@rule("revenue", "R2.9")
def revenue(case: DealCase) -> Iterator[Finding]:
    """R2.9: revenue counts at the last stage only, once payment is received and goods are shipped."""
    if case.stage != Decimal(10):
        return
    proof = case.deal.proof
    if _been(case, proof.payment_received) and _been(case, proof.goods_shipped):
        exhibit = Exhibit(record=case.deal.id, field="payment_received", value=str(proof.payment_received))
        yield finding("revenue", Effect.PASS, Phrase.STAGE_REVENUE, exhibit)
    else:
        yield finding("revenue", Effect.NOTE, Phrase.STAGE_NO_REVENUE, Exhibit(record=case.deal.id))


def reached(case: DealCase) -> Iterator[tuple[Decimal, Gate]]:
    """The stages, in order, whose evidence the deal has to have by now."""
    for stage in case.terms.order:
        if stage <= case.stage:
            yield stage, case.terms.stages[stage]


def weight(case: DealCase, stage: Decimal, gate: Gate) -> Effect:
    """A gate holds back a deal that is just coming through it, and only where there is a stage to go back to."""
    effect = EFFECT[gate.then]
    coming = case.before is not None and case.before > 0 and stage > case.before
    return effect if effect is not Effect.REFUSE or coming else Effect.NOTE


def given(case: DealCase, need: str) -> bool:
    """Whether the deal says what is needed. A day that still lies ahead proves nothing, unless it is a promise."""
    if need == "plan_written":
        return written(case)
    value = case.value(NEEDS[need])
    if isinstance(value, date) and need not in PROMISED:
        return _been(case, value)
    return bool(value)


def _been(case: DealCase, day: date | None) -> bool:
    return day is not None and day <= case.day


def counts(case: DealCase, row: SignOff) -> bool:
    """Whether a sign-off is a manager's, by the policy: never the owner's own, never a partner's."""
    by = row.created_by
    signer = case.world.person(by)
    if by is None or by == case.deal.owner or (signer is not None and signer.firm is not None):
        return False
    return case.terms.approvals is Approver.ANYONE_ELSE or by in above(case.person, case.world)
