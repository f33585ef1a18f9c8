"""The keys of everything that the connector says. Each has a sentence in every language (messages room)."""

from enum import StrEnum


class Phrase(StrEnum):
    """Members carry their parameters in a comment; the catalogues are tested against this list."""

    # claims
    CLAIM_HELD = "claim.held"  # held, quota
    CLAIM_HELD_WORK_BY = "claim.held_work_by"  # until
    CLAIM_WORK_SOON = "claim.work_soon"  # until
    CLAIM_WORKED = "claim.worked"
    CLAIM_CONVERTED = "claim.converted"
    CLAIM_RELEASED = "claim.released"
    CLAIM_RECYCLED = "claim.recycled"  # since
    CLAIM_OVER_QUOTA = "claim.over_quota"  # held, quota
    CLAIM_OVER_OWN_QUOTA = "claim.over_own_quota"  # held, quota
    CLAIM_SAME_SECOND = "claim.same_second"
    CLAIM_ALREADY_HELD = "claim.already_held"  # since
    CLAIM_COOLDOWN = "claim.cooldown"  # until
    CLAIM_RETURNED = "claim.returned"
    CLAIM_FIRST = "claim.first"  # at
    CLAIM_WITHIN_QUOTA = "claim.within_quota"  # held, quota
    CLAIM_WITHIN_OWN_QUOTA = "claim.within_own_quota"  # held, quota
    LEAD_SAME_CUSTOMER = "lead.same_customer"
    LEAD_NAME_VARIANT = "lead.name_variant"
    LEAD_SUSPICIOUS_CONTACT = "lead.suspicious_contact"  # fields
    LEAD_ON_HOLD = "lead.on_hold"
    # standing
    FIT = "standing.fit"
    NOT_CERTIFIED = "standing.not_certified"
    CERTIFICATE_LAPSED = "standing.certificate_lapsed"  # until
    TIER_NOT_PREFERRED = "standing.tier_not_preferred"  # tier
    WRONG_TERRITORY = "standing.wrong_territory"  # country
    UNKNOWN_TERRITORY = "standing.unknown_territory"
    INACTIVE_PERSON = "standing.inactive_person"
    NO_FIRM = "standing.no_firm"
    # filings
    FILING_APPROVED = "filing.approved"
    FILING_REJECTED = "filing.rejected"
    FILING_INCOMPLETE = "filing.incomplete"
    FILING_IN_REVIEW = "filing.in_review"
    FILING_DEFERRED = "filing.deferred"
    FILING_COMPLETE = "filing.complete"
    FILING_PROTECTED = "filing.protected"  # from, until
    FILING_PROTECTION_STARTS = "filing.protection_starts"  # days
    FILING_LAPSED = "filing.lapsed"
    FILING_EXTENDED = "filing.extended"  # until
    FILING_EXPIRES_SOON = "filing.expires_soon"  # until
    FILING_WON = "filing.won"
    FILING_LOST = "filing.lost"
    FILING_WITHDRAWN = "filing.withdrawn"
    FILING_APPEAL = "filing.appeal"  # until
    MISSING = "filing.missing"  # item (a key of Item)
    BELOW_MINIMUM = "filing.below_minimum"  # amount, minimum
    ABOVE_MINIMUM = "filing.above_minimum"  # amount, minimum
    NO_RATE = "filing.no_rate"  # currency
    TOO_LATE_STAGE = "filing.too_late_stage"  # stage, latest
    FIRST_CONTACT_TOO_OLD = "filing.first_contact_too_old"  # contact, days
    FIRST_CONTACT_AFTER_FILING = "filing.first_contact_after_filing"  # contact
    EVIDENCE_ENOUGH = "filing.evidence_enough"  # points, needed
    EVIDENCE_SHORT = "filing.evidence_short"  # points, needed
    EVIDENCE_REUSED = "filing.evidence_reused"
    POLICY_ASKS_REVIEW = "filing.policy_asks_review"
    REFILE_COOLDOWN = "filing.refile_cooldown"  # until
    CAP_REACHED = "filing.cap_reached"  # open, cap
    # conflicts
    RIVAL_FIRST = "conflict.rival_first"  # at
    RIVAL_PENDING = "conflict.rival_pending"
    RIVAL_SAME_TIME = "conflict.rival_same_time"
    RIVAL_LATER_APPROVED = "conflict.rival_later_approved"
    RIVAL_UNSURE = "conflict.rival_unsure"
    RIVAL_CLAIM = "conflict.rival_claim"
    OWN_DUPLICATE = "conflict.own_duplicate"
    DIRECT_WORKING = "conflict.direct_working"  # since
    DIRECT_OPENED = "conflict.direct_opened"
    DIRECT_CLOSED = "conflict.direct_closed"
    POACHED = "conflict.poached"
    NO_RIVAL = "conflict.no_rival"
    # people and failures
    PERSON_APPROVED = "person.approved"
    PERSON_REJECTED = "person.rejected"
    RULE_FAILED = "rule.failed"  # failed, reason
    # warehouses
    ROLE_UNKNOWN = "role.unknown"  # role
    ROLE_NO_WAREHOUSE = "role.no_warehouse"  # role
    ROLE_HAS_WAREHOUSE = "role.has_warehouse"  # role
    ROLE_MAY_NOT_ENTER = "role.may_not_enter"  # role
    WAREHOUSE_FULL = "warehouse.full"  # held, limit
    WAREHOUSE_FULL_FIRM = "warehouse.full_firm"  # held, limit
    WAREHOUSE_ROOM = "warehouse.room"  # held, limit
    # time: extensions, appeals, decisions, silence
    EXTENSION_GRANTED = "extension.granted"
    EXTENSION_IN_REVIEW = "extension.in_review"
    EXTENSION_REFUSED = "extension.refused"
    EXTENSION_NO_WINDOW = "extension.no_window"
    EXTENSION_NOT_YOURS = "extension.not_yours"
    EXTENSION_BARRED = "extension.barred"
    EXTENSION_USED_UP = "extension.used_up"  # times
    EXTENSION_TOO_LATE = "extension.too_late"  # until
    EXTENSION_TOO_EARLY = "extension.too_early"  # since
    EXTENSION_HARD_END = "extension.hard_end"  # until
    EXTENSION_NO_ACTIVITY = "extension.no_activity"  # since
    FILING_EXTENDED_ON_REQUEST = "filing.extended_on_request"  # until
    APPEAL_HEARD = "appeal.heard"
    APPEAL_WAITS = "appeal.waits"
    APPEAL_NOTHING = "appeal.nothing"
    APPEAL_NOT_YOURS = "appeal.not_yours"
    APPEAL_USED_UP = "appeal.used_up"  # times
    APPEAL_TOO_LATE = "appeal.too_late"  # until
    DECISION_OVERDUE = "decision.overdue"
    ESCALATED = "decision.escalated"  # to
    FILING_DECISION_LATE = "filing.decision_late"
    NO_PROTECTION = "filing.no_protection"
    FILING_PROTECTION_FROM_VISIT = "filing.protection_from_visit"  # days
    DEAL_STALE = "deal.stale"
    # a staged sales process
    STAGE_KNOWN = "stage.known"  # stage
    STAGE_UNKNOWN = "stage.unknown"
    STAGE_CLEAR = "stage.clear"  # stage
    STAGE_INCOMPLETE = "stage.incomplete"  # stage
    STAGE_HELD = "stage.held"  # stage
    STAGE_IN_REVIEW = "stage.in_review"  # stage
    STAGE_MISSING = "stage.missing"  # item, stage
    STAGE_SKIPPED = "stage.skipped"  # stage
    STAGE_APPROVED = "stage.approved"  # item
    STAGE_NOT_A_MANAGER = "stage.not_a_manager"  # item
    STAGE_PLAN_REFUSED = "stage.plan_refused"  # item
    STAGE_REVENUE = "stage.revenue"
    STAGE_NO_REVENUE = "stage.no_revenue"
    PLAN_QUESTIONS = "plan.questions"  # points, needed
    PLAN_THREE_PAGES = "plan.three_pages"
    PLAN_WHOLE = "plan.whole"
    PLAN_ENOUGH = "plan.enough"  # item
    PLAN_NO_AMOUNT = "plan.no_amount"
    PLAN_NO_RATE = "plan.no_rate"  # currency
    GO_WANTED = "go.wanted"  # stage
    SECOND_GO_WANTED = "go.second_wanted"  # stage
    GO_DECIDED = "go.decided"
    NO_GO_DECIDED = "go.no_go"
    REVIEW_PLAN_OVERDUE = "review.plan_overdue"  # since
    REVISIT_OVERDUE = "review.revisit_overdue"  # since
    EXPERTS_OVERDUE = "review.experts_overdue"  # since
    ORDER_LATE = "order.late"  # since
    ORDER_TROUBLE = "order.trouble"  # item
    PAYMENT_LATE = "payment.late"  # since, days
    PAYMENT_CAME_LATE = "payment.came_late"  # since, days
    PARTNER_FITS = "partner.fits"
    PARTNER_TOO_EARLY = "partner.too_early"  # stage, latest
    PARTNER_TOO_LATE = "partner.too_late"  # stage, latest
    PARTNER_LACKS = "partner.lacks"  # fields
    PARTNER_CONFLICT = "partner.conflict"
    INCUMBENT_KEPT = "incumbent.kept"
    INCUMBENT_SUGGESTED = "incumbent.suggested"  # since
    INCUMBENT_PASSED_OVER = "incumbent.passed_over"  # since
    PICTURE_WHOLE = "picture.whole"  # points
    PICTURE_OPEN = "picture.open"  # points, fields
    LEAD_PURSUED = "lead.pursued"
    LEAD_DROPPED = "lead.dropped"
    LEAD_QUESTIONS = "lead.questions"  # points, needed
    LEAD_TO_DIRECT = "lead.to_direct"
    LEAD_TO_CHANNEL = "lead.to_channel"
    LEAD_CREDIT_KEPT = "lead.credit_kept"
