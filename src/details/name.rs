//! Personal names: what is certainly one, what is only a hint.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::surnames::{begins_riskily, is_common, surname_length};
use super::text::is_han;

/// What a value that should be a name turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// A name.
    Name(String),
    /// Something that points to a person without naming him: `李女士`, `老王`, a nickname.
    Hint(String),
    /// Neither.
    Nothing,
}

/// Words that follow a surname or a name in address.
const TITLES: &str = "总经理 董事长 法定代表人 副主任 副局长 副处长 总工 先生 女士 小姐 同志 老师 教授 律师 \
    医生 大夫 主任 处长 科长 局长 厅长 经理 师傅 阿姨 大爷 大妈 大姐 大哥 大叔 大娘 奶奶 \
    爷爷 叔叔 同学 书记 校长 院长 主席 老板 会计 记者 警官 护士 站长 所长 队长 乡长 镇长 \
    村长 厂长 部长 主管 工程师 教练 班长 店长 秘书长 秘书 会长 理事长 专员 某某 某 工 总 \
    姐 哥 叔 姨 婶 嫂 老 局 处 科 董 导";

/// Words that begin what people write into a name field instead of a name: 居民代表, 个人名义.
const PLACEHOLDERS: &str = "匿名 保密 未填 不详 不便 不愿 不填 同上 自动 带出 必填 选填 填写 无名 市民 群众 网友 \
    居民 村民 公民 百姓 用户 热心 业主 企业 公司 单位 个人 先进 姓名 名字 职业 电话 手机 邮箱 家长 家庭 \
    学生 教师 工人 农民 党员 广大 全体 平台 部门 领导 如上 如下 如题 以上 公开 公示 应填 应当 应该 能够 都是";

/// Words that stand in a name field or at a letter's end and name nobody.
const NOT_NAMES: &str = "意见 建议 反馈 支持 同意 赞成 反对 希望 谢谢 感谢 多谢 敬礼 此致 祝好 祝愿 祝您 \
    顺祝 敬上 领导 部门 政府 方案 工作 服务 方便 方法 方式 方向 高效 高兴 高度 高质 高速 \
    安全 安心 平安 安好 安康 安排 成功 成立 成本 成果 常见 常态 常年 常用 何时 何地 何处 \
    何种 何必 文明 文件 文化 时间 时效 严格 严重 严禁 简单 简化 万分 万一 万事 单一 经济 \
    经常 经办 经过 关于 关注 关心 关键 党员 农民 农业 农村 云上 马上 华为 金融 金额 路上 \
    程序 程度 计划 计算 解决 解释 应该 应当 应急 应用 于此 于是 项目 强烈 强化 强制 毕竟 \
    毕业 习惯 容易 容缺 查询 查收 查看 查阅 汪汪 许多 许可 包括 包容 章程 房产 房屋 车辆 \
    温馨 温暖 景区 古城 东西 都是 充分 国家 国务 公共 公开 公平 公示 公正 公积 全程 全省 \
    全市 全文 全部 全体 全面 全家 利民 利用 利企 通知 通办 通过 空白 相关 相信 能够 别人 \
    家长 家庭 广大 广泛 红色 终端 权限 权利 权力 益处 水电 水平 明确 明白 明年 明天 和谐 \
    易懂 易用 易办 如上 如下 如题 以上 完毕 元旦 沈阳 盘锦 辽宁 大连 苏州 杭州 温州 常州 \
    徐州 郑州 贵州 江苏 江西 云南 安徽 安阳 贵阳 洛阳 海南 广州 广东 广西 山东 山西 管理 \
    管辖 管用 连续 连接 武警 包办 代办 帮办 时限 时常 向您 向贵 宣传 宣布 印发 印章 终身 \
    印象 柴油 牛奶 花费 花钱 步骤 满意 满分 满足 都行 都好 居住 年轻 学生 教师 工人 医生 \
    暂无 没有 不用 不要 测试 本人 我们 大家 年月日 计生 祝福 康复 石油 白天 童年 敬请 \
    顺颂 商祺 修改 修订 由衷 展望 门户 但是 原则 占用 底层 言论 才能 里程 来信 来函 敬启 \
    敬祝 智能 智慧 银行 银发 税务 税收 年度 撤回 卡片 卜卦 钱款 钱包 路线 费用 乐意 乐见 \
    明细 元素 平台 平等 平时 和平 计入 成员 成效 谈谈 谈话 宋体 强调 江边 童工 高层 高校 \
    高中 高考 夏天 夏季 田间 支付 支行 支撑 解读 解除 应对 单独 单纯 包含 包干 左右 石头 \
    程控 麻烦 贾平 危险 危害 刁难 虞城 支付宝";

