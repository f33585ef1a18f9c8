"""Pairs as a channel desk would judge them."""

import pytest

from connector.matching import (
    Comparison,
    Frequencies,
    Identity,
    MatchPolicy,
    Outcome,
    compare,
    fingerprint,
    keys,
)

POLICY = MatchPolicy()


def judged(
    one: Identity | str,
    two: Identity | str,
    policy: MatchPolicy = POLICY,
    frequencies: Frequencies = Frequencies.EMPTY,
) -> Comparison:
    a, b = (Identity(name=each) if isinstance(each, str) else each for each in (one, two))
    return compare(fingerprint(a), fingerprint(b), frequencies, policy)


def test_the_case_of_the_source_is_one_customer() -> None:
    """R4.8: 美来尔工程技术有限公司 entered although 美来尔工程技术(北京)有限公司 had an owner."""
    assert judged("美来尔工程技术有限公司", "美来尔工程技术(北京)有限公司").outcome is Outcome.SAME


def test_opposite_regions_are_two_customers() -> None:
    answer = judged("美来尔工程技术(上海)有限公司", "北京美来尔工程技术有限公司")
    assert answer.outcome is Outcome.DIFFERENT
    assert any(each.field == "region" and "北京" in each.note for each in answer.contributions)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("深圳市拓搏实业有限公司", "深圳市拓博实业有限公司"),
        ("雷山县风雷风电有限公司", "雷山县天雷风电有限公司"),
        ("华润电力控股有限公司", "华润医疗控股有限公司"),
        ("Bowne of Atlanta, Inc.", "Bowne of Boston, Inc."),
        ("Government of Estonia", "Government of Ethiopia"),
        ("Saudi Arabian Gas Company", "Saudi Arabian Oil Company"),
        ("Nordsee Logistik GmbH", "Ostsee Logistik GmbH"),
    ],
)
def test_names_that_only_look_alike_are_two_customers(one: str, two: str) -> None:
    assert judged(one, two).outcome is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("上药康德乐股份(香港)有限公司", "上葯康德樂股份（香港）有限公司"),
        ("重庆得润汽车部件有限公司", "得润汽车部件（重庆）有限公司"),
        ("海通证券资产管理有限公司", "上海海通证券资产管理有限公司"),
        ("Siemens AG", "SiemensAG"),
        ("Müller Maschinenbau GmbH", "Mueller Maschinenbau GmbH & Co. KG"),
        ("Daimler-Benz AG", "Daimler Benz Aktiengesellschaft"),
        ("OAO Gazprom", "Газпром АО"),
        ("Wallmart Inc.", "Walmart Inc."),
    ],
)
def test_variants_of_one_name_are_one_customer(one: str, two: str) -> None:
    assert judged(one, two).outcome is Outcome.SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Deutsche Bank (Schweiz) AG", "Deutsche Bank AG"),
        ("Deutsche Bank AG", "Deutsche Bank GmbH"),
        ("Bain Capital Fund X L.P.", "Bain Capital Fund XI L.P."),
        ("厦门西海湾游轮城投资有限公司", "厦门西海湾邮轮城投资有限公司"),
        ("华为技术有限公司", "Huawei Technologies"),
        ("IBM Deutschland GmbH", "International Business Machines Deutschland"),
    ],
)
def test_a_real_doubt_goes_to_a_person(one: str, two: str) -> None:
    assert judged(one, two).outcome is Outcome.UNSURE


def test_a_branch_follows_the_policy() -> None:
    firm, branch = "中国农业银行股份有限公司", "中国农业银行股份有限公司厦门分行"
    assert judged(firm, branch).outcome is Outcome.SAME
    assert judged(firm, branch, MatchPolicy(branch="different")).outcome is Outcome.DIFFERENT


def test_two_branches_of_one_firm_go_to_a_person_or_are_two_customers() -> None:
    one, two = "招商银行厦门分行", "招商银行长沙分行"
    assert judged(one, two).outcome is Outcome.UNSURE
    assert judged(one, two, MatchPolicy(branch="different")).outcome is Outcome.DIFFERENT


def test_a_national_company_follows_the_policy() -> None:
    assert (
        judged("Siemens Danmark A/S", "Siemens AG", MatchPolicy(subsidiary="same")).score
        > judged("Siemens Danmark A/S", "Siemens AG").score
    )


def test_a_national_company_at_home_needs_no_country_in_its_name() -> None:
    home = Identity(name="Siemens A/S", country="DK")
    assert judged(Identity(name="Siemens Danmark A/S", country="Denmark"), home).outcome is Outcome.SAME


def test_the_same_d_u_n_s_number_decides_and_another_one_parts() -> None:
    one = Identity(name="Acme Holding", duns="12-345-6789")
    assert judged(one, Identity(name="Zenith Werke", duns="123456789")).outcome is Outcome.SAME
    assert judged(one, Identity(name="Acme Holding", duns="987654321")).outcome is Outcome.DIFFERENT


def test_a_fax_that_is_another_ones_phone_reaches_a_person() -> None:
    """R4.7: landline and fax are searched each, in one space."""
    one = Identity(name="华信科技有限公司", phone="010-65123456")
    two = Identity(name="金鼎贸易有限公司", fax="(010) 65123456")
    assert judged(one, two).outcome is Outcome.UNSURE


