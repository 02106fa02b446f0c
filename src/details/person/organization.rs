//! The organisation that speaks: from a label, the letterhead or signature, or the subject's end.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use crate::details::lexicon::roles::is_department;
use crate::details::text::line::{Line, fold, is_han};
use crate::vocabulary::markers::read_front;

/// How organisations' names end. 局 and 厅 alone are too short to be one; the length is checked apart.
const SUFFIXES: &str = "有限责任公司 有限公司 公司 集团 工厂 厂 合作社 事务所 研究院 研究所 设计院 规划院 银行 \
    支行 分行 信用社 大学 学院 学校 中学 小学 幼儿园 党校 医院 卫生院 卫生服务中心 诊所 \
    药房 药店 超市 商店 酒店 饭店 餐厅 小吃店 便利店 书店 专卖店 旗舰店 理发店 维修店 连锁店 分店 网吧 商场 商城 餐馆 宾馆 旅馆 养老院 敬老院 福利院 驾校 图书馆 \
    博物馆 文化馆 体育馆 档案馆 海关 边检站 检测站 加油站 产业园 软件园 科技园 公证处 管理处 代表处 合伙企业 农场 林场 维修部 服务部 \
    批发部 综合部 市场部 协会 学会 商会 联合会 研究会 促进会 基金会 联盟 \
    工会 妇联 团委 残联 工商联 委员会 管委会 居委会 村委会 业委会 办公室 办事处 街道办 社区 \
    人民政府 政府 人民法院 法院 检察院 公安局 派出所 监狱 总局 管理局 分局 局 厅 发改委 \
    卫健委 国资委 住建委 编办 营商办 审改办 政务办 中心 服务站 工作站 总站 总队 支队 大队 \
    供电公司 自来水公司 燃气公司 报社 出版社 电视台 物业 俱乐部 工作室 经营部 门市部 政协 \
    项目部 车间 监委 专班 法工委 人大 团市委 团省委 团县委 民革 民盟 民建 民进 农工党 致公党 九三学社 台盟 省委会 市委会 市委 县委 区委 纪委 党支部 党委";

/// Beginnings of sentences that happen to end like an organisation.
const NOT_BEGINNINGS: &str = "建议 希望 请 应 增 加强 设立 设置 开设 建立 建设 成立 完善 优化 取消 明确 推进 推动 \
    提高 提升 支持 感谢 关于 对于 对 在 由 把 将 让 我 本 贵 各 该 此 全 一 及 与 \
    和 以 尊敬 致 抄送 主送 去 到 从 向 给 统一 打造 这 那 每 某个 所有 有关 相关 \
    任何 其他 不 没 为 是 你 您 他 她 它 多 少 更 简化 同意 方便 用 谢谢 感谢 寄自 来自 投诉 举报 反映";

/// Names that begin like such a sentence: places, brands, schools.
const BEGINNINGS: &str = "本溪 本钢 本山 和平 和田 和龙 和顺 和信 和谐 和兴 建设银行 建设集团 建设工程 建设监理 建设投资 \
    建设开发 建设发展 建设管理 建设局 贵州 贵阳 贵港 贵池 对外经济 对外贸易 对外经贸 向阳 向荣 向东 为民 希望小学 希望学校 希望中学 \
    希望集团 希望工程 全民 全聚 全家 全友 全季 全顺 全福 全兴 一汽 一重 一方 一中 一品 一心 应县 应城 应天 应用 增城 增益 统一企业 统一石化 统一食品 \
    多维 多福 多乐 多元 少年宫 少儿 从化 以岭 那曲 我爱我家 我乐 方便面 方便食品 每日优鲜";

/// Kinds of places that name none.
const GENERIC: &[&str] = &[
    "便民服务中心",
    "政务服务中心",
    "党群服务中心",
    "行政服务中心",
    "为民服务中心",
    "社区服务中心",
    "社区居委会",
    "村民委员会",
    "居民委员会",
    "街道办事处",
    "乡镇政府",
    "人民政府",
    "基层政府",
    "有关部门",
    "政务大厅",
    "便民服务站",
    "社区服务站",
    "人民法院",
    "人民检察院",
    "社区卫生服务中心",
    "行业协会",
    "中介机构",
    "工会组织",
    "服务中心",
];

