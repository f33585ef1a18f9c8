"""Whether a number can be a landline and an address can be a place, and whether they are somebody else's (R4.6)."""

import re
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from connector.matching.address import Address
from connector.matching.address import read as read_address
from connector.matching.contacts import phone_digits, same_line
from connector.matching.countries import country_code
from connector.matching.identity import Identity
from connector.matching.text import folded

_EXTENSION: Final = re.compile(r"(?:转|分机|ext\.?|x|#)\s*\d{1,6}\s*$|(?<=\d{7})-\d{1,5}$")


def is_landline(text: str, country: str) -> bool:
    """Whether the text is a number of the country's numbering plan that is no mobile number.

    Without a country only a number in international form can be checked; any other passes if it has digits enough.
    """
    code = country_code(folded(country))
    region = code if len(code) == 2 else None
    bare = _EXTENSION.sub("", folded(text))
    if region is None and not bare.startswith(("+", "00")):
        return bool(phone_digits(text, country))
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return False
    valid = phonenumbers.is_valid_number(number)
    return valid and phonenumbers.number_type(number) is not PhoneNumberType.MOBILE


def is_address(identity: Identity) -> bool:
    """Whether street and number can be read out of it: a building that somebody could go to."""
    there = _address(identity)
    return bool(there.street and there.number)


def own_marks(customer: Identity, own: Identity) -> tuple[str, ...]:
    """Which of `phone`, `fax` and `street` a customer's record has in common with the filing firm's own."""
    lines = [phone_digits(text, own.country) for text in (own.phone, own.fax)]
    marks = []
    for name, text in (("phone", customer.phone), ("fax", customer.fax)):
        digits = phone_digits(text, customer.country)
        if any(same_line(digits, line) for line in lines):
            marks.append(name)
    here, there = _address(customer), _address(own)
    if here.street and here.number and (here.street, here.number) == (there.street, there.number):
        marks.append("street")
    return tuple(marks)


def _address(identity: Identity) -> Address:
    return read_address(identity.street, identity.postcode, identity.city)
