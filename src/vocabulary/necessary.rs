//! What a text must hold so that an expression can fit in it. Most expressions fit in hardly any line, and to look for
//! a few words costs less than to run them.

use std::sync::Arc;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Most words that are looked for; more are not found faster than the expression itself runs.
const MAX_WORDS: usize = 48;

/// The shortest word that is looked for, in bytes: one Chinese character.
const SHORTEST: usize = 3;

/// Most characters of a class that stand as words of their own.
const MAX_CHARACTERS: usize = 12;

/// Words of which each text holds one at least in which the expression fits.
#[derive(Debug, Clone)]
pub(super) enum Necessary {
    One(Box<str>),
    Any(Arc<Searcher>),
}

impl Necessary {
    /// What an expression needs; `None`: nothing that is worth looking for.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::parse(pattern).ok()?;
        if begins_a_text(&hir) {
            // It fails at the first characters.
            return None;
        }
        let words = words_of(&hir)?;
        if let [one] = &words[..] {
            return std::str::from_utf8(one).ok().map(|one| Self::One(one.into()));
        }
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(words).build().map(Arc::new).map(Self::Any)
    }

    /// Whether one of the words stands in the text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::One(word) => text.contains(&**word),
            Self::Any(words) => words.find(text).is_some(),
        }
    }
}

fn begins_a_text(hir: &Hir) -> bool {
    hir.properties().look_set_prefix().contains(Look::Start)
}

/// The alternatives of which every fit holds one.
fn words_of(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut words = match hir.kind() {
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Class(Class::Unicode(class)) => {
            let count: usize = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let mut words = Vec::new();
            if count <= MAX_CHARACTERS {
                words.extend(
                    class
                        .iter()
                        .flat_map(|range| range.start()..=range.end())
                        .map(|c| c.to_string().into_bytes()),
                );
            }
            words
        }
        HirKind::Repetition(repeated) if repeated.min > 0 => words_of(&repeated.sub)?,
        HirKind::Capture(group) => words_of(&group.sub)?,
        HirKind::Concat(parts) => parts.iter().filter_map(words_of).min_by_key(|words| cost(words))?,
        HirKind::Alternation(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(words_of).collect();
            parts?.concat()
        }
        _ => return None,
    };
    words.sort_unstable();
    words.dedup();
    let fits = (1..=MAX_WORDS).contains(&words.len()) && words.iter().all(|word| word.len() >= SHORTEST);
    fits.then_some(words)
}

/// How likely a text holds one of the words, more or less: many short ones stand everywhere.
fn cost(words: &[Vec<u8>]) -> usize {
    words.iter().map(|word| 1000 / (word.len() * word.len())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str) -> Option<Vec<String>> {
        let words = words_of(&regex_syntax::parse(pattern).unwrap())?;
        Some(words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect())
    }

    #[test]
    fn every_fit_holds_one_of_the_words() {
        let some = |all: &[&str]| Some(all.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words("[0-9]{1,3}(?:联名|签名)人?"), some(&["签名", "联名"]));
        assert_eq!(words("(?:甲|乙丙)?丁"), some(&["丁"]));
        assert_eq!(words("(?:甲乙)+[^丙]*(?P<one>丁)"), some(&["甲乙"]));
        assert_eq!(words("[甲乙]$"), some(&["乙", "甲"]));
        for pattern in ["甲|[0-9]", "(?:甲)?", "(?:甲)*乙?", r"\p{Han}+", "a[bc]", "^$", "甲|"] {
            assert_eq!(words(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_text_without_the_words_is_not_searched() {
        let one = Necessary::of("[0-9]+信息公开条例").unwrap();
        assert!(one.is_in("依据信息公开条例") && !one.is_in("依据信息公开"));
        let any = Necessary::of("[0-9]+(?:户|名|位)").unwrap();
        assert!(any.is_in("三位") && any.is_in(&("好".repeat(100) + "户")) && !any.is_in(&"好".repeat(100)));
        assert!(Necessary::of("^附件").is_none());
    }
}