/// Firms with English names: `Example Trading Co., Ltd.`
static LATIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Z][A-Za-z0-9&.,' ()-]{3,80} (?:Co\.?,? ?Ltd\.?|Inc\.?|LLC|Corp\.?|Corporation|Limited|Company|University|Institute|Association|Chamber of Commerce)$")
        .expect("a constant pattern")
});

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\p{Han}A-Za-z0-9()·&. 、-]{4,80}$").expect("a constant pattern"));

/// The seal: `（盖章）`, `(公章)`, `（章）` at the end or between.
static SEAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s*[(\[【<]?\s*(?:加盖公章|单位盖章|盖单位公章|盖公章|已盖章|电子签章|电子公章|盖\s*章|公\s*章|签\s*章|印\s*章|章略|(?:[(\[【]\s*章))\s*(?:处)?\s*[)\]】>]?\s*:?\s*$").expect("a constant pattern")
});

/// The head of an official letter: `某某市发改委关于《…》的复函`.
static LETTER_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<name>.{4,90}?)(?:关于|对)(?:《|“|征求|印发|报送|反馈|对|.{0,10}工作方案).{0,200}$")
        .expect("a constant pattern")
});

/// The text without its seal.
fn without_seal(text: &str) -> &str {
    let text = text.trim();
    SEAL.find(text).and_then(|seal| text.get(..seal.start())).unwrap_or(text).trim()
}

/// Reads a folded value as an organisation; its length in bytes from the start of the trimmed value.
fn is_name(text: &str) -> bool {
    if GENERIC.contains(&text) {
        return false;
    }
    let whole = text;
    // 某某会计师事务所（特殊普通合伙）
    let text = ["(特殊普通合伙)", "(普通合伙)", "(有限合伙)"]
        .iter()
        .find_map(|form| text.strip_suffix(form))
        .unwrap_or(text);
    let length = text.chars().count();
    let ends = || SUFFIXES.split(' ').any(|suffix| text.ends_with(suffix) && text.len() > suffix.len());
    let begins = || {
        let with = |words: &str| words.split(' ').any(|word| !word.is_empty() && text.starts_with(word));
        !with(NOT_BEGINNINGS) || with(BEGINNINGS) && !GENERIC.iter().any(|place| text.ends_with(place))
    };
    // The dear question last: hardly a line ends like an organisation.
    (4..=45).contains(&length)
        && ends()
        && !text.contains('的')
        && NAME.is_match(text)
        && whole.matches('(').count() == whole.matches(')').count()
        && text.chars().filter(|c| is_han(*c)).count() >= 4
        && begins()
}

/// Whether this is the office that holds the consultation, in full or shortened (省营商局).
fn is_office(text: &str, office: &str) -> bool {
    let mut rest = office.chars();
    let mut all = text.chars().filter(|c| !c.is_whitespace());
    all.all(|wanted| rest.any(|c| c == wanted))
}

/// Whether a line holds nothing but the office, as letters begin: `省营商环境建设局`.
pub(crate) fn is_addressee(text: &str, office: &str) -> bool {
    let text = text.trim().trim_end_matches([':', ',']).trim_start_matches("尊敬的").trim();
    (3..=30).contains(&text.chars().count()) && is_office(text, office)
}

/// Reads an organisation from text as written. `strict`: only a form that cannot be anything else.
pub(crate) fn read(raw: &str, office: &str, strict: bool) -> Option<String> {
    let folded = fold(raw);
    let raw = raw.trim();
    let text = folded.trim();
    if text.is_empty() || text.len() > 400 {
        return None;
    }
    let unsealed = without_seal(text);
    if unsealed.starts_with(|c: char| c.is_ascii_uppercase()) && LATIN.is_match(unsealed) {
        return Some(unsealed.to_owned());
    }
    let cut = unsealed.find([',', ';', '。', '!', '?', '\t', '|', ':']).unwrap_or(unsealed.len());
    let candidate = unsealed.get(..cut)?.trim_end().trim_end_matches(['(', '[']).trim_end();
    if strict && cut != unsealed.len() {
        return None;
    }
    // The name is spread over the line in old letterheads: 沈 阳 某 某 公 司.
    let spread =
        candidate.split_whitespace().all(|piece| piece.chars().count() == 1 && piece.chars().all(is_han));
    let compact: String = if spread { candidate.split_whitespace().collect() } else { candidate.to_owned() };
    let fits = is_name(&compact) || !strict && is_labelled_name(&compact);
    if !fits || is_office(&compact, office) {
        return None;
    }
    if spread {
        return Some(compact);
    }
    let length = candidate.chars().count();
    Some(raw.chars().take(length).collect::<String>().trim().to_owned())
}

