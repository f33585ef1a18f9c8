"""The sections of a policy file about the pace of claims, conversion and help."""

from collections.abc import Mapping
from typing import Any

from connector.canonical.paths import paths_of
from connector.canonical.records import Lead
from connector.canonical.shape import Key, ListOf, OneOf, Section
from connector.policy import words
from connector.policy.choosing import Then
from connector.policy.claiming import Help, Pace, PaceOf, ReadyToConvert, Unclaimed
from connector.policy.duration import DURATION
from connector.policy.outcomes import Condition
from connector.policy.sections import Selects

LEAD_ITEMS = OneOf({name: name for name in paths_of(Lead) if name.startswith("identity.")})
PER = OneOf({each.value: each for each in PaceOf})
OUTCOME = OneOf({each.value: each for each in (Then.REJECT, Then.REVIEW, Then.FLAG, Then.IGNORE)})
THEN = OneOf({each.value: each for each in (Then.FLAG, Then.REVIEW, Then.IGNORE)})

READY_TO_CONVERT = Section(
    {
        "needs": Key(
            ListOf(LEAD_ITEMS), "what the lead has to say of its customer: words of the lead's `read:`"
        ),
        "worked": Key(
            OneOf({"required": True, "ignored": False}), "whether its holder has to have worked it"
        ),
        "held_for": Key(words.SPAN, "how long the holder has to have had it"),
        "then": Key(THEN, "what follows where it was not ready: the deal is flagged, or a person asked"),
    },
    ReadyToConvert,
)
UNCLAIMED = Section(
    {
        "after": Key(DURATION, "how long it lies in its queue before this follows", required=True),
        "queues": Key(ListOf(words.TEXT), "developer names of the queues that this is about; else any"),
        "to": Key(words.TEXT, "developer name of the queue to which it goes then; else it is flagged"),
    },
    Unclaimed,
)
HELP = Section(
    {"answer_within": Key(DURATION, "how soon a request for help on a deal is answered", required=True)}, Help
)


def filing_pace(select: Selects) -> ListOf[Pace]:
    """Rows of the filings' half: each a pace of its own."""
    return ListOf(
        Section(
            {
                "filings": Key(
                    select.open_registrations(), "at most so many deals filed", required=True, into="claims"
                ),
                "within": Key(DURATION, "within any span of this length", required=True),
                "per": Key(PER, "whose filings are counted together: the firm's or the person's own"),
            },
            Pace,
        )
    )


def claiming_keys(select: Selects) -> Mapping[str, Key[Any]]:
    """Keys of the claims' half of a policy, beside those of `connector.policy.file`."""
    pace = Section(
        {
            "claims": Key(select.quota(), "at most so many leads claimed", required=True),
            "within": Key(DURATION, "within any span of this length", required=True),
            "per": Key(PER, "whose claims are counted together: the firm's or the person's own"),
        },
        Pace,
    )
    conditions = Section(
        {
            "name": Key(words.TEXT, "what the partner reads of it", required=True),
            "when": Key(select.claim, "when it applies", required=True),
            "then": Key(OUTCOME, "what follows; reject gives the lead back"),
        },
        Condition,
    )
    return {
        "claim_conditions": Key(
            ListOf(conditions), "further conditions of the programme on claims; all that hold apply"
        ),
        "claim_pace": Key(ListOf(pace), "how many leads may be claimed in a period, given back or not"),
        "unclaimed_lead": Key(ListOf(UNCLAIMED), "what follows where nobody claims a lead, row by row"),
        "ready_to_convert": Key(READY_TO_CONVERT, "when a lead has come far enough to become a deal"),
        "help": Key(HELP, "a partner's requests for help on a deal"),
    }
