"""Record ids: 18 characters, typed, with the checksum that Salesforce appends to the 15-character form."""

from typing import NewType

RecordId = NewType("RecordId", str)
OrgId = NewType("OrgId", str)

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class BadRecordId(ValueError):
    """A text that is no Salesforce id: give the 15- or 18-character id from the record's address."""


def checksum(short: str) -> str:
    """Three characters that make a case-sensitive 15-character id safe to compare without case."""
    out = ""
    for start in (0, 5, 10):
        bits = sum(1 << i for i, ch in enumerate(short[start : start + 5]) if "A" <= ch <= "Z")
        out += _ALPHABET[bits]
    return out


def record_id(text: str) -> RecordId:
    """The 18-character form of `text`, which may have 15 (as admins paste it) or 18 characters.

    Raises:
        BadRecordId: the text has another length, other characters, or a checksum that does not fit.
    """
    text = text.strip()
    if len(text) not in (15, 18) or not text.isascii() or not text.isalnum():
        raise BadRecordId(f"{text!r} is not a Salesforce id: expected 15 or 18 letters and digits")
    full = text[:15] + checksum(text[:15])
    if len(text) == 18 and full.upper() != text.upper():
        raise BadRecordId(
            f"{text!r} is not a Salesforce id: its last three characters should be {full[15:]!r}"
        )
    return RecordId(full)


def is_user(ident: str) -> bool:
    """Whether an owner id names a user rather than a queue (documented key prefix 005)."""
    return ident.startswith("005")


def is_queue(ident: str) -> bool:
    """Whether an owner id names a queue (documented key prefix 00G)."""
    return ident.startswith("00G")
