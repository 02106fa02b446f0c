//! The draft marker of a title (征求意见稿, 草案 …) in all its spellings, taken out wherever it stands.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use super::SUBJECT_WORDS;
use super::distance::longest_shared_run;

/// Longest qualifier in front of a marker inside brackets: `（2024年第二次公开征求意见稿）` has ten.
const MAX_QUALIFIER_CHARS: usize = 14;

/// A bracketed group that shares this much with the title is the title in brackets, not a marker.
const TITLE_SHARE_CHARS: usize = 4;

/// The marker: a compound of the table's parts, or one of its whole words.
const MARKER: &str =
    "(?:⟨marker verb⟩⟨marker object⟩?⟨marker end⟩|⟨marker object⟩⟨marker verb⟩⟨marker end⟩|⟨marker whole⟩)";

/// What may stand in front of it: a word, a year, a count of rounds.
const QUALIFIER: &str = "(?:⟨marker qualifier⟩|第?[一二三四五六七八九十0-9]{1,3}[次轮稿]|[0-9]{4}年?|[0-9]+)";

static MARKER_WORDS: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern(MARKER));
static ENDS_IN_MARKER: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern(&format!("{MARKER}$")));
static ONLY_QUALIFIED_MARKER: LazyLock<Regex> =
    LazyLock::new(|| SUBJECT_WORDS.pattern(&format!("^{QUALIFIER}*{MARKER}+$")));
/// In round brackets the marker may lack its last character; `[征求意见]` is a notice's own tag.
static CUT_MARKER: LazyLock<Regex> =
    LazyLock::new(|| SUBJECT_WORDS.pattern("^(?:向社会)?(?:公开)?⟨marker cut⟩中?$"));
static MARKER_AT_END: LazyLock<Regex> =
    LazyLock::new(|| SUBJECT_WORDS.pattern(&format!("{QUALIFIER}*{MARKER}+$")));

/// Pairs that bracket a marker with any qualifier; the others quote titles and take only known qualifiers.
const OPEN: &str = "([{〔【〖《〈「『<";
const CLOSE: &str = ")]}〕】〗》〉」』>";
const MARKER_BRACKETS: &str = "([{〔";

/// The letters, digits and Han of folded glyphs, with every draft marker taken out. `title` is given when the
/// glyphs are a subject's.
pub(super) fn without_markers(glyphs: &[char], title: Option<&[char]>) -> Vec<char> {
    let core = without_marker_groups(glyphs, title);
    let text: String = core.into_iter().collect();
    let cut = match title {
        Some(_) => MARKER_WORDS.replace_all(&text, ""),
        // On the title's own side the qualifier goes too: …条例修订草案 and …条例（修订草案） are one title.
        None => MARKER_AT_END.replace(&text, ""),
    };
    let cut = MARKER_WORDS.replace_all(&cut, "");
    cut.chars().collect()
}

/// The marker that a title ends with; a letter may leave it out.
pub(crate) fn marker_at_end(title: &str) -> Option<&str> {
    ENDS_IN_MARKER.find(title).map(|found| found.as_str())
}

/// The title without the brackets around it and the marker in brackets that it ends with.
pub(crate) fn without_marker(title: &str) -> &str {
    let title = title.trim();
    let title = title.strip_prefix('《').and_then(|inner| inner.strip_suffix('》')).unwrap_or(title);
    let inside = title.trim_end_matches([')', '）']);
    let marker = marker_at_end(inside).filter(|_| inside.len() < title.len());
    let before = marker.and_then(|marker| inside.strip_suffix(marker)?.strip_suffix(['(', '（']));
    before.map_or(title, str::trim_end)
}

/// Takes out marker words only; what stood in brackets with them stays.
pub(super) fn without_marker_words(glyphs: &[char]) -> String {
    let text: String = glyphs.iter().filter(|c| c.is_alphanumeric()).collect();
    MARKER_WORDS.replace_all(&text, "").into_owned()
}

fn without_marker_groups(glyphs: &[char], title: Option<&[char]>) -> Vec<char> {
    let mut kept: Vec<char> = Vec::with_capacity(glyphs.len());
    // Where in `kept` a group began, and with which bracket.
    let mut open: Vec<(usize, char)> = Vec::new();
    for &glyph in glyphs {
        if OPEN.contains(glyph) {
            open.push((kept.len(), glyph));
        } else if CLOSE.contains(glyph) {
            // Any closing bracket closes the nearest group: （征求意见稿》 is a common slip.
            if let Some((start, bracket)) = open.pop()
                && kept.get(start..).is_some_and(|group| is_marker_group(group, bracket, title))
            {
                kept.truncate(start);
            }
        } else if glyph.is_alphanumeric() {
            kept.push(glyph);
        }
    }
    kept
}

fn is_marker_group(group: &[char], bracket: char, title: Option<&[char]>) -> bool {
    if group.len() > MAX_QUALIFIER_CHARS + 7 {
        return false;
    }
    let text: String = group.iter().collect();
    if ONLY_QUALIFIED_MARKER.is_match(&text) {
        return true;
    }
    if !MARKER_BRACKETS.contains(bracket) {
        return false;
    }
    if title.is_some_and(|title| longest_shared_run(title, group).len() >= TITLE_SHARE_CHARS) {
        return false;
    }
    ENDS_IN_MARKER.is_match(&text)
        || (bracket == '(' && CUT_MARKER.is_match(&text))
        || is_one_slip_from_marker(group)
}

/// Whether one character of 征求意见稿 or its like is another.
fn is_one_slip_from_marker(group: &[char]) -> bool {
    SUBJECT_WORDS.words("marker with a slip").any(|marker| {
        marker.chars().count() == group.len()
            && marker.chars().zip(group).filter(|(expected, found)| expected != *found).count() == 1
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold::Fold;
    use super::super::vocabulary;
    use super::*;

    fn strip(subject: &str, title: &str) -> String {
        let fold = Fold::for_words(vocabulary().chain([title]));
        let title = fold.core(title, 200);
        without_markers(&fold.glyphs(subject, 2_000), Some(&title)).into_iter().collect()
    }

    #[test]
    fn markers_go_in_any_spelling() {
        let title = "江右市机动车停车条例";
        for marker in "（征求意见稿）|(征求意见稿)|征求意见稿|[征求意见稿]|【征求意见稿】|〔征求意见稿〕|\
            （公开征求意见稿）|（修订草案征求意见稿）|（第二次征求意见稿）|\
            （2024年第二次公开征求意见稿）|（意见征集稿）|（草案）|（送审稿）|（讨论稿）|\
            （征求意见搞）|征求意见搞|（征求意贝稿）|（征求意见）|（征求意见稿|（徵求意見稿）|\
            （ 征求 意见稿 ）|意见稿|（内部讨论稿）|<征求意见稿>"
            .split('|')
        {
            assert_eq!(
                strip(&format!("《{title}{marker}》意见建议"), title),
                format!("{title}意见建议"),
                "{marker}"
            );
        }
    }

    #[test]
    fn the_title_in_brackets_stays() {
        let title = "江右市停车条例";
        assert_eq!(strip("【江右市停车条例征求意见稿】意见", title), "江右市停车条例意见");
        assert_eq!(strip("(江右市停车条例征求意见稿)意见", title), "江右市停车条例意见");
        assert_eq!(strip("《临江市养犬条例草案》意见", title), "临江市养犬条例意见");
    }
}
