"""What `explain` says around the rules' own sentences: our own people read it, never a partner (law 17)."""

from enum import StrEnum


class Telling(StrEnum):
    """Keys of the catalogues. Their parameters stand in the English text; the catalogues are tested against it.

    The part after the first dot is the value it tells of: `happened.filed` tells of FactKind.FILED,
    `docket.claim.active` of ClaimState.ACTIVE.
    """

    # what happened
    HAPPENED_STANDING_CHANGED = "happened.standing_changed"  # value
    HAPPENED_ACCOUNT_KEPT = "happened.account_kept"  # value
    HAPPENED_MERGED = "happened.merged"  # value
    HAPPENED_DELETED = "happened.deleted"
    HAPPENED_RESTORED = "happened.restored"
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
    HAPPENED_HELP_ASKED = "happened.help_asked"  # value
    HAPPENED_HELP_ANSWERED = "happened.help_answered"  # value
    HAPPENED_HELP_WITHDRAWN = "happened.help_withdrawn"
    HAPPENED_SIGNED = "happened.signed"  # value
    HAPPENED_STAGE_MOVED = "happened.stage_moved"  # prior, value
    HAPPENED_CLOSED = "happened.closed"  # value
    HAPPENED_AFFIRMED = "happened.affirmed"  # value
    HAPPENED_EDITED = "happened.edited"  # value
    HAPPENED_NOTIFIED = "happened.notified"
    HAPPENED_ACTIVE = "happened.active"
    HAPPENED_CLOSE_MOVED = "happened.close_moved"
    HAPPENED_EXTENSION_ASKED = "happened.extension_asked"
    HAPPENED_EXTENSION_RULED = "happened.extension_ruled"  # value
    HAPPENED_APPEALED = "happened.appealed"
    HAPPENED_POLICY_PUBLISHED = "happened.policy_published"  # value
    HAPPENED_ADOPTED = "happened.adopted"
    HAPPENED_UNDONE = "happened.undone"  # value
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
    DOCKET_CLAIM_ON_HOLD = "docket.claim.on_hold"
    DOCKET_CLAIM_GONE = "docket.claim.gone"
    DOCKET_CLAIM_BACK = "docket.claim.back"  # at
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
    DOCKET_CREDIT_KEPT = "docket.credit.kept"  # firm
    DOCKET_CREDIT_FROZEN = "docket.credit.frozen"  # firm
    # kinds of conflict
    CONFLICT_KIND_PARTNER_PARTNER = "conflict_kind.partner_partner"
    CONFLICT_KIND_PARTNER_DIRECT = "conflict_kind.partner_direct"
    CONFLICT_KIND_NAME_VARIANT = "conflict_kind.name_variant"
    CONFLICT_KIND_FAKE_CONTACT = "conflict_kind.fake_contact"
    CONFLICT_KIND_REUSED_EVIDENCE = "conflict_kind.reused_evidence"
    CONFLICT_KIND_POACH = "conflict_kind.poach"
    CONFLICT_KIND_ACCOUNT_RIGHT = "conflict_kind.account_right"
    CONFLICT_KIND_ZONE_RIGHT = "conflict_kind.zone_right"
    # how another party stands to this record
    RELATION_PROTECTED_FIRST = "relation.protected_first"
    RELATION_PENDING_FIRST = "relation.pending_first"
    RELATION_SAME_TIME = "relation.same_time"
    RELATION_APPROVED_LATER = "relation.approved_later"
    RELATION_PENDING_LATER = "relation.pending_later"
    RELATION_OWN = "relation.own"
    RELATION_OWN_UNCLEAR = "relation.own_unclear"
    RELATION_OWN_LAPSED = "relation.own_lapsed"
    RELATION_OWN_ENDED = "relation.own_ended"
    RELATION_HOLDS_LEAD = "relation.holds_lead"
    RELATION_DIRECT = "relation.direct"
    RELATION_UNSURE = "relation.unsure"
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
    PAGE_TIMELINE = "page.timeline"
    PAGE_RECORDS = "page.records"
    PAGE_FIRM_CLAIMS = "page.firm_claims"  # held, quota, unworked, places
    PAGE_FIRM_REGISTRATIONS = "page.firm_registrations"  # count, open
    PAGE_CONFLICT_RESOLVED = "page.conflict_resolved"  # how, who
    PAGE_SINCE = "page.since"  # since
    PAGE_OPENED = "page.opened"  # since
    # what matching noted of two records
    LIKENESS_BASE = "likeness.base"
    LIKENESS_NO_NUMBER = "likeness.no_number"
    LIKENESS_ALONE = "likeness.alone"
    LIKENESS_REACHES = "likeness.reaches"  # kind
    LIKENESS_COMMON = "likeness.common"  # kind
    LIKENESS_CORE = "likeness.core"  # name
    LIKENESS_LETTERS = "likeness.letters"  # name
    LIKENESS_INITIALS = "likeness.initials"  # name
    LIKENESS_BRAND = "likeness.brand"  # name
    LIKENESS_INDUSTRY = "likeness.industry"  # name
    LIKENESS_PINYIN = "likeness.pinyin"  # name
    LIKENESS_SPELT = "likeness.spelt"  # words
    LIKENESS_BOTH = "likeness.both"  # name
    LIKENESS_AGAINST = "likeness.against"  # one, two
    LIKENESS_NOTHING = "likeness.nothing"
    LIKENESS_THE_FIRM = "likeness.the_firm"
    LIKENESS_TAIL_SHORT = "likeness.tail_short"
    LIKENESS_TAIL_SOUND = "likeness.tail_sound"
    LIKENESS_TAIL_SLIP = "likeness.tail_slip"
    LIKENESS_TAIL_OTHER_FIRM = "likeness.tail_other_firm"
    LIKENESS_TAIL_INSIDE = "likeness.tail_inside"
    LIKENESS_TAIL_MORE = "likeness.tail_more"
    LIKENESS_TAIL_ORDER = "likeness.tail_order"
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
    CONFLICT_KIND_ILLEGAL_ENTRY = "conflict_kind.illegal_entry"
    CONFLICT_KIND_ILLEGAL_TRANSFER_IN = "conflict_kind.illegal_transfer_in"
    DOCKET_TRANSFER_IN_SUBMITTED = "docket.transfer_in.submitted"
    DOCKET_TRANSFER_IN_INCOMPLETE = "docket.transfer_in.incomplete"
    DOCKET_TRANSFER_IN_IN_REVIEW = "docket.transfer_in.in_review"
    DOCKET_TRANSFER_IN_APPROVED = "docket.transfer_in.approved"
    DOCKET_TRANSFER_IN_REJECTED = "docket.transfer_in.rejected"
    DOCKET_TRANSFER_IN_WITHDRAWN = "docket.transfer_in.withdrawn"
    DOCKET_TRANSFER_IN_DONE = "docket.transfer_in.done"
    # credit, deals, benefits
    HAPPENED_LINKED = "happened.linked"  # value
    HAPPENED_BENEFIT_REVIEWED = "happened.benefit_reviewed"  # value
    HAPPENED_PAID_OUT = "happened.paid_out"  # value
    DOCKET_BENEFIT_LINE = "docket.benefit.line"  # kind, state, amount
    DOCKET_DEAL_LINE = "docket.deal.line"  # party, state, amount
    CONFLICT_KIND_SOURCING_CREDIT = "conflict_kind.sourcing_credit"
    # what would change it, until when, and through whose eyes
    PAGE_REMEDIES = "page.remedies"
    PAGE_APPEAL_UNTIL = "page.appeal_until"  # until
    PAGE_APPEAL_OPEN = "page.appeal_open"
    PAGE_APPEAL_OVER = "page.appeal_over"  # until
    PAGE_NO_APPEAL = "page.no_appeal"
    PAGE_POLICY_SINCE = "page.policy_since"  # policy, since
    PAGE_MASKED = "page.masked"
    PAGE_ACTS = "page.acts"
    PAGE_ENTRY_ASKED = "page.entry_asked"  # first
    # which setting of the policy decided
    PAGE_SETTING = "page.setting"  # key, setting, place
    PAGE_SETTING_DEFAULT = "page.setting_default"  # key, place
    PAGE_SETTING_ELSEWHERE = "page.setting_elsewhere"  # key
    PAGE_SETTING_CHANGED = "page.setting_changed"
    # deadlines, sign-offs, and what a score rests on
    PAGE_QUALITY_FIGURES = "page.quality_figures"  # filings, met, won
    # the life of a deal or customer
    PAGE_CONNECTOR = "page.connector"
    PAGE_CONFLICT = "page.conflict"  # kind
    PAGE_LOGGED = "page.logged"
    PAGE_WRITTEN = "page.written"  # fields
    PAGE_COLON = "page.colon"
    PAGE_SEMICOLON = "page.semicolon"
    PAGE_COMMA = "page.comma"
    # why the rules settled a conflict, where it is no state of a filing, kind of conflict or act
    PAGE_BY_RULE = "page.by_rule"  # why
    ENDED_SHARED = "ended.shared"
    ENDED_MERGED = "ended.merged"
    # what still has to be written to the org
    ATTEMPT_AVAILABLE = "attempt.available"
    ATTEMPT_RUNNING = "attempt.running"
    ATTEMPT_UNKNOWN = "attempt.unknown"
    ATTEMPT_RETRYABLE = "attempt.retryable"
    ATTEMPT_WRITTEN = "attempt.written"
    ATTEMPT_DEAD = "attempt.dead"
