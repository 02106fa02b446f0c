//! The few lines under which somebody passes a letter on.

use super::footers::FOOTERS;

/// The longest such text, in characters that count.
const COVER_CHARS: usize = 40;

/// Whether a text only passes on what is attached: short, with a word that says so, and without a view of its own.
pub(super) fn is_cover(text: &str) -> bool {
    let has = |meaning| FOOTERS.words(meaning).any(|word| text.contains(word));
    text.chars().filter(|c| c.is_alphanumeric()).take(COVER_CHARS + 1).count() <= COVER_CHARS
        && has("cover")
        && !has("own view")
}

/// The longest text that may mean what stands below it, in characters that count, without labelled lines.
const REFERRING_CHARS: usize = 60;

/// Whether a text says no more than that its writer agrees with what stands below it, or is attached to it: then that may be
/// what he wants to say.
pub(super) fn refers(text: &str, is_attached: bool) -> bool {
    let has = |clause: &str, meaning| FOOTERS.words(meaning).any(|word| clause.contains(word));
    let said = || text.split('\n').filter(|line| !line.contains(['：', ':']) || has(line, "agrees"));
    let clauses = || said().flat_map(|line| line.split(['，', '。', '！', '？', '；', ',', '!', '?', ';']));
    if clauses().any(|clause| has(clause, "own view") && !has(clause, "agrees")) {
        return false;
    }
    let counted = said().flat_map(str::chars).filter(|c| c.is_alphanumeric());
    counted.take(REFERRING_CHARS + 1).count() <= REFERRING_CHARS
        && said().flat_map(|line| line.split(['。', '！', '？', '；', '!', '?', ';'])).any(|clause| {
            has(clause, "agrees") && (has(clause, "below") || is_attached && has(clause, "attached"))
        })
}

/// Whether a text only says whose words stand below it, and that they are sent for him: `这是我母亲写的意见，我代她发过来。`
pub(super) fn sends_for_another(text: &str) -> bool {
    let has = |meaning| FOOTERS.words(meaning).any(|word| text.contains(word));
    let counted = text.chars().filter(|c| c.is_alphanumeric()).take(COVER_CHARS + 1).count();
    counted <= COVER_CHARS && has("sends for") && has("another's words") && !has("view beside another's")
}

#[cfg(test)]
mod tests {
    use super::{is_cover, refers, sends_for_another};

    #[test]
    fn whose_words_are_sent() {
        for text in
            ["这是我母亲写的意见，她不会用邮箱，我代她发过来。", "下面是邻居的建议，他不会打字，托我发给你们"]
        {
            assert!(sends_for_another(text), "{text}");
        }
        for text in [
            "这是我母亲写的意见，我代她发过来，我也认为窗口太少。",
            "我代她发过来的材料被退了。",
            "我的意见写在下面。",
        ] {
            assert!(!sends_for_another(text), "{text}");
        }
    }

    #[test]
    fn a_cover_says_nothing_of_its_own() {
        for text in
            ["转上群众来信，请收。", "现将李女士的邮件转给你们，请查收", "见附件中的原邮件", "代邻居转交"]
        {
            assert!(is_cover(text), "{text}");
        }
        for text in ["同意附件中的意见，转发给贵局", "建议延长服务时间，另转一封邻居的来信", "我支持。", ""]
        {
            assert!(!is_cover(text), "{text}");
        }
    }

    #[test]
    fn who_agrees_with_what_stands_below_may_mean_it() {
        for text in [
            "我同意下面这位的意见",
            "您好！\n完全赞成以下意见。\n姓名：王某\n电话：13800138000",
            "附议：这位网友说得对",
            "转发的内容也是我的意见",
        ] {
            assert!(refers(text, false), "{text}");
        }
        for text in [
            "同意。",
            "我支持这个办法",
            "以下是我的建议：延长开放时间",
            "同意。以下条款应当修改",
            "我支持这部办法，以下是我的建议，窗口的开放时间应当延长到晚上八点，并且在每个乡镇都设立一个自助终端，老人不会用手机的应当有专人帮助办理，希望采纳",
        ] {
            let is_long = text.chars().count() > 60;
            assert!(!refers(text, false) || text.contains('，') && !is_long, "{text}");
        }
        assert!(refers("同意附件中的意见", true) && !refers("同意附件中的意见", false));
    }
}
