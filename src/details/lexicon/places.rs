//! Words that begin like a name and stand alone on a line where a letter ends: places of Liaoning, and things.

use crate::vocabulary::language::{language_table, word_list};

/// The province's cities, districts and counties as people write them, without 市, 区, 县.
const LIAONING: &str = "辽宁 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 沈抚 \
    和平 沈河 大东 皇姑 铁西 苏家屯 浑南 沈北 沈北新区 于洪 辽中 康平 法库 新民 \
    西岗 中山 沙河口 甘井子 旅顺 旅顺口 金州 金普 普兰店 长海 瓦房店 庄河 高新 \
    铁东 立山 千山 台安 岫岩 海城 新抚 东洲 望花 顺城 新宾 清原 平山 溪湖 明山 南芬 桓仁 \
    元宝 振兴 振安 宽甸 东港 凤城 古塔 凌河 太和 松山 黑山 义县 凌海 北镇 站前 西市 鲅鱼圈 老边 盖州 大石桥 \
    海州 新邱 太平 清河门 细河 阜蒙 彰武 白塔 文圣 宏伟 弓长岭 太子河 灯塔 \
    双台子 兴隆台 大洼 盘山 银州 清河 西丰 昌图 调兵山 开原 \
    双塔 龙城 建平 喀左 北票 凌源 连山 龙港 南票 绥中 建昌 兴城";

/// What letters complain about.
const THINGS: &str = "班车 班次 班线 车位 车道 车库 车棚 车费 车票 车次 井盖 井口 扶梯 扶手 管线 管网 水表 水管 水费 水压 水质 水箱 \
    路面 路牌 路标 路况 路段 路障 门禁 门牌 门诊 门槛 门头 安检 安保 单据 单号 卡口 卡号 房本 房证 房租 房价 房贷 房管 花坛 花园 花木 \
    林地 林木 石板 石墩 石桥 沙发 沙坑 沙石 毛巾 皮卡 巴士 牛羊 羊圈 马桶 鱼塘 梅花 柏油 柳树 杨树 桑树 金属 金库 钟表 钱箱 \
    农具 农药 农机 农资 农贸 农保 蓝天 红灯 红包 红线 黄灯 黄牛 黄线 黄土 白灯 白线 白条 空调 空地 空间 空位 池塘 温泉 冷库 冷气 \
    公厕 公园 公章 公车 公交 公路 公租 公证 公安 公告 公款 广场 广告 关卡 盖子 通道 通信 通讯 通勤 景点 童车 印台 印泥 师资 席位 \
    支架 支票 干线 干道 干渠 乐器 文具 文书 计价 计时 曲线 连廊 连锁 单车 单杠 强电 商场 商铺 商店 商标 商业 商圈 都市 查档 查册 查验 \
    党建 党务 储物 包车 包厢 章子 符号 项链 米面 米饭 麦田 麦子 安全门 车牌号 门把手 花名册 \
    周一 周二 周三 周四 周五 周六 周日 堵车 关门 施工队 高楼 师傅 师生 查账 牛肉 沙子 沙尘 宿舍 林业 牧民 谷物 秋收 暴雨 甘蔗 白酒 怀孕 索赔 咸菜 \
    籍贯 赖账 屠宰 党费 寿命 温水 冷水 庄稼 柴火 燕窝 文盲 弘扬 耿直 隆重 鞠躬 雷同 曾祖 祖宅 松绑 乌龙 钟点 马虎 贺卡 熊孩子 易拉罐 曲线图 万象城";

language_table!(REGIONS, "language/regions.tsv");
word_list!(PROVINCES, REGIONS, "province");
word_list!(CITIES, REGIONS, "city");
word_list!(COUNTRIES, REGIONS, "country");

/// How many words of the list above are the province and its cities, which people write without 市 everywhere.
const CITIES_OF_LIAONING: usize = 15;

/// The country, a province or a city that the text begins with, as people write it without 省 and 市.
pub(crate) fn place_at_start(text: &str) -> Option<&str> {
    let known = || [&PROVINCES, &CITIES, &COUNTRIES].into_iter().find_map(|words| words.at_start(text));
    LIAONING.split(' ').take(CITIES_OF_LIAONING).find(|place| text.starts_with(place)).or_else(known)
}

/// Whether the word is one of the province's places.
pub(crate) fn is_liaoning(word: &str) -> bool {
    LIAONING.split(' ').any(|place| place == word)
}

/// Whether the word is a thing that letters speak of.
pub(crate) fn is_thing(word: &str) -> bool {
    THINGS.split(' ').any(|thing| thing == word)
}