/// Words that begin with a surname and are none where nothing but their form speaks for a name; behind a label 安静 is one.
const NOT_SIGNATURES: &str = "\
    成为 关系 方面 任务 任何 范围 丰富 劳动 平均 干部 武器 平民 平方 尤其 文章 文学 曾经 成绩 东北 东部 宗教 贡献 高级 周围 任期 成长 常务 \
    解放 文物 游客 文字 符合 危机 卫生 方针 成分 平衡 温度 厉害 尚未 简称 季节 房子 房间 谈判 游戏 文艺 山区 纪念 简介 司法 怀疑 任职 安装 \
    简直 何况 周期 陆续 连忙 干涉 巩固 宣告 支援 平日 平静 平稳 平常 平坦 平凡 边缘 支配 关闭 干净 干扰 干脆 干旱 干预 边界 边境 高于 高大 \
    封闭 周边 严肃 严密 严厉 严峻 严谨 严惩 单行 单向 单个 单元 单人 包围 包裹 庞大 农产 农场 农田 农户 农家 农用 简历 简易 付出 高温 高压 \
    高档 高端 高分 高新 高涨 安慰 安定 安置 安静 司机 支出 揭露 曲折 融合 融资 融入 方才 宗旨 硕士 闻名 谈到 谈论 储备 储存 储蓄 纪录 纪律 \
    印刷 辛苦 常规 常识 常设 董事 步伐 步行 舒服 舒适 申报 申诉 冷静 解开 解答 解散 解体 易于 管道 管制 管家 暴力 连同 连夜 游泳 焦点 焦急 \
    焦虑 车站 车牌 车子 车间 危急 关节 关联 关税 关切 左侧 左边 劳务 薄弱 束缚 乐观 乐趣 富裕 富于 毛病 勾结 景色 宣称 宣扬 扶贫 扶持 秋天 \
    郑重 凌晨 路边 路口 路灯 牢固 计较 计量 诸位 成交 成年 党政 愈来 马路 周末 周到 甘心 胡乱 庄重 仲裁 慎重 余额 迟早 妥善 廉价 费力 费时 \
    施行 施加 任用 任意 丰收 尚可 尚无 尚有 苏家 甘井 于家 农商 车管 车驾 路人 窗口 边城 江湖 山人 阳光 祝安 解民 卫生 史料 皮肤";

/// Characters that hardly occur in names but often in short sentences.
const NOT_IN_NAMES: &str =
    "的了吗呢吧是不我你您他她它们这那很把被请也就都没让给跟着过吃说看要想们么啊呀办件条页号第款省厅委";

/// Longest value that is looked at, in bytes.
const VALUE_BYTES: usize = 240;

/// Reads the value of a name label.
pub(super) fn read_labelled(value: &str) -> Reading {
    let value = clip(value).trim();
    let value = value.trim_start_matches(['“', '"', '‘', '\'', '_', '-', ' ']);
    let value = cut_at(value, |c| {
        matches!(
            c,
            ',' | '，'
                | ';'
                | '。'
                | '!'
                | '?'
                | '('
                | ')'
                | '['
                | ']'
                | '【'
                | '】'
                | '<'
                | '、'
                | '/'
                | '|'
                | '\t'
                | ':'
                | '”'
                | '"'
                | '…'
                | '~'
                | '_'
                | '+'
        ) || c.is_ascii_digit()
    });
    let value = value.trim().trim_end_matches(['\'', '’']);
    if let Some(name) = dotted(value).or_else(|| latin(value)) {
        return Reading::Name(name);
    }
    let pieces: Vec<&str> = value.split_whitespace().collect();
    // 联系人：法规处 韦明
    let departments = pieces.iter().take_while(|piece| super::role::is_department(piece)).count();
    let pieces = pieces.get(departments..).filter(|rest| !rest.is_empty()).unwrap_or(&pieces);
    let joined = join_spread(pieces);
    let Some(first) = joined.first() else { return Reading::Nothing };
    if first.chars().count() == 1 && surname_length(first) == 1 {
        return Reading::Hint(first.clone());
    }
    if is_given_without_surname(first) {
        return Reading::Name(first.clone());
    }
    match read_han(first, false) {
        Reading::Nothing
            if first.chars().all(is_han)
                && (2..=4).contains(&first.chars().count())
                && !is_stopped(first, false) =>
        {
            Reading::Hint(first.clone())
        }
        reading => reading,
    }
}

