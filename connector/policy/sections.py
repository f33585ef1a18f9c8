"""The sections of a policy file: which keys there are, what may stand there, what they mean."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.canonical.document import Node
from connector.canonical.kind import Kind
from connector.canonical.money import Money, Rates
from connector.canonical.own import PREFIX
from connector.canonical.paths import paths_of
from connector.canonical.records import Registration
from connector.canonical.shape import Key, ListOf, OneOf, Reading, Schema, Section, Shape, TableOf, Word
from connector.matching import MatchPolicy
from connector.policy import money_sections, words
from connector.policy.benefits import Benefit, BenefitsAtMost
from connector.policy.calendar import closed_days
from connector.policy.choice import ChoiceOf
from connector.policy.circumstances import CLAIM, FILING, LINE
from connector.policy.condition import ConditionShape, Terms
from connector.policy.duration import DURATION
from connector.policy.model import (
    Beyond,
    Choice,
    CompleteFiling,
    DirectSales,
    EvidenceRule,
    FirstFiling,
    Fitness,
    OfficeHours,
    Option,
    Proofs,
    Requirement,
    Safety,
    SameSecond,
    Then,
    Tiers,
)
from connector.policy.outcome_sections import DORMANT

T = TypeVar("T")


def _words(*names: str) -> OneOf[str]:
    return OneOf({name: name for name in names})


REQUIREMENT = OneOf({each.value: each for each in Requirement})
THEN = OneOf({each.value: each for each in Then})
SAME = _words("same", "different")


class Checked(Shape[T]):
    """A shape whose maker can still refuse: a ValueError becomes a fault at the section."""

    def __init__(self, section: Section[T]) -> None:
        self.section = section

    def read(self, node: Node, reading: Reading) -> T | None:
        try:
            return self.section.read(node, reading)
        except ValueError as error:
            reading.fault(node, fix=str(error))
            return None

    def schema(self) -> Schema:
        return self.section.schema()


FILING_ITEMS = paths_of(Registration)
EVIDENCE_KINDS = (
    "meeting", "email_introduction", "discovery_deliverable", "bant", "meddic", "customer_letter", "other",
    "call", "demo", "proof_of_concept", "quote", "purchase_order", "letter_of_intent", "registration_form",
)  # fmt: skip
_PROOFS = (*EVIDENCE_KINDS, *(f"customer_confirmed_{kind}" for kind in EVIDENCE_KINDS))


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write it as Europe/Berlin") from None
    return text


ZONE = Word(_zone, "a time zone such as Europe/Berlin")


def office_hours(first_year: int) -> Checked[OfficeHours]:
    """`first_year`: the holidays of two decades from there are closed days."""

    def make(*, holidays: tuple[str, ...] = (), also: tuple[date, ...] = (), **rest: Any) -> OfficeHours:
        closed, weekend = set(also), frozenset({5, 6})
        for place in holidays:
            days, weekend = closed_days(place, first_year)
            closed |= days
        hours = OfficeHours(closed=frozenset(closed), weekend=weekend, **rest)
        if hours.opens >= hours.closes:
            raise ValueError("`from` has to be earlier than `to`")
        return hours

    def known_place(text: str) -> str:
        closed_days(text, first_year)
        return text

    place = Word(known_place, "a country or region such as DE or DE-BY")
    return Checked(
        Section(
            {
                "zone": Key(ZONE, "the programme's time zone", required=True),
                "holidays": Key(ListOf(place), "whose public holidays count: DE, DE-BY"),
                "also_closed": Key(ListOf(words.DAY), "further days without office", into="also"),
                "from": Key(words.CLOCK, "when the office opens", into="opens"),
                "to": Key(words.CLOCK, "when it closes", into="closes"),
            },
            make,
        )
    )


FITNESS = Section(
    {
        "certified": Key(REQUIREMENT, "a valid certificate on the day"),
        "trained": Key(REQUIREMENT, "a training that holds on the day"),
        "territory": Key(REQUIREMENT, "the customer's country among the firm's territories"),
        "tiers": Key(
            Section(
                {
                    "prefer": Key(ListOf(words.TEXT), "tiers that pass", required=True),
                    "others": Key(REQUIREMENT, "what happens to firms of other tiers"),
                },
                Tiers,
            )
        ),
    },
    Fitness,
)

TIERS = FITNESS.keys["tiers"].shape


def complete_filing(terms: Terms) -> Section[CompleteFiling]:
    """What a whole filing names: words of the registration's `read:`, and of its `own:` as `own.NAME`."""
    own = (f"{PREFIX}{name}" for name in terms.own.get(Kind.REGISTRATION, ()))
    items = ListOf(_words(*FILING_ITEMS, *own))
    return Section(
        {
            "needs": Key(
                items, "what a whole filing names: words of the registration's `read:`, and own.NAME"
            ),
            "may_say_none": Key(items, "asked, but may be empty, also where `needs` has it"),
        },
        CompleteFiling,
    )