/// Behind a label less proof is needed, but a form's own words are not an organisation.
fn is_labelled_name(text: &str) -> bool {
    let length = text.chars().count();
    (3..=45).contains(&length)
        && ![
            "无",
            "暂无",
            "没有",
            "自由职业",
            "个体",
            "保密",
            "匿名",
            "自动",
            "必填",
            "选填",
            "同上",
            "不详",
            "略",
            "待业",
            "退休",
            "未填",
        ]
        .iter()
        .any(|word| text.starts_with(word))
        && NAME.is_match(text)
        && text.chars().any(|c| is_han(c) || c.is_ascii_alphabetic())
        && !text.contains(['的', '、'])
        && !text.starts_with('由')
        && !text.ends_with("填写")
        && !NOT_BEGINNINGS.split(' ').take(8).any(|word| text.starts_with(word))
}

/// An organisation that stands alone on a line of the letterhead or the signature.
pub(crate) fn on_line(line: &Line<'_>, office: &str) -> Option<String> {
    let text = line.text.trim();
    if text.len() > 300 || text.ends_with(':') {
        return None;
    }
    let skipped = line.text.len() - line.text.trim_start().len();
    let raw = line.raw_of(skipped..line.text.len());
    let raw = raw.trim_start_matches(['—', '-', '–', ' ']);
    before_department(raw, office)
        .or_else(|| behind_date(raw, office))
        .or_else(|| read(raw, office, true))
        .or_else(|| before_date(raw, office))
}

/// The organisation on a line with its department or with who signs for it: `沈阳某某公司 段磊`, `某某公司 综合部`.
pub(crate) fn beside_name(line: &Line<'_>, office: &str) -> Option<String> {
    let skipped = line.text.len() - line.text.trim_start().len();
    let raw = line.raw_of(skipped..line.text.len());
    let raw = raw.trim_start_matches(['—', '-', '–', ' ']);
    let end = raw.find([' ', '\u{3000}', '\t', '、', '，', ',', '：', ':', '　'])?;
    read(raw.get(..end)?, office, true)
}

/// `2024年3月8日 沈阳某某公司`
fn behind_date(raw: &str, office: &str) -> Option<String> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*[12][0-9０-９]{3}\s*[年./-]\s*[0-9０-９]{1,2}\s*[月./-]\s*[0-9０-９]{1,2}\s*日?\s*")
            .expect("a constant pattern")
    });
    let begins = raw.trim_start().starts_with(['1', '2']);
    let date = begins.then(|| DATE.find(raw)).flatten()?;
    read(raw.get(date.end()..)?, office, true)
}

/// `沈阳某某公司 综合部`
fn before_department(raw: &str, office: &str) -> Option<String> {
    let (name, department) = raw.trim_end().rsplit_once([' ', '\u{3000}', '\t'])?;
    is_department(department).then(|| read(name, office, true)).flatten()
}

/// `沈阳某某公司 2024年3月11日`, `沈阳某某公司（盖章） 联系人…`.
fn before_date(raw: &str, office: &str) -> Option<String> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\s*(?:[12][0-9０-９]{3}\s*[年./-]|二[〇○零O0]二|[（(](?:盖章|公章|章)[)）]).{0,30}$")
            .expect("a constant pattern")
    });
    let date = DATE.find(raw)?;
    read(raw.get(..date.start())?, office, true)
}

/// The name at the head of an official letter's title line.
pub(crate) fn in_letter_title(line: &Line<'_>, office: &str) -> Option<String> {
    let text = line.text.trim();
    if text.len() > 500 {
        return None;
    }
    let found = LETTER_TITLE.captures(text)?;
    let name = found.name("name")?;
    let skipped = line.text.len() - line.text.trim_start().len();
    read(line.raw_of(skipped..skipped + name.end()), office, true)
}

