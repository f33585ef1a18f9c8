"""What would change a decision: for every finding that refuses, asks or lacks, the way out of it (R4.14)."""

from collections.abc import Mapping
from enum import StrEnum

from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Effect, Finding


class Remedy(StrEnum):
    """Keys of the catalogues. Their parameters are those of the findings that they answer."""

    NOTHING = "remedy.nothing"
    PERSON = "remedy.person"
    WAIT = "remedy.wait"  # until
    ASK_LATER = "remedy.ask_later"  # since
    FREE_CLAIM = "remedy.free_claim"  # held, quota
    FREE_UNWORKED = "remedy.free_unworked"  # held, quota
    FREE_PLACE = "remedy.free_place"  # held, limit
    FREE_REGISTRATION = "remedy.free_registration"  # open, cap
    HOLDER_GIVES_UP = "remedy.holder_gives_up"
    RIVAL_ENDS = "remedy.rival_ends"
    OWN_OTHER = "remedy.own_other"
    DIRECT_ENDS = "remedy.direct_ends"
    SUPPLY = "remedy.supply"  # item
    SKIPPED = "remedy.skipped"  # stage
    EVIDENCE = "remedy.evidence"  # needed, points
    OTHER_DOCUMENT = "remedy.other_document"
    AMOUNT = "remedy.amount"  # minimum, amount
    RATE = "remedy.rate"  # currency
    ENTER_AMOUNT = "remedy.enter_amount"
    EARLIER_STAGE = "remedy.earlier_stage"  # latest, stage
    NEWER_CONTACT = "remedy.newer_contact"  # days
    EARLIER_CONTACT = "remedy.earlier_contact"
    CONDITION = "remedy.condition"  # condition
    TENDER_PROOF = "remedy.tender_proof"  # tender
    TRUE_NUMBERS = "remedy.true_numbers"
    CORRECT = "remedy.correct"  # item
    CONFIRM = "remedy.confirm"
    HAND_OVER = "remedy.hand_over"
    TRANSFER_IN = "remedy.transfer_in"
    IN_A_POOL = "remedy.in_a_pool"
    SOMEBODY_ELSE = "remedy.somebody_else"
    ROLE = "remedy.role"  # role
    ASKER = "remedy.asker"
    ACTIVITY = "remedy.activity"  # since
    ANSWER_HELP = "remedy.answer_help"
    COLLECT = "remedy.collect"  # amount
    QUESTIONS = "remedy.questions"  # needed, points
    GO = "remedy.go"  # stage
    STAGE_KNOWN = "remedy.stage_known"
    WORKED_FIRST = "remedy.worked_first"
    HELD_LONGER = "remedy.held_longer"  # days
    PARTNER_GAINS = "remedy.partner_gains"  # fields
    CERTIFICATE = "remedy.certificate"
    TRAINING = "remedy.training"
    TIER = "remedy.tier"  # tier
    TERRITORY = "remedy.territory"  # country
    KNOWN_FIRM = "remedy.known_firm"
    ACTIVE_PERSON = "remedy.active_person"
    OWN_FIRM = "remedy.own_firm"
    MEND = "remedy.mend"
    AUTHENTICATE = "remedy.authenticate"
    OTHER_REVIEWER = "remedy.other_reviewer"
    REVIEW_ORDER = "remedy.review_order"
    UPLOAD_ANEW = "remedy.upload_anew"
    OWN_FORM = "remedy.own_form"
    ORIGINALS = "remedy.originals"  # held, copies
    STAMP = "remedy.stamp"
    SIGN = "remedy.sign"
    PAY = "remedy.pay"  # amount
    SLIP = "remedy.slip"
    SLIP_ORDER = "remedy.slip_order"
    PLAN = "remedy.plan"


