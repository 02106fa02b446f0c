//! Whose opinion a letter is that somebody of the family writes: `我替我父亲写的` … `父亲：李凤山，78岁，农民，座机…`, `妈妈叫钟淑琴，是退休护士`.

use std::ops::Range;

use crate::details::lexicon::roles::uncounted;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::name::is_certain;
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

pattern!(
    /// That somebody writes for another.
    WRITES_FOR, SELF_DESCRIPTIONS,
    r"(?:替|代|帮|代表|受)(?:我|俺|咱)?(?:家|们家)?(?:里|的)?(?:年迈的?|老)?(?:⟨relative⟩|他|她|老人家?)[^。!?;]{0,6}?(?:写|提|反映|发|填|说|打字|投递|递交|委托|之托|所托)|(?:我|孩子|儿子|女儿|孙子|孙女)?(?:代笔|代写|代发|代填)"
);

pattern!(
    /// The name of whom the letter is.
    NAMED, SELF_DESCRIPTIONS,
    r"(?:⟨relative⟩)(?:的名字|名字|姓名)?(?:叫|名叫|叫做|是|:|,)\s?(?P<name>\p{Han}{2,4})(?:$|[,。!;、(\s])(?P<rest>[^。!?]{0,80})"
);

pattern!(
    /// `我母亲皇甫玉珍让我代她写信`
    ASKED_BY, SELF_DESCRIPTIONS,
    r"(?:⟨relative⟩)(?P<name>\p{Han}{2,4}?)(?:让|叫|托|请|委托|要)我(?P<rest>[^。!?]{0,80})"
);

pattern!(
    /// `母亲手机：`, `父亲的电话：`, before the number of whom the letter is.
    NUMBER_OF, SELF_DESCRIPTIONS,
    r"(?:^|[\s,。;(])(?:我|他|她)?(?:⟨relative⟩)的?(?:联系|家庭)?(?:电话|手机|座机|号码)(?:号码?)?\s?[:是]?\s?$"
);

/// Whether the words before a number say that it is of whom the letter is.
pub(crate) fn is_number_of(before: &str) -> bool {
    NUMBER_OF.is_match(before)
}

/// Somebody for whom another writes.
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

/// What a clause about him says that he is: `是退休护士`, `清新县的农民`.
pub(crate) fn what(clause: &str) -> &str {
    let said = clause.trim().trim_start_matches(['是', '系', '为']);
    let last = said.trim_end_matches('的').rsplit_once('的').map_or(said, |(_, last)| last);
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
