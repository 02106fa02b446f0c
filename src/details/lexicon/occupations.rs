//! Occupations: free words to the consultation's closed list.

use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::traditional::simplified;

use crate::details::text::fold::fold_case;

/// The list's value and the words that mean it, in the order in which equals are decided.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("退(离)休人员", &["退(离)休", "离退休", "退休", "离休", "退养", "内退"]),
    ("现役军人", &["现役军人", "现役", "军人", "士兵", "军官", "文职干部(军)", "武警"]),
    ("学生", &["学生", "在读", "研究生在读", "在读研究生", "大学生", "中学生", "博士生", "硕士生", "研究生"]),
    ("教师", &["教师", "老师", "教授", "讲师", "辅导员", "校长", "教员", "教育工作者"]),
    ("医生", &["医生", "医师", "大夫", "护士", "医护", "主治", "药师"]),
    ("律师", &["律师", "法律工作者", "法务"]),
    (
        "公务员",
        &["公务员", "机关干部", "政府工作人员", "机关工作人员", "选调生", "民警", "警察", "法官", "检察官"],
    ),
    (
        "事业单位工作人员",
        &[
            "事业单位工作人员",
            "事业单位",
            "事业编",
            "社区工作者",
            "社工",
            "窗口工作人员",
            "政务服务中心",
            "村干部",
            "图书馆员",
        ],
    ),
    (
        "企业管理人员",
        &[
            "企业管理人员",
            "企业管理",
            "总经理",
            "经理",
            "法定代表人",
            "法人代表",
            "董事",
            "董事长",
            "总监",
            "ceo",
            "hr",
            "人力资源",
            "企业负责人",
            "企业主",
            "高管",
            "行政主管",
        ],
    ),
    (
        "个人经营者",
        &["个人经营者", "个体", "个体户", "个体工商户", "店主", "老板", "经营户", "摊主", "自营", "商户"],
    ),
    (
        "专业技术人员",
        &[
            "专业技术人员",
            "专业技术",
            "工程师",
            "程序员",
            "技术员",
            "会计",
            "设计师",
            "建筑师",
            "研究员",
            "科研",
            "架构师",
            "审计",
            "造价",
            "开发工程",
            "it",
        ],
    ),
    (
        "文体人员",
        &["文体人员", "文体", "演员", "运动员", "教练", "记者", "编辑", "作家", "音乐", "画家", "主播"],
    ),
    (
        "自由职业者",
        &[
            "自由职业者",
            "自由职业",
            "自媒体",
            "自由撰稿",
            "网约车",
            "外卖",
            "骑手",
            "灵活就业",
            "零工",
            "代驾",
        ],
    ),
    ("农民", &["农民", "务农", "种地", "种植户", "养殖户", "村民", "果农", "菜农", "渔民", "农户"]),
    (
        "工人",
        &[
            "工人",
            "职工",
            "员工",
            "操作工",
            "司机",
            "技工",
            "产业工人",
            "普工",
            "打工",
            "务工",
            "快递员",
            "保安",
            "保洁",
        ],
    ),
    (
        "无业人员",
        &[
            "无业人员",
            "无业",
            "待业",
            "失业",
            "下岗",
            "下岗工人",
            "下岗职工",
            "失业工人",
            "家庭主妇",
            "全职妈妈",
            "宝妈",
            "无职业",
            "无工作",
        ],
    ),
    ("其他", &["其他", "其它"]),
];

/// The synonyms as they are compared, each with its list's value, its key and the key's length in characters.
static KEYS: LazyLock<Vec<(&str, String, usize)>> = LazyLock::new(|| {
    SYNONYMS
        .iter()
        .flat_map(|(value, words)| words.iter().map(move |word| (*value, key(word))))
        .map(|(value, key)| {
            let length = key.chars().count();
            (value, key, length)
        })
        .collect()
});

/// The synonyms as they are compared.
pub(crate) fn synonyms() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(_, word, _)| word.as_str())
}

