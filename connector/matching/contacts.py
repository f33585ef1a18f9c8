"""Phone numbers and internet names, reduced to what two records can share (R4.6, R4.7, R4.9)."""

import re
from typing import Final

import phonenumbers
import tldextract

from connector.matching.countries import country_code
from connector.matching.identity import Identity
from connector.matching.mail_houses import MAIL_HOUSES
from connector.matching.text import folded

_NOT_DIGIT: Final = re.compile(r"\D+")
_EXTENSION: Final = re.compile(r"(?:转|分机|ext\.?|extension|durchwahl|x|#|;ext=)\s*\d{1,6}\s*$")
_CHINESE_EXTENSION: Final = re.compile(r"^((?:\+?86[\s-]*)?\(?0\d{2,3}\)?[\s-]*\d{7,8})-\d{1,5}$")
_REPEATED: Final = re.compile(r"^(\d)\1+$")
_COUNTED: Final = "012345678901234567890"
KEY_DIGITS: Final = 8
SHORTEST: Final = 7

# The public suffix list that ships inside tldextract: never fetched, never written to disk.
_EXTRACT: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
_EXTRACT("example.com")


def phone_digits(text: str, country: str = "") -> str:
    """National digits without country code, trunk prefix or extension; empty when no number is there.

    The fast path keeps the digits as they are; the numbering plan is consulted only for numbers in
    international form, where the country code would otherwise pad a short number.
    """
    if not text:
        return ""
    flat = _EXTENSION.sub("", folded(text))
    chinese = _CHINESE_EXTENSION.match(flat)
    flat = chinese.group(1) if chinese else flat
    digits = _NOT_DIGIT.sub("", flat)
    if len(digits) < SHORTEST or _REPEATED.match(digits) or digits in _COUNTED:
        return ""
    if not flat.startswith(("+", "00")):
        return digits.lstrip("0")
    if len(digits) >= KEY_DIGITS + 3:  # the last eight are national digits whatever the country
        return digits.lstrip("0")
    try:
        number = phonenumbers.parse("+" + digits.lstrip("0"), country_code(country) or None)
    except phonenumbers.NumberParseException:
        return digits.lstrip("0")
    return str(number.national_number)


def phone_tail(digits: str) -> str:
    """The last eight digits: what phone, fax and mobile share as one key space."""
    return digits[-KEY_DIGITS:]


def same_line(first: str, second: str) -> bool:
    """Whether two digit strings are one line; a local number equals the longer one that ends in it."""
    if not first or not second:
        return False
    length = min(len(first), len(second), KEY_DIGITS)
    return length >= SHORTEST and first[-length:] == second[-length:]


def company_domain(email: str, website: str) -> frozenset[str]:
    """The registrable domains of both, without the mail houses that anybody uses."""
    found = set()
    for text in (email.rpartition("@")[2], website):
        if text and "." in text:
            domain = _EXTRACT.extract_str(folded(text)).top_domain_under_public_suffix
            if domain and domain not in MAIL_HOUSES:
                found.add(domain)
    return frozenset(found)


def contact_suspicion(identity: Identity, caller_id: str = "") -> tuple[str, ...]:
    """What is odd about the numbers as filed; empty when nothing is (R4.9, R4.6).

    Marks: `landline_is_fax`, `landline_is_caller`, `fax_is_caller`, `landline_is_mobile`,
    `landline_not_a_number`, `fax_not_a_number`. Landline = fax = caller shows all three of the first marks.
    """
    country = folded(identity.country)
    phone, fax, mobile, caller = (
        phone_digits(text, country) for text in (identity.phone, identity.fax, identity.mobile, caller_id)
    )
    checks = (
        ("landline_is_fax", same_line(phone, fax)),
        ("landline_is_caller", same_line(phone, caller)),
        ("fax_is_caller", same_line(fax, caller)),
        ("landline_is_mobile", same_line(phone, mobile)),
        ("landline_not_a_number", bool(identity.phone.strip()) and not phone),
        ("fax_not_a_number", bool(identity.fax.strip()) and not fax),
    )
    return tuple(mark for mark, holds in checks if holds)
