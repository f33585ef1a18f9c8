"""The figures of the scorer, in log-odds, calibrated on labelled pairs (tests/benchmarks).

They were chosen by general shape: on pairs left out of the choice they do as well as on those it saw.
"""

from typing import Final

# How unlikely it is, before any evidence, that a candidate is the same customer.
PRIOR: Final = -2.0

# Names in letters: share of the two names' weight that agrees → weight.
AGREEMENT: Final = ((0.0, -6.0), (0.5, -2.5), (0.7, 1.0), (0.85, 3.6), (0.93, 5.0), (1.0, 6.0))
ONE_SIDED: Final = 0.55
BOTH_SIDED: Final = 1.2
ENOUGH: Final = 0.8  # identifying weight from which an agreement counts in full
CONTAINED: Final = 0.3  # every word of the one name stands in the other
CONTAINED_RARE: Final = 3.3  # and a word they share is rare in the base
NUMBERS_DIFFER: Final = -2.0
NUMBER_MISSING: Final = -1.7
FORMS_DIFFER: Final = -1.7
COUNTRIES_DIFFER: Final = -5.0
COUNTRY_MISSING: Final = -1.7
PINYIN_AGREES: Final = 3.4
INITIALS_AGREE: Final = 3.4

# Chinese names.
BRAND_SAME: Final = 5.0
BRAND_SAME_ONE_CHARACTER: Final = 3.6
BRAND_IS_PLACE: Final = 4.6
BRAND_SOUNDS_ALIKE: Final = 2.6  # three characters or more; two are two firms
BRAND_ONE_CHARACTER_OFF_LONG: Final = 2.6
BRAND_INSIDE: Final = 2.6
BRAND_DIFFERS: Final = -4.0
INDUSTRY_SAME: Final = 1.0
INDUSTRY_NEAR: Final = -0.3
INDUSTRY_MORE: Final = -0.5
INDUSTRY_ONLY_ONE: Final = -1.4
INDUSTRY_VAGUE: Final = -1.2  # 投资 against 控股 says little about two firms of one brand
INDUSTRY_MORE_AFTER_PLACE: Final = -3.2  # 江苏大学 and 江苏科技大学 are two houses
INDUSTRY_DIFFERS: Final = -3.2
RURAL_BANK: Final = -1.7  # 青岛银行 and 青岛农村商业银行 are two banks, yet old names mix them up
PLACES_DIFFER: Final = -6.0
PLACES_DIFFER_BY_ADDRESS: Final = -2.0
PLACES_AGREE: Final = 0.7

BRANCHES_DIFFER: Final = -2.2
BRANCH_AGAINST: Final = -8.0

# Everything but the name.
LINE_SAME: Final = 3.5
LINES_DIFFER: Final = -0.4
DOMAIN_SAME: Final = 3.0
DOMAINS_DIFFER: Final = -0.8
DUNS_SAME: Final = 12.0
DUNS_DIFFER: Final = -4.0
DUNS_DIFFER_IN_GROUP: Final = -0.5
STREET_SAME: Final = 2.2
STREETS_DIFFER: Final = -1.2
POSTCODE_SAME: Final = 0.8
POSTCODES_DIFFER: Final = -0.4
CITY_SAME: Final = 0.6
CITIES_DIFFER: Final = -1.0
COUNTRY_FIELDS_DIFFER: Final = -1.7

# A name that agrees less than this does not carry a SAME, whatever else is shared.
NAME_SUPPORTS: Final = 1.5
