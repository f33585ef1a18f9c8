"""A canonical identity in the matcher's words: every field that it compares, its normal form, and its keys."""

from connector.canonical.record import Identity
from connector.matching import Identity as MatchIdentity
from connector.matching import fingerprint, keys
from connector.rules.identity import identity_of, keys_of, print_of

SAID = {
    "name": "Stadtwerke Auenried GmbH",
    "country": "Germany",
    "city": "Auenried",
    "street": "Am Anger 1",
    "postcode": "86150",
    "phone": "+49 821 123456",
    "fax": "+49 821 123457",
    "mobile": "+49 171 123456",
    "email": "info@auenried.de",
    "website": "www.auenried.de",
    "duns": "315000554",
}
CITY = Identity(**SAID, industry="Utilities", employees=40)


def test_the_matcher_is_told_what_names_a_customer_and_not_what_it_does() -> None:
    assert identity_of(CITY) == MatchIdentity(**SAID)


def test_an_identity_has_one_print_and_one_set_of_keys_worked_out_once() -> None:
    print_of.cache_clear()
    keys_of.cache_clear()
    there = fingerprint(MatchIdentity(**SAID))
    assert print_of(CITY) == there
    assert keys_of(CITY) == keys(there)
    assert keys_of(CITY)
    assert keys_of(Identity(name="Werft Bremen AG")) != keys(there)
    assert (keys_of.cache_info().misses, print_of.cache_info().misses) == (2, 2)
