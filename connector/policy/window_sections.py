"""The sections of a policy file that speak of time: which keys there are, what may stand there, what they mean."""

from collections.abc import Mapping
from typing import Any

from connector.canonical.shape import Key, ListOf, OneOf, Section, Word
from connector.policy import words
from connector.policy.choice import ChoiceOf
from connector.policy.choosing import Choice, Option
from connector.policy.circumstances import DEAL, EXTENSION, FILING
from connector.policy.condition import ConditionShape, Terms
from connector.policy.duration import DURATION, DURATION_OR_NONE, Duration, duration
from connector.policy.rulings import Judge, Rulings
from connector.policy.varied import Varied
from connector.policy.varying import Varying
from connector.policy.windows import (
    AfterWon,
    Answer,
    Appeal,
    Asker,
    Deemed,
    Earlier,
    EndsWith,
    Escalation,
    Extension,
    LastDay,
    Protection,
    Renewal,
    Silence,
    StaleDeals,
    Starts,
    Whichever,
)

ASKERS = ListOf(OneOf({each.value: each for each in Asker if each is not Asker.NOBODY}))
EARLIER = OneOf({each.value: each for each in Earlier})
COVERS = OneOf({name: name for name in ("deal", "product_line", "customer", "group")})
STARTS = OneOf({each.value: each for each in Starts})
DEEMED = OneOf({each.value: each for each in Deemed})
JUDGE = OneOf({each.value: each for each in Judge})
ANSWER = OneOf({each.value: each for each in Answer})


def _activity_within(text: str) -> Duration:
    if text == "none":
        return Duration()
    name, _, span = text.partition(" ")
    if name != "activity_within":
        raise ValueError("the condition is `activity_within` and a span")
    return duration(span)


_PROOF = Word(_activity_within, "a condition such as `activity_within 30 days`, or `none`")

APPEAL = Section(
    {
        "times": Key(words.WHOLE, "how often a rejection may be appealed"),
        "within": Key(DURATION, "how long after the ruling"),
        "asked_by": Key(ASKERS, "who may appeal: by default the registrant and colleagues of the firm"),
        "to": Key(words.TEXT, "developer name of the queue that hears appeals"),
    },
    lambda times=1, **rest: Appeal(times=times, **rest),
)

ENDS_WITH = Section(
    {
        "day": Key(
            OneOf({each.value: each for each in LastDay}),
            "the expected close as filed, or the end of the month, business quarter or year in which it starts",
            required=True,
        ),
        "plus": Key(DURATION, "how long after that day it ends"),
        "minus": Key(DURATION, "how long before the end of that day it ends"),
        "whichever": Key(
            OneOf({each.value: each for each in Whichever}),
            "whether that end or the one of `lasts` holds, whichever is earlier (so by default) or later",
        ),
        "follows": Key(
            words.TRUTH,
            "a close that is moved later takes the end with it, until `lasts` is over; by default it stays",
        ),
    },
    EndsWith,
)

RENEWAL = Section(
    {
        "by": Key(DURATION, "how long the window lasts from each activity on", required=True),
        "hard_end": Key(DURATION, "how long after its start the window ends in any case"),
    },
    Renewal,
)


def _after_won(text: str) -> AfterWon:
    if text.strip() in ("ends", "stays"):
        return AfterWon(stays=text.strip() == "stays")
    return AfterWon(stays=True, lasts=duration(text))


AFTER_WON = Word(
    _after_won,
    "`ends`, `stays` (to the window's own end), or how long it goes on from the win: `90 days`",
    {"type": "string"},
)


