//! The marks at the beginning of quoted lines.

/// `>`, as mail has it, and as a web mail leaves it that escapes what it shows.
pub(super) fn is_angle(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{200e}']).starts_with(['>', '＞'])
        || line.trim_start().starts_with("&gt;")
}

/// Quoting as bulletin boards and old clients do it: `: text`.
pub(super) fn is_bbs(line: &str) -> bool {
    line.starts_with(": ") || line == ":"
}

/// Marks that count only right behind an attribution, because people draw tables and arrows with them.
pub(super) fn is_rare(line: &str) -> bool {
    line.trim_start().starts_with(['|', '}']) || line.starts_with("--] ") || line == "--]"
}

/// Whether a line alone that begins with `: ` quotes something: a value behind a label (`: 138…`) does not.
pub(super) fn is_bbs_sentence(line: &str) -> bool {
    is_bbs(line) && line.chars().filter(|c| c.is_alphabetic()).count() >= SENTENCE_LETTERS
}

/// The letters that a quoted sentence has at least.
const SENTENCE_LETTERS: usize = 6;
