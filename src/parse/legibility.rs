//! Whether anybody can read what a message says.

use mail_parser::MessageRef;

use super::{attachments, plain};
use crate::vocabulary::Illegible;

/// The most of a text that is judged, in characters.
const SAMPLE_CHARS: usize = 20_000;

/// The type of what Microsoft's rights management encloses a letter in.
const PROTECTED: &str = "x-microsoft-rpmsg-message";

/// What a program writes for bytes that it lost, read as GBK afterwards.
const LOST_TWICE: &str = "锟斤拷";

/// Why nobody can read a message, if nobody can. `is_garbled`: its text was read wrongly on its way, and a part is lost.
pub(super) fn judge(root: MessageRef<'_>, text: &str, is_piece: bool, is_garbled: bool) -> Option<Illegible> {
    match () {
        () if is_encrypted(root) || plain::is_encrypted(text) => Some(Illegible::Encrypted),
        () if is_piece => Some(Illegible::Piece),
        () if is_garbled || is_lost(text) => Some(Illegible::Garbled),
        () => None,
    }
}

/// Whether a part is encrypted (RFC 3156, RFC 8551); a signature that can be read was opened before.
fn is_encrypted(root: MessageRef<'_>) -> bool {
    root.parts().any(|part| {
        part.is_content_type("multipart", "encrypted")
            || part.is_content_type("application", "pgp-encrypted")
            || part.is_content_type("application", PROTECTED)
            || attachments::is_pkcs7(part)
            || attachments::filename(part).is_some_and(|name| name.text.to_lowercase().ends_with(".rpmsg"))
    })
}

/// Whether half of what should be letters is lost, or more.
pub(super) fn is_lost(text: &str) -> bool {
    let losses = losses(text);
    losses.lost > 0 && losses.lost >= losses.letters
}

/// What is lost of a text, in characters, and what is left of its letters.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Losses {
    pub(super) lost: usize,
    pub(super) letters: usize,
}

/// Counts U+FFFD, 锟斤拷, control characters, and question marks in a row where letters should be.
pub(super) fn losses(text: &str) -> Losses {
    let twice = text.contains(LOST_TWICE);
    let mut found = Losses::default();
    let mut row = 0_usize;
    for c in text.chars().take(SAMPLE_CHARS) {
        row = if c == '?' { row + 1 } else { 0 };
        match c {
            char::REPLACEMENT_CHARACTER => found.lost += 1,
            c if twice && LOST_TWICE.contains(c) => found.lost += 1,
            // Nearly every character there is: no look into tables.
            '\u{4e00}'..='\u{9fff}' => found.letters += 1,
            '?' if row == 2 => found.lost += 2,
            '?' if row > 2 => found.lost += 1,
            '\u{e000}'..='\u{f8ff}' => found.lost += 1,
            // Digits and ASCII survive every charset: they do not show that the text did.
            c if c.is_alphabetic() && !c.is_ascii() => found.letters += 1,
            c if c.is_ascii_alphabetic() => found.letters += usize::from(!twice),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_nobody_can_read() {
        for text in [
            "锟斤拷锟斤拷锟接筹拷锟斤拷锟斤拷时锟戮。\n姓锟斤拷",
            "????????\n?????13900000000",
            "\u{fffd}\u{fffd}建\u{fffd}",
        ] {
            assert!(is_lost(text), "{text}");
        }
        for text in [
            "建议延长服务时间",
            "网页上显示锟斤拷，建议改正网站的编码，方便大家办事",
            "真的吗？？？为什么?? 建议答复",
            "I support it.",
            "13900000000",
            "👍",
            "王\u{fffd}明建议",
            "",
        ] {
            assert!(!is_lost(text), "{text}");
        }
    }
}