def test_a_shared_domain_alone_never_decides() -> None:
    one = Identity(name="Acme Medical", website="acme.com", phone="+49 30 1234567")
    two = Identity(name="Nordwind Energie", email="x@acme.com", phone="030 1234567")
    assert judged(one, two).outcome is Outcome.UNSURE


def test_an_absent_region_is_neutral() -> None:
    with_region = judged("北京华铁宏达科技有限公司", "北京华铁宏达科技有限公司").score
    without = judged("华铁宏达科技有限公司", "北京华铁宏达科技有限公司").score
    assert without >= POLICY.at_least
    assert with_region >= without


def test_a_common_name_says_less_than_a_rare_one() -> None:
    base = [keys(fingerprint(Identity(name="Union Logistics GmbH"))) for _ in range(4000)]
    base += [keys(fingerprint(Identity(name=f"Firm{number} Handel"))) for number in range(4000)]
    table = Frequencies.build(base)
    common = judged("Union Logistics", "Union Logistics Ltd", frequencies=table).score
    assert common < judged("Firm7 Handel", "Firm7 Handel Ltd", frequencies=table).score


def test_the_explanation_names_every_weight() -> None:
    """R4.14, R1.2: a person reads why."""
    answer = judged("北京美来尔工程技术有限公司", "美来尔工程技术(上海)有限公司")
    text = answer.explain()
    assert text.startswith("different, score 0.")
    assert "name +" in text
    assert "region -6.0  北京 against 上海" in text or "region -6.0  上海 against 北京" in text


def test_an_empty_record_is_like_nobody() -> None:
    assert judged("", "").outcome is Outcome.DIFFERENT
    assert judged("", "Siemens AG").outcome is Outcome.DIFFERENT


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match=r"ask_a_person_from 0\.9 and at_least 0\.8"):
        MatchPolicy(at_least=0.8, ask_a_person_from=0.9)


def test_one_letter_in_a_short_surname_goes_to_a_person() -> None:
    assert judged("Meier Bau GmbH", "Maier Bau GmbH").outcome is Outcome.UNSURE
    assert judged("Müller GmbH", "Möller GmbH").outcome is Outcome.UNSURE


def test_two_spellings_that_the_base_knows_well_are_two_words() -> None:
    names = [f"Alphanet {number} Handel" for number in range(600)] + [
        f"Alphabet {n} Handel" for n in range(600)
    ]
    table = Frequencies.build(keys(fingerprint(Identity(name=name))) for name in names)
    known = judged("Alphanet Handel", "Alphabet Handel", frequencies=table)
    assert known.outcome is not Outcome.SAME
    assert judged("Alphanet Handel", "Alphabet Handel").outcome is Outcome.SAME


def test_a_place_that_is_the_brand_tells_two_houses_apart() -> None:
    assert judged("江苏大学", "江苏科技大学").outcome is not Outcome.SAME
    assert judged("青岛银行股份有限公司", "青岛农村商业银行股份有限公司").outcome is not Outcome.SAME


def test_a_name_inside_another_needs_line_and_street_to_agree() -> None:
    one = Identity(name="Fuller", street="4214 S. St. Lawrence", phone="5351687")
    two = Identity(name="Chicago Public Schools Fuller", street="4214 S. St Lawrence", phone="5351687")
    assert judged(one, two).outcome is Outcome.SAME
    assert judged(one, Identity(name=two.name, phone=two.phone)).outcome is Outcome.UNSURE
    assert judged(one.name, two.name).outcome is Outcome.DIFFERENT


def test_two_numbered_firms_are_not_one() -> None:
    assert judged("El Valor Little Tykes I", "El Valor Little Tykes II").outcome is Outcome.UNSURE


def test_a_small_base_does_not_make_its_own_names_common() -> None:
    names = ["美来尔工程技术有限公司", "美来尔工程技术(北京)有限公司", "金鼎贸易有限公司"]
    table = Frequencies.build(keys(fingerprint(Identity(name=name))) for name in names)
    assert judged(names[0], names[1], frequencies=table).outcome is Outcome.SAME


@pytest.mark.parametrize(("one", "two"), [("Hoffmann AG", "Hofmann AG"), ("Wallmart", "Walmart")])
def test_a_doubled_letter_is_a_slip_of_the_pen(one: str, two: str) -> None:
    assert judged(one, two).outcome is Outcome.SAME


def test_a_shortened_word_helps_and_never_decides() -> None:
    line = {"street": "12224 Ventura Blvd.", "city": "Studio City", "phone": "818/762-1221"}
    one, two = Identity(name="Art's Delicatessen", **line), Identity(name="Art's Deli", **line)
    assert judged(one, two).outcome is Outcome.SAME
    assert judged("Micro Corp", "Microsoft Corp").outcome is Outcome.DIFFERENT


def test_lines_domain_and_street_without_an_agreeing_name_never_decide() -> None:
    shared = {"phone": "021-62345678", "website": "acme.cn", "street": "中山路12号", "city": "上海"}
    for one, two in (("凌云实业有限公司", "Acme Machinery Ltd"), ("", "Acme Machinery Ltd"), ("", "")):
        answer = judged(Identity(name=one, **shared), Identity(name=two, **shared))
        assert answer.outcome is Outcome.UNSURE, (one, two)
        assert answer.contributions[-1].field == "bound"
