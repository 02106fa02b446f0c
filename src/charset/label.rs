//! What a charset label means.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::Encoding;

use crate::vocabulary::language::language_table;

language_table!(
    /// The names that mail programs give to charsets.
    NAMES, "language/charset_labels.tsv");

static KNOWN: LazyLock<HashMap<&str, Label>> =
    LazyLock::new(|| NAMES.rows().iter().map(|row| (row.word, Label::from_word(row.meaning))).collect());

/// A label as people and programs write it, reduced to what the decoder distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// No label, or one that says nothing (`default`, `unknown-8bit`).
    Missing,
    /// `us-ascii`: true of seven bits only.
    Ascii,
    /// UTF-8.
    Utf8,
    /// The GB family; always read as GB18030, which contains the others.
    Gb,
    /// Big5 and Big5-HKSCS.
    Big5,
    /// HZ-GB-2312 (RFC 1843).
    Hz,
    /// ISO-2022-CN, ISO-2022-CN-EXT (RFC 1922), ISO-2022-JP (RFC 1468), ISO-2022-KR (RFC 1557).
    Iso2022,
    /// UTF-7 (RFC 2152).
    Utf7,
    /// Any other charset that there is a table for.
    Other(&'static Encoding),
    /// A label that nothing is known about.
    Unknown,
}

impl Label {
    /// Reads a label: case, quotes, blanks, an RFC 2231 language suffix and stray marks do not count.
    pub(super) fn new(written: Option<&str>) -> Self {
        let Some(written) = written else {
            return Self::Missing;
        };
        let bare = written.split(['*', ';', ',']).next().unwrap_or_default();
        let name: String = bare
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
            .take(64)
            .map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() })
            .collect();
        if name.is_empty() {
            return Self::Missing;
        }
        KNOWN.get(name.as_str()).copied().unwrap_or_else(|| {
            Encoding::for_label(name.as_bytes())
                .or_else(|| Encoding::for_label(bare.trim().as_bytes()))
                .filter(|encoding| *encoding != encoding_rs::REPLACEMENT)
                .map_or(Self::Unknown, Self::Other)
        })
    }

    /// The label that a row of the table means.
    fn from_word(word: &str) -> Self {
        match word {
            "missing" => Self::Missing,
            "ascii" => Self::Ascii,
            "utf-8" => Self::Utf8,
            "gb" => Self::Gb,
            "big5" => Self::Big5,
            "hz" => Self::Hz,
            "iso-2022" => Self::Iso2022,
            "utf-7" => Self::Utf7,
            _ => Self::Unknown,
        }
    }

    /// The label of raw 8-bit in a header whose message declares its text to be in `beside`. Only Big5 cannot be told
    /// from the bytes of a name; for all others there is no label.
    pub(super) fn of_header(beside: Option<&str>) -> Self {
        match Self::new(beside) {
            Self::Big5 => Self::Big5,
            _ => Self::Missing,
        }
    }

    /// Whether the label may be the reason why text is read in the GB family without calling it a repair.
    pub(super) fn names_gb(self) -> bool {
        matches!(self, Self::Gb | Self::Hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_means_a_label() {
        for row in NAMES.rows() {
            assert_ne!(Label::from_word(row.meaning), Label::Unknown, "{row:?}");
        }
    }
}
