"""Chinese names taken apart (R4.7, R4.8)."""

import pytest

from connector.matching.han import split
from connector.matching.text import folded


@pytest.mark.parametrize(
    ("name", "brand", "industry", "place"),
    [
        ("美来尔工程技术有限公司", "美来尔", ("工程技术",), ""),
        ("美来尔工程技术(北京)有限公司", "美来尔", ("工程技术",), "北京"),
        ("浙江省杭州市远方光电股份有限公司", "远方", ("光电",), "浙江杭州"),
        ("瀛海集团控股有限公司", "瀛海", ("控股",), ""),
        ("上海银行股份有限公司", "上海", ("银行",), "上海"),
        ("江苏省国际信托有限责任公司", "江苏", ("国际", "信托"), "江苏"),
        ("㈱日立製作所", "日立制作所", (), ""),
        ("株式会社日立製作所", "日立制作所", (), ""),
        ("萬方實業（香港）有限公司", "万方", ("实业",), "香港"),
        ("雷山县风雷风电有限公司", "风雷", ("风电",), "雷山"),
    ],
)
def test_a_name_falls_into_brand_industry_and_place(
    name: str, brand: str, industry: tuple[str, ...], place: str
) -> None:
    parts = split(folded(name))
    assert parts.brand == brand
    assert parts.industry == industry
    assert "".join(parts.place[1:]) == place


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("中国建设银行股份有限公司佛山市分行", "佛山"),
        ("建行湘江支行", "湘江"),
        ("平安证券江苏分公司", "江苏"),
        ("汉口银行股份有限公司营业部", ""),
        ("华为技术有限公司北京办事处", "北京"),
        ("海淀区办事处", ""),
    ],
)
def test_a_branch_is_cut_from_its_firm(name: str, branch: str) -> None:
    parts = split(folded(name))
    assert parts.branch == branch
    assert parts.has_branch == bool(branch)


def test_a_bank_known_by_two_characters_is_spelled_out() -> None:
    assert split("工行佛山支行").core == split("中国工商银行股份有限公司佛山支行").core


def test_stripping_never_leaves_a_name_empty() -> None:
    for name in (
        "公司",
        "有限公司",
        "集团",
        "北京",
        "中国",
        "科技",
        "(北京)",
        "分公司",
        "市",
        "北京市分公司",
    ):
        assert split(name).core, name
