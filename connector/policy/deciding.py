"""Which keys of a policy file decided a finding: a change there is what would have changed it (R4.14).

By what the finding says, else by its rule. The first key is the one that drew the line; those after it say what
followed. `{fit}` is the section on who may act on such a record; `{stage}`, `{role}` and `{key}` come from the finding.
No key at all: no setting decided it, but a person, or what the record says.
"""

from collections.abc import Mapping

from connector.canonical.kind import Kind
from connector.canonical.phrase import Phrase
from connector.canonical.verdict import Finding

_FIT = {Kind.LEAD: "who_may_claim", Kind.OPPORTUNITY: "partners"}
"""Any other record is filed."""

PROTECTION = ("protection.lasts",)
"""What says until when an approved registration is protected."""

_FIRST = ("first_filing.counts_from", "same_customer.at_least", "protection.covers")

_BY_RULE: Mapping[str, tuple[str, ...]] = {
    # who may act
    "eligibility": ("{fit}.certified", "{fit}.tiers", "{fit}.territory"),
    "training": ("{fit}.trained",),
    "filed_for": ("who_may_file_for_another",),
    "known_firm": (),
    "terms": (),
    "rulings": ("rulings",),
    "proofs": ("evidence.proofs",),
    "silence_rules": ("by_silence",),
    # claims
    "quota": ("quota",),
    "claim_pace": ("claim_pace",),
    "claim_conditions": ("claim_conditions",),
    "cooldown": ("release.reclaim_after",),
    "affiliated": ("release.reclaim_after", "quota_counts"),
    "first_holder": (),
    "hold_ended": (),
    "fake_contact": ("suspicious_contact",),
    "contact": ("suspicious_contact",),
    "worked_late": ("worked_lead.within",),
    "ready_to_convert": ("ready_to_convert",),
    "help_wanted": ("help",),
    "unclaimed_lead": ("unclaimed_lead",),
    # filings
    "minimum_amount": ("minimum_amount",),
    "latest_stage": ("latest_stage",),
    "complete_filing": ("complete_filing.needs",),
    "first_contact": ("evidence.first_contact_within",),
    "silence": ("evidence.silence_at_most",),
    "evidence": ("evidence.needs", "evidence.points", "evidence.then"),
    "partner_partner": _FIRST,
    "name_variant": ("same_customer.ask_a_person_from", "same_customer.at_least"),
    "own_duplicate": ("same_customer.at_least",),
    "partner_direct": ("direct_sales.already_working.then", "direct_sales.already_working.activity_within"),
    "poach": ("direct_sales.closes_protected_deal", "protection.covers"),
    "deal_opened": (),
    "second_filing": ("second_filing.then", "second_filing.share", "second_filing.partners_at_most"),
    "outranked": ("customer_letter", "tender.proof_outranks"),
    "dormant_first": ("first_filing.dormant",),
    "subsidiary": ("protection.covers", "same_customer.subsidiary"),
    "superseded": ("customer_letter", "tender.proof_outranks", "first_filing.dormant"),
    "tender": ("tender",),
    "new_customer": ("new_customer",),
    "vendor_contact": ("vendor_contact",),
    "incumbent": ("incumbency",),
    "involved_early": ("involved_early",),
    "customer_contact": ("customer_contact",),
    "conditions": ("conditions",),
    "partial_approval": ("partial_approval",),
    "review": ("review",),
    "refile": ("after_lapse.file_again_after",),
    "open_registrations": ("open_registrations",),
    "filing_pace": ("filing_pace",),
    "protection": ("protection.lasts",),
    "spray": ("partner_quality.spray",),
    "lead_quality": ("partner_quality",),
    # in time
    "extension": ("protection.extend",),
    "extension_by_person": (),
    "appeal": ("appeal",),
    "decision_overdue": ("decide_within",),
    "escalation": ("escalate",),
    "stale_deal": ("stale_deals",),
    "person": (),
    # credit and money
    "sourcing_credit": ("sourcing_credit.lead_by",),
    "merged_credit": (),
    "came_meanwhile": ("same_customer", "protection.covers"),
    "claimed_meanwhile": ("same_customer_held", "duplicates", "same_customer"),
    "restored_excess": ("quota", "quota_per_person"),
    "restored_overflow": ("roles", "tracks", "grants"),
    "carried_credit": ("sourcing_credit.carried_within", "sourcing_credit.unsure"),
    "counted_once": (),
    "benefits": ("benefits", "bonuses", "benefits_at_most", "share"),
    "rival_discount": ("benefits",),
    "credit_passes": ("customer_letter", "tender.proof_outranks", "first_filing.dormant"),
    "budget": ("rebate_budget", "benefits"),
    "payout": ("rebate_budget.earned",),
    "payout_due": ("rebate_budget.payable",),
    "claw_back": ("rebate_budget.claw_back",),
    "payout_frozen": ("direct_sales.closes_protected_deal",),
    # staged sales
    "stage_known": ("stages",),
    "stage_evidence": ("stages.{stage}.needs", "stages.{stage}.then"),
    "manager_approval": ("approvals", "stages"),
    "skipped_stage": ("stages.{stage}.needs",),
    "revenue": ("stages.10.needs",),
    "go_no_go": ("go_no_go.first",),
    "pursuit": ("questions",),
    "lead_route": ("qualified_leads.route",),
    "partner_entry": ("partners.may_enter", "partners.then"),
    "partner_fit": ("partners.capabilities", "partners.lacking"),
    "partner_conflict": ("partners.another_partner",),
    "incumbency": ("renewals.look_back", "renewals.another_partner"),
    "completeness": ("picture",),
    "plan_size": ("plans",),
    "review_due": ("reviews",),
    "late_payment": ("late_payment_after",),
    "order_exception": (),
    # orders
    "order_authentication": ("orders.takes_effect.needs", "orders.authentication.accepts"),
    "order_credit": ("same_customer.at_least",),
    "reported_exception": (),
    "order_form": ("orders.takes_effect.needs",),
    "order_form_once": ("orders.takes_effect.needs",),
    "order_originals": ("orders.forms.copies", "orders.takes_effect.needs"),
    "order_stamp": ("orders.takes_effect.needs",),
    "order_signature": ("orders.takes_effect.needs",),
    "order_stands": (),
    "order_payment": ("orders.takes_effect.needs", "orders.payment.tolerance"),
    "order_registration": ("orders.registration_number",),
    "ordered_for": ("orders.for_another",),
    "order_scan": ("orders.takes_effect.needs",),
    "order_returned": ("orders.takes_effect.needs",),
    "order_reviewers": ("orders.reviews.apart",),
    "order_first_review": ("orders.takes_effect.needs",),
    "order_second_review": ("orders.takes_effect.needs",),
    "slip_match": ("same_customer.at_least",),
    "order_slip": ("orders.takes_effect.needs", "orders.slips.within"),
    # warehouses
    "warehouse_role": ("roles", "grants"),
    "warehouse_limit": ("roles", "tracks", "grants"),
    "entry_needs": ("entry.needs", "entry.missing"),
    "entry_valid": ("entry.not_valid", "entry.needs"),
    "entry_confirmed": ("entry.confirmed", "entry.missing"),
    "hand_over": ("duplicates.in_a_warehouse", "same_customer.at_least"),
    "public_pool": ("duplicates.in_the_wrong_pool", "zones"),
    "transfer_in": ("transfer_in.by",),
    "transfer_right": ("roles", "grants"),
    "sell_right": ("roles", "grants"),
    "apply_right": ("roles", "grants"),
    "in_a_pool": ("public_pools",),
    "account_right": ("roles", "grants"),
    "approval": ("transfer_in.approved_by",),
    "approval_right": ("transfer_in.approved_by", "roles"),
    "illegal_entry": ("automatic", "same_customer.at_least"),
    "illegal_transfer_in": ("automatic", "same_customer.at_least"),
    "fake_entry": ("automatic", "same_customer.at_least"),
    "credit_move": ("automatic",),
    "refused_sale": ("same_customer.at_least",),
}

