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

#[cfg(test)]
mod tests {
    use super::is_cover;

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
}