/// Mongolian and Tibetan names that are written without a surname: behind a label these parts prove them.
const GIVEN: &str = "其木格 其其格 格日勒 图雅 托娅 巴特尔 特木尔 额尔敦 额尔德 斯琴 萨仁 娜仁 乌云 乌日 高娃 牧仁 朝鲁 宝音 呼和 \
    苏日娜 塔娜 那日松 孟和 巴图 布和 布仁 阿拉坦 敖登 吉雅 呼斯楞 德力格尔 通拉嘎 阿木尔 扎西 卓玛 次仁 多吉 央金 旺姆 格桑 \
    丹增 尼玛 洛桑 平措 拉姆 才让 仁青 顿珠";

fn is_given_without_surname(word: &str) -> bool {
    (2..=7).contains(&word.chars().count())
        && word.chars().all(is_han)
        && GIVEN.split(' ').any(|part| word.starts_with(part) || word.ends_with(part))
}

/// Reads one word as a Chinese name. `by_itself`: nothing but its form says that it is one.
pub(super) fn read_han(word: &str, by_itself: bool) -> Reading {
    let length = word.chars().count();
    if !(2..=8).contains(&length) || !word.chars().all(is_han) {
        return Reading::Nothing;
    }
    if let Some(base) = without_title(word) {
        let base_length = base.chars().count();
        let surname = surname_length(base);
        if surname > 0 && base_length == surname || base_length == 2 && base.starts_with(['老', '小', '大'])
        {
            return Reading::Hint(word.to_owned());
        }
        if surname == 0 && base_length == 1 && !by_itself {
            return Reading::Hint(word.to_owned());
        }
        // 张建国先生; but 于海工 is three characters of a name.
        if surname > 0 && base_length >= 2 && base_length + 2 <= length && is_plain_name(base, by_itself) {
            return Reading::Name(base.to_owned());
        }
    }
    if length == 2
        && word.starts_with(['老', '小'])
        && word.chars().nth(1).is_some_and(|c| surname_length(&c.to_string()) == 1)
    {
        return Reading::Hint(word.to_owned());
    }
    if is_plain_name(word, by_itself) { Reading::Name(word.to_owned()) } else { Reading::Nothing }
}

fn is_plain_name(word: &str, by_itself: bool) -> bool {
    let length = word.chars().count();
    let surname = surname_length(word);
    let long_enough = length > surname && (2..=4).contains(&length);
    // By itself a word of four characters is a name only with a double surname: 简政放权 is none.
    let doubled = surname == 2 || word.chars().take(2).all(is_common);
    let long_enough = long_enough && (length < 4 || !by_itself || doubled);
    surname > 0 && long_enough && !is_stopped(word, by_itself) && !(by_itself && begins_riskily(word))
}

static STOPS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOT_NAMES.split(' ').collect());
static SIGNATURE_STOPS: LazyLock<HashSet<&str>> = LazyLock::new(|| NOT_SIGNATURES.split(' ').collect());

/// Whether the word is, or contains, something that no name does. Behind a label 许可心 is a name, 许可 is not.
fn is_stopped(word: &str, by_itself: bool) -> bool {
    static PLACEHOLDER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| PLACEHOLDERS.split(' ').collect());
    let stopped = if by_itself || word.chars().count() > 3 {
        begins_or_ends_with(word, &STOPS) || by_itself && begins_or_ends_with(word, &SIGNATURE_STOPS)
    } else {
        STOPS.contains(word)
    };
    let repeats = by_itself && {
        let mut chars = word.chars();
        let (first, second, third) = (chars.next(), chars.next(), chars.next());
        // 常常, 干干净净; 常来常往, 费时费力
        first == second || first == third && word.chars().count() == 4
    };
    repeats
        || word.chars().any(|c| NOT_IN_NAMES.contains(c))
        || begins_or_ends_with(word, &PLACEHOLDER_WORDS)
        || stopped
        || word.chars().count() >= 3
            && word.ends_with([
                '市', '县', '区', '局', '部', '院', '校', '店', '厂', '司', '会', '村', '镇', '街',
            ])
}

/// Whether the word begins or ends with one of these, none of which is shorter than two characters.
fn begins_or_ends_with(word: &str, stops: &HashSet<&str>) -> bool {
    word.char_indices().skip(1).map(|(at, _)| at).chain([word.len()]).any(|at| {
        let (front, behind) = word.split_at_checked(at).unwrap_or_default();
        stops.contains(front) || stops.contains(behind)
    })
}

/// The word before its title, when it ends with one.
fn without_title(word: &str) -> Option<&str> {
    TITLES.split(' ').filter_map(|title| word.strip_suffix(title)).find(|base| !base.is_empty())
}

