//! The words that rules rest on: draft markers, ask words, and what makes a notice.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use super::distance::longest_shared_run;

/// Stands for the title in the text around it. Never a letter, so no word reaches across it.
pub(super) const TITLE: char = '\u{fffc}';

/// Every Chinese word below, so that their traditional spellings can be folded.
pub(super) const VOCABULARY: &str = "征求征集征询听取意见建议稿草案送审讨论修改修订修正反馈回复函答复转发无没看法想法观点建言献策提\
    异公告通知通告函启事指导实施关于对几点一些条的个人本单位公众市民群众我们请查收谢您好附件表主题标空政府信息公开申请依";

/// Longest qualifier in front of a marker inside brackets: `（2024年第二次公开征求意见稿）` has ten.
const MAX_QUALIFIER_CHARS: usize = 14;

/// A bracketed group that shares this much with the title is the title in brackets, not a marker.
const TITLE_SHARE_CHARS: usize = 4;

/// Draft markers as bare words, the usual slips of the input method included (搞 for 稿, 正 for 征).
static MARKER_WORDS: LazyLock<Regex> = LazyLock::new(|| pattern(MARKER));
static ENDS_IN_MARKER: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{MARKER})$")));
static ONLY_QUALIFIED_MARKER: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("^(?:{QUALIFIER})*(?:{MARKER})+$")));
/// In round brackets the marker may lack its last character; `[征求意见]` is a notice's own tag.
static CUT_MARKER: LazyLock<Regex> =
    LazyLock::new(|| pattern("^(?:向社会)?(?:公开)?(?:征求意见|征集意见|意见征集|意见征求)中?$"));
static MARKER_AT_END: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{QUALIFIER})*(?:{MARKER})+$")));

const MARKER: &str = concat!(
    "(?:征求|征集|征询|正求|争求|证求|征球)(?:意见建议|意见和建议|意见|意件|建议|意)?[稿搞槁镐]",
    "|意见(?:征求|征集|征询)[稿搞槁镐]|意见[稿槁]|送审[稿搞槁]|讨论[稿搞槁]|草案",
);
const QUALIFIER: &str = "公开|再次|二次|第?[一二三四五六七八九十0-9]{1,3}[次轮稿]|修订|修正|修改|[0-9]{4}年?|向社会|初步|最新|新版|[0-9]+";

/// Pairs that bracket a marker with any qualifier; the others quote titles and take only known qualifiers.
const OPEN: &str = "([{〔【〖《〈「『<";
const CLOSE: &str = ")]}〕】〗》〉」』>";
const MARKER_BRACKETS: &str = "([{〔";

/// The letters, digits and Han of folded glyphs, with every draft marker taken out. `title` is given when the
/// glyphs are a subject's.
pub(super) fn without_markers(glyphs: &[char], title: Option<&[char]>) -> Vec<char> {
    let core = without_marker_groups(glyphs, title);
    let text: String = core.into_iter().collect();
    let cut = match title {
        Some(_) => MARKER_WORDS.replace_all(&text, ""),
        // On the title's own side the qualifier goes too: …条例修订草案 and …条例（修订草案） are one title.
        None => MARKER_AT_END.replace(&text, ""),
    };
    let cut = MARKER_WORDS.replace_all(&cut, "");
    cut.chars().collect()
}

/// Takes out marker words only; what stood in brackets with them stays.
pub(super) fn without_marker_words(glyphs: &[char]) -> String {
    let text: String = glyphs.iter().filter(|c| c.is_alphanumeric()).collect();
    MARKER_WORDS.replace_all(&text, "").into_owned()
}

fn without_marker_groups(glyphs: &[char], title: Option<&[char]>) -> Vec<char> {
    let mut kept: Vec<char> = Vec::with_capacity(glyphs.len());
    // Where in `kept` a group began, and with which bracket.
    let mut open: Vec<(usize, char)> = Vec::new();
    for &glyph in glyphs {
        if OPEN.contains(glyph) {
            open.push((kept.len(), glyph));
        } else if CLOSE.contains(glyph) {
            // Any closing bracket closes the nearest group: （征求意见稿》 is a common slip.
            if let Some((start, bracket)) = open.pop()
                && kept.get(start..).is_some_and(|group| is_marker_group(group, bracket, title))
            {
                kept.truncate(start);
            }
        } else if glyph.is_alphanumeric() {
            kept.push(glyph);
        }
    }
    kept
}