PROOFS = Section(
    {
        "name": Key(words.TEXT, "what the partner reads of it", required=True),
        "of": Key(ListOf(_words(*_PROOFS)), "kinds that count, any of them", required=True),
        "at_least": Key(words.WHOLE, "how many there have to be; by default 1"),
        "within": Key(DURATION, "how old each may be on the day of filing; without it, of any age"),
        "then": Key(THEN, "what follows a lack; hold: not filed yet until they are there"),
    },
    Proofs,
)

EVIDENCE = Section(
    {
        "first_contact_within": Key(DURATION, "how long before the filing the first contact may lie"),
        "silence_at_most": Key(DURATION, "the longest silence since the last sign of life"),
        "needs": Key(words.POINTS, "points that prove a relationship"),
        "points": Key(TableOf(words.POINTS, names=_PROOFS), "points per kind of proof"),
        "then": Key(THEN, "what follows too few points; hold: not filed yet until they are there"),
        "proofs": Key(ListOf(PROOFS), "proofs that are asked for, each row on its own, beside any points"),
    },
    EvidenceRule,
)

FIRST_FILING = Section(
    {
        "counts_from": Key(_words("complete", "submitted"), "which moment gives a filing its place"),
        "same_time_within": Key(DURATION, "filings closer than this go to a person"),
        "dormant": Key(DORMANT, "a first filing that nobody works"),
    },
    FirstFiling,
)


def _match_policy(**given: Any) -> MatchPolicy:
    return MatchPolicy(**given)


SAME_CUSTOMER = Checked(
    Section(
        {
            "branch": Key(SAME, "is a branch the same customer as its firm?"),
            "subsidiary": Key(SAME, "is a national company of a group the same customer as the group?"),
            "at_least": Key(words.SHARE, "score from which two records are the same customer"),
            "ask_a_person_from": Key(words.SHARE, "score from which a person is asked"),
            "key_cap": Key(words.WHOLE, "a key on more records than this is not searched"),
        },
        _match_policy,
    )
)


def _direct(
    already_working: Mapping[str, Any] | None = None, closes_protected_deal: Then | None = None
) -> DirectSales:
    given: dict[str, Any] = dict(already_working or {})
    if closes_protected_deal is not None:
        given["closes_protected_deal"] = closes_protected_deal
    return DirectSales(**given)


DIRECT_SALES = Section(
    {
        "already_working": Key(
            Section(
                {
                    "activity_within": Key(DURATION, "how recent direct sales' activity has to be"),
                    "then": Key(THEN, "what happens to the filing", into="already_working"),
                },
                dict,
            )
        ),
        "closes_protected_deal": Key(
            THEN,
            "direct sales closes a protected deal: flag it, freeze the credit too (the default), or ignore it",
        ),
    },
    _direct,
)


SAFETY = Section(
    {
        "owner_changes_per_hour": Key(words.WHOLE, "more than this trips the breaker"),
        "rejects_per_hour": Key(
            words.WHOLE,
            "claims, registrations or orders rejected, each counted apart; more trips the breaker",
        ),
        "beyond": Key(OneOf({each.value: each for each in Beyond}), "what a tripped breaker does"),
    },
    Safety,
)

RATES = Section(
    {
        "base": Key(words.CURRENCY, "the currency of which one unit is bought"),
        "version": Key(words.TEXT, "the name under which the ledger quotes these rates"),
        "from": Key(
            TableOf(TableOf(words.RATE, key=words.CURRENCY), key=words.DAY),
            "units per base unit, by day",
            into="dated",
        ),
    },
    lambda dated=None, **rest: Rates(
        dated={date.fromisoformat(day): table for day, table in (dated or {}).items()}, **rest
    ),
)

PRODUCT_LINES = TableOf(ListOf(words.TEXT))
LISTS = TableOf(ListOf(words.TEXT), key=words.NAME)


class Selects:
    """Choices whose conditions share the file's rates and product lines."""

    def __init__(self, terms: Terms) -> None:
        self.filing = ConditionShape(FILING, terms)
        self.line = ConditionShape(LINE, terms)
        self.claim = ConditionShape(CLAIM, terms)

    def minimum_amount(self) -> ChoiceOf[Money]:
        return ChoiceOf(words.MONEY, self.filing, Choice[Money], Option[Money])

    def review(self) -> ChoiceOf[bool]:
        return ChoiceOf(words.TRUTH, self.filing, Choice[bool], Option[bool])

    def benefits(self) -> ChoiceOf[Benefit]:
        return ChoiceOf(money_sections.benefit(self.line.terms), self.line, Choice[Benefit], Option[Benefit])

    def benefits_at_most(self) -> ChoiceOf[BenefitsAtMost]:
        return ChoiceOf(
            money_sections.BENEFITS_AT_MOST, self.filing, Choice[BenefitsAtMost], Option[BenefitsAtMost]
        )

    def open_registrations(self) -> ChoiceOf[int]:
        return ChoiceOf(words.WHOLE, self.filing, Choice[int], Option[int])

    def quota(self) -> ChoiceOf[int]:
        return ChoiceOf(words.WHOLE, self.claim, Choice[int], Option[int])


SAME_SECOND = OneOf({each.value: each for each in SameSecond})
STAGE: Word[Decimal] = words.DECIMAL
