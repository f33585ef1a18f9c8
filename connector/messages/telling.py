"""What `explain` says around the rules' own sentences: our own people read it, never a partner (law 17)."""

from enum import StrEnum


class Telling(StrEnum):
    """Keys of the catalogues. Their parameters stand in the English text; the catalogues are tested against it.

    The part after the first dot is the value it tells of: `happened.filed` tells of FactKind.FILED,
    `docket.claim.active` of ClaimState.ACTIVE.
    """

    # what happened
    HAPPENED_STANDING_CHANGED = "happened.standing_changed"  # value
    HAPPENED_MERGED = "happened.merged"  # value
    HAPPENED_DELETED = "happened.deleted"
    HAPPENED_CONVERTED = "happened.converted"  # value
    HAPPENED_RELEASED = "happened.released"  # prior
    HAPPENED_WITHDRAWN = "happened.withdrawn"
    HAPPENED_AMENDED = "happened.amended"
    HAPPENED_ENTERED = "happened.entered"
    HAPPENED_CLAIMED = "happened.claimed"  # value
    HAPPENED_FILED = "happened.filed"
    HAPPENED_REVIEWED = "happened.reviewed"  # value
    HAPPENED_WORKED = "happened.worked"
    HAPPENED_OPENED = "happened.opened"
    HAPPENED_REASSIGNED = "happened.reassigned"  # prior, value
    HAPPENED_SUPPLIED = "happened.supplied"
    HAPPENED_SIGNED = "happened.signed"  # value
    HAPPENED_STAGE_MOVED = "happened.stage_moved"  # prior, value
    HAPPENED_CLOSED = "happened.closed"  # value
    HAPPENED_AFFIRMED = "happened.affirmed"  # value
    HAPPENED_EDITED = "happened.edited"  # value
    HAPPENED_NOTIFIED = "happened.notified"
    HAPPENED_ACTIVE = "happened.active"
    HAPPENED_EXTENSION_ASKED = "happened.extension_asked"
    HAPPENED_EXTENSION_RULED = "happened.extension_ruled"  # value
    HAPPENED_APPEALED = "happened.appealed"
    HAPPENED_POLICY_PUBLISHED = "happened.policy_published"  # value
    HAPPENED_ADOPTED = "happened.adopted"
    HAPPENED_TICK = "happened.tick"  # value
    # which clock says so
    CLOCK_STAMPED = "clock.stamped"
    CLOCK_HISTORY = "clock.history"
    CLOCK_EVENT = "clock.event"
    CLOCK_BETWEEN = "clock.between"  # earliest, latest
    CLOCK_UNCERTAIN = "clock.uncertain"  # earliest, latest
    CLOCK_MODIFIED = "clock.modified"
    CLOCK_LATE = "clock.late"
    CLOCK_CREATED = "clock.created"
    CLOCK_DEADLINE = "clock.deadline"
    CLOCK_GO_LIVE = "clock.go_live"
    # what was ruled
    OUTCOME_APPROVE = "outcome.approve"
    OUTCOME_REJECT = "outcome.reject"
    OUTCOME_DEFER = "outcome.defer"
    # what the ledger then held
    DOCKET_CLAIM_ACTIVE = "docket.claim.active"
    DOCKET_CLAIM_WORKED = "docket.claim.worked"
    DOCKET_CLAIM_CONVERTED = "docket.claim.converted"
    DOCKET_CLAIM_RELEASED = "docket.claim.released"
    DOCKET_CLAIM_RECYCLED = "docket.claim.recycled"
    DOCKET_CLAIM_REVOKED = "docket.claim.revoked"
    DOCKET_CLAIM_TRANSFERRED = "docket.claim.transferred"
    DOCKET_REGISTRATION_SUBMITTED = "docket.registration.submitted"
    DOCKET_REGISTRATION_INCOMPLETE = "docket.registration.incomplete"
    DOCKET_REGISTRATION_DEFERRED = "docket.registration.deferred"
    DOCKET_REGISTRATION_IN_REVIEW = "docket.registration.in_review"
    DOCKET_REGISTRATION_APPROVED = "docket.registration.approved"  # until
    DOCKET_REGISTRATION_EXTENDED = "docket.registration.extended"  # until
    DOCKET_REGISTRATION_REJECTED = "docket.registration.rejected"
    DOCKET_REGISTRATION_LAPSED = "docket.registration.lapsed"
    DOCKET_REGISTRATION_WON = "docket.registration.won"
    DOCKET_REGISTRATION_LOST = "docket.registration.lost"
    DOCKET_REGISTRATION_WITHDRAWN = "docket.registration.withdrawn"
    DOCKET_REGISTRATION_VOIDED = "docket.registration.voided"
    DOCKET_CONFLICT_OPEN = "docket.conflict.open"  # kind
    DOCKET_CONFLICT_RESOLVED = "docket.conflict.resolved"  # kind
    DOCKET_CONFLICT_DISMISSED = "docket.conflict.dismissed"  # kind
    DOCKET_CREDIT_RECORDED = "docket.credit.recorded"  # firm
    DOCKET_CREDIT_FROZEN = "docket.credit.frozen"  # firm
    # kinds of conflict
    CONFLICT_KIND_PARTNER_PARTNER = "conflict_kind.partner_partner"
    CONFLICT_KIND_PARTNER_DIRECT = "conflict_kind.partner_direct"
    CONFLICT_KIND_NAME_VARIANT = "conflict_kind.name_variant"
    CONFLICT_KIND_FAKE_CONTACT = "conflict_kind.fake_contact"
    CONFLICT_KIND_REUSED_EVIDENCE = "conflict_kind.reused_evidence"
    CONFLICT_KIND_POACH = "conflict_kind.poach"
    # how another party stands to this record
    RELATION_PROTECTED_FIRST = "relation.protected_first"
    RELATION_PENDING_FIRST = "relation.pending_first"
    RELATION_SAME_TIME = "relation.same_time"
    RELATION_APPROVED_LATER = "relation.approved_later"
    RELATION_PENDING_LATER = "relation.pending_later"
    RELATION_OWN = "relation.own"
    RELATION_OWN_UNCLEAR = "relation.own_unclear"
    RELATION_OWN_LAPSED = "relation.own_lapsed"
    RELATION_HOLDS_LEAD = "relation.holds_lead"
    RELATION_DIRECT = "relation.direct"
    RELATION_UNSURE = "relation.unsure"
    # names of what decided
    FIELD_NAME = "field.name"
    FIELD_TIER = "field.tier"
    FIELD_TERRITORY = "field.territory"
    FIELD_CERTIFIED_UNTIL = "field.certified_until"
    FIELD_STATE = "field.state"
    FIELD_STAGE = "field.stage"
    FIELD_OWNER = "field.owner"
    FIELD_SINCE = "field.since"
    FIELD_HELD_SINCE = "field.held_since"
    FIELD_CLAIMS_HELD = "field.claims_held"
    FIELD_RELEASED_AT = "field.released_at"
    FIELD_PROTECTED = "field.protected"
    # words that facts carry as values
    WORD_WON = "word.won"
    WORD_LOST = "word.lost"
    WORD_APPROVE = "word.approve"
    WORD_REJECT = "word.reject"
    WORD_WORK_BY = "word.work_by"
    WORD_WORK_REMIND = "word.work_remind"
    WORD_PROTECTION_ENDS = "word.protection_ends"
    WORD_PROTECTION_REMIND = "word.protection_remind"
    WORD_MEETING = "word.meeting"
    WORD_EMAIL_INTRODUCTION = "word.email_introduction"
    WORD_DISCOVERY_DELIVERABLE = "word.discovery_deliverable"
    WORD_OTHER = "word.other"
    WORD_INACTIVE = "word.inactive"
    # how the page reads
    PAGE_CLOCK = "page.clock"
    PAGE_RACE = "page.race"
    PAGE_THIS_RECORD = "page.this_record"
    PAGE_TOGETHER = "page.together"
    PAGE_SAME_CUSTOMER = "page.same_customer"  # score
    PAGE_UNSURE_CUSTOMER = "page.unsure_customer"  # score
    PAGE_ENTRY = "page.entry"  # first, policy
    PAGE_ENTRIES = "page.entries"  # first, last, policy
    PAGE_WAITING = "page.waiting"
    PAGE_RECORDS = "page.records"
    PAGE_FIRM_CLAIMS = "page.firm_claims"  # held, quota
    PAGE_FIRM_REGISTRATIONS = "page.firm_registrations"  # count, open
    PAGE_CONFLICT_RESOLVED = "page.conflict_resolved"  # how, who
    PAGE_SINCE = "page.since"  # since
    # what each party did, and when
    RACE_COMPLETE = "race.complete"  # at, filed
    RACE_FILED = "race.filed"  # at
    RACE_CLAIMED = "race.claimed"  # at
    RACE_CREATED = "race.created"  # at
    # what match evidence is about
    EVIDENCE_BEFORE_ANY_EVIDENCE = "evidence.before any evidence"
    EVIDENCE_BOUND = "evidence.bound"
    EVIDENCE_BRANCH = "evidence.branch"
    EVIDENCE_CITY = "evidence.city"
    EVIDENCE_COUNTRY = "evidence.country"
    EVIDENCE_DOMAIN = "evidence.domain"
    EVIDENCE_DUNS = "evidence.duns"
    EVIDENCE_INDUSTRY = "evidence.industry"
    EVIDENCE_LEGAL_FORM = "evidence.legal form"
    EVIDENCE_NAME = "evidence.name"
    EVIDENCE_NUMBER = "evidence.number"
    EVIDENCE_PHONE_OR_FAX = "evidence.phone or fax"
    EVIDENCE_POST_CODE = "evidence.post code"
    EVIDENCE_REGION = "evidence.region"
    EVIDENCE_STREET = "evidence.street"
    # warehouses
    FIELD_ROLE = "field.role"
    # several parties on one customer
    DOCKET_CONFLICT_ASSIGNED = "docket.conflict.assigned"  # kind
    DOCKET_CONFLICT_ESCALATED = "docket.conflict.escalated"  # kind
    DOCKET_CONFLICT_REOPENED = "docket.conflict.reopened"  # kind
    DOCKET_CONFLICT_MERGED = "docket.conflict.merged"  # kind
    CONFLICT_KIND_OUTRANKED = "conflict_kind.outranked"
    CONFLICT_KIND_DORMANT = "conflict_kind.dormant"
    CONFLICT_KIND_SUBSIDIARY = "conflict_kind.subsidiary"
    CONFLICT_KIND_RENEWAL = "conflict_kind.renewal"
    CONFLICT_KIND_QUOTA_GAMING = "conflict_kind.quota_gaming"
    RELATION_OUTRANKED = "relation.outranked"
    RELATION_OUTRANKS_US = "relation.outranks_us"
    RELATION_EQUAL_EVIDENCE = "relation.equal_evidence"
    RELATION_DORMANT_FIRST = "relation.dormant_first"
    # orders, payments and slips
    HAPPENED_ALLOTTED = "happened.allotted"
    HAPPENED_SCANNED = "happened.scanned"
    HAPPENED_FIRST_REVIEWED = "happened.first_reviewed"
    HAPPENED_SECOND_REVIEWED = "happened.second_reviewed"
    HAPPENED_RETURNED = "happened.returned"
    HAPPENED_ORIGINAL_SEEN = "happened.original_seen"  # value
    HAPPENED_EXCEPTED = "happened.excepted"  # value
    HAPPENED_PAID = "happened.paid"  # value
    HAPPENED_SLIP_RECORDED = "happened.slip_recorded"  # value
    HAPPENED_AUTHENTICATED = "happened.authenticated"  # value
    DOCKET_ORDER_FILED = "docket.order.filed"
    DOCKET_ORDER_SCANNED = "docket.order.scanned"
    DOCKET_ORDER_FIRST_REVIEWED = "docket.order.first_reviewed"
    DOCKET_ORDER_ACCEPTED = "docket.order.accepted"
    DOCKET_ORDER_RETURNED = "docket.order.returned"
    DOCKET_ORDER_AMENDED = "docket.order.amended"
    DOCKET_ORDER_REUPLOADED = "docket.order.reuploaded"
    DOCKET_ORDER_EXCEPTED = "docket.order.excepted"  # exception
    DOCKET_ORDER_EFFECTIVE = "docket.order.effective"  # from
    DOCKET_ORDER_VOIDED = "docket.order.voided"
    DOCKET_SLIP_WAITING = "docket.slip.waiting"
    DOCKET_SLIP_MATCHED = "docket.slip.matched"
    DOCKET_SLIP_DISPUTED = "docket.slip.disputed"
    DOCKET_SLIP_VOIDED = "docket.slip.voided"
    DOCKET_PAYMENT_RECEIVED = "docket.payment.received"
    DOCKET_PAYMENT_TAKEN_BACK = "docket.payment.taken_back"
    FIELD_FORM_NUMBER = "field.form_number"
    FIELD_ALLOTMENT = "field.allotment"
    FIELD_ORIGINALS = "field.originals"
    FIELD_STAMPED = "field.stamped"
    FIELD_SIGNATORY = "field.signatory"
    FIELD_SCAN = "field.scan"
    FIELD_SCAN_AT = "field.scan_at"
    FIELD_RETURNED_AT = "field.returned_at"
    FIELD_FIRST_REVIEW = "field.first_review"
    FIELD_SECOND_REVIEW = "field.second_review"
    FIELD_FIRST_REVIEWED_BY = "field.first_reviewed_by"
    FIELD_SECOND_REVIEWED_BY = "field.second_reviewed_by"
    FIELD_AUTHENTICATED = "field.authenticated"
    FIELD_AUTHENTICATED_AT = "field.authenticated_at"
    FIELD_AUTHENTICATED_BY = "field.authenticated_by"
    FIELD_ARRIVED_AT = "field.arrived_at"
    FIELD_PAYER = "field.payer"
    FIELD_PAYMENT = "field.payment"
    FIELD_SLIP = "field.slip"
    FIELD_EXCEPTION = "field.exception"
    FIELD_CREDITED_FIRM = "field.credited_firm"
    FIELD_CREDITED_TO = "field.credited_to"
    WORD_SLIP_DUE = "word.slip_due"
    WORD_SLIP_REMIND = "word.slip_remind"
    WORD_PAYMENT_SHORT = "word.payment_short"
    WORD_PAYMENT_ARRIVES = "word.payment_arrives"
    WORD_ORDER_LOOKED_AT = "word.order_looked_at"
    WORD_SLIP_LOOKED_AT = "word.slip_looked_at"
    WORD_PASS = "word.pass"  # noqa: S105 - not a password
    WORD_RETURN = "word.return"
    WORD_RECEIVED = "word.received"
    WORD_FOUND = "word.found"
    WORD_RESENT = "word.resent"
    WORD_UNQUALIFIED = "word.unqualified"
    WORD_DUPLICATE_FORM = "word.duplicate_form"
    WORD_TAKEN_BACK = "word.taken_back"
    WORD_MATCHED = "word.matched"
    WORD_DISPUTED = "word.disputed"
    FIELD_POOL = "field.pool"
    FIELD_CONFIRMED_AT = "field.confirmed_at"
    FIELD_ENTERED_AT = "field.entered_at"
    FIELD_CREDIT = "field.credit"
    FIELD_APPLICATION = "field.application"
    CONFLICT_KIND_ILLEGAL_ENTRY = "conflict_kind.illegal_entry"
    CONFLICT_KIND_ILLEGAL_TRANSFER_IN = "conflict_kind.illegal_transfer_in"
    DOCKET_TRANSFER_IN_SUBMITTED = "docket.transfer_in.submitted"
    DOCKET_TRANSFER_IN_INCOMPLETE = "docket.transfer_in.incomplete"
    DOCKET_TRANSFER_IN_IN_REVIEW = "docket.transfer_in.in_review"
    DOCKET_TRANSFER_IN_APPROVED = "docket.transfer_in.approved"
    DOCKET_TRANSFER_IN_REJECTED = "docket.transfer_in.rejected"
    DOCKET_TRANSFER_IN_WITHDRAWN = "docket.transfer_in.withdrawn"
    DOCKET_TRANSFER_IN_DONE = "docket.transfer_in.done"
