//! One spelling for what a reader takes for the same: widths, compatibility forms, case, traditional characters.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::vocabulary::markers::is_invisible;
use crate::vocabulary::traditional::pairs;

/// The traditional characters that stand for some character of one consultation's words.
///
/// Folding is not done for the whole language: 乾 and 後 are surnames and words of their own. Only what may
/// spell a character of the title or of the rules' own words is folded, on both sides of the comparison.
#[derive(Debug, Clone, Default)]
pub(super) struct Fold {
    simplified: HashMap<char, char>,
}

impl Fold {
    /// The part of the table that concerns the given words, however they are spelt themselves.
    pub(super) fn for_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let whole: HashMap<char, char> = pairs().collect();
        let wanted: std::collections::HashSet<char> = words
            .into_iter()
            .flat_map(UnicodeNormalization::nfkc)
            .map(|c| whole.get(&c).copied().unwrap_or(c))
            .collect();
        Self { simplified: whole.into_iter().filter(|(_, to)| wanted.contains(to)).collect() }
    }

    /// A text without blanks and invisible characters, compatibility forms resolved, lower case, punctuation
    /// kept. Reads at most `limit_chars` characters.
    pub(super) fn glyphs(&self, text: &str, limit_chars: usize) -> Vec<char> {
        let mut glyphs = Vec::with_capacity(text.len().min(limit_chars) / 3);
        for c in text.chars().take(limit_chars) {
            if is_plain_han(c) {
                glyphs.push(self.simplified(c));
            } else if !c.is_whitespace() && !is_invisible(c) {
                // Decomposed, so that é and e with an accent behind it are alike once marks are left out.
                let parts = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
                glyphs.extend(parts.filter(|part| !part.is_whitespace()).map(|part| self.simplified(part)));
            }
        }
        glyphs
    }

    fn simplified(&self, c: char) -> char {
        self.simplified.get(&c).copied().unwrap_or(c)
    }

    /// What counts of a text: its letters, digits and Han.
    pub(super) fn core(&self, text: &str, limit_chars: usize) -> Vec<char> {
        self.glyphs(text, limit_chars).into_iter().filter(|c| c.is_alphanumeric()).collect()
    }
}

/// Han that have neither a compatibility form nor a case: nearly everything in a subject.
fn is_plain_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_words_need_is_folded() {
        let fold = Fold::for_words(["营商环境关于"]);
        assert_eq!(fold.core("營商環境關於 後續", 100).iter().collect::<String>(), "营商环境关于後續");
        assert_eq!(Fold::for_words(["環境"]).core("环境 環境", 100).iter().collect::<String>(), "环境环境");
    }

    #[test]
    fn widths_blanks_and_invisible_characters_go() {
        let fold = Fold::default();
        assert_eq!(
            fold.core("\u{feff}（ＡＢＣ） １２\u{200b}３\r\n\t“甲”—乙", 100),
            "abc123甲乙".chars().collect::<Vec<_>>()
        );
        assert_eq!(fold.core("甲乙丙", 2), ['甲', '乙']);
        assert_eq!(fold.core("Cafe\u{301}", 9), fold.core("CAFÉ", 9));
    }
}
