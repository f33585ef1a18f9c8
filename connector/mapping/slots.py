"""The slots: what the rules may ask to be written, per kind, and of what sort each value is."""

from collections.abc import Mapping

from connector.canonical.kind import Kind
from connector.mapping.attributes import Sort

SLOTS: Mapping[Kind, Mapping[str, Sort]] = {
    Kind.PARTNER: {"claims_held": Sort.WHOLE, "claims_remaining": Sort.WHOLE},
    Kind.LEAD: {
        "owner": Sort.ID,
        "verdict": Sort.WORD,
        "message": Sort.TEXT,
        "work_by": Sort.MOMENT,
        "route": Sort.WORD,
        "pursuit": Sort.WORD,
    },
    Kind.REGISTRATION: {
        "status": Sort.WORD,
        "ruling": Sort.WORD,
        "message": Sort.TEXT,
        "missing": Sort.TEXT,
        "protected_from": Sort.MOMENT,
        "protected_until": Sort.MOMENT,
        "appeal_until": Sort.MOMENT,
        "in_conflict": Sort.TRUTH,
        "extension": Sort.WORD,
        "decide_by": Sort.MOMENT,
        "escalated_to": Sort.TEXT,
        "approved_lines": Sort.TEXT,
        "refused_lines": Sort.TEXT,
        "line_windows": Sort.TEXT,
        "share": Sort.NUMBER,
        "shared": Sort.TRUTH,
    },
    Kind.OPPORTUNITY: {
        "sourcing_partner": Sort.ID,
        "conflict_flag": Sort.WORD,
        "conflict_message": Sort.TEXT,
        "protected_until": Sort.MOMENT,
        "protected_for": Sort.ID,
        "stale_since": Sort.MOMENT,
        "stage": Sort.WORD,
        "stage_flag": Sort.WORD,
        "stage_step": Sort.WHOLE,
        "skipped_stages": Sort.TEXT,
        "stage_missing": Sort.TEXT,
        "stage_message": Sort.TEXT,
        "manager_message": Sort.TEXT,
        "plan_wanted": Sort.WORD,
        "go_no_go_wanted": Sort.WORD,
        "next_review": Sort.DAY,
        "review_flag": Sort.WORD,
        "completeness": Sort.WHOLE,
        "counts_as_revenue": Sort.TRUTH,
        "exception_flag": Sort.WORD,
        "partner_flag": Sort.WORD,
        "incumbent": Sort.ID,
    },
    Kind.TRANSFER_IN: {"status": Sort.WORD, "ruling": Sort.WORD, "message": Sort.TEXT},
    Kind.CONFLICT: {
        "key": Sort.TEXT,
        "kind": Sort.TEXT,
        "left": Sort.ID,
        "right": Sort.ID,
        "evidence": Sort.TEXT,
        "status": Sort.WORD,
        "resolution": Sort.TEXT,
        "desk": Sort.ID,
    },
    Kind.ORDER: {
        "state": Sort.WORD,
        "ruling": Sort.WORD,
        "message": Sort.TEXT,
        "missing": Sort.TEXT,
        "exception": Sort.WORD,
        "way_out": Sort.TEXT,
        "effective_at": Sort.MOMENT,
        "credited_firm": Sort.ID,
        "credited_to": Sort.ID,
        "slip_due": Sort.MOMENT,
    },
    Kind.PAYMENT: {"matched_order": Sort.ID},
    Kind.SLIP: {"matched": Sort.ID, "state": Sort.WORD, "message": Sort.TEXT},
}

CONTESTED = frozenset(
    {
        (Kind.LEAD, "owner"),
        (Kind.REGISTRATION, "status"),
        (Kind.OPPORTUNITY, "stage"),
        (Kind.TRANSFER_IN, "status"),
    }
)
"""Slots that people write too: always compare-and-set (law 12)."""
