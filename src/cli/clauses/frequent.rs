//! Words that stand often in opinions without a clause. Read once for each length, so that no more is remembered than what is frequent:
//! a word is frequent only if both words that are shorter by its first and by its last character are.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabulary::Clause;

/// Shortest and longest word, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=6;
/// Characters of an opinion that are read.
const READ: usize = 2_000;
/// Most words that are compared with each other.
const COMPARED: usize = 1_500;
/// Characters beside a word in its example.
const BESIDE: usize = 8;
/// From so many opinions with a clause on, a word of which no clause has half is an everyday word.
const SPREAD: u32 = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    edges: String,
    everyday: Vec<String>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/clauses.toml")))
        .expect("rules/clauses.toml is part of the program, and a test reads it")
});

/// Where opinions come from, as often as they are asked for: each with its clause (empty: none) and its text.
pub(super) trait Source {
    type Error;
    fn each(&self, with: &mut dyn FnMut(&str, &str)) -> Result<(), Self::Error>;
}

/// A word that stands often in opinions without a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frequent {
    pub(super) text: String,
    /// Opinions without a clause that hold it.
    pub(super) count: u32,
    /// Place of the clause that is near.
    pub(super) near: Option<usize>,
    /// Where it stands.
    pub(super) example: String,
}

/// The words, the most frequent first.
pub(super) fn words<S: Source>(
    source: &S,
    clauses: &[Clause],
    title: &str,
    least: u32,
) -> Result<Vec<Frequent>, S::Error> {
    let mut all: Vec<(Vec<char>, u32)> = Vec::new();
    let mut shorter: HashSet<Vec<char>> = HashSet::new();
    for length in LENGTHS {
        let mut counts: HashMap<Vec<char>, u32> = HashMap::new();
        source.each(&mut |clause, text| {
            if !clause.is_empty() {
                return;
            }
            let mut seen = HashSet::new();
            for run in runs(text) {
                for word in run.windows(length) {
                    let grows = || match word {
                        [_, behind @ ..] if length > *LENGTHS.start() => {
                            shorter.contains(behind)
                                && word.split_last().is_some_and(|(_, before)| shorter.contains(before))
                        }
                        _ => true,
                    };
                    if grows() && seen.insert(word.to_vec()) {
                        *counts.entry(word.to_vec()).or_default() += 1;
                    }
                }
            }
        })?;
        counts.retain(|_, count| *count >= least);
        shorter = counts.keys().cloned().collect();
        all.extend(counts);
    }
    let chosen = whole(all.into_iter().filter(|(word, _)| may_be(word, clauses, title)).collect());
    let found: Vec<(String, u32)> =
        chosen.into_iter().map(|(word, count)| (word.into_iter().collect(), count)).collect();
    beside_clauses(source, clauses, found)
}

/// Where each word stands in opinions that have a clause, and an example.
fn beside_clauses<S: Source>(
    source: &S,
    clauses: &[Clause],
    found: Vec<(String, u32)>,
) -> Result<Vec<Frequent>, S::Error> {
    let mut on: Vec<HashMap<usize, u32>> = vec![HashMap::new(); found.len()];
    let mut examples: Vec<Option<String>> = vec![None; found.len()];
    source.each(&mut |code, text| {
        let clause = clauses.iter().position(|clause| clause.code == code);
        for (((word, _), on), example) in found.iter().zip(&mut on).zip(&mut examples) {
            match text.find(word.as_str()) {
                Some(_) if !code.is_empty() => *on.entry(clause.unwrap_or(usize::MAX)).or_default() += 1,
                Some(at) if example.is_none() => *example = Some(around(text, at, word)),
                _ => {}
            }
        }
    })?;
    let words = found.into_iter().zip(on).zip(examples).filter_map(|(((text, count), on), example)| {
        let total: u32 = on.values().sum();
        let most = on.into_iter().max_by_key(|(clause, count)| (*count, std::cmp::Reverse(*clause)));
        let led = most.filter(|(_, most)| most * 2 >= total).map(|(clause, _)| clause);
        if total >= SPREAD && led.is_none() {
            return None;
        }
        let near = called_like(clauses, &text).or_else(|| led.filter(|clause| *clause < clauses.len()));
        Some(Frequent { text, count, near, example: example.unwrap_or_default() })
    });
    Ok(words.collect())
}

/// The runs of Han characters in a text.
fn runs(text: &str) -> Vec<Vec<char>> {
    let is_han = |c: &char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    let read: Vec<char> = text.chars().take(READ).collect();
    read.split(|c| !is_han(c)).filter(|run| run.len() >= *LENGTHS.start()).map(<[char]>::to_vec).collect()
}

