"""Who is looked up, and what is remembered of who was not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from connector.matching import Frequencies, Identity, KeyKind, candidates, fingerprint, keys, kind_of


class Base:
    """An index in memory, as the store keeps it."""

    def __init__(self, records: Mapping[str, Identity]) -> None:
        self.index: dict[int, list[str]] = {}
        self.read: list[int] = []
        for ident, identity in records.items():
            for key in keys(fingerprint(identity)):
                self.index.setdefault(key, []).append(ident)

    def postings(self, wanted: Sequence[int]) -> Mapping[int, Sequence[str]]:
        self.read += wanted
        return {key: self.index[key] for key in wanted}

    def df(self, wanted: Sequence[int]) -> Mapping[int, int]:
        return {key: len(self.index[key]) for key in wanted if key in self.index}

    def look_up(self, name: str, cap: int = 1500, top: int = 100) -> Iterable[str]:
        return candidates(fingerprint(Identity(name=name)), self.postings, self.df, cap=cap, top=top)


def test_the_closest_record_comes_first() -> None:
    base = Base(
        {
            "a": Identity(name="Nordwind Energie GmbH"),
            "b": Identity(name="Nordwind Logistik GmbH"),
            "c": Identity(name="Sundvik Energie AG"),
        }
    )
    assert next(iter(base.look_up("Nordwind Energie"))) == "a"


def test_a_slip_of_the_pen_is_still_found() -> None:
    base = Base({"a": Identity(name="Melwalburg Consulting A/S"), "b": Identity(name="Torsvik A/S")})
    for slip in ("Melwalbsrg Consulting", "Melwelburg Consulting", "Mellwalburg", "Meelwalburg Konsulting"):
        assert "a" in base.look_up(slip), slip


def test_a_chinese_name_is_found_without_region_form_and_tradition() -> None:
    base = Base({"a": Identity(name="美来尔工程技术(北京)有限公司")})
    for name in ("美来尔工程技术有限公司", "美來爾工程技術", "北京美来尔股份有限公司", "北京市美来尔"):
        assert "a" in base.look_up(name), name


def test_a_key_over_the_cap_is_not_read_but_remembered() -> None:
    base = Base({str(number): Identity(name="Union Handel", phone="+49 30 1234567") for number in range(5)})
    found = candidates(
        fingerprint(Identity(name="Union Handel", phone="030 1234567")), base.postings, base.df, cap=4
    )
    assert found == []
    assert found.doubtful
    assert base.read == []
    assert KeyKind.LINE in {kind_of(key) for key in found.skipped}


def test_only_the_best_are_returned_in_an_order_that_is_always_the_same() -> None:
    base = Base({str(number): Identity(name=f"Union Handel {number}") for number in range(50)})
    first = list(base.look_up("Union Handel", top=20))
    assert first == list(base.look_up("Union Handel", top=20))
    assert len(first) == 20


def test_equals_too_many_to_be_told_apart_are_left_out_unless_a_key_points_at_them() -> None:
    """Law 9: which of fifty came first would be chance; a shared line always reaches a person."""
    alike = {str(number): Identity(name=f"Union Handel {number}") for number in range(50)}
    better = {"best": Identity(name="Union Handel Gera")}
    assert list(Base(alike | better).look_up("Union Handel Gera", top=10)) == ["best"]
    sharing = {ident: replace(one, phone="+49 30 1234567") for ident, one in alike.items()}
    base = Base(sharing)
    found = candidates(
        fingerprint(Identity(name="Molkerei", phone="030 1234567")), base.postings, base.df, cap=1500, top=10
    )
    assert len(found) == 10


def test_among_equals_the_id_decides_and_not_the_number_under_which_it_was_indexed() -> None:
    names = [f"r{number}" for number in range(50)]
    base = Base({name: Identity(name="Union Handel") for name in names})
    answers = []
    for numbered in (names, names[::-1]):

        def postings(wanted: Sequence[int], numbered: list[str] = numbered) -> Mapping[int, Sequence[int]]:
            return {key: [numbered.index(each) for each in ids] for key, ids in base.postings(wanted).items()}

        def named(numbers: Sequence[int], numbered: list[str] = numbered) -> Mapping[int, str]:
            return {number: numbered[number] for number in numbers}

        asked = fingerprint(Identity(name="Union Handel"))
        answers.append(candidates(asked, postings, base.df, cap=1500, top=10, named=named))
    assert answers[0] == answers[1] == sorted(names)[:10]


def test_a_record_that_says_nothing_finds_nobody() -> None:
    assert list(Base({"a": Identity(name="Acme")}).look_up("")) == []


def test_a_frequency_table_counts_each_record_once_and_is_named_by_its_content() -> None:
    table = Frequencies.build([(1, 1, 2), (2, 3)])
    assert (table.records, table.df(1), table.df(2), table.df(9)) == (2, 1, 2, 0)
    assert table.version == Frequencies.build([(3, 2), (2, 1)]).version
    assert table.version != Frequencies.build([(1, 2)]).version
    assert Frequencies.EMPTY.df(1) == 0


def test_a_frequency_table_survives_being_stored() -> None:
    table = Frequencies.build([(1, 2), (2, 3)])
    again = Frequencies.from_json(table.to_json())
    assert (again.version, again.records, again.df(2)) == (table.version, 2, 2)
    assert again.rarity(1) == table.rarity(1)


def test_a_frequency_table_cannot_be_changed() -> None:
    table = Frequencies.build([(1, 2)])
    with pytest.raises(AttributeError):
        table.records = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        table.counts[1] = 9  # type: ignore[index]


def test_keys_do_not_change_between_releases() -> None:
    """A stored index outlives the process: a changed key needs a rebuild, so this is noticed here."""
    assert keys(fingerprint(Identity(name="Siemens AG", phone="+49 89 12345678")))[:3] == KNOWN


KNOWN = (239743119243632983, 971315913409778046, 5063766510616470228)
