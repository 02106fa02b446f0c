//! A sentence of the notice that is quoted above a form or a table: `附：公告原文“请于…前，通过电子邮件反馈。”`.

use crate::details::text::letters::LETTERS;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// How such a line begins.
    NAMES_THE_NOTICE, LETTERS, "names the notice"
);
word_list!(
    /// What somebody says of the notice, who does not only quote it.
    SAYS_OF_IT, LETTERS, "says of the notice"
);

pattern!(
    /// What a notice asks: until when, and by which way.
    ASKS,
    r"(?:请?[于在]|截止|截至)?[^,。;]{0,12}[0-9]{1,2}月[0-9]{1,2}日[^。;]{0,30}(?:反馈|发送|发至|提出|邮件|邮箱|寄)"
);

/// The longest such line, in bytes.
const LINE_BYTES: usize = 800;

/// Whether a line quotes the notice and says nothing besides.
pub(super) fn is_quoted(text: &str) -> bool {
    let plain = text.trim();
    let marked =
        ["附:", "附", "注:", "按:", "(", "【", "["].iter().find_map(|mark| plain.strip_prefix(*mark));
    let plain = marked.unwrap_or(plain).trim_start();
    // Most lines end here.
    let Some(word) = NAMES_THE_NOTICE.at_start(plain).filter(|_| text.len() <= LINE_BYTES) else {
        return false;
    };
    let rest =
        plain.get(word.len()..).unwrap_or_default().trim_start_matches([':', ',', ' ', '】', ']', ')']);
    let quoted = rest.strip_prefix(['“', '"', '「']).and_then(|inside| {
        let end = inside.rfind(['”', '"', '」'])?;
        let behind = inside.get(end..)?.trim_start_matches(|c: char| !c.is_alphanumeric());
        behind.is_empty().then(|| inside.get(..end))?
    });
    let said = quoted.unwrap_or(rest);
    ASKS.is_match(said) && (quoted.is_some() || !SAYS_OF_IT.inside(said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn a_quotation_is_told_from_what_is_said_of_it() {
        for line in [
            "附：公告原文“请于2024年3月13日前，通过电子邮件反馈。联系电话：(024)83988812”",
            "公告要求：请于3月13日前将意见发送至邮箱。",
            "【通知原文】请于3月13日前反馈",
        ] {
            assert!(is_quoted(&fold(line)), "{line}");
        }
        for line in [
            "公告要求3月13日前反馈，时间太短，应当延长。",
            "公告原文“请于3月13日前反馈”，这个期限不合理",
            "公告原文看不清。",
            "请于3月20日前给我反馈。",
        ] {
            assert!(!is_quoted(&fold(line)), "{line}");
        }
    }
}
