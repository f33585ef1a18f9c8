"""Every value kept as the org keeps it, whichever way it was read: by bulk, by query, by id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connector.ports.org import StreamStopped
from tests.contract.mirror.ground import TRAP, Org, Twin

Mirror = Callable[..., Twin]

WORDS = {
    "the literal NA": "NA",
    "the literal null": "null",
    "the literal None": "None",
    "the literal nan": "nan",
    "the literal N/A": "N/A",
    "the bulk null mark": "#N/A",
    "the literal true": "true",
    "a backslash N": r"\N",
    "a zero that is text": "007",
    "a number that is text": "1e5",
    "a stamp that is text": "2026-01-02T03:04:05.000+0000",
    "another stamp that is text": "2026-01-02T03:04:05Z",
    "an id that is text": "001gK0000000001",
    "one quote": '"',
    "quotes and commas": 'a "b", c,, "d""e"',
    "an apostrophe": "O'Brien\\'s",
    "a formula": "=1+1",
    "line feed": "one\ntwo",
    "carriage return": "one\rtwo",
    "both": "one\r\ntwo\r\n\r\nthree",
    "tab and vertical tab": "a\tb\vc\fd",
    "control characters": "\x01\x02\x07\x08\x0e\x1b\x1f\x7f",
    "C1 and separators": "\x80\x85\x9f\u00a0\u2028\u2029\ufeff",
    "emoji": "👩\u200d💻🏳️\u200d🌈 𝒳 😀",
    "combining, not normalised": "e\u0301 é ﬁ Å",
    "Han, Arabic, Hebrew": "上海电气 ㈱ العربية \u200fעברית",
    "leading and trailing blanks": "  two before, one after ",
    "only blanks": "   ",
    "an ideographic blank": "\u3000",
    "markup": "<b>&amp; &lt;</b>",
    "SOQL": "' OR Name != '",
    "255 characters": "ß" * 255,
}
NUMBERS: list[dict[str, Any]] = [
    {"Money__c": 0, "Big__c": 0, "Small__c": 0, "Share__c": 0},
    {"Money__c": -0.01, "Big__c": -1, "Small__c": 0.000000000000001, "Share__c": -0.5},
    {"Money__c": 10000000, "Big__c": 10000000, "Small__c": 0.001, "Share__c": 100},
    {"Money__c": 9999999.99, "Big__c": 9007199254740991, "Small__c": 0.00099, "Share__c": 999.99},
    {"Money__c": 123456789012.34, "Big__c": 123456789012345678, "Small__c": 123.456789012345},
    {"Money__c": 1e-2, "Big__c": 1e17, "Small__c": 1e-7, "Share__c": 12.5},
    {"Money__c": None, "Big__c": None, "Small__c": None, "Share__c": None},
]
MOMENTS: list[dict[str, Any]] = [
    {"Day__c": "2026-02-28", "Moment__c": "2026-03-29T01:30:00.000+0000", "Hour__c": "00:00:00.000Z"},
    {"Day__c": "1700-01-01", "Moment__c": "1700-01-01T00:00:00.000+0000", "Hour__c": "23:59:59.999Z"},
    {"Day__c": "4000-12-31", "Moment__c": "4000-12-31T23:59:59.000+0000", "Hour__c": "12:34:56.789Z"},
    {"Day__c": None, "Moment__c": None, "Hour__c": None},
]
CHOICES: list[dict[str, Any]] = [
    {"Choice__c": "NA", "Many__c": "Solar;Wind", "Flag__c": True},
    {"Choice__c": "None", "Many__c": "NA", "Flag__c": False},
    {"Choice__c": "null", "Many__c": "Wärme;Solar;NA", "Flag__c": None},
    {"Choice__c": "Nicht gelistet, aber erlaubt", "Many__c": None, "Flag__c": True},
    {"Choice__c": None, "Many__c": "", "Flag__c": False},
]
LONG: list[dict[str, Any]] = [
    {"Long__c": "Absatz mit Umlauten äöü\r\n" * 4000},
    {"Long__c": "".join(chr(code) for code in range(0x100, 0x3000))},
    {"Long__c": '","' * 30000},
    {"Rich__c": "<p>eins<br/>zwei &amp; drei</p>", "Area__c": "a\nb"},
    {"Long__c": "\n\n\n", "Area__c": "\n"},
]
CONTACTS: list[dict[str, Any]] = [
    {
        "Email__c": "a.b+c@sub.example.com",
        "Phone__c": "+49 (0) 221 / 47 11-0",
        "Link__c": "http://例え.jp/?a=b,c",
    },
    {"Email__c": None, "Phone__c": "NA", "Link__c": "null"},
]
BY_TYPE = [*NUMBERS, *MOMENTS, *CHOICES, *LONG, *CONTACTS]


def by_bulk(org: Org, twin: Twin, write: Callable[[], list[str]]) -> list[str]:
    ids = write()
    twin.snapshot()
    return ids


def by_query(org: Org, twin: Twin, write: Callable[[], list[str]]) -> list[str]:
    twin.snapshot()
    ids = write()
    twin.poll()
    return ids


def by_id(org: Org, twin: Twin, write: Callable[[], list[str]]) -> list[str]:
    twin.snapshot()
    ids = write()
    org.pass_time(61)
    twin.confirm()
    return ids


@pytest.fixture(params=[by_bulk, by_query, by_id], ids=["bulk", "query", "id"])
def read(request: pytest.FixtureRequest, org: Org, mirror: Mirror) -> Callable[..., tuple[Twin, list[str]]]:
    """Mirrors what `write` makes, by one of the three ways; gives the mirror and the ids."""

    def run(write: Callable[[], list[str]]) -> tuple[Twin, list[str]]:
        twin = mirror(TRAP)
        return twin, request.param(org, twin, write)

    return run


def test_odd_texts_are_kept_to_the_character(org: Org, read: Callable[..., tuple[Twin, list[str]]]) -> None:
    rows = [{"Name": name, "Text__c": text, "Long__c": text} for name, text in WORDS.items()]
    twin, ids = read(lambda: org.crowd(TRAP, rows))
    for ident, (name, text) in zip(ids, WORDS.items(), strict=True):
        held, theirs = twin.held(TRAP, ident), org.people.read(TRAP, ident)
        assert held is not None
        assert (theirs["Text__c"], theirs["Long__c"]) == (text, text), name
        assert (held.values["Text__c"], held.values["Long__c"]) == (text, text), name


def test_empty_text_is_null_as_in_the_org(org: Org, read: Callable[..., tuple[Twin, list[str]]]) -> None:
    twin, (empty, absent) = read(lambda: org.crowd(TRAP, [{"Text__c": "", "Area__c": ""}, {}]))
    for ident in (empty, absent):
        held = twin.held(TRAP, ident)
        assert org.people.read(TRAP, ident)["Text__c"] is None
        assert held is not None
        assert (held.values["Text__c"], held.values["Area__c"]) == (None, None)
    assert [diff for diff in twin.differences() if diff.record in {empty, absent}] == []


def test_every_type_reads_the_same(org: Org, read: Callable[..., tuple[Twin, list[str]]]) -> None:
    twin, ids = read(lambda: org.crowd(TRAP, BY_TYPE))
    assert [diff for diff in twin.differences() if diff.record in ids] == []


CANONICAL: list[tuple[str, Any, str]] = [
    ("Money__c", 10000000, "10000000"),
    ("Money__c", -0.01, "-0.01"),
    ("Money__c", 1.10, "1.1"),
    ("Big__c", 123456789012345678, "123456789012345680"),
    ("Small__c", 0.000000000000001, "0.000000000000001"),
    ("Small__c", 1e-7, "0.0000001"),
    ("Share__c", 0, "0"),
    ("Flag__c", True, "true"),
    ("Flag__c", False, "false"),
    ("Hour__c", "23:59:59Z", "23:59:59.000Z"),
    ("Moment__c", "2026-03-29T03:30:00.000+02:00", "2026-03-29T01:30:00.000Z"),
    ("Day__c", "2024-02-29", "2024-02-29"),
    ("Many__c", "Wind;Solar", "Solar;Wind"),
    ("Code__c", "Ab-ÄÖ/1", "Ab-ÄÖ/1"),
]
"""Field, the value written, and its one text."""


def test_a_value_has_one_canonical_text_however_it_was_read(org: Org, mirror: Mirror) -> None:
    ids = org.crowd(TRAP, [{field: given} for field, given, _ in CANONICAL])
    loaded, followed = mirror(TRAP), mirror(TRAP, name="followed.db")
    loaded.snapshot()
    followed.snapshot()
    for ident in ids:
        org.save(TRAP, ident, Phone__c="1")
    followed.poll()
    for twin in (loaded, followed):
        held = [twin.held(TRAP, ident) for ident in ids]
        values = [row and row.values[field] for row, (field, _, _) in zip(held, CANONICAL, strict=True)]
        assert values == [kept for _, _, kept in CANONICAL]


def test_amounts_keep_their_own_currency(org: Org, mirror: Mirror) -> None:
    rows = [{"Money__c": 12.34, "CurrencyIsoCode": code} for code in ("EUR", "USD", "DKK", "CNY")]
    ids = org.crowd(TRAP, rows)
    twin = mirror(TRAP)
    twin.snapshot()
    held = [twin.held(TRAP, ident) for ident in ids]
    assert [row.values["CurrencyIsoCode"] for row in held if row] == ["EUR", "USD", "DKK", "CNY"]
    assert {row.values["Money__c"] for row in held if row} == {"12.34"}


def test_ids_pasted_with_15_characters_are_18_in_the_mirror(org: Org, mirror: Mirror) -> None:
    firm = org.create("Account", Name="Kurz und lang")
    ident = org.create(TRAP, Firm__c=firm[:15], Text__c=firm[:15])
    twin = mirror(TRAP, "Account")
    twin.snapshot()
    held = twin.held(TRAP, ident)
    assert held is not None
    assert (held.values["Firm__c"], held.values["Text__c"]) == (firm, firm[:15])
    fetched = twin.gateway.retrieve(TRAP, [ident[:15]], ("Id", "Firm__c"))
    assert (fetched.column("Id"), fetched.column("Firm__c")) == ([ident], [firm])
    with twin.store.reading() as view:
        assert list(view.mirror.get(TRAP, [ident[:15]])) == [ident]


def test_ids_that_differ_only_in_case_are_two_records(org: Org, mirror: Mirror) -> None:
    lower, upper = "00Qxx00000000aa", "00Qxx00000000AA"
    org.migrate(
        "Lead", [{"Id": id18(each), "LastName": each, "Company": "Fall AG"} for each in (lower, upper)]
    )
    twin = mirror("Lead")
    twin.snapshot()
    with twin.store.reading() as view:
        found = view.mirror.get("Lead", [lower, upper])
    assert sorted(version.values["Id"] or "" for version in found.values()) == sorted(
        map(id18, (lower, upper))
    )
    assert twin.differences() == []


def id18(short: str) -> str:
    """The 18 characters, worked out here by the documented rule: a letter for the capitals of each five."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    fives = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(
        letters[sum(1 << place for place, char in enumerate(five) if "A" <= char <= "Z")] for five in fives
    )


