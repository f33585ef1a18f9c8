"""Whether the deal itself qualifies: its amount and how far it has come (R0.2, R0.3)."""

from collections.abc import Iterator

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Exhibit, Finding
from connector.rules.case import FilingCase, finding
from connector.rules.rule import rule


@rule("minimum_amount", "R0.2")
def minimum_amount(case: FilingCase) -> Iterator[Finding]:
    """R0.2: a minimum amount, compared at the rate of the filing day; without a rate a person rules."""
    minimum = case.terms.minimum_amount.pick(case.circumstances)
    amount = case.filing.amount
    if minimum is None or amount is None:
        return  # an absent amount is a missing item, said by the evidence rules
    exhibit = Exhibit(record=case.filing.id, field="amount", value=str(amount))
    there = case.policy.rates.convert(amount, minimum.currency, case.day)
    if there is None:
        yield finding("minimum_amount", Effect.ASK, Phrase.NO_RATE, exhibit, currency=amount.currency)
    elif there.amount < minimum.amount:
        yield finding(
            "minimum_amount", Effect.REFUSE, Phrase.BELOW_MINIMUM, exhibit, amount=amount, minimum=minimum
        )
    else:
        yield finding(
            "minimum_amount", Effect.PASS, Phrase.ABOVE_MINIMUM, exhibit, amount=amount, minimum=minimum
        )


@rule("latest_stage", "R0.3")
def latest_stage(case: FilingCase) -> Iterator[Finding]:
    """R0.3: involvement at the start; a deal registered when already late-stage is refused."""
    latest = case.terms.latest_stage
    if latest is None:
        return
    deal = case.world.opportunity(case.filing.opportunity)
    seen = [
        (case.filing.id, "buying_stage", case.filing.buying_stage),
        *([(deal.id, "stage", deal.stage)] if deal else []),
    ]
    for record, field, stage in seen:
        if stage is not None and stage > latest:
            exhibit = Exhibit(record=record, field=field, value=str(stage))
            yield finding(
                "latest_stage", Effect.REFUSE, Phrase.TOO_LATE_STAGE, exhibit, stage=stage, latest=latest
            )
            return