_BY_PHRASE: Mapping[Phrase, tuple[str, ...]] = {
    Phrase.NOT_CERTIFIED: ("{fit}.certified",),
    Phrase.CERTIFICATE_LAPSED: ("{fit}.certified",),
    Phrase.TIER_NOT_PREFERRED: ("{fit}.tiers.prefer", "{fit}.tiers.others"),
    Phrase.WRONG_TERRITORY: ("{fit}.territory",),
    Phrase.UNKNOWN_TERRITORY: ("{fit}.territory",),
    Phrase.INACTIVE_PERSON: (),
    Phrase.NO_FIRM: (),
    Phrase.CLAIM_OVER_OWN_QUOTA: ("quota_per_person",),
    Phrase.CLAIM_WITHIN_OWN_QUOTA: ("quota_per_person",),
    Phrase.CLAIM_UNWORKED_OVER_QUOTA: ("quota", "quota_of"),
    Phrase.CLAIM_UNWORKED_WITHIN_QUOTA: ("quota", "quota_of"),
    Phrase.CLAIM_UNWORKED_OVER_OWN_QUOTA: ("quota_per_person", "quota_of"),
    Phrase.CLAIM_UNWORKED_WITHIN_OWN_QUOTA: ("quota_per_person", "quota_of"),
    Phrase.CLAIM_SAME_SECOND: ("same_second",),
    Phrase.LEAD_SAME_CUSTOMER: ("same_customer_held", "same_customer.at_least"),
    Phrase.LEAD_NAME_VARIANT: ("same_customer_held", "same_customer.ask_a_person_from"),
    Phrase.CONVERTED_UNWORKED: ("ready_to_convert.worked", "ready_to_convert.then"),
    Phrase.CONVERTED_EARLY: ("ready_to_convert.held_for", "ready_to_convert.then"),
    Phrase.CONVERTED_WITHOUT: ("ready_to_convert.needs", "ready_to_convert.then"),
    Phrase.LEFT_EMPTY: ("complete_filing.may_say_none",),
    Phrase.RIVAL_SAME_TIME: ("first_filing.same_time_within", "same_customer.at_least"),
    Phrase.SUPERSEDED_BY_LETTER: ("customer_letter",),
    Phrase.SUPERSEDED_BY_PROOF: ("tender.proof_outranks",),
    Phrase.SUPERSEDED_AS_DORMANT: ("first_filing.dormant",),
    Phrase.TENDER_FILED_LATE: ("tender.filed_late",),
    Phrase.TENDER_NO_PROOF: ("tender.proof_before",),
    Phrase.NOT_A_NEW_CUSTOMER: ("new_customer.no_purchase_within", "new_customer.then"),
    Phrase.VENDOR_CONTACT: ("vendor_contact.within", "vendor_contact.then"),
    Phrase.NOT_INCUMBENT: ("incumbency.non_incumbent", "incumbency.look_back"),
    Phrase.NOT_INCUMBENT_REDUCED: ("incumbency.share", "incumbency.non_incumbent"),
    Phrase.NOT_INVOLVED_EARLY: ("involved_early.activity_before_stage", "involved_early.then"),
    Phrase.CONTACT_ONE_NUMBER: ("customer_contact.one_number",),
    Phrase.CONTACT_OF_THE_FIRM: ("customer_contact.own_number",),
    Phrase.CONTACT_REUSED: ("customer_contact.reused",),
    Phrase.NO_PROTECTION: ("protection.lasts", "share"),
    Phrase.REFILE_AFTER_REJECTION: ("after_rejection.file_again_after",),
    Phrase.REFILE_AFTER_WITHDRAWAL: ("after_withdrawal.file_again_after",),
    Phrase.SPRAY_CAP: ("partner_quality.spray.cap", "partner_quality.spray.filings_at_least"),
    Phrase.SPRAY_REVIEW: ("partner_quality.spray.then", "partner_quality.spray.filings_at_least"),
    Phrase.EXTENSION_NOT_YOURS: ("protection.extend.asked_by",),
    Phrase.EXTENSION_BARRED: (),
    Phrase.EXTENSION_USED_UP: ("protection.extend.times",),
    Phrase.EXTENSION_TOO_LATE: ("protection.extend.late_by", "protection.lasts"),
    Phrase.EXTENSION_TOO_EARLY: ("protection.extend.not_before",),
    Phrase.EXTENSION_HARD_END: ("protection.renewed_by_activity.hard_end", "protection.extend.by"),
    Phrase.EXTENSION_NO_ACTIVITY: ("protection.extend.if",),
    Phrase.EXTENSION_IN_REVIEW: ("protection.extend.on_request",),
    Phrase.EXTENSION_REFUSED: ("protection.extend.on_request",),
    Phrase.EXTENSION_NO_WINDOW: ("protection.lasts",),
    Phrase.APPEAL_WAITS: (),
    Phrase.APPEAL_NOTHING: (),
    Phrase.APPEAL_NOT_YOURS: ("appeal.asked_by",),
    Phrase.APPEAL_USED_UP: ("appeal.times",),
    Phrase.APPEAL_TOO_LATE: ("appeal.within",),
    Phrase.APPEAL_HEARD: ("appeal.times", "appeal.to"),
    Phrase.CREDIT_UNSURE: ("sourcing_credit.unsure",),
    Phrase.STAGE_UNKNOWN: (),
    Phrase.STAGE_MISSING: ("stages.{stage}.needs", "stages.{stage}.then"),
    Phrase.STAGE_NOT_A_MANAGER: ("approvals",),
    Phrase.STAGE_PLAN_REFUSED: (),
    Phrase.SECOND_GO_WANTED: ("go_no_go.second.before", "go_no_go.second.then"),
    Phrase.GO_WANTED: ("go_no_go.first.before", "go_no_go.first.then"),
    Phrase.NO_GO_DECIDED: (),
    Phrase.GO_DECIDED: (),
    Phrase.LEAD_DROPPED: (),
    Phrase.PARTNER_TOO_EARLY: ("partners.may_enter.from", "partners.then"),
    Phrase.PARTNER_TOO_LATE: ("partners.may_enter.until", "partners.then"),
    Phrase.PLAN_QUESTIONS: ("plans", "questions"),
    Phrase.PLAN_NO_RATE: ("rates",),
    Phrase.NO_RATE: ("rates",),
    Phrase.REVIEW_PLAN_OVERDUE: ("reviews.plan",),
    Phrase.REVISIT_OVERDUE: ("reviews.revisit",),
    Phrase.EXPERTS_OVERDUE: ("reviews.experts_ahead",),
    Phrase.ORDER_AUTHENTICATED_OTHERWISE: ("orders.authentication.accepts",),
    Phrase.ORDER_AUTHENTICATION_LAPSED: ("orders.authentication.holds_for",),
    Phrase.ORDER_AUTHENTICATED_BY_SELLER: ("orders.takes_effect.needs",),
    Phrase.ORDER_SIGNED_BY_SALES: ("orders.forms.may_not_sign",),
    Phrase.ORDER_PAYMENT_SHORT: ("orders.payment.short_after", "orders.payment.tolerance"),
    Phrase.ORDER_REVIEWER_NOT_ENTITLED: ("orders.reviews.first_by", "orders.reviews.second_by"),
    Phrase.ORDER_REVIEWER_UNKNOWN: ("orders.reviews.first_by", "orders.reviews.second_by"),
    Phrase.ORDER_FORM_OWNER: (),
    Phrase.SLIP_NAMED: (),
    Phrase.SLIP_NO_ORDER: (),
    Phrase.ROLE_NO_WAREHOUSE: ("roles.{role}.warehouse", "grants"),
    Phrase.ROLE_HAS_WAREHOUSE: ("roles.{role}.warehouse", "grants"),
    Phrase.ROLE_MAY_NOT_ENTER: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_SELL: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_TRANSFER: ("roles.{role}.may", "grants"),
    Phrase.TRANSFER_ALLOWED: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_APPLY: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_OPEN_ACCOUNTS: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_SET_ZONES: ("roles.{role}.may", "grants"),
    Phrase.ACCOUNT_NOT_AN_AGENTS: ("roles.{role}.may",),
    Phrase.ACCOUNT_KEPT: ("roles.{role}.may", "grants"),
    Phrase.ROLE_MAY_NOT_APPROVE: ("transfer_in.approved_by", "roles.{role}.may"),
    Phrase.ENTRY_CONFIRMATION_OLD: ("entry.confirmed_within", "entry.missing"),
    Phrase.DUPLICATE_PERHAPS: ("duplicates.perhaps", "same_customer.ask_a_person_from"),
    Phrase.DUPLICATE_OWN_POOL: ("duplicates.in_its_own_pool",),
    Phrase.DUPLICATE_HELD_BY: (),
    Phrase.RULING_NEEDS_PERSON: ("automatic",),
    Phrase.PERSON_APPROVED: (),
    Phrase.PERSON_REJECTED: (),
    Phrase.TRANSFER_IN_OWN_WORD: (),
    Phrase.HELP_OVERDUE: ("help.answer_within",),
    Phrase.RULING_SECOND_WAITS: ("rulings",),
    Phrase.RULING_SAME_PERSON: ("rulings",),
    Phrase.RULING_NOT_ENTITLED: ("rulings",),
    Phrase.RULING_BEFORE_FIRST: ("rulings",),
    Phrase.SILENCE_APPROVES: ("by_silence",),
    Phrase.SILENCE_REJECTS: ("by_silence",),
    Phrase.SILENCE_WITHHELD: ("by_silence",),
    Phrase.ORDER_FOR_ANOTHER: ("orders.for_another",),
    Phrase.RULE_FAILED: (),
    Phrase.TERMS_UNKNOWN: ("{key}",),
}