_ANSWERS: Mapping[Remedy, tuple[Phrase, ...]] = {
    Remedy.NOTHING: (
        Phrase.APPEAL_NOTHING,
        Phrase.APPEAL_TOO_LATE,
        Phrase.APPEAL_USED_UP,
        Phrase.EXTENSION_BARRED,
        Phrase.EXTENSION_HARD_END,
        Phrase.EXTENSION_NO_WINDOW,
        Phrase.EXTENSION_TOO_LATE,
        Phrase.EXTENSION_USED_UP,
        Phrase.EXTENSION_REFUSED,
        Phrase.NOT_A_NEW_CUSTOMER,
        Phrase.TENDER_FILED_LATE,
        Phrase.SUPERSEDED_BY_LETTER,
        Phrase.SUPERSEDED_BY_PROOF,
        Phrase.SUPERSEDED_AS_DORMANT,
        Phrase.RULED_FAKE_CONTACT,
        Phrase.RULED_ILLEGAL_ENTRY,
        Phrase.RULED_ILLEGAL_TRANSFER_IN,
        Phrase.NO_GO_DECIDED,
    ),
    Remedy.PERSON: (
        Phrase.APPEAL_HEARD,
        Phrase.APPEAL_WAITS,
        Phrase.CAME_MEANWHILE,
        Phrase.CLAIMED_MEANWHILE,
        Phrase.CLAIM_SAME_SECOND,
        Phrase.CLAIM_WORKED,
        Phrase.DIRECT_CLOSED,
        Phrase.DIRECT_OPENED,
        Phrase.OUTRANKS_FIRST,
        Phrase.EQUAL_EVIDENCE,
        Phrase.DORMANT_FIRST,
        Phrase.GROUP_TOO_LARGE,
        Phrase.POACHED,
        Phrase.RIVAL_CLAIM,
        Phrase.RIVAL_LATER_APPROVED,
        Phrase.RIVAL_PENDING,
        Phrase.RIVAL_SAME_TIME,
        Phrase.RIVAL_UNSURE,
        Phrase.CREDIT_UNSURE,
        Phrase.DEAL_COUNTED_ONCE,
        Phrase.PAYOUT_STANDS_AGAIN,
        Phrase.ESCALATED,
        Phrase.DECISION_OVERDUE,
        Phrase.ORDER_FOR_ANOTHER,
        Phrase.RULING_SECOND_WAITS,
        Phrase.RULING_SAME_PERSON,
        Phrase.RULING_NOT_ENTITLED,
        Phrase.RULING_BEFORE_FIRST,
        Phrase.SILENCE_WITHHELD,
        Phrase.SILENCE_REJECTS,
        Phrase.DUPLICATE_PERHAPS,
        Phrase.EXTENSION_IN_REVIEW,
        Phrase.LINES_REFUSED,
        Phrase.LINES_IN_REVIEW,
        Phrase.NOT_INCUMBENT,
        Phrase.NOT_INVOLVED_EARLY,
        Phrase.PERHAPS_NOT_NEW,
        Phrase.POLICY_ASKS_REVIEW,
        Phrase.TENDER_NOT_SAID,
        Phrase.INCUMBENT_PASSED_OVER,
        Phrase.LEAD_NAME_VARIANT,
        Phrase.LEAD_SAME_CUSTOMER,
        Phrase.ORDER_EXCEPTION_IN_FORCE,
        Phrase.ORDER_FORM_USED_TOGETHER,
        Phrase.ORDER_PAYMENT_MOVED,
        Phrase.ORDER_SLIP_DISPUTED,
        Phrase.PARTNER_CONFLICT,
        Phrase.PARTNER_TOO_EARLY,
        Phrase.PARTNER_TOO_LATE,
        Phrase.SPRAY_REVIEW,
        Phrase.ROLE_MAY_NOT_SELL,
        Phrase.ROLE_UNKNOWN,
        Phrase.RULING_NEEDS_PERSON,
        Phrase.SLIP_PAYER_DIFFERS,
        Phrase.SLIP_PAYER_UNSURE,
        Phrase.SLIP_SEVERAL,
        Phrase.TRANSFER_IN_ASKS,
        Phrase.PERSON_REJECTED,
        Phrase.LEAD_DROPPED,
        Phrase.ORDER_TROUBLE,
        Phrase.ORDER_LATE,
        Phrase.STAGE_REVENUE,
        Phrase.STAGE_NO_REVENUE,
    ),
    Remedy.WAIT: (
        Phrase.CLAIM_COOLDOWN,
        Phrase.REFILE_COOLDOWN,
        Phrase.REFILE_AFTER_REJECTION,
        Phrase.REFILE_AFTER_WITHDRAWAL,
        Phrase.CLAIM_OVER_OWN_PACE,
        Phrase.CLAIM_OVER_PACE,
        Phrase.FILING_OVER_OWN_PACE,
        Phrase.FILING_OVER_PACE,
    ),
    Remedy.ASK_LATER: (Phrase.EXTENSION_TOO_EARLY,),
    Remedy.FREE_CLAIM: (
        Phrase.CLAIM_OVER_OWN_QUOTA,
        Phrase.CLAIM_OVER_QUOTA,
    ),
    Remedy.FREE_UNWORKED: (
        Phrase.CLAIM_UNWORKED_OVER_OWN_QUOTA,
        Phrase.CLAIM_UNWORKED_OVER_QUOTA,
    ),
    Remedy.FREE_PLACE: (
        Phrase.WAREHOUSE_FULL,
        Phrase.WAREHOUSE_FULL_FIRM,
    ),
    Remedy.FREE_REGISTRATION: (
        Phrase.CAP_REACHED,
        Phrase.SPRAY_CAP,
    ),
    Remedy.HOLDER_GIVES_UP: (Phrase.CLAIM_ALREADY_HELD,),
    Remedy.RIVAL_ENDS: (
        Phrase.RIVAL_FIRST,
        Phrase.RIVAL_IN_GROUP,
        Phrase.OUTRANKED_BY,
    ),
    Remedy.OWN_OTHER: (Phrase.OWN_DUPLICATE,),
    Remedy.DIRECT_ENDS: (
        Phrase.DIRECT_WORKING,
        Phrase.VENDOR_CONTACT,
    ),
    Remedy.SUPPLY: (
        Phrase.MISSING,
        Phrase.STAGE_MISSING,
        Phrase.CONVERTED_WITHOUT,
    ),
    Remedy.SKIPPED: (Phrase.STAGE_SKIPPED,),
    Remedy.EVIDENCE: (Phrase.EVIDENCE_SHORT,),
    Remedy.OTHER_DOCUMENT: (Phrase.EVIDENCE_REUSED,),
    Remedy.AMOUNT: (Phrase.BELOW_MINIMUM,),
    Remedy.RATE: (
        Phrase.NO_RATE,
        Phrase.PLAN_NO_RATE,
    ),
    Remedy.ENTER_AMOUNT: (
        Phrase.PLAN_NO_AMOUNT,
        Phrase.ORDER_NO_AMOUNT,
    ),
    Remedy.EARLIER_STAGE: (Phrase.TOO_LATE_STAGE,),
    Remedy.NEWER_CONTACT: (Phrase.FIRST_CONTACT_TOO_OLD,),
    Remedy.EARLIER_CONTACT: (Phrase.FIRST_CONTACT_AFTER_FILING,),
    Remedy.CONDITION: (Phrase.CONDITION, Phrase.PROOFS_SHORT),
    Remedy.TENDER_PROOF: (Phrase.TENDER_NO_PROOF,),
    Remedy.TRUE_NUMBERS: (
        Phrase.CONTACT_OF_THE_FIRM,
        Phrase.CONTACT_ONE_NUMBER,
        Phrase.CONTACT_REUSED,
        Phrase.LEAD_SUSPICIOUS_CONTACT,
    ),
    Remedy.CORRECT: (
        Phrase.ENTRY_NOT_VALID,
        Phrase.ENTRY_PARTNERS_OWN,
    ),
    Remedy.CONFIRM: (
        Phrase.ENTRY_CONFIRMATION_OLD,
        Phrase.ENTRY_NOT_CONFIRMED,
    ),
    Remedy.HAND_OVER: (Phrase.DUPLICATE_HAND_OVER,),
    Remedy.TRANSFER_IN: (
        Phrase.TRANSFER_IN_NEEDED,
        Phrase.DUPLICATE_WRONG_POOL,
        Phrase.DUPLICATE_OWN_POOL,
    ),
    Remedy.IN_A_POOL: (Phrase.TRANSFER_IN_NOT_IN_POOL,),
    Remedy.SOMEBODY_ELSE: (Phrase.TRANSFER_IN_OWN_WORD,),
    Remedy.ROLE: (
        Phrase.ROLE_MAY_NOT_APPLY,
        Phrase.ROLE_MAY_NOT_APPROVE,
        Phrase.ROLE_MAY_NOT_OPEN_ACCOUNTS,
        Phrase.ROLE_MAY_NOT_SET_ZONES,
        Phrase.ACCOUNT_NOT_AN_AGENTS,
        Phrase.ROLE_MAY_NOT_ENTER,
        Phrase.ROLE_MAY_NOT_TRANSFER,
        Phrase.ROLE_NO_WAREHOUSE,
    ),
    Remedy.ASKER: (
        Phrase.APPEAL_NOT_YOURS,
        Phrase.EXTENSION_NOT_YOURS,
    ),
    Remedy.ACTIVITY: (Phrase.EXTENSION_NO_ACTIVITY,),
    Remedy.ANSWER_HELP: (
        Phrase.HELP_WANTED,
        Phrase.HELP_OVERDUE,
    ),
    Remedy.QUESTIONS: (
        Phrase.LEAD_QUESTIONS,
        Phrase.PLAN_QUESTIONS,
    ),
    Remedy.GO: (
        Phrase.GO_WANTED,
        Phrase.SECOND_GO_WANTED,
    ),
    Remedy.STAGE_KNOWN: (Phrase.STAGE_UNKNOWN,),
    Remedy.COLLECT: (Phrase.PAYOUT_CLAWED_BACK,),
    Remedy.WORKED_FIRST: (Phrase.CONVERTED_UNWORKED,),
    Remedy.HELD_LONGER: (Phrase.CONVERTED_EARLY,),
    Remedy.PARTNER_GAINS: (Phrase.PARTNER_LACKS,),
    Remedy.CERTIFICATE: (
        Phrase.CERTIFICATE_LAPSED,
        Phrase.NOT_CERTIFIED,
    ),
    Remedy.TRAINING: (
        Phrase.NOT_TRAINED,
        Phrase.TRAINING_LAPSED,
    ),
    Remedy.TIER: (Phrase.TIER_NOT_PREFERRED,),
    Remedy.TERRITORY: (
        Phrase.WRONG_TERRITORY,
        Phrase.UNKNOWN_TERRITORY,
    ),
    Remedy.KNOWN_FIRM: (Phrase.NO_FIRM,),
    Remedy.ACTIVE_PERSON: (Phrase.INACTIVE_PERSON,),
    Remedy.OWN_FIRM: (Phrase.MAY_NOT_FILE_FOR_ANOTHER,),
    Remedy.MEND: (
        Phrase.RULE_FAILED,
        Phrase.TERMS_UNKNOWN,
        Phrase.ORDER_REGISTRATION_ABSENT,
        Phrase.ORDER_REGISTRATION_UNKNOWN,
        Phrase.ORDER_REGISTRATION_OF_ANOTHER_DEAL,
        Phrase.ORDER_REGISTRATION_NOT_IN_FORCE,
    ),
    Remedy.AUTHENTICATE: (
        Phrase.ORDER_AUTHENTICATED_BY_SELLER,
        Phrase.ORDER_AUTHENTICATED_OTHERWISE,
        Phrase.ORDER_AUTHENTICATION_LAPSED,
        Phrase.ORDER_NOT_AUTHENTICATED,
    ),
    Remedy.OTHER_REVIEWER: (
        Phrase.ORDER_REVIEWER_NOT_ENTITLED,
        Phrase.ORDER_REVIEWER_SAME,
        Phrase.ORDER_REVIEWER_SELLS,
        Phrase.ORDER_REVIEWER_UNKNOWN,
    ),
    Remedy.REVIEW_ORDER: (
        Phrase.ORDER_FIRST_REVIEW_OPEN,
        Phrase.ORDER_SECOND_REVIEW_OPEN,
        Phrase.ORDER_REVIEW_WITHOUT_SCAN,
        Phrase.ORDER_SECOND_BEFORE_FIRST,
        Phrase.ORDER_SCAN_ABSENT,
    ),
    Remedy.UPLOAD_ANEW: (
        Phrase.ORDER_RETURNED,
        Phrase.ORDER_EXCEPTION_UNQUALIFIED,
        Phrase.ORDER_EXCEPTION_OTHER,
    ),
    Remedy.OWN_FORM: (
        Phrase.ORDER_FORM_ABSENT,
        Phrase.ORDER_FORM_FOREIGN,
        Phrase.ORDER_FORM_USED,
        Phrase.ORDER_EXCEPTION_DUPLICATE_FORM,
    ),
    Remedy.ORIGINALS: (
        Phrase.ORDER_ORIGINALS_ABSENT,
        Phrase.ORDER_EXCEPTION_LOST,
    ),
    Remedy.STAMP: (Phrase.ORDER_NOT_STAMPED,),
    Remedy.SIGN: (
        Phrase.ORDER_NOT_SIGNED,
        Phrase.ORDER_SIGNED_BY_SALES,
    ),
    Remedy.PAY: (
        Phrase.ORDER_PART_PAID,
        Phrase.ORDER_PAYMENT_SHORT,
        Phrase.ORDER_UNPAID,
        Phrase.ORDER_EXCEPTION_PAYMENT_SHORT,
        Phrase.SLIP_WAITING,
        Phrase.PAYMENT_LATE,
    ),
    Remedy.SLIP: (
        Phrase.ORDER_SLIP_ABSENT,
        Phrase.ORDER_SLIP_OVERDUE,
    ),
    Remedy.SLIP_ORDER: (Phrase.SLIP_NO_ORDER,),
    Remedy.PLAN: (Phrase.PLAN_THREE_PAGES,),
}

REMEDIES: Mapping[Phrase, Remedy] = {
    phrase: remedy for remedy, phrases in _ANSWERS.items() for phrase in phrases
}
"""By what a finding says. `NOTHING` is an answer too: then no one can change the decision."""

OPEN = frozenset({Effect.REFUSE, Effect.ASK, Effect.LACK})
"""What stands between a fact and its approval."""


def remedies(found: Finding) -> tuple[Remedy, ...]:
    """What would change this finding: none where it stands in nobody's way; a person, wherever one is asked."""
    if found.effect not in OPEN:
        return ()
    own = REMEDIES.get(Phrase(found.message), Remedy.PERSON)
    if found.effect is Effect.ASK and own is not Remedy.PERSON:
        return (own, Remedy.PERSON)
    return (own,)