fn is_marker_group(group: &[char], bracket: char, title: Option<&[char]>) -> bool {
    if group.len() > MAX_QUALIFIER_CHARS + 7 {
        return false;
    }
    let text: String = group.iter().collect();
    if ONLY_QUALIFIED_MARKER.is_match(&text) {
        return true;
    }
    if !MARKER_BRACKETS.contains(bracket) {
        return false;
    }
    if title.is_some_and(|title| longest_shared_run(title, group).len() >= TITLE_SHARE_CHARS) {
        return false;
    }
    ENDS_IN_MARKER.is_match(&text)
        || (bracket == '(' && CUT_MARKER.is_match(&text))
        || is_one_slip_from_marker(group)
}

/// Whether one character of 征求意见稿 or 意见征集稿 is another.
fn is_one_slip_from_marker(group: &[char]) -> bool {
    ["征求意见稿", "意见征集稿"].iter().any(|marker| {
        marker.chars().count() == group.len()
            && marker.chars().zip(group).filter(|(expected, found)| expected != *found).count() == 1
    })
}

/// Ask words, longest first, so that the evidence names the whole of what was written.
const ASK_WORDS: &[&str] = &[
    "意见和建议",
    "意见与建议",
    "意见及建议",
    "建议和意见",
    "建议与意见",
    "建议及意见",
    "意见建议",
    "建议意见",
    "修改意见",
    "修改建议",
    "反馈意见",
    "回复意见",
    "补充意见",
    "无意见",
    "没意见",
    "没有意见",
    "无异议",
    "意见",
    "建议",
    "看法",
    "想法",
    "观点",
    "反馈",
    "建言",
    "献策",
    "提议",
    "异议",
    "suggestion",
    "comment",
    "feedback",
    "opinion",
];

/// Names of documents that hold an ask word without asking.
static DOCUMENT_KINDS: LazyLock<Regex> = LazyLock::new(|| pattern("指导意见|实施意见"));

/// The office's act, named in one breath; a citizen's 意见 stands apart from it.
static OFFICE_ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        "(?:公开)?(?:征求|征集|征询|听取)(?:社会|公众|各界|各方|各方面|社会各界|社会公众)*(?:的)?意见|(?:意见|建议)(?:征集|征求|征询)",
    )
});
static NOTICE_VERB: LazyLock<Regex> = LazyLock::new(|| pattern("征求|征集|听取|征询"));
static NOTICE_OBJECT: LazyLock<Regex> = LazyLock::new(|| pattern("意见|建议"));
static NOTICE_NOUN: LazyLock<Regex> = LazyLock::new(|| pattern("公告|通知|通告|启事|函"));
static ANSWERS: LazyLock<Regex> = LazyLock::new(|| pattern("复函|回函|函复|回复|反馈|答复"));

/// The ask word in a text without markers, `own` being the one that the notice itself demands.
pub(super) fn ask_word<'a>(text: &str, own: Option<&'a str>) -> Option<&'a str> {
    let text = DOCUMENT_KINDS.replace_all(text, "\u{fffc}");
    if let Some(own) = own.filter(|own| text.contains(own)) {
        return Some(own);
    }
    let text = if ANSWERS.is_match(&text) {
        text
    } else {
        OFFICE_ASKS.replace_all(&text, "\u{fffc}").into_owned().into()
    };
    ASK_WORDS.iter().copied().find(|word| text.contains(word))
}

/// Whether the words around a whole title are those of the notice or of the letter that asks for opinions:
/// 征求 … 意见 and 公告, in any order, and nothing that answers.
pub(super) fn is_notice(around: &str) -> bool {
    !ANSWERS.is_match(around)
        && NOTICE_VERB.is_match(around)
        && NOTICE_OBJECT.is_match(around)
        && NOTICE_NOUN.is_match(around)
}

/// Whether an ask word stands anywhere, the one inside 征求意见稿 included.
pub(super) fn holds_ask_word(glyphs: &[char], own: Option<&str>) -> bool {
    let text: String = glyphs.iter().filter(|c| c.is_alphanumeric()).collect();
    own.is_some_and(|own| text.contains(own)) || ASK_WORDS.iter().any(|word| text.contains(word))
}

/// Words that say nothing of their own around an ask word.
static FILLERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        "^(?:意见|建议|看法|想法|观点|反馈|回复|答复|复函|建言|献策|献计|提议|异议|无|没有|没|修改|补充|征求|征集|征询|公开|听取|关于|对|的",
        "|几点|一点|点|一些|些|若干|几条|一条|两条|三条|有|提|提出|提交|和|与|及|或|个人|本人|我的|我|我们|公众|市民|群众|网友|单位|本单位|来信|邮件",
        "|请查收|请查阅|请收|谢谢|您好|你好|附件|见附件|表|汇总|情况|贵局|贵单位|草稿|稿|书|信|函|文件|工作|suggestions?|comments?|feedback|opinions?)*$",
    ))
});

