"""The sections about credit, benefits, their budget, partner quality and the forecast."""

from decimal import Decimal
from typing import Any

from connector.canonical.accounts import BenefitKind, Result
from connector.canonical.shape import Key, ListOf, OneOf, Section, TableOf, Word
from connector.canonical.staged import STAGES
from connector.policy import words
from connector.policy.benefits import (
    PREFERENCES,
    Benefit,
    BenefitsAtMost,
    BeyondBudget,
    Bonus,
    ClawBack,
    FirmBudget,
    Payable,
    RebateBudget,
    UsualRebates,
)
from connector.policy.condition import ConditionShape, Terms
from connector.policy.credit import SourcingCredit
from connector.policy.duration import DURATION
from connector.policy.line_amounts import Quantity
from connector.policy.quality import PartnerQuality, Spray


def _words(*names: str) -> OneOf[str]:
    return OneOf({name: name for name in names})


def _points(text: str) -> Decimal:
    """`25 points` off the price are 25 per cent of it."""
    plain = text.strip()
    for unit in (" points", " point"):
        if plain.endswith(unit):
            return words.percent(plain.removesuffix(unit) + "%")
    return words.percent(plain)


def _score(text: str) -> int:
    value = words.whole(text)
    if value > 100:
        raise ValueError("write a number from 0 to 100")
    return value


DISCOUNT = Word(_points, "a discount such as `15%` or `15 points`")
SCORE = Word(_score, "a number from 0 to 100", {"type": "integer", "minimum": 0, "maximum": 100})

_KINDS: dict[str, Key[Any]] = {
    "rebate": Key(words.PERCENT, "of the deal, when it closes won"),
    "discount": Key(DISCOUNT, "points off the price, while protected"),
    "presales": Key(words.TRUTH, "vendor support before the sale, while protected"),
    "mdf": Key(words.MONEY, "market development funds"),
    "incentive": Key(words.MONEY, "a reward of a fixed amount, when the deal closes won"),
}


def _given(terms: Terms) -> dict[str, Key[Any]]:
    """What a row gives, and what a firm of another preference gets instead."""
    per = {"per": Key(Quantity(terms), "`mdf` and `incentive` are for each of so many: own.seats")}
    instead = TableOf(Section({**_KINDS, **per}, Benefit), names=PREFERENCES)
    return {**_KINDS, **per, "instead": Key(instead, "what a firm of that preference gets instead")}


def benefit(terms: Terms) -> Section[Benefit]:
    """One row of `benefits`."""
    return Section(_given(terms), Benefit)


BENEFITS_AT_MOST = Section(
    {
        **{name: key for name, key in _KINDS.items() if name != "presales"},
        "rebate_amount": Key(words.MONEY, "what the rebate of one deal comes to"),
        "discount_amount": Key(words.MONEY, "what the discount on one deal comes to"),
    },
    BenefitsAtMost,
)


def bonuses(line: ConditionShape) -> ListOf[Bonus]:
    """Rows that each add to the row of `benefits` that was taken."""
    return ListOf(
        Section(
            {
                "name": Key(words.TEXT, "what the ledger calls it; without it, its condition"),
                "when": Key(line, "when it is added; without it always"),
                **_given(line.terms),
            },
            Bonus,
        )
    )


USUAL_REBATES = Section(
    {
        "at_least": Key(words.PERCENT, "a smaller rebate is pointed out"),
        "at_most": Key(words.PERCENT, "a larger one too"),
    },
    UsualRebates,
)

BEYOND = OneOf({each.value: each for each in BeyondBudget})
MONEY_KINDS = OneOf({each.value: each for each in BenefitKind if each.money})


PAYABLE = Section(
    {
        "after": Key(DURATION, "how long what is earned waits until it is payable", required=True),
        "counts_from": Key(
            _words("earned", "customer_paid"), "from the day it is earned, or that of the customer's payment"
        ),
    },
    Payable,
)

CLAW_BACK = Section(
    {
        "within": Key(DURATION, "in this time a deal that is lost, deleted or lowered counts", required=True),
        "counts_from": Key(_words("earned", "paid_out"), "from the day it was earned, or paid out"),
    },
    ClawBack,
)


def rebate_budget(filing: ConditionShape) -> Section[RebateBudget]:
    """The caps over all firms together, and rows of caps for each of them."""
    firm = Section(
        {
            "when": Key(filing, "for which filings; without it for all"),
            "of": Key(ListOf(MONEY_KINDS), "which benefits count in it; by default all that are money"),
            "year": Key(words.MONEY, "the cap of one year for each firm"),
            "quarter": Key(words.MONEY, "the cap of one quarter for each firm"),
            "month": Key(words.MONEY, "the cap of one month for each firm"),
            "beyond": Key(BEYOND, "what happens beyond it; by default as beyond the programme's own"),
        },
        FirmBudget,
    )
    return Section(
        {
            "year": Key(words.MONEY, "the cap of one year over rebates, funds and incentives"),
            "quarter": Key(words.MONEY, "the cap of one quarter"),
            "each_firm": Key(ListOf(firm), "caps for each firm; all rows that hold apply"),
            "earned": Key(_words("closed_won", "paid"), "the event that earns a benefit"),
            "payable": Key(PAYABLE, "when what is earned may be paid; without it at once"),
            "claw_back": Key(CLAW_BACK, "when what was paid is taken back; without it, it stays paid"),
            "beyond": Key(BEYOND, "what happens beyond the cap"),
        },
        RebateBudget,
    )


SOURCING_CREDIT = Section(
    {
        "lead_by": Key(
            ListOf(_words("entered", "handed_over")), "acts on a lead by which a partner has brought it"
        ),
        "carried_within": Key(words.SPAN, "how long a deleted record's credit waits for the same customer"),
        "unsure": Key(_words("review", "ignore"), "when it may be the same customer"),
    },
    SourcingCredit,
)

SPRAY = Section(
    {
        "within": Key(words.SPAN, "the span over which filings are counted"),
        "filings_at_least": Key(words.WHOLE, "fewer filings are no spray"),
        "meetings_below": Key(words.PERCENT, "share of them that prove a meeting"),
        "conversion_below": Key(words.PERCENT, "share of them that were won"),
        "then": Key(_words("review", "cap"), "what follows"),
        "cap": Key(words.WHOLE, "open registrations that such a firm may have"),
    },
    Spray,
)

PARTNER_QUALITY = Section(
    {
        "window": Key(words.SPAN, "how far back outcomes count"),
        "at_least": Key(words.WHOLE, "outcomes below which there is no score yet"),
        "unknown": Key(SCORE, "what conditions see as `quality` until then"),
        "points": Key(
            TableOf(SCORE, names=tuple(each.value for each in Result)),
            "what each outcome is worth, 0 to 100",
            required=True,
        ),
        "spray": Key(SPRAY, "many filings, few meetings, few deals"),
    },
    PartnerQuality,
)

FORECAST = TableOf(words.PERCENT, names=tuple(str(stage) for stage in STAGES))