/// The organisation behind the last dash or in the last brackets of a subject.
pub(crate) fn in_subject(subject: &str, office: &str) -> Option<String> {
    if subject.len() > 2000 {
        return None;
    }
    if let Some(found) = in_front(subject, office) {
        return Some(found);
    }
    let folded_end = subject.trim_end().trim_end_matches([')', '）', ']', '】', '〕']);
    let (_, last) = folded_end.rsplit_once([
        '—', '–', '-', '－', '_', '(', '（', '【', '[', '〔', '》', '：', ':', '|', ' ', '\u{3000}',
    ])?;
    // 沈阳某某（集团）有限公司 holds brackets of its own.
    let with_brackets =
        folded_end.rsplit_once(['—', '–', '-', '－', '_', '》', '|', ' ']).map(|(_, last)| last);
    with_brackets.and_then(|last| read(last, office, true)).or_else(|| read(last, office, true)).or_else(
        || {
            // …意见建议-某某公司-段磊
            let behind = folded_end.rsplit_once('》')?.1;
            if !behind.contains(['—', '–', '-', '－', '_', '|']) {
                return None;
            }
            behind.split(['—', '–', '-', '－', '_', '|']).find_map(|piece| read(piece, office, true))
        },
    )
}

/// `某某公司关于《…》的意见`, `【某某公司】《…》意见`, `某某公司：《…》`: who speaks before the title.
fn in_front(subject: &str, office: &str) -> Option<String> {
    // The bare tag, as most write it, names nobody.
    let (written, _) = subject.split_once('《')?;
    if written.trim().chars().filter(|c| is_han(*c)).count() < 4 && written.len() < 12 {
        return None;
    }
    let front = read_front(subject);
    if front.is_forward() {
        return None;
    }
    let (before, _) = front.rest.split_once('《')?;
    let before = before.trim().trim_start_matches(['【', '[', '(', '（']);
    let before = before.trim_end_matches([':', '：', '—', '-', '】', ']', ')', '）', ' ']);
    let before =
        ["关于对", "关于", "对于", "对"].iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    read(before, office, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str = "辽宁省营商环境建设局";

    #[test]
    fn organisations_alone_on_a_line() {
        for (written, expected) in [
            ("沈阳某某装备制造有限公司（盖章）", Some("沈阳某某装备制造有限公司")),
            ("某某市营商环境建设局", Some("某某市营商环境建设局")),
            ("沈阳某某（集团）有限公司", Some("沈阳某某（集团）有限公司")),
            ("大连某某商会  （公章）", Some("大连某某商会")),
            ("沈阳某某有限公司 2024年3月11日", Some("沈阳某某有限公司")),
            ("辽宁省营商环境建设局", None),
            ("省营商局", None),
            ("本溪市某某区财政局", Some("本溪市某某区财政局")),
            ("和平区人民政府办公室", Some("和平区人民政府办公室")),
            ("建设银行沈阳某某支行", Some("建设银行沈阳某某支行")),
            ("贵州某某酒业有限公司", Some("贵州某某酒业有限公司")),
            ("一汽某某柴油机有限公司", Some("一汽某某柴油机有限公司")),
            ("某某网吧", Some("某某网吧")),
            ("某某县纪委监委", Some("某某县纪委监委")),
            ("建议增设便民服务中心", None),
            ("建设更多便民服务中心", None),
            ("和其他部门一样去社区", None),
            ("各级人民政府", None),
            ("全市推广到乡镇政府", None),
            ("谢谢贵局", None),
            ("寄自沈阳市图书馆", None),
            ("由窗口填写", None),
            ("希望多去社区", None),
        ] {
            assert_eq!(
                read(written, OFFICE, true).or_else(|| before_date(written, OFFICE)).as_deref(),
                expected,
                "{written}"
            );
        }
    }

    #[test]
    fn organisation_at_the_end_of_a_subject() {
        let tag = "《某方案（征求意见稿）》意见建议";
        assert_eq!(
            in_subject(&format!("{tag}——沈阳市某某科技有限公司"), OFFICE).as_deref(),
            Some("沈阳市某某科技有限公司")
        );
        assert_eq!(
            in_subject(&format!("{tag}（沈阳市某某科技有限公司）"), OFFICE).as_deref(),
            Some("沈阳市某某科技有限公司")
        );
        assert_eq!(
            in_subject(&format!("{tag}-沈阳某某（集团）有限公司"), OFFICE).as_deref(),
            Some("沈阳某某（集团）有限公司")
        );
        assert_eq!(in_subject(tag, OFFICE), None);
        assert_eq!(in_subject(&format!("{tag}——张三"), OFFICE), None);
    }
}
