//! What letters of the old style, and polite ones of today, put around what they have to say: that the draft was read and how
//! well it is meant (`顷阅贵局所拟方案，深感便民之意。`), and how they end within the line of the opinion (`…。肃此奉陈，敬颂`).

use crate::details::text::fold::is_han;
use crate::details::text::letters::{LETTERS, is_closing};
use crate::vocabulary::language::word_list;

word_list!(HAS_READ, LETTERS, "has read");
word_list!(BEFORE_READING, LETTERS, "before reading");
word_list!(
    /// What was read: 看了窗口的态度，深受感动 is praise of the window.
    DRAFT, LETTERS, "names the draft"
);
word_list!(IS_MOVED, LETTERS, "is moved");
word_list!(FEELS, LETTERS, "feels deeply");
word_list!(GOOD_WILL, LETTERS, "good will");
word_list!(HEREBY, LETTERS, "hereby");
word_list!(SAID_HEREBY, LETTERS, "said hereby");
word_list!(BEGS, LETTERS, "begs");
word_list!(
    /// 愚见如右，敬请 / 钧裁。
    HUMBLE, LETTERS, "humble"
);
word_list!(WISHES, LETTERS, "wish");
word_list!(
    /// Old letters' words before what is wished: 敬请 / 大安.
    COURTESIES, LETTERS, "courtesy"
);

word_list!(
    /// 垂询于民, 虚怀若谷: what old letters say of who asks for opinions.
    ASKED_THE_PEOPLE, LETTERS, "asked the people"
);

/// How a sentence begins that is glad of what it heard, whatever that was.
const GLAD_TO_HEAR: [&str; 3] = ["欣闻", "欣悉", "喜闻"];

/// The longest sentence of this kind, in bytes.
const SENTENCE_BYTES: usize = 300;

/// Whether a sentence says that the draft was read, how moved its reader is, and nothing else. Whoever is worried, or names what
/// moves him, has said something.
pub(super) fn is_of_reading(plain: &str) -> bool {
    const READ_CHARS: usize = 40;
    const MOVED_CHARS: usize = 16;
    if plain.len() > SENTENCE_BYTES {
        return false;
    }
    let mut clauses = plain.split(',').map(str::trim);
    let mut read = clauses.next().unwrap_or_default();
    while HAS_READ.at_start(read).is_none()
        && let Some(rest) = BEFORE_READING.at_start(read).and_then(|word| read.strip_prefix(word))
    {
        read = rest;
    }
    let mut moved = clauses.peekable();
    let read = read.trim_end_matches([')', '之', '后', '”']);
    (read.contains('《') || read.chars().take(READ_CHARS + 1).count() <= READ_CHARS)
        && HAS_READ.at_start(read).is_some()
        && (DRAFT.at_end(read).is_some() || GLAD_TO_HEAR.iter().any(|word| read.starts_with(word)))
        && moved.peek().is_some()
        && moved.all(|clause| {
            clause.chars().take(MOVED_CHARS + 1).count() <= MOVED_CHARS
                && (ASKED_THE_PEOPLE.inside(clause)
                    || IS_MOVED.contains(clause)
                    || FEELS.at_start(clause).is_some() && GOOD_WILL.at_end(clause).is_some())
        })
}

/// Whether behind a sentence the letter goes on in the same line, and does not merely end.
pub(super) fn goes_on(behind: &str) -> bool {
    const WORDS: usize = 6;
    !is_closing(behind) && behind.chars().filter(|c| is_han(*c)).take(WORDS).count() == WORDS
}

/// Whether a line, or its last sentence, ends as old letters do before they wish: 顺颂, 肃此，敬颂, 专此布臆，顺颂.
pub(super) fn is_wish(text: &str) -> bool {
    let text = text.trim().trim_end_matches([',', ':', '!', ' ']);
    let mut text = text;
    while let Some(rest) = HUMBLE.at_start(text).and_then(|word| text.strip_prefix(word)) {
        text = rest.trim_start_matches([',', '。', ' ']);
    }
    let text = behind_hereby(text.trim_start_matches([',', ' '])).trim_start_matches([',', '。', ' ']);
    WISHES.contains(text) || COURTESIES.contains(text)
}

/// 肃此奉陈 and 肃此: what stands behind it.
fn behind_hereby(text: &str) -> &str {
    let Some(rest) = HEREBY.at_start(text).and_then(|word| text.strip_prefix(word)) else { return text };
    SAID_HEREBY.at_start(rest).and_then(|word| rest.strip_prefix(word)).unwrap_or(rest)
}

/// Whether a sentence ends an old letter and says nothing else: 肃此奉陈，伏惟鉴察.
pub(super) fn is_old_ending(plain: &str) -> bool {
    const CHARS: usize = 24;
    if plain.chars().take(CHARS + 1).count() > CHARS {
        return false;
    }
    let rest = behind_hereby(plain);
    let said = rest.len() < plain.len();
    let rest = rest.trim_start_matches([',', ' ']);
    (said || BEGS.at_start(rest).is_some())
        && (rest.is_empty() || is_closing(rest) || is_wish(rest) || BEGS.contains(rest))
}

/// Where the last sentence of a line begins, in bytes, when it wishes and what is wished stands on the next line.
pub(super) fn wish_at_end(text: &str) -> Option<usize> {
    const WISH_BYTES: usize = 60;
    let (at, stop) = text.char_indices().rev().find(|(_, c)| matches!(c, '。' | '!' | ';'))?;
    let start = at + stop.len_utf8();
    let wish = text.get(start..).filter(|wish| wish.len() <= WISH_BYTES)?;
    (!wish.trim().is_empty() && is_wish(wish)).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_told_from_judging() {
        for courtesy in
            ["顷阅贵局所拟方案,深感便民之意", "近日拜读《方案》,深受启发", "认真阅读了征求意见稿,很受鼓舞"]
        {
            assert!(is_of_reading(courtesy), "{courtesy}");
        }
        for said in [
            "顷阅贵局所拟方案,深感忧虑",
            "看了方案,第三条不妥",
            "阅读了征求意见稿",
            "看了窗口的态度,深受感动",
            "深受启发",
            "拜读方案,深受启发,但期限太短",
        ] {
            assert!(!is_of_reading(said), "{said}");
        }
        assert!(is_old_ending("肃此奉陈,伏惟鉴察") && is_old_ending("专此布达"));
        assert!(!is_old_ending("专此一窗,方便群众") && !is_old_ending("肃此奉陈,窗口应轮值"));
        assert_eq!(wish_at_end("宜令轮值。敬颂"), Some("宜令轮值。".len()));
        assert_eq!(wish_at_end("宜令轮值。敬颂者众"), None);
    }
}
