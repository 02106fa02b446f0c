//! What a text must hold so that an expression can fit in it. Most expressions fit in hardly any line, and to look for
//! a few words costs less than to run them.

use std::sync::Arc;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::edge::{Bytes, Edge};

/// Most words that are looked for; more are not found faster than the expression itself runs.
const MAX_WORDS: usize = 48;

/// The shortest word that is looked for, in bytes: one Chinese character.
const SHORTEST: usize = 3;

/// An expression whose first byte is one of fewer fails there nearly always.
const MOST_FIRST: usize = 100;

/// Most characters of a class that stand as words of their own.
const MAX_CHARACTERS: usize = 12;

/// What a text has to have so that an expression can fit in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Necessary {
    /// The bytes that it begins with, where the expression fits at the beginning alone.
    first: Option<Bytes>,
    /// The bytes that it ends with, where the expression fits at the end alone.
    last: Option<Bytes>,
    words: Option<Words>,
}

/// Words of which each text holds one at least in which the expression fits.
#[derive(Debug, Clone)]
enum Words {
    One(Box<str>),
    Any(Arc<Searcher>),
}

impl Necessary {
    /// What an expression needs.
    pub(super) fn of(pattern: &str) -> Self {
        let Ok(hir) = regex_syntax::parse(pattern) else { return Self::default() };
        let looks = hir.properties();
        let first = looks.look_set_prefix().contains(Look::Start).then(|| Edge::First.of(&hir)).flatten();
        let last = looks.look_set_suffix().contains(Look::End).then(|| Edge::Last.of(&hir)).flatten();
        // One that must begin with certain characters fails there.
        let fails_at_once = first.as_ref().is_some_and(|first| first.count() < MOST_FIRST);
        let words = if fails_at_once { None } else { words_of(&hir).and_then(Words::of) };
        Self { first, last, words }
    }

    /// Whether a text has all of it.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let has = |wanted: &Option<Bytes>, byte: Option<&u8>| {
            wanted.as_ref().is_none_or(|wanted| byte.is_some_and(|byte| wanted.has(*byte)))
        };
        let bytes = text.as_bytes();
        has(&self.first, bytes.first())
            && has(&self.last, bytes.last())
            && self.words.as_ref().is_none_or(|words| words.are_in(text))
    }
}

impl Words {
    fn of(words: Vec<Vec<u8>>) -> Option<Self> {
        if let [one] = &words[..] {
            return std::str::from_utf8(one).ok().map(|one| Self::One(one.into()));
        }
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(words).build().map(Arc::new).map(Self::Any)
    }

    fn are_in(&self, text: &str) -> bool {
        match self {
            Self::One(word) => text.contains(&**word),
            Self::Any(words) => words.find(text).is_some(),
        }
    }
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
        let one = Necessary::of("[0-9]+信息公开条例");
        assert!(one.is_in("依据信息公开条例") && !one.is_in("依据信息公开"));
        let any = Necessary::of("[0-9]+(?:户|名|位)");
        assert!(any.is_in("三位") && any.is_in(&("好".repeat(100) + "户")) && !any.is_in(&"好".repeat(100)));
        let behind = Necessary::of("^.{4,9}附件");
        assert!(behind.is_in("见本信的附件") && !behind.is_in("见本信"));
    }

    #[test]
    fn a_text_that_begins_or_ends_otherwise_is_not_searched() {
        let begins = Necessary::of(r"(?x)^\s*(?:附件|致 .{2})");
        assert!(begins.is_in("致本局") && begins.is_in(" 别的") && !begins.is_in("别的附件"));
        let ends = Necessary::of("[0-9]元?$");
        assert!(ends.is_in("3元") && ends.is_in("3") && !ends.is_in("3元多") && !ends.is_in(""));
        for always in ["^(?:附件)?", "(?m)^附件", "附件|^信"] {
            assert!(Necessary::of(always).is_in("附件") && Necessary::of(always).first.is_none(), "{always}");
        }
    }
}
