"""Chinese places: which city lies in which province, and whether two sets of places contradict each other.

Facts of geography: provinces, prefectures, and the county-level cities that head names of firms.
"""

import re
from typing import Final

_PLACES: Final = """
北京
天津
上海
重庆
内蒙古 乌兰察布 乌海 兴安 包头 呼伦贝尔 呼和浩特 巴彦淖尔 赤峰 通辽 鄂尔多斯 锡林郭勒 阿拉善
广西 北海 南宁 崇左 来宾 柳州 桂林 梧州 河池 玉林 百色 贵港 贺州 钦州 防城港
西藏 山南 拉萨 日喀则 昌都 林芝 那曲 阿里
宁夏 中卫 吴忠 固原 石嘴山 银川 青铜峡
新疆 乌鲁木齐 伊犁 克孜勒苏 克拉玛依 博尔塔拉 吐鲁番 和田 哈密 喀什 塔城 巴音郭楞 昌吉 \
石河子 阿克苏 阿勒泰
河北 保定 唐山 廊坊 张家口 承德 沧州 石家庄 秦皇岛 衡水 邢台 邯郸 任丘 迁安
山西 临汾 吕梁 大同 太原 忻州 晋中 晋城 朔州 运城 长治 阳泉
辽宁 丹东 大连 抚顺 朝阳 本溪 沈阳 盘锦 营口 葫芦岛 辽阳 铁岭 锦州 阜新 鞍山
吉林 四平 延吉 延边 松原 梅河口 珲春 白城 白山 辽源 通化 长春
黑龙江 七台河 伊春 佳木斯 双鸭山 哈尔滨 大兴安岭 大庆 牡丹江 绥化 鸡西 鹤岗 黑河 齐齐哈尔
江苏 南京 南通 宿迁 常州 徐州 扬州 无锡 泰州 淮安 盐城 苏州 连云港 镇江 昆山 江阴 常熟 \
张家港 太仓 宜兴 丹阳 如皋 启东 海门 靖江 泰兴
浙江 丽水 台州 嘉兴 宁波 杭州 温州 湖州 绍兴 舟山 衢州 金华 义乌 慈溪 余姚 诸暨 温岭 瑞安 \
乐清 海宁 桐乡 东阳 永康
安徽 亳州 六安 合肥 安庆 宣城 宿州 巢湖 池州 淮北 淮南 滁州 芜湖 蚌埠 铜陵 阜阳 马鞍山 黄山
福建 三明 南平 厦门 宁德 泉州 漳州 福州 莆田 龙岩 晋江 石狮 福清 南安
江西 上饶 九江 南昌 吉安 宜春 抚州 新余 景德镇 萍乡 赣州 鹰潭
山东 东营 临沂 威海 德州 日照 枣庄 泰安 济南 济宁 淄博 滨州 潍坊 烟台 聊城 莱芜 菏泽 青岛 \
即墨 胶州 龙口 寿光 诸城 青州 滕州
河南 三门峡 信阳 南阳 周口 商丘 安阳 平顶山 开封 新乡 洛阳 漯河 濮阳 焦作 许昌 郑州 驻马店 \
鹤壁 巩义 新郑 长葛
湖北 仙桃 十堰 咸宁 天门 孝感 宜昌 恩施 武汉 潜江 神农架 荆州 荆门 襄阳 鄂州 随州 黄冈 黄石 \
大冶 宜都
湖南 娄底 岳阳 常德 张家界 怀化 株洲 永州 湘潭 湘西 益阳 衡阳 邵阳 郴州 长沙 浏阳 宁乡
广东 东莞 中山 云浮 佛山 广州 惠州 揭阳 梅州 汕头 汕尾 江门 河源 深圳 清远 湛江 潮州 珠海 \
肇庆 茂名 阳江 韶关 顺德
海南 三亚 海口
四川 乐山 内江 凉山 南充 宜宾 巴中 广元 广安 德阳 成都 攀枝花 泸州 甘孜 眉山 绵阳 自贡 资阳 \
达州 遂宁 阿坝 雅安 都江堰 什邡
贵州 六盘水 安顺 毕节 贵阳 遵义 铜仁 黔东南 黔南 黔西南
云南 临沧 丽江 保山 大理 德宏 怒江 文山 昆明 昭通 普洱 曲靖 楚雄 玉溪 红河 西双版纳 迪庆 \
香格里拉
陕西 咸阳 商洛 安康 宝鸡 延安 榆林 汉中 渭南 西安 铜川
甘肃 临夏 兰州 嘉峪关 天水 定西 平凉 庆阳 张掖 武威 甘南 白银 酒泉 金昌 陇南
青海 果洛 海东 海北 海南 海西 玉树 西宁 黄南
香港
澳门
台湾 台北 高雄 新竹 台中 台南 桃园
"""
# Province → its cities.
PROVINCES: Final = {line.split()[0]: tuple(line.split()[1:]) for line in _PLACES.strip().splitlines()}

