"""A Chinese company name taken apart: region · brand + industry · (region) · 集团 · legal form · branch (R4.7, R4.8)."""

import re
from dataclasses import dataclass
from typing import Final

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
_HOUSE_END: Final = re.compile(r"银行|证券|信用合作社|信用合作联社|信用社|保险|事务所|研究院|研究所|集团|大学|酒店|医院")
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

# What a firm does, longest first when cut from the end; the rest in front of them is its brand.
INDUSTRY: Final = tuple(
    sorted(
        (
            "科技 技术 高科 高新 新技术 高技术 网络 网络科技 信息 信息技术 信息科技 软件 数据 数码 数字 智能 智慧 云计算 互联网 电商 电子商务 "
            "电子 电器 电气 电力 电工 电机 机电 光电 光学 激光 微电子 半导体 集成电路 芯片 通信 通讯 电讯 电信 传感 仪器 仪表 自动化 机器人 "
            "机械 机器 精机 精工 精密 工具 模具 轴承 阀门 装备 设备 制造 智造 重工 重型 重机 工业 实业 产业 企业 事业 工程 建筑 建设 建材 建工 建业 "
            "材料 新材料 新材 合金 金属 钢铁 特钢 特材 铜业 铝业 铝材 锂业 锂能 锆业 稀土 矿业 黄金 煤业 煤炭 煤矿 煤化工 煤焦 焦煤 煤焦化 石化 石油 天然气 燃气 油气 "
            "化工 化学 化纤 塑料 塑胶 橡胶 玻璃 陶瓷 水泥 商砼 混凝土 管材 型材 包装 印刷 纸业 造纸 纺织 服装 服饰 时尚 家纺 丝绸 皮革 "
            "能源 新能源 电源 电池 光伏 风电 水电 核电 发电 热力 节能 环保 环境 生态 水务 污水处理 再生资源 资源 清洁 清洁能源 "
            "医药 药业 制药 生物 生物医药 生物科技 生物技术 生物制药 生物制品 医疗 医疗器械 医疗科技 器械 健康 保健 医院 基因 疫苗 "
            "食品 饮料 酒业 葡萄酒 乳业 粮油 农业 农牧 牧业 育种 种业 饲料 水产 渔业 林业 苗木 园林 农垦 香料 香精 "
            "汽车 汽配 客车 汽车部件 汽车零部件 零部件 部件 配件 船舶 航空 航天 铁路 轨道 交通 运输 物流 供应链 港口 港务 公路 高速公路 海运 "
            "房地产 地产 置业 物业 开发 城建 装饰 装潢 设计 建筑设计 家居 家具 家电 日用品 化妆品 "
            "投资 创业投资 股权投资 基金 资本 资产 资产管理 金融 融资 担保 融资担保 租赁 融资租赁 信托 证券 期货 保险 银行 商业银行 农村商业银行 小额贷款 信用 保理 典当 "
            "商业 商贸 贸易 进出口 工贸 经贸 外贸 百货 零售 超市 连锁 电器商城 商城 商务 批发 "
            "文化 传媒 传播 广告 娱乐 影视 影业 电影 出版 教育 教育科技 培训 体育 旅游 酒店 大酒店 餐饮 游戏 动漫 艺术 "
            "咨询 管理 企业管理 信息咨询 服务 技术服务 人力资源 劳务 中心 研究院 研究所 设计院 研究 检测 测试 认证 "
            "控股 国际 发展 环球 全球 集成 系统 系统集成 应用 运营 经营 生产 加工 销售 供应 科学 制品 制造业 用品 产品 综合 连锁 联合 "
        ).split(),
        key=len,
        reverse=True,
    )
)
_INDUSTRY_SET: Final = frozenset(INDUSTRY)
_LONGEST: Final = max(map(len, INDUSTRY))


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
        for length in range(min(_LONGEST, len(rest)), 1, -1):
            if rest[-length:] in _INDUSTRY_SET:
                words.append(rest[-length:])
                rest = rest[:-length]
                break
        else:
            break
    return rest, tuple(reversed(words))

