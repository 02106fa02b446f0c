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

pattern!(
    /// The notice's own title: `关于公开征求《…》意见的公告`.
    TITLE,
    r"^(?:\p{Han}{2,20})?关于(?:公开)?(?:征求|征集)[^。!?;]{2,120}意见(?:建议)?的(?:公告|通知|通告|启事|函)$"
);

word_list!(
    /// What only the notice says.
    ITS_WORDS, LETTERS, "words of the notice"
);

/// Whether a line is the notice's title, or the paragraph in which it asks for opinions.
pub(super) fn is_pasted(text: &str) -> bool {
    let plain = text.trim();
    if plain.len() > LINE_BYTES || !plain.contains('征') {
        return false;
    }
    TITLE.is_match(plain) || ITS_WORDS.inside(plain) && ends_in_asking(plain)
}

/// Whether its last sentence asks as a notice does; what somebody says of it would stand behind.
fn ends_in_asking(plain: &str) -> bool {
    let body = plain.trim_end_matches(['。', '!', ' ']);
    let last = body.rsplit('。').next().unwrap_or(body);
    ASKS.is_match(last)
}

/// The longest such line, in bytes.
const LINE_BYTES: usize = 1200;

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
            assert!(!is_quoted(&fold(line)) && !is_pasted(&fold(line)), "{line}");
        }
        let paragraph = "为推进工作，现向社会公开征求意见。请于2024年3月13日前，通过电子邮件反馈（请注明“《方案》意见建议”）。";
        assert!(is_pasted(&fold(paragraph)) && is_pasted("关于公开征求《工作方案》意见的公告"));
        let beside = format!("{paragraph}可是很多老人看不到。");
        assert!(!is_pasted(&fold(&beside)) && !is_pasted("关于公开征求意见的做法应当坚持"));
    }
}
