//! Who asks whom: the citizen's ask words (意见, 建议 …), and the words by which an office calls for opinions.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::vocabulary::Regex;

use super::SUBJECT_WORDS;

/// Stands for the title in the text around it. Never a letter, so no word reaches across it.
pub(super) const TITLE: char = '\u{fffc}';

/// Ask words, longest first, so that the evidence names the whole of what was written.
static ASK_WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| SUBJECT_WORDS.longest_first("ask"));

/// Kinds of documents, longest first.
static KINDS: LazyLock<Vec<&str>> = LazyLock::new(|| SUBJECT_WORDS.longest_first("document kind"));

/// Names of documents that hold an ask word without asking: 指导意见.
static KINDS_WITH_ASK_WORD: LazyLock<Regex> = LazyLock::new(|| {
    let holds_ask_word = |kind: &&&str| ASK_WORDS.iter().any(|word| kind.contains(word));
    let kinds: Vec<&str> = KINDS.iter().filter(holds_ask_word).copied().collect();
    Regex::new(&kinds.join("|")).expect("words without signs of their own")
});

/// The office's act, named in one breath; a citizen's 意见 stands apart from it.
static OFFICE_ASKS: LazyLock<Regex> = LazyLock::new(|| {
    SUBJECT_WORDS.pattern("(?:公开)?⟨office asks⟩⟨public⟩*的?意见|⟨office asks noun⟩⟨office asks⟩")
});
static NOTICE_VERB: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("⟨office asks⟩"));
static NOTICE_OBJECT: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("⟨office asks noun⟩"));
static NOTICE_NOUN: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("⟨notice⟩"));
static ANSWERS: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("⟨answers⟩"));

/// An answering word right behind the title: whom the office asked answers like that.
static ANSWERED: LazyLock<Regex> =
    LazyLock::new(|| SUBJECT_WORDS.pattern("\u{fffc}(?:⟨filler⟩)*?(?P<word>⟨answers⟩)"));

/// Words that say nothing of their own around an ask word.
static FILLERS: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("^⟨filler⟩*$"));

/// What clients and people write for no subject.
static EMPTY_FORMS: LazyLock<HashSet<&str>> = LazyLock::new(|| SUBJECT_WORDS.set("empty"));

/// The ask word in a text without markers, `own` being the one that the notice itself demands. Of several the longest,
/// of equals the one that stands first.
pub(super) fn ask_word<'a>(text: &str, own: Option<&'a str>) -> Option<&'a str> {
    let text = KINDS_WITH_ASK_WORD.replace_all(text, "\u{fffc}");
    if let Some(own) = own.filter(|own| text.contains(own)) {
        return Some(own);
    }
    let text = if ANSWERS.is_match(&text) {
        text
    } else {
        OFFICE_ASKS.replace_all(&text, "\u{fffc}").into_owned().into()
    };
    let found = ASK_WORDS.iter().filter_map(|word| Some((word.len(), text.find(word)?, *word)));
    found.max_by_key(|(length, at, _)| (*length, std::cmp::Reverse(*at))).map(|(.., word)| word)
}

/// What stands before and behind a span, with one character for the span itself.
pub(super) fn around(core: &[char], span: &Range<usize>) -> String {
    let before = core.get(..span.start).unwrap_or_default();
    let behind = core.get(span.end..).unwrap_or_default();
    before.iter().chain(std::iter::once(&TITLE)).chain(behind).collect()
}

/// The ask word beside a whole title, or the answering word behind it: `关于《…》的答复`.
pub(super) fn beside_title(around: &str, own: Option<&str>) -> Option<String> {
    let answer = || Some(ANSWERED.captures(around)?.name("word")?.as_str());
    ask_word(around, own).or_else(answer).map(ToOwned::to_owned)
}

/// Whether the words around a whole title are those of the notice or of the letter that asks for opinions:
/// 征求 … 意见 and 公告, in any order, and nothing that answers.
pub(super) fn is_notice(around: &str) -> bool {
    !ANSWERS.is_match(around)
        && NOTICE_VERB.is_match(around)
        && NOTICE_OBJECT.is_match(around)
        && NOTICE_NOUN.is_match(around)
}

/// Whether an ask word stands anywhere, the one inside 征求意见稿 included.
pub(super) fn holds_ask_word(glyphs: &[char], own: Option<&str>) -> bool {
    let text: String = glyphs.iter().filter(|c| c.is_alphanumeric()).collect();
    own.is_some_and(|own| text.contains(own)) || ASK_WORDS.iter().any(|word| text.contains(word))
}

/// Whether nothing but ask words (and the little words around them) is left.
pub(super) fn is_bare_ask(text: &str, own: Option<&str>) -> bool {
    let text = own.map_or_else(|| text.to_owned(), |own| text.replace(own, ""));
    FILLERS.is_match(&text)
}

/// The kind of document that a title ends in.
pub(super) fn document_kind(title: &str) -> Option<&'static str> {
    KINDS.iter().copied().find(|kind| title.ends_with(kind))
}

/// Whether the letters of a subject say that there is none.
pub(super) fn is_empty_form(core: &str) -> bool {
    core.is_empty() || EMPTY_FORMS.contains(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ask_words_are_not_names_of_documents() {
        assert_eq!(ask_word("的几点建议", None), Some("建议"));
        assert_eq!(ask_word("意见和建议", None), Some("意见和建议"));
        assert_eq!(ask_word("的指导意见", None), None);
        assert_eq!(ask_word("实施意见意见", None), Some("意见"));
        assert_eq!(ask_word("征求意见", None), None);
        assert!(ask_word("征求意见反馈", None).is_some());
        assert_eq!(ask_word("咨询", None), None);
        assert_eq!(ask_word("心得", Some("心得")), Some("心得"));
    }
}