/// Names with a middle dot: 阿依古丽·买买提. The dot is written in five ways.
pub(super) fn dotted(value: &str) -> Option<String> {
    let value = value.trim();
    let is_dot = |c: char| matches!(c, '·' | '•' | '‧' | '・' | '∙' | '．' | '.');
    if !value.contains(is_dot) {
        return None;
    }
    let parts: Vec<&str> = value.split(is_dot).map(str::trim).collect();
    let fits = parts.len() <= 4
        && parts.len() >= 2
        && parts.iter().all(|part| (2..=8).contains(&part.chars().count()) && part.chars().all(is_han));
    fits.then(|| parts.join("·"))
}

/// A name with a middle dot that nothing but its form proves: 高效·便民 and 高效.便民 are none.
pub(super) fn dotted_by_itself(value: &str) -> Option<String> {
    let name = dotted(value).filter(|_| !value.contains(['.', '．']))?;
    let is_word = |part: &str| begins_or_ends_with(part, &STOPS) || part.contains(['办', '的']);
    (name.chars().count() >= 5 && !name.split('·').any(is_word)).then_some(name)
}

/// Names in Latin letters: `David Chen`, `J. O'Neill`. At most four words, the first with a capital.
pub(super) fn latin(value: &str) -> Option<String> {
    let words: Vec<&str> = value
        .split(' ')
        .filter(|word| !word.is_empty())
        .take_while(|word| {
            word.chars().all(|c| c.is_alphabetic() && !is_han(c) || matches!(c, '.' | '-' | '\'' | '’'))
        })
        .collect();
    let capital = words.first()?.chars().next()?.is_uppercase();
    let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).count();
    let fits = capital && words.len() <= 4 && (2..=60).contains(&letters) && !is_placeholder(words.first()?);
    fits.then(|| words.join(" "))
}

fn is_placeholder(word: &str) -> bool {
    ["anonymous", "none", "null", "test", "n", "name", "mr", "mrs", "ms", "dr", "unknown"]
        .contains(&word.trim_end_matches('.').to_lowercase().as_str())
}

/// Joins spread names: `李  丽` is one name, `张三 李四` are two.
pub(super) fn join_spread(pieces: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut open = false;
    for piece in pieces {
        let length = piece.chars().count();
        let is_short_han = length <= 2 && piece.chars().all(is_han);
        match joined.last_mut() {
            Some(last)
                if open
                    && is_short_han
                    && last.chars().count() + length <= 4
                    && (length == 1 || last.chars().count() == surname_length(last)) =>
            {
                last.push_str(piece);
                open = length == 1 && last.chars().count() < 3;
            }
            _ => {
                joined.push((*piece).to_owned());
                open = is_short_han && length == surname_length(piece);
            }
        }
    }
    joined
}

fn clip(value: &str) -> &str {
    if value.len() <= VALUE_BYTES {
        return value;
    }
    let end = (0..=VALUE_BYTES).rev().find(|end| value.is_char_boundary(*end)).unwrap_or(0);
    value.get(..end).unwrap_or_default()
}

fn cut_at(value: &str, stop: impl Fn(char) -> bool) -> &str {
    value.find(stop).and_then(|end| value.get(..end)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Reading {
        Reading::Name(text.to_owned())
    }

    #[test]
    fn labelled_names() {
        assert_eq!(read_labelled("张建国"), name("张建国"));
        assert_eq!(read_labelled(" 李  丽 "), name("李丽"));
        assert_eq!(read_labelled("欧阳 娜娜"), name("欧阳娜娜"));
        assert_eq!(read_labelled("赵敏(综合部)"), name("赵敏"));
        assert_eq!(read_labelled("张建国先生"), name("张建国"));
        assert_eq!(read_labelled("阿依古丽・买买提"), name("阿依古丽·买买提"));
        assert_eq!(read_labelled("David Chen"), name("David Chen"));
        assert_eq!(read_labelled("张三 男 35岁"), name("张三"));
    }

    #[test]
    fn titles_and_nicknames_are_hints() {
        for hint in ["李女士", "王工", "张律师", "刘主任", "欧阳先生", "老王", "张某", "陈总"]
        {
            assert_eq!(read_labelled(hint), Reading::Hint(hint.to_owned()), "{hint}");
        }
        assert_eq!(read_labelled("风吹麦浪"), Reading::Hint("风吹麦浪".to_owned()));
    }

    #[test]
    fn words_in_a_name_field_that_name_nobody() {
        for value in [
            "自动带出",
            "匿名",
            "热心市民",
            "未填写",
            "不便透露",
            "",
            "无",
            "138",
            "同上",
            "某某市营商环境建设局",
        ] {
            assert_eq!(read_labelled(value), Reading::Nothing, "{value}");
        }
    }
}
