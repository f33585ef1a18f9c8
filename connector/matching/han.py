"""A Chinese name taken apart: region · brand + industry · (region) · 集团 · form · branch (R4.7, R4.8)."""

import re
from dataclasses import dataclass
from typing import Final

from connector.matching.han_words import INDUSTRY, LONGEST_INDUSTRY
from connector.matching.regions import NOWHERE, Place, leading_place, merged

_FORM: Final = re.compile(
    r"(?:股份有限责任公司|股份有限公司|有限责任公司|责任有限公司|股份有限|有限责任|责任公司|股份公司|有限公司|总公司|集团公司|公司"
    r"|合伙企业|个人独资企业|株式会社|有限会社|合同会社|股份|有限)$"
)
_LEADING_FORM: Final = re.compile(r"^(?:株式会社|有限会社|合同会社)")
_BRACKET: Final = re.compile(r"[(（\[【〔](.*?)[)）\]】〕]")
_NOT_NAME: Final = re.compile(r"[\W_]+")
_FORM_NOTE: Final = re.compile(r"^(?:有限合伙人?|普通合伙|特殊普通合伙|株|有|集团|控股|集团公司)$")
_BRANCH_END: Final = re.compile(
    r"(?:分公司|支公司|分行|支行|分理处|储蓄所|证券营业部|营业部|营业厅|办事处|代表处|联络处|分店|分部|分厂|分院|分校|项目部)$"
)
_INNER_BRANCH: Final = re.compile(r"分行|支行|分公司|支公司")
_FIRM_END: Final = re.compile(r"(?<![分支])公司|有限合伙")
_HOUSE_END: Final = re.compile(
    r"银行|证券|信用合作社|信用合作联社|信用社|保险|事务所|研究院|研究所|集团|大学|酒店|医院"
)
_BANK_SHORT: Final = {
    "工行": "工商银行",
    "农行": "农业银行",
    "建行": "建设银行",
    "中行": "中国银行",
    "招行": "招商银行",
    "交行": "交通银行",
    "邮储": "邮政储蓄银行",
}
_BRANCH_FILLER: Final = re.compile(r"[省市县区路街道]|自治州|新城|地区")


@dataclass(frozen=True, kw_only=True, slots=True)
class HanName:
    """The parts of one Chinese name. `core` is brand and industry together."""

    brand: str
    industry: tuple[str, ...]
    core: str
    place: Place
    brand_is_place: bool
    branch: str
    has_branch: bool
    group: bool


def split(name: str) -> HanName:
    """Take a folded name (see `text.folded`) apart."""
    place = NOWHERE
    extra = ""
    for inside in _BRACKET.findall(name):
        inner = _NOT_NAME.sub("", inside)
        found, rest = leading_place(inner)
        if found != NOWHERE and not rest:
            place = merged(place, found)
        elif not _FORM_NOTE.match(inner):
            extra += inner
    group = "集团" in name
    flat = _LEADING_FORM.sub("", _NOT_NAME.sub("", _BRACKET.sub(_kept_inside, name)))
    flat = _spelled_out(flat)
    head, branch, has_branch = _branch(flat)
    before = ""
    while before != head:
        before, head = head, _FORM.sub("", head)
        if len(head) > 2 and "集团" in head:
            head = head.replace("集团", "") or head
    head = head or flat
    start, rest = leading_place(head)
    place = merged(start, place)
    brand, industry = _industry(rest + extra)
    if not brand and len(industry) > 1 and start[0] and not any(start[1:]):  # 中国建设银行 is 建设银行
        brand, industry = industry[0], industry[1:]
    brand_is_place = not brand and start != NOWHERE
    if not brand:  # 上海银行, 中国银行: the place is the brand
        brand = next((level for level in reversed(start) if level), "")
    if not brand and industry:
        brand, industry = industry[0], industry[1:]
    brand = brand or flat or _NOT_NAME.sub("", name)
    return HanName(
        brand=brand,
        industry=industry,
        core=brand + "".join(industry),
        place=place,
        brand_is_place=brand_is_place,
        branch=branch,
        has_branch=has_branch,
        group=group,
    )


def _kept_inside(match: re.Match[str]) -> str:
    """Drop a bracket from the running text; what it says was read before."""
    return "集团" if match.group(1) == "集团" else ""


def _spelled_out(flat: str) -> str:
    for short, full in _BANK_SHORT.items():
        if flat.startswith(short):
            return full + flat[len(short) :]
    return flat


def _branch(flat: str) -> tuple[str, str, bool]:
    """(head, branch without filler, whether a branch is named at all)."""
    end = _BRANCH_END.search(flat)
    if end is None:
        return flat, "", False
    firm = None
    for firm in _FIRM_END.finditer(flat, 0, end.start()):  # noqa: B007 - the last one counts
        pass
    cut = firm or _HOUSE_END.search(flat, 1, end.start())
    if cut is None:
        return flat, "", False
    text = _INNER_BRANCH.sub("", flat[cut.end() : end.start()])
    bare = _BRANCH_FILLER.sub("", text) or text
    return flat[: cut.end()], bare, bool(bare)


def _industry(core: str) -> tuple[str, tuple[str, ...]]:
    """Cut industry words from the end while at least nothing but brand remains."""
    words: list[str] = []
    rest = core
    while rest:
        for length in range(min(LONGEST_INDUSTRY, len(rest)), 1, -1):
            if rest[-length:] in INDUSTRY:
                words.append(rest[-length:])
                rest = rest[:-length]
                break
        else:
            break
    return rest, tuple(reversed(words))
