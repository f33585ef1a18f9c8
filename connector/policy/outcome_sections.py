"""The sections of a policy file about several parties on one customer, and about what makes a deal eligible."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from connector.canonical.shape import Key, ListOf, OneOf, Section
from connector.policy import words
from connector.policy.choice import ChoiceOf
from connector.policy.choosing import Choice, Option, Requirement, Then
from connector.policy.circumstances import FILING, LINE, SECOND
from connector.policy.condition import ConditionShape, Terms
from connector.policy.disputes import Disputes, DisputeStep
from connector.policy.duration import DURATION
from connector.policy.outcomes import (
    BenefitFor,
    Condition,
    CountsFor,
    CustomerContact,
    Dormant,
    Incumbency,
    InvolvedEarly,
    NewCustomer,
    Outranks,
    PartialApproval,
    Per,
    QuotaOf,
    Second,
    SecondFiling,
    Silent,
    Tender,
    VendorContact,
)
from connector.policy.period import PERIOD

T = TypeVar("T")

_REQUIREMENT = OneOf({each.value: each for each in Requirement})
_THEN = OneOf({each.value: each for each in Then})
_SECOND = OneOf({each.value: each for each in Second})
_AMONG = OneOf({each.value: each for each in Second if each not in (Second.IGNORE, Second.FLAG)})
_ALONE = OneOf({each.value: each for each in Second if each not in (Second.TEAM, Second.SPLIT)})
_PER = OneOf({each.value: each for each in Per})
_OUTRANKS = OneOf({each.value: each for each in Outranks})
COUNTS_FOR = OneOf({each.value: each for each in CountsFor})
QUOTA_OF = OneOf({each.value: each for each in QuotaOf})

SECOND_FILING = Section(
    {
        "then": Key(_AMONG, "what becomes of a filing that comes second", required=True),
        "share": Key(words.PERCENT, "what it earns of the benefit: 100% in a team, else 50%"),
        "partners_at_most": Key(words.WHOLE, "how many partners one deal may have"),
    },
    SecondFiling,
)
DORMANT = Section(
    {
        "silent_for": Key(DURATION, "no sign of life for so long", required=True),
        "then": Key(OneOf({each.value: each for each in Silent}), "a person rules, or the second takes over"),
    },
    Dormant,
)
TENDER = Section(
    {
        "filed_late": Key(_THEN, "what follows when the filing is not older than the tender"),
        "proof_before": Key(_REQUIREMENT, "how hard proof from before the tender is required"),
        "proof_outranks": Key(_OUTRANKS, "does proof from before the tender outrank an earlier filing?"),
    },
    Tender,
)
NEW_CUSTOMER = Section(
    {
        "no_purchase_within": Key(PERIOD, "no purchase for so long; not said: never"),
        "per": Key(_PER, "purchases of what count: of anything (customer), or of the filing's product_line"),
        "then": Key(_THEN, "what follows when the customer is not new"),
    },
    NewCustomer,
)
VENDOR_CONTACT = Section(
    {
        "within": Key(PERIOD, "how far back our own people's contact counts", required=True),
        "then": Key(_THEN, "what follows when there was contact"),
    },
    VendorContact,
)
INCUMBENCY = Section(
    {
        "look_back": Key(PERIOD, "how old the last won deal may be"),
        "minimum_amount": Key(words.MONEY, "smaller deals make nobody the incumbent"),
        "per": Key(_PER, "the last deal of anything (customer), or of the filing's product_line"),
        "non_incumbent": Key(_ALONE, "what becomes of another firm's filing"),
        "share": Key(words.PERCENT, "what it earns when `reduced`"),
    },
    Incumbency,
)
INVOLVED_EARLY = Section(
    {
        "activity_before_stage": Key(words.DECIMAL, "before the deal reached this stage", required=True),
        "then": Key(_THEN, "what follows when nobody of the firm worked it by then"),
    },
    InvolvedEarly,
)
CUSTOMER_CONTACT = Section(
    {
        "one_number": Key(_THEN, "landline and fax are one number"),
        "own_number": Key(_THEN, "the customer's number is the filing firm's own"),
        "reused": Key(_THEN, "the firm gave the number for another customer too"),
    },
    CustomerContact,
)
DISPUTES = Section(
    {
        "assign_to": Key(words.TEXT, "developer name of the queue that looks after conflicts"),
        "escalate": Key(
            ListOf(
                Section(
                    {
                        "after": Key(words.TERM, "how long after it was opened", required=True),
                        "to": Key(words.TEXT, "developer name of the queue", required=True),
                    },
                    lambda after, to: DisputeStep(after=after.span, business=after.business, to=to),
                )
            ),
            "who is called when a conflict stays open",
        ),
    },
    Disputes,
)


def outcome_keys(terms: Terms) -> Mapping[str, Key[Any]]:
    """The keys about several parties on one customer; conditions share the file's rates and product lines."""
    filing, line = ConditionShape(FILING, terms), ConditionShape(LINE, terms)

    def rows(section: Section[T], choice: type[Choice[T]], option: type[Option[T]]) -> ChoiceOf[T]:
        return ChoiceOf(section, filing, choice, option)

    conditions = Section(
        {
            "name": Key(words.TEXT, "what the partner reads of it", required=True),
            "when": Key(filing, "when it applies", required=True),
            "then": Key(_THEN, "what follows"),
        },
        Condition,
    )
    partial = Section(
        {
            "on_conflict": Key(words.TRUTH, "refuse only the lines that another partner protects"),
            "lines": Key(ChoiceOf(_THEN, line, Choice[Then], Option[Then]), "what follows, line by line"),
            "lasts": Key(
                ChoiceOf(words.SPAN, line, Choice[timedelta], Option[timedelta]),
                "how long each line is protected",
            ),
            "benefit_for": Key(
                OneOf({each.value: each for each in BenefitFor}),
                "what its benefits count: the approved products, each as an equal part of the deal, or all of it",
            ),
        },
        PartialApproval,
    )
    share: ChoiceOf[Decimal] = ChoiceOf(words.PERCENT, filing, Choice[Decimal], Option[Decimal])
    return {
        "second_filing": Key(
            ChoiceOf(
                SECOND_FILING, ConditionShape(SECOND, terms), Choice[SecondFiling], Option[SecondFiling]
            ),
            "a filing that comes second to one that stands",
        ),
        "customer_letter": Key(
            ChoiceOf(_OUTRANKS, filing, Choice[Outranks], Option[Outranks]),
            "the customer's dated letter that names its partner; the deal's credit passes with it",
        ),
        "tender": Key(
            rows(TENDER, Choice[Tender], Option[Tender]), "deals that the customer puts out to tender"
        ),
        "new_customer": Key(
            rows(NEW_CUSTOMER, Choice[NewCustomer], Option[NewCustomer]), "only customers that are new"
        ),
        "vendor_contact": Key(
            rows(VENDOR_CONTACT, Choice[VendorContact], Option[VendorContact]),
            "our own people's contact with the customer",
        ),
        "incumbency": Key(
            rows(INCUMBENCY, Choice[Incumbency], Option[Incumbency]), "the partner of the last won deal"
        ),
        "involved_early": Key(
            rows(INVOLVED_EARLY, Choice[InvolvedEarly], Option[InvolvedEarly]), "involvement from the start"
        ),
        "customer_contact": Key(
            rows(CUSTOMER_CONTACT, Choice[CustomerContact], Option[CustomerContact]),
            "contact data that cannot be the customer's own",
        ),
        "partial_approval": Key(partial, "approval product line by product line"),
        "conditions": Key(ListOf(conditions), "further conditions of the programme; all that hold apply"),
        "share": Key(share, "what a filing earns of the benefit, by its circumstances"),
    }
