//! What somebody says he is: `我是…`, `作为一名…`.

use std::sync::LazyLock;

use crate::details::lexicon::occupations::Occupations;
use crate::details::person::name::{Proof, Reading, read_han};
use crate::details::text::line::fold_case;
use crate::vocabulary::Regex;
use crate::vocabulary::traditional::simplified;

/// `我是…`, `本人…，是…`, `作为一名…`: what somebody says he is.
static SELF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?:^|[\s,。!?;:、(“>-])
          (?: (?:我们?家|我|本人|俺|笔者) (?:\s? [,(]? \s? (?:男|女|今年|现年|\d{1,2}岁|现|目前|就|也|一直|其实|叫?[\p{Han}·]{2,4}[,)]) \s? ,?){0,3}
                (?:是|系|为) (?:\s?来自)?
            | (?:作为|身为) (?:一名|一个|一位|一家|名)?
            | (?:我|本人) ,? (?:一名|一个|一位) )
          (?P<what> [^,。!?;:\n]{2,60} )",
    )
    .expect("a constant pattern")
});

/// What goes on about oneself: `，也是退休干部`.
static ALSO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^,\s?(?:也是|同时是|同时也是|又是|还是|现在是|现为|现是)(?P<what>[^,。!?;:\n]{2,40})")
        .expect("a constant pattern")
});

/// `我叫古丽娜尔·艾力，是一名护士`: what stands behind a long name.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:(?:我叫|本人)[^,。!?;]{0,12}·[^,。!?;]{1,30},(?:是|系)|(?:我|本人)[^,。!?;们]{2,40},(?:是|系)一[名位个])(?P<what>[^,。!?;:\n]{2,40})")
        .expect("a constant pattern")
});

/// What 我是 begins without saying who one is: 我是想问…, 我是去年办的….
const NOT_ONESELF: &[&str] = &[
    "想",
    "去年",
    "今年",
    "昨天",
    "前天",
    "上周",
    "支持",
    "反对",
    "赞成",
    "陪",
    "替",
    "帮忙",
    "帮我",
    "帮老",
    "帮父",
    "帮家",
    "帮别",
    "给",
    "办理",
    "办的",
    "因",
    "由于",
    "看到",
    "看了",
    "看见",
    "听",
    "被",
    "跟着",
    "受",
    "觉得",
    "说",
    "问",
    "建议",
    "希望",
    "第一次",
    "通过",
    "按",
    "来办",
    "来问",
    "来咨询",
    "来反映",
    "带孩子",
    "带老人",
    "带着",
    "送老人",
    "送孩子",
    "代办",
    "代替",
    "为了",
    "为老",
    "不是",
    "曾",
];

/// What the writer says of himself in a folded line: places of the phrases.
pub(crate) fn self_descriptions(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut places = Vec::new();
    if (text.contains('·') || text.contains(",是一") || text.contains(",系一"))
        && let Some(what) = NAMED.captures(text).and_then(|found| found.name("what"))
    {
        places.push(what.range());
    }
    for what in SELF.captures_iter(text).filter_map(|found| found.name("what")).take(20) {
        if !NOT_ONESELF.iter().any(|word| what.as_str().starts_with(word)) {
            places.push(what.range());
        }
        // 我是老党员，也是退休干部
        let behind = text.get(what.end()..).unwrap_or_default();
        if let Some(also) = ALSO.captures(behind).and_then(|found| found.name("what")) {
            places.push(what.end() + also.start()..what.end() + also.end());
        }
    }
    places
}

/// Maps what somebody says of himself; the occupation must end the phrase, or what goes on must be about himself:
/// 我是听保安说的 names somebody else's.
pub(crate) fn map_described(written: &str, occupations: &Occupations) -> Option<String> {
    let mapped = occupations.map(written)?;
    let phrase: String = fold_case(written).chars().map(simplified).collect();
    let phrase = phrase.trim().trim_end_matches(['的', '了', '~', ' ', '.', ')', '(']);
    let own = occupations.words().any(|word| phrase.ends_with(word))
        || occupations.words().any(|word| {
            phrase.match_indices(word).any(|(at, _)| phrase.get(at + word.len()..).is_some_and(goes_on))
        });
    own.then_some(mapped)
}

/// Whether what stands behind an occupation goes on about the same person: 护士长, 教师兼作家, 教师王芳.
fn goes_on(behind: &str) -> bool {
    const WORDS: &[&str] = &[
        "兼", "和", "及", "与", "也", "在", "今年", "现", "从事", "工作", "上班", "之一", "一名", "一员",
        "一枚", "代表", "身份", "长", "队长", "人员", "者", "师", "员", "户", "干部", "党员", "同志", "小哥",
        "大哥", "师傅", "叫", "想", "建议", "希望", "有", "每", "家里", "住", "来自", "经常", "对", "就",
        "不", "没", "已", "老", "的一", "中的", "里的", "人,", "一线", "岗",
    ];
    let separated =
        |c: char| !c.is_alphanumeric() || c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    behind.starts_with(separated)
        || WORDS.iter().any(|word| behind.starts_with(word))
        || matches!(read_han(behind, Proof::Form), Reading::Name(_))
}
