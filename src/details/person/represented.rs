//! Whose opinion a letter is that somebody of the family writes: `我替我父亲写的` … `父亲：李凤山，78岁，农民，座机…`, `妈妈叫钟淑琴，是退休护士`.

use std::ops::Range;

use crate::details::lexicon::roles::uncounted;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::name::is_certain;
use crate::details::person::presentation;
use crate::details::person::taken_apart::skipped;
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(RELATIVES, SELF_DESCRIPTIONS, "relative");
word_list!(ABOUT_SENDING, SELF_DESCRIPTIONS, "about sending");
word_list!(ASKS, SELF_DESCRIPTIONS, "asks for more");

word_list!(
    /// What is said of how long somebody did what he did: 一辈子做裁缝.
    DID, SELF_DESCRIPTIONS, "did"
);

pattern!(
    /// That somebody writes for another.
    WRITES_FOR, SELF_DESCRIPTIONS,
    r"(?:替|代|帮|代表|受)(?:我|俺|咱)?(?:家|们家)?(?:里|的)?(?:年迈的?|老)?(?:⟨relative⟩|他|她|老人家?)[^。!?;]{0,6}?(?:写|提|反映|发|填|说|打字|投递|递交|委托|之托|所托)|(?:代|替)(?:我|俺)?(?:⟨relative⟩)\p{Han}{2,4}(?:来信|写|提|反映)|(?:我|孩子|儿子|女儿|孙子|孙女)?(?:代笔|代写|代发|代填)"
);

pattern!(
    /// The name of whom the letter is.
    NAMED, SELF_DESCRIPTIONS,
    r"(?:(?:⟨relative⟩)(?:的名字|名字|姓名)?(?:叫|名叫|叫做|是|:|,)|[他她](?:的名字|名字|姓名|老人家)?(?:叫|名叫|叫做))\s?(?P<name>\p{Han}{2,4})(?:$|[,。!;、(\s])(?P<rest>[^。!?]{0,80})"
);

pattern!(
    /// `我母亲皇甫玉珍让我代她写信`
    ASKED_BY, SELF_DESCRIPTIONS,
    r"(?:⟨relative⟩)(?P<name>\p{Han}{2,4}?)(?:(?:让|叫|托|请|委托|要)我|(?:来信|口述|反映|提意见|提建议))(?P<rest>[^。!?]{0,80})"
);

pattern!(
    /// `母亲手机：`, `父亲的电话：`, before the number of whom the letter is.
    NUMBER_OF, SELF_DESCRIPTIONS,
    r"(?:^|[\s,。;(打拨])(?:我|(?:请)?打)?(?:⟨relative⟩|他|她)家?的?(?:联系|家庭)?(?:电话|手机|座机|号码)(?:号码?)?\s?[:是]?\s?$"
);

/// Whether the words before a number say that it is of whom the letter is.
pub(crate) fn is_number_of(before: &str) -> bool {
    NUMBER_OF.is_match(before)
}

/// Somebody for whom another writes.
#[derive(Debug, Clone)]
pub(crate) struct Represented {
    /// Index of the line.
    pub(crate) line: usize,
    pub(crate) name: String,
    /// What is said of him in the same sentence, in the folded line.
    pub(crate) about: Range<usize>,
}

/// Whose opinion the letter is, where its writer says that he writes for one of his family.
pub(crate) fn find(lines: &[Line<'_>]) -> Option<Represented> {
    const LINES: usize = 60;
    const LINE_BYTES: usize = 1200;
    let near = || {
        let said = lines.iter().enumerate().filter(|(_, line)| line.text.len() <= LINE_BYTES);
        said.filter(|(_, line)| !line.text.trim().is_empty()).take(LINES)
    };
    near().any(|(_, line)| WRITES_FOR.is_match(line.text)).then_some(())?;
    near().find_map(|(index, line)| {
        let asked = ASKED_BY.captures_iter(line.text).take(5);
        let found = NAMED
            .captures_iter(line.text)
            .take(5)
            .chain(asked)
            .find(|found| found.name("name").is_some_and(|name| is_certain(name.as_str())))?;
        let name = found.name("name")?.as_str().to_owned();
        Some(Represented { line: index, name, about: found.name("rest")?.range() })
    })
}

/// Whether a line says for whom the letter is written, who that is and how to reach him, and nothing else: `我爸叫巩德才，是个瓦匠，电话…`.
pub(crate) fn is_about(found: &Represented, text: &str) -> bool {
    const LINE_BYTES: usize = 400;
    const CLAUSE_CHARS: usize = 18;
    const WORDS: usize = 10;
    if text.len() > LINE_BYTES {
        return false;
    }
    let start = skipped(text);
    let text = text.get(start..).unwrap_or_default();
    let (mut tells, mut writes) = (false, false);
    let is_mark = |c: char| matches!(c, ',' | '。' | '!' | ';' | ':' | '(' | ')' | '、' | '~' | '\t');
    let mut clauses =
        text.split(is_mark).map(str::trim).filter(|clause| clause.contains(char::is_alphanumeric));
    let all = clauses.all(|clause| {
        let short = clause.chars().take(CLAUSE_CHARS + 1).count() <= CLAUSE_CHARS;
        let named = clause.contains(found.name.as_str());
        let sends = WRITES_FOR.is_match(clause) || ABOUT_SENDING.inside(clause) && !ASKS.inside(clause);
        let digits = clause.bytes().filter(u8::is_ascii_digit).count();
        let words = clause.chars().filter(|c| is_han(*c)).count();
        tells |= named;
        writes |= sends;
        let rest =
            ["他是", "她是", "是个", "是", "他", "她"].iter().find_map(|word| clause.strip_prefix(word));
        let who = ["我是", "我叫"].iter().find_map(|word| clause.strip_prefix(word));
        let is_relative = RELATIVES.contains(clause.trim_start_matches("我"));
        digits >= 7 && words <= WORDS
            || short
                && (named && words <= WORDS
                    || sends
                    || is_relative
                    || who.is_some_and(|who| who.chars().count() <= 3)
                    || presentation::is_of_oneself(clause)
                    || presentation::is_of_oneself(what(clause))
                    || rest.is_some_and(presentation::is_of_oneself))
    });
    all && (tells || writes)
}

/// What a clause about him says that he is: `是退休护士`, `清新县的农民`.
pub(crate) fn what(clause: &str) -> &str {
    let said = clause.trim().trim_start_matches(['是', '系', '为']);
    let last = said.trim_end_matches('的').rsplit_once('的').map_or(said, |(_, last)| last);
    let last = DID.at_start(last).and_then(|did| last.strip_prefix(did)).unwrap_or(last);
    uncounted(last.trim_start_matches("一名").trim_start_matches("一个"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    #[test]
    fn whose_opinion_a_letter_is() {
        let name = |text: &str| {
            let text = Text::new(text);
            find(&text.lines()).map(|found| found.name)
        };
        for text in [
            "我替我父亲写的，他不会用电脑。\n父亲：韩小山，78岁，农民。",
            "我代表我妈妈提意见，妈妈叫韩小山，是退休护士。",
            "奶奶叫韩小山，八十了。她说窗口太高。\n孙女代笔",
            "我母亲韩小山让我代她写信，她是退休女工。",
        ] {
            assert_eq!(name(text).as_deref(), Some("韩小山"), "{text}");
        }
        for text in ["我父亲叫韩小山，去年办证跑了三趟。", "替父亲办证，跑了三趟。", "建议允许子女代写。"]
        {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
