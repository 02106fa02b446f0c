//! Phrases of a title that stand for it.

use super::draft_marker;

/// The cores of phrases quoted inside a title: what stands between “ ” or other quotes, and names of other
/// documents between 《 》. The whole title in quotes is no phrase of it.
pub(super) fn quoted_phrases(glyphs: &[char], title: &[char]) -> Vec<Vec<char>> {
    let mut phrases = Vec::new();
    for (open, close) in "“‘\"「『〈《'".chars().zip("”’\"」』〉》'".chars()) {
        let mut rest = glyphs;
        while let Some(start) = rest.iter().position(|c| *c == open) {
            let inner = rest.get(start + 1..).unwrap_or_default();
            let Some(end) = inner.iter().position(|c| *c == close) else { break };
            let phrase = draft_marker::without_markers(inner.get(..end).unwrap_or_default(), None);
            if phrase.len() < title.len() {
                phrases.push(phrase);
            }
            rest = inner.get(end + 1..).unwrap_or_default();
        }
    }
    phrases
}
