"""The `orders` section of a policy file: which keys there are and what may stand there (R4.11 to R4.17)."""

from typing import Any

from connector.canonical.shape import Key, ListOf, OneOf, Section
from connector.policy import words
from connector.policy.orders import (
    Authentication,
    Need,
    OrderForms,
    OrderPayment,
    OrderPolicy,
    OrderReviews,
    OrdersFor,
    Party,
    SlipChase,
)
from connector.policy.sections import REQUIREMENT, Checked

PARTY = OneOf({each.value: each for each in Party})
NEED = OneOf({each.value: each for each in Need})

REVIEWS = Section(
    {
        "first_by": Key(ListOf(words.TEXT), "roles that may give the first review; without it, any"),
        "second_by": Key(ListOf(words.TEXT), "roles that may give the second review; without it, any"),
        "apart": Key(ListOf(PARTY), "parties of whom no two may be the same person"),
    },
    OrderReviews,
)

FORMS = Section(
    {
        "copies": Key(words.WHOLE, "how many paper originals have to be there"),
        "may_not_sign": Key(ListOf(words.TEXT), "roles that may not sign an order; its seller never may"),
    },
    OrderForms,
)

AUTHENTICATION = Section(
    {
        "accepts": Key(ListOf(words.TEXT), "ways to verify a company's identity; without it, any"),
        "holds_for": Key(words.SPAN, "how long a verification holds; without it, for good"),
    },
    Authentication,
)

PAYMENT = Section(
    {
        "tolerance": Key(words.PERCENT, "what may lack of the amount, such as bank fees"),
        "short_after": Key(words.SPAN, "how long after the first arrival too little becomes an exception"),
    },
    OrderPayment,
)

FOR_ANOTHER = Section(
    {
        "prefer": Key(ListOf(words.TEXT), "tiers that may", required=True),
        "others": Key(REQUIREMENT, "what happens to orders of firms of other tiers"),
    },
    OrdersFor,
)

SLIPS = Section(
    {
        "within": Key(words.SPAN, "how soon after a payment its slip has to be there"),
        "remind": Key(ListOf(words.SPAN), "how long before that a missing slip is asked for"),
        "again_every": Key(words.SPAN, "how often a missing slip is asked for after that"),
    },
    SlipChase,
)


def _takes_effect(needs: tuple[Need, ...] = ()) -> tuple[Need, ...]:
    if Need.PAYMENT not in needs:
        raise ValueError(f"an order takes effect by its payment's arrival: add `{Need.PAYMENT}`")
    if Need.SECOND_REVIEW in needs and Need.FIRST_REVIEW not in needs:
        raise ValueError(f"a second review follows a first one: add `{Need.FIRST_REVIEW}`")
    return needs


TAKES_EFFECT = Checked(
    Section({"needs": Key(ListOf(NEED), "what all has to be there", required=True)}, _takes_effect)
)


def _orders(takes_effect: tuple[Need, ...] = tuple(Need), **given: Any) -> OrderPolicy:
    return OrderPolicy(needs=takes_effect, **given)


ORDERS = Section(
    {
        "reviews": Key(REVIEWS, "the two reviews, in this order; no scan, no first review"),
        "forms": Key(FORMS, "the paper form"),
        "authentication": Key(AUTHENTICATION, "verifying the identity of the buying company"),
        "payment": Key(PAYMENT, "when the payment is complete"),
        "slips": Key(SLIPS, "payment slips, and how missing ones are chased"),
        "registration_number": Key(
            REQUIREMENT, "the order carries the number of the firm's registration that protects the deal"
        ),
        "for_another": Key(FOR_ANOTHER, "whose people may order for another firm: distributors"),
        "takes_effect": Key(TAKES_EFFECT, "what an order needs to take effect, at its payment's arrival"),
    },
    _orders,
)
