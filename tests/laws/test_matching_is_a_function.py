"""Law 9: the score depends on the two records, a frozen frequency table and the policy; on nothing else."""

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.matching import (
    Frequencies,
    Identity,
    MatchPolicy,
    Outcome,
    alike,
    candidates,
    compare,
    fingerprint,
    keys,
    kind_of,
)

POLICY = MatchPolicy()

_WORDS = st.sampled_from(
    [
        *(
            "Siemens",
            "Müller",
            "Mueller",
            "Global",
            "Solutions",
            "GmbH",
            "AG",
            "Ltd.",
            "Limited",
            "II",
            "V",
            "2006",
        ),
        *(
            "(Schweiz)",
            "France",
            "S.A.R.L.",
            "&",
            "the",
            "1st",
            "-",
            "ООО",
            "Газпром",
            "IBM",
            "Branch",
            "Berlin",
        ),
        *(
            "北京",
            "上海市",
            "(集团)",
            "有限公司",
            "中国",
            "银行",
            "科技",
            "美来尔",
            "分公司",
            "办事处",
            "支行",
            "長城",
            "㈱",
        ),
    ]
)
_NAMES = st.one_of(
    st.lists(_WORDS, max_size=6).map(" ".join),
    st.lists(_WORDS, max_size=5).map("".join),
    st.text(max_size=20),
)
_LINES = st.one_of(
    st.sampled_from(
        ["", "+49 89 1234567", "089 1234567", "010-65123456-802", "(010) 6512 3456", "3865286", "0000000"]
    ),
    st.text(alphabet="0123456789+-() x转", max_size=18),
)
_TEXTS = st.one_of(
    st.just(""),
    st.sampled_from(["Berlin", "上海", "DE", "China", "10115", "12 Main St."]),
    st.text(max_size=12),
)
IDENTITIES = st.builds(
    Identity,
    name=_NAMES,
    country=_TEXTS,
    city=_TEXTS,
    street=_TEXTS,
    postcode=_TEXTS,
    phone=_LINES,
    fax=_LINES,
    mobile=_LINES,
    email=st.sampled_from(["", "a@siemens.com", "b@gmail.com", "c@foo.co.uk", "@", "x@"]),
    website=st.sampled_from(["", "https://www.siemens.com/de", "foo.co.uk", "http://", "qq.com", "..."]),
    duns=st.sampled_from(["", "12-345-6789", "123456789", "987654321", "-"]),
)
TABLES = st.lists(IDENTITIES, max_size=8).map(
    lambda base: Frequencies.build(keys(fingerprint(each)) for each in base)
)
POLICIES = st.builds(
    MatchPolicy,
    branch=st.sampled_from(["same", "different"]),
    subsidiary=st.sampled_from(["same", "different"]),
    key_cap=st.integers(0, 3),
)


@given(IDENTITIES, IDENTITIES, TABLES, POLICIES)
def test_a_pair_is_judged_alike_from_either_side(
    one: Identity, two: Identity, table: Frequencies, policy: MatchPolicy
) -> None:
    a, b = fingerprint(one), fingerprint(two)
    assert compare(a, b, table, policy) == compare(b, a, table, policy)


@given(IDENTITIES, IDENTITIES, TABLES, POLICIES)
@example(
    Identity(name="Siemens AG", phone="0123456"),
    Identity(name="Müller GmbH", fax="0123456"),
    Frequencies.EMPTY,
    POLICY,
)
@settings(max_examples=300)
def test_who_is_told_apart_early_is_different(
    one: Identity, two: Identity, table: Frequencies, policy: MatchPolicy
) -> None:
    whole = compare(fingerprint(one), fingerprint(two), table, policy)
    early = alike(fingerprint(one), fingerprint(two), table, policy)
    assert early == (None if whole.outcome is Outcome.DIFFERENT else whole)


@given(IDENTITIES, IDENTITIES, TABLES)
def test_the_same_arguments_give_the_same_answer(one: Identity, two: Identity, table: Frequencies) -> None:
    first = compare(fingerprint(one), fingerprint(two), table, POLICY)
    again = compare(fingerprint(one), fingerprint(two), table, POLICY)
    assert first == again
    assert keys(fingerprint(one)) == keys(fingerprint(one))


@given(st.lists(IDENTITIES, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_base_changes_nothing(base: list[Identity], shuffle: random.Random) -> None:
    prints = [fingerprint(each) for each in base]
    mixed = list(prints)
    shuffle.shuffle(mixed)
    table = Frequencies.build(keys(each) for each in prints)
    other = Frequencies.build(keys(each) for each in mixed)
    assert table.version == other.version
    assert compare(prints[0], prints[1], table, POLICY) == compare(prints[0], prints[1], other, POLICY)


@given(IDENTITIES, IDENTITIES, TABLES, POLICIES)
def test_the_contributions_add_up_to_the_score(
    one: Identity, two: Identity, table: Frequencies, policy: MatchPolicy
) -> None:
    answer = compare(fingerprint(one), fingerprint(two), table, policy)
    total = sum(each.weight for each in answer.contributions)
    assert 0.0 < answer.score < 1.0
    assert (answer.score >= policy.at_least) == (answer.outcome is Outcome.SAME)
    assert (answer.score < policy.ask_a_person_from) == (answer.outcome is Outcome.DIFFERENT)
    assert (answer.score > 0.5) == (total > 0.0) or abs(total) < 1e-9


@given(IDENTITIES)
def test_keys_are_stable_distinct_and_fit_a_signed_64_bit_column(identity: Identity) -> None:
    found = keys(fingerprint(identity))
    assert len(set(found)) == len(found) <= 24
    for each in found:
        assert 0 <= each < 2**63
        kind_of(each)


@given(IDENTITIES, IDENTITIES, st.integers(1, 50))
@example(
    Identity(name="国际贸易有限公司", city="北京"), Identity(name="国际贸易股份有限公司", city="上海"), 20
)
@example(Identity(name="北京银行"), Identity(name="北京银行"), 20)
@example(Identity(name="Acme", phone="+49 89 1234567"), Identity(name="Zenith", fax="089 1234567"), 5)
@settings(max_examples=200)
def test_a_key_too_common_to_search_still_gives_unsure_never_different(
    one: Identity, two: Identity, others: int
) -> None:
    a, b = fingerprint(one), fingerprint(two)
    table = Frequencies.build([keys(a), keys(b)] * (others + 1))
    policy = MatchPolicy(key_cap=1)
    shared = set(keys(a)) & set(keys(b))
    index = {each: ["b"] for each in keys(b)}
    found = candidates(
        a,
        lambda wanted: {each: index[each] for each in wanted if each in index},
        lambda wanted: {each: table.df(each) for each in wanted if each in index},
        cap=policy.key_cap,
    )
    assert set(found.skipped) == shared
    if found.doubtful:
        assert compare(a, b, table, policy).outcome is not Outcome.DIFFERENT


@given(IDENTITIES, st.sampled_from(["+49 30 7654321", "021-62345678"]))
def test_a_shared_line_alone_never_decides(identity: Identity, line: str) -> None:
    """R4.7, R4.9: other names behind one number go to a person, whatever else they share."""
    a = fingerprint(Identity(name="Quortex Werke", phone=line, email="a@shared.example"))
    b = fingerprint(Identity(name="Blenheim Hafen", fax=line, email="b@shared.example"))
    assert compare(a, b, Frequencies.build([keys(fingerprint(identity))]), POLICY).outcome is Outcome.UNSURE