_AUTONOMOUS: Final = (
    r"(?:(?:维吾尔|壮族|回族|藏族|蒙古|蒙古族|朝鲜族|哈萨克|土家族|苗族|侗族|布依族|羌族|彝族|白族|傣族|黎族|瑶族|"
    r"景颇族|傈僳族|哈尼族|柯尔克孜|满族|畲族)*自治[区州县])"
)
_PROVINCE_OF: Final = {city: name for name, cities in PROVINCES.items() for city in cities}
_PROVINCE_OF.update({name: name for name in PROVINCES})
_LONGEST: Final = max(map(len, _PROVINCE_OF))
_SUFFIX: Final = re.compile(rf"(?:{_AUTONOMOUS}|特别行政区|地区|省|市|县|区(?!域)|盟)?")
_COUNTY: Final = re.compile(
    rf"([\u4e00-\u9fff]{{2,3}}?)(?:{_AUTONOMOUS}|市|县|旗|(?<![园社地小特专景山新城])区)"
)
_NOT_A_TOWN: Final = tuple("城都超股门夜菜上书花")

Place = tuple[str, str, str, str]  # country, province, city, county; empty where unknown
NOWHERE: Final[Place] = ("", "", "", "")


def leading_place(text: str) -> tuple[Place, str]:
    """Split `text` into the place it starts with and the rest: 浙江省杭州市理想 → 浙江 杭州, 理想."""
    country, province, city, county = NOWHERE
    rest = text
    if rest.startswith("中国"):
        country, rest = "中国", rest[2:]
    while rest:
        name = _place_at_start(rest)
        if name and (not province or (_PROVINCE_OF[name] == province and not city and name != province)):
            province = _PROVINCE_OF[name]
            city = "" if name == province else name
            after = rest[len(name) :]
            rest = _SUFFIX.sub("", after, count=1) if _SUFFIX.match(after) else after
            continue
        town = None if county else _COUNTY.match(rest)
        if town and not town.group(1).endswith(_NOT_A_TOWN) and len(rest) > town.end() + 1:
            county, rest = town.group(1), rest[town.end() :]
            continue
        if name and name == city:  # 苏州苏州中心: said twice
            rest = rest[len(name) :]
            continue
        break
    return (country, province, city, county), rest


def _place_at_start(text: str) -> str:
    for length in range(min(_LONGEST, len(text)), 1, -1):
        if text[:length] in _PROVINCE_OF:
            return text[:length]
    return ""


def merged(first: Place, second: Place) -> Place:
    """`first`, with the levels it leaves open taken from `second` as long as the two agree."""
    if opposite(first, second):
        return first
    return (first[0] or second[0], first[1] or second[1], first[2] or second[2], first[3] or second[3])


def opposite(first: Place, second: Place) -> bool:
    """Whether the two name different places on some level; absent against present is no opposition."""
    return any(a and b and a != b for a, b in zip(first[1:], second[1:], strict=True))


def agree(first: Place, second: Place) -> bool:
    """Whether some level below the country is named by both, alike."""
    return any(a and a == b for a, b in zip(first[1:], second[1:], strict=True))


def shown(place: Place) -> str:
    return "".join(place[1:]) or place[0]