def test_addresses_are_mirrored_by_their_parts(org: Org, mirror: Mirror) -> None:
    """Bulk rejects compound fields; they repeat their parts anyway."""
    parts = {
        "BillingStreet": "Hauptstraße 1\r\nHinterhaus, 2. OG",
        "BillingCity": "Köln",
        "BillingPostalCode": "00123",
        "BillingCountry": "Deutschland",
    }
    firm = org.create("Account", Name="Anschrift AG", **parts)
    twin = mirror("Account")
    twin.snapshot()
    held = twin.held("Account", firm)
    assert held is not None
    assert {name: held.values[name] for name in parts} == parts
    described = {each["name"]: each["type"] for each in twin.gateway.describe("Account")["fields"]}
    assert described["BillingAddress"] == "address"
    assert {described[name] for name in twin.mapping.objects["Account"]} & {"address", "location"} == set()
    with pytest.raises(StreamStopped, match=r"Account\.BillingAddress is of type address.*name its parts"):
        list(twin.gateway.snapshot("Account", ("Id", "BillingAddress")))
    assert twin.differences() == []


def test_both_ways_of_reading_give_one_checksum(org: Org, mirror: Mirror) -> None:
    """Rows read by bulk, and the same rows read by query, are the same to the last byte."""
    followed, loaded = mirror(TRAP), mirror(TRAP, name="loaded.db")
    followed.snapshot()
    org.crowd(TRAP, [{"Text__c": text} for text in WORDS.values()] + BY_TYPE)
    followed.poll()
    loaded.snapshot()
    with followed.store.reading() as one, loaded.store.reading() as other:
        assert one.mirror.checksum(TRAP) == other.mirror.checksum(TRAP)
