//! What a charset label means.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::Encoding;

use crate::vocabulary::language::language_table;

language_table!(
    /// The names that mail programs give to charsets.
    NAMES, "language/charset_labels.tsv");

/// What stands between the words of a label.
const SEPARATORS: [char; 5] = ['-', '_', ':', '.', ' '];

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
    /// UTF-16 that does not say in which order its bytes stand (RFC 2781 section 4.3).
    Utf16,
    /// Any other charset that there is a table for.
    Other(&'static Encoding),
    /// A label that nothing is known about.
    Unknown,
}

impl Label {
    /// Reads a label: its letters and digits count. Case, hyphens, quotes, an RFC 2231 language suffix and stray marks do
    /// not, nor does a year or version behind it.
    pub(super) fn new(written: Option<&str>) -> Self {
        let Some(written) = written else {
            return Self::Missing;
        };
        let bare = written.split(['*', ';', ',']).next().unwrap_or_default();
        let name: String = bare
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || SEPARATORS.contains(c))
            .take(64)
            .map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() })
            .collect();
        let name = name.trim_matches(SEPARATORS);
        if name.is_empty() {
            return Self::Missing;
        }
        let known = |name: &str| {
            let key: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            KNOWN.get(key.as_str()).copied().ok_or(key)
        };
        let key = match known(name) {
            Ok(label) => return label,
            Err(key) => key,
        };
        let encoding = [name, bare.trim(), key.as_str()]
            .into_iter()
            .find_map(|name| Encoding::for_label(name.as_bytes()))
            .filter(|encoding| *encoding != encoding_rs::REPLACEMENT);
        let without_version = || {
            let mut rest = name;
            while let Some((head, version)) = rest.rsplit_once(SEPARATORS) {
                if !version.bytes().all(|byte| byte.is_ascii_digit()) {
                    break;
                }
                if let Ok(label) = known(head) {
                    return label;
                }
                rest = head;
            }
            Self::Unknown
        };
        encoding.map_or_else(without_version, Self::Other)
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
            "utf-16" => Self::Utf16,
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

    /// Whether the label names UTF-16, in whatever order.
    pub(super) fn is_utf16(self) -> bool {
        [Self::Utf16, Self::Other(encoding_rs::UTF_16LE), Self::Other(encoding_rs::UTF_16BE)].contains(&self)
    }

    /// Whether a word in this charset ends in ASCII, so that its bytes are joined to no other's (RFC 2047 section 3).
    pub(super) fn shifts(self) -> bool {
        matches!(self, Self::Hz | Self::Iso2022 | Self::Utf7)
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
            assert!(
                row.word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
                "{row:?}"
            );
        }
    }

    #[test]
    fn a_label_is_its_letters_and_digits() {
        for (written, label) in [
            ("GB", Label::Gb),
            ("U-TF-8", Label::Utf8),
            ("utf 8", Label::Utf8),
            ("cp-936", Label::Gb),
            ("gb18030-2022", Label::Gb),
            ("gb18030:2005", Label::Gb),
            ("GB_18030", Label::Gb),
            ("GB2312.1980-0", Label::Gb),
            ("windows936", Label::Gb),
            ("BIG-5-2003", Label::Big5),
            ("UTF_16", Label::Utf16),
            ("iso_8859-1", Label::Other(encoding_rs::WINDOWS_1252)),
            ("utf-16le", Label::Other(encoding_rs::UTF_16LE)),
            ("x-nobody-2", Label::Unknown),
            ("--", Label::Missing),
        ] {
            assert_eq!(Label::new(Some(written)), label, "{written}");
        }
    }
}