/// Words that hold a synonym and mean something else, or nothing on the list.
const NOTHING: &[&str] = &[
    "退役军人",
    "退伍军人",
    "复员军人",
    "转业军人",
    "退役士兵",
    "退伍士兵",
    "退役军官",
    "转业军官",
    "教职工",
    "教职员工",
    "大学生村官",
    "老师傅",
    "研究生导师",
    "博士生导师",
    "硕士生导师",
    "学生时代",
    "学生时期",
    "教师节",
    "护士节",
];

/// Being retired is the present state, whatever the work was: 退休工程师.
const RETIRED: &str = "退(离)休人员";

/// Behind an occupation, these make it somebody else's: 医生的病人, 军人的妻子.
static SOMEBODY_ELSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^.{0,4}?(?:的[^,。;、]|家属|家长|家人|子女|爱人|妻子|丈夫|儿子|女儿|父亲|母亲|爸爸|妈妈|亲属|朋友|考生|家庭$)")
        .expect("a constant pattern")
});

/// Maps free words to a value of the consultation's list; `None` when nothing fits or the list lacks it.
pub(crate) fn map(written: &str, list: &[String]) -> Option<String> {
    let key = key(written);
    if key.is_empty() || key.len() > 600 {
        return None;
    }
    if let Some(exact) = list.iter().find(|value| self::key(value) == key) {
        return Some(exact.clone());
    }
    let wanted = self::key(best(&key)?);
    list.iter().find(|value| self::key(value) == wanted).cloned()
}

/// The box that is ticked in a form's list (`□公务员 ☑医生`, `教师（√）`), or the value itself when it is no list;
/// `None` for a list in which nothing is chosen.
pub(crate) fn chosen<'a>(raw: &'a str, list: &[String]) -> Option<&'a str> {
    const TICKS: [char; 8] = ['☑', '■', '√', '✓', '✔', '✅', '●', '◉'];
    const BOXES: [char; 4] = ['□', '☐', '○', '◯'];
    let brackets = ["( )", "()", "（ ）", "（）", "（　）", "[ ]", "[]"];
    let has_box = raw.contains(BOXES) || brackets.iter().any(|empty| raw.contains(empty));
    let ticks = raw.matches(TICKS).count();
    if !has_box && ticks == 0 {
        // The notice's whole list, with nothing marked.
        let named = list.iter().filter(|value| raw.contains(value.as_str())).take(4).count();
        return (named < 4).then_some(raw);
    }
    let (at, tick) = raw.char_indices().find(|(_, c)| TICKS.contains(c)).filter(|_| ticks == 1)?;
    let is_end = |c: char| {
        c.is_whitespace()
            || BOXES.contains(&c)
            || TICKS.contains(&c)
            || matches!(c, '、' | ',' | '，' | ';' | '；' | ')' | '）' | ']')
    };
    let behind = raw.get(at + tick.len_utf8()..)?;
    let leads = raw
        .trim_start()
        .starts_with(|c| BOXES.contains(&c) || TICKS.contains(&c) || matches!(c, '(' | '（' | '['));
    if leads {
        let behind = behind.trim_start_matches([' ', '\u{3000}', ')', '）', ']']);
        return behind.split(is_end).next().filter(|word| !word.is_empty());
    }
    let before = raw.get(..at)?.trim_end_matches([' ', '\u{3000}', '(', '（', '[']);
    before.rsplit(is_end).next().filter(|word| !word.is_empty())
}

/// Whether a word is an occupation and nothing else: it ends with a synonym (中学教师), or begins with being retired.
pub(crate) fn is_whole(word: &str) -> bool {
    const LONGEST_CHARS: usize = 10;
    let key = key(word.strip_suffix('的').unwrap_or(word));
    let length = key.chars().count();
    if !(2..=LONGEST_CHARS).contains(&length) || NOT_IN_A_WORD.iter().any(|part| key.contains(part)) {
        return false;
    }
    let Some(value) = best(&key) else { return false };
    value == RETIRED && ["休", "人员", "干部", "老人", "职工", "党员"].iter().any(|word| key.ends_with(word))
        || KEYS.iter().any(|(_, word, _)| key.ends_with(word.as_str()))
}