_OF_PEOPLE = frozenset({"extension_by_person"})
"""Rules that only repeat what a person of ours ruled."""

_BY_CAUSE = {"customer_letter": ("customer_letter",), "tender_proof": ("tender.proof_outranks",)}
"""What outranks an earlier filing, as the finding names it."""

_BY_DEADLINE: Mapping[str, tuple[str, ...]] = {
    "work_by": ("worked_lead.within",),
    "work_remind": ("worked_lead.remind",),
    "unclaimed": ("unclaimed_lead",),
    "protection_ends": PROTECTION,
    "protection_remind": ("protection.remind",),
    "protection_start_by": ("protection.start_within",),
    "help_answer_by": ("help.answer_within",),
    "decide_by": ("decide_within",),
    "escalate": ("escalate",),
    "conflict_escalate": ("conflicts.escalate",),
    "payout_due": ("rebate_budget.payable",),
    "stale": ("stale_deals",),
    "deal_review": ("reviews.plan",),
    "deal_revisit": ("reviews.revisit",),
    "deal_experts": ("reviews.experts_ahead",),
    "deal_payment": ("late_payment_after",),
    "slip_due": ("orders.slips.within",),
    "slip_remind": ("orders.slips.remind",),
    "payment_short": ("orders.payment.short_after",),
}

RULES = frozenset(_BY_RULE)
"""The rules that this table knows: a test holds it complete."""


def keys_of(found: Finding, subject: Kind) -> tuple[str, ...]:
    """The dotted keys that decided this finding on a record of that kind; () where no setting did."""
    phrase = Phrase(found.message)
    keys = () if found.rule in _OF_PEOPLE else _BY_PHRASE.get(phrase)
    if found.rule == "outranked":
        keys = _BY_CAUSE.get(found.params.get("cause", ""))
    if keys is None:
        keys = _BY_RULE.get(found.rule, ())
    places = {"fit": _FIT.get(subject, "who_may_file"), "stage": "", "role": "", "key": "", **found.params}
    return tuple(key.format_map(places) for key in keys)


def keys_of_deadline(name: str) -> tuple[str, ...]:
    """The dotted keys that set a deadline, by the name of its tick (`work_remind_2d`, `conflict_escalate|0|…`)."""
    word = name.partition("|")[0]
    while word not in _BY_DEADLINE and "_" in word:
        word = word.rpartition("_")[0]
    return _BY_DEADLINE.get(word, ())
