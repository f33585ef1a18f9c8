"""The kinds of canonical record. One org object may serve several (Account: partner and customer)."""

from enum import StrEnum


class Kind(StrEnum):
    PARTNER = "partner"
    PERSON = "person"
    POOL = "pool"
    CUSTOMER = "customer"
    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    REGISTRATION = "registration"
    ACTIVITY = "activity"
    CONFLICT = "conflict"
    APPROVAL = "approval"
    SIGN_OFF = "sign_off"
    ORDER = "order"
    PAYMENT = "payment"
    SLIP = "slip"
    ALLOTMENT = "allotment"
    TRANSFER_IN = "transfer_in"