/// Parts of sentences about occupations: 建议教师.
const NOT_IN_A_WORD: &[&str] = &[
    "建议", "希望", "方便", "服务", "支持", "关注", "关爱", "保障", "帮助", "的", "和", "及", "与", "、", ",",
];

/// Folded, lower case, simplified, without blanks and brackets: 退（离）休人员 is 退离休人员. A blank between Latin words stays.
fn key(text: &str) -> String {
    let mut key = String::new();
    let mut apart = false;
    for c in fold_case(text).chars().map(simplified) {
        if c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '〔' | '〕') {
            apart = true;
            continue;
        }
        if apart && c.is_ascii_alphanumeric() && key.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            key.push(' ');
        }
        apart = false;
        key.push(c);
    }
    key
}

/// The list's value whose synonym fits: a longer synonym before a shorter one, then the table's order.
fn best(key: &str) -> Option<&'static str> {
    let mut rest = key.to_owned();
    // 退休的教师 is retired, 办理退休的人员 may not be.
    for retired in ["退休的", "离休的"] {
        if let Some(at) = rest.find(retired)
            && let Some(behind) = rest.get(at + retired.len()..)
            && SYNONYMS
                .iter()
                .skip(1)
                .flat_map(|(_, words)| *words)
                .chain(&["干部"])
                .any(|word| behind.ends_with(word))
        {
            return Some(RETIRED);
        }
    }
    for word in NOTHING {
        if rest.contains(word) {
            rest = rest.replace(word, "|");
        }
    }
    let mut best: Option<(&'static str, usize)> = None;
    for (value, word, length) in KEYS.iter() {
        if !contains_word(&rest, word) {
            continue;
        }
        if *value == RETIRED {
            return Some(value);
        }
        if best.is_none_or(|(_, longest)| *length > longest) {
            best = Some((value, *length));
        }
    }
    best.map(|(value, _)| value)
}

/// Whether the text holds the word as the writer's own; Latin words match whole.
fn contains_word(text: &str, word: &str) -> bool {
    let latin = word.is_ascii();
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let behind = text.get(at + found.len()..).unwrap_or_default();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let whole = !latin || !letter(before) && !letter(behind.chars().next());
        whole && !SOMEBODY_ELSE.is_match(behind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<String> {
        SYNONYMS.iter().map(|(value, _)| (*value).to_owned()).collect()
    }

    #[test]
    fn rulings() {
        for (written, expected) in [
            ("退休工人", Some("退(离)休人员")),
            ("退休教师", Some("退(离)休人员")),
            ("退休高级工程师", Some("退(离)休人员")),
            ("退（离）休人员", Some("退(离)休人员")),
            ("企业职工", Some("工人")),
            ("企业负责人/总经理", Some("企业管理人员")),
            ("开饭店的个体户", Some("个人经营者")),
            ("法务", Some("律师")),
            ("下岗工人", Some("无业人员")),
            ("退役军人", None),
            ("退役军人，现为个体户", Some("个人经营者")),
            ("教职工", None),
            ("大学生村官", None),
            ("学生处辅导员", Some("教师")),
            ("事业编教师", Some("事业单位工作人员")),
            ("engineer 工程师", Some("专业技术人员")),
            ("IT", Some("专业技术人员")),
            ("digital nomad", None),
            ("title holder", None),
            ("公司HR", Some("企业管理人员")),
            ("网约车司机", Some("自由职业者")),
            ("现役军人家属", None),
            ("学生家长", None),
            ("其它", Some("其他")),
            ("道士", None),
        ] {
            assert_eq!(map(written, &list()).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_value_that_the_list_lacks_is_not_returned() {
        assert_eq!(map("个体户", &["教师".to_owned()]), None);
        assert_eq!(map("退休教师", &["退（离）休人员".to_owned()]).as_deref(), Some("退（离）休人员"));
    }
}