/// Whether it may be a catch-word at all.
fn may_be(word: &[char], clauses: &[Clause], title: &str) -> bool {
    let is_edge = |c: Option<&char>| c.is_none_or(|c| RULES.edges.contains(*c));
    if is_edge(word.first()) || is_edge(word.last()) {
        return false;
    }
    let text: String = word.iter().collect();
    !RULES.everyday.iter().any(|everyday| text.contains(everyday.as_str()))
        && !title.contains(&text)
        && !clauses.iter().any(|clause| clause.catch_words().any(|own| own == text))
}

/// Without the pieces of longer words: what hardly stands elsewhere than in one.
fn whole(mut words: Vec<(Vec<char>, u32)>) -> Vec<(Vec<char>, u32)> {
    words.sort_by(|one, other| {
        other.1.cmp(&one.1).then(other.0.len().cmp(&one.0.len())).then_with(|| one.0.cmp(&other.0))
    });
    words.truncate(COMPARED);
    let is_piece = |(word, count): &(Vec<char>, u32)| {
        words.iter().any(|(longer, of)| {
            longer.len() > word.len()
                && u64::from(*of) * 10 >= u64::from(*count) * 8
                && longer.windows(word.len()).any(|piece| piece == word)
        })
    };
    words.iter().filter(|found| !is_piece(found)).cloned().collect()
}

/// The clause one of whose words shares the longest piece with this one, of two characters at least.
fn called_like(clauses: &[Clause], word: &str) -> Option<usize> {
    let word: Vec<char> = word.chars().collect();
    let shared = |clause: &Clause| {
        let longest = |own: &str| {
            let own: Vec<char> = own.chars().collect();
            (2..=word.len().min(own.len()))
                .rev()
                .find(|length| {
                    word.windows(*length).any(|piece| own.windows(*length).any(|other| other == piece))
                })
                .unwrap_or(0)
        };
        clause.catch_words().map(longest).max().unwrap_or(0)
    };
    let (at, length) = clauses
        .iter()
        .map(shared)
        .enumerate()
        .max_by_key(|(at, length)| (*length, std::cmp::Reverse(*at)))?;
    (length >= 2).then_some(at)
}

/// The word with what stands beside it.
fn around(text: &str, at: usize, word: &str) -> String {
    let before: Vec<char> = text.get(..at).unwrap_or_default().chars().rev().take(BESIDE).collect();
    let behind = text.get(at + word.len()..).unwrap_or_default().chars().take(BESIDE);
    before.into_iter().rev().chain(word.chars()).chain(behind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Few(Vec<(&'static str, &'static str)>);

    impl Source for Few {
        type Error = std::convert::Infallible;
        fn each(&self, with: &mut dyn FnMut(&str, &str)) -> Result<(), Self::Error> {
            self.0.iter().for_each(|(clause, text)| with(clause, text));
            Ok(())
        }
    }

    fn clause(code: &str, name: &str) -> Clause {
        Clause { code: code.to_owned(), name: name.to_owned(), ..Clause::default() }
    }

    #[test]
    fn whole_words_are_found_with_their_clause_and_everyday_words_are_not() {
        let clauses =
            [clause("附件13", "二手房转移登记"), clause("附件16", "退休"), clause("附件9", "新生儿出生")];
        let few = Few(vec![
            ("", "二手房过户手续复杂，建议精简"),
            ("", "希望二手房过户一次办结，窗口太远"),
            ("", "办二手房过户跑了三趟"),
            ("", "养老金核定太慢，窗口排队"),
            ("", "养老金核定要快，窗口排队"),
            ("附件16", "养老金核定与退休一起办，窗口排队"),
            ("附件16", "养老金核定"),
            ("附件9", "落户要跑窗口排队"),
            ("附件13", "登记窗口排队"),
            ("其他", "窗口排队"),
        ]);
        let found = words(&few, &clauses, "某方案", 2).unwrap();
        let told: Vec<(&str, u32, Option<&str>)> = found
            .iter()
            .map(|word| (&*word.text, word.count, word.near.map(|at| &*clauses[at].code)))
            .collect();
        assert!(told.contains(&("二手房过户", 3, Some("附件13"))), "{told:?}");
        assert!(told.contains(&("养老金核定", 2, Some("附件16"))), "{told:?}");
        for none in ["手房过", "过户", "窗口排队", "建议", "二手房"] {
            assert!(!told.iter().any(|word| word.0 == none), "{none}: {told:?}");
        }
        assert_eq!(told[0].0, "二手房过户", "the most frequent first");
        assert!(found[0].example.contains("二手房过户手续复杂"), "{found:?}");
    }
}