def protection(terms: Terms) -> Section[Protection]:
    """The `protection` section of a policy with these rates and product lines."""
    filing, extension = ConditionShape(FILING, terms), ConditionShape(EXTENSION, terms)
    numbered = ConditionShape({**FILING, "extension": EXTENSION["extension"]}, terms)
    extend = Section(
        {
            "times": Key(words.WHOLE, "how often"),
            "by": Key(
                ChoiceOf(DURATION_OR_NONE, numbered, Choice[Duration], Option[Duration]),
                "by how much; `none` makes it no longer",
            ),
            "if": Key(_PROOF, "the partner's activity that it needs", into="activity_within"),
            "by_itself": Key(
                ChoiceOf(words.TRUTH, extension, Choice[bool], Option[bool]),
                "at the window's end, unasked; by default yes",
            ),
            "asked_by": Key(ASKERS, "who may ask for it"),
            "on_request": Key(
                ChoiceOf(ANSWER, extension, Choice[Answer], Option[Answer]),
                "what an admissible request gets: grant, review or refuse; by default grant",
            ),
            "not_before": Key(
                DURATION, "how long before the window's end it may be asked for at the earliest"
            ),
            "late_by": Key(
                DURATION, "how long after the window's end it may still be asked for; by default not at all"
            ),
        },
        Extension,
    )

    def made(extend: Extension | Varied[Extension] | None = None, **rest: Any) -> Protection:
        if isinstance(extend, Varied):
            return Protection(extend=extend.usual or Extension(), extend_rows=extend, **rest)
        return Protection(extend=extend or Extension(), **rest)

    return Section(
        {
            "covers": Key(
                COVERS,
                "what is protected: the deal's products, their lines, the customer, or its group",
            ),
            "group_at_most": Key(words.WHOLE, "a group of more customers goes to a person"),
            "starts": Key(STARTS, "when the window starts"),
            "start_within": Key(DURATION, "a window without its start lapses this long after the approval"),
            "lasts": Key(
                ChoiceOf(DURATION_OR_NONE, filing, Choice[Duration], Option[Duration]),
                "how long it lasts; `none` protects nothing",
            ),
            "ends_with": Key(
                ENDS_WITH, "a day with which it ends, beside `lasts`: by default whichever comes first"
            ),
            "remind": Key(ListOf(DURATION), "how long before its end the partner is reminded"),
            "extend": Key(Varying(extend, numbered, later=True), "making the window longer"),
            "after_won": Key(
                AFTER_WON,
                "whether it goes on for other deals once the registered one is won; by default it ends",
            ),
            "renewed_by_activity": Key(RENEWAL, "every activity of the partner renews the window"),
        },
        made,
    )


def escalation(terms: Terms) -> ListOf[Escalation]:
    """The ladder of `escalate`."""
    return ListOf(
        Section(
            {
                "when": Key(ConditionShape(FILING, terms), "only for filings of which this holds"),
                "after": Key(DURATION, "how long after the filing came to a person", required=True),
                "to": Key(words.TEXT, "developer name of the queue", required=True),
            },
            Escalation,
        )
    )


def decide_within(terms: Terms) -> ChoiceOf[Duration]:
    """How soon a person has to decide, by desk where rows say so."""
    return ChoiceOf(DURATION, ConditionShape(FILING, terms), Choice[Duration], Option[Duration])


def by_silence(terms: Terms) -> ChoiceOf[Silence]:
    """What becomes of a filing that nobody rules, by its circumstances."""
    silence = Section(
        {
            "after": Key(DURATION, "how long after the filing came to a person", required=True),
            "then": Key(DEEMED, "as what it counts then: approved or rejected", required=True),
        },
        Silence,
    )
    return ChoiceOf(silence, ConditionShape(FILING, terms), Choice[Silence], Option[Silence])


def rulings(terms: Terms) -> Section[Rulings]:
    """Who may approve a filing that comes to a person, and when a second one has to."""
    roles = ListOf(words.TEXT)

    def made(second_by: tuple[str, ...] | None = None, second_when: object = None, **rest: Any) -> Rulings:
        second = second_by is not None or second_when is not None
        return Rulings(second=second, second_by=second_by or (), second_when=second_when, **rest)

    return Section(
        {
            "first_by": Key(roles, "roles that may approve; without it, any of our own people"),
            "second_by": Key(
                roles, "roles that may approve after that; with it, or `second_when`, two have to"
            ),
            "second_when": Key(ConditionShape(FILING, terms), "only then a second person has to approve"),
            "apart": Key(
                ListOf(JUDGE), "parties of whom no two may be one person; by default the two rulers"
            ),
        },
        made,
    )


def stale_deals(terms: Terms) -> Section[StaleDeals]:
    """When an open deal counts as stale."""
    deal = ConditionShape(DEAL, terms)
    names: Mapping[str, Key[Any]] = {
        "after": Key(
            ChoiceOf(DURATION_OR_NONE, deal, Choice[Duration], Option[Duration]),
            "how long without a sign of life; `none`: never",
            required=True,
            into="without_activity",
        ),
        "activity": Key(words.TRUTH, "an activity is a sign of life; by default yes", into="activity_counts"),
        "stage_move": Key(
            words.TRUTH, "a moved stage is a sign of life; by default yes", into="stage_move_counts"
        ),
        "registered_only": Key(words.TRUTH, "only deals that a partner has registered"),
    }
    return Section(names, StaleDeals)