/// Whether nothing but ask words (and the little words around them) is left.
pub(super) fn is_bare_ask(text: &str, own: Option<&str>) -> bool {
    let text = own.map_or_else(|| text.to_owned(), |own| text.replace(own, ""));
    FILLERS.is_match(&text)
}

/// Kinds of documents, longest first.
const KINDS: &[&str] = &[
    "工作方案",
    "实施方案",
    "行动方案",
    "行动计划",
    "实施意见",
    "指导意见",
    "实施细则",
    "管理办法",
    "实施办法",
    "管理规定",
    "发展规划",
    "方案",
    "计划",
    "细则",
    "办法",
    "规定",
    "条例",
    "规划",
    "规则",
    "措施",
    "标准",
    "规范",
    "通知",
    "决定",
    "清单",
    "目录",
    "指南",
];

/// The kind of document that a title ends in.
pub(super) fn document_kind(title: &str) -> Option<&'static str> {
    KINDS.iter().copied().find(|kind| title.ends_with(kind))
}

/// What clients and people write for no subject.
pub(super) fn is_empty_form(core: &str) -> bool {
    matches!(
        core,
        "" | "无主题"
            | "无标题"
            | "没有主题"
            | "没有标题"
            | "主题"
            | "标题"
            | "空"
            | "空主题"
            | "空标题"
            | "未命名"
            | "nosubject"
            | "notitle"
            | "untitled"
            | "subject"
            | "none"
            | "null"
            | "re"
            | "fw"
            | "fwd"
            | "回复"
            | "答复"
            | "转发"
    )
}

/// An application under 政府信息公开条例 art. 29.
pub(super) fn is_info_disclosure(core: &str) -> bool {
    core.contains("依申请公开") || (core.contains("信息公开") && core.contains("申请"))
}

/// Compiles one of the constant patterns above.
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern that the tests compile")
}

#[cfg(test)]
mod tests {
    use super::super::fold::Fold;
    use super::*;

    fn strip(subject: &str, title: &str) -> String {
        let fold = Fold::for_words([VOCABULARY, title]);
        let title = fold.core(title, 200);
        without_markers(&fold.glyphs(subject, 2_000), Some(&title)).into_iter().collect()
    }

    #[test]
    fn markers_go_in_any_spelling() {
        let title = "大连市机动车停车条例";
        for marker in [
            "（征求意见稿）",
            "(征求意见稿)",
            "征求意见稿",
            "[征求意见稿]",
            "【征求意见稿】",
            "〔征求意见稿〕",
            "（公开征求意见稿）",
            "（修订草案征求意见稿）",
            "（第二次征求意见稿）",
            "（2024年第二次公开征求意见稿）",
            "（意见征集稿）",
            "（草案）",
            "（送审稿）",
            "（讨论稿）",
            "（征求意见搞）",
            "征求意见搞",
            "（征求意贝稿）",
            "（征求意见）",
            "（征求意见稿",
            "（徵求意見稿）",
            "（ 征求 意见稿 ）",
            "意见稿",
            "（内部讨论稿）",
            "<征求意见稿>",
        ] {
            assert_eq!(
                strip(&format!("《{title}{marker}》意见建议"), title),
                format!("{title}意见建议"),
                "{marker}"
            );
        }
    }

    #[test]
    fn the_title_in_brackets_stays() {
        let title = "大连市停车条例";
        assert_eq!(strip("【大连市停车条例征求意见稿】意见", title), "大连市停车条例意见");
        assert_eq!(strip("(大连市停车条例征求意见稿)意见", title), "大连市停车条例意见");
        assert_eq!(strip("《沈阳市养犬条例草案》意见", title), "沈阳市养犬条例意见");
    }

    #[test]
    fn ask_words_are_not_names_of_documents() {
        assert_eq!(ask_word("的几点建议", None), Some("建议"));
        assert_eq!(ask_word("意见和建议", None), Some("意见和建议"));
        assert_eq!(ask_word("的指导意见", None), None);
        assert_eq!(ask_word("实施意见意见", None), Some("意见"));
        assert_eq!(ask_word("征求意见", None), None);
        assert!(ask_word("征求意见反馈", None).is_some());
        assert_eq!(ask_word("咨询", None), None);
        assert_eq!(ask_word("心得", Some("心得")), Some("心得"));
    }
}
